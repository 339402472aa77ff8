"""A second opinion on heat networks: pandapipes computes one hour with and without the hub.

The only importer of pandapipes, which takes seconds to load and to compile: it is imported when a
worker first asks, never with the module.

Consumers are flows that carry their heat at the temperature that arrives. Their flow is found by
repeating hydraulics and heat (sequential) until nothing moves; that converges where solving both at
once often does not. A hub into the supply takes water from the return and brings it back at its
temperature; a hub into the return warms all water that passes on its way to the plants.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.errors import InvalidInput, NotConverged, OutOfValidity
from engines.thermal.network_state import (
    INTO_RETURN,
    INTO_SUPPLY,
    HubInjection,
    NetworkFlow,
    NetworkState,
)
from engines.units import CELSIUS_TO_KELVIN, MM_PER_M, W_PER_KW
from sites.verify.hydraulic_result import HydraulicResult, with_violations
from sites.verify.mixing import share_of_water

_OPTIONS = {
    "mode": "sequential",
    "friction_model": "colebrook",
    "max_iter_hyd": 100,
    "max_iter_therm": 100,
    "max_iter_colebrook": 100,
}
_ROUNDS = 40
_SETTLED = 1e-5
M_PER_KM = 1000.0
_WIDE_MM = 1000.0
"""Diameter of what stands for an exchanger or a joint and should take no pressure."""
_LEAST_LENGTH_M = 0.01
_LEAST_PASSING_KG_PER_S = 1e-3
_LEAST_SPREAD_K = 1.0
"""Consumers whose supply arrives colder than this above their return are left with this spread."""


@dataclass
class _Case:
    """A state without what carries no water, and the pandapipes net made from it."""

    state: NetworkState
    injection: HubInjection | None
    nodes: NDArray[np.bool_]
    pipes: IntArray
    consumers: IntArray
    dropped: int
    net: Any = None
    feeders: list[tuple[int, float, float]] = field(default_factory=list)


def second_opinion(
    state: NetworkState,
    injection: HubInjection | None,
    a: Assumptions,
    *,
    return_bar: float = 3.0,
    head_bar: float | None = None,
) -> HydraulicResult:
    """Run one hour of a network.

    Parameters
    ----------
    state : NetworkState
    injection : HubInjection or None
        The hub, if there is one.
    return_bar : float
        Pressure held in the return at the first plant.
    head_bar : float or None
        Pressure its pump raises; None finds what gives the worst consumer
        ``network.consumer_head_min_bar``.

    Raises
    ------
    InvalidInput
        If hub or plants do not hang together.
    OutOfValidity
        If the hub gives more than the network takes, no water returns past it, or nobody takes
        heat.
    NotConverged
        If the solver or the flows of the consumers do not settle.
    """
    case = _pruned(state, injection)
    forward = None
    if injection is not None and injection.into == INTO_RETURN:
        # which pipes lead the return onward is known when the flows are
        _build(case, None, return_bar, head_bar or 1.0)
        forward = _solve(case)
    _build(case, forward, return_bar, head_bar or 1.0)
    _solve(case)
    if forward is not None and _passing_kg_per_s(case) < _LEAST_PASSING_KG_PER_S:
        raise OutOfValidity(
            "No water returns past the hub in this hour, so that it can warm none; choose a place "
            "with consumers behind it."
        )
    if head_bar is None:
        head_bar = _needed_head(case, a["network.consumer_head_min_bar"])
        _build(case, forward, return_bar, head_bar)
        _solve(case)
    return _read(case, head_bar, a)


def _pruned(state: NetworkState, injection: HubInjection | None) -> _Case:
    """Leave out dead ends without heat and what no plant reaches."""
    count, heated = state.node_count, state.consumer_kw > 0
    wanted = np.zeros(count, dtype=bool)
    wanted[state.plant_node] = True
    if injection is not None:
        wanted[injection.node] = True
    link = coo_array(
        (np.ones(len(state.pipe_from)), (state.pipe_from, state.pipe_to)), (count,) * 2
    )
    part = connected_components(link, directed=False)[1]
    supplied = part == part[state.plant_node[0]]
    _refuse_feeders_apart(state, injection, supplied)
    dropped = int(np.count_nonzero(heated & ~supplied[state.consumer_node]))
    heated &= supplied[state.consumer_node]
    if not heated.any():
        raise OutOfValidity("No consumer that the first plant reaches takes heat in this hour.")
    wanted[state.consumer_node[heated]] = True
    nodes, ends = supplied.copy(), np.stack((state.pipe_from, state.pipe_to))
    while True:
        alive = nodes[ends].all(axis=0)
        degree = np.bincount(ends[:, alive].ravel(), minlength=count)
        leaf = nodes & ~wanted & (degree <= 1)
        if not leaf.any():
            break
        nodes &= ~leaf
    case = _Case(state, injection, nodes, np.flatnonzero(alive), np.flatnonzero(heated), dropped)
    case.feeders = [
        (int(node), float(kw), state.plant_supply_degc)
        for node, kw in zip(state.plant_node[1:], state.plant_kw[1:], strict=True)
    ]
    if injection is not None and injection.into == INTO_SUPPLY:
        case.feeders.append((injection.node, injection.heat_kw, injection.supply_degc))
    return case


def _refuse_feeders_apart(
    state: NetworkState, injection: HubInjection | None, supplied: NDArray[np.bool_]
) -> None:
    if injection is not None and not supplied[injection.node]:
        raise InvalidInput("The hub's place is not connected to the first plant of the network.")
    apart = int(np.count_nonzero(~supplied[state.plant_node]))
    if apart:
        raise InvalidInput(
            f"{apart} plants are not connected to the first one; give their networks one by one."
        )


def _build(case: _Case, forward: FloatArray | None, return_bar: float, head_bar: float) -> None:
    """Make the net: junction ``i`` is the supply of node i, ``count + i`` its return."""
    # heavy, and only here: see the module's text
    import pandapipes as pp

    state, count = case.state, case.state.node_count
    net = case.net = pp.create_empty_network(fluid="water", add_stdtypes=False)
    warm = state.plant_supply_degc + CELSIUS_TO_KELVIN
    # behind the nodes: one junction behind a hub in the return, then one for each feeder
    extra = 2 * count + np.arange(1 + len(case.feeders))
    alive = np.flatnonzero(case.nodes)
    junctions = np.concatenate((alive, alive + count, extra[1:], extra[: forward is not None]))
    pp.create_junctions(net, len(junctions), pn_bar=return_bar, tfluid_k=warm, index=junctions)
    plant = int(state.plant_node[0])
    behind = _add_hub_in_return(pp, case, forward)
    _add_pipes(pp, case, forward)
    pp.create_circ_pump_const_pressure(
        net,
        behind if case.injection is not None and case.injection.node == plant else plant + count,
        plant,
        p_flow_bar=return_bar + head_bar,
        plift_bar=head_bar,
        t_flow_k=warm,
    )
    at = state.consumer_node[case.consumers]
    pp.create_heat_consumers(
        net,
        at,
        at + count,
        qext_w=state.consumer_kw[case.consumers] * W_PER_KW,
        controlled_mdot_kg_per_s=_consumer_flow(case, np.full(len(at), state.plant_supply_degc)),
    )
    for (node, kw, degc), middle in zip(case.feeders, extra[1:], strict=True):
        # a pump that sets flow and temperature but no pressure; its water mixes behind the valve
        pp.create_circ_pump_const_mass_flow(
            net,
            node + count,
            int(middle),
            p_flow_bar=None,
            mdot_flow_kg_per_s=_feeder_flow(case, kw, degc, _guessed_return(case)),
            t_flow_k=degc + CELSIUS_TO_KELVIN,
            type="t",
        )
        pp.create_valve(net, int(middle), node, "ju", inner_diameter_mm=_WIDE_MM)


def _add_hub_in_return(pp: Any, case: _Case, forward: FloatArray | None) -> int:
    """Put an exchanger behind the hub's node in the return; return the junction behind it."""
    hub, count = case.injection, case.state.node_count
    if hub is None or forward is None:
        return count + (int(case.state.plant_node[0]) if hub is None else hub.node)
    behind = 2 * count
    pp.create_heat_exchanger(
        case.net, hub.node + count, behind, -hub.heat_kw * W_PER_KW, inner_diameter_mm=_WIDE_MM
    )
    return behind


