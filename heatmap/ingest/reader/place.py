"""Where on earth a file lies: its reference system, other candidates, and likely mistakes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from heatmap.ingest.reader.layers import LayerInfo, note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop

STORAGE_SRID = 3035
STORAGE_CRS = f"EPSG:{STORAGE_SRID}"
CANDIDATES = (
    4326, 25832, 25833, 25831, 3857, 3035, 31466, 31467, 31468, 31469, 4258, 4314,
    25828, 25829, 25830, 25834, 25835, 25836, 32631, 32632, 32633, 32634, 32635, 32636,
    4647, 5650, 3067, 3878, 3879, 3880, 3877, 2393, 3006, 3007, 3008, 3011, 3012,
    2154, 28992, 31370, 3812,
    2056, 21781, 31287, 31254, 31255, 31256, 5514, 2180, 27700, 2157, 3763, 3045, 3044, 5110, 25884,
    3301, 3059, 3346, 23700, 3794, 3765, 3844, 7801, 2100, 3003, 3004, 6707, 6708,
)  # fmt: skip
NEAR_M = 5_000.0
SAMPLE_POINTS = 400
USE_MARGIN_DEG = 7.0
UNKNOWN_CRS = gettext_noop(
    "The file does not say its coordinate system. It would fit as %(candidates)s.\n"
    "State the EPSG code, for example 25832."
)
NO_PRJ = gettext_noop(
    "The zip has no .prj file, so the coordinate system is unknown. It would fit as "
    "%(candidates)s.\nAdd the .prj, or state the EPSG code (for example 25832)."
)
OUTSIDE = gettext_noop(
    "All shapes lie outside the municipality, about %(distance)s km from its middle: they reach "
    "from %(extent)s (longitude, latitude). They were read as %(crs)s.\n"
    "Check the coordinate system, or choose the municipality that the file belongs to."
)
IMPOSSIBLE = gettext_noop(
    "The coordinates (%(extent)s) lie outside what %(crs)s can show.\nState the EPSG code in which "
    "they were made."
)
MISTAKES = {
    "swapped": gettext_noop(
        "All shapes lie outside the municipality, about %(distance)s km from its middle; they were "
        "read as %(crs)s. With x and y exchanged they lie inside it.\n"
        "Exchange the axes, or export with east before north."
    ),
    "degrees": gettext_noop(
        "The coordinates are degrees (%(extent)s), but the file says %(crs)s, which counts metres. "
        "As EPSG:%(srid)s they lie in the municipality.\nState EPSG code %(srid)s."
    ),
    "metres": gettext_noop(
        "The coordinates are metres (%(extent)s), but the file says %(crs)s, which counts degrees. "
        "As EPSG:%(srid)s they lie in the municipality.\nState EPSG code %(srid)s."
    ),
    "zone": gettext_noop(
        "All shapes lie outside the municipality, about %(distance)s km from its middle; they were "
        "read as %(crs)s. As EPSG:%(srid)s (%(name)s) they lie inside it: the zone or system is "
        "wrong.\nState EPSG code %(srid)s."
    ),
    "south": gettext_noop(
        "All shapes lie outside the municipality, about %(distance)s km from its middle: %(crs)s "
        "is a system of the southern hemisphere. As EPSG:%(srid)s they lie in the municipality.\n"
        "State EPSG code %(srid)s."
    ),
    "prefix": gettext_noop(
        "The eastings carry the zone in front (%(extent)s), but %(crs)s is written without it.\n"
        "State EPSG code %(srid)s."
    ),
}


@dataclass
class Town:
    """The municipality that the file is brought to, in the storage grid."""

    extent: BaseGeometry
    srid: int
    margin_m: float = 0.0

    @cached_property
    def reach(self) -> BaseGeometry:
        area = self.extent.buffer(self.margin_m) if self.margin_m else self.extent
        shapely.prepare(area)
        return area

    @cached_property
    def near(self) -> BaseGeometry:
        area = self.extent.buffer(NEAR_M)
        shapely.prepare(area)
        return area

    @cached_property
    def _to_own_grid(self) -> Transformer:
        return Transformer.from_crs(STORAGE_CRS, self.srid, always_xy=True)

    def from_storage(self, points: np.ndarray) -> np.ndarray:
        """Move points (n, 2) of the storage grid into the town's own, in which is measured."""
        return np.column_stack(self._to_own_grid.transform(points[:, 0], points[:, 1]))


