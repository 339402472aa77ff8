"""Makes geometries fit for storage: two dimensions, valid, in EPSG:3035."""

import math

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

STORAGE_CRS = "EPSG:3035"
DIMENSION = {"Point": 0, "LineString": 1, "Polygon": 2}


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
        # always_xy: east before north, as PostGIS stores it, whatever the system's axis order
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
    if repaired.geom_type == "GeometryCollection":
        wanted = DIMENSION[geometry.geom_type.removeprefix("Multi")]
        parts = [
            part
            for part in repaired.geoms
            if DIMENSION.get(part.geom_type.removeprefix("Multi")) == wanted
        ]
        repaired = shapely.union_all(parts)
    return repaired, True


def is_finite(geometry: BaseGeometry) -> bool:
    return not geometry.is_empty and all(math.isfinite(bound) for bound in geometry.bounds)
