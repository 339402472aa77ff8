"""Interior point for the hours in which tank and switching both matter.

The program of `scaled`, for hours between two known states, has eight columns an hour, all of them
boxes ``0 <= x <= U``, and three rows an hour, each with a price:

    column   power p, sold q, rejected w, flow y = x + dm, level s, switched on, switched off, (pad)
    node     eta p - q - w - y = -dm                       price lambda
    tank     y + keep s_before - s = dm                    price nu
    ramp     p - p_before - on + off = 0                   price mu

A point strictly inside the boxes is moved towards the best corner. Each step is Newton's method on
the optimality conditions, as Mehrotra proposed (1992, doi:10.1137/0802028): a first direction as if
the corner could be reached at once shows how far one gets; from that, how much to stay away from
the walls; the second direction is the one taken. Both need the solution of one linear system.

That system couples an hour only with its neighbours. Eliminating the node price, which no other
hour sees, leaves two prices an hour, so blocks of 2 x 2 in a row, eliminated hour by hour: a step
costs the same for every hour, and about twelve steps are enough.

Nothing here has to be believed: `bracket` proves what comes out, whatever it is.
"""

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.scaled import Scratch

POWER, SOLD, REJECTED, FLOW, LEVEL, ON, OFF, PAD = range(8)
COLUMNS = 8
NODE, TANK, RAMP = range(3)
MOST_STEPS = 100
TINY = 1e-30
FROZEN = 1e-9
"""A column with less room than this is a constant."""

FAST = {"fastmath": True}


@compiled(**FAST)
def _weigh(
    x: FloatArray,
    upper: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    live: FloatArray,
    theta: FloatArray,
    inverse: FloatArray,
    gradient: FloatArray,
) -> None:
    """Write how freely each column moves, ``1 / (zl/x + zu/slack)``, and its part of the slope."""
    for i in range(x.size):
        slack = upper[i] - x[i]
        theta[i] = live[i] * x[i] * slack / (zl[i] * slack + zu[i] * x[i])
        inverse[i] = 1.0 / (x[i] * slack)
        gradient[i] = zl[i] - zu[i]


@compiled(**FAST)
def _predict(
    x: FloatArray,
    upper: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    theta: FloatArray,
    inverse: FloatArray,
    slope: FloatArray,
    dx: FloatArray,
    block_x: FloatArray,
    block_z: FloatArray,
) -> tuple[float, float, float, float]:
    """Write the direction that aims at the corner itself, and inverse step lengths to the walls.

    Returns the sum of the products x z and how it changes with the steps in x, in z, and in both.
    """
    c0, c1, c2, c3 = 0.0, 0.0, 0.0, 0.0
    for i in range(x.size):
        slack = upper[i] - x[i]
        step = theta[i] * (slope[i] - (zl[i] - zu[i]))
        dx[i] = step
        a = step * slack * inverse[i]
        b = step * x[i] * inverse[i]
        block_x[i] = max(-a, b)
        block_z[i] = max(1.0 + a, 1.0 - b)
        lower_product = x[i] * zl[i]
        upper_product = slack * zu[i]
        c0 += lower_product + upper_product
        c1 += lower_product * a - upper_product * b
        c2 += lower_product * (1.0 + a) + upper_product * (1.0 - b)
        c3 += lower_product * a * (1.0 + a) - upper_product * b * (1.0 - b)
    return c0, c1, c2, c3


@compiled(**FAST)
def _centre(
    x: FloatArray,
    upper: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    inverse: FloatArray,
    dx: FloatArray,
    target: float,
    gradient: FloatArray,
) -> None:
    """Write the slope that also keeps away from the walls and corrects the first direction."""
    for i in range(x.size):
        slack = upper[i] - x[i]
        a = dx[i] * slack * inverse[i]
        b = dx[i] * x[i] * inverse[i]
        gradient[i] = (
            zl[i]
            - zu[i]
            - target * (slack - x[i]) * inverse[i]
            - a * zl[i] * (1.0 + a)
            - b * zu[i] * (1.0 - b)
        )


