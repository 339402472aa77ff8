"""Ratings and loads for substations that OpenStreetMap shows without any."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from engines.tables import registry

STANDARD_RATINGS_KVA = (
    400, 630, 1000, 1260, 1600, 2000, 2500, 4000, 6300, 8000, 10000, 12500, 16000, 25000, 31500,
    40000, 63000, 80000,
)  # fmt: skip
METHOD = (
    "Place from OpenStreetMap. Load: every building belongs to its nearest substation and draws "
    "an assumed load per m2 of net floor area. Rating: the next standard size that carries this "
    "load at the assumed utilisation. No measured value."
)


def with_ratings(
    substations: Sequence[dict[str, Any]], buildings: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the substations as points with an illustrative rating and peak load."""
    if not substations:
        return []
    rules = registry("assumptions")
    places = shapely.centroid(shapely.from_wkb([row["wkb"] for row in substations]))
    tree = shapely.STRtree(places)
    load_kw = np.zeros(len(substations))
    for row in buildings:
        nearest = tree.nearest(shapely.from_wkb(row["wkb"]).centroid)
        load_kw[nearest] += (
            row["net_floor_area_m2"] * rules["grid.illustrative_load_w_per_m2"].value / 1000
        )
    needed_kva = load_kw / (
        rules["grid.illustrative_utilisation_share"].value * rules["grid.power_factor"].value
    )
    return [
        {
            "ref": row["ref"],
            "name": row.get("name", ""),
            "wkb": shapely.to_wkb(places[i], hex=True),
            "voltage_kv": row.get("voltage_kv"),
            "rating_kva": float(
                next(
                    (r for r in STANDARD_RATINGS_KVA if r >= needed_kva[i]),
                    STANDARD_RATINGS_KVA[-1],
                )
            ),
            "peak_load_kw": float(load_kw[i]),
        }
        for i, row in enumerate(substations)
    ]
