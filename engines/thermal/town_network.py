"""A town's heat network with all that is known of it: pipes, plants, customers, what may pass.

What is not known narrows what a place can claim. Where no plant reaches the pipes, or the pipes of
a loop have no diameter, the flow is not known: all heat of that part is given as the bound that no
place can exceed, and the place is marked.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray, as_floats, non_negative
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.thermal.connection import INSULATION_COLUMNS
from engines.thermal.flow_paths import FlowPaths, Water, flow_paths
from engines.thermal.network import network_production_kw
from engines.thermal.network_year import (
    Floats32,
    NetworkLoads,
    NetworkYear,
    Temperatures,
    network_year,
)
from engines.thermal.pipe import velocity_m_per_s
from engines.thermal.pipe_graph import GraphReport, PipeGraph, PipePieces, join, report
from engines.units import KWH_PER_MWH, MM_PER_M, W_PER_KW, WATER_HEAT_CAPACITY_KJ_PER_KGK


@dataclass(frozen=True)
class NetworkInput:
    """Pipes and what hangs on them.

    Attributes
    ----------
    start_xy, end_xy, length_m : array
        Pieces of pipe, see `PipePieces`.
    dn_mm : array, shape (pieces,)
        Nominal diameter; NaN where not stated.
    flow_share : array, shape (pieces,)
        Stated part of the heat of all that hangs together that passes a piece; NaN where none is
        stated. Used where the flow cannot be worked out.
    plant_piece, plant_at_end : array, shape (plants,)
        Piece whose start or end a plant feeds.
    plant_must_run_kw : array, shape (plants,)
        Heat that must be taken from the plant before any other; NaN where not stated, which counts
        as none and is said.
    customer_piece, customer_at_end, customer_group : array, shape (customers,)
        Where each customer hangs and the row of the load shapes it follows.
    customer_mwh_per_a : array, shape (customers,)
    """

    start_xy: FloatArray
    end_xy: FloatArray
    length_m: FloatArray
    dn_mm: FloatArray
    flow_share: FloatArray
    plant_piece: IntArray
    plant_at_end: NDArray[np.bool_]
    plant_must_run_kw: FloatArray
    customer_piece: IntArray
    customer_at_end: NDArray[np.bool_]
    customer_group: IntArray
    customer_mwh_per_a: FloatArray


@dataclass(frozen=True)
class TownNetwork:
    """The network of a town, ready for any hour.

    Attributes
    ----------
    graph, paths, report
    customer_node, customer_group, customer_mwh_per_a : array
    must_run_kw : array, shape (components,)
    flow_known : array of bool, shape (pieces,)
        Worked out from a plant, or stated.
    passing_share : array, shape (pieces,)
        Part of the heat of the whole part that passes, where it is not worked out.
    behind_mwh_per_a : array, shape (pieces,)
        Yearly heat of the customers behind each piece; of the whole part where the flow is not
        known.
    customers_behind : array, shape (pieces,)
        Their number; fractions where water divides.
    assumed_diameters : int
        Pieces without a stated diameter, sized for their own peak.
    flow_max_kg_per_s : array, shape (pieces,)
        What the pipe carries at its limit of velocity.
    """

    graph: PipeGraph
    paths: FlowPaths
    report: GraphReport
    customer_node: IntArray
    customer_group: IntArray
    customer_mwh_per_a: FloatArray
    must_run_kw: FloatArray
    flow_known: NDArray[np.bool_]
    passing_share: FloatArray
    behind_mwh_per_a: FloatArray
    customers_behind: FloatArray
    assumed_diameters: int
    flow_max_kg_per_s: FloatArray


@dataclass(frozen=True)
class PlaceYear:
    """Hourly state at places of the network.

    Attributes
    ----------
    flow_kg_per_s, supply_degc, return_degc : array of float32, shape (places, hours)
    left_kw : array, shape (parts, hours)
        What each connected part of the network needs after heat that must run.
    part_of : array of int, shape (places,)
        Row of `left_kw`.
    flow_known : array of bool, shape (places,)
        False where flow and heat are bounds, not values.
    production_kw : array, shape (hours,)
        What all plants of the town feed in.
    lost_kw : array, shape (hours,)
        What all pipes lose.
    starved : array of int, shape (hours,)
    """

    flow_kg_per_s: Floats32
    supply_degc: Floats32
    return_degc: Floats32
    left_kw: FloatArray
    part_of: IntArray
    flow_known: NDArray[np.bool_]
    production_kw: FloatArray
    lost_kw: FloatArray
    starved: IntArray

    @property
    def absorbable_kw(self) -> FloatArray:
        """Heat that can be fed in, shape (places, hours) [kW].

        What the customers and pipes behind the place need, ``m cp (Ts - Tr)``, after heat that
        must run: at most what is left of the need of the whole part.
        """
        spread = self.supply_degc.astype(np.float64) - self.return_degc
        passing = self.flow_kg_per_s * WATER_HEAT_CAPACITY_KJ_PER_KGK * spread
        return as_floats(np.minimum(passing, self.left_kw[self.part_of]))

    def at(self, rows: IntArray) -> "PlaceYear":
        """Return the same for these places (rows); a row may come more than once."""
        return replace(
            self,
            flow_kg_per_s=self.flow_kg_per_s[rows],
            supply_degc=self.supply_degc[rows],
            return_degc=self.return_degc[rows],
            part_of=self.part_of[rows],
            flow_known=self.flow_known[rows],
        )


def town_network(given: NetworkInput, shapes: FloatArray, a: Assumptions) -> TownNetwork:
    """Join the pipes, find the way of the water, and add up what hangs behind each piece.

    Parameters
    ----------
    given : NetworkInput
    shapes : array, shape (groups, hours)
        Share of the year's demand in each hour; the hour of the largest demand is the design hour.
    a : Assumptions
    """
    pieces = _pieces(given, a)
    graph = join(pieces, a["network.snap_m"])
    plants = _nodes(graph, given.plant_piece, given.plant_at_end)
    customers = _nodes(graph, given.customer_piece, given.customer_at_end)
    demand = non_negative("Demand of a customer", given.customer_mwh_per_a)
    usable = _usable(graph, plants)
    drawn = _by_node(
        graph, customers, _peak_kw(demand, given.customer_group, shapes) / _design_kj_per_kg(a)
    )
    paths = flow_paths(graph, plants[usable], drawn, _water(a))
    worked_out = graph.links & (paths.fed[graph.start] if graph.nodes else False)
    behind, number, peak = (
        _behind(graph, paths, worked_out, values)
        for values in (
            _by_node(graph, customers, demand),
            _by_node(graph, customers, np.ones(len(customers))),
            drawn,
        )
    )
    sized = _sized(pieces, peak * simultaneity(number), a)
    stated = ~worked_out & ~np.isnan(given.flow_share)
    passing_share = np.where(stated, given.flow_share, 1.0)
    must_run = np.zeros(max(graph.components, 1))
    np.add.at(must_run, graph.component[plants], np.nan_to_num(given.plant_must_run_kw))
    return TownNetwork(
        graph=PipeGraph(
            sized, graph.node_xy, graph.start, graph.end, graph.component, graph.components
        ),
        paths=paths,
        report=report(graph, plants, customers),
        customer_node=customers,
        customer_group=given.customer_group,
        customer_mwh_per_a=demand,
        must_run_kw=must_run,
        flow_known=worked_out | stated,
        passing_share=np.where(worked_out, np.nan, passing_share),
        behind_mwh_per_a=np.where(worked_out, 1.0, passing_share) * behind,
        customers_behind=number,
        assumed_diameters=int(np.isnan(pieces.inner_diameter_mm).sum()),
        flow_max_kg_per_s=_flow_max(sized, a),
    )


def expected_production_kw(
    network: TownNetwork, shapes: FloatArray, temperatures: Temperatures, a: Assumptions
) -> FloatArray:
    """Return what all plants feed in if every pipe is as warm as at the plant [kW], (hours,).

    A little more than they do: ``demand + sum U L ((Ts - Tg) + (Tr - Tg))``. For a first look at a
    network, before its hours are worked out.
    """
    demand, fed = _demand_kw(network, shapes)
    guessed = network_production_kw(demand, a["network.loss_share"])
    pieces = network.graph.pieces
    of_paths = network.paths.piece
    transfer = float(pieces.u_w_per_mk[of_paths] @ pieces.length_m[of_paths]) / W_PER_KW
    excess = temperatures.supply_degc + temperatures.return_degc - 2.0 * temperatures.ground_degc
    known = demand[fed].sum(axis=0) + (transfer * excess if fed.any() else 0.0)
    return as_floats(known + guessed[~fed].sum(axis=0))


def place_year(
    network: TownNetwork,
    shapes: FloatArray,
    temperatures: Temperatures,
    places: IntArray,
    a: Assumptions,
) -> PlaceYear:
    """Return the state of all hours at these pieces of pipe."""
    loads = NetworkLoads(
        network.customer_node, network.customer_group, network.customer_mwh_per_a, shapes
    )
    year = network_year(network.graph, network.paths, loads, temperatures, places)
    part = network.graph.component[network.graph.start[places]]
    production, lost = _production(network, shapes, year, a)
    left = production * (1.0 - a["network.must_run_share"])
    left = left - network.must_run_kw[: len(production), None]
    flow, hot, cold = year.flow_kg_per_s, year.supply_degc, year.return_degc
    for values, at_plant in ((hot, temperatures.supply_degc), (cold, temperatures.return_degc)):
        still = np.isnan(values)
        values[still] = np.broadcast_to(at_plant.astype(np.float32), values.shape)[still]
    # water that next to stands arrives colder than it returns elsewhere: a place without flow
    starved = hot <= cold
    flow[starved] = 0.0
    for values, at_plant in ((hot, temperatures.supply_degc), (cold, temperatures.return_degc)):
        values[starved] = np.broadcast_to(at_plant.astype(np.float32), values.shape)[starved]
    share = network.passing_share[places]
    spread = temperatures.supply_degc - temperatures.return_degc
    for row in np.flatnonzero(~np.isnan(share)):
        bound = share[row] * production[part[row]]
        flow[row] = bound / (WATER_HEAT_CAPACITY_KJ_PER_KGK * spread)
    return PlaceYear(
        flow_kg_per_s=flow,
        supply_degc=hot,
        return_degc=cold,
        left_kw=np.maximum(left, 0.0),
        part_of=part.astype(np.int64),
        flow_known=network.flow_known[places],
        production_kw=production.sum(axis=0),
        lost_kw=lost.sum(axis=0),
        starved=year.starved,
    )


def simultaneity(customers: FloatArray) -> FloatArray:
    """Return the share of the sum of their peaks that `customers` need at once [-].

    Equation (Winter, Haslauer and Obernberger 2001): ``g = a + b / (1 + (n / c)^d)``; 1 for one
    customer. Only for the size of pipes: hourly heat is computed hour by hour.
    """
    count = np.maximum(as_floats(customers), 1.0)
    a, b, c, d = 0.449677646267461, 0.551234688, 53.84382, 1.762743
    return as_floats(np.minimum(a + b / (1.0 + (count / c) ** d), 1.0))


def _pieces(given: NetworkInput, a: Assumptions) -> PipePieces:
    dn = given.dn_mm
    diameter = np.full(len(dn), np.nan)
    stated = ~np.isnan(dn)
    diameter[stated] = _by_dn(dn[stated], "inner_diameter_mm")
    u_value = np.full(len(dn), np.nan)
    u_value[stated] = _by_dn(dn[stated], _insulation(a))
    return PipePieces(given.start_xy, given.end_xy, given.length_m, diameter, u_value)


def _insulation(a: Assumptions) -> str:
    return INSULATION_COLUMNS[int(a["connection.insulation_series"])]


def _by_dn(dn_mm: FloatArray, column: str) -> FloatArray:
    """Return a property of pipes by nominal diameter, straight between the rows of the table."""
    rows = list(catalogue("pipe_types").values())
    known = np.array([float(row["dn_mm"]) for row in rows])
    values = np.array([float(row[column]) for row in rows])
    found = np.interp(dn_mm, known, values)
    if column == "inner_diameter_mm":
        # larger than the table: the bore grows with the name
        found = np.where(dn_mm > known[-1], values[-1] * dn_mm / known[-1], found)
    return as_floats(found)


def _sized(pieces: PipePieces, flow_kg_per_s: FloatArray, a: Assumptions) -> PipePieces:
    """Give pieces without a diameter the smallest one that carries their peak."""
    missing = np.isnan(pieces.inner_diameter_mm)
    rows = list(catalogue("pipe_types").values())
    bore = np.array([float(row["inner_diameter_mm"]) for row in rows])
    u_value = np.array([float(row[_insulation(a)]) for row in rows])
    most = _carries(bore, np.array([float(row["velocity_max_m_per_s"]) for row in rows]), a)
    fits = np.searchsorted(most, flow_kg_per_s).clip(max=len(bore) - 1)
    return PipePieces(
        pieces.start_xy,
        pieces.end_xy,
        pieces.length_m,
        np.where(missing, bore[fits], pieces.inner_diameter_mm),
        np.where(np.isnan(pieces.u_w_per_mk), u_value[fits], pieces.u_w_per_mk),
    )


def _carries(bore_mm: FloatArray, velocity_max: FloatArray, a: Assumptions) -> FloatArray:
    """Return the flow [kg/s] at the limit of velocity."""
    unit = velocity_m_per_s(1.0, bore_mm / MM_PER_M, a["connection.water_density_kg_per_m3"])
    return as_floats(velocity_max / unit)


def _flow_max(pieces: PipePieces, a: Assumptions) -> FloatArray:
    rows = list(catalogue("pipe_types").values())
    bore = np.array([float(row["inner_diameter_mm"]) for row in rows])
    limit = np.array([float(row["velocity_max_m_per_s"]) for row in rows])
    allowed = limit[np.searchsorted(bore, pieces.inner_diameter_mm).clip(max=len(bore) - 1)]
    return _carries(pieces.inner_diameter_mm, allowed, a)


def _nodes(graph: PipeGraph, piece: IntArray, at_end: NDArray[np.bool_]) -> IntArray:
    if len(piece) and (piece.min() < 0 or piece.max() >= len(graph.start)):
        raise InvalidInput("A plant or customer hangs on a piece of pipe that is not there.")
    return np.where(at_end, graph.end[piece], graph.start[piece]).astype(np.int64)


def _by_node(graph: PipeGraph, nodes: IntArray, values: FloatArray) -> FloatArray:
    """Return the sum of `values` at each node."""
    return as_floats(np.bincount(nodes, values, minlength=graph.nodes))


def _usable(graph: PipeGraph, plants: IntArray) -> NDArray[np.bool_]:
    """Plants whose part has one way for the water, or all diameters to find it."""
    if not len(plants):
        return np.zeros(0, dtype=bool)
    several = np.bincount(graph.component[np.unique(plants)], minlength=graph.components) > 1
    branching = (graph.loops() > 0) | several
    unsized = np.zeros(graph.components, dtype=bool)
    lacking = graph.links & np.isnan(graph.pieces.inner_diameter_mm)
    unsized[graph.component[graph.start[lacking]]] = True
    return np.asarray(~(branching & unsized)[graph.component[plants]])


def _peak_kw(demand_mwh: FloatArray, group: IntArray, shapes: FloatArray) -> FloatArray:
    """Return what each customer needs in the hour in which all together need most."""
    by_group = np.bincount(group, demand_mwh, minlength=len(shapes))
    hour = int((by_group @ shapes).argmax()) if shapes.size else 0
    return as_floats(demand_mwh * KWH_PER_MWH * shapes[group, hour])


def _design_kj_per_kg(a: Assumptions) -> float:
    return WATER_HEAT_CAPACITY_KJ_PER_KGK * a["network.design_spread_k"]


def _water(a: Assumptions) -> Water:
    return Water(
        a["connection.roughness_mm"],
        a["connection.water_density_kg_per_m3"],
        a["connection.water_viscosity_m2_per_s"],
    )


def _behind(
    graph: PipeGraph, paths: FlowPaths, known: NDArray[np.bool_], by_node: FloatArray
) -> FloatArray:
    """Add up a quantity of the nodes upwards; where the flow is not known, over the whole part."""
    through = by_node.astype(np.float64)
    behind = np.zeros(len(known))
    shares = zip(
        paths.piece[::-1].tolist(),
        paths.upstream[::-1].tolist(),
        paths.downstream[::-1].tolist(),
        paths.share[::-1].tolist(),
        strict=True,
    )
    for piece, upstream, downstream, share in shares:
        behind[piece] = share * through[downstream]
        through[upstream] += behind[piece]
    whole = np.bincount(graph.component, by_node, minlength=max(graph.components, 1))
    return np.where(known, behind, whole[graph.component[graph.start]] if graph.nodes else 0.0)


def _production(
    network: TownNetwork, shapes: FloatArray, year: NetworkYear, a: Assumptions
) -> tuple[FloatArray, FloatArray]:
    """Return production and losses of each part [kW]; by the usual share where no plant is known.

    Shape (components, hours).
    """
    demand, fed = _demand_kw(network, shapes)
    guessed = network_production_kw(demand, a["network.loss_share"])
    production = np.where(fed[:, None], year.production_kw, guessed)
    return production, np.where(fed[:, None], year.lost_kw, guessed - demand)


def _demand_kw(network: TownNetwork, shapes: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the demand of each part [kW], and which parts a plant feeds."""
    parts = network.graph.component[network.customer_node]
    table = np.zeros((max(network.graph.components, 1), len(shapes)))
    np.add.at(table, (parts, network.customer_group), network.customer_mwh_per_a)
    fed = np.zeros(len(table), dtype=bool)
    fed[network.graph.component[network.paths.plant_nodes]] = True
    return as_floats(table @ shapes * KWH_PER_MWH), fed
