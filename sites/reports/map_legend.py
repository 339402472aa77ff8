"""The legend under the map of a report."""

from django.utils.translation import gettext as _

from heatmap.quantities import quantity
from heatmap.render.palette import colours
from sites.reports.svg import Element, box, line, path, text


def _swatch(kind: str, x: float, y: float, fill: str) -> Element:
    c = colours()
    if kind == "line":
        return line(x, y, x + 13, y, stroke=fill, stroke_width=1.8)
    if kind == "dashed":
        return line(x, y, x + 13, y, stroke=fill, stroke_width=1.8, stroke_dasharray="4 2")
    if kind == "diamond":
        corners = [[(x + 6, y - 4.6), (x + 10.6, y), (x + 6, y + 4.6), (x + 1.4, y)]]
        return path(corners, closed=True, fill=fill)
    if kind == "square":
        return box(x + 2.5, y - 4, 8, 8, fill=fill)
    return box(x, y - 4, 13, 8, fill=fill, stroke=c["ink-3"], stroke_width=0.4)


def _ramp(x: float, y: float, title: str, fills: list[str], ends: tuple[str, str]) -> list[Element]:
    drawn = [text(x, y, title, size=7.5, font_weight=600)]
    for k, fill in enumerate(fills):
        drawn.append(box(x + 17 * k, y + 5, 17, 8, fill=fill))
    right = x + 17 * len(fills)
    drawn.append(text(x, y + 22, ends[0], size=7.0))
    drawn.append(text(right, y + 22, ends[1], size=7.0, text_anchor="end"))
    return drawn


def legend(top: float, breaks: list[float], *, guessed: bool, is_wide: bool) -> list[Element]:
    c = colours()
    scores = [c[f"score-{k}"] for k in range(1, 6)]
    heats = [c[f"heat-{k}"] for k in range(1, 7)]
    drawn = _ramp(0, top + 10, _("Score of the parcel"), scores, ("0", "1"))
    ends = (_("little"), _("much"))
    if breaks:
        ends = (f"< {quantity(breaks[0], 'MWh/a', 2)}", f"> {quantity(breaks[-1], 'MWh/a', 2)}")
    drawn += _ramp(112, top + 10, _("Heat demand per hectare"), heats, ends)
    marks = [
        ("box", "url(#refused)", _("refused")),
        ("box", c["map-building-line"], _("building")),
        ("dashed", c["supply"], _("heat pipe (derived)"))
        if guessed
        else ("line", c["supply"], _("heat pipe")),
        ("square", c["map-plant"], _("heating plant")),
        ("diamond", c["map-grid"], _("substation")),
        ("box", c["map-water"], _("water")),
        ("box", c["map-forest"], _("forest")),
        ("box", c["map-protect"], _("other limits")),
    ]
    for k, (kind, fill, label) in enumerate(marks):
        if is_wide:
            x, y = 248 + 112 * (k // 4), top + 8 + 11.5 * (k % 4)
        else:
            x, y = 112 * (k // 4), top + 46 + 11.5 * (k % 4)
        drawn += [_swatch(kind, x, y, fill), text(x + 18, y + 2.6, label, size=7.2)]
    return drawn
