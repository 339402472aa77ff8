"""Hours that have nothing to do with each other: neither tank nor switching cost.

The best year is then the best choice of each hour, for all hours at once. A kW of machines earns
its margin and its heat, sold or rejected, the better way first: all machines run if even the last
of them earns something, those with the better place for their heat if only they do, and else none.
"""

import numpy as np

from engines.arrays import FloatArray
from engines.dispatch.forecast import FADE, HISTORY_HOURS
from engines.dispatch.scaled import Plan, Scaled


def hours_are_alone(h: Scaled) -> bool:
    """Return whether nothing is carried from hour to hour."""
    return h.S == 0.0 and h.k == 0.0


def best_hours(h: Scaled, plan: Plan) -> float:
    """Fill in the best choice of every hour; returns what it earns."""
    return carry_out(h, chosen_power(h, h.D), plan)


def realistic_hours(
    h: Scaled,
    per_uptake: FloatArray,
    uptake_kw: FloatArray,
    history: FloatArray,
    begin: int,
    plan: Plan,
) -> None:
    """Fill in the hours of `plan` as an operator runs them who knows the heat of past hours only.

    Parameters
    ----------
    h : Scaled
        The hub of the whole series for any uptake.
    per_uptake : array
        Heat of the hub, in its units, per kW of uptake in each hour of the series.
    uptake_kw, history : array
        Heat the network can take in the hours of the series, and in the 25 hours before `begin`.
    begin : int
        First hour of the plan in the series.
    """
    hours = plan.p.shape[0]
    now = slice(begin, begin + hours)
    past = np.concatenate([history, uptake_kw[now]])
    day_before = past[1 : hours + 1]
    missed = past[HISTORY_HOURS - 1 : -1] - past[:hours]
    expected_kw = np.maximum(day_before + FADE * missed, 0.0)
    expected, real = (
        np.minimum(heat_kw * per_uptake[now], h.D[now]) for heat_kw in (expected_kw, uptake_kw[now])
    )
    near = h._replace(P=h.P[now], D=real, W=h.W[now], m=h.m[now], v=h.v[now], d=h.d[now])
    carry_out(near, chosen_power(near, expected), plan)


def chosen_power(h: Scaled, sale: FloatArray) -> FloatArray:
    """Return the power that earns most in each hour if the network takes `sale`; off wins a tie."""
    if h.eta == 0.0:
        return np.where(h.m > 0.0, h.P, 0.0)
    sell = h.v > -h.d
    limit = np.minimum(h.P, (sale + h.W) / h.eta)
    better = np.minimum(np.where(sell, sale, h.W) / h.eta, limit)
    first = h.m + h.eta * np.maximum(h.v, -h.d)
    last = h.m + h.eta * np.minimum(h.v, -h.d)
    return np.where(last > 0.0, limit, np.where(first > 0.0, better, 0.0))


def carry_out(h: Scaled, power: FloatArray, plan: Plan) -> float:
    """Fill in what becomes of the heat of these machines; those without a place for it stop."""
    heat = np.minimum(h.eta * power, h.D + h.W)
    sell = h.v > -h.d
    plan.q[:] = np.where(sell, np.minimum(heat, h.D), np.maximum(heat - h.W, 0.0))
    plan.w[:] = heat - plan.q
    stopped = h.eta * power > heat
    plan.p[:] = np.where(stopped, heat / h.eta, power) if h.eta > 0.0 else power
    plan.s[:] = 0.0
    better_used = np.where(sell, plan.q >= h.D, plan.w >= h.W)
    plan.price[:] = np.where(better_used, np.minimum(h.v, -h.d), np.maximum(h.v, -h.d))
    return float(h.m @ plan.p + h.v @ plan.q - h.d @ plan.w)
