"""A tank without switching cost: exact prices, then a plan that goes with them, in O(hours).

**An hour is a merit order.** Seen from the tank, the hub makes all the heat it can, and there are
uses for one more kWh out of the tank, best first: sell it, let the machines make one less, reject
it. Each use has a value and a size.

**The tank is a list.** Let V_t(s) be the most that can be earned from hour t on with s in the tank.
It is concave, its slope falls in steps, and the steps are a sorted list of (minus value, kWh): what
the next kWh would be used for. One hour backwards: the uses of that hour join the list; the heat
the hub makes anyway takes the best of them; what then exceeds the size of the tank falls off at
the worthless end. The keys where the two cuts fall are the band of prices that hour t can pass on.

**Forwards, the price is a running clip.** The first price is the key at the level the tank starts
with. From hour to hour it stays as it is unless the band of the hour cuts it: then the tank is
full, or empty. So a tank trades all its hours at one price until it is full or empty.

**Losses vanish by choice of units.** What is left of a kWh after j hours is ``keep ** j``. Counting
heat in what it will be worth and prices per such unit, nothing is lost from hour to hour, and equal
prices stay equal bit by bit; that is how ties are recognised. The units are renewed by a power of
two before they leave the range of numbers.

**Ties.** Where a price equals the value of a use, any part of it may be taken. Backwards, the
levels from which the rest of the year can be run at these prices are an interval; forwards, the
plan keeps inside it.

Compare Bannister and Kaye 1991 (doi:10.1287/opre.39.2.220) and Cruise, Flatley, Gibbens and
Zachary 2019 (doi:10.1287/opre.2018.1744).
"""

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.merit_order import COOLER, NETWORK, USES, limit_flow, merit_orders
from engines.dispatch.scaled import RENEWAL, Plan, Scaled, Scratch
from engines.dispatch.trimmed_list import ONE, insert, keep_left, recentre, trim_left, trim_right

WORTHLESS = 1e-100
"""Price of heat, where an hour is worth about one, that cannot be told from nothing."""
BLUR = 4.0 * np.finfo(np.float64).eps
"""Share by which rounding may move a level."""


@compiled()
def _recount_hours(keep: float) -> int:
    """Hours after which the list is counted from its valuable end, before rounding shows.

    Cutting what exceeds the tank needs the total of the list, a difference of numbers that grow
    apart as heat is lost; counting what fits needs no difference but visits every item.
    """
    return max(1, int(min(32.0, -7.0 / np.log(keep)))) if keep < 1.0 else 32


@compiled()
def tank_prices(h: Scaled, b: Scratch, tank_price: FloatArray, node_price: FloatArray) -> None:
    """Write the optimal prices of the heat side.

    Reads what the machines offer from ``b.hot`` (heat at full offer) and the two ways of making
    less, ``b.shed`` and ``b.spare`` with their keys. `tank_price` is minus the value of stored heat
    in units of the weights, kept so because ties need its bits; `node_price` is money per heat.
    """
    hours = h.P.shape[0]
    key, mass, low, high, weight = b.key, b.mass, b.low, b.high, h.weight
    merit_orders(h, b)
    use_key, use_size, hot, charge, discharge = b.use_key, b.use_size, b.hot, h.cm, h.dm
    band_low, band_high = b.band_low, b.band_high
    sizes = np.empty(USES)
    capacity = h.S
    recount = _recount_hours(h.keep)
    head = np.uint64(key.shape[0]) >> ONE
    tail = head
    end = float(weight[hours])
    head, tail = insert(key, mass, head, tail, -np.inf, h.s_end / end)
    head, tail = insert(key, mass, head, tail, -h.e * end, (h.S - h.s_end) / end)
    held = h.S / end
    for t in range(hours - 1, -1, -1):
        heat, band_low[t], band_high[t] = limit_flow(
            hot[t], charge[t], discharge[t], use_key, use_size, t, sizes
        )
        price_unit = weight[t + 1]
        heat_unit = 1.0 / price_unit
        for j in range(USES):
            if sizes[j] > 0.0:
                held += sizes[j] * heat_unit
                head, tail = insert(
                    key, mass, head, tail, use_key[t, j] * price_unit, sizes[j] * heat_unit
                )
        head, low[t] = trim_left(key, mass, head, tail, heat * heat_unit)
        held -= heat * heat_unit
        renewed = weight[t] < price_unit
        if renewed:
            held = _renew(key, mass, head, tail, WORTHLESS * weight[t])
        full = capacity / weight[t]
        if t % recount == 0:
            tail, cut = keep_left(key, mass, head, tail, full)
        else:
            tail, cut = trim_right(key, mass, head, tail, held - full)
        high[t] = cut * RENEWAL if renewed else cut
        held = full
        head, tail = recentre(key, mass, head, tail)
    _clip_forwards(h, b, _start_price(h, b, head, tail), tank_price, node_price)


@compiled(inline="always")
def _renew(key: FloatArray, mass: FloatArray, head: int, tail: int, worthless: float) -> float:
    """Go over to the older units of weight; returns the sum of the list.

    A use so far away that next to nothing is left for it counts as worth nothing; its bits would
    not survive.
    """
    total = 0.0
    for i in range(head, tail):
        key[i] /= RENEWAL
        if abs(key[i]) < worthless:
            key[i] = 0.0
        mass[i] *= RENEWAL
        total += mass[i]
    return total


