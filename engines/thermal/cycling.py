"""Wear of the machines by warming up and cooling down, and the rules that keep it small.

Cycles are counted by rainflow (ASTM E1049-85, 5.4.4) on the coolant or chip temperature; damage
adds up by Miner with ``N_f = N_0 (dT_0 / dT)**n`` (Coffin and Manson). Constants are estimates:
calibrate them with failures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.assumptions import Assumptions
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.units import CELSIUS_TO_KELVIN

BOLTZMANN_EV_PER_K = 8.617333e-5
"""Boltzmann constant (CODATA 2018)."""

MINUTES_PER_DAY = 1440.0


@dataclass(frozen=True)
class Cycles:
    """Cycles found in a series.

    Attributes
    ----------
    swing_k : array, shape (cycles,)
        Range of each cycle.
    mean_degc : array, shape (cycles,)
    count : array, shape (cycles,)
        1 for a whole cycle, 0.5 for a half one.
    """

    swing_k: FloatArray
    mean_degc: FloatArray
    count: FloatArray

    def counted(self, swing_k: float) -> float:
        """Return the number of cycles with this swing."""
        return float(self.count[np.isclose(self.swing_k, swing_k)].sum())


def rainflow(temperature_degc: ArrayLike) -> Cycles:
    """Count the cycles of a series by rainflow (ASTM E1049-85).

    Parameters
    ----------
    temperature_degc : array, shape (hours,)
        Any evenly spaced series; what lies between turning points does not count.
    """
    series = np.atleast_1d(finite("Temperature", temperature_degc))
    if series.ndim != 1:
        raise InvalidInput("Rainflow counts one series at a time.")
    turns = _turning_points(series)
    swing, mean, count = _count_cycles(turns)
    return Cycles(as_floats(swing), as_floats(mean), as_floats(count))


def cycles_to_failure(swing_k: ArrayLike, a: Assumptions) -> FloatArray:
    """Return how many cycles of a swing a machine stands: ``N_0 (dT_0 / dT)**n``; infinite at 0."""
    swing = non_negative("Temperature swing", swing_k)
    still = swing == 0
    ratio = a["cycling.reference_swing_k"] / np.where(still, 1.0, swing)
    stood = a["cycling.reference_cycles"] * ratio ** a["cycling.exponent"]
    return as_floats(np.where(still, np.inf, stood))


def miner_damage(cycles: Cycles, a: Assumptions) -> float:
    """Return the damage of all cycles: ``sum n_i / N_f(dT_i)``; 1 means failure is expected."""
    return float(np.sum(cycles.count / cycles_to_failure(cycles.swing_k, a)))


def life_years(damage: float, years: float) -> float:
    """Return how long machines last if `damage` is done every `years`; infinite without damage."""
    span = float(positive("Years", years))
    done = float(non_negative("Damage", damage))
    return span / done if done > 0 else float("inf")


def cost_per_cycle_eur(capex_eur: ArrayLike, swing_k: ArrayLike, a: Assumptions) -> FloatArray:
    """Return the wear of one cycle [EUR]: investment over cycles to failure."""
    return as_floats(non_negative("Investment", capex_eur) / cycles_to_failure(swing_k, a))


def norris_landzberg_factor(
    test_swing_k: ArrayLike,
    use_swing_k: ArrayLike,
    test_per_day: ArrayLike,
    use_per_day: ArrayLike,
    test_max_degc: ArrayLike,
    use_max_degc: ArrayLike,
    *,
    exponent: float,
    frequency_exponent: float = 1.0 / 3.0,
    activation_ev: float = 0.122,
) -> FloatArray:
    """Return cycles in use over cycles in test (Norris and Landzberg 1969) [-].

    ``(dT_t/dT_u)**n (f_u/f_t)**m exp(E_a/k (1/T_u,max - 1/T_t,max))``. With the positive `m` slow
    cycles with long dwell live shorter; activation energy 0.122 eV is that of tin-lead (1414 K).
    """
    swing = positive("Swing in test", test_swing_k) / positive("Swing in use", use_swing_k)
    pace = positive("Cycles a day in use", use_per_day) / positive(
        "Cycles a day in test", test_per_day
    )
    inverse = 1.0 / (finite("Hottest in use", use_max_degc) + CELSIUS_TO_KELVIN) - 1.0 / (
        finite("Hottest in test", test_max_degc) + CELSIUS_TO_KELVIN
    )
    heat = np.exp(activation_ev / BOLTZMANN_EV_PER_K * inverse)
    return as_floats(swing**exponent * pace**frequency_exponent * heat)


@dataclass(frozen=True)
class SwitchingCheck:
    """A year of switching against the policy.

    Attributes
    ----------
    starts : int
    most_starts_per_day : int
    shortest_on_min, shortest_off_min : float
        Shortest time on and off between two changes; infinite where there is none. What runs into
        the ends of the series is not counted.
    too_many_starts_days : int
        Days with more starts than allowed.
    too_short_times : int
        Times on or off shorter than allowed.
    """

    starts: int
    most_starts_per_day: int
    shortest_on_min: float
    shortest_off_min: float
    too_many_starts_days: int
    too_short_times: int

    @property
    def kept(self) -> bool:
        """Whether the policy is kept."""
        return self.too_many_starts_days == 0 and self.too_short_times == 0


def check_switching(is_on: NDArray[np.bool_], step_min: float, a: Assumptions) -> SwitchingCheck:
    """Compare times on and off and starts a day with the policy (``cycling.*``).

    Parameters
    ----------
    is_on : array of bool, shape (steps,)
    step_min : float
        Length of a step [min].
    """
    on = np.asarray(is_on, dtype=np.bool_)
    minutes = float(positive("Step", step_min))
    change = np.flatnonzero(np.diff(on.astype(np.int8)))
    starts = change[~on[change]] + 1 if len(change) else change
    lasted = np.diff(change) * minutes
    was_on = on[change[1:]] if len(change) > 1 else np.zeros(0, dtype=bool)
    days = int(np.ceil(len(on) * minutes / MINUTES_PER_DAY))
    per_day = np.bincount((starts * minutes // MINUTES_PER_DAY).astype(int), minlength=max(days, 1))
    return SwitchingCheck(
        starts=len(starts),
        most_starts_per_day=int(per_day.max()),
        shortest_on_min=float(lasted[was_on].min(initial=np.inf)),
        shortest_off_min=float(lasted[~was_on].min(initial=np.inf)),
        too_many_starts_days=int(np.count_nonzero(per_day > a["cycling.starts_per_day_max"])),
        too_short_times=int(np.count_nonzero(lasted < a["cycling.least_run_min"])),
    )


def _turning_points(series: FloatArray) -> FloatArray:
    """Return the ends and the points where the series turns; equal neighbours count once."""
    moved = series[np.r_[True, np.diff(series) != 0]] if len(series) else series
    if len(moved) < 3:
        return as_floats(moved)
    step = np.sign(np.diff(moved))
    return as_floats(moved[np.r_[True, step[1:] != step[:-1], True]])


@compiled()
def _count_cycles(turns: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return range, mean and count of all cycles; the stack holds what is not yet closed."""
    size = len(turns)
    swing, mean, count = np.empty(size), np.empty(size), np.empty(size)
    stack, depth, found = np.empty(size), 0, 0
    for point in turns:
        stack[depth] = point
        depth += 1
        while depth >= 3:
            last = abs(stack[depth - 1] - stack[depth - 2])
            before = abs(stack[depth - 2] - stack[depth - 3])
            if last < before:
                break
            swing[found] = before
            mean[found] = 0.5 * (stack[depth - 2] + stack[depth - 3])
            if depth == 3:  # the older range holds the start: half a cycle, the start moves on
                count[found] = 0.5
                stack[0], stack[1] = stack[1], stack[2]
                depth = 2
            else:
                count[found] = 1.0
                stack[depth - 3] = stack[depth - 1]
                depth -= 2
            found += 1
    for i in range(depth - 1):
        swing[found] = abs(stack[i + 1] - stack[i])
        mean[found] = 0.5 * (stack[i + 1] + stack[i])
        count[found] = 0.5
        found += 1
    return swing[:found], mean[:found], count[:found]
