"""What the same heat costs from a heat pump and from boilers in every future.

Their price of energy moves with the future: gas and CO2 of the gas boiler, the day-ahead price and
a new burden on electricity of the heat pump and of the electric boiler. Machines, upkeep and the
heat they give are those of the study. A bill is a straight line in its prices, so a future adds
``(price - price of the study) / efficiency`` to the cost of every MWh, exactly.
"""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.defaults import electric_boiler_input, gas_boiler_input, heat_pump_input
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import StudyChoices
from engines.futures.draw import Futures
from engines.futures.summary import Chance, Spread, chance, spread


@dataclass(frozen=True)
class AlternativeFutures:
    """Cost of the same heat in the futures.

    Attributes
    ----------
    cost_eur_per_mwh : mapping of str to Spread
        By alternative; arrays over hubs.
    cheapest_p50_eur_per_mwh : array
        Median over the futures of the cheapest alternative of each.
    cheaper : Chance
        Of a hub whose heat, net of computing, costs less than the cheapest alternative of the same
        future; NaN where no heat is sold in some future.
    """

    cost_eur_per_mwh: dict[str, Spread]
    cheapest_p50_eur_per_mwh: FloatArray
    cheaper: Chance


def price_moves_eur_per_mwh(
    futures: Futures, day_ahead_eur_per_mwh: float, choices: StudyChoices, a: Assumptions
) -> dict[str, FloatArray]:
    """Return what each future adds to the cost of a MWh of heat, by alternative, (futures,).

    The burden on electricity counts with its mean over the years as worth today.
    """
    money = choices.money
    pump = heat_pump_input(
        a, day_ahead_eur_per_mwh, money.tariff_of_heat_pump(choices.heat_pump_tariff)
    )
    boiler = electric_boiler_input(
        a, day_ahead_eur_per_mwh, money.tariff_of_electric_boiler(choices.tariff)
    )
    gas = gas_boiler_input(a)
    weight = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, futures.years + 1.0)
    power = day_ahead_eur_per_mwh * (futures.day_ahead_factor - 1.0) + (
        futures.surcharge_eur_per_mwh @ (weight / weight.sum())
    )
    fuel = gas.gas_eur_per_mwh * (futures.gas_factor - 1.0)
    carbon = gas.emission_t_per_mwh * gas.co2_eur_per_t * (futures.co2_factor - 1.0)
    return {
        "heat_pump": power / pump.cop,
        "gas_boiler": (fuel + carbon) / gas.efficiency_share,
        "electric_boiler": power / boiler.efficiency_share,
    }


def alternative_futures(
    hubs: Hubs,
    futures: Futures,
    heat_cost_eur_per_mwh: FloatArray,
    choices: StudyChoices,
    a: Assumptions,
) -> AlternativeFutures:
    """Put the alternatives of every future beside the hub of the same future.

    Parameters
    ----------
    hubs : Hubs
    futures : Futures
    heat_cost_eur_per_mwh : array, shape (hubs, futures)
        Cost of the hub's heat net of computing; NaN where none is sold.
    """
    moves = price_moves_eur_per_mwh(futures, hubs.town.day_ahead_mean_eur_per_mwh, choices, a)
    costs = {
        name: each.cost_eur_per_mwh[:, None] + moves[name][None, :]
        for name, each in hubs.alternatives.items()
    }
    cheapest = np.minimum.reduce(list(costs.values()))
    return AlternativeFutures(
        cost_eur_per_mwh={name: spread(values) for name, values in costs.items()},
        cheapest_p50_eur_per_mwh=spread(cheapest).p50,
        cheaper=chance(cheapest - heat_cost_eur_per_mwh, 0.0),
    )
