"""The hours that are not settled, as windows between hours whose state is known.

A window may begin and end where the state is known whatever happens inside: few and many machines
are the same before and after, and the tank is at the same level, empty or full. That makes the plan
right. For the prices to be a proof, the price of stored heat must be free to jump there in the one
direction that an empty or full tank allows: at an empty tank it may fall, at a full one rise, and
the brackets of the prices must say that it does.
"""

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.interior_point import (
    FLOW,
    LEVEL,
    NODE,
    OFF,
    ON,
    POWER,
    RAMP,
    REJECTED,
    SOLD,
    TANK,
    interior_point,
)
from engines.dispatch.scaled import OPEN, Scaled, Scratch
from engines.dispatch.squeeze import Side

SAME = 1e-9
GUESS_LOW, GUESS_HIGH = -2.0, 4.0
"""Prices from which the interior point starts, in units in which an hour is worth about one."""


@compiled()
def seams(h: Scaled, few: Side, many: Side) -> NDArray[np.bool_]:
    """Return where a window may begin or end, shape (hours + 1,)."""
    hours = h.P.shape[0]
    seam = np.zeros(hours + 1, np.bool_)
    seam[0] = True
    seam[hours] = True
    for t in range(1, hours):
        settled = (
            many.power[t] - few.power[t] <= SAME
            and many.power[t - 1] - few.power[t - 1] <= SAME
            and abs(many.level[t] - few.level[t]) <= SAME
        )
        if settled:
            # tank prices are kept with a minus: the cheap side has the larger numbers
            falls = many.tank_price[t - 1] <= few.tank_price[t]
            rises = few.tank_price[t - 1] >= many.tank_price[t]
            empty = few.level[t] <= SAME
            full = few.level[t] >= h.S - SAME
            seam[t] = (empty and falls) or (full and rises)
    return seam


@compiled()
def solve_windows(
    h: Scaled,
    b: Scratch,
    few: Side,
    many: Side,
    tolerance: float,
    power: FloatArray,
    price: FloatArray,
) -> int:
    """Fill in power and price of all windows; elsewhere power is `few` and price missing (NaN).

    Returns the number of hours in windows.
    """
    hours = h.P.shape[0]
    seam = seams(h, few, many)
    power[:] = few.power
    price[:] = np.nan
    guess = 0.5 * (few.price + many.price)
    worked = 0
    t = 0
    while t < hours:
        if many.power[t] - few.power[t] <= SAME:
            t += 1
            continue
        begin = t
        while not seam[begin]:
            begin -= 1
        end = t + 1
        while not seam[end]:
            end += 1
        before = few.power[begin - 1] if begin > 0 else h.before
        after = few.power[end] if end < hours else OPEN
        level = few.level[begin] if begin > 0 else h.s0
        solve_window(
            h, b, begin, end, level, few.level[end], before, after, guess, tolerance, power, price
        )
        worked += end - begin
        t = end
    return worked


@compiled()
def solve_window(
    h: Scaled,
    b: Scratch,
    begin: int,
    end: int,
    level_before: float,
    level_after: float,
    power_before: float,
    power_after: float,
    guess: FloatArray,
    tolerance: float,
    power: FloatArray,
    price: FloatArray,
) -> int:
    """Fill in power and price of the hours from `begin` to before `end`; returns the steps.

    A power before or after of `OPEN` is free. If the power after is known, an hour more, in which
    nothing can flow, carries the cost of switching to it.
    """
    known_after = power_after >= 0.0
    hours = end - begin
    rows = hours + 1 if known_after else hours
    upper, cost = b.bounds[0][:rows], b.bounds[1][:rows]
    prices, right = b.rows[0][:rows], b.rows[4][:rows]
    upper[:] = 0.0
    cost[:] = 0.0
    prices[:] = 0.0
    right[:] = 0.0
    top = max(power_before, power_after)
    for t in range(begin, end):
        top = max(top, h.P[t])
    for i in range(rows):
        upper[i, ON], upper[i, OFF] = top, top
        cost[i, ON], cost[i, OFF] = h.k, h.k
    for i in range(hours):
        t = begin + i
        upper[i, POWER], upper[i, SOLD], upper[i, REJECTED] = h.P[t], h.D[t], h.W[t]
        upper[i, FLOW], upper[i, LEVEL] = h.cm[t] + h.dm[t], h.S
        cost[i, POWER], cost[i, SOLD], cost[i, REJECTED] = -h.m[t], -h.v[t], h.d[t]
        right[i, NODE], right[i, TANK] = -h.dm[t], -h.dm[t]
        prices[i, NODE] = min(max(guess[t], GUESS_LOW), GUESS_HIGH)
        prices[i, TANK] = -prices[i, NODE]
    right[0, TANK] += h.keep * level_before
    if power_before >= 0.0:
        right[0, RAMP] += power_before
    if known_after:
        right[hours, RAMP] -= power_after
    if end < h.P.shape[0]:
        upper[hours - 1, LEVEL] = 0.0
        right[hours - 1, TANK] -= level_after
    else:
        cost[hours - 1, LEVEL] = -h.e
        upper[hours - 1, LEVEL] = h.S - h.s_end
        right[hours - 1, TANK] -= h.s_end
    steps = interior_point(rows, h.eta, h.keep, power_before < 0.0, tolerance, b)
    column, live = b.columns[0], b.columns[3]
    for i in range(hours):
        t = begin + i
        found = column[i, POWER] * live[i, POWER]
        # a program without room inside can end in no number at all; the bounds will tell
        power[t] = min(max(found, 0.0), h.P[t]) if np.isfinite(found) else 0.0
        price[t] = prices[i, NODE] if np.isfinite(prices[i, NODE]) else guess[t]
    return steps
