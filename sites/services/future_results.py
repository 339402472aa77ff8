"""Turns what the futures say into the document of a run."""

from typing import Any

from engines.evaluation.future_bounds import TableBounds, table_bounds
from engines.evaluation.future_plans import FutureTown, operated, plan_table
from engines.evaluation.futures import (
    HubFutures,
    TableError,
    future_town,
    hub_drivers,
    table_error,
)
from engines.evaluation.hubs import Hubs
from engines.evaluation.stress import StressCase, break_even, stress_cases
from engines.evaluation.town import TownYear
from engines.futures.drivers import Driver
from engines.futures.summary import LEVELS
from sites.assembly import Assembled
from sites.services.plain import number


def future_of(given: Assembled, year: TownYear) -> FutureTown:
    """Draw the futures of a run; every parcel meets the same."""
    return future_town(given.price_years, year, given.choices, given.assumptions, given.town)


def chances_document(drawn: HubFutures, i: int) -> dict[str, Any]:
    """What the futures make of one parcel."""
    return {
        "p_npv_positive": number(drawn.positive.share[i]),
        "p_error": number(drawn.positive.error_share[i]),
        "npv_p10_eur": number(drawn.npv.p10[i]),
        "npv_p50_eur": number(drawn.npv.p50[i]),
        "npv_p90_eur": number(drawn.npv.p90[i]),
        "npv_mean_eur": number(drawn.npv.mean[i]),
        "npv_worst_mean_eur": number(drawn.npv.worst_mean[i]),
        "npv_levels": list(LEVELS),
        "npv_quantiles_eur": [number(value) for value in drawn.npv.quantiles[i]],
        "p_debt_uncovered": number(drawn.uncovered.share[i]),
        "heat_cost_p50_eur_per_mwh": number(drawn.heat_cost_p50_eur_per_mwh[i]),
        "p_heat_cheaper": number(drawn.alternatives.cheaper.share[i]),
        "cheapest_alternative_p50_eur_per_mwh": number(
            drawn.alternatives.cheapest_p50_eur_per_mwh[i]
        ),
        "alternatives": {
            name: {
                "p10_eur_per_mwh": number(each.p10[i]),
                "p50_eur_per_mwh": number(each.p50[i]),
                "p90_eur_per_mwh": number(each.p90[i]),
            }
            for name, each in drawn.alternatives.cost_eur_per_mwh.items()
        },
    }


def draw_document(town: FutureTown, given: Assembled) -> dict[str, Any]:
    """What the futures were drawn from."""
    return {
        "count": town.futures.count,
        "seed": round(given.assumptions["futures.seed"]),
        "spread": given.assumptions["futures.spread"],
        "price_years": list(town.prices.labels),
        "price_years_are_own": town.prices.are_own,
        "weather_years": [
            {
                "label": label,
                "demand_share": number(weather.demand_share),
                "prices_from": origin,
            }
            for label, weather, origin in zip(
                town.prices.labels, town.weather, town.prices.prices_from, strict=True
            )
        ]
        if town.weather
        else [],
    }


def futures_documents(given: Assembled, hubs: Hubs) -> list[dict[str, Any]]:
    """Drivers, the error of the method and bad cases, for each of these parcels."""
    town = future_of(given, hubs.town)
    table = plan_table(operated(hubs, given.assumptions), town, given.choices, given.assumptions)
    drivers = hub_drivers(hubs, town, given.choices, given.assumptions, table)
    error = table_error(hubs, town, given.choices, given.assumptions, table=table)
    cases = stress_cases(hubs, given.choices, given.assumptions)
    bounds = table_bounds(hubs, town, given.choices, given.assumptions)
    zero = break_even(hubs, town, given.choices, given.assumptions)
    return [
        _document(i, drivers[i], error)
        | {
            "bounds": _bounds(i, bounds),
            "stress": [_case(i, case) for case in cases],
            "break_even": {name: number(values[i]) for name, values in vars(zero).items()},
        }
        for i in range(len(given.rows))
    ]


def _bounds(i: int, found: TableBounds) -> dict[str, Any]:
    return {
        name: number(values) if isinstance(values, int) else number(values[i])
        for name, values in vars(found).items()
    }


def _case(i: int, case: StressCase) -> dict[str, Any]:
    return {"key": case.key} | {
        name: number(values[i]) for name, values in vars(case).items() if name != "key"
    }


def _document(i: int, drivers: tuple[Driver, ...], error: TableError) -> dict[str, Any]:
    return {
        "drivers": [
            {
                "key": driver.key,
                "alone_share": number(driver.alone_share),
                "total_share": number(driver.total_share),
                "error_share": number(driver.error_share),
            }
            for driver in drivers
        ],
        "resolved_futures": error.futures,
        "resolved_years": error.years,
        "error_mean_eur": number(error.mean_eur[i]),
        "error_largest_eur": number(error.largest_eur[i]),
    }
