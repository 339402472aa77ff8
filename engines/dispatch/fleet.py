"""Machines with a switching cost and no tank: the exact plan in O(hours).

Let G_t(p) be the most that can be earned from hour t on with machines running at power p in hour t.
It is concave and piecewise linear; what the last kW earns, its slope, falls in steps, and the steps
are a sorted list of (power, fall of the slope). Three facts make the year one pass back and one
forth.

* *An hour adds its own steps.* Up to the power whose heat the network takes, a kW earns `first`;
  above it `then`, which is less; above the limit of the hour, nothing is possible.
* *Switching limits the slope.* Seen from the hour before, the slope of the future is never above k
  nor below -k: rather than profit from a kW more, one would switch it. So the list always holds a
  total fall of 2 k, from +k to -k, and what exceeds that is cut off at both ends.
* *The cuts are the answer.* Where the slope reaches +k one switches on up to there, where it
  reaches -k one switches off down to there. Forwards, the power is a running clip between the two:
  machines switch only where the gain pays two switches.

This is the fused lasso with piecewise linear fidelity (Johnson 2013,
doi:10.1080/10618600.2012.681238; Hochbaum and Lu 2017, doi:10.1137/15M1019635). It is the same list
as that of `tank`, with power for price and slope for energy: the two problems are conjugate.
"""

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.scaled import Plan, Scaled, Scratch
from engines.dispatch.trimmed_list import (
    ONE,
    insert,
    insert_first,
    insert_last,
    recentre,
    trim_left,
    trim_right,
)


@compiled()
def fleet_plan(
    limit: FloatArray,
    knee: FloatArray,
    first: FloatArray,
    then: FloatArray,
    k: float,
    before: float,
    b: Scratch,
    power: FloatArray,
) -> float:
    """Write the power that earns most, and return what it earns.

    Earnings are ``first`` per kW up to the power ``knee`` and ``then`` (not more) above it, up to
    ``limit``, less ``k`` per kW of change; the change from `before` counts unless that is `OPEN`.
    """
    hours = limit.shape[0]
    key, mass, low, high = b.key, b.mass, b.low, b.high
    head = np.uint64(key.shape[0]) >> ONE
    tail = head
    # after the last hour nothing is earned: slope k below zero power, none, and -k above the limit
    head, tail = insert(key, mass, head, tail, 0.0, k)
    head, tail = insert(key, mass, head, tail, np.inf, k)
    for t in range(hours - 1, -1, -1):
        top = limit[t]
        fall = max(then[t], 0.0)
        while tail > head and key[tail - ONE] > top:
            tail -= ONE
            fall += mass[tail]
        if head == tail:
            key[tail], mass[tail] = top, 0.0
            tail += ONE
        if fall > 0.0:
            tail = insert_last(key, mass, tail, top, fall)
        step = first[t] - then[t]
        if step > 0.0:
            if knee[t] < top:
                head, tail = insert(key, mass, head, tail, knee[t], step)
            else:
                tail = insert_last(key, mass, tail, top, step)
        if first[t] < 0.0:
            head = insert_first(key, mass, head, 0.0, -first[t])
        if t == 0 and before < 0.0:
            # nothing came before: stop where the slope is zero, not where it is k or -k
            _, low[0] = trim_left(key, mass, head, tail, max(first[0], 0.0) + k)
            low[0] = max(low[0], 0.0)
            high[0] = low[0]
        else:
            head, cut = trim_left(key, mass, head, tail, max(first[t], 0.0))
            low[t] = max(cut, 0.0)
            tail, cut = trim_right(key, mass, head, tail, max(-then[t], 0.0))
            high[t] = min(cut, top)
            head, tail = recentre(key, mass, head, tail)
    return _clip_forwards(limit, knee, first, then, k, before, b, power)


@compiled(inline="always")
def _clip_forwards(
    limit: FloatArray,
    knee: FloatArray,
    first: FloatArray,
    then: FloatArray,
    k: float,
    before: float,
    b: Scratch,
    power: FloatArray,
) -> float:
    money = 0.0
    last = b.low[0] if before < 0.0 else before
    for t in range(limit.shape[0]):
        now = min(max(last, b.low[t]), b.high[t])
        at = min(knee[t], limit[t])
        money += first[t] * min(now, at) + then[t] * max(now - at, 0.0) - k * abs(now - last)
        power[t] = now
        last = now
    return money


@compiled()
def _worth_of_power(h: Scaled, b: Scratch, limit: FloatArray) -> None:
    """Write what a kW earns in each hour with its heat sold or rejected, the better way first."""
    for t in range(h.P.shape[0]):
        limit[t] = h.P[t]
        b.knee[t] = 0.0
        b.slope[t] = h.m[t]
        b.other[t] = h.m[t]
        if h.eta > 0.0:
            sell = h.v[t] > -h.d[t]
            best, rest = (h.v[t], -h.d[t]) if sell else (-h.d[t], h.v[t])
            room = h.D[t] if sell else h.W[t]
            limit[t] = min(limit[t], (h.D[t] + h.W[t]) / h.eta)
            b.knee[t] = room / h.eta
            b.slope[t] += h.eta * best
            b.other[t] += h.eta * rest


@compiled()
def solve_fleet(h: Scaled, b: Scratch, plan: Plan) -> float:
    """Solve a year without a tank exactly; returns what it earns.

    Without a tank all heat is sold or rejected in its hour, so a hub with a small cooler, or with
    none, is one whose limit of power is ``(D + W) / eta``.
    """
    limit = b.hot[: h.P.shape[0]]  # the scratch memory may be longer than the year
    _worth_of_power(h, b, limit)
    money = fleet_plan(limit, b.knee, b.slope, b.other, h.k, h.before, b, plan.p)
    for t in range(h.P.shape[0]):
        heat = h.eta * plan.p[t]
        better = min(heat, h.eta * b.knee[t])
        sell = h.v[t] > -h.d[t]
        plan.q[t] = better if sell else heat - better
        plan.w[t] = heat - plan.q[t]
        plan.s[t + 1] = 0.0
        plan.price[t] = h.v[t] if sell == (plan.p[t] <= b.knee[t]) else -h.d[t]
    plan.s[0] = 0.0
    return money
