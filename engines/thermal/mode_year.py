"""What one way of feeding in gives at every point and hour: the common shape of all modes.

Arrays run over (points, hours). A quantity that is the same at all points may have one row only;
`numpy` spreads it. Missing inputs (NaN) stay missing: the hour is unknown and never feasible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, IntArray, as_floats, within_or_missing
from engines.assumptions import Assumptions
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.thermal.envelope import Technology
from engines.thermal.exchanger_chain import ExchangerChain, exchanger_chain

RETURN_VALUE, SUPPLY_VALUE, SUBNET_VALUE = "return", "supply", "subnet"

FEASIBLE = 0
UNKNOWN, NOTHING_NEEDED, TOO_COLD, FLOW_CAP, LIFT_TOO_SMALL, LIFT_TOO_LARGE, SINK_TOO_HOT = range(
    1, 8
)
REASONS = {
    UNKNOWN: "unknown",
    NOTHING_NEEDED: "nothing_needed",
    TOO_COLD: "too_cold",
    FLOW_CAP: "flow_cap",
    LIFT_TOO_SMALL: "lift_too_small",
    LIFT_TOO_LARGE: "lift_too_large",
    SINK_TOO_HOT: "sink_too_hot",
}
"""Why an hour is not feasible: number in the arrays and name in sentences."""


@dataclass(frozen=True)
class InjectionPoints:
    """The network where a hub could feed in, hour by hour.

    Attributes
    ----------
    supply_degc, return_degc : array, broadcastable to (points, hours)
        Water passing the point [degC].
    flow_kg_per_s : array
        Water passing in the return [kg/s].
    absorbable_kw : array
        Heat needed downstream after must-run plants [kW].
    drop_k : array, broadcastable to (points, 1)
        Temperature lost on the way from the hub to the point [K].
    """

    supply_degc: FloatArray
    return_degc: FloatArray
    flow_kg_per_s: FloatArray
    absorbable_kw: FloatArray
    drop_k: FloatArray

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape (points, hours) that all arrays spread to."""
        return np.broadcast_shapes(
            self.supply_degc.shape,
            self.return_degc.shape,
            self.flow_kg_per_s.shape,
            self.absorbable_kw.shape,
            self.drop_k.shape,
        )


def injection_points(
    *,
    supply_degc: ArrayLike,
    return_degc: ArrayLike,
    flow_kg_per_s: ArrayLike,
    absorbable_kw: ArrayLike,
    drop_k: ArrayLike = 0.0,
) -> InjectionPoints:
    """Check the arrays and give each its two axes; a row of hours stands for all points.

    Raises
    ------
    InvalidInput
        If a number is infinite or negative, a shape does not fit, or the supply is not warmer than
        the return where both are known.
    """
    arrays = [
        np.atleast_2d(within_or_missing(name, values, low))
        for name, values, low in (
            ("Supply temperature", supply_degc, -20.0),
            ("Return temperature", return_degc, -20.0),
            ("Return flow", flow_kg_per_s, 0.0),
            ("Absorbable heat", absorbable_kw, 0.0),
            ("Temperature drop", drop_k, 0.0),
        )
    ]
    try:
        np.broadcast_shapes(*(each.shape for each in arrays))
    except ValueError:
        raise InvalidInput(
            "Temperatures, flow and absorbable heat must be given for the same points and hours; "
            f"the shapes are {', '.join(str(each.shape) for each in arrays)}."
        ) from None
    if np.any(arrays[0] <= arrays[1]):
        raise InvalidInput("Supply must be warmer than return in every hour.")
    return InjectionPoints(*arrays)


