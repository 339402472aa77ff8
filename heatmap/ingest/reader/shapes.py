"""Makes shapes fit for storage: two dimensions, valid, of a wanted dimension, in EPSG:3035."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from heatmap.ingest.reader.layers import Batch
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.place import STORAGE_CRS, Placement, Town

DIMENSION = {"Point": 0, "LineString": 1, "LinearRing": 1, "Polygon": 2}
MOST_CORNERS = 1_000_000
LISTED_REPAIRS = 200
LISTED_BATCHES = 20
COLLECTION = 7
NO_SHAPE = gettext_noop("there is no shape\nDraw it, or remove the row.")
EMPTY = gettext_noop("the shape is empty\nDraw it, or remove the row.")
BROKEN = gettext_noop("the shape is broken and could not be read\nDraw it anew.")
WRONG_SHAPE = {
    2: gettext_noop("the shape is not an area\nLeave points and lines out of this layer."),
    1: gettext_noop("the shape is not a line\nLeave points and areas out of this layer."),
    0: gettext_noop("the shape is not a point\nLeave lines and areas out of this layer."),
}
UPRIGHT = gettext_noop(
    "the surface stands upright or is folded flat: seen from above it has no area\n"
    "Bring footprints instead of walls."
)
TOO_LONG = gettext_noop(
    "the shape has %(count)s corners, more than %(limit)s\nSimplify it before the export."
)
NOT_PLACED = gettext_noop(
    "the coordinates lie outside what the coordinate system can show\nCorrect them."
)
OUTSIDE = gettext_noop("the shape lies outside the municipality\nLeave it out.")


class ToStorage:
    """Turns coordinates of one reference system into the system of storage."""

    def __init__(self, crs: str) -> None:
        try:
            source = CRS.from_user_input(crs)
        except CRSError as error:
            raise FileRefused(
                gettext_noop("The coordinate system %(crs)s is not known."), crs=crs
            ) from error
        self.name = source.name
        self._transformer = Transformer.from_crs(source, STORAGE_CRS, always_xy=True)

    def __call__(self, geometry: BaseGeometry) -> BaseGeometry:
        def east_north(points: object) -> object:
            x, y = self._transformer.transform(points[:, 0], points[:, 1])  # type: ignore[index]
            points[:, 0], points[:, 1] = x, y  # type: ignore[index]
            return points

        return shapely.transform(shapely.force_2d(geometry), east_north)


def made_valid(geometry: BaseGeometry) -> tuple[BaseGeometry, bool]:
    """Return the geometry, repaired if need be, and whether it was repaired.

    Repair keeps the dimension of the original: lines and points that fall off a broken polygon
    are dropped.
    """
    if geometry.is_valid:
        return geometry, False
    repaired = shapely.make_valid(geometry)
    return only_dimension(repaired, shapely.get_dimensions(geometry)), True


def only_dimension(geometry: BaseGeometry, dimension: int) -> BaseGeometry:
    """Return the parts of one dimension; empty if there are none."""
    if geometry.geom_type != "GeometryCollection":
        return geometry
    parts = [
        part
        for part in shapely.get_parts(geometry)
        for part in (
            shapely.get_parts(only_dimension(part, dimension))
            if part.geom_type == "GeometryCollection"
            else shapely.get_parts(part)
        )
        if DIMENSION.get(part.geom_type) == dimension
    ]
    if dimension == 2:
        return shapely.union_all(parts)
    makers = (shapely.MultiPoint, shapely.MultiLineString)
    return makers[dimension](parts)


def is_finite(geometry: BaseGeometry) -> bool:
    return not geometry.is_empty and all(math.isfinite(bound) for bound in geometry.bounds)


def read_shapes(batch: Batch) -> np.ndarray:
    """Return the shapes of a batch; rings that were left open are closed."""
    if batch.shapes is not None:
        return batch.shapes
    with np.errstate(all="ignore"):
        shapes = shapely.from_wkb(batch.wkb, on_invalid="fix")
    broken = shapely.is_missing(shapes)
    if broken.any():
        for place in np.flatnonzero(broken):
            if batch.wkb is not None and batch.wkb[place] is not None:
                batch.refused.setdefault(int(place), (BROKEN, {}, ""))
    return shapes


@dataclass
class Handling:
    """What was done to the shapes of a layer."""

    flattened: int = 0
    closed: int = 0
    picked: int = 0
    repaired: int = 0
    area_changed_m2: float = 0.0
    repairs: list[dict[str, Any]] = field(default_factory=list)
    outside: int = 0
    outside_points: list[np.ndarray] = field(default_factory=list)


def _there(shapes: np.ndarray) -> np.ndarray:
    return ~shapely.is_missing(shapes)


@dataclass
class Fitted:
    """Shapes ready for storage, None where refused, and their size in the town's own grid."""

    shapes: np.ndarray
    area_m2: np.ndarray
    length_m: np.ndarray


