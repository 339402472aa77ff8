"""Page one of the report: what a council member needs, in plain words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, is_missing, quantity, score
from sites.findings import (
    criteria_bars,
    for_and_against,
    foresight_sentence,
    hours_sentence,
    money_table,
)
from sites.future_findings import chance_sentence
from sites.sentences import gaps, reason, reasons
from sites.words import word

MOST_STEPS = 5
MOST_REASONS = 3


def place_name(parcel: Mapping[str, Any]) -> str:
    return str(parcel.get("name") or parcel["ref"])


def verdict_sentence(key: str, place: str, *, is_best: bool = True) -> str:
    """Return the verdict of a place in one sentence."""
    if key == "not_enough_data" and not is_best:
        return _("Not enough data for a decision on %(place)s.") % {"place": place}
    sentences = {
        "build": _("Build: %(place)s passes every gate and the heat is competitive."),
        "pilot_only": _("Pilot only: at %(place)s the loss stays within the learning budget."),
        "not_enough_data": _(
            "Not enough data for a decision. The best candidate so far is %(place)s."
        ),
        "do_not_build": _("Do not build. %(place)s does not meet the conditions."),
    }
    return sentences.get(key, word(key, "verdict")) % {"place": place}


def conditional_sentence(key: str) -> str:
    """Return what the verdict would be if the labelled assumptions held."""
    sentences = {
        "build": _("If the marked assumptions held, the answer would be: build."),
        "pilot_only": _("If the marked assumptions held, the answer would be: a pilot only."),
        "not_enough_data": _(
            "Even if the marked assumptions held, the data would not be enough to decide."
        ),
        "do_not_build": _(
            "Even if the marked assumptions held, the answer would be: do not build."
        ),
    }
    return sentences.get(key, word(key, "verdict"))


def for_against(parcel: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Return three reasons for a place and three against it, each with its number."""
    sides = for_and_against(criteria_bars(parcel), MOST_REASONS)

    def told(bar: dict[str, Any]) -> dict[str, str]:
        if not bar["known"]:
            return {"label": bar["label"], "text": _("unknown; it weighs %(weight)s") % bar}
        scored = _("%(raw)s, which scores %(score)s of 1 and weighs %(weight)s") % bar
        return {"label": bar["label"], "text": scored}

    return {side: [told(bar) for bar in sides[side]] for side in ("for", "against")}


def money_sentences(parcel: dict[str, Any]) -> dict[str, Any]:
    """Tell the money in words: heat only first, compute apart."""
    money, others = parcel.get("money") or {}, parcel.get("alternatives") or {}
    pump = (others.get("heat_pump") or {}).get("lcoh_eur_per_mwh")
    boiler = (others.get("gas_boiler") or {}).get("lcoh_eur_per_mwh")
    heat_only = [
        _("Without any income from computing the heat costs %(hub)s.")
        % {"hub": quantity(money.get("lcoh_gross_eur_per_mwh"), "EUR/MWh")},
        _("The same heat costs %(pump)s from a large heat pump and %(boiler)s from a gas boiler.")
        % {"pump": quantity(pump, "EUR/MWh"), "boiler": quantity(boiler, "EUR/MWh")},
        _(
            "To build it takes %(capex)s;"
            " as a heat source alone it is worth %(npv)s (net present value)."
        )
        % {
            "capex": quantity(money.get("capex_eur"), "EUR"),
            "npv": quantity(money.get("npv_heat_only_eur"), "EUR"),
        },
    ]
    compute = [
        _("Computing might bring %(revenue)s in the first year.")
        % {"revenue": quantity(money.get("compute_revenue_eur_per_a"), "EUR")},
        _("With it, the heat would cost %(net)s and the net present value would be %(npv)s.")
        % {
            "net": quantity(money.get("lcoh_net_eur_per_mwh"), "EUR/MWh"),
            "npv": quantity(money.get("npv_eur"), "EUR"),
        },
        _("This income is speculative: it follows a market that the town cannot influence."),
    ]
    return {
        "why": hours_sentence(parcel),
        "foresight": foresight_sentence(parcel),
        "chances": "",
        "heat_only": heat_only,
        "compute": compute,
    }


def missing_sentences(parcel: dict[str, Any]) -> list[str]:
    """Say what is missing for a decision, one line a kind of gap."""
    found = gaps(parcel.get("verdict_reasons") or [])
    told = []
    for key, sentence in (
        ("gate", _("Cannot be judged for want of data: %(names)s.")),
        ("unknown", _("Not there yet: %(names)s.")),
        ("derived", _("Estimated from the map, not measured: %(names)s.")),
        ("illustrative", _("Illustrative, to be replaced: %(names)s.")),
        ("number", _("Not computed: %(names)s.")),
    ):
        names = [word(n, "gate" if key == "gate" else "input") for n in found.get(key, [])]
        if names:
            told.append(sentence % {"names": ", ".join(names)})
    coverage = parcel.get("coverage")
    if not is_missing(coverage) and coverage < 1:
        told.append(
            _("Only %(share)s of the score rests on measured or uploaded data.")
            % {"share": quantity(coverage, "share", 2)}
        )
    return told


