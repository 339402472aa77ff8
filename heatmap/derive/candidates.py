"""Candidate parcels: open land minus what stands on it."""

from collections.abc import Sequence
from typing import Any

import shapely

METHOD = (
    "Parking areas, and brownfield, industrial and commercial land of OpenStreetMap, minus the "
    "buildings on them; pieces under 60 m2 are left out. Zoning and ownership are not known."
)
SMALLEST_M2 = 60.0
KIND_NAMES = {"parking": "P", "brownfield": "B", "industrial": "I", "commercial": "C"}


def open_land(
    parcels: Sequence[dict[str, Any]], buildings: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Cut buildings out of the candidate areas and give each remaining area a short id.

    Overlapping candidates keep their own shape once: a later one loses what an earlier, smaller
    one already covers.
    """
    footprints = shapely.from_wkb([row["wkb"] for row in buildings])
    tree = shapely.STRtree(footprints)
    areas = sorted(
        ((shapely.from_wkb(row["wkb"]), row) for row in parcels),
        key=lambda pair: (pair[0].area, pair[1]["ref"]),
    )
    taken = shapely.Polygon()
    counts: dict[str, int] = {}
    rows = []
    for area, row in areas:
        standing = footprints[tree.query(area, predicate="intersects")]
        free = shapely.difference(area, shapely.union_all([*standing, taken]))
        free = _areas_only(free)
        if free.area < SMALLEST_M2:
            continue
        taken = shapely.union(taken, free)
        rows.append((row, free))
    rows.sort(key=lambda pair: (-pair[1].area, pair[0]["ref"]))
    named = []
    for row, free in rows:
        letter = KIND_NAMES.get(row["parcel_kind"], "A")
        counts[letter] = counts.get(letter, 0) + 1
        named.append(
            {
                "ref": f"{letter}-{counts[letter]:02d}",
                "name": row.get("name", ""),
                "wkb": shapely.to_wkb(free, hex=True),
                "parcel_kind": row["parcel_kind"],
            }
        )
    return named


def cut_anew(
    parcels: Sequence[dict[str, Any]], buildings: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Cut newer buildings out of candidate areas, which keep their ids and attributes.

    Land that a building has left is not won back: what was cut off once is not stored.
    """
    if not len(buildings):
        return [dict(row) for row in parcels]
    footprints = shapely.from_wkb([row["wkb"] for row in buildings])
    tree = shapely.STRtree(footprints)
    rows = []
    for row in parcels:
        area = shapely.from_wkb(row["wkb"])
        standing = footprints[tree.query(area, predicate="intersects")]
        free = _areas_only(shapely.difference(area, shapely.union_all(standing)))
        if free.equals(area):
            rows.append(dict(row))
        elif free.area >= SMALLEST_M2:
            rows.append(row | {"wkb": shapely.to_wkb(free, hex=True)})
    return rows


def _areas_only(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.Polygon()
