"""Every hour of a heat network: flow and temperatures in every pipe that somebody asks about.

Supply water cools on its way, so customers far from the plant need more of it, which in turn makes
it cool less. For each hour the two are brought together:

* upwards, from the customers to the plants: a customer who needs Q draws
  ``m = Q / (cp (T_supply - T_return))``; every pipe carries its share of what the node behind it
  needs;
* downwards: ``T = Tg + (T_start - Tg) exp(-U L / (m cp))``, and where several pipes meet the
  temperature of the mixture;
* again, until nothing moves; at last the return the same way upwards.

So energy closes by construction: what the plants feed in is what the customers take and what the
pipes of both directions lose. There is no inertia of water and pipe wall, which delays a change by
minutes to an hour or so.
"""

from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray, finite, non_negative
from engines.compiled import compiled
from engines.errors import InvalidInput, NotConverged
from engines.thermal.flow_paths import FlowPaths
from engines.thermal.pipe_graph import PipeGraph
from engines.units import KWH_PER_MWH, W_PER_KW, WATER_HEAT_CAPACITY_KJ_PER_KGK

Floats32 = NDArray[np.float32]

CP = WATER_HEAT_CAPACITY_KJ_PER_KGK

SETTLED_K = 1e-8
"""Change of temperature [K] below which an hour is solved."""

ROUNDS = 400
"""Rounds in an hour at most; three are usual."""

EAGER_ROUNDS = 8
"""Rounds with full steps; each further round takes a shorter one. Near the end of long cold pipes
more water makes it warmer, which asks for less water, and full steps would swing to and fro."""

STRETCH = 73
"""Hours that one worker solves one after the other, each starting from the one before; always the
same ones, so that the result does not depend on the number of workers (8760 = 120 x 73)."""

LEAST_SPREAD_K = 5.0
"""A customer's station cools the water by this much at least, however cold it arrives (estimate);
hours in which a customer would need more than that are counted as starved."""


@dataclass(frozen=True)
class NetworkLoads:
    """What the customers need.

    Attributes
    ----------
    node : array of int, shape (customers,)
    group : array of int, shape (customers,)
        Row of `shapes`.
    demand_mwh_per_a : array, shape (customers,)
    shapes : array, shape (groups, hours)
        Share of the year's demand in each hour.
    """

    node: IntArray
    group: IntArray
    demand_mwh_per_a: FloatArray
    shapes: FloatArray

    def by_node(self, nodes: int) -> FloatArray:
        """Return the yearly demand of each node and group, shape (nodes, groups) [MWh/a]."""
        table = np.zeros((nodes, len(self.shapes)))
        np.add.at(table, (self.node, self.group), self.demand_mwh_per_a)
        return table


@dataclass(frozen=True)
class Temperatures:
    """What the plants send out and what comes back from the customers, hour by hour [degC].

    Attributes
    ----------
    supply_degc : array, shape (hours,)
        At the plants.
    return_degc : array, shape (hours,)
        Behind the stations of the customers.
    ground_degc : array, shape (hours,)
    """

    supply_degc: FloatArray
    return_degc: FloatArray
    ground_degc: FloatArray


@dataclass(frozen=True)
class NetworkYear:
    """The state of the network.

    Places are pieces of pipe, seen at their middle; a piece without flow, or that no plant
    reaches, has a flow of 0 and temperatures NaN.

    Attributes
    ----------
    flow_kg_per_s, supply_degc, return_degc : array of float32, shape (places, hours)
    production_kw, delivered_kw, lost_kw : array, shape (components, hours)
        What plants feed in, customers take, and pipes lose.
    starved : array of int, shape (hours,)
        Customers' nodes that the water reaches too cold.
    """

    flow_kg_per_s: Floats32
    supply_degc: Floats32
    return_degc: Floats32
    production_kw: FloatArray
    delivered_kw: FloatArray
    lost_kw: FloatArray
    starved: IntArray

    def heat_kw(self) -> Floats32:
        """Return the heat that passes each place, shape (places, hours): ``m cp (Ts - Tr)``.

        It is what the customers behind the place need and what the pipes behind it lose.
        """
        passing = self.flow_kg_per_s * np.float32(CP) * (self.supply_degc - self.return_degc)
        return np.nan_to_num(passing, nan=0.0).astype(np.float32)