def assumed_sentences(parcel: dict[str, Any]) -> list[str]:
    """Say what decides the conditional verdict, and what it takes for granted."""
    held = parcel.get("conditional_reasons") or []
    gates = {gate["key"]: gate for gate in parcel.get("gates") or []}
    listed = ("assumed_gate", "assumed_evidence", "number_missing")
    told = [reason(given, gates) for given in held if given["key"] not in listed]
    found = gaps(held)
    passed = [word(name, "gate") for name in found.pop("gate", [])]
    absent = [word(name, "input") for name in found.pop("number", [])]
    known = [word(name, "input") for names in found.values() for name in names]
    for sentence, names in (
        (_("Not computed: %(names)s."), absent),
        (_("Taken as passed: %(names)s."), passed),
        (_("Taken as known: %(names)s."), known),
    ):
        if names:
            told.append(sentence % {"names": ", ".join(names)})
    return told


def next_steps(parcel: dict[str, Any]) -> list[str]:
    """Name who has to be asked for what, the deciding things first."""
    found = gaps(parcel.get("verdict_reasons") or [])
    lacking = [name for names in found.values() for name in names]
    grid, hub = parcel.get("grid") or {}, parcel.get("hub") or {}
    values = {
        "power": quantity(hub.get("power_it_kw"), "kW"),
        "substation": grid.get("substation") or DASH,
        "degc": quantity(hub.get("hot_side_max_degc"), "degC", 2),
    }
    asked = {
        "grid_offer": _(
            "Ask the grid operator for a written offer for %(power)s at substation %(substation)s."
        ),
        "offtake_contract": _(
            "Agree with the heat utility on amount, temperature and price of the heat, in writing."
        ),
        "temperature_letter": _(
            "Have the vendor confirm in writing that the hub gives %(degc)s all year."
        ),
        "displaced_source": _("State which heat source is displaced, month by month."),
        "heat": _("Replace the derived heat demand by metered values of the utility."),
        "headroom": _("Obtain rating and load of the substation from the grid operator."),
        "temperatures": _("Load the measured supply and return temperatures of the network."),
    }
    steps = [sentence % values for key, sentence in asked.items() if key in lacking]
    gates = [word(name, "gate") for name in found.get("gate", [])]
    if gates:
        steps.insert(
            min(3, len(steps)),
            _("Clarify in the town hall: %(names)s.") % {"names": ", ".join(gates)},
        )
    if steps:
        return steps[:MOST_STEPS]
    if parcel.get("verdict") in ("build", "pilot_only"):
        return [
            _("Have the connection calculated by the heat utility and the grid operator."),
            _("Prepare the application for a building permit, with a noise assessment."),
            _("Decide on the contract with the operator only with a fallback for the heat."),
        ]
    return [
        _("Keep the site free of commitments, and run the study again when an input changes."),
        _("Compare with the large heat pump, which serves the same network."),
    ]


def council_facts(parcel: dict[str, Any]) -> list[dict[str, str]]:
    hub, energy = parcel.get("hub") or {}, parcel.get("energy_mwh") or {}
    connection = parcel.get("connection") or {}
    rows = (
        (_("Computing power"), quantity(hub.get("power_it_kw"), "kW")),
        (_("Heat used"), quantity(energy.get("used"), "MWh/a")),
        (_("Pipe to the network"), quantity(connection.get("length_m"), "m")),
        (_("Score"), score(parcel.get("score"))),
    )
    return [{"label": label, "value": value} for label, value in rows]


def council_page(doc: dict[str, Any], best: dict[str, Any] | None) -> dict[str, Any]:
    """Return all of page one; `best` is None where every place is ruled out."""
    if best is None:
        return {
            "verdict_key": "do_not_build",
            "verdict": _("Do not build. No place in the study passes every gate."),
            "conditional": "",
            "place": "",
            "facts": [],
            "for": [],
            "against": [],
            "money": {
                "title": "",
                "why": "",
                "chances": "",
                "foresight": "",
                "heat_only": [],
                "compute": [],
            },
            "missing": [],
            "reasons": [],
            "steps": next_steps({}),
        }
    key = str(best.get("verdict") or "not_enough_data")
    held = str(best.get("conditional_verdict") or "")
    money = {"title": money_table(best)["title"], **money_sentences(best)}
    chances = chance_sentence(best)
    if chances:
        # one page has room for one of the two; what decides comes first
        money |= {"chances": chances, "foresight": ""}
    return {
        "verdict_key": key,
        "verdict": verdict_sentence(key, place_name(best)),
        "conditional": conditional_sentence(held) if held else "",
        "place": place_name(best),
        "facts": council_facts(best),
        **for_against(best),
        "money": money,
        "missing": missing_sentences(best),
        "reasons": reasons(best.get("verdict_reasons") or [], best),
        "steps": next_steps(best),
    }