def _add_pipes(pp: Any, case: _Case, forward: FloatArray | None) -> None:
    """Lay supply and return; with a hub in the return, what leaves it starts behind the hub."""
    state, hub, count = case.state, case.injection, case.state.node_count
    start, end = state.pipe_from[case.pipes], state.pipe_to[case.pipes]
    back_start, back_end = end + count, start + count
    if hub is not None and forward is not None:
        # the return leaves the hub through the pipes that bring its supply
        feeds = ((end == hub.node) & (forward > 0)) | ((start == hub.node) & (forward < 0))
        back_start = np.where(feeds & (end == hub.node), 2 * count, back_start)
        back_end = np.where(feeds & (start == hub.node), 2 * count, back_end)
    u_per_m2 = state.u_w_per_mk / (np.pi * state.inner_diameter_mm / MM_PER_M)
    for froms, tos in ((start, end), (back_start, back_end)):
        pp.create_pipes_from_parameters(
            case.net,
            froms,
            tos,
            length_km=np.maximum(state.length_m[case.pipes], _LEAST_LENGTH_M) / M_PER_KM,
            inner_diameter_mm=state.inner_diameter_mm[case.pipes],
            k_mm=state.roughness_mm,
            u_w_per_m2k=u_per_m2[case.pipes],
            text_k=state.ground_degc + CELSIUS_TO_KELVIN,
        )