@dataclass
class Fitting:
    """The rules that shapes of one kind of layer must meet."""

    wanted: tuple[int, ...]
    placement: Placement
    town: Town
    shapes_optional: bool = False
    """Whether rows without a shape are kept: of features whose shape is known already."""
    handling: Handling = field(default_factory=Handling)

    def fit(self, shapes: np.ndarray, batch: Batch) -> Fitted:
        """Return shapes ready for storage; rows that cannot be used are added to the refused."""
        usable = batch.usable()
        refuse = self._refuser(batch, usable)
        if not self.shapes_optional:
            refuse(shapely.is_missing(shapes), NO_SHAPE)
        refuse(shapely.is_empty(shapes), EMPTY)
        corners = shapely.get_num_coordinates(shapes)
        for place in np.flatnonzero(usable & (corners > MOST_CORNERS)):
            batch.refused[int(place)] = (
                TOO_LONG, {"count": int(corners[place]), "limit": MOST_CORNERS}, "",
            )  # fmt: skip
            usable[place] = False
        shapes = np.where(usable, shapes, None)
        self.handling.flattened += int(shapely.has_z(shapes).sum())
        heights = shapely.has_z(shapes) | shapely.has_m(shapes)
        if heights.any():
            shapes[heights] = shapely.force_2d(shapes[heights])
        shapes = self._right_dimension(shapes, refuse)
        shapes = np.where(usable, shapes, None)
        delivered = shapes
        shapes = self._placed(shapes)
        unplaced = ~np.isfinite(shapely.bounds(shapes)).all(axis=1) & usable & _there(shapes)
        self._remember_outside(delivered, unplaced)
        refuse(unplaced, NOT_PLACED)
        before = shapely.get_dimensions(shapes)
        shapes, repaired = self._valid(np.where(usable, shapes, None), batch)
        lost = shapely.is_empty(shapes) | (shapely.get_dimensions(shapes) < before)
        refuse(lost, UPRIGHT)
        self._inside(shapes, delivered, usable & _there(shapes), refuse)
        same = self.placement.srid == self.town.srid and not self.placement.swap
        true = np.where(usable & ~repaired, delivered, None) if same else np.full(len(shapes), None)
        unknown = usable & _there(shapes) & ~_there(true)
        if unknown.any():
            true[unknown] = shapely.transform(shapes[unknown], self.town.from_storage)
        dimension = shapely.get_dimensions(shapes)
        return Fitted(
            np.where(usable, shapes, None),
            np.where(dimension == 2, shapely.area(true), np.nan),
            np.where(dimension == 1, shapely.length(true), np.nan),
        )

    @staticmethod
    def _refuser(batch: Batch, usable: np.ndarray) -> Any:
        def refuse(which: np.ndarray, message: str) -> None:
            for place in np.flatnonzero(usable & which):
                batch.refused[int(place)] = (message, {}, "")
            usable[which] = False

        return refuse

    def _right_dimension(self, shapes: np.ndarray, refuse: Any) -> np.ndarray:
        collections = shapely.get_type_id(shapes) == COLLECTION
        for place in np.flatnonzero(collections):
            best = max(
                (d for d in self.wanted if not only_dimension(shapes[place], d).is_empty),
                default=None,
            )
            if best is not None:
                shapes[place] = only_dimension(shapes[place], best)
                self.handling.picked += 1
        dimension = shapely.get_dimensions(shapes)
        if 2 in self.wanted and 1 not in self.wanted:
            for place in np.flatnonzero(dimension == 1):
                parts = shapely.get_parts(shapes[place])
                if all(shapely.is_closed(parts)) and all(shapely.get_num_points(parts) > 3):
                    shapes[place] = shapely.union_all(
                        [shapely.Polygon(part.coords) for part in parts]
                    )
                    self.handling.closed += 1
            dimension = shapely.get_dimensions(shapes)
        wrong = ~np.isin(dimension, self.wanted) & ~shapely.is_missing(shapes)
        refuse(wrong, WRONG_SHAPE[max(self.wanted)])
        return shapes

    def _placed(self, shapes: np.ndarray) -> np.ndarray:
        known = ~shapely.is_missing(shapes)
        if not known.any():
            return shapes
        placed = shapes.copy()
        placed[known] = shapely.transform(shapes[known], self.placement.to_storage)
        return placed

    def _valid(self, shapes: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
        for place in np.flatnonzero(broken):
            before = shapes[place]
            shapes[place], _ = made_valid(before)
            change = float(shapes[place].area - before.area)
            self.handling.repaired += 1
            self.handling.area_changed_m2 += abs(change)
            if len(self.handling.repairs) < LISTED_REPAIRS:
                self.handling.repairs.append(
                    {
                        "row": batch.first_row + int(place),
                        "cause": str(shapely.is_valid_reason(before)).split("[")[0],
                        "area_before_m2": round(before.area, 2),
                        "area_after_m2": round(shapes[place].area, 2),
                    }
                )
        # a part of its own is simpler than a bundle of one
        single = shapely.get_num_geometries(shapes) == 1
        bundled = single & (shapely.get_type_id(shapes) >= 4)
        if bundled.any():
            shapes[bundled] = shapely.get_geometry(shapes[bundled], 0)
        return shapes, broken

    def _inside(
        self, shapes: np.ndarray, delivered: np.ndarray, usable: np.ndarray, refuse: Any
    ) -> None:
        if usable.any():
            box = shapely.total_bounds(shapes[usable])
            if self.town.reach.contains(shapely.box(*box)):
                return
        outside = usable & ~shapely.intersects(self.town.reach, shapes)
        self._remember_outside(delivered, outside)
        refuse(outside, OUTSIDE)

    def _remember_outside(self, delivered: np.ndarray, outside: np.ndarray) -> None:
        if outside.any() and len(self.handling.outside_points) < LISTED_BATCHES:
            points = shapely.get_coordinates(delivered[outside])
            points = points[np.isfinite(points).all(axis=1)]
            self.handling.outside_points.append(points[:: max(1, len(points) // 50)])
        self.handling.outside += int(outside.sum())