@dataclass
class Placement:
    """The reference system that was chosen, and why."""

    crs: CRS
    name: str
    srid: int | None
    how: str
    swap: bool = False
    notes: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def transformer(self) -> Transformer:
        # always_xy: east before north, as PostGIS stores it, whatever the system's axis order
        return Transformer.from_crs(self.crs, STORAGE_CRS, always_xy=True)

    def to_storage(self, points: np.ndarray) -> np.ndarray:
        """Move points (n, 2) into the storage grid; what cannot be placed is infinite."""
        x, y = (points[:, 1], points[:, 0]) if self.swap else (points[:, 0], points[:, 1])
        if self.srid == STORAGE_SRID and not self.swap:
            return points
        with np.errstate(invalid="ignore"):
            east, north = self.transformer.transform(x, y)
        return np.column_stack([east, north])


def named(crs: CRS, srid: int | None) -> str:
    return f"{crs.name} (EPSG:{srid})" if srid else crs.name


def understood(text: str, *, from_prj: bool) -> tuple[CRS, int | None] | None:
    """Return the system that a .prj or a file's metadata names, matched to EPSG; None if local."""
    if text.lower().startswith(("http", "urn:ogc:def:crs:http")) or "://" in text[:60]:
        raise FileRefused(
            gettext_noop(
                "The coordinate system of this file is a link, which is never followed.\n"
                "Export it with the EPSG code, or in WGS 84."
            )
        )
    try:
        crs = CRS.from_user_input(text)
    except (CRSError, ProjError) as error:
        if not from_prj:
            return None
        raise FileRefused(
            gettext_noop(
                "The .prj file cannot be understood.\nState the EPSG code of the layer "
                "(for example 25832)."
            )
        ) from error
    if crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]  # heights are not used
    if not (crs.is_projected or crs.is_geographic or crs.is_bound or crs.is_derived):
        return None
    srid = crs.to_epsg(min_confidence=60)
    if srid is None:
        matches = crs.list_authority(auth_name="EPSG", min_confidence=25)
        if len(matches) == 1 and _same_numbers(crs, int(matches[0].code)):
            srid = int(matches[0].code)
    return crs if srid is None else CRS.from_epsg(srid), srid


def _same_numbers(crs: CRS, srid: int) -> bool:
    """Whether a weak match gives the same coordinates: names alone can deceive."""
    try:
        box = CRS.from_epsg(srid).area_of_use
        lon, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
        one = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
        two = Transformer.from_crs(4326, srid, always_xy=True).transform(lon, lat)
    except (CRSError, ProjError, AttributeError):
        return False
    return bool(np.allclose(one, two, atol=1.0, rtol=0))


def stated(srid: int, *, swap: bool = False) -> Placement:
    """Return the placement that a person asked for."""
    try:
        crs = CRS.from_epsg(srid)
    except CRSError as error:
        raise FileRefused(
            gettext_noop(
                "The coordinate system %(crs)s is not known.\nState another EPSG code, for "
                "example 25832."
            ),
            crs=f"EPSG:{srid}",
        ) from error
    if not (crs.is_projected or crs.is_geographic):
        raise FileRefused(
            gettext_noop(
                "EPSG:%(srid)s is no system for maps.\nState another EPSG code, for example 25832."
            ),
            srid=str(srid),
        )
    return Placement(crs, named(crs, srid), srid, "stated", swap)


