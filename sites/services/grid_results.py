"""What a run says of the electricity grid at each parcel."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engines.evaluation.hubs import Hubs
from engines.grid.sharing import share_node
from sites.grid_assembly import TownGrid
from sites.services.plain import message_document, number

NAMED = 10
"""Parcels on the same node that are named; the others are counted."""


def grid_document(i: int, grid: TownGrid, hubs: Hubs) -> dict[str, Any]:
    """The connection of one parcel to the grid."""
    found = hubs.grid
    station, feeder = int(found.station_of[i]), int(found.feeder_of[i])
    hourly = found.flexible_kw[found.limit_of[i]]
    lead = found.lead_months(i)
    return {
        "node": None if station < 0 else grid.stations[station].ref,
        "substation": None if station < 0 else _name(grid.stations[station]),
        "feeder": None if feeder < 0 else _name(grid.feeders[feeder]),
        "level": str(found.level[i]),
        "screening": str(found.screening[i]),
        "voltage_kv": _voltage(grid, station, feeder),
        "distance_m": number(found.distance_m[i]),
        "cable_m": number(found.cable_m[i]),
        "transformer_kva": number(found.transformer_kva[i]),
        "transformers": number(found.transformers[i]),
        "lead_months": None if lead is None else list(lead),
        "headroom_firm_kw": number(found.firm_kw[i]),
        "headroom_flexible_kw": [
            number(hourly.min()),
            number(hourly.mean()),
            number(hourly.max()),
        ],
        "needed_kw": number(hubs.needed_kw[i]),
        "covered_share": number(found.covered_share[i]),
        "curtailed_mwh": number(found.curtailed_mwh[i]),
        "said": message_document(found.said[i]),
        "congestion_side": grid.given.congestion_side,
    }


def grid_headroom_kw(hubs: Hubs, i: int) -> list[float | None]:
    """What the grid gives one parcel in each hour; gaps where that is not known."""
    hourly = hubs.grid.flexible_kw[hubs.grid.limit_of[i]]
    if np.isnan(hourly).any():
        always = number(np.round(np.maximum(hubs.grid.firm_kw[i], 0.0), 2))
        return [always] * len(hourly)
    return [float(value) for value in np.round(hourly, 2)]


def sharing_documents(
    refs: Sequence[str], nodes: Sequence[Sequence[Any]], rank: Sequence[int | None]
) -> list[dict[str, Any]]:
    """What the candidates on one node leave each other, the better-ranked ones built first.

    `nodes` has the node, the firm headroom and the need of each parcel; None where not known.
    """
    names, firm, needed = zip(*nodes, strict=True)
    index = {name: i for i, name in enumerate(dict.fromkeys(filter(None, names)))}
    shared = share_node(
        np.array([index.get(name, -1) for name in names]),
        np.array([np.nan if kw is None else kw for kw in firm]),
        np.array(needed, dtype=np.float64),
        np.array([np.nan if place is None else place for place in rank]),
    )
    return [
        {
            "shared_with": [refs[row] for row in before[:NAMED]],
            "shared_before": len(before),
            "shared_others": int(others),
            "left_after_others_kw": number(left),
        }
        for before, others, left in zip(shared.before, shared.others, shared.left_kw, strict=True)
    ]


def _name(row: Any) -> str:
    return str(row.name or row.ref)


def _voltage(grid: TownGrid, station: int, feeder: int) -> float | None:
    """Voltage of the node itself; what a hub is connected at follows from the level."""
    if feeder >= 0:
        return grid.feeders[feeder].voltage_kv
    return None if station < 0 else grid.stations[station].voltage_kv
