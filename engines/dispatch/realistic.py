"""The year as an operator would run it, who does not know the future.

Every hour begins with a plan: the optimum of the hours ahead, with prices as far as they are known
and heat as it is forecast (`forecast`), from the tank and the machines as they are. Of that plan
one hour is carried out. The power of the machines is then fixed; how much heat the network really
takes shows within the hour, and sale, tank and cooler follow it at best; machines stop within the
hour only if their heat has no place at all. What the hour has left is the state in which the next
one begins.

`operate` takes that state and returns it, so it runs a year, or a single hour at a control desk;
`plan_ahead` shows the plan of the hour about to begin.
"""

from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.compiled import compiled
from engines.dispatch.alone import hours_are_alone, realistic_hours
from engines.dispatch.both import solve
from engines.dispatch.forecast import (
    HISTORY_HOURS,
    forecast_error_share,
    forecast_heat,
    last_known_like,
    prices_known_until,
    remember,
)
from engines.dispatch.hub_year import LARGEST, HubYear, fullest_end
from engines.dispatch.optimum import OptimalYear, earned_eur
from engines.dispatch.scaled import (
    Plan,
    Scaled,
    Scratch,
    empty_plan,
    scaled,
    scratch,
)
from engines.dispatch.tank import tank_plan, tank_prices
from engines.errors import InvalidInput
from engines.units import HOURS_PER_DAY

LOOK_AHEAD_DAYS = 3
"""Today, tomorrow, and a day like the last one known, lest plans empty the tank at their end."""
NO_PLACE = 1e6
"""Price at which machines stop within an hour, where an hour is worth about one."""


@dataclass(frozen=True)
class OperatingState:
    """All that an operator has to know at the beginning of an hour.

    Attributes
    ----------
    hour : int
        Hours of the series that have passed; hour 0 begins at midnight.
    tank_kwh : float
        Heat in the tank.
    compute_kw : float or None
        Power of the machines in the last hour; None before the first.
    uptake_kw : array, shape (25,)
        Heat the network could take in the last 25 hours, the latest last.
    """

    hour: int
    tank_kwh: float
    compute_kw: float | None
    uptake_kw: FloatArray


@dataclass(frozen=True)
class OperatedHours:
    """What was done; one entry per hour, the tank also before the first."""

    compute_kw: FloatArray
    heat_sold_kw: FloatArray
    rejected_kw: FloatArray
    tank_kwh: FloatArray


@dataclass(frozen=True)
class RealisticYear:
    """A year without perfect foresight.

    Attributes
    ----------
    earned_eur : float
        What it earns, by the same account as the optimum.
    hours : OperatedHours
        What was done.
    error_next_hour_share, error_next_day_share : float
        Mean absolute error of the heat forecast over the mean uptake, one and 24 hours ahead.
    """

    earned_eur: float
    hours: OperatedHours
    error_next_hour_share: float
    error_next_day_share: float


def first_state(hub: HubYear) -> OperatingState:
    """Return the state before the first hour; the heat before it is taken to be that of it."""
    history = np.full(HISTORY_HOURS, hub.heat_uptake_kw[0])
    return OperatingState(0, hub.tank_start_kwh, None, history)


def realistic_year(hub: HubYear) -> RealisticYear:
    """Run the whole year hour by hour without knowing what comes."""
    hours, _ = operate(hub, first_state(hub), hub.hours)
    earned = earned_eur(
        hub, hours.compute_kw, hours.heat_sold_kw, hours.rejected_kw, float(hours.tank_kwh[-1])
    )
    return RealisticYear(
        earned,
        hours,
        forecast_error_share(hub.heat_uptake_kw, 1),
        forecast_error_share(hub.heat_uptake_kw, HOURS_PER_DAY),
    )


def realistic_share(optimum: OptimalYear, realistic: RealisticYear) -> float:
    """Return what is earned without foresight over what is proved possible; NaN if nothing is."""
    if optimum.lower_eur <= 0.0:
        return float("nan")
    return realistic.earned_eur / optimum.upper_eur


def operate(
    hub: HubYear, state: OperatingState, hours: int
) -> tuple[OperatedHours, OperatingState]:
    """Run `hours` hours from a state on; returns what was done and the state after it.

    The uptake of an hour is looked at when the hour is over; prices when they are published.
    """
    _check_state(hub, state, hours)
    program, raw, unit_kw = _knowable(hub, state)
    begin = state.hour
    done = empty_plan(hours)
    done.s[0] = state.tank_kwh / unit_kw
    history = np.array(state.uptake_kw, dtype=np.float64)
    after = slice(begin, begin + hours)
    if hours_are_alone(program):
        realistic_hours(program, raw, hub.heat_uptake_kw, history, begin, done)
        history = np.concatenate([history, hub.heat_uptake_kw[after]])[-HISTORY_HOURS:]
    else:
        _operate(program, raw, hub.heat_uptake_kw, begin, history, done)
    operated = OperatedHours(
        compute_kw=np.minimum(done.p * unit_kw, hub.compute_limit_kw[after]),
        heat_sold_kw=np.minimum(done.q * unit_kw * hub.lift[after], hub.heat_uptake_kw[after]),
        rejected_kw=np.minimum(done.w * unit_kw, hub.rejection_limit_kw[after]),
        tank_kwh=np.minimum(done.s * unit_kw, hub.tank_kwh),
    )
    last = float(operated.compute_kw[-1]) if hours else state.compute_kw
    return operated, OperatingState(begin + hours, float(operated.tank_kwh[-1]), last, history)


