"""The study's hubs in many futures: tables of plans, worth, chances, and how far off they are.

Every hub is dispatched at a few levels of compute revenue for each price year, with less heat
demand, and with less heat caught; from these plans `engines.futures.worth` reads each of the
futures. For a few hubs and a sample of futures every year is dispatched again with everything that
the future changes: the difference is the error of the table, and is shown beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.calendar import monthly_mean
from engines.dispatch.heat_limited import DispatchInputs
from engines.economics.heat_sources import displaced_by_month
from engines.errors import InvalidInput
from engines.evaluation.future_alternatives import AlternativeFutures, alternative_futures
from engines.evaluation.future_plans import (
    FutureTown,
    PriceYears,
    drawn_inputs,
    operated,
    plan_table,
    terms_of,
)
from engines.evaluation.hubs import Hubs, operate_hubs
from engines.evaluation.operation import Operation
from engines.evaluation.records import StudyChoices, TownInput
from engines.evaluation.town import TownYear
from engines.evaluation.weather import WeatherYear, weather_year
from engines.futures.draw import Futures, Outlook, draw_futures, futures_from
from engines.futures.drivers import Driver, driver_shares
from engines.futures.summary import Chance, Spread, chance, median_or_missing, spread
from engines.futures.worth import PlanTable, Terms, invested_eur, worth
from engines.grid.tariff import level_adders_eur_per_mwh

SAMPLED = 200
"""Futures whose present values are kept one by one, to compare hubs in the same future."""
RESOLVED = 12
"""Futures of which every year is dispatched again."""


@dataclass(frozen=True)
class HubFutures:
    """What the futures say of each hub; arrays over parcels.

    Attributes
    ----------
    npv : Spread
        Present value [EUR].
    positive : Chance
        Of a present value above zero.
    uncovered : Chance
        Of a year in which income covers the debt service by less than banks ask for.
    heat_cost_p50_eur_per_mwh : array
        Median cost of heat net of computing; NaN where no heat is sold in any future.
    carried_eur : array
        Present value that the study counts and the table does not (the same in every future).
    alternatives : AlternativeFutures
        The same heat from others, at the prices of the same futures.
    sample_npv_eur : array, shape (hubs, SAMPLED)
        Present value in some of the futures, evenly taken and the same ones for every hub.
    """

    npv: Spread
    positive: Chance
    uncovered: Chance
    heat_cost_p50_eur_per_mwh: FloatArray
    carried_eur: FloatArray
    alternatives: AlternativeFutures
    sample_npv_eur: FloatArray


@dataclass(frozen=True)
class TableError:
    """How far the table is from dispatching every year of a future again; arrays over hubs.

    Attributes
    ----------
    futures, years : int
        Futures and years that were dispatched again for each hub.
    mean_eur, largest_eur : array
        Error of the present value: exact less table, mean and largest absolute.
    """

    futures: int
    years: int
    mean_eur: FloatArray
    largest_eur: FloatArray


def future_town(
    prices: PriceYears,
    year: TownYear,
    choices: StudyChoices,
    a: Assumptions,
    town: TownInput | None = None,
) -> FutureTown:
    """Draw the futures of a study. Price years of another length than its own are left out.

    `town` is needed where the weather of the years is drawn.
    """
    hours = len(year.supply_degc)
    fits = prices.day_ahead_eur_per_mwh.shape[1:] == (hours,)
    used = prices if fits else PriceYears((), np.empty((0, hours)), are_own=False)
    outlook = Outlook(
        round(a["economics.horizon_years"]),
        choices.start_year,
        len(used.labels),
        choices.money.compute_kind,
    )
    moves = heat_moves(year, choices, a)
    futures = draw_futures(outlook, a)
    weather: tuple[WeatherYear, ...] = ()
    if used.outdoor_degc is not None and not (futures.price_year == 0).all():
        if town is None:
            raise InvalidInput("Weather years can only be drawn for a town that is given.")
        weather = tuple(weather_year(town, year, each, choices, a) for each in used.outdoor_degc)
    return FutureTown(futures, outlook, used, moves, heat_factor(futures, moves), weather)


def heat_moves(year: TownYear, choices: StudyChoices, a: Assumptions) -> FloatArray:
    """Return how the worth of heat follows gas, CO2 and the day-ahead price, shape (3,).

    Shares of the displaced cost, mean over the months: what a doubling of each price adds. All zero
    where the price of heat is agreed by outdoor temperature, or a month's source is not known.
    """
    tariff = choices.money.tariff_of_heat_pump(choices.heat_pump_tariff)
    adders = level_adders_eur_per_mwh(tariff) + tariff.levies_above_eur_per_mwh
    market = monthly_mean(year.day_ahead_eur_per_mwh)

    def cost(gas: float = 1.0, co2: float = 1.0, day_ahead: float = 1.0) -> float:
        moved = dict(a.entries)
        for key, factor in (("heat.gas_eur_per_mwh", gas), ("heat.co2_eur_per_t", co2)):
            moved[key] = replace(moved[key], value=factor * moved[key].value)
        found = displaced_by_month(
            choices.displaced_sources, day_ahead * market, adders, Assumptions(moved)
        )
        return float(found.mean())

    usual = cost()
    if choices.money.heat_tariff or not np.isfinite(usual) or usual <= 0.0:
        return np.zeros(3)
    return np.array([cost(gas=2.0), cost(co2=2.0), cost(day_ahead=2.0)]) / usual - 1.0


def heat_factor(futures: Futures, moves: FloatArray) -> FloatArray:
    """Return the factor on the worth of heat in each future.

    The harm of a warmer return is a loss of the same fuel and moves along.
    """
    prices = (futures.gas_factor, futures.co2_factor, futures.day_ahead_factor)
    strayed = np.column_stack(prices) - 1.0
    return np.asarray((1.0 + strayed @ moves).clip(min=0.0), dtype=np.float64)


def hub_futures(hubs: Hubs, town: FutureTown, choices: StudyChoices, a: Assumptions) -> HubFutures:
    """Return what the futures of the study make of every hub."""
    table, terms = plan_table(operated(hubs, a), town, choices, a), terms_of(hubs, a)
    found = worth(table, town.futures, town.heat_factor, terms)
    carried = hubs.money.npv_eur - central_npv_eur(table, terms, town)
    npv_eur = found.npv_eur + carried[:, None]
    sold = found.heat_mwh > 0.0
    cost = (found.heat_eur - npv_eur) / np.where(sold, found.heat_mwh, 1.0)
    cost = np.where(sold, cost, np.nan)
    return HubFutures(
        npv=spread(npv_eur),
        positive=chance(npv_eur, 0.0),
        uncovered=chance(-found.debt_cover, -a["futures.debt_cover_least"]),
        heat_cost_p50_eur_per_mwh=median_or_missing(cost),
        carried_eur=carried,
        alternatives=alternative_futures(hubs, town.futures, cost, choices, a),
        sample_npv_eur=npv_eur[:, sampled(town.futures.count)],
    )


def sampled(count: int) -> IntArray:
    """Return which of so many futures are kept one by one; each several times if there are few."""
    return np.asarray(np.arange(SAMPLED) * count // SAMPLED, dtype=np.int64)


def hub_drivers(
    hubs: Hubs,
    town: FutureTown,
    choices: StudyChoices,
    a: Assumptions,
    table: PlanTable | None = None,
) -> list[tuple[Driver, ...]]:
    """Return for each hub which driver makes how much of the variance of its present value.

    `table` spares making the plans of these hubs anew.
    """
    table, terms = table or plan_table(operated(hubs, a), town, choices, a), terms_of(hubs, a)

    def npv_eur(i: int, points: FloatArray) -> FloatArray:
        drawn = futures_from(points, town.outlook, a)
        one = PlanTable(
            table.sums[i : i + 1],
            table.first,
            table.per_demand[i : i + 1],
            table.per_capture[i : i + 1],
        )
        found = worth(one, drawn, heat_factor(drawn, town.heat_moves), _terms_at(terms, i))
        return np.asarray(found.npv_eur[0], dtype=np.float64)

    years, seed = town.outlook.years, round(a["futures.seed"])
    kind = town.outlook.compute_kind
    return [
        driver_shares(partial(npv_eur, i), years, seed, compute_kind=kind)
        for i in range(len(hubs.joined))
    ]


def table_error(
    hubs: Hubs,
    town: FutureTown,
    choices: StudyChoices,
    a: Assumptions,
    sample: int = RESOLVED,
    table: PlanTable | None = None,
) -> TableError:
    """Dispatch every year of a sample of futures again, and compare with the table.

    The sample is spread evenly over the futures in the order of their compute revenue.
    """
    order = np.argsort(town.futures.compute_factor.sum(axis=1), kind="stable")
    count = min(sample, town.futures.count)
    chosen = order[((np.arange(count) + 0.5) * town.futures.count / count).astype(np.int64)]
    futures, heat = town.futures.at(chosen), town.heat_factor[chosen]
    table, terms = table or plan_table(operated(hubs, a), town, choices, a), terms_of(hubs, a)
    read = worth(table, futures, heat, terms).npv_eur
    exact = np.empty_like(read)
    years = [hubs.inputs, *drawn_inputs(operated(hubs, a), town)]
    for f in range(count):
        one = futures.at(np.array([f]))
        exact[:, f] = _exact_npv_eur(hubs, years, one, float(heat[f]), terms, choices, a)
    off = exact - read
    return TableError(
        count, count * futures.years, off.mean(axis=1), np.abs(off).max(axis=1, initial=0.0)
    )


def _terms_at(terms: Terms, i: int) -> Terms:
    """Return the terms of one hub."""
    hubs = len(terms.opex_eur_per_a)

    def alone(cost: object) -> FloatArray:
        return np.broadcast_to(np.asarray(cost, dtype=np.float64), hubs)[i : i + 1]

    return replace(
        terms,
        assets=tuple(replace(asset, cost_eur=alone(asset.cost_eur)) for asset in terms.assets),
        opex_eur_per_a=terms.opex_eur_per_a[i : i + 1],
    )


def study_alone(years: int) -> Futures:
    """Return one future that is the study itself."""
    one, level = np.ones(1), np.ones((1, years))
    return Futures(
        compute_factor=level,
        machine_factor=np.ones((1, years + 1)),
        day_ahead_factor=one,
        gas_factor=one,
        co2_factor=one,
        infrastructure_factor=one,
        pipe_factor=one,
        availability_factor=one,
        capture_factor=one,
        demand_factor=level,
        surcharge_eur_per_mwh=np.zeros((1, years)),
        price_year=np.zeros((1, years), dtype=np.int64),
    )


def central_npv_eur(table: PlanTable, terms: Terms, town: FutureTown) -> FloatArray:
    """Return the present value of the study itself as the table reads it."""
    study = study_alone(town.outlook.years)
    return np.asarray(worth(table, study, np.ones(1), terms).npv_eur[:, 0], dtype=np.float64)


def _exact_npv_eur(
    hubs: Hubs,
    years: Sequence[DispatchInputs],
    one: Futures,
    heat_factor: float,
    terms: Terms,
    choices: StudyChoices,
    a: Assumptions,
) -> FloatArray:
    """Operate every year of one future and return the present value of every hub [EUR]."""
    given = operated(hubs, a)
    adders = given.adders_eur_per_mwh
    tables: list[FloatArray] = []
    for t in range(one.years):
        usual = years[one.price_year[0, t]]
        market = usual.price_eur_per_mwh - adders
        inputs = replace(
            usual,
            price_eur_per_mwh=one.day_ahead_factor[0] * market
            + adders
            + one.surcharge_eur_per_mwh[0, t],
            heat_value_eur_per_mwh=heat_factor * usual.heat_value_eur_per_mwh,
            uptake_kw=one.demand_factor[0, t] * usual.uptake_kw,
            capture_share=one.capture_factor[0] * usual.capture_share,
            compute_value_eur_per_mwh=terms.compute_eur_per_mwh[t : t + 1]
            * one.compute_factor[0, t],
        )
        operation = operate_hubs(inputs, given.utc_offset_h, choices, a)
        tables.append(_cash_eur(operation, one, terms))
    cash = np.concatenate(tables, axis=1)
    discount = (1.0 + terms.rate_share) ** -np.arange(1.0, one.years + 1.0)
    invested = invested_eur(terms, one, len(cash))[:, 0]
    return np.asarray(cash @ discount + invested, dtype=np.float64)


def _cash_eur(operation: Operation, one: Futures, terms: Terms) -> FloatArray:
    """Return income less cost of one year of one future, shape (hubs, 1) [EUR]."""
    year, served = operation.dispatch, one.availability_factor[0]
    income = served * (year.compute_revenue_eur + year.heat_revenue_eur)
    fixed = operation.bill_eur - year.electricity_cost_eur
    cost = served * year.electricity_cost_eur + fixed + terms.opex_eur_per_a[:, None]
    cost = cost + terms.vat_share * cost.clip(min=0.0)
    return np.asarray(income - cost, dtype=np.float64)
