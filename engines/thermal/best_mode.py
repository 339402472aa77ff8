"""Which way of feeding in is worth most in a year, and what speaks against the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, IntArray, as_floats, finite, non_negative
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.thermal.mode_year import ModeYear
from engines.units import KWH_PER_MWH

NOTES = {
    "mode_best": "Feeds in {hours:.0f} hours and {heat_mwh:.0f} MWh a year.",
    "mode_worth_less": "Earns {less_eur:.0f} EUR a year less than the best way.",
    "mode_worth_nothing": "The heat earns no more than its electricity and the machine cost.",
    "mode_unknown": "Not known: the network's flow, temperatures or demand are missing here.",
    "mode_nothing_needed": "In {hours:.0f} of {total_h:.0f} hours nothing is needed downstream.",
    "mode_too_cold": "In {hours:.0f} of {total_h:.0f} hours the hub is too cold.",
    "mode_flow_cap": (
        "In {hours:.0f} of {total_h:.0f} hours no water passes or its return may not get warmer."
    ),
    "mode_lift_too_small": (
        "In {hours:.0f} of {total_h:.0f} hours the lift is too small for a heat pump."
    ),
    "mode_lift_too_large": (
        "In {hours:.0f} of {total_h:.0f} hours the lift is too large for a heat pump."
    ),
    "mode_sink_too_hot": (
        "In {hours:.0f} of {total_h:.0f} hours the supply is hotter than a heat pump makes."
    ),
}


@dataclass(frozen=True)
class BestMode:
    """Modes compared by their yearly worth.

    Attributes
    ----------
    modes : tuple of str
    best : array of int, shape (points,)
        Row of `modes`; -1 where none earns anything, or all are unknown.
    worth_eur_per_a : array, shape (modes, points)
        Worth of the heat less electricity of the heat pump less its yearly cost; NaN where
        unknown.
    heat_mwh, power_mwh : array, shape (modes, points)
        Heat in the hours worth running, and the heat pump's electricity.
    feasible_h, total_h
        Hours in which a mode is possible, shape (modes, points), and hours of the year.
    hours_by_reason : tuple of mapping of str to array
        For each mode, hours by reason against it, shape (points,).
    """

    modes: tuple[str, ...]
    best: IntArray
    worth_eur_per_a: FloatArray
    heat_mwh: FloatArray
    power_mwh: FloatArray
    feasible_h: IntArray
    total_h: int
    hours_by_reason: tuple[Mapping[str, IntArray], ...]

    def sentences(self, point: int) -> Mapping[str, tuple[Message, ...]]:
        """Return for each mode what is to be said at one point: its hours, and what is against."""
        return {mode: tuple(self._said(row, point)) for row, mode in enumerate(self.modes)}

    def _said(self, row: int, point: int) -> list[Message]:
        best, worth = int(self.best[point]), self.worth_eur_per_a[:, point]
        if np.isnan(worth[row]):
            return [message(NOTES, "mode_unknown")]
        said = []
        if row == best:
            hours, heat = self.feasible_h[row, point], self.heat_mwh[row, point]
            said.append(message(NOTES, "mode_best", hours=int(hours), heat_mwh=float(heat)))
        elif not self.feasible_h[row, point]:
            pass  # the reasons below say why it is never possible
        elif worth[row] <= 0:
            said.append(message(NOTES, "mode_worth_nothing"))
        else:
            less = float(worth[best] - worth[row])
            said.append(message(NOTES, "mode_worth_less", less_eur=less))
        said += [
            message(NOTES, f"mode_{reason}", hours=int(hours[point]), total_h=self.total_h)
            for reason, hours in self.hours_by_reason[row].items()
            if hours[point] and reason != "unknown"
        ]
        return said


def best_mode(
    years: Sequence[ModeYear],
    *,
    value_eur_per_mwh: Mapping[str, ArrayLike],
    price_eur_per_mwh: ArrayLike,
    heat_pump_eur_per_kw_a: ArrayLike = 0.0,
) -> BestMode:
    """Compare modes by what their heat is worth in a year.

    In each hour a mode is used if its heat is worth more than the heat pump's electricity. The
    hub's own power is the same in all modes and left out; a mode that earns nothing is not chosen.

    Parameters
    ----------
    years : sequence of ModeYear
        At the same points and hours.
    value_eur_per_mwh : mapping of str to array
        For each value class in `years` the price of the heat [EUR/MWh], broadcastable to
        (points, hours); for ``return`` after the penalty.
    price_eur_per_mwh : array
        All-in price of the heat pump's electricity [EUR/MWh], broadcastable to (points, hours).
    heat_pump_eur_per_kw_a : float or array of shape (points,)
        Yearly cost of a heat pump per kW of heat it gives at most [EUR/(kW a)].
    """
    if not years:
        raise InvalidInput("There is no mode to compare.")
    shape = years[0].reason.shape
    if any(year.reason.shape != shape for year in years):
        raise InvalidInput("All modes must be given for the same points and hours.")
    missing = {year.value_class for year in years} - set(value_eur_per_mwh)
    if missing:
        raise InvalidInput(f"There is no price for heat into {', '.join(sorted(missing))}.")
    price = _rows("Electricity price", price_eur_per_mwh, shape)
    value = {
        key: _rows(f"Value of heat into {key}", each, shape)
        for key, each in value_eur_per_mwh.items()
    }
    pump_cost = non_negative("Yearly cost of a heat pump", heat_pump_eur_per_kw_a)
    sums = [
        _year_sums(
            np.require(year.delivered_kw, requirements=["C", "W"]),
            _spread(year.power_per_heat, shape),
            value[year.value_class],
            price,
        )
        for year in years
    ]
    worth, heat, power, peak = (as_floats(each) for each in zip(*sums, strict=True))
    worth = (worth / KWH_PER_MWH) - peak * pump_cost
    gains = np.where(worth > 0, worth, -np.inf)
    best = np.where(np.isfinite(gains).any(axis=0), gains.argmax(axis=0), -1)
    return BestMode(
        modes=tuple(year.mode for year in years),
        best=np.asarray(best, dtype=np.int64),
        worth_eur_per_a=worth,
        heat_mwh=heat / KWH_PER_MWH,
        power_mwh=power / KWH_PER_MWH,
        feasible_h=np.array([year.feasible_h for year in years]),
        total_h=shape[1],
        hours_by_reason=tuple(year.hours_by_reason() for year in years),
    )


def _rows(name: str, values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Return checked values with all hours and one row, or one for each point."""
    try:
        return _spread(np.atleast_2d(finite(name, values)), shape)
    except ValueError:
        raise InvalidInput(
            f"{name} must fit {shape[0]} points and {shape[1]} hours, not {np.shape(values)}."
        ) from None


