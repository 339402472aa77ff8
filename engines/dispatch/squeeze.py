"""Where optimist and pessimist agree: a bracket around the plan and around the prices.

The machines run more the dearer heat is; heat is the cheaper the more machines run. Let all
machines run: heat is as cheap as it can be. The machines that run even so run in the optimum too:
`few`. Let only those run: heat is as dear as it can be, and no more machines than run then run in
the optimum: `many`. Once more round, and in most hours few and many are the same: those hours are
settled, and so is most of the year.
"""

from typing import NamedTuple

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.bracket import offer_plan
from engines.dispatch.fleet import fleet_plan
from engines.dispatch.scaled import Plan, Scaled, Scratch
from engines.dispatch.tank import tank_plan, tank_prices

ROUNDS = 2
"""Later rounds settle one per cent more hours and cost more time than they save."""
HIGHEST_PRICE = 1e6
"""Prices are cut here; an hour is worth about one in these units."""


class Side(NamedTuple):
    """One side of the bracket: machines, and the prices and tank levels that go with them."""

    power: FloatArray
    price: FloatArray
    tank_price: FloatArray
    level: FloatArray


@compiled()
def _side(h: Scaled) -> Side:
    hours = h.P.shape[0]
    return Side(h.P.copy(), np.empty(hours), np.empty(hours), np.empty(hours + 1))


@compiled()
def squeeze(h: Scaled, b: Scratch, plan: Plan) -> tuple[Side, Side]:
    """Return the sides `few` (with high prices) and `many` (with low ones); overwrites `plan`."""
    few, many = _side(h), _side(h)
    for turn in range(ROUNDS):
        last = turn == ROUNDS - 1
        _answer(h, b, many, few, plan, last)
        _answer(h, b, few, many, plan, last)
    return few, many


@compiled()
def _answer(h: Scaled, b: Scratch, side: Side, other: Side, plan: Plan, last: bool) -> None:
    """Price the heat of the machines of `side`; set the machines of `other` that answer."""
    offer_plan(h, b, side.power)
    tank_prices(h, b, side.tank_price, side.price)
    for t in range(h.P.shape[0]):
        side.price[t] = min(max(side.price[t], -HIGHEST_PRICE), HIGHEST_PRICE)
    if last:
        tank_plan(h, b, side.tank_price, plan)
        side.level[:] = plan.s
        return
    for t in range(h.P.shape[0]):
        b.slope[t] = h.m[t] + h.eta * side.price[t]
    fleet_plan(h.P, h.P, b.slope, b.slope, h.k, h.before, b, other.power)
