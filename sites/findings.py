"""What a parcel's result says, as sentences and as marks ready to be drawn.

Numbers come from the result as they are; nothing is computed here that the engines decide.
"""

import math
from datetime import date
from itertools import accumulate
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heatmap.quantities import digits, quantity, score
from sites.carbon_findings import carbon_findings
from sites.future_findings import future_findings
from sites.grid_findings import grid_findings
from sites.law_findings import law_rows, law_summary
from sites.money_findings import books_findings, displaced_findings
from sites.network_findings import network_findings
from sites.resilience_findings import resilience_findings
from sites.sentences import reason
from sites.study_findings import size_findings, size_kind
from sites.words import word

BAR = 100.0
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SUMMER = (5, 6, 7)
HOURS = 8760
SELDOM = 0.5  # share of the hours below which the fixed costs decide the cost of heat
DWARFED = 3.0  # times the best-known alternatives from which a bar is cut
SCALE_OVER_OTHERS = 1.5
OTHERS = ("pump", "boiler", "electric")


def _pct(share: float) -> str:
    """Write a length on the 0-100 axis of a drawn bar; never localised."""
    return f"{max(0.0, min(BAR, BAR * share)):.2f}"


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _unit(criterion: dict[str, Any]) -> str:
    return "share" if criterion["key"].endswith("_share") else criterion.get("unit", "")