def choose(
    info: LayerInfo,
    format_: str,
    can_lack_crs: bool,
    points: np.ndarray,
    town: Town | None,
    *,
    srid: int | None,
    swap: bool,
) -> Placement:
    """Return the system of a layer: as stated, else as the file says, else the only one that fits.

    Raises
    ------
    FileRefused
        If the file does not say it and more than one would fit, or none.
    """
    if srid:
        return stated(srid, swap=swap)
    found = understood(info.crs, from_prj=format_ == "shapefile") if info.crs else None
    if found:
        crs, code = found
        return Placement(crs, named(crs, code), code, "file", swap)
    options = candidates(points, town) if town else []
    fitting = [option for option in options if option["inside_share"] >= 0.9]
    families = {_family(option) for option in fitting}
    if can_lack_crs and len(families) == 1:
        # of systems that differ by some metres only, the usual one
        usual = (4326, town.srid if town else 0, *CANDIDATES)
        best = min(fitting, key=lambda option: (option["swapped"], usual.index(option["srid"])))
        placement = stated(int(best["srid"]), swap=bool(best["swapped"]) != swap)
        placement.how = "guessed"
        placement.notes.append(
            note(
                gettext_noop(
                    "The file does not say its coordinate system; %(crs)s is the only one with "
                    "which it lies in the municipality."
                ),
                crs=placement.name,
            )
        )
        return placement
    names = ", ".join(f"EPSG:{option['srid']}" for option in (fitting or options)[:3]) or "–"
    raise FileRefused(NO_PRJ if format_ == "shapefile" else UNKNOWN_CRS, candidates=names)


def _family(option: dict[str, Any]) -> tuple[object, ...]:
    """Systems that put a file at the same place to some metres are one answer."""
    return (*(round(value, 2) for value in option["extent"]), option["swapped"])


def sample_points(shapes: np.ndarray) -> np.ndarray:
    """Some points (n, 2) of the shapes as they were delivered."""
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if len(known) == 0:
        return np.empty((0, 2))
    points = shapely.get_coordinates(known)
    points = points[np.isfinite(points).all(axis=1)]
    return points[np.linspace(0, len(points) - 1, min(len(points), SAMPLE_POINTS)).astype(int)]


