"""The charts of the report: small drawings with axes, units and direct labels."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heatmap.quantities import digits, is_missing, quantity, written
from heatmap.render.palette import colours, score_class
from sites.findings import energy_bars, money_table
from sites.future_findings import spread_marks
from sites.reports.svg import Element, Point, box, drawing, element, hatch, line, path, text

WIDTH = 470.0
LABEL = 7.5
LEFT = 34.0
HOURS_A_DAY = 24


def nice_step(span: float, most: int = 4) -> float:
    """Return a round step that cuts `span` into at most `most` pieces."""
    if span <= 0:
        return 1.0
    base = 10 ** math.floor(math.log10(span / most))
    return next(base * k for k in (1, 2, 2.5, 5, 10) if base * k * most >= span)


def axis_label(value: float, step: float) -> str:
    """Write a number on an axis with as many decimals as the step needs."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-9:
        decimals += 1
    return written(value, decimals)


def _name(parcel: dict[str, Any], most: int = 30) -> str:
    name = str(parcel.get("name") or parcel["ref"])
    return name if len(name) <= most else name[: most - 1] + "…"


def ranking_chart(parcels: Sequence[dict[str, Any]], most: int = 10) -> str:
    """Bars of the score; the part that rests on data is full, the rest is hatched."""
    c = colours()
    ranked = sorted((p for p in parcels if p.get("rank")), key=lambda p: p["rank"])[:most]
    left, right, step = 168.0, WIDTH - 34, 15.0
    span = right - left
    drawn: list[Element] = []
    bottom = 6 + step * max(1, len(ranked))
    for k in range(6):
        x = left + span * k / 5
        drawn.append(line(x, 2, x, bottom, stroke=c["surface-3"], stroke_width=0.6))
        drawn.append(text(x, bottom + 10, axis_label(k / 5, 0.2), size=LABEL, text_anchor="middle"))
    drawn.append(text(right + 6, bottom + 10, _("score"), size=LABEL))
    patterns = []
    for k, parcel in enumerate(ranked):
        y, score = 6 + step * k, parcel["score"] or 0.0
        colour = c[f"score-{score_class(score)}"]
        known = score * min(1.0, parcel.get("coverage") or 0.0)
        patterns.append(hatch(f"guess{k}", c["surface-2"], colour, 3.4))
        drawn += [
            text(12, y + 9.5, str(parcel["rank"]), size=8, text_anchor="end", font_weight=600),
            text(20, y + 9.5, _name(parcel), size=8),
            box(left, y + 1.5, span * known, 11, fill=colour),
            box(
                left + span * known,
                y + 1.5,
                span * (score - known),
                11,
                fill=f"url(#guess{k})",
                stroke=colour,
                stroke_width=0.5,
            ),
            text(left + span * score + 4, y + 9.8, digits(score, 2), size=8, font_weight=600),
        ]
    drawn.append(line(left, 2, left, bottom, stroke=c["ink-2"], stroke_width=0.8))
    return drawing(WIDTH, bottom + 14, element("defs", *patterns), *drawn, ink=c["ink"])


def daily(series: Sequence[float | None], *, mean: bool = False) -> list[float | None]:
    """Sum an hourly series into days; a day without any value is missing."""
    days: list[float | None] = []
    for start in range(0, len(series), HOURS_A_DAY):
        known = [v for v in series[start : start + HOURS_A_DAY] if not is_missing(v)]
        days.append((sum(known) / (len(known) if mean else 1)) if known else None)  # type: ignore[arg-type]
    return days