@compiled(**FAST)
def _direct(
    x: FloatArray,
    upper: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    live: FloatArray,
    theta: FloatArray,
    inverse: FloatArray,
    slope: FloatArray,
    dx: FloatArray,
    gradient: FloatArray,
    target: float,
    dzl: FloatArray,
    dzu: FloatArray,
    block_x: FloatArray,
    block_z: FloatArray,
) -> None:
    """Write the direction that is taken, in x and both z, and inverse step lengths."""
    for i in range(x.size):
        slack = upper[i] - x[i]
        to_lower = slack * inverse[i]
        to_upper = x[i] * inverse[i]
        a = dx[i] * to_lower
        b = dx[i] * to_upper
        step = theta[i] * (slope[i] - gradient[i])
        low = live[i] * (
            target * to_lower + a * zl[i] * (1.0 + a) - zl[i] - zl[i] * to_lower * step
        )
        high = live[i] * (
            target * to_upper - b * zu[i] * (1.0 - b) - zu[i] + zu[i] * to_upper * step
        )
        dx[i] = step
        dzl[i] = low
        dzu[i] = high
        both = 1.0 / (zl[i] * zu[i])
        block_x[i] = max(-step * to_lower, step * to_upper)
        block_z[i] = max(-low * zu[i] * both, -high * zl[i] * both)


@compiled(**FAST)
def _move(
    x: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    dx: FloatArray,
    dzl: FloatArray,
    dzu: FloatArray,
    step_x: float,
    step_z: float,
) -> None:
    for i in range(x.size):
        x[i] += step_x * dx[i]
        zl[i] += step_z * dzl[i]
        zu[i] += step_z * dzu[i]


@compiled()
def _largest(values: FloatArray) -> float:
    """Return the largest positive entry.

    Positive numbers are ordered like their bits, and the compiler vectorises the maximum of
    integers, not that of floats.
    """
    bits = values.view(np.int64)
    most = np.int64(0)
    for i in range(bits.size):
        most = bits[i] if bits[i] > most else most
    return max(1e-12, np.array([most]).view(np.float64)[0])


@compiled()
def _eliminate(theta: FloatArray, eta: float, keep: float, free: bool, factor: FloatArray) -> None:
    """Write the inverted 2 x 2 blocks of tank and ramp price, hour by hour.

    ``factor[t]``: inverse weight of the node, coupling to the ramp, weight of the ramp, and the
    three entries of the inverted block.
    """
    cross0, ramp0, level0 = 0.0, 0.0, 0.0
    i11, i12, i22 = 0.0, 0.0, 0.0
    for t in range(theta.shape[0]):
        power = eta * theta[t, POWER]
        flow = theta[t, FLOW]
        sinks = theta[t, SOLD] + theta[t, REJECTED]
        node = 1.0 / (eta * power + sinks + flow + TINY)
        cross = flow * power * node
        ramp = theta[t, POWER] * (sinks + flow) * node
        carried = keep * level0
        h1 = i11 * cross0 - i12 * ramp0
        h2 = i12 * cross0 - i22 * ramp0
        b11 = (
            flow * (eta * power + sinks) * node
            + theta[t, LEVEL]
            + keep * carried
            + TINY
            - carried * carried * i11
        )
        b12 = -cross + carried * h1
        b22 = ramp + ramp0 + theta[t, ON] + theta[t, OFF] + TINY - cross0 * h1 + ramp0 * h2
        if t == 0 and free:
            i11, i12, i22 = 1.0 / b11, 0.0, 0.0
        else:
            det = 1.0 / (b11 * b22 - b12 * b12)
            i11, i12, i22 = b22 * det, -b12 * det, b11 * det
        factor[t, 0], factor[t, 1], factor[t, 2] = node, cross, ramp
        factor[t, 3], factor[t, 4], factor[t, 5] = i11, i12, i22
        cross0, ramp0, level0 = cross, ramp, theta[t, LEVEL]