def _solve(case: _Case) -> FloatArray:
    """Repeat hydraulics and heat until consumers and feeders settle; return flow by pipe."""
    import pandapipes as pp

    net, count = case.net, case.state.node_count
    at = case.state.consumer_node[case.consumers]
    for _ in range(_ROUNDS):
        try:
            with warnings.catch_warnings():
                # a pressure below zero is a finding, told among the violations
                warnings.filterwarnings("ignore", message="Pipeflow converged, however")
                pp.pipeflow(net, **_OPTIONS)
        except UserWarning as problem:  # this is how it says that a pump would run backwards
            raise OutOfValidity(
                "The hub and the other plants give more heat than the network takes in this hour, "
                "so that the first plant would run backwards; compute it with less heat."
            ) from problem
        except pp.PipeflowNotConverged as problem:
            raise NotConverged(
                "The second opinion found no flow for this network; look for pipes that are far "
                "too small or temperatures that do not fit."
            ) from problem
        kelvin = net.res_junction.t_k
        before = net.heat_consumer.controlled_mdot_kg_per_s.to_numpy(copy=True)
        after = _consumer_flow(case, kelvin.loc[at].to_numpy() - CELSIUS_TO_KELVIN)
        net.heat_consumer["controlled_mdot_kg_per_s"] = after
        moved = np.max(np.abs(after - before) / before, initial=0.0)
        for row, (node, kw, degc) in enumerate(case.feeders):
            flow = _feeder_flow(case, kw, degc, float(kelvin.loc[node + count]) - CELSIUS_TO_KELVIN)
            last = float(net.circ_pump_mass.mdot_flow_kg_per_s.iloc[row])
            net.circ_pump_mass.loc[row, "mdot_flow_kg_per_s"] = flow
            moved = max(moved, abs(flow - last) / last)
        if moved < _SETTLED:
            return np.asarray(net.res_pipe.mdot_from_kg_per_s.to_numpy()[: len(case.pipes)])
    raise NotConverged(
        "The flows of the consumers do not settle in the second opinion; a supply as cold as the "
        "return is the usual cause."
    )


def _consumer_flow(case: _Case, supply_degc: FloatArray) -> FloatArray:
    state, rows = case.state, case.consumers
    spread = np.where(
        np.isnan(state.consumer_spread_k[rows]),
        supply_degc - state.consumer_return_degc[rows],
        state.consumer_spread_k[rows],
    )
    return _flow_kg_per_s(case, state.consumer_kw[rows], supply_degc, spread)


def _feeder_flow(case: _Case, heat_kw: float, supply_degc: float, return_degc: float) -> float:
    return float(
        _flow_kg_per_s(case, np.array(heat_kw), np.array(supply_degc), supply_degc - return_degc)
    )


def _flow_kg_per_s(
    case: _Case, heat_kw: FloatArray, supply_degc: FloatArray, spread_k: FloatArray | float
) -> FloatArray:
    """Return the flow that carries heat, with the water of pandapipes."""
    spread = np.maximum(spread_k, _LEAST_SPREAD_K)
    mean = supply_degc - 0.5 * spread + CELSIUS_TO_KELVIN
    per_k = case.net.fluid.get_heat_capacity(mean) * spread
    return np.asarray(heat_kw * W_PER_KW / per_k)


