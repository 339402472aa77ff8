"""Grows a heat network along streets, from the plant to the buildings that need heat.

It shows where pipes could lie, not where they do: every building is reached on the shortest way
along streets, and the ways that are used form the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from engines.assumptions import build_assumptions
from engines.tables import registry
from engines.thermal.connection import size_connections
from engines.units import KWH_PER_MWH

METHOD = (
    "Grown along the streets of OpenStreetMap from the plant to every building above the smallest "
    "annual demand, each on the shortest way; diameters by the peak flow that passes. The real "
    "pipes are not public."
)
NOT_FOR_PIPES = {"motorway", "motorway_link", "trunk", "trunk_link", "steps"}


@dataclass(frozen=True)
class StreetGraph:
    """Street pieces as a graph: places of the nodes, and edges with their length."""

    nodes: np.ndarray
    start: np.ndarray
    end: np.ndarray
    length_m: np.ndarray


def street_graph(streets: Sequence[dict[str, Any]]) -> StreetGraph:
    """Join street lines where they share a point."""
    index: dict[tuple[float, float], int] = {}
    edges: dict[tuple[int, int], float] = {}
    for row in streets:
        if row["street_kind"] in NOT_FOR_PIPES:
            continue
        points = np.round(shapely.get_coordinates(shapely.from_wkb(row["wkb"])), 2)
        ids = [index.setdefault((x, y), len(index)) for x, y in points]
        for a, b, step in zip(ids, ids[1:], np.hypot(*np.diff(points, axis=0).T), strict=False):
            if a != b:
                edges[min(a, b), max(a, b)] = float(step)
    pairs = np.array(list(edges), dtype=int).reshape(-1, 2)
    return StreetGraph(
        np.array(list(index)), pairs[:, 0], pairs[:, 1], np.array(list(edges.values()))
    )


def grow(
    streets: Sequence[dict[str, Any]],
    plants: Sequence[dict[str, Any]],
    buildings: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the pipes of a derived network, each with the share of all heat that passes it."""
    rules = registry("assumptions")
    smallest = rules["network.smallest_connected_mwh_per_a"].value
    reach_m = rules["network.longest_service_m"].value
    served = [row for row in buildings if (row["heat_demand_mwh_per_a"] or 0.0) >= smallest]
    graph = street_graph(streets)
    if not plants or not served or not len(graph.nodes):
        return []
    tree = shapely.STRtree(shapely.points(graph.nodes))
    source = tree.nearest(shapely.from_wkb(plants[0]["wkb"]).centroid)
    homes = shapely.centroid(shapely.from_wkb([row["wkb"] for row in served]))
    stops, gaps = tree.query_nearest(homes, return_distance=True, all_matches=False)
    demand = np.zeros(len(graph.nodes))
    weights = coo_array(
        (graph.length_m, (graph.start, graph.end)), shape=(len(graph.nodes),) * 2
    ).tocsr()
    distance, before = dijkstra(weights, directed=False, indices=source, return_predecessors=True)
    for which, node, gap in zip(stops[0], stops[1], gaps, strict=True):
        if gap <= reach_m and np.isfinite(distance[node]):
            demand[node] += served[which]["heat_demand_mwh_per_a"]
    return _pipes(graph, before, distance, demand, source) if demand.any() else []


def _pipes(
    graph: StreetGraph, before: np.ndarray, distance: np.ndarray, demand: np.ndarray, source: int
) -> list[dict[str, Any]]:
    """Walk the shortest-path tree from its leaves, carry demand upstream, merge equal pieces."""
    carried = demand.copy()
    for node in np.argsort(-np.where(np.isfinite(distance), distance, -1)):
        if before[node] >= 0 and carried[node] > 0:
            carried[before[node]] += carried[node]
    total = carried[source]
    used = [n for n in range(len(graph.nodes)) if before[n] >= 0 and carried[n] > 0]
    children: dict[int, list[int]] = {}
    for node in used:
        children.setdefault(int(before[node]), []).append(node)
    starts = [
        node
        for node in used
        if before[node] == source
        or len(children[int(before[node])]) > 1
        or carried[before[node]] != carried[node]
    ]
    runs = [_run(node, children, carried) for node in sorted(starts)]
    lines = [shapely.linestrings(graph.nodes[[int(before[run[0]]), *run]]) for run in runs]
    heat_mwh_per_a = np.array([carried[run[0]] for run in runs])
    diameters = _diameters_mm(heat_mwh_per_a, shapely.length(lines))
    return [
        {
            "ref": f"derived-{number:03d}",
            "wkb": shapely.to_wkb(line, hex=True),
            "flow_share": float(heat / total),
            "dn_mm": int(dn) if np.isfinite(dn) else None,
        }
        for number, (line, heat, dn) in enumerate(
            zip(lines, heat_mwh_per_a, diameters, strict=True), start=1
        )
    ]


def _run(node: int, children: dict[int, list[int]], carried: np.ndarray) -> list[int]:
    """Follow the pipe downstream as long as nothing branches off or is delivered."""
    run = [node]
    while len(after := children.get(run[-1], [])) == 1 and carried[after[0]] == carried[run[-1]]:
        run.append(after[0])
    return run


def _diameters_mm(heat_mwh_per_a: np.ndarray, length_m: np.ndarray) -> np.ndarray:
    assumptions = build_assumptions()
    supply = assumptions["network.supply_max_degc"]
    return size_connections(
        heat_mwh_per_a * KWH_PER_MWH / assumptions["network.full_load_hours_h_per_a"],
        length_m,
        supply_degc=supply,
        return_degc=supply - assumptions["network.design_spread_k"],
        ground_degc=assumptions["network.ground_mean_degc"],
        area_type="outer_city",
        assumptions=assumptions,
    ).dn_mm
