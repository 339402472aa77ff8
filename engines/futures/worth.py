"""What a hub is worth in every future, from a table of plans that were solved once.

For fixed prices the best year earns the highest of many straight lines, one a plan: a plan that was
the best at one price can be followed at any other, and what it earns there is linear in the prices
of computing, electricity and heat. So the best plan of a table is a *lower bound* at every price
(a tangent of the convex worth); how far below the exact answer it lies is measured by solving a
sample of futures again. What limits the plan (heat demand, heat caught) moves its sums by a stated
difference instead, which the same sample judges.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import prange

from engines.arrays import FloatArray, IntArray, finite, within
from engines.compiled import compiled
from engines.economics.annuity import annuity_factor
from engines.economics.cashflow import Asset, asset_flows, bought, present_value
from engines.errors import InvalidInput
from engines.futures.draw import Futures

IT, HEAT_EUR, HEAT_MWH, DAY_AHEAD_EUR, ELECTRICITY, OTHER_EUR, SHADOW_EUR, FIXED_EUR = range(8)
COLUMNS = 8
"""Sums of a plan: IT energy [MWh], heat income [EUR], heat [MWh], electricity at the exchange
[EUR], electricity [MWh], its tariff by energy [EUR], shadow cost that steers and is not booked
[EUR], yearly charges, which decide whether the plan is followed at all [EUR]."""


@dataclass(frozen=True)
class PlanTable:
    """Plans of many hubs, by price year.

    Attributes
    ----------
    sums : array, shape (hubs, plans, COLUMNS)
        Sums of a year, availability counted.
    first : array of int, shape (price years + 1,)
        Where the plans of each price year begin; the study's own year is the first.
    per_demand, per_capture : array, shape (hubs, plans, COLUMNS)
        Change of the sums per 100 % more heat demand and per 100 % more heat caught.
    """

    sums: FloatArray
    first: IntArray
    per_demand: FloatArray
    per_capture: FloatArray

    def __post_init__(self) -> None:
        if self.sums.ndim != 3 or self.sums.shape[2] != COLUMNS:
            raise InvalidInput(f"A table of plans cannot have shape {self.sums.shape}.")
        if not self.sums.shape == self.per_demand.shape == self.per_capture.shape:
            raise InvalidInput("Differences are needed for exactly the plans of the table.")
        if self.first[0] != 0 or self.first[-1] != self.sums.shape[1]:
            raise InvalidInput("Every plan of the table belongs to a price year.")


@dataclass(frozen=True)
class Terms:
    """What turns operation into worth.

    Attributes
    ----------
    rate_share : float
        Real discount rate [1/a].
    compute_eur_per_mwh : array, shape (years,)
        Revenue of the study in each year [EUR/MWh_IT].
    assets : tuple of Asset
        Everything bought; ``asic`` follows the price of machines, ``pipe`` that of pipes, all other
        parts that of building.
    opex_eur_per_a : array, shape (hubs,)
    vat_share : float
        Value added tax that does not come back, on purchases and payments.
    debt_share, debt_rate_share : float
        Part of the purchases of year 0 that is borrowed, and its interest [1/a].
    debt_years : int
    """

    rate_share: float
    compute_eur_per_mwh: FloatArray
    assets: tuple[Asset, ...]
    opex_eur_per_a: FloatArray
    vat_share: float
    debt_share: float
    debt_rate_share: float
    debt_years: int


@dataclass(frozen=True)
class Worth:
    """Worth of each hub in each future, shape (hubs, futures).

    Attributes
    ----------
    npv_eur : array
        Present value [EUR].
    heat_eur, heat_mwh : array
        Income from heat and heat sold, as worth today [EUR, MWh].
    debt_cover : array
        Least income over debt service in the years of the debt; infinite without debt.
    """

    npv_eur: FloatArray
    heat_eur: FloatArray
    heat_mwh: FloatArray
    debt_cover: FloatArray


def worth(table: PlanTable, futures: Futures, heat_factor: FloatArray, terms: Terms) -> Worth:
    """Return what every hub is worth in every future.

    ``NPV = sum_t [max_plan(v IT + w H - p E ...) - opex]/(1 + r)^t - PV(purchases)``, the plan
    chosen with its shadow cost and booked without; no plan where none carries its yearly charges.

    Parameters
    ----------
    table : PlanTable
    futures : Futures
    heat_factor : array, shape (futures,)
        On the income from heat.
    terms : Terms
    """
    years = futures.years
    value = finite("compute_eur_per_mwh", terms.compute_eur_per_mwh) * futures.compute_factor
    if futures.price_year.max(initial=0) >= len(table.first) - 1:
        raise InvalidInput("A future follows a price year that the table of plans does not hold.")
    discount = (1.0 + within("rate_share", terms.rate_share, 0.0, 1.0)) ** -np.arange(
        1.0, years + 1.0
    )
    margin, heat_eur, heat_mwh, least = _operation(
        table.sums,
        table.first,
        table.per_demand,
        table.per_capture,
        Course(
            value,
            finite("heat_factor", heat_factor),
            futures.day_ahead_factor,
            futures.surcharge_eur_per_mwh,
            futures.availability_factor,
            futures.demand_factor,
            futures.capture_factor,
            futures.price_year,
        ),
        discount,
        np.ascontiguousarray(terms.opex_eur_per_a, dtype=np.float64),
        terms.vat_share,
        min(terms.debt_years, years),
    )
    npv = margin + invested_eur(terms, futures, len(margin))
    return Worth(npv, heat_eur, heat_mwh, _cover(least, terms, futures, len(margin)))


def invested_eur(terms: Terms, futures: Futures, hubs: int) -> FloatArray:
    """Return the present value of purchases less what is left, shape (hubs, futures) [EUR]."""
    total = np.zeros((hubs, futures.count))
    for asset in terms.assets:
        whole = asset_flows(asset, futures.years) - terms.vat_share * bought(asset, futures.years)
        flows = np.broadcast_to(whole, (hubs, futures.years + 1))
        if asset.name == "asic":
            weight = (1.0 + terms.rate_share) ** -np.arange(futures.years + 1.0)
            total += (flows * weight) @ futures.machine_factor.T
        else:
            total += present_value(flows, terms.rate_share)[:, None] * _price(asset, futures)
    return total


def _price(asset: Asset, futures: Futures) -> FloatArray:
    return futures.pipe_factor if asset.name == "pipe" else futures.infrastructure_factor


def _cover(least_eur: FloatArray, terms: Terms, futures: Futures, hubs: int) -> FloatArray:
    """Return the least yearly income over the even debt service."""
    invested = np.zeros((hubs, futures.count))
    for asset in terms.assets:
        cost = np.broadcast_to(np.asarray(asset.cost_eur, dtype=np.float64), hubs)[:, None]
        first = futures.machine_factor[:, 0] if asset.name == "asic" else _price(asset, futures)
        invested += cost * first
    service = invested * terms.debt_share * annuity_factor(terms.debt_rate_share, terms.debt_years)
    owed = service > 0.0
    return np.where(owed, least_eur / np.where(owed, service, 1.0), np.inf)


class Course(NamedTuple):
    """The fields of `Futures` that operation depends on, as the compiled loop knows them."""

    value: FloatArray
    heat: FloatArray
    day_ahead: FloatArray
    surcharge: FloatArray
    availability: FloatArray
    demand: FloatArray
    capture: FloatArray
    price_year: IntArray


@compiled(parallel=True, nogil=True)
def _operation(
    sums: FloatArray,
    first: IntArray,
    per_demand: FloatArray,
    per_capture: FloatArray,
    course: Course,
    discount: FloatArray,
    opex: FloatArray,
    vat: float,
    debt_years: int,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return present income less cost, heat income, heat, and the least year of the debt."""
    hubs, futures, years = sums.shape[0], course.value.shape[0], course.value.shape[1]
    margin = np.zeros((hubs, futures))
    heat_eur = np.zeros((hubs, futures))
    heat_mwh = np.zeros((hubs, futures))
    least = np.full((hubs, futures), np.inf)
    for n in prange(hubs):
        for f in range(futures):
            level, heat, served = course.day_ahead[f], course.heat[f], course.availability[f]
            for t in range(years):
                v, burden, year = (
                    course.value[f, t],
                    course.surcharge[f, t],
                    course.price_year[f, t],
                )
                best, chosen = 0.0, -1
                for j in range(first[year], first[year + 1]):
                    earned = (
                        v * sums[n, j, IT]
                        + heat * sums[n, j, HEAT_EUR]
                        - level * sums[n, j, DAY_AHEAD_EUR]
                        - sums[n, j, OTHER_EUR]
                        - burden * sums[n, j, ELECTRICITY]
                        - sums[n, j, SHADOW_EUR]
                        - sums[n, j, FIXED_EUR]
                    )
                    if earned > best:
                        best, chosen = earned, j
                income, cost = 0.0, opex[n]
                if chosen >= 0:
                    less, more = 1.0 - course.demand[f, t], course.capture[f] - 1.0
                    part = sums[n, chosen] - less * per_demand[n, chosen]
                    part += more * per_capture[n, chosen]
                    income = served * (v * part[IT] + heat * part[HEAT_EUR])
                    power = level * part[DAY_AHEAD_EUR] + part[OTHER_EUR]
                    cost += served * (power + burden * part[ELECTRICITY]) + part[FIXED_EUR]
                    heat_eur[n, f] += discount[t] * served * heat * part[HEAT_EUR]
                    heat_mwh[n, f] += discount[t] * served * part[HEAT_MWH]
                cash = income - cost - vat * max(cost, 0.0)
                margin[n, f] += discount[t] * cash
                if t < debt_years:
                    least[n, f] = min(least[n, f], cash)
    return margin, heat_eur, heat_mwh, least
