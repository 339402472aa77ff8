"""Linear heat density: how much heat the buildings along a piece of street need, per metre."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from engines.tables import registry
from heatmap.derive.network import NOT_FOR_PIPES

METHOD = (
    "Annual heat demand of the buildings along a piece of street, divided by its length. Every "
    "building with a demand belongs to the nearest street for vehicles, if it lies within the "
    "longest service pipe; footways, tracks and cycleways carry none."
)
NOT_ALONG = NOT_FOR_PIPES | {
    "footway", "path", "track", "cycleway", "bridleway", "corridor", "elevator", "platform"
}  # fmt: skip


def linear_density(
    streets: Sequence[dict[str, Any]], buildings: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return a row per street for vehicles, with demand [MWh/a] and density [MWh/(m a)].

    Streets need ``length_m``, measured in the town's own grid.
    """
    along = [s for s in streets if s["street_kind"] not in NOT_ALONG and s["length_m"]]
    if not along:
        return []
    served = [b for b in buildings if (b["heat_demand_mwh_per_a"] or 0.0) > 0]
    demand, count = np.zeros(len(along)), np.zeros(len(along), dtype=int)
    if served:
        tree = shapely.STRtree(shapely.from_wkb([row["wkb"] for row in along]))
        homes = shapely.centroid(shapely.from_wkb([row["wkb"] for row in served]))
        pairs, gaps = tree.query_nearest(homes, return_distance=True, all_matches=False)
        reach_m = registry("assumptions")["network.longest_service_m"].value
        near = gaps <= reach_m
        heat = np.array([row["heat_demand_mwh_per_a"] for row in served])
        np.add.at(demand, pairs[1][near], heat[pairs[0][near]])
        np.add.at(count, pairs[1][near], 1)
    return [
        {
            "ref": street["ref"],
            "name": street["name"],
            "wkb": street["wkb"],
            "heat_demand_mwh_per_a": float(demand[i]),
            "linear_density_mwh_per_m_a": float(demand[i] / street["length_m"]),
            "buildings": int(count[i]),
        }
        for i, street in enumerate(along)
    ]
