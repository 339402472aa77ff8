"""The same program by HiGHS, for the years that the methods of this folder leave open.

These are years whose numbers are of very different size, years in which everything ties, and tanks
that lose nearly all their heat within an hour, for which prices and levels of neighbouring hours
cannot be told from rounding. The answer is proved like any other: whatever prices y the solver puts
on the rows of ``max c x, A x = b, low <= x <= high``, no plan earns more than ``b y`` and, for
every column, the better end of its range at what it earns beyond those prices, ``c - A' y``.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array

from engines.arrays import FloatArray
from engines.dispatch.both import OPEN_GAP, WHOLE, Bounds, improve, proved
from engines.dispatch.scaled import Plan, Scaled, scratch

SETTINGS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
LOSSY = 0.1
"""Share kept per hour below which a tank is left to HiGHS."""
COMPUTE, SOLD, REJECTED, FLOW, LEVEL, ON, OFF = range(7)
NODE, TANK, RAMP = range(3)


class _Program(NamedTuple):
    """The program as HiGHS takes it; columns and rows are blocks of hours."""

    gain: FloatArray
    matrix: csc_array
    right: FloatArray
    low: FloatArray
    high: FloatArray


class _Corner(NamedTuple):
    """Columns and prices of a corner, both in blocks of hours."""

    columns: FloatArray
    prices: FloatArray


def close_gap(h: Scaled, plan: Plan, bounds: Bounds) -> Bounds:
    """Try the corner that HiGHS finds; keep in `plan` what is better."""
    corner = _corner(_program(h))
    if corner is None:
        return bounds
    power = np.clip(corner.columns[COMPUTE], 0.0, h.P)
    price = corner.prices[NODE].copy()
    lower, upper = improve(
        h, scratch(h.P.size, False), power, price, bounds.lower, bounds.upper, plan
    )
    how = WHOLE if proved(h, lower, upper) else OPEN_GAP
    return Bounds(lower, upper, how, bounds.worked)


def solve_lossy(h: Scaled, plan: Plan) -> Bounds | None:
    """Fill in the corner that HiGHS finds, with its own proof; nothing if HiGHS gives up."""
    program = _program(h)
    corner = _corner(program)
    if corner is None:
        return None
    found = np.clip(corner.columns.ravel(), program.low, program.high).reshape(7, -1)
    plan.p[:], plan.q[:], plan.w[:] = found[COMPUTE], found[SOLD], found[REJECTED]
    plan.s[0] = h.s0
    plan.s[1:] = found[LEVEL]
    plan.price[:] = corner.prices[NODE]
    start = plan.p[0] if h.before < 0.0 else h.before
    switched = np.abs(np.diff(plan.p, prepend=start)).sum()
    lower = h.m @ plan.p + h.v @ plan.q - h.d @ plan.w - h.k * switched + h.e * plan.s[-1]
    # y of the text is minus the price the corner names: that is what a row's right side costs
    prices = -corner.prices.ravel()
    beyond = program.gain - program.matrix.T @ prices
    best = np.where(beyond > 0.0, beyond * program.high, beyond * program.low)
    upper = float(program.right @ prices + best.sum())
    how = WHOLE if proved(h, lower, upper) else OPEN_GAP
    return Bounds(float(lower), upper, how, h.P.size)


def _program(h: Scaled) -> _Program:
    """Return the program; the ramp of the first hour is free if nothing came before."""
    hours = h.P.size
    t = np.arange(hours)
    one = np.ones(hours)
    entries = [
        (NODE, COMPUTE, h.eta, 0),
        (NODE, SOLD, -1.0, 0),
        (NODE, REJECTED, -1.0, 0),
        (NODE, FLOW, -1.0, 0),
        (TANK, FLOW, 1.0, 0),
        (TANK, LEVEL, -1.0, 0),
        (TANK, LEVEL, h.keep, 1),
        (RAMP, COMPUTE, 1.0, 0),
        (RAMP, COMPUTE, -1.0, 1),
        (RAMP, ON, -1.0, 0),
        (RAMP, OFF, 1.0, 0),
    ]
    rows = [row * hours + t[later:] for row, _, _, later in entries]
    columns = [column * hours + t[: hours - later] for _, column, _, later in entries]
    values = [np.full(hours - later, value) for _, _, value, later in entries]
    matrix = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(3 * hours, 7 * hours),
    ).tocsc()
    right = np.zeros(3 * hours)
    right[TANK * hours] = -h.keep * h.s0
    right[RAMP * hours] = max(h.before, 0.0)
    gain = np.zeros((7, hours))
    gain[COMPUTE], gain[SOLD], gain[REJECTED] = h.m, h.v, -h.d
    gain[LEVEL, -1] = h.e
    gain[ON] = gain[OFF] = -h.k
    if h.before < 0.0:
        gain[ON, 0] = gain[OFF, 0] = 0.0
    low, high = np.zeros((7, hours)), np.zeros((7, hours))
    low[FLOW], low[LEVEL, -1] = -h.dm, h.s_end
    high[:] = h.P, h.D, h.W, h.cm, h.S * one, one, one
    high[ON] = high[OFF] = max(h.P.max(), h.before)
    return _Program(gain.ravel(), matrix, right, low.ravel(), high.ravel())


def _corner(program: _Program) -> _Corner | None:
    answer = linprog(
        -program.gain,
        A_eq=program.matrix,
        b_eq=program.right,
        bounds=np.column_stack([program.low, program.high]),
        method="highs-ds",
        options=SETTINGS,
    )
    if answer.x is None:
        return None
    return _Corner(
        np.asarray(answer.x, dtype=np.float64).reshape(7, -1),
        np.asarray(answer.eqlin.marginals, dtype=np.float64).reshape(3, -1),
    )
