"""One hour of a town's own heat network as a second opinion starts from it, and what ours says.

Only the connected part that the hub would feed, with a single plant: where several plants feed one
part, nobody has said how they share the heat.
"""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, IntArray, as_floats
from engines.assumptions import Assumptions
from engines.errors import OutOfValidity
from engines.thermal.network_state import NetworkFlow, NetworkState
from engines.thermal.network_year import NetworkLoads, Temperatures, network_year
from engines.thermal.town_network import TownNetwork
from engines.units import KWH_PER_MWH

_SMALL_FLOW_SHARE = 0.01


@dataclass(frozen=True)
class TownHour:
    """A state, and what the engine finds for it.

    Attributes
    ----------
    state : NetworkState
        Nodes as in the whole network.
    pieces : array of int, shape (pipes,)
        Row of each pipe among the town's pieces.
    flow_kg_per_s, supply_degc : array, shape (pipes,)
        By the engine: flow from `pipe_from` to `pipe_to`, supply at the middle of the pipe.
    """

    state: NetworkState
    pieces: IntArray
    flow_kg_per_s: FloatArray
    supply_degc: FloatArray


@dataclass(frozen=True)
class HourDeviation:
    """How far the engine lies from the second opinion.

    Attributes
    ----------
    flow_share : float
        Largest difference of a flow over that flow, or over a hundredth of the largest flow.
    supply_k : float
        Largest difference of the supply temperature at the middle of a pipe that carries more
        than a hundredth of the largest flow.
    """

    flow_share: float
    supply_k: float


def town_hour(
    network: TownNetwork,
    shapes: FloatArray,
    hour: int,
    at: Temperatures,
    piece: int,
    a: Assumptions,
) -> TownHour:
    """Return one hour of the part of the network that holds a piece of pipe.

    Parameters
    ----------
    shapes : array, shape (groups, hours)
        Share of the year's demand in each hour.
    hour : int
    at : Temperatures
        Of the whole year.

    Raises
    ------
    OutOfValidity
        If no plant, or more than one, feeds this part.
    """
    graph = network.graph
    part = graph.component[graph.start[piece]]
    plants = np.unique(network.paths.plant_nodes)
    plants = plants[graph.component[plants] == part]
    if len(plants) != 1:
        raise OutOfValidity(
            "This part of the network has no plant, or several; the second opinion needs one."
        )
    pieces = np.flatnonzero(graph.links & (graph.component[graph.start] == part))
    here = graph.component[network.customer_node] == part
    demand_kw = (
        network.customer_mwh_per_a[here] * shapes[network.customer_group[here], hour] * KWH_PER_MWH
    )
    by_node = as_floats(np.bincount(network.customer_node[here], demand_kw, minlength=graph.nodes))
    takes = np.flatnonzero(by_node > 0.0)
    supply, back, ground = (
        float(values[hour]) for values in (at.supply_degc, at.return_degc, at.ground_degc)
    )
    state = NetworkState(
        node_count=graph.nodes,
        pipe_from=graph.start[pieces],
        pipe_to=graph.end[pieces],
        length_m=graph.pieces.length_m[pieces],
        inner_diameter_mm=graph.pieces.inner_diameter_mm[pieces],
        u_w_per_mk=graph.pieces.u_w_per_mk[pieces],
        roughness_mm=a["connection.roughness_mm"],
        ground_degc=ground,
        plant_node=plants,
        plant_kw=np.array([np.nan]),
        plant_supply_degc=supply,
        consumer_node=takes,
        consumer_kw=by_node[takes],
        consumer_return_degc=np.full(len(takes), back),
        consumer_spread_k=np.full(len(takes), np.nan),
    )
    loads = NetworkLoads(
        network.customer_node,
        network.customer_group,
        network.customer_mwh_per_a,
        shapes[:, [hour]],
    )
    alone = Temperatures(np.array([supply]), np.array([back]), np.array([ground]))
    year = network_year(graph, network.paths, loads, alone, pieces)
    sign = np.zeros(len(graph.start))
    of_paths = network.paths.piece
    sign[of_paths] = np.where(network.paths.upstream == graph.start[of_paths], 1.0, -1.0)
    return TownHour(
        state,
        pieces,
        year.flow_kg_per_s[:, 0].astype(np.float64) * sign[pieces],
        year.supply_degc[:, 0].astype(np.float64),
    )


def deviation(ours: TownHour, theirs: NetworkFlow) -> HourDeviation:
    """Compare flows, and supply temperatures where more than next to nothing flows."""
    flow = np.nan_to_num(theirs.flow_kg_per_s)
    top = float(np.abs(flow).max(initial=0.0)) * _SMALL_FLOW_SHARE
    scale = np.maximum(np.maximum(np.abs(flow), top), 1e-9)
    apart = np.abs(np.nan_to_num(ours.flow_kg_per_s) - flow) / scale
    middle = 0.5 * (
        theirs.supply_degc[ours.state.pipe_from] + theirs.supply_degc[ours.state.pipe_to]
    )
    moving = np.abs(flow) > top
    gap = np.abs(middle - ours.supply_degc)[moving]
    return HourDeviation(float(apart.max(initial=0.0)), float(np.nanmax(gap, initial=0.0)))