def network_year(
    graph: PipeGraph,
    paths: FlowPaths,
    loads: NetworkLoads,
    temperatures: Temperatures,
    places: IntArray,
) -> NetworkYear:
    """Work out all hours of a network.

    Parameters
    ----------
    graph, paths : PipeGraph, FlowPaths
    loads : NetworkLoads
        Customers that no plant reaches are left out.
    temperatures : Temperatures
    places : array of int
        Pieces whose state is wanted.

    Raises
    ------
    InvalidInput
        If a U-value on the way of the water is not known, series differ in length, or the supply
        is not warmer than the return.
    NotConverged
        If an hour has no solution.
    """
    hours = loads.shapes.shape[1]
    supply, back, ground = (
        finite(name, values)
        for name, values in (
            ("Supply temperature", temperatures.supply_degc),
            ("Return temperature", temperatures.return_degc),
            ("Ground temperature", temperatures.ground_degc),
        )
    )
    if not supply.shape == back.shape == ground.shape == (hours,):
        raise InvalidInput(
            f"Temperatures have {len(supply)}, {len(back)} and {len(ground)} hours, the demand "
            f"{hours}; give all for the same hours."
        )
    if np.any(supply < back + LEAST_SPREAD_K):
        raise InvalidInput(
            f"The supply must be {LEAST_SPREAD_K:g} K warmer than the return in every hour; the "
            f"smallest difference is {(supply - back).min():g} K."
        )
    u_value = graph.pieces.u_w_per_mk[paths.piece]
    if np.isnan(u_value).any():
        raise InvalidInput("The U-value of a pipe on the way of the water is not known.")
    non_negative("Demand", loads.demand_mwh_per_a)
    # where in the order of the paths each place is; -1 where no water flows
    row_of_piece = np.full(len(graph.pieces.length_m), -1)
    row_of_piece[paths.piece] = np.arange(len(paths.piece))
    wanted = row_of_piece[np.asarray(places, dtype=np.int64)]
    demand_kwh = loads.by_node(graph.nodes) * KWH_PER_MWH
    demand_kwh[~paths.fed] = 0.0
    # nodes in the order of the water, so that what is used together lies together
    inflow = np.concatenate([paths.plant_nodes, paths.downstream])
    first = np.unique(inflow, return_index=True)[1]
    rest = np.setdiff1d(np.arange(graph.nodes), inflow)
    node_at = np.concatenate([inflow[np.sort(first)], rest])
    at_node = np.argsort(node_at)
    outputs = [np.zeros((hours, len(wanted)), dtype=np.float32) for _ in range(3)]
    totals = [np.zeros((hours, max(graph.components, 1))) for _ in range(3)]
    starved = np.zeros(hours, dtype=np.int64)
    _all_hours(
        at_node[paths.upstream],
        at_node[paths.downstream],
        paths.share,
        u_value * graph.pieces.length_m[paths.piece] / W_PER_KW,
        np.isin(node_at, paths.plant_nodes),
        graph.component[node_at],
        _sparse(demand_kwh[node_at]),
        np.ascontiguousarray(loads.shapes.T),
        supply,
        back,
        ground,
        wanted,
        *outputs,
        *totals,
        starved,
    )
    if np.any(starved < 0):
        raise NotConverged(
            f"The temperatures of the network were not found in {np.count_nonzero(starved < 0)} "
            "hours; check lengths and U-values of its pipes."
        )
    flow, hot, cold = (np.ascontiguousarray(values.T) for values in outputs)
    produced, delivered, lost = (np.ascontiguousarray(values.T) for values in totals)
    return NetworkYear(flow, hot, cold, produced, delivered, lost, starved)


