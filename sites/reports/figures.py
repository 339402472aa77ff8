"""The figures of a report: each a drawing with the sentence it proves and a text alternative."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from heatmap.quantities import DASH, digits, quantity, score
from sites.findings import energy_bars, money_table, months, temperature_sentence, year_sentence
from sites.future_findings import chance_sentence, driver_rows
from sites.reports.charts import (
    chance_chart,
    cost_chart,
    energy_chart,
    ranking_chart,
    temperature_chart,
    year_chart,
)
from sites.reports.study_charts import chain_chart, robustness_chart, set_chart
from sites.reports.town_map import Shape, TownShapes, is_tall, town_map
from sites.study_findings import chain_findings, robustness_findings, set_findings

__all__ = ["Figure", "Shape", "TownShapes", "run_figures"]

NEAR_TIE = 0.02


@dataclass(frozen=True)
class Figure:
    """A drawing, the finding it shows, what it says in words, and a note below."""

    title: str
    svg: str
    alt: str
    note: str = ""
    narrow: bool = False


def _ranked(doc: dict[str, Any]) -> list[dict[str, Any]]:
    found = [p for p in doc.get("parcels", []) if p.get("rank")]
    return sorted(found, key=lambda p: p["rank"])


def _name(parcel: dict[str, Any]) -> str:
    return str(parcel.get("name") or parcel["ref"])


def _map_figure(doc: dict[str, Any], town: TownShapes) -> Figure:
    ranked = _ranked(doc)
    refused = len(doc.get("parcels", [])) - len(ranked)
    title = _("%(ranked)d places are ranked, %(refused)d are ruled out") % {
        "ranked": len(ranked),
        "refused": refused,
    }
    best = ", ".join(f"{p['rank']}: {_name(p)}" for p in ranked[:3])
    alt = _(
        "Map of %(town)s: heat demand per hectare, buildings, streets, heat pipes and candidates."
    ) % {"town": doc["municipality"]["name"]}
    if best:
        alt += " " + _("Best places: %(best)s.") % {"best": best}
    return Figure(
        title, town_map(town, doc.get("parcels", [])), alt, town.attribution, is_tall(town)
    )


def _ranking_figure(doc: dict[str, Any]) -> Figure | None:
    ranked = [p for p in _ranked(doc) if p.get("score") is not None]
    if not ranked:
        return None
    first = ranked[0]
    if len(ranked) == 1:
        title = _("Only one place passes every gate")
    else:
        lead = first["score"] - ranked[1]["score"]
        names = {"first": _name(first), "second": _name(ranked[1]), "lead": digits(lead, 2)}
        if lead < NEAR_TIE:
            title = _("%(first)s and %(second)s are as good as equal") % names
        else:
            title = _("%(first)s leads by %(lead)s") % names
    scores = "; ".join(f"{_name(p)} {score(p['score'])}" for p in ranked[:10])
    alt = _("Bars of the score from 0 to 1: %(scores)s.") % {"scores": scores}
    note = _("Full colour: the share of weight that rests on measured data. Hatched: the rest.")
    return Figure(title, ranking_chart(ranked), alt, note)


def _cost_figure(parcel: dict[str, Any]) -> Figure | None:
    table = money_table(parcel)
    svg = cost_chart(parcel)
    if not svg:
        return None
    values = "; ".join(f"{bar['label']} {bar['value']}" for bar in table["bars"])
    alt = _("Bars of the cost of heat: %(values)s.") % {"values": values}
    return Figure(table["title"], svg, alt, table["note"])


def _chance_figure(parcel: dict[str, Any]) -> Figure | None:
    svg = chance_chart(parcel)
    if not svg:
        return None
    told = chance_sentence(parcel)
    drivers = ", ".join(f"{row['label']} ({row['value']})" for row in driver_rows(parcel)[:3])
    note = _("Bar: P10 to P90, with the median. Thin line: P5 to P95. Upright line: zero.")
    if drivers:
        note += " " + _("Most of the spread comes from: %(drivers)s.") % {"drivers": drivers}
    title = _("The present value is above zero in %(share)s of the futures") % {
        "share": quantity(parcel["chances"]["p_npv_positive"], "share", 2)
    }
    return Figure(title, svg, told, note)


def _robustness_figure(doc: dict[str, Any]) -> Figure | None:
    ranked = _ranked(doc)
    found = robustness_findings(doc, ranked)
    if not found or not found["rows"]:
        return None
    shares = "; ".join(
        _("%(name)s: first in %(top1)s, among the first five in %(top5)s") % row
        for row in found["rows"]
    )
    return Figure(found["title"], robustness_chart(ranked), f"{shares}.", found["basis"])


def _set_figure(doc: dict[str, Any]) -> Figure | None:
    found = set_findings(doc, _ranked(doc))
    if not found or not found["rows"]:
        return None
    values = "; ".join(
        _("%(count)s hubs: %(npv)s, to build %(cost)s") % row for row in found["rows"]
    )
    note = _("Value of the best set of so many hubs, over its whole life.")
    return Figure(found["title"], set_chart(doc["set"]["curve"]), f"{values}.", note)


def _chain_figure(doc: dict[str, Any]) -> Figure | None:
    found = chain_findings(doc, _ranked(doc))
    if not found:
        return None
    years = "; ".join(_("%(name)s, paid for after years: %(year)s") % row for row in found["rows"])
    note = _(
        "Dashed: what must stay in the fund. A hub is built once cash covers it and"
        " the own part of the next hub."
    )
    return Figure(found["title"], chain_chart(doc["chain"]), f"{years}.", note)


def _energy_figure(parcel: dict[str, Any]) -> Figure | None:
    found = energy_bars(parcel.get("energy_mwh") or {})
    if found is None:
        return None
    values = "; ".join(f"{m['label']} {m['value']}" for m in found["marks"])
    note = (
        _("Electricity in, %(total)s, equals used + lost + rejected.")
        if found["closes"]
        else _("Of %(total)s electricity in, %(rest)s are not accounted for.")
    ) % {"total": found["total"], "rest": found["rest"]}
    return Figure(found["title"], energy_chart(parcel), f"{values}.", note)


def _year_figure(hourly: dict[str, Any]) -> Figure:
    rows = months(hourly)
    values = "; ".join(
        f"{row['name']} {quantity(row['used_mwh'], 'MWh')} / {quantity(row['rejected_mwh'], 'MWh')}"
        for row in rows
    )
    alt = _("Heat used and rejected, month by month: %(values)s.") % {"values": values}
    return Figure(year_sentence(rows), year_chart(hourly), alt)


def _temperature_figure(parcel: dict[str, Any], hourly: dict[str, Any]) -> Figure:
    parts = []
    for key, label in (
        ("supply_degc", _("network supply")),
        ("return_degc", _("network return")),
        ("available_degc", _("hub can deliver")),
    ):
        known = [v for v in hourly[key] if v is not None]
        low, high = (digits(min(known), 2), digits(max(known), 2)) if known else (DASH, DASH)
        parts.append(
            _("%(label)s from %(low)s to %(high)s °C") % {"label": label, "low": low, "high": high}
        )
    alt = _("Daily means through the year: %(values)s.") % {"values": "; ".join(parts)}
    title = temperature_sentence(parcel, hourly)
    return Figure(title, temperature_chart(hourly), alt)


def run_figures(
    doc: dict[str, Any],
    town: TownShapes,
    hourly: Mapping[str, dict[str, Any]],
    language: str,
) -> dict[str, Figure]:
    """Draw all figures of a run; those of a parcel are named ``kind:ref``.

    `hourly` holds the series of the short-list by ref; parcels without one get no yearly charts.
    """
    with translation.override(language):
        made: dict[str, Figure | None] = {
            "map": _map_figure(doc, town),
            "ranking": _ranking_figure(doc),
            "robustness": _robustness_figure(doc),
            "set": _set_figure(doc),
            "chain": _chain_figure(doc),
        }
        for parcel in _ranked(doc):
            ref = parcel["ref"]
            made[f"cost:{ref}"] = _cost_figure(parcel)
            made[f"chances:{ref}"] = _chance_figure(parcel)
            made[f"energy:{ref}"] = _energy_figure(parcel)
            series = hourly.get(ref)
            if series:
                made[f"year:{ref}"] = _year_figure(series)
                made[f"temperature:{ref}"] = _temperature_figure(parcel, series)
        return {key: figure for key, figure in made.items() if figure is not None}
