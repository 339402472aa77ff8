"""Reads an OpenStreetMap extract into the kinds of layer that a town is made of.

Every rule that turns tags into a feature stands here, once; the demo towns and a user's own
extract go through the same rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from heatmap.ingest.reader.messages import FileRefused, emit, emit_refused, gettext_noop
from heatmap.ingest.reader.shapes import ToStorage, is_finite, made_valid

WGS84 = "EPSG:4326"
UNREADABLE = gettext_noop(
    "This is not a readable OpenStreetMap extract (.osm or .osm.pbf): %(cause)s.\n"
    "Export it again, for example from a regional extract server."
)
LONGEST_CAUSE = 120
CUT_AT_EDGE = gettext_noop("the extract ends inside this object")
NOT_A_SITE = {"underground", "multi-storey", "street_side", "lane", "rooftop"}
NAMED_GARAGES = ("tiefgarage", "parkhaus", "parking garage", "pysäköintitalo", "pysäköintihalli")
CANDIDATE_LANDUSE = {"brownfield", "industrial", "commercial"}
ROADS = {
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "service",
    "living_street", "pedestrian", "footway", "path", "cycleway", "track", "steps",
}  # fmt: skip
FOREST = {("landuse", "forest"), ("natural", "wood")}
WATER = {("natural", "water"), ("landuse", "basin"), ("landuse", "reservoir")}
DWELLING_AREAS = {("landuse", "residential")}
LONGEST_NAME, LONGEST_FUEL = 200, 30
SENSITIVE = {"hospital", "school", "kindergarten", "nursing_home"}


@dataclass(frozen=True)
class Found:
    """One feature of one kind, before it is placed."""

    kind: str
    attributes: dict[str, object]


def _is_heat(tags: dict[str, str]) -> bool:
    return "heat" in (tags.get("substance"), tags.get("type")) or tags.get("substance") in (
        "hot_water",
        "steam",
    )


def _storeys(tags: dict[str, str]) -> float | None:
    try:
        levels = float(tags.get("building:levels", "").replace(",", "."))
    except ValueError:
        return None
    return levels if 0 < levels < 200 else None


def _voltage_kv(tags: dict[str, str]) -> float | None:
    try:
        voltage = float(tags.get("voltage", "").split(";")[0])
    except ValueError:
        return None
    return voltage / 1000 if 0 < voltage < 2e6 else None


def _diameter_mm(tags: dict[str, str]) -> int | None:
    """The diameter where it is a plain number; no pipe is wider than ten metres."""
    diameter = tags.get("diameter", "")
    return int(diameter) if diameter.isdecimal() and len(diameter) < 5 else None


def _is_open_car_park(tags: dict[str, str]) -> bool:
    """Whether a container could stand there: on the ground, under the sky."""
    name = tags.get("name", "").lower()
    return (
        tags.get("amenity") == "parking"
        and "building" not in tags
        and tags.get("parking") not in NOT_A_SITE
        and not any(word in name for word in NAMED_GARAGES)
    )


def area_features(tags: dict[str, str]) -> Iterator[Found]:
    """What a closed shape with these tags is. One shape can be several things."""
    if "building" in tags and tags["building"] != "no":
        value = tags["building"]
        use = value if value != "yes" else tags.get("amenity", "yes")
        yield Found("buildings", {"osm_value": use, "storeys": _storeys(tags)})
    if _is_open_car_park(tags):
        yield Found("parcels", {"parcel_kind": "parking"})
    elif tags.get("landuse") in CANDIDATE_LANDUSE:
        yield Found("parcels", {"parcel_kind": tags["landuse"]})
    pairs = set(tags.items())
    if pairs & FOREST:
        yield Found("constraints", {"constraint_kind": "forest"})
    if pairs & WATER:
        yield Found("constraints", {"constraint_kind": "water"})
    if pairs & DWELLING_AREAS:
        yield Found("constraints", {"constraint_kind": "residential"})
    if tags.get("amenity") in SENSITIVE:
        yield Found("constraints", {"constraint_kind": "noise_sensitive"})
    yield from point_features(tags)


def point_features(tags: dict[str, str]) -> Iterator[Found]:
    """What a place with these tags is, whatever its shape."""
    if tags.get("power") == "substation":
        yield Found("substations", {"voltage_kv": _voltage_kv(tags)})
    is_plant = tags.get("power") in ("plant", "generator")
    if is_plant and tags.get("generator:source", tags.get("plant:source")) not in (
        "wind",
        "solar",
        "hydro",
        None,
    ):
        yield Found(
            "plants",
            {
                "plant_kind": "heat_and_power",
                "fuel": tags.get("generator:source", "")[:LONGEST_FUEL],
            },
        )


def line_features(tags: dict[str, str]) -> Iterator[Found]:
    """What an open line with these tags is."""
    if tags.get("highway") in ROADS:
        yield Found("streets", {"street_kind": tags["highway"]})
    if tags.get("man_made") == "pipeline" and _is_heat(tags):
        yield Found("pipes", {"dn_mm": _diameter_mm(tags)})
    if tags.get("waterway") in ("stream", "river", "canal"):
        yield Found("constraints", {"constraint_kind": "water"})


class _Features:
    """Prints each feature once, however often the extract is gone through."""

    def __init__(self) -> None:
        self.to_storage = ToStorage(WGS84)
        self.factory = osmium.geom.WKBFactory()
        self.seen: set[tuple[str, str]] = set()
        self.cut: set[str] = set()

    def read(self, path: Path) -> None:
        for entity in osmium.FileProcessor(str(path)).with_locations().with_areas():
            tags = {tag.k: tag.v for tag in entity.tags}
            if not tags:
                continue
            try:
                self._tell(entity, tags)
            except (RuntimeError, osmium.InvalidLocationError):
                # ways cut by the edge of an extract miss nodes; they are listed, never guessed
                if str(entity.id) not in self.cut:
                    emit_refused("osm", str(entity.id), CUT_AT_EDGE)
                self.cut.add(str(entity.id))

    def _tell(self, entity: Any, tags: dict[str, str]) -> None:
        if entity.is_area():
            prefix = "way" if entity.from_way() else "relation"
            for found in area_features(tags):
                wkb = self.factory.create_multipolygon(entity)
                self._place(found, f"{prefix}/{entity.orig_id()}", tags, wkb)
        elif entity.is_node():
            for found in point_features(tags):
                self._place(found, f"node/{entity.id}", tags, self.factory.create_point(entity))
        elif entity.is_way():
            for found in line_features(tags):
                self._place(found, f"way/{entity.id}", tags, self.factory.create_linestring(entity))

    def _place(self, found: Found, ref: str, tags: dict[str, str], wkb: str) -> None:
        if (found.kind, ref) in self.seen:
            return
        geometry, repaired = made_valid(self.to_storage(shapely.from_wkb(wkb)))
        if not is_finite(geometry):
            emit_refused(found.kind, ref, gettext_noop("the shape is empty or broken"))
            return
        self.seen.add((found.kind, ref))
        emit(
            "feature",
            kind=found.kind,
            ref=ref,
            name=tags.get("name", "")[:LONGEST_NAME],
            wkb=shapely.to_wkb(_plain(geometry), hex=True),
            repaired=repaired,
            **found.attributes,
        )


def read(path: Path, folder: Path) -> None:
    """Print every feature of the extract, and the extent of what was read."""
    features = _Features()
    try:
        try:
            features.read(path)
        except RuntimeError as error:
            # areas are put together from sorted files only, and not every program sorts
            if "out of order" not in str(error):
                raise
            features.read(_sorted(path, folder / "sorted.osm.pbf"))
    except RuntimeError as error:
        raise FileRefused(UNREADABLE, cause=str(error)[:LONGEST_CAUSE]) from error
    emit("file", crs="EPSG:4326 (OpenStreetMap)", driver="OSM")


def _sorted(path: Path, target: Path) -> Path:
    """Write the extract anew: nodes, ways, relations, each by its id."""
    merged = osmium.MergeInputReader()
    merged.add_file(str(path))
    writer = osmium.WriteHandler(str(target))
    merged.apply(writer)
    writer.close()
    return target


def _plain(geometry: BaseGeometry) -> BaseGeometry:
    """A multi-shape of one part is that part."""
    parts = getattr(geometry, "geoms", None)
    return parts[0] if parts is not None and len(parts) == 1 else geometry
