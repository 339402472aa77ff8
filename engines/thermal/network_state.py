"""One hour of a heat network as plain arrays: what an engine and a second opinion both start from.

Supply and return run in the same trench: each pipe stands for both. A `NetworkState` says what is
given, a `NetworkFlow` what was found; `largest_deviation` compares two findings.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import (
    FloatArray,
    IntArray,
    finite,
    indices,
    non_negative,
    positive,
    within_or_missing,
)
from engines.errors import InvalidInput

INTO_RETURN, INTO_SUPPLY = "return", "supply"


@dataclass(frozen=True)
class NetworkState:
    """A network in one hour. Checked when made.

    Attributes
    ----------
    node_count : int
    pipe_from, pipe_to : array of int, shape (pipes,)
        Node indices; flow from `pipe_from` to `pipe_to` is positive in the supply.
    length_m, inner_diameter_mm, u_w_per_mk : array, shape (pipes,)
        U-value of one pipe per metre [W/(m K)].
    roughness_mm, ground_degc : float
    plant_node : array of int, shape (plants,)
        The first one gives what is missing and holds the pressure.
    plant_kw : array, shape (plants,)
        Heat of the others; NaN for the first.
    plant_supply_degc : float
    consumer_node : array of int, shape (consumers,)
    consumer_kw : array, shape (consumers,)
    consumer_return_degc, consumer_spread_k : array, shape (consumers,)
        Return temperature, or fall of temperature; one of them is NaN.
    """

    node_count: int
    pipe_from: IntArray
    pipe_to: IntArray
    length_m: FloatArray
    inner_diameter_mm: FloatArray
    u_w_per_mk: FloatArray
    roughness_mm: float
    ground_degc: float
    plant_node: IntArray
    plant_kw: FloatArray
    plant_supply_degc: float
    consumer_node: IntArray
    consumer_kw: FloatArray
    consumer_return_degc: FloatArray
    consumer_spread_k: FloatArray

    def __post_init__(self) -> None:
        indices("Pipe from", self.pipe_from, self.node_count)
        indices("Pipe to", self.pipe_to, self.node_count)
        indices("Plant", self.plant_node, self.node_count)
        indices("Consumer", self.consumer_node, self.node_count)
        non_negative("Pipe length", self.length_m)
        positive("Inner diameter", self.inner_diameter_mm)
        non_negative("U-value", self.u_w_per_mk)
        non_negative("Heat of consumers", self.consumer_kw)
        finite("Temperatures", [self.ground_degc, self.plant_supply_degc, self.roughness_mm])
        within_or_missing("Heat of plants", self.plant_kw, 0.0)
        if len(self.plant_node) == 0 or not np.isnan(self.plant_kw[0]):
            raise InvalidInput("The first plant gives what is missing: leave its heat out (NaN).")
        if np.isnan(self.plant_kw[1:]).any():
            raise InvalidInput("Every plant but the first needs its heat.")
        if np.any(np.isnan(self.consumer_return_degc) == np.isnan(self.consumer_spread_k)):
            raise InvalidInput("Every consumer needs a return temperature or a spread, not both.")


@dataclass(frozen=True)
class HubInjection:
    """A hub that feeds a network.

    Attributes
    ----------
    node : int
    into : str
        `INTO_RETURN` or `INTO_SUPPLY`.
    heat_kw : float
    supply_degc : float
        Water it gives; not used for `INTO_RETURN`, where heat alone counts.
    """

    node: int
    into: str
    heat_kw: float
    supply_degc: float

    def __post_init__(self) -> None:
        positive("Heat of the hub", self.heat_kw)
        if self.into not in (INTO_RETURN, INTO_SUPPLY):
            raise InvalidInput(f"A hub feeds the return or the supply, not {self.into!r}.")


@dataclass(frozen=True)
class NetworkFlow:
    """What was found for a state; NaN where no water flows.

    Attributes
    ----------
    flow_kg_per_s : array, shape (pipes,)
        In the supply, positive from `pipe_from` to `pipe_to`.
    supply_degc, return_degc : array, shape (nodes,)
    """

    flow_kg_per_s: FloatArray
    supply_degc: FloatArray
    return_degc: FloatArray


@dataclass(frozen=True)
class Deviation:
    """How far two findings lie apart.

    Attributes
    ----------
    flow_share : float
        Largest difference of a flow over the larger of that flow and a hundredth of the largest.
    supply_share, return_share : float
        Largest difference of a temperature over the network's spread of temperatures.
    pipe, supply_node, return_node : int
        Where these are; -1 where there is nothing to compare.
    missing : int
        Values that only one of the two knows.
    """

    flow_share: float
    supply_share: float
    return_share: float
    pipe: int
    supply_node: int
    return_node: int
    missing: int

    def within(self, share: float) -> bool:
        """Whether all flows and temperatures agree within a share, and none is missing."""
        worst = max(self.flow_share, self.supply_share, self.return_share)
        return self.missing == 0 and worst <= share


_SMALL_FLOW_SHARE = 0.01
"""Flows below this share of the largest are compared with that instead of with themselves."""


def largest_deviation(first: NetworkFlow, second: NetworkFlow) -> Deviation:
    """Compare two findings for the same state."""
    top = np.nanmax(np.abs(first.flow_kg_per_s), initial=0.0) * _SMALL_FLOW_SHARE
    scale = np.maximum(np.abs(first.flow_kg_per_s), top)
    flow = np.abs(first.flow_kg_per_s - second.flow_kg_per_s) / np.where(scale > 0, scale, 1.0)
    warmest = np.nanmax(first.supply_degc, initial=-np.inf)
    coolest = np.nanmin(first.return_degc, initial=np.inf)
    spread = max(float(warmest - coolest), 1e-9)
    supply = np.abs(first.supply_degc - second.supply_degc) / spread
    back = np.abs(first.return_degc - second.return_degc) / spread
    parts = [_worst(each) for each in (flow, supply, back)]
    missing = sum(
        int(np.count_nonzero(np.isnan(getattr(first, name)) != np.isnan(getattr(second, name))))
        for name in ("flow_kg_per_s", "supply_degc", "return_degc")
    )
    (flow_share, pipe), (supply_share, at_supply), (return_share, at_return) = parts
    return Deviation(flow_share, supply_share, return_share, pipe, at_supply, at_return, missing)


def _worst(values: NDArray[np.float64]) -> tuple[float, int]:
    if np.isnan(values).all():
        return 0.0, -1
    at = int(np.nanargmax(values))
    return float(values[at]), at
