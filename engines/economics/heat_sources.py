"""What the hub's heat replaces, month by month, and what that would have cost.

The heat that is displaced is the dearest that runs. It changes over the year: gas in winter, waste
incineration in summer. A month whose source is unknown has no cost, and so has no heat value.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from engines.arrays import FloatArray, IntArray, as_floats
from engines.assumptions import Assumptions
from engines.calendar import MONTHS
from engines.economics.heat_value import displaced_heat_eur_per_mwh
from engines.errors import InvalidInput

UNKNOWN = "unknown"
GRADIENT_OF = {
    "boiler": "boiler",
    "condensing": "condensing",
    "biomass": "condensing",
    "waste": "condensing",
    "heat_pump": "heat_pump",
    "chp": "chp",
}
"""For each source the cost gradient of a warmer return that it suffers (flue-gas condensation for
biomass and waste)."""
SOURCES = (*GRADIENT_OF, UNKNOWN)


def sources_by_month(stated: Sequence[str]) -> tuple[str, ...]:
    """Check a list of twelve sources, January to December.

    Raises
    ------
    InvalidInput
        If there are not twelve, or one is not known here.
    """
    if len(stated) != MONTHS:
        raise InvalidInput(
            f"The displaced source needs twelve months, January to December; {len(stated)} are "
            "stated."
        )
    for source in stated:
        if source not in SOURCES:
            raise InvalidInput(
                f"There is no displaced source {source!r}; choose one of {', '.join(SOURCES)}."
            )
    return tuple(stated)


def displaced_by_month(
    sources: Sequence[str],
    day_ahead_eur_per_mwh: FloatArray,
    heat_pump_adders_eur_per_mwh: float,
    a: Assumptions,
) -> FloatArray:
    """Avoided marginal cost of heat in each month, shape (12,) [EUR/MWh].

    Burners: ``(fuel + EF CO2)/eta + VOM``. Heat pump: ``(DA + adders)/COP + VOM``. Combined heat
    and power: ``(fuel + EF CO2)/eta_heat - eta_power/eta_heat DA``, since power that is not made
    is not sold. Waste incineration: as stated. Domain.md 5.3.

    Parameters
    ----------
    sources : sequence of str, twelve of `SOURCES`
    day_ahead_eur_per_mwh : array, shape (12,)
        Mean of each month; heat pumps and CHP run by it.
    heat_pump_adders_eur_per_mwh : float
        What a heat pump pays above the exchange price.

    Returns
    -------
    array, shape (12,)
        NaN in months whose source is unknown.
    """
    names = sources_by_month(sources)
    found = [
        _cost(name, float(day_ahead_eur_per_mwh[m]), heat_pump_adders_eur_per_mwh, a)
        for m, name in enumerate(names)
    ]
    return as_floats(found)


def _cost(name: str, day_ahead: float, adders: float, a: Assumptions) -> float:
    gas = (a["heat.gas_eur_per_mwh"], a["heat.emission_gas_t_per_mwh"], a["heat.co2_eur_per_t"])
    upkeep = a["heat.displaced_variable_om_eur_per_mwh"]
    if name == "boiler":
        share = a["heat.displaced_efficiency_share"]
        return float(displaced_heat_eur_per_mwh(*gas, share, upkeep))
    if name == "condensing":
        share = a["economics.gas_boiler_efficiency_share"]
        return float(displaced_heat_eur_per_mwh(*gas, share, upkeep))
    if name == "biomass":
        fuel = a["heat.biomass_eur_per_mwh"] / a["heat.biomass_efficiency_share"]
        return fuel + a["heat.biomass_variable_om_eur_per_mwh"]
    if name == "waste":
        return a["heat.waste_eur_per_mwh"]
    if name == "heat_pump":
        power = (day_ahead + adders) / a["heat.displaced_heat_pump_cop"]
        return power + a["economics.alternative_heat_pump_variable_om_eur_per_mwh"]
    if name == "chp":
        heat, power = a["heat.chp_heat_share"], a["heat.chp_power_share"]
        fuel = float(displaced_heat_eur_per_mwh(*gas, heat, upkeep))
        return fuel - power / heat * day_ahead
    return float("nan")


def gradient_by_month(sources: Sequence[str], a: Assumptions) -> FloatArray:
    """Cost of a return that is 1 K warmer, by the source of each month; NaN unknown."""
    return as_floats(
        [
            a[f"heat.gradient_{GRADIENT_OF[name]}_eur_per_mwh_k"] if name in GRADIENT_OF else np.nan
            for name in sources_by_month(sources)
        ]
    )


def marginal_plants_eur_per_mwh(
    production_kw: FloatArray,
    month_of_hour: IntArray,
    plants_kw: Mapping[str, float],
    costs_eur_per_mwh: Mapping[str, FloatArray],
) -> FloatArray:
    """Cost of the plant that a MWh from a hub would displace, by month, from the plants' own data.

    In each hour the plants run in the order of their cost in that month; the last one needed is
    displaced. The month's cost is the mean over its hours, weighted with the heat.

    Parameters
    ----------
    production_kw : array, shape (hours,)
        Heat that all plants feed in.
    month_of_hour : array of int, shape (hours,)
    plants_kw : mapping of str to float
        Heat rating by name; NaN where not stated.
    costs_eur_per_mwh : mapping of str to array (12,)
        Marginal cost by month of the plants that state it.

    Returns
    -------
    array, shape (12,)
        NaN everywhere unless all plants state cost and rating; NaN in months without heat.
        Hours above the sum of all ratings count with the dearest plant.
    """
    missing = np.full(MONTHS, np.nan)
    if not plants_kw or set(plants_kw) != set(costs_eur_per_mwh):
        return missing
    rating = as_floats([plants_kw[name] for name in plants_kw])
    cost = np.array([as_floats(costs_eur_per_mwh[name]) for name in plants_kw])
    if np.isnan(rating).any() or np.isnan(cost).any():
        return missing
    for month in range(MONTHS):
        load_kw = production_kw[month_of_hour == month]
        if load_kw.sum() <= 0.0:
            continue
        order = np.argsort(cost[:, month], kind="stable")
        needed = np.searchsorted(np.cumsum(rating[order]), load_kw, side="left")
        price = cost[order, month][np.minimum(needed, len(order) - 1)]
        missing[month] = float(price @ load_kw / load_kw.sum())
    return missing
