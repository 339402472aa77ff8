"""Years that the interior point cannot close: the same program by HiGHS, proved as always.

Needed where numbers of very different size meet, or everything ties. HiGHS gives a corner of the
program and its prices; the bounds are those of `bracket`, so nothing rests on the solver's word.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from engines.arrays import FloatArray
from engines.dispatch.both import OPEN_GAP, WHOLE, Bounds, improve, proved
from engines.dispatch.scaled import Plan, Scaled, scratch

SETTINGS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def close_gap(h: Scaled, plan: Plan, bounds: Bounds) -> Bounds:
    """Try the corner that HiGHS finds; keep in `plan` what is better."""
    found = _highs(h)
    if found is None:
        return bounds
    power, price = found
    lower, upper = improve(
        h, scratch(h.P.size, False), power, price, bounds.lower, bounds.upper, plan
    )
    how = WHOLE if proved(h, lower, upper) else OPEN_GAP
    return Bounds(lower, upper, how, bounds.worked)


def _highs(h: Scaled) -> tuple[FloatArray, FloatArray] | None:
    """Return power and node prices of a corner, or nothing if HiGHS gives up.

    Columns: power, sold, rejected, flow, level, switched on, switched off, each over the hours.
    Rows: node, tank, ramp; the ramp of the first hour is free if nothing came before.
    """
    hours = h.P.size
    t = np.arange(hours)
    one = np.ones(hours)
    entries = [
        (0, 0, h.eta * one),
        (0, 1, -one),
        (0, 2, -one),
        (0, 3, -one),
        (1, 3, one),
        (1, 4, -one),
        (2, 0, one),
        (2, 5, -one),
        (2, 6, one),
    ]
    rows = [block * hours + t for block, _, _ in entries]
    columns = [column * hours + t for _, column, _ in entries]
    values = [value for _, _, value in entries]
    for block, column, value in ((1, 4, h.keep), (2, 0, -1.0)):
        rows.append(block * hours + t[1:])
        columns.append(column * hours + t[:-1])
        values.append(np.full(hours - 1, value))
    matrix = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(3 * hours, 7 * hours),
    ).tocsc()
    right = np.zeros(3 * hours)
    right[hours] = -h.keep * h.s0
    right[2 * hours] = max(h.before, 0.0)
    wear = np.full(hours, h.k)
    if h.before < 0.0:
        wear[0] = 0.0
    end = np.zeros(hours)
    end[-1] = h.s_end
    worth = np.zeros(hours)
    worth[-1] = -h.e
    low = np.concatenate([0 * one, 0 * one, 0 * one, -h.dm, end, 0 * one, 0 * one])
    high = np.concatenate([h.P, h.D, h.W, h.cm, h.S * one, np.inf * one, np.inf * one])
    answer = linprog(
        np.concatenate([-h.m, -h.v, h.d, 0 * one, worth, wear, wear]),
        A_eq=matrix,
        b_eq=right,
        bounds=np.column_stack([low, high]),
        method="highs-ds",
        options=SETTINGS,
    )
    if answer.x is None:
        return None
    power = np.clip(answer.x[:hours], 0.0, h.P)
    return power, np.asarray(answer.eqlin.marginals[:hours], dtype=np.float64)