def _spread(values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    rows = 1 if values.shape[0] == 1 else shape[0]
    return np.require(np.broadcast_to(values, (rows, shape[1])), requirements=["C", "W"])


@compiled(parallel=True)
def _year_sums(
    delivered: FloatArray, per_heat: FloatArray, value: FloatArray, price: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return worth [EUR/1000], heat and power [kWh], and the heat pump's peak [kW], by point."""
    points, hours = delivered.shape
    worth, heat, power, peak = (
        np.zeros(points),
        np.zeros(points),
        np.zeros(points),
        np.zeros(points),
    )
    for i in prange(points):
        lifting = per_heat[i] if per_heat.shape[0] > 1 else per_heat[0]
        paid = value[i] if value.shape[0] > 1 else value[0]
        cost = price[i] if price.shape[0] > 1 else price[0]
        for h in range(hours):
            gain = paid[h] - lifting[h] * cost[h]
            kw = delivered[i, h]
            if np.isnan(kw):
                worth[i], heat[i], power[i], peak[i] = np.nan, np.nan, np.nan, np.nan
                break
            if gain <= 0.0:
                continue
            worth[i] += kw * gain
            heat[i] += kw
            power[i] += kw * lifting[h]
            if lifting[h] > 0.0:
                peak[i] = max(peak[i], kw)
    return worth, heat, power, peak
