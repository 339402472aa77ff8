"""Tank and switching together: squeeze, windows, interior point, bracket."""

from typing import NamedTuple

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.bracket import allowed_by_prices, earned_by_plan
from engines.dispatch.fleet import fleet_plan, solve_fleet
from engines.dispatch.scaled import Plan, Scaled, Scratch, empty_plan
from engines.dispatch.squeeze import HIGHEST_PRICE, squeeze
from engines.dispatch.tank import solve_tank
from engines.dispatch.windows import solve_window, solve_windows

EXACT, WINDOWS, WHOLE, OPEN_GAP = range(4)
"""How a year was solved: by lists alone, by windows, as one window, or with a gap left."""
TOLERANCES = (1e-8, 1e-11, 1e-13)
GAP_SHARE = 1e-7
"""Gap between the bounds, over what the year earns, at which it counts as proved."""
GAP_OF_TURNOVER = 1e-11
"""The same over all that is turned over, for hubs that earn next to nothing."""


class Bounds(NamedTuple):
    """What the plan earns, what no plan exceeds, how it was found, and hours in windows."""

    lower: float
    upper: float
    how: int
    worked: int


@compiled()
def turnover(h: Scaled) -> float:
    """Return what is turned over at full compute and full sale of heat."""
    total = 0.0
    for t in range(h.P.shape[0]):
        total += abs(h.m[t]) * h.P[t] + abs(h.v[t]) * min(h.D[t], h.eta * h.P[t])
    return total


@compiled()
def proved(h: Scaled, lower: float, upper: float) -> bool:
    """Return whether two bounds are close enough to be called the optimum."""
    return upper - lower <= GAP_SHARE * abs(lower) + GAP_OF_TURNOVER * turnover(h)


@compiled()
def solve_both(h: Scaled, b: Scratch, plan: Plan) -> Bounds:
    """Solve a year with tank and switching cost to a proved gap."""
    hours = h.P.shape[0]
    spare = empty_plan(hours)
    power, price = np.empty(hours), np.empty(hours)
    few, many = squeeze(h, b, spare)
    worked = solve_windows(h, b, few, many, TOLERANCES[0], power, price)
    lower = earned_by_plan(h, b, power, plan)
    for t in range(hours):
        found = plan.price[t] if np.isnan(price[t]) else price[t]
        price[t] = min(max(found, many.price[t]), few.price[t])
    upper = allowed_by_prices(h, b, price, spare)
    plan.price[:] = price
    how = WINDOWS
    if upper - lower > GAP_SHARE * abs(lower):
        # rounding in the plan may cost more than it earns: try the answer to the prices alone
        _machines_at(h, b, price, power)
        earned = earned_by_plan(h, b, power, spare)
        if earned > lower:
            lower = earned
            _keep(plan, spare)
    for tolerance in TOLERANCES[1:]:
        if proved(h, lower, upper):
            break
        how = WHOLE
        solve_window(h, b, 0, hours, h.s0, 0.0, h.before, -1.0, plan.price, tolerance, power, price)
        lower, upper = improve(h, b, power, price, lower, upper, plan)
    if not proved(h, lower, upper):
        how = OPEN_GAP
    return Bounds(lower, upper, how, worked)


@compiled()
def _machines_at(h: Scaled, b: Scratch, price: FloatArray, power: FloatArray) -> None:
    """Write the power that earns most when heat is paid at these prices."""
    for t in range(h.P.shape[0]):
        b.slope[t] = h.m[t] + h.eta * price[t]
    fleet_plan(h.P, h.P, b.slope, b.slope, h.k, h.before, b, power)


@compiled()
def _keep(plan: Plan, better: Plan) -> None:
    plan.p[:] = better.p
    plan.q[:] = better.q
    plan.w[:] = better.w
    plan.s[:] = better.s


@compiled()
def improve(
    h: Scaled,
    b: Scratch,
    power: FloatArray,
    price: FloatArray,
    lower: float,
    upper: float,
    plan: Plan,
) -> tuple[float, float]:
    """Try another plan and other prices; keep in `plan` the better of each. Returns the bounds."""
    spare = empty_plan(h.P.shape[0])
    for t in range(h.P.shape[0]):
        price[t] = min(max(price[t], -HIGHEST_PRICE), HIGHEST_PRICE)
    allowed = allowed_by_prices(h, b, price, spare)
    earned = earned_by_plan(h, b, power, spare)
    if earned > lower:
        lower = earned
        _keep(plan, spare)
    if allowed < upper:
        upper = allowed
        plan.price[:] = price
    return lower, upper


@compiled(nogil=True)
def solve(h: Scaled, b: Scratch, plan: Plan) -> Bounds:
    """Solve a year by the simplest method that is exact for it."""
    if h.eta == 0.0:
        # no heat from the machines: they and the tank know nothing of each other
        stored = solve_tank(h, b, plan)
        sold, rejected = plan.q.copy(), plan.w.copy()
        levels, heat_price = plan.s.copy(), plan.price.copy()
        earned = stored + solve_fleet(h, b, plan)
        plan.q[:], plan.w[:], plan.s[:], plan.price[:] = sold, rejected, levels, heat_price
        return Bounds(earned, earned, EXACT, 0)
    if h.k == 0.0 or h.P.shape[0] == 1 and h.before < 0.0:
        earned = solve_tank(h, b, plan)
        return Bounds(earned, earned, EXACT, 0)
    if h.S == 0.0:
        earned = solve_fleet(h, b, plan)
        return Bounds(earned, earned, EXACT, 0)
    return solve_both(h, b, plan)
