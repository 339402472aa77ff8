"""Compares the shapes of a layer with each other: which repeat one another, which overlap.

All shapes of a layer are kept for it, so it is done here only for layers that fit into memory;
of larger ones the database is asked (`heatmap.staging`), by the same rules.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

MOST_SHAPES = 3_000_000
MOST_CORNERS = 4_000_000
"""About 250 MB of shapes."""
AREAS_SHARE_GROUND = "2********"
QUERY_SHAPES = 20_000
SMALLEST_OVERLAP_M2 = 1.0
LISTED = 20
LISTED_ROWS = 5


@dataclass
class Neighbours:
    """The rows so far, as far as they can be kept."""

    checks_overlaps: bool
    fits: bool = True
    areas: list[np.ndarray] = field(default_factory=list)
    places: list[np.ndarray] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    refs: list[pa.Array] = field(default_factory=list)
    marks: list[np.ndarray] = field(default_factory=list)
    count: int = 0
    corners: int = 0

    def add(self, rows: np.ndarray, refs: pa.Array, shapes: np.ndarray, wkb: np.ndarray) -> None:
        """Remember rows by their numbers, ids, shapes and the same shapes as bytes."""
        if not self.fits:
            return
        are_areas = (shapely.get_dimensions(shapes) == 2) & self.checks_overlaps
        places, areas = np.flatnonzero(are_areas), shapes[are_areas]
        self.corners += int(shapely.get_num_coordinates(areas).sum())
        first, self.count = self.count, self.count + len(rows)
        if self.count > MOST_SHAPES or self.corners > MOST_CORNERS:
            self.fits = False
            self.areas, self.places, self.rows, self.refs, self.marks = [], [], [], [], []
            return
        self.rows.append(rows)
        self.marks.append(np.fromiter(map(hash, wkb), dtype=np.int64, count=len(wkb)))
        self.refs.append(refs)
        self.areas.append(areas)
        self.places.append(places + first)

    def document(self) -> dict[str, Any] | None:
        """Return what was found among the rows whose id had not stood before; None if too many."""
        if not self.fits:
            return None
        if not self.count:
            return {"double_ids": 0, "double_shapes": {"count": 0, "rows": []}}
        refs = pa.concat_arrays(self.refs)
        _, first = np.unique(refs.dictionary_encode().indices.to_numpy(), return_index=True)
        kept = np.sort(first)
        found: dict[str, Any] = {
            "double_ids": len(refs) - len(kept),
            "double_shapes": _doubles(np.concatenate(self.marks)[kept],
                                      np.concatenate(self.rows)[kept])
        }  # fmt: skip
        if self.checks_overlaps:
            places = np.concatenate(self.places)
            first_of_id = np.isin(places, kept)
            shapes = np.concatenate(self.areas)[first_of_id]
            found["overlaps"] = _overlaps(shapes, refs.take(pa.array(places[first_of_id])))
        return found


def _doubles(marks: np.ndarray, rows: np.ndarray) -> dict[str, Any]:
    order = np.argsort(marks, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(marks[order]) != 0])
    sizes = np.diff(np.r_[starts, len(marks)])
    groups = sorted(
        sorted(rows[order[start : start + size]].tolist())[:LISTED_ROWS]
        for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)
    )
    return {"count": int((sizes - 1).sum()), "rows": groups[:LISTED]}


def _overlaps(shapes: np.ndarray, refs: pa.Array) -> dict[str, Any]:
    tree = shapely.STRtree(shapes)
    found: list[tuple[str, str, float]] = []
    total_m2, count = 0.0, 0
    for start in range(0, len(shapes), QUERY_SHAPES):
        one, two = tree.query(shapes[start : start + QUERY_SHAPES])
        one = one + start
        one, two = one[one < two], two[one < two]
        shared = shapely.relate_pattern(shapes[one], shapes[two], AREAS_SHARE_GROUND)
        one, two = one[shared], two[shared]
        area_m2 = shapely.area(shapely.intersection(shapes[one], shapes[two]))
        large = area_m2 > SMALLEST_OVERLAP_M2
        count += int(large.sum())
        total_m2 += float(area_m2[large].sum())
        found += [
            (refs[int(a)].as_py(), refs[int(b)].as_py(), round(float(area), 1))
            for a, b, area in zip(one[large], two[large], area_m2[large], strict=True)
        ]
        found = sorted(found, key=lambda pair: -pair[2])[:LISTED]
    return {"count": count, "area_m2": round(total_m2, 1), "pairs": found}
