"""A ladder of solved years as a table of plans: hubs with a tank and wear in many futures.

Where only the price of computing moves, a ladder holds the worth of a year between proved bounds.
Its plans can also be followed when other prices move: a lower bound, whose distance to the optimum
is measured on a sample of years that are solved again.
"""

from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, within
from engines.dispatch.hub_year import HubYear
from engines.dispatch.ladder import Ladder, bounds_at, price_ladder
from engines.dispatch.optimum import optimal_year
from engines.futures.draw import Futures
from engines.futures.worth import COLUMNS, PlanTable
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class LadderBounds:
    """Present worth of operation where only computing moves, shape (futures,) [EUR].

    The shadow cost of switching is counted in both, as it steers.
    """

    lower_eur: FloatArray
    upper_eur: FloatArray


@dataclass(frozen=True)
class YearError:
    """Years solved again, against the plans of the ladder; arrays over the sample [EUR].

    Attributes
    ----------
    read_eur : array
        What the best plan of the ladder earns in that year, shadow cost counted.
    lower_eur, upper_eur : array
        Bounds on the best year.
    """

    read_eur: FloatArray
    lower_eur: FloatArray
    upper_eur: FloatArray


def ladder_for(hub: HubYear, path: FloatArray, futures: Futures) -> Ladder:
    """Solve a ladder that reaches all levels of compute revenue of the futures.

    Parameters
    ----------
    hub : HubYear
        At the revenue of the first year.
    path : array, shape (years,)
        Revenue of each year of the study over that of the first.
    """
    levels = path * futures.compute_factor
    return price_ladder(hub, 0.0, float(levels.max()))


def ladder_table(ladder: Ladder, adders_eur_per_kwh: float, in_service_share: float) -> PlanTable:
    """Return the plans of one ladder; the compute value of its `Terms` is the path of `ladder_for`.

    Parameters
    ----------
    ladder : Ladder
    adders_eur_per_kwh : float
        What the tariff puts on every kWh, whatever the exchange says.
    in_service_share : float
        Availability, which scales every sum.
    """
    within("in_service_share", in_service_share, 0.0, 1.0)
    other = adders_eur_per_kwh * ladder.power_kwh
    nothing = np.zeros_like(other)
    sums = np.stack(
        [
            ladder.slope_eur,
            ladder.heat_eur,
            nothing,
            ladder.power_eur - other,
            ladder.power_kwh / KWH_PER_MWH,
            other,
            ladder.shadow_eur,
            nothing,
        ],
        axis=1,
    )[None]
    still = np.zeros((1, len(other), COLUMNS))
    return PlanTable(
        in_service_share * sums, np.array([0, len(other)], dtype=np.int64), still, still
    )


def ladder_bounds(
    ladder: Ladder, path: FloatArray, futures: Futures, rate_share: float
) -> LadderBounds:
    """Return proved bounds on the present worth of operation where only computing moves."""
    levels = path * futures.compute_factor
    found = bounds_at(ladder, levels.ravel())
    discount = (1.0 + rate_share) ** -np.arange(1.0, futures.years + 1.0)
    return LadderBounds(
        found.lower_eur.reshape(levels.shape) @ discount,
        found.upper_eur.reshape(levels.shape) @ discount,
    )


def resolved_years(
    hub: HubYear,
    ladder: Ladder,
    adders_eur_per_kwh: float,
    level: FloatArray,
    day_ahead_factor: FloatArray,
    heat_factor: FloatArray,
) -> YearError:
    """Solve years at other prices of computing, electricity and heat, and compare.

    Parameters
    ----------
    level, day_ahead_factor, heat_factor : array, shape (sample,)
        Compute revenue over that of the first year; factors on exchange price and heat value.

    Notes
    -----
    Fan power of the cooler is priced with the electricity of its hour, so its cost takes the mean
    factor of that hour's price.
    """
    read, lower, upper = (np.empty(len(level)) for _ in range(3))
    price = hub.electricity_price_eur_per_kwh
    for i, (a, dear, warm) in enumerate(zip(level, day_ahead_factor, heat_factor, strict=True)):
        moved = dear * (price - adders_eur_per_kwh) + adders_eur_per_kwh
        fans = np.where(price != 0.0, moved / np.where(price != 0.0, price, 1.0), 1.0)
        year = optimal_year(
            replace(
                hub,
                compute_revenue_eur_per_kwh=a * hub.compute_revenue_eur_per_kwh,
                electricity_price_eur_per_kwh=moved,
                heat_value_eur_per_kwh=warm * hub.heat_value_eur_per_kwh,
                rejection_cost_eur_per_kwh=fans * hub.rejection_cost_eur_per_kwh,
            )
        )
        other = adders_eur_per_kwh * ladder.power_kwh
        lines = (
            a * ladder.slope_eur
            + warm * ladder.heat_eur
            - dear * (ladder.power_eur - other)
            - other
            - ladder.shadow_eur
        )
        read[i], lower[i], upper[i] = lines.max(), year.lower_eur, year.upper_eur
    return YearError(read, lower, upper)
