"""From rows of substations and feeders to the grid that the engines know."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.assumptions import Assumptions
from engines.evaluation.records import GridInput
from engines.grid.connection import GridAccess
from engines.grid.nodes import GridNodes, feeds
from heatmap.choices import LayerKind
from heatmap.series_selectors import load_values
from sites.grid_selectors import NodeRow, node_rows
from sites.parcel_selectors import ParcelRow

STATION_LOAD = "load of "
"""In the layers of a run, what stands before the id of a station whose hourly load is used."""


@dataclass(frozen=True)
class TownGrid:
    """The grid of a town, and the rows the answers belong to."""

    given: GridInput
    stations: list[NodeRow]
    feeders: list[NodeRow]

    def suitable(self, a: Assumptions) -> dict[str, list[int]]:
        """Return the ids of the nodes that may supply a hub, by voltage."""
        found = {}
        for name, nodes, rows in (
            ("station", self.given.stations, self.stations),
            ("feeder", self.given.feeders, self.feeders),
        ):
            for voltage, which in zip(("low", "medium"), feeds(nodes, a), strict=True):
                found[f"{name}_{voltage}"] = [rows[i].id for i in np.flatnonzero(which)]
        return found

    def access(self, parcels: list[ParcelRow]) -> GridAccess:
        """Return the nodes near each parcel."""
        station, feeder = (
            {None: -1} | {row.id: i for i, row in enumerate(rows)}
            for rows in (self.stations, self.feeders)
        )
        return GridAccess(
            station_of=_pairs([[station[i] for i in row.station_ids] for row in parcels], np.int64),
            station_m=_pairs([row.station_m for row in parcels], np.float64),
            feeder_of=_pairs([[feeder[i] for i in row.feeder_ids] for row in parcels], np.int64),
            feeder_m=_pairs([row.feeder_m for row in parcels], np.float64),
        )


def town_grid(versions: dict[str, int], congestion_side: str) -> TownGrid:
    """Return the grid of these versions, with the loads that are known by the hour.

    Call it inside an identity.
    """
    loads = load_values(pk for kind, pk in versions.items() if kind.startswith(STATION_LOAD))
    stations = node_rows(LayerKind.SUBSTATIONS, versions)
    feeders = node_rows(LayerKind.FEEDERS, versions)
    return TownGrid(
        GridInput(
            _nodes(stations, loads), _nodes(feeders, loads, are_feeders=True), congestion_side
        ),
        stations,
        feeders,
    )


def _nodes(
    rows: list[NodeRow], loads: dict[str, list[float]], *, are_feeders: bool = False
) -> GridNodes:
    known = [row.ref for row in rows if row.ref in loads]
    place = {ref: i for i, ref in enumerate(known)}

    def column(name: str) -> np.ndarray:
        return np.array([getattr(row, name) for row in rows], dtype=np.float64)

    return GridNodes(
        rating_kva=column("rating_kva"),
        firm_capacity_kva=column("firm_capacity_kva"),
        peak_load_kw=column("peak_load_kw"),
        voltage_kv=column("voltage_kv"),
        stated_firm_kw=column("firm_headroom_kw"),
        stated_flexible_kw=column("flexible_headroom_kw"),
        committed_kw=np.nan_to_num(column("committed_kw")),
        load_kw=np.array([loads[ref] for ref in known]) if known else np.zeros((0, 0)),
        load_of=np.array([place.get(row.ref, -1) for row in rows], dtype=np.int64),
        are_feeders=are_feeders,
    )


def _pairs(values: list[Any], kind: Any) -> np.ndarray:
    return np.array(values, dtype=kind).reshape(-1, 2)