@dataclass(frozen=True)
class HubHeat:
    """What a hub offers to a mode.

    Attributes
    ----------
    heat_kw : float
        Heat in the coolant at full load [kW].
    chain : ExchangerChain
    first_approach_k, network_approach_k : float
        Design losses of the two exchangers [K].
    """

    heat_kw: float
    chain: ExchangerChain
    first_approach_k: float
    network_approach_k: float

    @property
    def loop_degc(self) -> float:
        """Hub water behind the first exchanger at design [degC]: the source of a heat pump."""
        return self.chain.hot_degc - self.first_approach_k

    @property
    def available_degc(self) -> float:
        """Network water behind both exchangers at design [degC]."""
        return self.loop_degc - self.network_approach_k


def hub_heat(technology: Technology, heat_kw: float, a: Assumptions) -> HubHeat:
    """Return what a hub of a technology and of `heat_kw` captured heat offers."""
    if not (np.isfinite(heat_kw) and heat_kw > 0):
        raise InvalidInput(f"The heat of the hub must be above zero, not {heat_kw:g} kW.")
    return HubHeat(
        heat_kw=float(heat_kw),
        chain=exchanger_chain(technology, a),
        first_approach_k=technology.first_approach_k,
        network_approach_k=technology.network_approach_k,
    )


@dataclass(frozen=True)
class ModeYear:
    """A year of one mode.

    Attributes
    ----------
    mode : str
        Name of the mode.
    value_class : str
        ``return``, ``supply`` or ``subnet``: which price the heat gets.
    reason : array of int8, shape (points, hours)
        `FEASIBLE` or the number of the reason in `REASONS`.
    uptake_kw : array, shape (points, hours)
        Largest heat the network takes, whatever the size of the hub; NaN where not known.
    delivered_kw : array, shape (points, hours)
        Heat at full load of this hub: at most uptake, and what passes its exchangers. Includes the
        heat of the heat pump's electricity.
    mixed_degc : array
        Water of the network behind the point at that heat [degC].
    lift_k : array
        What is missing between the water the hub makes and the supply [K]; zero or below where
        nothing is, NaN in modes that need no lift.
    cop : array
        Coefficient of performance of the heat pump; NaN where none runs.
    power_per_heat : array
        Electricity of the heat pump over the heat delivered [-].
    """

    mode: str
    value_class: str
    reason: NDArray[np.int8]
    uptake_kw: FloatArray
    delivered_kw: FloatArray
    mixed_degc: FloatArray
    lift_k: FloatArray
    cop: FloatArray
    power_per_heat: FloatArray

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """Hours in which heat can be fed in, shape (points, hours)."""
        return np.asarray(self.reason == FEASIBLE, dtype=np.bool_)

    @cached_property
    def _hours(self) -> IntArray:
        """Hours by number of the reason and point."""
        return np.asarray(_tally(np.ascontiguousarray(self.reason), len(REASONS) + 1))

    @property
    def feasible_h(self) -> IntArray:
        """Number of these hours, shape (points,)."""
        return np.asarray(self._hours[FEASIBLE], dtype=np.int64)

    def hours_by_reason(self) -> Mapping[str, IntArray]:
        """Hours that are not feasible, by reason, each of shape (points,)."""
        return {name: self._hours[code] for code, name in REASONS.items()}

    def source_kw(self) -> FloatArray:
        """Heat taken from the hub's coolant [kW]: delivered heat less electricity."""
        return as_floats(self.delivered_kw * (1.0 - self.power_per_heat))


@compiled()
def _tally(reason: NDArray[np.int8], reasons: int) -> IntArray:
    """Count the hours of each reason at each point, shape (reasons, points)."""
    counts = np.zeros((reasons, reason.shape[0]), dtype=np.int64)
    for point in range(reason.shape[0]):
        for hour in range(reason.shape[1]):
            counts[reason[point, hour], point] += 1
    return counts


def first_reason(
    shape: tuple[int, ...], *causes: tuple[NDArray[np.bool_], int]
) -> NDArray[np.int8]:
    """Return for each hour the first of the causes that holds, and `FEASIBLE` where none does."""
    reason = np.full(shape, FEASIBLE, dtype=np.int8)
    for holds, code in reversed(causes):
        np.copyto(reason, np.int8(code), where=holds)
    return reason