def _sparse(demand_kwh: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Return customers as node, group and demand [kWh/a] of each entry that is not zero."""
    node, group = np.nonzero(demand_kwh)
    return node, group, demand_kwh[node, group]


@compiled(parallel=True)
def _all_hours(
    upstream: IntArray,
    downstream: IntArray,
    share: FloatArray,
    transfer: FloatArray,
    is_plant: NDArray[np.bool_],
    component: IntArray,
    customers: tuple[IntArray, IntArray, FloatArray],
    shapes: FloatArray,
    supply: FloatArray,
    back: FloatArray,
    ground: FloatArray,
    wanted: IntArray,
    flow_out: Floats32,
    hot_out: Floats32,
    cold_out: Floats32,
    produced: FloatArray,
    delivered: FloatArray,
    lost: FloatArray,
    starved: IntArray,
) -> None:
    """Solve all hours, stretch by stretch."""
    hours, nodes, paths = shapes.shape[0], is_plant.size, upstream.size
    for stretch in prange((hours + STRETCH - 1) // STRETCH):
        need, drawn, through, cold, mixed = np.zeros((5, nodes))
        # how much of the plants' warmth above the ground is left at each node
        warmth = np.ones(nodes)
        hot = np.empty(nodes)
        flow, kept = np.zeros((2, paths))
        for hour in range(stretch * STRETCH, min((stretch + 1) * STRETCH, hours)):
            need[:] = 0.0
            for i in range(customers[0].size):
                need[customers[0][i]] += customers[2][i] * shapes[hour, customers[1][i]]
            sent, earth = supply[hour], ground[hour]
            settled = False
            for turn in range(ROUNDS):
                hot[:] = earth + (sent - earth) * warmth
                _upwards(upstream, downstream, share, need, hot, back[hour], drawn, through, flow)
                moved = _downwards(
                    upstream,
                    downstream,
                    share,
                    transfer,
                    is_plant,
                    flow,
                    through,
                    kept,
                    mixed,
                    warmth,
                    min(1.0, EAGER_ROUNDS / (turn + 1.0)),
                )
                if moved * (sent - earth) <= SETTLED_K:
                    settled = True
                    break
            if not settled:
                starved[hour] = -1
                continue
            hot[:] = earth + (sent - earth) * warmth
            _returning(upstream, downstream, kept, flow, back[hour], earth, drawn, through, cold)
            for n in range(nodes):
                c = component[n]
                if is_plant[n]:
                    produced[hour, c] += through[n] * CP * (sent - cold[n])
                delivered[hour, c] += drawn[n] * CP * (hot[n] - back[hour])
                if drawn[n] > 0.0 and hot[n] < back[hour] + LEAST_SPREAD_K:
                    starved[hour] += 1
            for e in range(paths):
                excess = hot[upstream[e]] + cold[downstream[e]] - 2.0 * earth
                lost[hour, component[upstream[e]]] += flow[e] * CP * (1.0 - kept[e]) * excess
            for i in range(wanted.size):
                e = wanted[i]
                if e >= 0 and flow[e] > 0.0:
                    half = np.sqrt(kept[e])
                    flow_out[hour, i] = flow[e]
                    hot_out[hour, i] = earth + (hot[upstream[e]] - earth) * half
                    cold_out[hour, i] = earth + (cold[downstream[e]] - earth) * half
                else:
                    hot_out[hour, i] = np.nan
                    cold_out[hour, i] = np.nan


@compiled()
def _upwards(
    upstream: IntArray,
    downstream: IntArray,
    share: FloatArray,
    need: FloatArray,
    hot: FloatArray,
    back: float,
    drawn: FloatArray,
    through: FloatArray,
    flow: FloatArray,
) -> None:
    """Fill in what customers draw, what reaches each node, and what each pipe carries [kg/s]."""
    for n in range(need.size):
        drawn[n] = 0.0
        if need[n] > 0.0:
            drawn[n] = need[n] / (CP * max(hot[n] - back, LEAST_SPREAD_K))
        through[n] = drawn[n]
    for e in range(upstream.size - 1, -1, -1):
        flow[e] = share[e] * through[downstream[e]]
        through[upstream[e]] += flow[e]


@compiled()
def _downwards(
    upstream: IntArray,
    downstream: IntArray,
    share: FloatArray,
    transfer: FloatArray,
    is_plant: NDArray[np.bool_],
    flow: FloatArray,
    through: FloatArray,
    kept: FloatArray,
    mixed: FloatArray,
    warmth: FloatArray,
    step: float,
) -> float:
    """Fill in what each pipe keeps and how warm each node is; returns the largest change.

    Warmth is ``(T - Tg) / (T_plant - Tg)``; where pipes meet it is that of the mixture.
    """
    for n in range(warmth.size):
        mixed[n] = 1.0 if is_plant[n] else 0.0
    for e in range(upstream.size):
        kept[e] = np.exp(-transfer[e] / (flow[e] * CP)) if flow[e] > 0.0 else 0.0
        if not is_plant[downstream[e]]:
            mixed[downstream[e]] += share[e] * mixed[upstream[e]] * kept[e]
    moved = 0.0
    for n in range(warmth.size):
        change = mixed[n] - warmth[n]
        if through[n] > 0.0:
            moved = max(moved, abs(change))
        warmth[n] += step * change
    return moved


@compiled()
def _returning(
    upstream: IntArray,
    downstream: IntArray,
    kept: FloatArray,
    flow: FloatArray,
    back: float,
    earth: float,
    drawn: FloatArray,
    through: FloatArray,
    cold: FloatArray,
) -> None:
    """Fill in the temperature of the return water that leaves each node for the plants [degC]."""
    for n in range(cold.size):
        cold[n] = drawn[n] * back
    for e in range(upstream.size - 1, -1, -1):
        if flow[e] > 0.0:
            leaving = cold[downstream[e]] / through[downstream[e]]
            cold[upstream[e]] += flow[e] * (earth + (leaving - earth) * kept[e])
    for n in range(cold.size):
        cold[n] = cold[n] / through[n] if through[n] > 0.0 else back