def plan_ahead(hub: HubYear, state: OperatingState) -> OperatedHours:
    """Return the plan of the hours ahead as it stands at the beginning of an hour."""
    _check_state(hub, state, 0)
    program, raw, unit_kw = _knowable(hub, state)
    ahead = np.arange(state.hour, state.hour + _look_ahead(program, state.hour))
    like = np.array([last_known_like(t, prices_known_until(state.hour)) for t in ahead])
    heat_kw = np.empty(ahead.size)
    forecast_heat(np.array(state.uptake_kw, dtype=np.float64), heat_kw)
    plan = empty_plan(ahead.size)
    level = state.tank_kwh / unit_kw
    near = _near(program, raw, heat_kw, like, state.hour, level, program.before)
    solve(near, scratch(ahead.size, True), plan)
    return OperatedHours(
        plan.p * unit_kw, plan.q * unit_kw * hub.lift[like], plan.w * unit_kw, plan.s * unit_kw
    )


def _check_state(hub: HubYear, state: OperatingState, hours: int) -> None:
    if state.hour < 0 or hours < 0 or state.hour + hours > hub.hours:
        raise InvalidInput(
            f"The series end after {hub.hours} hours; {hours} hours from hour {state.hour} on "
            "cannot be run."
        )
    if np.shape(state.uptake_kw) != (HISTORY_HOURS,):
        raise InvalidInput(f"The state needs the uptake of the last {HISTORY_HOURS} hours.")
    if not 0.0 <= state.tank_kwh <= hub.tank_kwh * (1.0 + 1e-9):
        raise InvalidInput(
            f"The state has {state.tank_kwh:g} kWh in a tank of {hub.tank_kwh:g} kWh."
        )


def _knowable(hub: HubYear, state: OperatingState) -> tuple[Scaled, FloatArray, float]:
    """Return the program of the year for any uptake, heat in its units per uptake, its unit."""
    anything = replace(hub, heat_uptake_kw=np.full(hub.hours, LARGEST))
    program, unit_kw, _ = scaled(anything, state.compute_kw)
    return program, 1.0 / (hub.lift * unit_kw), unit_kw


@compiled()
def _look_ahead(h: Scaled, hour: int) -> int:
    """Return the hours that a plan looks ahead; one if hours have nothing to do with each other."""
    if h.S == 0.0 and h.k == 0.0:
        return 1
    return min(prices_known_until(hour) + HOURS_PER_DAY, h.P.shape[0]) - hour


@compiled(nogil=True)
def _operate(
    h: Scaled,
    per_uptake: FloatArray,
    uptake_kw: FloatArray,
    begin: int,
    history: FloatArray,
    done: Plan,
) -> None:
    """Plan, carry out, remember, hour by hour; writes to `done` and `history`."""
    before = h.before
    longest = min(LOOK_AHEAD_DAYS * HOURS_PER_DAY, h.P.shape[0])
    b = scratch(longest, h.S > 0.0 and h.k > 0.0)
    heat_kw = np.empty(longest)
    for i in range(done.p.shape[0]):
        t = begin + i
        hours = _look_ahead(h, t)
        ahead = np.arange(t, t + hours)
        like = ahead.copy()
        known = prices_known_until(t)
        for j in range(hours):
            like[j] = last_known_like(ahead[j], known)
        forecast_heat(history, heat_kw[:hours])
        plan = empty_plan(hours)
        near = _near(h, per_uptake, heat_kw[:hours], like, t, done.s[i], before)
        solve(near, b, plan)
        near.D[0] = min(uptake_kw[t] * per_uptake[t], h.D[t])
        _carry_out(near, b, plan)
        done.p[i], done.q[i], done.w[i], done.s[i + 1] = plan.p[0], plan.q[0], plan.w[0], plan.s[1]
        before = plan.p[0]
        remember(history, uptake_kw[t])


@compiled()
def _near(
    h: Scaled,
    per_uptake: FloatArray,
    heat_kw: FloatArray,
    like: IntArray,
    begin: int,
    level: float,
    before: float,
) -> Scaled:
    """Return the program of the hours ahead: hour j is taken to be like hour ``like[j]``.

    Where it reaches the end of the series, the tank must end as it should, as far as it still can.
    """
    hours = like.shape[0]
    at_end = begin + hours == h.P.shape[0]
    charge = h.cm[like]
    most = max(h.S, level)
    end = 0.0
    if at_end and h.s_end > 0.0:
        end = min(h.s_end, (1.0 - 1e-9) * fullest_end(h.keep, charge, most, level))
    return Scaled(
        h.P[like],
        np.minimum(heat_kw * per_uptake[like], h.D[like]),
        h.W[like],
        h.m[like],
        h.v[like],
        h.d[like],
        charge,
        h.dm[like],
        h.weight[: hours + 1],
        h.eta,
        most,
        h.keep,
        h.k,
        level,
        end,
        h.e if at_end else 0.0,
        before,
    )


@compiled()
def _carry_out(near: Scaled, b: Scratch, plan: Plan) -> None:
    """Let the heat side of a plan follow the heat that was really taken; the machines stay."""
    power = plan.p[0]
    for t in range(near.P.shape[0]):
        b.hot[t] = near.eta * plan.p[t]
        b.shed[t] = b.hot[t]
        b.shed_key[t] = NO_PLACE
        b.spare[t] = 0.0
        b.spare_key[t] = 0.0
    tank_prices(near, b, b.tank_price, plan.price)
    tank_plan(near, b, b.tank_price, plan)
    if near.eta == 0.0:
        plan.p[0] = power