@compiled()
def _prices(
    theta: FloatArray,
    gradient: FloatArray,
    residual: FloatArray,
    factor: FloatArray,
    eta: float,
    keep: float,
    half: FloatArray,
    dy: FloatArray,
    slope: FloatArray,
) -> None:
    """Solve the system: write the change of the prices and the slope it gives each column."""
    hours = theta.shape[0]
    g1, g2, tank0, ramp0 = 0.0, 0.0, 0.0, 0.0
    for t in range(hours):
        power = theta[t, POWER] * gradient[t, POWER]
        flow = theta[t, FLOW] * gradient[t, FLOW]
        level = theta[t, LEVEL] * gradient[t, LEVEL]
        node = (
            residual[t, NODE]
            + eta * power
            - theta[t, SOLD] * gradient[t, SOLD]
            - theta[t, REJECTED] * gradient[t, REJECTED]
            - flow
        ) * factor[t, 0]
        share = eta * theta[t, POWER] * node
        r1 = residual[t, TANK] - flow + level - theta[t, FLOW] * node + tank0
        r2 = (
            residual[t, RAMP]
            + power
            - theta[t, ON] * gradient[t, ON]
            + theta[t, OFF] * gradient[t, OFF]
            - share
            + ramp0
        )
        if t > 0:
            h1 = factor[t - 1, 3] * g1 + factor[t - 1, 4] * g2
            h2 = factor[t - 1, 4] * g1 + factor[t - 1, 5] * g2
            r1 += keep * theta[t - 1, LEVEL] * h1
            r2 -= factor[t - 1, 1] * h1 - factor[t - 1, 2] * h2
        g1, g2 = r1, r2
        tank0 = -keep * level
        ramp0 = share - power
        half[t, 0], half[t, 1], half[t, 2] = node, g1, g2
    nu1, mu1 = 0.0, 0.0
    for t in range(hours - 1, -1, -1):
        b1 = half[t, 1] + keep * theta[t, LEVEL] * nu1 - factor[t, 1] * mu1
        b2 = half[t, 2] + factor[t, 2] * mu1
        nu = factor[t, 3] * b1 + factor[t, 4] * b2
        mu = factor[t, 4] * b1 + factor[t, 5] * b2
        pull = theta[t, FLOW] * nu + eta * theta[t, POWER] * (mu - mu1)
        price = half[t, 0] - pull * factor[t, 0]
        dy[t, NODE], dy[t, TANK], dy[t, RAMP] = price, nu, mu
        slope[t, POWER] = eta * price + mu - mu1
        slope[t, SOLD] = -price
        slope[t, REJECTED] = -price
        slope[t, FLOW] = -price - nu
        slope[t, LEVEL] = nu - keep * nu1
        slope[t, ON] = -mu
        slope[t, OFF] = mu
        nu1, mu1 = nu, mu


@compiled()
def _start(
    upper: FloatArray,
    cost: FloatArray,
    prices: FloatArray,
    eta: float,
    keep: float,
    free: bool,
    x: FloatArray,
    zl: FloatArray,
    zu: FloatArray,
    live: FloatArray,
    slope: FloatArray,
) -> int:
    """Start in the middle of every box at the guessed prices; returns the number of walls."""
    walls = 0
    hours = upper.shape[0]
    for t in range(hours):
        price = prices[t, NODE]
        nu = prices[t, TANK]
        nu1 = prices[t + 1, TANK] if t + 1 < hours else 0.0
        slope[t, POWER] = eta * price
        slope[t, SOLD] = -price
        slope[t, REJECTED] = -price
        slope[t, FLOW] = -price - nu
        slope[t, LEVEL] = nu - keep * nu1
        slope[t, ON] = 0.0
        slope[t, OFF] = 0.0
        slope[t, PAD] = 0.0
        for j in range(COLUMNS):
            open_start = free and t == 0 and j >= ON
            if upper[t, j] > FROZEN and j < PAD and not open_start:
                walls += 2
                live[t, j] = 1.0
                x[t, j] = 0.5 * upper[t, j]
                reduced = cost[t, j] - slope[t, j]
                zl[t, j] = max(reduced, 0.0) + 0.3
                zu[t, j] = zl[t, j] - reduced
            else:
                # harmless numbers that never block a step
                live[t, j] = 0.0
                x[t, j] = 1.0
                upper[t, j] = 2.0
                zl[t, j] = 1e-20
                zu[t, j] = 1e-20
    return walls


