"""The charts of the study: how sure the ranking is, the sets of hubs, the cash of the chain."""

import math
from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import quantity
from heatmap.render.palette import colours
from sites.reports.charts import LABEL, LEFT, WIDTH, axis_label, nice_step
from sites.reports.svg import Element, Point, box, drawing, line, path, text

MOST_PLACES = 10
NAME_WIDTH = 168.0
LONGEST_NAME = 30
TOPS = (("top5_share", 0.25), ("top3_share", 0.5), ("top1_share", 1.0))
"""Shares of draws, the widest first, and how full their colour is."""


def short_name(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def robustness_chart(ranked: list[dict[str, Any]]) -> str:
    """Bars of the share of draws in which a place is first, among three, among five."""
    c = colours()
    rows = [row for row in ranked if row.get("robustness")][:MOST_PLACES]
    left, right, step, top = NAME_WIDTH, WIDTH - 40, 15.0, 16.0
    span, bottom = right - left, top + step * max(1, len(rows))
    drawn: list[Element] = []
    for k in range(5):
        x = left + span * k / 4
        drawn.append(line(x, top - 2, x, bottom, stroke=c["surface-3"], stroke_width=0.6))
        label = quantity(k / 4, "share", 2) if k else "0"
        drawn.append(text(x, bottom + 10, label, size=LABEL, text_anchor="middle"))
    x = left
    for label, opacity in (
        (_("first"), 1.0),
        (_("among the first three"), 0.5),
        (_("among the first five"), 0.25),
    ):
        drawn.append(box(x, 1, 8, 6.5, fill=c["hub"], fill_opacity=opacity))
        drawn.append(text(x + 12, 7.5, label, size=LABEL))
        x += 30 + 4.25 * len(label)
    for k, row in enumerate(rows):
        y = top + step * k
        shares = row["robustness"]
        drawn.append(text(12, y + 9.5, str(row["rank"]), size=8, text_anchor="end"))
        drawn.append(text(20, y + 9.5, short_name(row.get("name") or row["ref"]), size=8))
        before = 0.0
        for name, opacity in reversed(TOPS):
            width = span * shares[name]
            drawn.append(
                box(left + before, y + 1.5, width - before, 11, fill=c["hub"], fill_opacity=opacity)
            )
            before = width
        said = quantity(shares["top5_share"], "share", 2)
        drawn.append(text(left + before + 4, y + 9.8, said, size=8, font_weight=600))
    drawn.append(line(left, top - 2, left, bottom, stroke=c["ink-2"], stroke_width=0.8))
    return drawing(WIDTH, bottom + 14, *drawn, ink=c["ink"])


def set_chart(curve: list[dict[str, Any] | None]) -> str:
    """Bars of the value of the best one, two, three ... hubs, from the zero line."""
    c = colours()
    sets = [(k, one) for k, one in enumerate(curve) if k and one is not None]
    left, right, step, top = 70.0, WIDTH - 76, 16.0, 4.0
    values = [one["npv_eur"] for _k, one in sets]
    low, high = min([*values, 0.0]), max([*values, 0.0])
    scale = (right - left - 60) / ((high - low) or 1.0)
    zero = left + 60 - low * scale if low < 0 else left
    bottom = top + step * max(1, len(sets))
    drawn: list[Element] = []
    for k, (count, one) in enumerate(sets):
        y, width = top + step * k, abs(one["npv_eur"]) * scale
        start = zero - width if one["npv_eur"] < 0 else zero
        drawn.append(text(0, y + 9.5, _hubs(count), size=8))
        fill = c["lost"] if one["npv_eur"] < 0 else c["hub"]
        drawn.append(box(start, y + 1, width, 12, fill=fill))
        # beside the end of the bar, on the side away from zero
        anchor, x = ("end", start - 5) if one["npv_eur"] < 0 else ("start", start + width + 5)
        said = quantity(one["npv_eur"], "EUR")
        drawn.append(text(x, y + 10, said, size=8, text_anchor=anchor, font_weight=600))
    drawn.append(line(zero, 0, zero, bottom, stroke=c["ink-2"], stroke_width=0.8))
    drawn.append(text(zero, bottom + 9, "0", size=LABEL, text_anchor="middle"))
    return drawing(WIDTH, bottom + 12, *drawn, ink=c["ink"])


def _hubs(count: int) -> str:
    return _("1 hub") if count == 1 else _("%(count)d hubs") % {"count": count}


def chain_chart(chain: dict[str, Any]) -> str:
    """Cash of the chain at the end of each year, what must stay in it, and when hubs are built."""
    c = colours()
    cash = [value for value in chain["cash_eur"] if value is not None]
    held = _held(chain, len(cash))
    values = [0.0, *cash, *held]
    height, right, top = 128.0, WIDTH - 4, 18.0
    bottom = height - 22
    most = max(abs(value) for value in values) or 1.0
    factor, unit = (1e6, _("M EUR")) if most >= 1e6 else (1e3, _("k EUR"))  # noqa: PLR2004
    step = nice_step((max(values) - min(values)) / factor)
    low = step * math.floor(min(values) / factor / step)
    high = step * math.ceil(max(values) / factor / step) or step

    def place(year: float, eur: float) -> Point:
        return (
            LEFT + (right - LEFT) * year / max(1, len(cash)),
            bottom - (bottom - top) * (eur / factor - low) / (high - low),
        )

    drawn = [text(0, 7.5, unit, size=LABEL, fill=c["ink-2"])]
    value = low
    while value <= high + step / 1000:
        y = place(0, value * factor)[1]
        drawn.append(line(LEFT, y, right, y, stroke=c["surface-3"], stroke_width=0.6))
        drawn.append(
            text(LEFT - 4, y + 2.6, axis_label(value, step), size=LABEL, text_anchor="end")
        )
        value += step
    every = max(1, len(cash) // 10)
    for year in range(0, len(cash) + 1, every):
        x = place(year, 0.0)[0]
        drawn.append(text(x, bottom + 10, str(year), size=LABEL, text_anchor="middle"))
    drawn.append(text(right, height - 3, _("years after the start"), size=LABEL, text_anchor="end"))
    zero = place(0, 0.0)[1]
    drawn.append(line(LEFT, zero, right, zero, stroke=c["ink-2"], stroke_width=0.8))
    reserve = [place(year, eur) for year, eur in enumerate(held)]
    course = [place(0, 0.0), *(place(year + 1, eur) for year, eur in enumerate(cash))]
    drawn.append(
        path([reserve], fill="none", stroke=c["lost"], stroke_width=1.2, stroke_dasharray="4 2")
    )
    drawn.append(path([course], fill="none", stroke=c["hub"], stroke_width=1.6))
    for number, hub in enumerate(chain["hubs"][1:], start=2):
        if hub["built_year"] is not None:
            x = place(hub["built_year"], 0.0)[0]
            drawn.append(line(x, top - 2, x, bottom, stroke=c["ink"], stroke_width=0.8))
            drawn.append(text(x + 3, top + 4, _("hub %(number)d") % {"number": number}, size=LABEL))
    x = LEFT + 50
    for label, fill in ((_("cash"), c["hub"]), (_("reserve that must stay"), c["lost"])):
        drawn.append(box(x, 1, 8, 6.5, fill=fill))
        drawn.append(text(x + 12, 7.5, label, size=LABEL))
        x += 30 + 4.25 * len(label)
    return drawing(WIDTH, height, *drawn, ink=c["ink"])


def _held(chain: dict[str, Any], years: int) -> list[float]:
    """Reserve of the hubs that stand at each end of a year, the start included."""
    return [
        sum(
            hub["reserve_eur"]
            for hub in chain["hubs"]
            if hub["built_year"] is not None and hub["built_year"] <= year
        )
        for year in range(years + 1)
    ]