@compiled(inline="always")
def _start_price(h: Scaled, b: Scratch, head: int, tail: int) -> float:
    """Key at the level the tank starts with: what the next kWh would be used for."""
    if head == tail:
        return 0.0
    i = head
    total = b.mass[i]
    while total <= h.s0 and i + ONE < tail:
        i += ONE
        total += b.mass[i]
    price: float = b.key[i]
    return price


@compiled(inline="always")
def _clip_forwards(
    h: Scaled, b: Scratch, start: float, tank_price: FloatArray, node_price: FloatArray
) -> None:
    price = start
    for t in range(h.P.shape[0]):
        unit = h.weight[t + 1]
        if unit > h.weight[t]:
            price *= RENEWAL
        price = min(max(price, b.low[t]), b.high[t])
        tank_price[t] = price
        node_price[t] = -min(max(price / unit, b.band_low[t]), b.band_high[t])


@compiled()
def tank_plan(h: Scaled, b: Scratch, tank_price: FloatArray, plan: Plan) -> float:
    """Fill in a plan that goes with the prices; returns what it earns on the heat side.

    The earnings are those of network, cooler and the heat left at the end. What the machines earn
    is the caller's, who knows what shed and spare heat stand for. Reads the merit orders that
    `tank_prices` has left.
    """
    _levels_backwards(h, b, tank_price)
    hours = h.P.shape[0]
    use_size, use, hot, weight = b.use_size, b.use, b.hot, h.weight
    low, high, least, most = b.low, b.high, b.least, b.most
    p, q, w, s = plan.p, plan.q, plan.w, plan.s
    limit, v, d, eta, capacity = h.P, h.v, h.d, h.eta, h.S
    money = 0.0
    level = h.s0
    s[0] = level
    for t in range(hours):
        unit = weight[t + 1]
        if unit > weight[t]:
            level /= RENEWAL
        end = min(max(low[t], level - most[t]), min(high[t], level - least[t]))
        end = min(max(end, 0.0), capacity / unit)
        s[t + 1] = min(end * unit, capacity)
        left = (level - end) * unit + hot[t]
        level = end
        heat = hot[t]
        sold, rejected = 0.0, 0.0
        for j in range(USES):
            taken = max(min(left, use_size[t, j]), 0.0)
            left -= taken
            if use[t, j] == NETWORK:
                sold = taken
            elif use[t, j] == COOLER:
                rejected = taken
            else:
                heat -= taken
        p[t] = min(max(heat / eta, 0.0), limit[t]) if eta > 0.0 else 0.0
        q[t], w[t] = sold, rejected
        money += v[t] * sold - d[t] * rejected
    return money + h.e * float(s[hours])


@compiled()
def _levels_backwards(h: Scaled, b: Scratch, tank_price: FloatArray) -> None:
    """Write the interval of levels after each hour that the later prices allow.

    In an hour all uses better than the price are taken, those at the price in any part: the tank
    gives between ``b.least`` and ``b.most``. Where the price moves, the level is pinned: it can
    rise in value only through an empty tank and fall only through a full one.

    With losses, what a level must be long before is rounding of what it must be then; the interval
    is widened by that, lest it shut out levels that make no difference.
    """
    hours = h.P.shape[0]
    use_key, use_size, hot, charge, discharge = b.use_key, b.use_size, b.hot, h.cm, h.dm
    low, high, least, most, weight = b.low, b.high, b.least, b.most, h.weight
    sizes = np.empty(USES)
    capacity = h.S
    worthless = 2.0 * WORTHLESS
    blur = BLUR if h.keep < 1.0 else 0.0
    end = float(weight[hours])
    last = tank_price[hours - 1]
    y1 = h.s_end / end if last <= -h.e * end else capacity / end
    y2 = capacity / end if last >= -h.e * end else h.s_end / end
    for t in range(hours - 1, -1, -1):
        unit = weight[t + 1]
        price = tank_price[t]
        heat, _, _ = limit_flow(hot[t], charge[t], discharge[t], use_key, use_size, t, sizes)
        gives_least = -heat
        gives_most = -heat
        for j in range(USES):
            key = use_key[t, j] * unit
            if key < price:
                gives_least += sizes[j]
            if key <= price:
                gives_most += sizes[j]
        low[t], high[t] = y1, y2
        least[t], most[t] = gives_least / unit, gives_most / unit
        y1 += least[t] - blur * (y1 + abs(least[t]))
        y2 += most[t] + blur * (y2 + abs(most[t]))
        if t > 0:
            earlier = tank_price[t - 1]
            if unit > weight[t]:
                y1 *= RENEWAL
                y2 *= RENEWAL
                earlier *= RENEWAL
            full = capacity / weight[t]
            moves = abs(price) > worthless * unit or abs(earlier) > worthless * unit
            floor = full if moves and price < earlier else 0.0
            roof = 0.0 if moves and price > earlier else full
            y1 = min(max(y1, floor), roof)
            y2 = min(max(y2, floor), roof)


@compiled()
def solve_tank(h: Scaled, b: Scratch, plan: Plan) -> float:
    """Solve a year without switching cost exactly; returns what it earns."""
    hours = h.P.shape[0]
    for t in range(hours):
        b.hot[t] = h.eta * h.P[t]
        b.shed[t] = b.hot[t]
        b.shed_key[t] = h.m[t] / h.eta if h.eta > 0.0 else 0.0
        b.spare[t] = 0.0
        b.spare_key[t] = 0.0
    tank_prices(h, b, b.tank_price, plan.price)
    money = tank_plan(h, b, b.tank_price, plan)
    for t in range(hours):
        money += h.m[t] * plan.p[t]
    return money
