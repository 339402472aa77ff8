"""What a year is worth at any level of compute revenue, from twelve years that were solved.

For fixed prices of heat and electricity, let V(a) be the optimum when every kWh in the machines
earns a times its revenue. For one plan the earnings are a straight line in a; V is the highest of
these lines, so it is convex. Hence at any level

* *from below*: the plan of a solved level can be followed at any other, so its line is a bound (a
  tangent of V);
* *from above*: between two solved levels V lies under the chord through their upper bounds.

The levels are chosen where the bounds are furthest apart: first the two ends, then, again and
again, the point under the widest gap.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, finite
from engines.dispatch.hub_year import HubYear
from engines.dispatch.optimum import optimal_year
from engines.errors import InvalidInput, OutOfValidity

SOLVES = 12


@dataclass(frozen=True)
class Ladder:
    """Solved levels of compute revenue; arrays over levels, ascending.

    Attributes
    ----------
    level : array
        Factor on the compute revenue of the hub.
    lower_eur, upper_eur : array
        Bounds on what the year is worth at that level.
    slope_eur : array
        Compute revenue of the plan of that level at level 1: the slope of its line.
    heat_eur, power_eur, shadow_eur : array
        The rest of what the plan of that level earns: ``lower = level slope + heat - power -
        shadow``. Income from heat; electricity of machines, heat pump and cooler; switching less
        the worth of heat left in the tank.
    power_kwh : array
        Electricity of machines and heat pump.
    """

    level: FloatArray
    lower_eur: FloatArray
    upper_eur: FloatArray
    slope_eur: FloatArray
    heat_eur: FloatArray
    power_eur: FloatArray
    shadow_eur: FloatArray
    power_kwh: FloatArray


@dataclass(frozen=True)
class YearBounds:
    """Bounds on the worth of a year at the levels asked for."""

    lower_eur: FloatArray
    upper_eur: FloatArray

    @property
    def width_eur(self) -> FloatArray:
        """How far apart the bounds are; to be shown beside any number read from a ladder."""
        return self.upper_eur - self.lower_eur


def price_ladder(hub: HubYear, lowest: float, highest: float, solves: int = SOLVES) -> Ladder:
    """Solve `solves` levels of compute revenue between two ends, where they tell most.

    Parameters
    ----------
    hub : HubYear
        The hub at level 1.
    lowest, highest : float
        Ends of the ladder, factors on the compute revenue; ``0 <= lowest < highest``.
    solves : int
        Years to solve, at least 2.

    Examples
    --------
    >>> from engines.dispatch.hub_year import hub_year
    >>> hub = hub_year(compute_limit_kw=1.0, compute_revenue_eur_per_kwh=1.0, heat_uptake_kw=0.0,
    ...                electricity_price_eur_per_kwh=[0.2, 0.5], heat_value_eur_per_kwh=0.0)
    >>> bounds_at(price_ladder(hub, 0.0, 2.0), [1.0]).lower_eur.round(9).tolist()
    [1.3]
    """
    ends = finite("Level of compute revenue", [lowest, highest])
    if not 0.0 <= ends[0] < ends[1]:
        raise InvalidInput("The ends of a ladder must be ascending and not negative.")
    if solves < 2:
        raise InvalidInput(f"A ladder needs at least two solved levels, not {solves}.")
    rungs = [_rung(hub, float(end)) for end in ends]
    while len(rungs) < solves:
        level = _widest(_ladder(rungs))
        if level is None:
            break
        rungs = sorted([*rungs, _rung(hub, level)])
    return _ladder(rungs)


def bounds_at(ladder: Ladder, level: ArrayLike) -> YearBounds:
    """Return bounds on the worth of the year at any levels between the ends of the ladder.

    Equations: ``lower(a) = max_i [lower_i + (a - a_i) slope_i]`` and ``upper(a)`` linear between
    the upper bounds of the neighbouring levels.
    """
    asked = np.atleast_1d(finite("Level of compute revenue", level))
    if asked.size and (asked.min() < ladder.level[0] or asked.max() > ladder.level[-1]):
        raise OutOfValidity(
            f"The ladder reaches from {ladder.level[0]:g} to {ladder.level[-1]:g} times the "
            "compute revenue; beyond its ends there is no upper bound."
        )
    lines = ladder.lower_eur + (asked[:, None] - ladder.level) * ladder.slope_eur
    lower = lines.max(axis=1)
    upper = np.interp(asked, ladder.level, ladder.upper_eur)
    return YearBounds(lower, np.maximum(lower, upper))


def _rung(hub: HubYear, level: float) -> tuple[float, ...]:
    revenue = hub.compute_revenue_eur_per_kwh
    year = optimal_year(replace(hub, compute_revenue_eur_per_kwh=level * revenue))
    slope = float(revenue @ year.compute_kw)
    drawn_kw = (1.0 + hub.parasitic_share) * year.compute_kw
    if hub.heat_pump_cop is not None:
        drawn_kw = drawn_kw + year.heat_sold_kw / hub.heat_pump_cop
    heat = float(hub.heat_value_eur_per_kwh @ year.heat_sold_kw)
    power = float(
        hub.electricity_price_eur_per_kwh @ drawn_kw
        + hub.rejection_cost_eur_per_kwh @ year.rejected_kw
    )
    shadow = level * slope + heat - power - year.lower_eur
    return level, year.lower_eur, year.upper_eur, slope, heat, power, shadow, float(drawn_kw.sum())


def _ladder(rungs: list[tuple[float, ...]]) -> Ladder:
    return Ladder(*np.array(rungs).T)


def _widest(ladder: Ladder) -> float | None:
    """Return the level where the bounds are furthest apart; nothing if they meet everywhere.

    Between two rungs that is where the lines of the two cross.
    """
    level, lower, slope = ladder.level, ladder.lower_eur, ladder.slope_eur
    bend = np.diff(slope)
    rise = lower[:-1] - slope[:-1] * level[:-1] - lower[1:] + slope[1:] * level[1:]
    bends = bend > 1e-12 * np.abs(slope).max(initial=1e-300)
    crossing = np.where(bends, rise / np.where(bends, bend, 1.0), np.nan)
    inside = bends & (crossing > level[:-1]) & (crossing < level[1:])
    if not inside.any():
        return None
    width = np.zeros(len(bend))
    width[inside] = bounds_at(ladder, crossing[inside]).width_eur
    if width.max() <= 0.0:
        return None
    return float(crossing[width.argmax()])
