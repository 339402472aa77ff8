"""What a second opinion on a heat network found, and which limits it passes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.message import Message, message
from engines.thermal.network_state import NetworkFlow

NOTES = {
    "verify_not_supplied": "{consumers:.0f} consumers are not connected to the first plant.",
    "verify_pressure_high": (
        "{pressure_bar:.1f} bar at node {node:.0f}, {limit_bar:.1f} bar allowed."
    ),
    "verify_pressure_low": (
        "Only {pressure_bar:.1f} bar at node {node:.0f}, {limit_bar:.1f} bar needed."
    ),
    "verify_head_low": (
        "Only {head_bar:.2f} bar difference at the consumer of node {node:.0f}, "
        "{limit_bar:.2f} needed."
    ),
    "verify_velocity": (
        "{velocity_m_per_s:.2f} m/s in pipe {pipe:.0f}, {limit_m_per_s:.1f} m/s allowed."
    ),
    "verify_supply_cold": (
        "Only {supply_degc:.1f} degC at the consumer of node {node:.0f}, "
        "{limit_degc:.1f} degC needed."
    ),
}


@dataclass(frozen=True)
class HydraulicResult:
    """What pandapipes found; NaN where no water flows.

    Attributes
    ----------
    flow : NetworkFlow
        Flow by pipe, supply and return temperature by node.
    supply_bar, return_bar : array, shape (nodes,)
    velocity_m_per_s : array, shape (pipes,)
        The higher one of supply and return.
    plant_kw : float
        Heat of the first plant.
    loss_kw : float
        Heat lost by all pipes.
    head_bar : float
        Pressure that the first plant's pump raises.
    hub_head_bar : float
        Difference of pressure between supply and return at the hub; NaN without one.
    hub_share : array, shape (nodes,)
        Part of the water in the supply that comes from the hub.
    hub_supplied_kw : float
        Heat of consumers that it carries: the area supplied.
    violations : tuple of Message
    """

    flow: NetworkFlow
    supply_bar: FloatArray
    return_bar: FloatArray
    velocity_m_per_s: FloatArray
    plant_kw: float
    loss_kw: float
    head_bar: float
    hub_head_bar: float
    hub_share: FloatArray
    hub_supplied_kw: float
    violations: tuple[Message, ...]


def with_violations(
    result: HydraulicResult, consumer_node: IntArray, dropped: int, a: Assumptions
) -> HydraulicResult:
    """Return the result with a sentence on the worst place beyond each limit.

    Parameters
    ----------
    consumer_node : array of int
        Nodes of the consumers that are supplied.
    dropped : int
        Consumers that no plant reaches.
    """
    said: list[Message] = []
    if dropped:
        said.append(message(NOTES, "verify_not_supplied", consumers=dropped))
    high = np.fmax(result.supply_bar, result.return_bar)
    low = np.fmin(result.supply_bar, result.return_bar)
    said += _worst_above(
        high, a["network.pressure_max_bar"], "verify_pressure_high", "pressure_bar", "node"
    )
    said += _worst_above(
        -low, -a["network.pressure_min_bar"], "verify_pressure_low", "pressure_bar", "node"
    )
    heads = np.full_like(high, np.nan)
    heads[consumer_node] = (result.supply_bar - result.return_bar)[consumer_node]
    least = a["network.consumer_head_min_bar"] * (1.0 - 1e-6)
    said += _worst_above(-heads, -least, "verify_head_low", "head_bar", "node")
    cold = np.full_like(high, np.nan)
    cold[consumer_node] = result.flow.supply_degc[consumer_node]
    said += _worst_above(
        -cold, -a["network.consumer_supply_min_degc"], "verify_supply_cold", "supply_degc", "node"
    )
    said += _worst_above(
        result.velocity_m_per_s,
        a["network.velocity_max_m_per_s"],
        "verify_velocity",
        "velocity_m_per_s",
        "pipe",
    )
    return replace(result, violations=tuple(said))


def _worst_above(
    values: FloatArray, limit: float, key: str, quantity: str, place: str
) -> Sequence[Message]:
    """Return a sentence on the worst value above a limit, if there is one."""
    if np.isnan(values).all() or not np.nanmax(values) > limit:
        return []
    at = int(np.nanargmax(values))
    unit = quantity.partition("_")[2]
    numbers = {quantity: abs(float(values[at])), f"limit_{unit}": abs(limit), place: at}
    return [message(NOTES, key, **numbers)]