def candidates(points: np.ndarray, town: Town, codes: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Return systems with which points come to lie in or near the town, best first.

    Each has ``srid``, ``name``, ``swapped``, ``inside_share``, ``distance_km`` and ``extent``
    (west, south, east, north in degrees).
    """
    if len(points) == 0:
        return []
    found = []
    in_degrees = np.abs(points).max() <= 360
    middle = town.extent.centroid
    lon, lat = Transformer.from_crs(STORAGE_CRS, 4326, always_xy=True).transform(middle.x, middle.y)
    for srid in dict.fromkeys((town.srid, *(codes or CANDIDATES))):
        try:
            crs = CRS.from_epsg(srid)
        except CRSError:
            continue
        if crs.is_geographic != in_degrees or not _is_used_at(crs, lon, lat):
            continue
        for swapped in (False, True):
            option = _tried(Placement(crs, crs.name, srid, "", swapped), points, town)
            if option and option["distance_km"] < 200:
                found.append(option)
    found.sort(key=lambda o: (-o["inside_share"], o["swapped"], o["distance_km"]))
    return found[:6]


def _is_used_at(crs: CRS, lon: float, lat: float) -> bool:
    """Whether a system is meant for a place, or for one not far from it."""
    box = crs.area_of_use
    return box is None or (
        box.west - USE_MARGIN_DEG <= lon <= box.east + USE_MARGIN_DEG
        and box.south - USE_MARGIN_DEG <= lat <= box.north + USE_MARGIN_DEG
    )


def _tried(placement: Placement, points: np.ndarray, town: Town) -> dict[str, Any] | None:
    try:
        placed = placement.to_storage(points)
    except ProjError:
        return None
    placed = placed[np.isfinite(placed).all(axis=1)]
    if len(placed) < max(1, 0.9 * len(points)):
        return None
    inside = shapely.contains_xy(town.near, placed[:, 0], placed[:, 1])
    return {
        "srid": placement.srid,
        "name": placement.crs.name,
        "swapped": placement.swap,
        "inside_share": float(inside.mean()),
        "distance_km": distance_km(placed, town),
        "extent": extent_degrees(placed),
    }


def distance_km(placed: np.ndarray, town: Town) -> float:
    middle = (placed.min(axis=0) + placed.max(axis=0)) / 2
    box = town.extent.bounds
    return float(
        np.hypot(middle[0] - (box[0] + box[2]) / 2, middle[1] - (box[1] + box[3]) / 2) / 1e3
    )


def extent_degrees(placed: np.ndarray) -> list[float]:
    back = Transformer.from_crs(STORAGE_CRS, 4326, always_xy=True)
    lon, lat = back.transform(placed[:, 0], placed[:, 1])
    return [round(float(v), 5) for v in (np.min(lon), np.min(lat), np.max(lon), np.max(lat))]


def diagnose(points: np.ndarray, placement: Placement, town: Town) -> FileRefused:
    """Say where a file lies that is not in the town, and which mistake that looks like."""
    placed = placement.to_storage(points)
    placed = placed[np.isfinite(placed).all(axis=1)]
    raw = " ".join(f"{value:.10g}" for value in (*points.min(axis=0), *points.max(axis=0)))
    if len(placed) < len(points) / 2:
        best = next((o for o in candidates(points, town) if o["inside_share"] > 0.5), None)
        if best is None and not _without_prefix(points, town):
            return FileRefused(IMPOSSIBLE, crs=placement.name, extent=raw)
    if len(placed):
        low_lon, low_lat, high_lon, high_lat = extent_degrees(placed)
        reach = f"{low_lon:.3f} {low_lat:.3f} / {high_lon:.3f} {high_lat:.3f}"
        away = str(round(distance_km(placed, town)))
    else:
        reach, away = raw, "?"
    values = {"crs": placement.name, "distance": away}
    swapped = _tried(
        Placement(placement.crs, placement.name, placement.srid, "", not placement.swap),
        points,
        town,
    )
    if swapped and swapped["inside_share"] > 0.5:
        return FileRefused(MISTAKES["swapped"], **values)
    best = next((o for o in candidates(points, town) if o["inside_share"] > 0.5), None)
    if best:
        key = _mistake(placement, best, points)
        return FileRefused(
            MISTAKES[key], srid=str(best["srid"]), name=best["name"], extent=raw, **values
        )
    shifted = _without_prefix(points, town)
    if shifted:
        return FileRefused(MISTAKES["prefix"], srid=str(shifted), extent=raw, **values)
    return FileRefused(OUTSIDE, extent=reach, **values)


def _mistake(placement: Placement, best: dict[str, Any], points: np.ndarray) -> str:
    in_degrees = np.abs(points).max() <= 360
    if in_degrees and not placement.crs.is_geographic:
        return "degrees"
    if not in_degrees and placement.crs.is_geographic:
        return "metres"
    if best["srid"] in (4647, 5650):
        return "prefix"
    if placement.crs.utm_zone and placement.crs.utm_zone.endswith("S"):
        return "south"
    return "zone"


def _without_prefix(points: np.ndarray, town: Town) -> int | None:
    """Return the EPSG code with the zone in front, where eastings such as 32,293,000 say so."""
    zone = int(points[0, 0] // 1_000_000)
    code = {31: 5649, 32: 4647, 33: 5650}.get(zone)
    if code and (found := _tried(stated(code), points, town)) and found["inside_share"] > 0.5:
        return code
    return None
