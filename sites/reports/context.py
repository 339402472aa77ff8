"""What a report says, as text: every value with its unit, every label in the reader's language.

The one source of the PDF and of the page: values are rounded here and nowhere else.
"""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heatmap.quantities import DASH, count, digits, is_missing, quantity, score
from sites.carbon_findings import carbon_findings
from sites.findings import criteria_bars
from sites.future_findings import (
    break_even_sentences,
    error_sentences,
    method_sentences,
    stress_rows,
)
from sites.law_findings import decided_rows, law_rest
from sites.money_findings import books_findings
from sites.reports.annex import annex
from sites.reports.council import (
    assumed_sentences,
    conditional_sentence,
    council_facts,
    council_page,
    for_against,
    missing_sentences,
    money_sentences,
    place_name,
    verdict_sentence,
)
from sites.reports.labels import labels
from sites.rule_findings import change_rows
from sites.sentences import gate_value, hint, reasons, said
from sites.study_findings import (
    chain_findings,
    robustness_findings,
    set_findings,
    size_findings,
)
from sites.words import word

MOST_PAGES = 3
MOST_ROWS = 12


def ranked(doc: dict[str, Any]) -> list[dict[str, Any]]:
    found = [p for p in doc.get("parcels") or [] if p.get("rank")]
    return sorted(found, key=lambda p: (p["rank"], p["ref"]))


def refused(doc: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in doc.get("parcels") or [] if not p.get("rank")]


def _gate_row(gate: dict[str, Any]) -> dict[str, str]:
    return {
        "label": word(gate["key"], "gate"),
        "state_key": gate["state"],
        "state": word(gate["state"], "state"),
        "value": gate_value(gate, "value"),
        "threshold": gate_value(gate, "threshold"),
        "hint": hint(gate),
        "source": str(gate.get("source") or ""),
    }


def _criterion_row(bar: dict[str, Any]) -> dict[str, str]:
    return {
        "label": bar["label"],
        "raw": bar["raw"],
        "score": bar["score"] or DASH,
        "weight": bar["weight"],
        "bounds": f"{bar['low']} … {bar['high']}",
        "nature": word(bar["nature"], "nature"),
    }


def _gate_rows(gates: list[dict[str, Any]]) -> list[dict[str, str]]:
    """One row a gate; those that lack the same thing share a row, the decided ones come first."""
    order = ("red", "amber", "green", "unknown", "not_applicable")
    rows = sorted((_gate_row(gate) for gate in gates), key=lambda r: order.index(r["state_key"]))
    shown: list[dict[str, str]] = []
    for row in rows:
        last = shown[-1] if shown else {}
        if row["state_key"] == "unknown" and _lacks(row) == _lacks(last):
            last["label"] += f", {row['label']}"
        else:
            shown.append(row)
    return shown


def _lacks(row: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in ("state_key", "value", "threshold", "hint"))


def _pairs(*rows: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in rows]


def _technical(parcel: dict[str, Any]) -> list[dict[str, Any]]:
    hub, pipe = parcel.get("hub") or {}, parcel.get("connection") or {}
    grid, energy = parcel.get("grid") or {}, parcel.get("energy_mwh") or {}
    hours = parcel.get("hours") or {}
    place = _pairs(
        (_("Area"), quantity(parcel.get("area_m2"), "m2")),
        (_("Computing power"), quantity(hub.get("power_it_kw"), "kW")),
        (_("Hottest water from the hub"), quantity(hub.get("hot_side_max_degc"), "degC", 2)),
    )
    network = _pairs(
        (_("Length of the connection"), quantity(pipe.get("length_m"), "m")),
        (_("Pipe"), f"DN {pipe['dn_mm']:g}" if pipe.get("dn_mm") else DASH),
        (_("Way of feeding in"), word(pipe["mode"], "mode") if pipe.get("mode") else DASH),
        (_("Hours in which it can deliver"), quantity(pipe.get("hours_possible"), "h/a", 4)),
    )
    power = _pairs(
        (_("Substation"), str(grid.get("substation") or DASH)),
        (_("Distance to the substation"), quantity(grid.get("distance_m"), "m")),
        (_("Firm headroom"), quantity(grid.get("headroom_firm_kw"), "kW")),
        (_("Hours running"), quantity(hours.get("running"), "h/a", 4)),
        (_("Hours with heat used"), quantity(hours.get("with_heat"), "h/a", 4)),
    )
    balance = _pairs(
        (_("Electricity in"), quantity(energy.get("in"), "MWh/a")),
        (_("Used in the network"), quantity(energy.get("used"), "MWh/a")),
        (_("Lost"), quantity(energy.get("lost"), "MWh/a")),
        (_("Rejected to the air"), quantity(energy.get("rejected"), "MWh/a")),
    )
    return [
        {"title": _("Place and hub"), "rows": place},
        {"title": _("Heat network"), "rows": network},
        {"title": _("Electricity grid"), "rows": power},
        {"title": _("Energy in a year"), "rows": balance},
    ]