def _frame_of_year(
    height: float, low: float, high: float, unit: str, days: int
) -> tuple[list[Element], Any]:
    """Axes of a year; returns what is drawn and the function that places (day, value)."""
    c = colours()
    right, top, bottom = WIDTH - 4, 16.0, height - 14
    step = nice_step(high - low)
    high = low + step * math.ceil((high - low) / step - 1e-9) or low + 1.0

    def place(day: float, value: float) -> Point:
        return (
            LEFT + (right - LEFT) * day / days,
            bottom - (bottom - top) * (value - low) / (high - low),
        )

    drawn = [text(0, 7.5, unit, size=LABEL, fill=c["ink-2"])]
    value = low
    while value <= high + step / 1000:
        y = place(0, value)[1]
        drawn.append(line(LEFT, y, right, y, stroke=c["surface-3"], stroke_width=0.6))
        drawn.append(
            text(LEFT - 4, y + 2.6, axis_label(value, step), size=LABEL, text_anchor="end")
        )
        value += step
    first = date(2023, 1, 1)
    for month in range(1, 13):
        day = (date(2023, month, 1) - first).days * days / 365
        x, y = place(day, low)
        drawn.append(line(x, y, x, y + 3, stroke=c["ink-3"], stroke_width=0.6))
        middle = place(day + 15, low)[0]
        name = date_format(first + timedelta(days=int(day) + 5), "M")
        drawn.append(text(middle, y + 10, name, size=LABEL, text_anchor="middle"))
    x, y = place(0, low)
    drawn.append(line(x, y, right, y, stroke=c["ink-2"], stroke_width=0.8))
    return drawn, place


def _band(place: Any, lower: list[float], upper: list[float], fill: str) -> Element:
    there = [place(d + 0.5, v) for d, v in enumerate(upper)]
    back = [place(d + 0.5, v) for d, v in enumerate(lower)]
    return path([[*there, *reversed(back)]], closed=True, fill=fill)


def _keys(marks: Sequence[tuple[str, str]], y: float = 7.5) -> list[Element]:
    """Labels on one line, flush right, each after its colour."""
    drawn: list[Element] = []
    x = WIDTH - 4
    for label, fill in reversed(marks):
        x -= 4.25 * len(label)
        drawn.append(text(x, y, label, size=LABEL))
        x -= 12
        drawn.append(box(x, y - 6, 8, 6.5, fill=fill))
        x -= 14
    return drawn


def year_chart(hourly: dict[str, Any]) -> str:
    """Heat used and rejected, day by day."""
    c = colours()
    used = [(v or 0.0) / 1000 for v in daily(hourly["heat_kw"])]
    rejected = [(v or 0.0) / 1000 for v in daily(hourly["rejected_kw"])]
    total = [a + b for a, b in zip(used, rejected, strict=True)]
    height = 112.0
    drawn, place = _frame_of_year(height, 0.0, max(total) or 1.0, _("MWh a day"), len(used))
    bands = [
        _band(place, [0.0] * len(used), used, c["used"]),
        _band(place, used, total, c["rejected"]),
    ]
    keys = _keys([(_("used in the network"), c["used"]), (_("rejected"), c["rejected"])])
    return drawing(WIDTH, height, *drawn, *bands, *keys, ink=c["ink"])


def temperature_chart(hourly: dict[str, Any]) -> str:
    """Supply and return of the network, and what the hub can give; daily means."""
    c = colours()
    kinds = (
        ("supply_degc", _("network supply"), c["supply"], None),
        ("return_degc", _("network return"), c["return"], None),
        ("available_degc", _("hub can deliver"), c["hub"], "5 2"),
    )
    curves = [(daily(hourly[k], mean=True), label, fill, dash) for k, label, fill, dash in kinds]
    values = [v for days, *_rest in curves for v in days if v is not None] or [0.0, 100.0]
    low = 10 * math.floor(min(values) / 10)
    height = 112.0
    drawn, place = _frame_of_year(height, low, max(values), "°C", len(curves[0][0]))
    for days, _label, stroke, dash in curves:
        points = [place(d + 0.5, v) for d, v in enumerate(days) if v is not None]
        drawn.append(
            path([points], fill="none", stroke=stroke, stroke_width=1.3, stroke_dasharray=dash)
        )
    keys = _keys([(label, fill) for _days, label, fill, _dash in curves])
    return drawing(WIDTH, height, *drawn, *keys, ink=c["ink"])


