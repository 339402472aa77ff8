"""The map of the report: what the run used, drawn from its own geometry."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import quantity
from heatmap.render.palette import colours, heat_breaks, heat_class, score_class
from sites.reports.map_legend import legend
from sites.reports.svg import (
    Element,
    Point,
    box,
    drawing,
    element,
    group,
    hatch,
    path,
    text,
)

WIDE, NARROW = 470.0, 228.0
TALL = 1.1
MARGIN_SHARE = 0.03
GUESSED = ("derived", "illustrative")


@dataclass(frozen=True)
class Shape:
    """One thing on the map, in metres of the municipal grid."""

    kind: str
    ref: str = ""
    rings: tuple[tuple[Point, ...], ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    points: tuple[Point, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TownShapes:
    """All that is drawn, and whom to thank for it."""

    shapes: tuple[Shape, ...]
    attribution: str = ""

    def of(self, *kinds: str) -> list[Shape]:
        return [shape for shape in self.shapes if shape.kind in kinds]


@dataclass(frozen=True)
class Frame:
    """Where metres go on the paper."""

    left: float
    top: float
    scale: float
    width: float
    height: float

    def place(self, point: Point) -> Point:
        return (point[0] - self.left) * self.scale, (self.top - point[1]) * self.scale

    def parts(self, parts: Iterable[Iterable[Point]]) -> list[list[Point]]:
        return [[self.place(p) for p in part] for part in parts]


def _points(shape: Shape) -> list[Point]:
    return [p for part in (*shape.rings, *shape.lines, shape.points) for p in part]


def _extent(town: TownShapes) -> tuple[float, float, float, float]:
    """Return left, low, right, top of parcels, pipes and plants; without any, of everything."""
    main = town.of("parcels", "pipes", "plants", "cells") or list(town.shapes)
    points = [p for shape in main for p in _points(shape)] or [(0.0, 0.0), (1000.0, 600.0)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    pad = MARGIN_SHARE * max(max(xs) - min(xs), max(ys) - min(ys), 100.0)
    return min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad


def is_tall(town: TownShapes) -> bool:
    """Say whether the town is drawn in a narrow column, with text beside it."""
    left, low, right, top = _extent(town)
    return (top - low) > TALL * (right - left)


def _frame(town: TownShapes) -> Frame:
    left, low, right, top = _extent(town)
    width, least, most = (NARROW, 240.0, 272.0) if is_tall(town) else (WIDE, 130.0, 150.0)
    scale = min(width / (right - left), most / (top - low))
    height = min(most, max(least, (top - low) * scale))
    spare_x, spare_y = width / scale - (right - left), height / scale - (top - low)
    return Frame(left - spare_x / 2, top + spare_y / 2, scale, width, height)


def centre(ring: Iterable[Point]) -> Point:
    """Return the centre of area of a ring; the mean of its points where it has no area."""
    points = list(ring)
    twice = x = y = 0.0
    ox, oy = points[0]
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        cross = (x1 - ox) * (y2 - oy) - (x2 - ox) * (y1 - oy)
        twice += cross
        x += (x1 + x2 - 2 * ox) * cross
        y += (y1 + y2 - 2 * oy) * cross
    if abs(twice) < 1e-9:
        return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    return ox + x / (3 * twice), oy + y / (3 * twice)


def _ground(town: TownShapes, frame: Frame) -> list[Element]:
    c = colours()
    drawn = []
    fills = {"water": c["map-water"], "forest": c["map-forest"]}
    for shape in town.of("constraints"):
        fill = fills.get(str(shape.properties.get("constraint_kind")), c["map-protect"])
        if shape.rings:
            rings = frame.parts(shape.rings)
            drawn.append(path(rings, closed=True, fill=fill, fill_rule="evenodd"))
        if shape.lines:
            drawn.append(path(frame.parts(shape.lines), fill="none", stroke=fill, stroke_width=1.6))
    streets = [frame.parts(shape.lines) for shape in town.of("streets")]
    for width, stroke in ((2.0, c["map-street-case"]), (1.2, c["map-street"])):
        drawn += [
            path(lines, fill="none", stroke=stroke, stroke_width=width, stroke_linecap="round")
            for lines in streets
        ]
    return drawn


def _area(frame: Frame, shape: Shape, fill: str, stroke: str, width: float) -> Element:
    """Draw an area; its holes stay open."""
    return path(
        frame.parts(shape.rings),
        closed=True,
        fill=fill,
        fill_rule="evenodd",
        stroke=stroke,
        stroke_width=width,
    )


def _demand(town: TownShapes, frame: Frame, breaks: list[float]) -> list[Element]:
    """Draw heat demand by hectare, and the buildings over it without a value of their own."""
    c = colours()
    cells = [
        (shape, heat_class(shape.properties.get("heat_demand_mwh_per_a"), breaks))
        for shape in town.of("heat_demand")
    ]
    return [
        *(
            _area(frame, shape, c[f"heat-{step}"] if step else c["missing"], c["map-ground"], 0.3)
            for shape, step in cells
        ),
        *(
            _area(frame, shape, c["map-building-line"], c["surface"], 0.2)
            for shape in town.of("buildings")
        ),
    ]


def _network(town: TownShapes, frame: Frame) -> list[Element]:
    c = colours()
    drawn = []
    for shape in town.of("pipes"):
        guessed = shape.properties.get("nature") in GUESSED
        drawn.append(
            path(
                frame.parts(shape.lines),
                fill="none",
                stroke=c["supply"],
                stroke_width=1.5,
                stroke_dasharray="4 2" if guessed else None,
            )
        )
    for shape in town.of("plants"):
        x, y = frame.place(centre(shape.rings[0]) if shape.rings else shape.points[0])
        drawn.append(
            box(x - 4, y - 4, 8, 8, fill=c["map-plant"], stroke=c["surface"], stroke_width=1)
        )
    for shape in town.of("substations"):
        if not _points(shape):
            continue
        x, y = frame.place(_points(shape)[0])
        corners = [[(x, y - 4.6), (x + 4.6, y), (x, y + 4.6), (x - 4.6, y)]]
        drawn.append(
            path(corners, closed=True, fill=c["map-grid"], stroke=c["surface"], stroke_width=1)
        )
    return drawn


def _candidates(town: TownShapes, frame: Frame, parcels: list[dict[str, Any]]) -> list[Element]:
    c = colours()
    by_ref = {parcel["ref"]: parcel for parcel in parcels}
    drawn, labels, taken = [], [], []
    found = [(by_ref[s.ref], s) for s in town.of("parcels", "cells") if s.ref in by_ref and s.rings]
    for parcel, shape in sorted(found, key=lambda pair: pair[0].get("rank") or math.inf):
        step, rank = score_class(parcel.get("score")), parcel.get("rank")
        fill = f"{c[f'score-{step}']}" if rank and step else "url(#refused)"
        drawn.append(_area(frame, shape, fill, c["ink"], 0.6))
        if not rank:
            continue
        x, y = frame.place(centre(shape.rings[0]))
        if rank > 3 and any(math.hypot(x - a, y - b) < 13 for a, b in taken):
            continue
        taken.append((x, y))
        labels += _rank_label(x, y, rank)
    return [*reversed(drawn), *reversed(labels)]


def _rank_label(x: float, y: float, rank: int) -> list[Element]:
    c = colours()
    best = rank == 1
    radius = 8.5 if best else 6.5
    number = text(
        x,
        y + (3.2 if best else 2.5),
        str(rank),
        size=9.0 if best else 7.0,
        text_anchor="middle",
        font_weight=600,
        fill=c["surface"] if best else c["ink"],
    )
    ground = element(
        "circle",
        cx=x,
        cy=y,
        r=radius,
        fill=c["accent"] if best else c["surface"],
        stroke=c["surface"] if best else c["ink"],
        stroke_width=1.4 if best else 0.7,
    )
    return [number, ground]


def _furniture(frame: Frame) -> list[Element]:
    """Scale bar and north arrow."""
    c = colours()
    most = 110 / frame.scale
    base = 10 ** math.floor(math.log10(most))
    length_m = max(step * base for step in (1, 2, 5) if step * base <= most)
    width = length_m * frame.scale
    x, y = 10.0, frame.height - 10.0
    plate = box(x - 5, y - 17, width + 10, 22, fill=c["surface"], fill_opacity=0.85, rx=2)
    bar = path([[(x, y - 4), (x, y), (x + width, y), (x + width, y - 4)]], fill="none")
    label = text(x + width / 2, y - 6, quantity(length_m, "m"), size=7.5, text_anchor="middle")
    nx, ny = frame.width - 16.0, 14.0
    arrow = [
        element("circle", cx=nx, cy=ny + 5, r=13, fill=c["surface"], fill_opacity=0.85),
        path([[(nx, ny - 5), (nx + 4, ny + 5), (nx, ny + 2.5), (nx - 4, ny + 5)]], closed=True),
        text(nx, ny + 14, _("N"), size=7.5, text_anchor="middle", font_weight=600),
    ]
    return [plate, group([bar], stroke=c["ink"], stroke_width=1.2), label, *arrow]


def town_map(town: TownShapes, parcels: list[dict[str, Any]]) -> str:
    """Draw the town with its candidates; derived things dashed, refused ones hatched."""
    c = colours()
    frame = _frame(town)
    demands = [s.properties.get("heat_demand_mwh_per_a") for s in town.of("heat_demand")]
    breaks = heat_breaks([d for d in demands if d is not None])
    guessed = any(s.properties.get("nature") in GUESSED for s in town.of("pipes"))
    is_wide = frame.width == WIDE
    clip = element("clipPath", box(0, 0, frame.width, frame.height, rx=3), id="sheet")
    picture = group(
        [
            box(0, 0, frame.width, frame.height, fill=c["map-ground"]),
            *_ground(town, frame),
            *_demand(town, frame, breaks),
            *_network(town, frame),
            *_candidates(town, frame, parcels),
            *_furniture(frame),
        ],
        clip_path="url(#sheet)",
        stroke_linejoin="round",
    )
    return drawing(
        frame.width,
        frame.height + (52 if is_wide else 90),
        element("defs", clip, hatch("refused", c["surface-3"], c["ink-3"])),
        picture,
        *legend(frame.height + 6, breaks, guessed=guessed, is_wide=is_wide),
        ink=c["ink"],
    )