@compiled()
def _residuals(
    x: FloatArray,
    live: FloatArray,
    right: FloatArray,
    eta: float,
    keep: float,
    free: bool,
    residual: FloatArray,
) -> None:
    """Write by how much the rows are not yet met."""
    level, power = 0.0, 0.0
    for t in range(x.shape[0]):
        before = power
        power = x[t, POWER] * live[t, POWER]
        flow = x[t, FLOW] * live[t, FLOW]
        given = x[t, SOLD] * live[t, SOLD] + x[t, REJECTED] * live[t, REJECTED]
        residual[t, NODE] = right[t, NODE] - eta * power + given + flow
        residual[t, TANK] = right[t, TANK] + keep * level + flow
        level = x[t, LEVEL] * live[t, LEVEL]
        residual[t, TANK] -= level
        switched = x[t, ON] * live[t, ON] - x[t, OFF] * live[t, OFF]
        residual[t, RAMP] = right[t, RAMP] - power + before + switched
    if free:
        residual[0, RAMP] = 0.0


@compiled()
def interior_point(
    hours: int, eta: float, keep: float, free: bool, tolerance: float, b: Scratch
) -> int:
    """Minimise ``cost . x`` over the boxes and rows in the scratch memory; returns the steps.

    Reads boxes and costs from ``b.bounds``, right-hand sides and guessed prices from ``b.rows``;
    leaves the columns in ``b.columns[0]`` (zero where ``b.columns[3]`` is) and the prices in
    ``b.rows[0]``. Stops where the mean product of a column and its slope is below `tolerance`.
    """
    upper, cost = b.bounds[0][:hours], b.bounds[1][:hours]
    prices, residual, dy = b.rows[0][:hours], b.rows[1][:hours], b.rows[2][:hours]
    half, right = b.rows[3][:hours], b.rows[4][:hours]
    grid = b.columns
    x, zl, zu, live = grid[0][:hours], grid[1][:hours], grid[2][:hours], grid[3][:hours]
    theta, gradient, slope = grid[4][:hours], grid[5][:hours], grid[6][:hours]
    flat = hours * COLUMNS
    fx, fl, fu, fm = x.reshape(flat), zl.reshape(flat), zu.reshape(flat), live.reshape(flat)
    ft, fg, fs = theta.reshape(flat), gradient.reshape(flat), slope.reshape(flat)
    top = upper.reshape(flat)
    dx, dzl, dzu = (
        grid[7][:hours].reshape(flat),
        grid[8][:hours].reshape(flat),
        grid[9][:hours].reshape(flat),
    )
    block_x, block_z = grid[10][:hours].reshape(flat), grid[11][:hours].reshape(flat)
    inverse = grid[12][:hours].reshape(flat)
    factor = b.factors[:hours]
    walls = _start(upper, cost, prices, eta, keep, free, x, zl, zu, live, slope)
    if walls == 0:
        return 0
    for step in range(MOST_STEPS):
        _residuals(x, live, right, eta, keep, free, residual)
        _weigh(fx, top, fl, fu, fm, ft, inverse, fg)
        _eliminate(theta, eta, keep, free, factor)
        _prices(theta, gradient, residual, factor, eta, keep, half, dy, slope)
        c0, c1, c2, c3 = _predict(fx, top, fl, fu, ft, inverse, fs, dx, block_x, block_z)
        mean = c0 / walls
        if not (tolerance <= mean < 1e30):
            return step
        to_wall_x = min(1.0, 1.0 / _largest(block_x))
        to_wall_z = min(1.0, 1.0 / _largest(block_z))
        reached = (c0 + to_wall_x * c1 - to_wall_z * c2 - to_wall_x * to_wall_z * c3) / c0
        target = mean * reached**3
        _centre(fx, top, fl, fu, inverse, dx, target, fg)
        _prices(theta, gradient, residual, factor, eta, keep, half, dy, slope)
        _direct(fx, top, fl, fu, fm, ft, inverse, fs, dx, fg, target, dzl, dzu, block_x, block_z)
        step_x = min(1.0, 0.9995 / _largest(block_x))
        step_z = min(1.0, 0.9995 / _largest(block_z))
        _move(fx, fl, fu, dx, dzl, dzu, step_x, step_z)
        for t in range(hours):
            for j in range(3):
                prices[t, j] += step_z * dy[t, j]
    return MOST_STEPS