def energy_chart(parcel: dict[str, Any]) -> str:
    """One bar: in = used + lost + rejected."""
    c = colours()
    found = energy_bars(parcel.get("energy_mwh") or {})
    if found is None:
        return ""
    drawn = []
    for k, mark in enumerate(found["marks"]):
        x, width = float(mark["x"]) / 100 * WIDTH, float(mark["width"]) / 100 * WIDTH
        drawn.append(
            box(x, 0, width, 16, fill=c[mark["key"]], stroke=c["surface"], stroke_width=0.8)
        )
        at = k * WIDTH / 3
        drawn += [
            box(at, 24, 8, 8, fill=c[mark["key"]]),
            text(at + 12, 31, mark["label"], size=8),
            text(at + 12, 42, f"{mark['value']} ({mark['share']})", size=8, font_weight=600),
        ]
    return drawing(WIDTH, 46, *drawn, ink=c["ink"])


def _gap(end: float) -> list[Element]:
    """Two slanted strokes that say: this bar goes on beyond the scale."""
    x, c = end - 26, colours()
    gap = path(
        [[(x, 2 + 13), (x + 5, 1), (x + 9, 1), (x + 4, 2 + 13)]], closed=True, fill=c["surface"]
    )
    sides = [
        path([[(x + k, 2 + 13), (x + 5 + k, 1)]], fill="none", stroke=c["hub"], stroke_width=0.6)
        for k in (0, 4)
    ]
    return [gap, *sides]


def cost_chart(parcel: dict[str, Any]) -> str:
    """Cost of heat: the hub without and with compute, heat pump, boiler."""
    c = colours()
    bars = [bar for bar in money_table(parcel)["bars"] if bar["known"]]
    if not bars:
        return ""
    left, right, step = 166.0, WIDTH - 70, 14.4
    lowest = max((float(b["width"]) for b in bars if b["negative"]), default=0.0)
    scale = (right - left) / (100 + lowest)
    zero = left + lowest * scale
    drawn = []
    for k, bar in enumerate(bars):
        y, width = 3 + step * k, float(bar["width"]) * scale
        start = zero - width if bar["negative"] else zero
        own = bar["key"] in ("gross", "net")
        fill = "url(#speculative)" if bar["speculative"] else c["hub"] if own else c["lost"]
        label = f"{bar['label']} ({_('speculative')})" if bar["speculative"] else bar["label"]
        drawn += [
            text(0, y + 9.2, label, size=8),
            box(start, y, width, 12, fill=fill, stroke=c["hub"] if own else None, stroke_width=0.5),
            *(_gap(start + width) if bar["cut"] else ()),
            text(max(zero, start + width) + 5, y + 9.2, bar["value"], size=8, font_weight=600),
        ]
    bottom = 3 + step * len(bars)
    drawn.append(line(zero, 0, zero, bottom - 3, stroke=c["ink-2"], stroke_width=0.8))
    defs = element("defs", hatch("speculative", c["surface-2"], c["hub"], 3.6))
    return drawing(WIDTH, bottom, defs, *drawn, ink=c["ink"])


def chance_chart(parcel: dict[str, Any]) -> str:
    """Present value over all futures: P5 to P95 a line, P10 to P90 a bar, the median in it."""
    c = colours()
    found, marks = parcel.get("chances") or {}, spread_marks(parcel)
    if marks is None:
        return ""
    at = {name: float(value) / 100 * WIDTH for name, value in marks.items()}
    drawn = [
        line(at["p5"], 24, at["p95"], 24, stroke=c["ink-3"], stroke_width=1.0),
        box(at["p10"], 18, at["p90"] - at["p10"], 12, fill=c["hub"], fill_opacity=0.45),
        line(at["p50"], 15, at["p50"], 33, stroke=c["hub"], stroke_width=1.8),
        line(at["zero"], 8, at["zero"], 38, stroke=c["ink"], stroke_width=0.8),
        text(at["zero"], 6, "0", size=LABEL, text_anchor="middle", font_weight=600),
    ]
    named = (("p10", "P10"), ("p50", "P50"), ("p90", "P90"))
    for k, (name, label) in enumerate(named):
        value = quantity(found[f"npv_{name}_eur"], "EUR")
        drawn.append(text(k * WIDTH / 3, 52, f"{label} {value}", size=8, font_weight=600))
    return drawing(WIDTH, 56, *drawn, ink=c["ink"])
