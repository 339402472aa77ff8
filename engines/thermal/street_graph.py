"""Cheapest ways along streets from every place to the nearest of several goals.

Ways are searched by the cost of the trench: length by kind of ground, rivers and railways. One
search from all goals at once (Dijkstra with many sources) reaches every street node; how long the
way is and what it crosses is then added up along the tree, node after node.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from engines.arrays import FloatArray, IntArray, indices, non_negative
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.thermal.connection import AREA_TYPES

NO_NODE = -1

_SMALLEST_EUR = 1e-6
"""Keeps an edge of no length an edge: the search takes zero for none."""


@dataclass(frozen=True)
class StreetGraph:
    """Streets as nodes and edges; make it with `street_graph`.

    Attributes
    ----------
    node_count : int
    edge_from, edge_to : array of int, shape (edges,)
    length_m : array, shape (edges,)
    area : array of int, shape (edges,)
        Row of `AREA_TYPES`.
    river_crossings, rail_crossings : array, shape (edges,)
        How often a trench in this street crosses one.
    """

    node_count: int
    edge_from: IntArray
    edge_to: IntArray
    length_m: FloatArray
    area: IntArray
    river_crossings: FloatArray
    rail_crossings: FloatArray

    @property
    def features(self) -> FloatArray:
        """Per edge what a way adds up: length by kind of ground, rivers, railways; (edges, 5)."""
        by_area = self.length_m[:, None] * (self.area[:, None] == np.arange(len(AREA_TYPES)))
        crossings = np.column_stack((self.river_crossings, self.rail_crossings))
        return np.column_stack((by_area, crossings))


def street_graph(
    node_count: int,
    edge_from: ArrayLike,
    edge_to: ArrayLike,
    length_m: ArrayLike,
    area: ArrayLike,
    river_crossings: ArrayLike,
    rail_crossings: ArrayLike,
) -> StreetGraph:
    """Check the arrays of a street graph.

    Raises
    ------
    InvalidInput
        If arrays differ in length, an end is no node, a length or a count is negative or missing.
    """
    graph = StreetGraph(
        node_count=node_count,
        edge_from=indices("Street from", edge_from, node_count),
        edge_to=indices("Street to", edge_to, node_count),
        length_m=non_negative("Street length", length_m),
        area=indices("Kind of ground", area, len(AREA_TYPES)),
        river_crossings=non_negative("River crossings", river_crossings),
        rail_crossings=non_negative("Rail crossings", rail_crossings),
    )
    sizes = {
        len(each)
        for each in (
            graph.edge_from,
            graph.edge_to,
            graph.length_m,
            graph.area,
            graph.river_crossings,
            graph.rail_crossings,
        )
    }
    if len(sizes) != 1:
        raise InvalidInput("Every street needs two ends, a length, a kind of ground, crossings.")
    return graph


@dataclass(frozen=True)
class Goals:
    """Places that ways lead to, each on a street node with a way of its own to it.

    Attributes
    ----------
    node : array of int, shape (goals,)
        Street node; `NO_NODE` where no street is near.
    access_m : array, shape (goals,)
    area : array of int, shape (goals,)
        Kind of ground of the access.
    """

    node: IntArray
    access_m: FloatArray
    area: IntArray


@dataclass(frozen=True)
class WayTree:
    """The cheapest way from every street node to a goal.

    Attributes
    ----------
    goal : array of int, shape (nodes,)
        Which goal; -1 where none can be reached.
    cost_eur : array, shape (nodes,)
        Cost of the way as searched; infinite where there is none.
    features : array, shape (nodes, 5)
        Length by kind of ground, rivers, railways along it, the goal's access included.
    next_node : array of int, shape (nodes,)
        Next street node towards the goal; `NO_NODE` at the last.
    """

    goal: IntArray
    cost_eur: FloatArray
    features: FloatArray
    next_node: IntArray

    def nodes_from(self, node: int) -> IntArray:
        """Return the street nodes from `node` to the last one before the goal."""
        way = [node]
        while self.next_node[way[-1]] != NO_NODE:
            way.append(int(self.next_node[way[-1]]))
        return np.array(way, dtype=np.int64)


class WayFinder:
    """The matrix of a street graph and its goals, made once and searched for several sets of goals.

    Parameters
    ----------
    graph : StreetGraph
    goals : Goals
    cost_per_feature : array, shape (5,)
        EUR per metre in each kind of ground, per river and per railway.
    """

    def __init__(self, graph: StreetGraph, goals: Goals, cost_per_feature: ArrayLike) -> None:
        price = non_negative("Cost of a way", cost_per_feature)
        self.goals = goals
        self.street_nodes = graph.node_count
        placed = np.flatnonzero(goals.node != NO_NODE)
        access = np.zeros((len(placed), len(price)))
        access[np.arange(len(placed)), goals.area[placed]] = goals.access_m[placed]
        start = np.concatenate((graph.edge_from, graph.node_count + placed))
        end = np.concatenate((graph.edge_to, goals.node[placed]))
        features = np.vstack((graph.features, access))
        both = np.concatenate((start, end)), np.concatenate((end, start))
        edge = np.tile(np.arange(len(start)), 2)
        cost = np.maximum(features @ price, _SMALLEST_EUR)[edge]
        # of streets that join the same two nodes the cheapest counts
        count = graph.node_count + len(goals.node)
        key = both[0] * count + both[1]
        order = np.lexsort((cost, key))
        first = order[np.r_[True, np.diff(key[order]) > 0]] if len(order) else order
        self._features, self._edge, self._key = features, edge[first], key[first]
        self._count = count
        self._matrix = csr_array(
            (cost[first], (both[0][first], both[1][first])), shape=(count, count)
        )

    def to_nearest(self, wanted: NDArray[np.bool_]) -> WayTree:
        """Return the ways to the nearest of the wanted goals (shape (goals,))."""
        sources = self.street_nodes + np.flatnonzero(wanted & (self.goals.node != NO_NODE))
        streets = slice(0, self.street_nodes)
        if not len(sources):
            nowhere = np.full(self.street_nodes, NO_NODE)
            return WayTree(
                nowhere,
                np.full(self.street_nodes, np.inf),
                np.zeros((self.street_nodes, self._features.shape[1])),
                nowhere,
            )
        cost, before, source = dijkstra(
            self._matrix, directed=True, indices=sources, min_only=True, return_predecessors=True
        )
        before = np.where(before < 0, NO_NODE, before).astype(np.int64)
        reached = np.flatnonzero(before != NO_NODE)
        edge = np.full(self._count, NO_NODE)
        key = before[reached] * self._count + reached
        edge[reached] = self._edge[np.searchsorted(self._key, key)]
        features = _add_up(np.argsort(cost, kind="stable"), before, edge, self._features)
        goal = np.where(np.isfinite(cost), source.astype(np.int64) - self.street_nodes, NO_NODE)
        next_node = np.where(before < self.street_nodes, before, NO_NODE)
        return WayTree(goal[streets], cost[streets], features[streets], next_node[streets])


@compiled()
def _add_up(order: IntArray, before: IntArray, edge: IntArray, features: FloatArray) -> FloatArray:
    """Return for every node the sum of the features on its way, nearest nodes first."""
    total = np.zeros((len(order), features.shape[1]))
    for node in order:
        if before[node] >= 0:
            total[node] = total[before[node]] + features[edge[node]]
    return total
