"""The proof: what a plan earns from below, what prices allow from above.

*From below.* A plan that keeps all limits can be followed, so no optimum is worse than what it
earns. For given machines the heat side is run exactly by the list of `tank`.

*From above.* Let the machines sell heat at any prices one likes, and let tank, network and cooler
buy it at the same prices, each doing what is best for itself. Any joint plan is open to the two,
what one pays the other gets, so together they earn at least the optimum. The machines are answered
exactly by `fleet`, the buyers exactly by `tank`.

If the two numbers agree, both are the optimum, wherever plan and prices came from.
"""

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.fleet import fleet_plan
from engines.dispatch.scaled import Plan, Scaled, Scratch
from engines.dispatch.tank import tank_plan, tank_prices


@compiled()
def offer_plan(h: Scaled, b: Scratch, power: FloatArray) -> None:
    """Offer the heat side the machines of a plan, and their change of mind at its highest price.

    Stopping a kW in one hour costs what it earns and two switches at most; starting one costs two
    switches less what it earns. So heat that has no place, or that the end of the tank demands, has
    a price, the same that the machines themselves would name, and every plan can be followed.
    """
    for t in range(h.P.shape[0]):
        b.hot[t] = h.eta * h.P[t]
        b.shed[t] = h.eta * power[t]
        b.shed_key[t] = (h.m[t] + 2.0 * h.k) / h.eta
        b.spare[t] = h.eta * (h.P[t] - power[t])
        b.spare_key[t] = (h.m[t] - 2.0 * h.k) / h.eta


@compiled()
def earned_by_plan(h: Scaled, b: Scratch, power: FloatArray, plan: Plan) -> float:
    """Fill in `plan` with these machines and the best use of their heat; returns what it earns.

    Leaves the prices of the heat in ``plan.price``.
    """
    offer_plan(h, b, power)
    tank_prices(h, b, b.tank_price, plan.price)
    money = tank_plan(h, b, b.tank_price, plan)
    last = plan.p[0] if h.before < 0.0 else h.before
    for t in range(h.P.shape[0]):
        money += h.m[t] * plan.p[t] - h.k * abs(plan.p[t] - last)
        last = plan.p[t]
    return money


@compiled()
def allowed_by_prices(h: Scaled, b: Scratch, price: FloatArray, spare: Plan) -> float:
    """Return what no plan can exceed, by these node prices; overwrites `spare`."""
    hours = h.P.shape[0]
    for t in range(hours):
        b.slope[t] = h.m[t] + h.eta * price[t]
    money = fleet_plan(h.P, h.P, b.slope, b.slope, h.k, h.before, b, spare.p)
    for t in range(hours):
        b.hot[t] = h.eta * h.P[t]
        b.shed[t] = b.hot[t]
        b.shed_key[t] = -price[t]
        b.spare[t] = 0.0
        b.spare_key[t] = 0.0
    tank_prices(h, b, b.tank_price, spare.price)
    money += tank_plan(h, b, b.tank_price, spare)
    for t in range(hours):
        money -= price[t] * h.eta * spare.p[t]
    return money