def criteria_bars(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each criterion with its bar, its bounds and what it adds to the score."""
    bars = []
    for c in result.get("criteria", []):
        known = _known(c.get("score"))
        bars.append(
            {
                "label": word(c["key"], "criterion"),
                "weight": quantity(c["weight"], "share", 2),
                "raw": quantity(c.get("raw"), _unit(c)),
                "score": score(c["score"]) if known else "",
                "group": word(c["group"], "criterion_group") if c.get("group") else "",
                "adds": score(c.get("contribution", c["score"] * c["weight"])) if known else "",
                "low": quantity(c.get("low"), _unit(c)),
                "high": quantity(c.get("high"), _unit(c)),
                "nature": c.get("nature", "unknown"),
                "known": known,
                "width": _pct(c["score"]) if known else "0",
                "share": c["weight"] * c["score"] if known else 0.0,
                "gap": c["weight"] * (1 - c["score"]) if known else c["weight"],
            }
        )
    return bars


def for_and_against(bars: list[dict[str, Any]], count: int = 3) -> dict[str, list[dict[str, Any]]]:
    """Return the criteria that lift the score most, and those that cost it most."""
    for_ = sorted((b for b in bars if b["share"] > b["gap"]), key=lambda b: -b["share"])
    against = sorted((b for b in bars if b["gap"] >= b["share"]), key=lambda b: -b["gap"])
    return {"for": for_[:count], "against": against[:count]}


def energy_bars(energy: dict[str, Any]) -> dict[str, Any] | None:
    """In = used + lost + rejected, as stacked marks with numbers."""
    total = energy.get("in")
    if not _known(total) or not total:
        return None
    marks, at = [], 0.0
    for key, label in (
        ("used", _("Used in the network")),
        ("lost", _("Lost")),
        ("rejected", _("Rejected to the air")),
    ):
        share = energy[key] / total
        marks.append(
            {
                "key": key,
                "label": label,
                "value": quantity(energy[key], "MWh/a"),
                "share": quantity(share, "share", 2),
                "x": _pct(at),
                "width": _pct(share),
            }
        )
        at += share
    rest = total - energy["used"] - energy["lost"] - energy["rejected"]
    closes = abs(rest) <= 1e-6 * total + 0.01
    largest = max(marks, key=lambda m: energy[m["key"]])
    sentence = {
        "used": _("%(share)s of the electricity ends as heat in the network"),
        "lost": _("%(share)s of the electricity is lost on the way"),
        "rejected": _("%(share)s of the electricity is rejected to the air"),
    }[largest["key"]]
    return {
        "marks": marks,
        "total": quantity(total, "MWh/a"),
        "closes": closes,
        "rest": quantity(rest, "MWh/a"),
        "title": sentence % {"share": largest["share"]},
    }


def _month_edges(hours: int) -> list[int]:
    days = [29 if m == 1 and hours == 8784 else d for m, d in enumerate(DAYS)]
    return [0, *accumulate(24 * d for d in days)]


def months(hourly: dict[str, Any]) -> list[dict[str, Any]]:
    """Month by month: electricity to the computers, heat used, heat rejected, hours."""
    edges = _month_edges(hourly["hours"])
    rows = []
    for m in range(12):
        part = slice(edges[m], edges[m + 1])
        used = [v or 0.0 for v in hourly["heat_kw"][part]]
        rejected = [v or 0.0 for v in hourly["rejected_kw"][part]]
        power = [v or 0.0 for v in hourly["power_it_kw"][part]]
        rows.append(
            {
                "name": date_format(date(2023, m + 1, 1), "F"),
                "power_mwh": sum(power) / 1000,
                "used_mwh": sum(used) / 1000,
                "rejected_mwh": sum(rejected) / 1000,
                "running_h": sum(p > 0 for p in power),
                "used_h": sum(u > 0 for u in used),
            }
        )
    return rows


def year_sentence(rows: list[dict[str, Any]]) -> str:
    used = sum(r["used_mwh"] for r in rows)
    rejected = sum(r["rejected_mwh"] for r in rows)
    summer = sum(rows[m]["rejected_mwh"] for m in SUMMER)
    if used + rejected == 0:
        return _("The hub does not run in this year")
    if rejected < 0.05 * (used + rejected):
        return _("Almost all the heat is used, in every season")
    if summer > 0.4 * rejected:
        share = quantity(summer / rejected, "share", 2)
        return _("%(share)s of the rejected heat falls in June to August") % {"share": share}
    share = quantity(rejected / (used + rejected), "share", 2)
    return _("%(share)s of the heat is rejected, spread over the year") % {"share": share}


def temperature_sentence(result: dict[str, Any], hourly: dict[str, Any] | None) -> str:
    way = result.get("connection") or {}
    possible = way.get("hours_possible")
    total = (hourly or {}).get("hours", 8760)
    if not _known(possible):
        return _("Whether the hub can deliver its heat is unknown")
    if possible and way.get("heat_pump_kwth"):
        return _("A heat pump makes the hub warm enough in %(hours)s of %(total)s hours") % {
            "hours": digits(possible, 4),
            "total": digits(total, 4),
        }
    if possible >= 0.99 * total:
        return _("The hub is warm enough to deliver in every hour of the year")
    if possible == 0:
        return _("The hub is never warm enough to deliver")
    return _("The hub is warm enough in %(hours)s of %(total)s hours") % {
        "hours": digits(possible, 4),
        "total": digits(total, 4),
    }


def money_table(result: dict[str, Any]) -> dict[str, Any]:
    """The heat-only case first; compute apart, marked speculative; then the alternatives."""
    money = result.get("money") or {}
    others = result.get("alternatives") or {}
    costs = [
        ("gross", _("Hub, heat only"), money.get("lcoh_gross_eur_per_mwh"), False),
        ("net", _("Hub, with compute"), money.get("lcoh_net_eur_per_mwh"), True),
        (
            "pump",
            _("Large heat pump"),
            (others.get("heat_pump") or {}).get("lcoh_eur_per_mwh"),
            False,
        ),
        (
            "boiler",
            _("Gas boiler"),
            (others.get("gas_boiler") or {}).get("lcoh_eur_per_mwh"),
            False,
        ),
        (
            "electric",
            _("Electric boiler"),
            (others.get("electric_boiler") or {}).get("lcoh_eur_per_mwh"),
            False,
        ),
    ]
    top = _scale_end(costs)
    bars = [
        {
            "key": key,
            "label": label,
            "value": quantity(value, "EUR/MWh"),
            "width": _pct(abs(value) / top) if _known(value) else "0",
            "cut": _known(value) and abs(value) > top,
            "negative": _known(value) and value < 0,
            "known": _known(value),
            "speculative": speculative,
        }
        for key, label, value, speculative in costs
    ]
    cut = any(bar["cut"] for bar in bars)
    note = _("The scale ends at %(end)s; the bars with a gap go on beyond it.") % {
        "end": quantity(top, "EUR/MWh")
    }
    return {
        "bars": bars,
        "title": _money_sentence(costs),
        "why": hours_sentence(result),
        "foresight": foresight_sentence(result),
        "note": note if cut else "",
    }


def _scale_end(costs: list[tuple[str, str, Any, bool]]) -> float:
    """Return where the scale ends: at the largest cost, or short of it where it dwarfs the rest."""
    value = {key: abs(cost) for key, _l, cost, _s in costs if _known(cost)}
    top = max(value.values(), default=0.0) or 1.0
    others = max((value[key] for key in OTHERS if key in value), default=0.0)
    return SCALE_OVER_OTHERS * others if others and top > DWARFED * others else top


def hours_sentence(result: dict[str, Any]) -> str:
    """Say why the heat costs what it costs: over how many hours the fixed costs are spread."""
    years = (result.get("hours") or {}).get("by_year") or []
    if not years or not all(_known(hours) for hours in years):
        return ""
    values = {
        "first": digits(years[0], 3),
        "last": digits(years[-1], 2),
        "years": len(years),
        "mean": digits(sum(years) / len(years), 3),
        "total": digits(HOURS, 4),
        "fixed": quantity((result.get("money") or {}).get("capex_eur"), "EUR"),
    }
    if not any(years):
        headroom_kw = (result.get("grid") or {}).get("headroom_firm_kw")
        if _known(headroom_kw) and headroom_kw <= 0:
            return _("The hub never runs: the substation has no power left for it.")
        return _(
            "The hub never runs: in no year do heat and computing earn what the electricity costs,"
            " the yearly charge for its power included."
        )
    seldom = sum(years) < SELDOM * HOURS * len(years)
    sentence = (
        _(
            "Why: the hub runs %(first)s of %(total)s hours in its first year and %(last)s in year"
            " %(years)s; in all others electricity costs more than heat and computing earn."
            " So little heat has to pay for an investment of %(fixed)s."
        )
        if seldom
        else _(
            "The hub runs %(mean)s of %(total)s hours a year on average;"
            " the investment of %(fixed)s is spread over them."
        )
    )
    return sentence % values


def _money_sentence(costs: list[tuple[str, str, Any, bool]]) -> str:
    value = {key: cost for key, _l, cost, _s in costs if _known(cost)}
    best = min((value[k] for k in OTHERS if k in value), default=None)
    if "gross" not in value or best is None:
        return _("The cost of heat cannot be compared yet")
    if value["gross"] <= best:
        return _("Heat alone is cheaper than a heat pump or a boiler")
    if value.get("net", math.inf) <= best:
        return _("The heat is competitive only if the compute revenue comes in")
    return _("A heat pump or a boiler makes the heat cheaper, with and without compute")


def foresight_sentence(result: dict[str, Any]) -> str:
    """Say what is left of the best year for an operator who does not know the future."""
    found = result.get("foresight") or {}
    if not found:
        return ""
    if not _known(found.get("realistic_share")):
        return _("Even with all prices known beforehand, operation would earn nothing.")
    return _(
        "Without foresight operation earns %(realistic)s in the first year, %(share)s of the best"
        " possible (heat forecast one day ahead: off by %(error)s)."
    ) % {
        "realistic": quantity(found.get("realistic_eur"), "EUR"),
        "share": quantity(found.get("realistic_share"), "share", 3),
        "error": quantity(found.get("error_next_day_share"), "share", 2),
    }


def parcel_findings(
    result: dict[str, Any], hourly: dict[str, Any] | None, town_result: dict[str, Any]
) -> dict[str, Any]:
    """Everything the parcel page says beyond the raw result."""
    rows = months(hourly) if hourly else []
    return {
        "bars": criteria_bars(result),
        "energy": energy_bars(result.get("energy_mwh") or {}),
        "months": rows,
        "year_title": year_sentence(rows) if rows else "",
        "temperature_title": temperature_sentence(result, hourly),
        "money": money_table(result),
        "books": books_findings(result),
        "displaced": displaced_findings((town_result or {}).get("town") or {}),
        "network": network_findings(result),
        "grid": grid_findings(result),
        "resilience": resilience_findings(result),
        "size": size_findings(result),
        "size_kind": size_kind(result),
        "law": law_rows(result),
        "law_summary": law_summary(result),
        "carbon": carbon_findings(result),
        "futures": future_findings(result, (town_result or {}).get("town") or {}),
        "notes": [reason(note) for note in (town_result or {}).get("notes") or []],
    }