def _guessed_return(case: _Case) -> float:
    state = case.state
    by_spread = state.plant_supply_degc - state.consumer_spread_k
    back = np.where(np.isnan(state.consumer_return_degc), by_spread, state.consumer_return_degc)
    return float(np.mean(back)) if len(back) else state.ground_degc


def _passing_kg_per_s(case: _Case) -> float:
    """Return the water that a hub in the return warms."""
    return float(case.net.res_heat_exchanger.mdot_from_kg_per_s.iloc[0])


def _needed_head(case: _Case, least_bar: float) -> float:
    """Return the pump's head at which the worst consumer has just enough.

    Flows are set by the consumers, so a higher head raises all differences by the same.
    """
    at = case.state.consumer_node[case.consumers]
    pressure = case.net.res_junction.p_bar
    heads = pressure.loc[at].to_numpy() - pressure.loc[at + case.state.node_count].to_numpy()
    lift = float(case.net.circ_pump_pressure.plift_bar.iloc[0])
    return max(lift + least_bar - float(heads.min(initial=least_bar)), 0.1)


def _read(case: _Case, head_bar: float, a: Assumptions) -> HydraulicResult:
    state, net, count = case.state, case.net, case.state.node_count
    alive = np.flatnonzero(case.nodes)

    def by_node(column: Any, offset: int, shift: float = 0.0) -> FloatArray:
        values = np.full(count, np.nan)
        values[alive] = column.loc[alive + offset].to_numpy() - shift
        return values

    def by_pipe(values: FloatArray) -> FloatArray:
        table = np.full(len(state.pipe_from), np.nan)
        table[case.pipes] = values
        return table

    pipes = net.res_pipe
    half = len(case.pipes)
    flow = by_pipe(pipes.mdot_from_kg_per_s.to_numpy()[:half])
    velocity = np.abs(pipes.v_mean_m_per_s.to_numpy())
    pressure, kelvin = net.res_junction.p_bar, net.res_junction.t_k
    supply_bar, return_bar = by_node(pressure, 0), by_node(pressure, count)
    hub = case.injection
    fed_kw = 0.0
    if case.feeders:
        fed_kw += float(net.res_circ_pump_mass.qext_w.sum()) / W_PER_KW
    if hub is not None and hub.into == INTO_RETURN:
        fed_kw += hub.heat_kw
    plant_kw = float(net.res_circ_pump_pressure.qext_w.iloc[0]) / W_PER_KW
    demand_kw = float(state.consumer_kw[case.consumers].sum())
    hub_share = _hub_share(case, flow)
    at = state.consumer_node[case.consumers]
    result = HydraulicResult(
        flow=NetworkFlow(
            flow_kg_per_s=flow,
            supply_degc=by_node(kelvin, 0, CELSIUS_TO_KELVIN),
            return_degc=by_node(kelvin, count, CELSIUS_TO_KELVIN),
        ),
        supply_bar=supply_bar,
        return_bar=return_bar,
        velocity_m_per_s=by_pipe(np.maximum(velocity[:half], velocity[half:])),
        plant_kw=plant_kw,
        loss_kw=plant_kw + fed_kw - demand_kw,
        head_bar=head_bar,
        hub_head_bar=np.nan if hub is None else float((supply_bar - return_bar)[hub.node]),
        hub_share=hub_share,
        hub_supplied_kw=float(np.nansum(hub_share[at] * state.consumer_kw[case.consumers])),
        violations=(),
    )  # fmt: skip
    return with_violations(result, at, case.dropped, a)


def _hub_share(case: _Case, flow: FloatArray) -> FloatArray:
    """Return the part of the hub's water in the supply of every node; NaN where none flows."""
    count, hub = case.state.node_count, case.injection
    if hub is None or hub.into != INTO_SUPPLY:
        return np.where(case.nodes, 0.0, np.nan)
    feeders = case.net.circ_pump_mass.mdot_flow_kg_per_s.to_numpy()
    inflow = np.zeros(count)
    np.add.at(inflow, [node for node, _kw, _degc in case.feeders], feeders)
    inflow[case.state.plant_node[0]] += float(
        case.net.res_circ_pump_pressure.mdot_from_kg_per_s.iloc[0]
    )
    fed = np.zeros(count)
    fed[hub.node] = feeders[-1]
    start, end = case.state.pipe_from[case.pipes], case.state.pipe_to[case.pipes]
    share = share_of_water(count, start, end, flow[case.pipes], inflow, fed)
    return np.where(case.nodes, share, np.nan)
