"""Search cells: a regular grid over a town that has no layer of parcels."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

METHOD = (
    "Cells of the European grid (EPSG:3035), cut by the border of the municipality and by water, "
    "flood areas, water protection zones and nature reserves. A cell is a place to look for a "
    "plot, not a plot: owners, buildings and streets in it are not cut out."
)
CUT_BY = ("water", "flood", "water_protection", "water_protection_inner", "nature_reserve")
"""Kinds of constraint on which no hub can stand."""
SMALLEST_SHARE = 0.1
"""What is left of a cell counts from this share of it on."""


def cell_count(bounds_m: Sequence[float], cell_m: float) -> int:
    """Return how many cells a box of west, south, east and north touches."""
    west, south, east, north = (value / cell_m for value in bounds_m)
    return (math.ceil(east) - math.floor(west)) * (math.ceil(north) - math.floor(south))


def search_cells(
    extent: shapely.Geometry, constraints: Sequence[dict[str, Any]], cell_m: float
) -> list[dict[str, Any]]:
    """Return the cells as rows of parcels.

    Parameters
    ----------
    extent : Polygon
        The municipality in the storage grid.
    constraints : sequence of rows
        With ``constraint_kind`` and ``wkb``; only areas cut.
    cell_m : float
        Width of a cell; its south-western corner lies on multiples of it.
    """
    west, south, east, north = extent.bounds
    columns = np.arange(math.floor(west / cell_m), math.ceil(east / cell_m))
    lines = np.arange(math.floor(south / cell_m), math.ceil(north / cell_m))
    x, y = (grid.ravel() * cell_m for grid in np.meshgrid(columns, lines))
    free = shapely.intersection(shapely.box(x, y, x + cell_m, y + cell_m), extent)
    against = [row["wkb"] for row in constraints if row["constraint_kind"] in CUT_BY]
    if against:
        free = _without(free, shapely.from_wkb(against))
    kept = np.flatnonzero(shapely.area(free) >= SMALLEST_SHARE * cell_m**2)
    return [
        {
            "ref": f"N{round(y[i] / cell_m)}E{round(x[i] / cell_m)}",
            "wkb": shapely.to_wkb(free[i], hex=True),
            "parcel_kind": "search_cell",
        }
        for i in kept
    ]


def _without(cells: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Cut areas out of cells, and leave only areas of them."""
    areas = areas[shapely.get_dimensions(areas) == 2]
    pairs = shapely.STRtree(areas).query(cells, predicate="intersects")
    cells = cells.copy()
    for i in np.unique(pairs[0]):
        cut = shapely.difference(cells[i], shapely.union_all(areas[pairs[1][pairs[0] == i]]))
        parts = shapely.get_parts(cut)
        cells[i] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return cells