def _position(parcel: dict[str, Any]) -> str:
    if is_missing(parcel.get("lat")) or is_missing(parcel.get("lon")):
        return DASH
    return f"{digits(parcel['lat'], 6)}° N, {digits(parcel['lon'], 5)}° E"


def _money(parcel: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Blocks: what it costs, heat only, and with compute, which is speculative."""
    money = parcel.get("money") or {}

    def eur(name: str, unit: str = "EUR") -> str:
        return quantity(money.get(name), unit)

    parts = [
        (word(key, "part"), quantity(value, "EUR"))
        for key, value in (money.get("capex_parts") or {}).items()
        if value != 0 and key != "total"
    ]
    costs = _pairs(
        (_("To build, in all"), eur("capex_eur")),
        (_("To run, without electricity"), eur("opex_eur_per_a", "EUR/a")),
        (_("Electricity"), eur("electricity_eur_per_a", "EUR/a")),
    )
    heat = _pairs(
        (_("Cost of heat"), eur("lcoh_gross_eur_per_mwh", "EUR/MWh")),
        (_("Revenue from heat"), eur("heat_revenue_eur_per_a", "EUR/a")),
        (_("Net present value"), eur("npv_heat_only_eur")),
    )
    compute = _pairs(
        (_("Revenue from computing"), eur("compute_revenue_eur_per_a", "EUR/a")),
        (_("Cost of heat"), eur("lcoh_net_eur_per_mwh", "EUR/MWh")),
        (_("Net present value"), eur("npv_eur")),
        (_("Net present value, prices stay flat"), eur("npv_flat_compute_eur")),
        (_("Internal rate of return"), _rate(money)),
        (_("Modified rate of return"), quantity(money.get("mirr"), "share", 2)),
        (_("Gain in the first year, before depreciation"), eur("ebitda_year1_eur")),
    )
    return {
        "parts": {"title": _("What the investment is made of"), "rows": _pairs(*parts)},
        "costs": {"title": _("What it costs"), "rows": costs},
        "heat": {"title": _("Heat only"), "rows": heat},
        "compute": {"title": _("With computing"), "rows": compute, "speculative": True},
    }


def _rate(money: dict[str, Any]) -> str:
    """Write the internal rate; flows that change sign more than once have none of their own."""
    if not money.get("irr_is_unique", True):
        return _("not unique")
    return quantity(money.get("irr"), "share", 2)


def parcel_facts(parcel: dict[str, Any], town: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return everything that is said about one place, for page and paper alike.

    `town` is what the run says of its town.
    """
    key, held = str(parcel.get("verdict") or ""), str(parcel.get("conditional_verdict") or "")
    gates = [_gate_row(gate) for gate in parcel.get("gates") or []]
    return {
        "ref": parcel["ref"],
        "name": place_name(parcel),
        "position": _position(parcel),
        "rank": str(parcel["rank"]) if parcel.get("rank") else DASH,
        "facts": council_facts(parcel),
        "score": score(parcel.get("score")),
        "coverage": quantity(parcel.get("coverage"), "share", 2),
        "verdict_key": key,
        "verdict": verdict_sentence(key, place_name(parcel), is_best=parcel.get("rank") == 1)
        if key
        else DASH,
        "conditional": conditional_sentence(held) if held else "",
        "conditional_reasons": assumed_sentences(parcel),
        **for_against(parcel),
        "gates": gates,
        "shared_gates": _gate_rows(parcel.get("gates") or []),
        "law": decided_rows(parcel),
        "law_rest": law_rest(parcel) if parcel.get("law") else [],
        "red_gates": [row for row in gates if row["state_key"] == "red"],
        "reasons": reasons(parcel.get("verdict_reasons") or [], parcel),
        "held_reasons": reasons(parcel.get("conditional_reasons") or [], parcel),
        "criteria": [_criterion_row(bar) for bar in criteria_bars(parcel)],
        "technical": _technical(parcel),
        "money": _money(parcel),
        "books": books_of(parcel),
        "money_words": money_sentences(parcel),
        "missing": missing_sentences(parcel),
        "carbon": carbon_findings(parcel),
        "size": size_findings(parcel) or None,
        "stress": stress_rows(parcel),
        "break_even": break_even_sentences(parcel),
        "future_errors": error_sentences(parcel),
        "future_method": method_sentences(parcel, town or {}) if parcel.get("chances") else [],
    }


def books_of(parcel: dict[str, Any]) -> dict[str, Any]:
    """What a bank and a council ask, and the lines of the cash flow, of the best place alone.

    The others have theirs on their pages and in the document that is attached.
    """
    found = books_findings(parcel)
    if found is None or parcel.get("rank") != 1:
        return {"questions": [], "lines": [], "contracts": ""}
    return {
        "questions": found["questions"],
        "lines": [{"label": row["label"], "value": row["total"]} for row in found["table"]["rows"]],
        "contracts": found["contract_sentence"],
    }


def _short_row(parcel: dict[str, Any]) -> dict[str, str]:
    money, energy = parcel.get("money") or {}, parcel.get("energy_mwh") or {}
    held = parcel.get("conditional_verdict")
    return {
        "rank": str(parcel["rank"]),
        "name": place_name(parcel),
        "score": score(parcel.get("score")),
        "coverage": quantity(parcel.get("coverage"), "share", 2),
        "power": quantity((parcel.get("hub") or {}).get("power_it_kw"), "kW"),
        "pipe": quantity((parcel.get("connection") or {}).get("length_m"), "m"),
        "used": quantity(energy.get("used"), "MWh/a"),
        "cost": quantity(money.get("lcoh_gross_eur_per_mwh"), "EUR/MWh").split("\u202f")[0],
        "npv": quantity(money.get("npv_heat_only_eur"), "EUR"),
        "conditional": word(held, "verdict") if held else DASH,
    }


def _refused_rows(parcel: dict[str, Any]) -> list[dict[str, str]]:
    """One row for each gate that is red; a refusal without a red gate shows what is unknown."""
    gates = parcel.get("gates") or []
    deciding = [g for g in gates if g["state"] == "red"] or [
        g for g in gates if g["state"] == "unknown"
    ]
    return [{"name": place_name(parcel), **_gate_row(gate)} for gate in deciding]


def _town(doc: dict[str, Any]) -> list[dict[str, str]]:
    town = doc.get("town") or {}

    def span(name: str) -> str:
        pair = town.get(name) or []
        if len(pair) != 2 or any(is_missing(v) for v in pair):  # noqa: PLR2004  from, to
            return DASH
        return f"{digits(pair[0], 3)} … {quantity(pair[1], 'degC')}"

    return _pairs(
        (_("Highest load of the network"), quantity(town.get("network_peak_kw"), "kW")),
        (_("Heat of the network"), quantity(town.get("network_heat_mwh_per_a"), "MWh/a")),
        (_("Buildings connected"), count(town.get("buildings_connected"))),
        (_("Supply temperature"), span("supply_degc")),
        (_("Return temperature"), span("return_degc")),
        (_("Electricity price, mean"), quantity(town.get("price_mean_eur_per_mwh"), "EUR/MWh")),
        (_("Hours with a negative price"), quantity(town.get("negative_hours"), "h/a")),
        (_("Prices"), said(town.get("price_label")) or DASH),
        (_("Climate"), said(town.get("climate_label")) or DASH),
    )


def written_date(moment: str | None) -> str:
    if not moment:
        return DASH
    return date_format(datetime.fromisoformat(moment.replace("Z", "+00:00")), "DATE_FORMAT")


def run_context(doc: dict[str, Any], language: str) -> dict[str, Any]:
    """Return everything that is said about a run."""
    with translation.override(language):
        order, out = ranked(doc), refused(doc)
        town, study = doc["municipality"], doc.get("study") or {}
        return {
            "language": language,
            "title": _("Heat from computing in %(town)s") % {"town": town["name"]},
            "subtitle": _("Study “%(study)s”") % {"study": said(study.get("name")) or DASH},
            "town": town["name"],
            "is_demo": bool(town.get("is_demo")),
            "watermark": _("method demonstration, not advice on this place")
            if town.get("is_demo")
            else "",
            "date": written_date(doc.get("created_at")),
            "run": doc["run"],
            "labels": labels(),
            "council": council_page(doc, order[0] if order else None),
            "shortlist": [_short_row(p) for p in order[:MOST_ROWS]],
            "shortlist_rest": _rest(len(order)),
            "parcels": [parcel_facts(p, doc.get("town")) for p in order[:MOST_PAGES]],
            "refused": [row for p in out for row in _refused_rows(p)],
            "siting": _siting(doc, order),
            "rules": change_rows(doc.get("changes")),
            "town_facts": _town(doc),
            **annex(doc),
        }


def _siting(doc: dict[str, Any], order: list[dict[str, Any]]) -> dict[str, Any]:
    """How sure the ranking is, which hubs together, and what follows the first one."""
    return {
        "robust": robustness_findings(doc, order),
        "together": set_findings(doc, order),
        "chain": chain_findings(doc, order),
    }


def _rest(count: int) -> str:
    if count <= MOST_ROWS:
        return ""
    rest = count - MOST_ROWS
    return ngettext(
        "%(rest)d more place is ranked; it is in the attached document.",
        "%(rest)d more places are ranked; they are in the attached document.",
        rest,
    ) % {"rest": rest}
