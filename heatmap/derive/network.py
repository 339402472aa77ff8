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
    "annual demand, each on the shortest way; diameters by the peak flow that passes if every "
    "building takes its heat from the nearest pipe. The real pipes are not public."
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
    graph, source = _with_plant(graph, tree, shapely.from_wkb(plants[0]["wkb"]).centroid)
    homes = shapely.centroid(shapely.from_wkb([row["wkb"] for row in served]))
    stops, gaps = tree.query_nearest(homes, return_distance=True, all_matches=False)
    weights = coo_array(
        (graph.length_m, (graph.start, graph.end)), shape=(len(graph.nodes),) * 2
    ).tocsr()
    distance, before = dijkstra(weights, directed=False, indices=source, return_predecessors=True)
    reached = stops[1][(gaps <= reach_m) & np.isfinite(distance[stops[1]])]
    wanted = np.bincount(reached, minlength=len(graph.nodes)).astype(float)
    ways = _Ways(graph.nodes, before, np.argsort(-np.where(np.isfinite(distance), distance, -1)))
    tree_nodes = ways.used(ways.carried(wanted))
    carried = _heat_through(ways, tree_nodes, buildings, rules["network.connect_distance_m"].value)
    return _pipes(ways, carried, carried[source]) if len(ways.used(carried)) else []


def _with_plant(
    graph: StreetGraph, tree: shapely.STRtree, plant: shapely.Point
) -> tuple[StreetGraph, int]:
    """Join the plant to the nearest point of a street, and return its node.

    Its own pipe, so that no other pipe lies closer to it.
    """
    nearest = int(tree.nearest(plant))
    length_m = float(shapely.distance(plant, shapely.Point(graph.nodes[nearest])))
    if length_m == 0.0:
        return graph, nearest
    own = len(graph.nodes)
    return StreetGraph(
        np.vstack([graph.nodes, shapely.get_coordinates(plant)]),
        np.append(graph.start, own),
        np.append(graph.end, nearest),
        np.append(graph.length_m, length_m),
    ), own


@dataclass(frozen=True)
class _Ways:
    """Shortest ways from the plant: the node before each node, and all nodes from far to near."""

    nodes: np.ndarray
    before: np.ndarray
    inward: np.ndarray

    def carried(self, demand: np.ndarray) -> np.ndarray:
        """Return what passes each node on its way from the plant."""
        carried = demand.copy()
        for node in self.inward:
            if self.before[node] >= 0 and carried[node] > 0:
                carried[self.before[node]] += carried[node]
        return carried

    def used(self, carried: np.ndarray) -> np.ndarray:
        """Return the far ends of the pieces that something passes."""
        return np.flatnonzero((self.before >= 0) & (carried > 0))


def _heat_through(
    ways: _Ways, ends: np.ndarray, buildings: Sequence[dict[str, Any]], reach_m: float
) -> np.ndarray:
    """Return the yearly heat through each node if buildings take it from the pipe next to them.

    A building near a corner may lie closer to a side street than to the way it was reached by; the
    model of the network takes the closest pipe, so the pipe must be sized for it. Pieces that are
    then closest to nobody are left out, until all that is left is used.
    """
    heated = [row for row in buildings if (row["heat_demand_mwh_per_a"] or 0.0) > 0]
    homes = shapely.from_wkb([row["wkb"] for row in heated])
    heat = np.array([row["heat_demand_mwh_per_a"] for row in heated], dtype=float)
    while True:
        lines = shapely.linestrings(np.stack([ways.nodes[ways.before[ends]], ways.nodes[ends]], 1))
        home, line = shapely.STRtree(lines).query_nearest(
            homes, max_distance=reach_m, all_matches=False
        )
        tap = shapely.get_point(shapely.shortest_line(lines[line], homes[home]), 0)
        at_end = shapely.line_locate_point(lines[line], tap, normalized=True) > 0.5
        node = np.where(at_end, ends[line], ways.before[ends[line]])
        carried = ways.carried(np.bincount(node, heat[home], minlength=len(ways.nodes)))
        left = ways.used(carried)
        if len(left) in (0, len(ends)):
            return carried
        ends = left


def _pipes(ways: _Ways, carried: np.ndarray, total: float) -> list[dict[str, Any]]:
    """Merge pieces that the same heat passes, and size them."""
    used = ways.used(carried)
    children: dict[int, list[int]] = {}
    for node in used:
        children.setdefault(int(ways.before[node]), []).append(node)
    starts = [
        node
        for node in used
        if len(children[up := int(ways.before[node])]) > 1
        or ways.before[up] < 0
        or carried[up] != carried[node]
    ]
    runs = [_run(node, children, carried) for node in sorted(starts)]
    lines = [shapely.linestrings(ways.nodes[[int(ways.before[run[0]]), *run]]) for run in runs]
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
