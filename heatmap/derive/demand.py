"""Heat demand of buildings, and of the 100 m cells they stand in."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from engines.tables import catalogue
from engines.thermal.buildings import BuildingDemand, annual_heat_demand, use_of_osm_value

CELL_M = 100.0

BUILDING_METHOD = (
    "Heat demand = footprint x storeys x net floor share x specific value by use (German "
    "comparison values of 15 April 2021; residential values estimated). Storeys that OpenStreetMap "
    "does not know are taken by use; sheds, garages and roofs are not heated."
)
CELL_METHOD = "Sum of the derived demand of the buildings whose middle lies in the 100 m cell."


def with_demand(buildings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the building rows with use, storeys and heat demand."""
    if not buildings:
        return []
    uses = [use_of_osm_value(str(row["osm_value"])) for row in buildings]
    footprint = shapely.area(shapely.from_wkb([row["wkb"] for row in buildings]))
    storeys = np.array([row.get("storeys") or np.nan for row in buildings], dtype=float)
    demand = annual_heat_demand(uses, footprint, storeys)
    table = catalogue("building_uses")
    return [
        {
            "ref": row["ref"],
            "name": row.get("name", ""),
            "wkb": row["wkb"],
            "use": use,
            "storeys": float(demand.storeys[i]),
            "storeys_assumed": bool(demand.storeys_assumed[i]),
            "is_heated": bool(demand.is_heated[i]),
            "heat_demand_mwh_per_a": float(demand.heat_demand_mwh_per_a[i]),
            "net_floor_area_m2": float(demand.net_floor_area_m2[i]),
            "is_dwelling": table[use]["dwelling"] == 1,
        }
        for i, (row, use) in enumerate(zip(buildings, uses, strict=True))
    ]


def demand_cells(buildings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sum building demand in 100 m cells of the equal-area storage grid."""
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row in buildings:
        if (row["heat_demand_mwh_per_a"] or 0.0) > 0:
            middle = shapely.from_wkb(row["wkb"]).centroid
            cells[int(middle.x // CELL_M), int(middle.y // CELL_M)].append(
                row["heat_demand_mwh_per_a"]
            )
    return [
        {
            "ref": f"{column}-{line}",
            "wkb": shapely.to_wkb(
                shapely.box(
                    column * CELL_M, line * CELL_M, (column + 1) * CELL_M, (line + 1) * CELL_M
                ),
                hex=True,
            ),
            "heat_demand_mwh_per_a": sum(values),
            "buildings": len(values),
        }
        for (column, line), values in sorted(cells.items())
    ]


FILLED_METHOD = (
    "Heat demand as delivered where it is known; where it is missing, footprint x storeys x net "
    "floor share x specific value by use (German comparison values of 15 April 2021)."
)


def fill_missing_demand(buildings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the buildings with an estimated demand where none was delivered.

    A delivered demand is never touched. Buildings known as points only have no footprint; their
    demand stays missing. Each row has ``use``, ``storeys``, ``area_m2``.
    """
    gaps = [
        i
        for i, row in enumerate(buildings)
        if row["heat_demand_mwh_per_a"] is None and row["area_m2"]
    ]
    rows = [dict(row) for row in buildings]
    if not gaps:
        return rows
    found = _estimate([rows[i] for i in gaps])
    for place, i in enumerate(gaps):
        rows[i] |= {
            "heat_demand_mwh_per_a": float(found.heat_demand_mwh_per_a[place]),
            "storeys": float(found.storeys[place]),
            "storeys_assumed": bool(found.storeys_assumed[place]),
        }
    return rows


def with_floor_area(buildings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the buildings that have a footprint, with their net floor area [m2]."""
    rows = [row for row in buildings if row["area_m2"]]
    if not rows:
        return []
    areas = _estimate(rows).net_floor_area_m2
    return [row | {"net_floor_area_m2": float(area)} for row, area in zip(rows, areas, strict=True)]


def _estimate(rows: Sequence[dict[str, Any]]) -> BuildingDemand:
    storeys = np.array([row["storeys"] or np.nan for row in rows], dtype=float)
    table = catalogue("building_uses")
    uses = [row["use"] if row["use"] in table else "unknown" for row in rows]
    return annual_heat_demand(uses, np.array([row["area_m2"] for row in rows]), storeys)
