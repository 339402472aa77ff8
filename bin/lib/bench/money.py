"""Money of 10,000 hubs year by year, and of hubs with tank and wear in 2,000 futures."""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numba import get_num_threads

from engines.arrays import FloatArray
from engines.assumptions import Assumptions, build_assumptions
from engines.compute.revenue import compute_path
from engines.dispatch.heat_limited import DispatchInputs
from engines.dispatch.hub_year import HubYear, hub_year
from engines.economics.capex import HubSize, assets, capex
from engines.economics.defaults import capex_rates, compute_input, lives, opex_rates
from engines.economics.opex import opex
from engines.economics.project import MoneyInput, evaluate_money
from engines.evaluation.future_plans import FutureTown, Operated, PriceYears, plan_table
from engines.evaluation.futures import heat_factor
from engines.evaluation.hubs import operate_hubs
from engines.evaluation.records import StudyChoices
from engines.evaluation.town import full_load_mwh_per_a
from engines.futures.draw import Outlook, draw_futures
from engines.futures.ladders import ladder_bounds, ladder_for, ladder_table, resolved_years
from engines.futures.summary import chance, spread
from engines.futures.worth import Terms, worth
from engines.grid.tariff import hourly_price_eur_per_mwh, tariff_named
from engines.units import HOURS_PER_YEAR, KWH_PER_MWH

SEED = 7
NETWORKS, STATIONS = 200, 40
PRICE_YEARS = 10
PART = 500
SIZES_KW = (50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
MODES = ("return", "lift", "subnet")
HOURS = np.arange(HOURS_PER_YEAR)
CHOICES = StudyChoices(
    technology="hydro_high_temperature",
    tariff="fi_dc_2026",
    heat_pump_tariff="fi_heat_pump_2026",
    displaced_source="boiler",
    refrigerant="ammonia",
    compute_outlook="market",
    start_year=2027.0,
    area_type="outer_city",
    demand_method="bdew",
    natures={},
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", type=int, default=10_000, help="of one size, no tank")
    parser.add_argument("--places", type=int, default=50, help="with tank and wear")
    parser.add_argument("--again", type=int, default=2, help="years solved again for each of those")


def measure(options: argparse.Namespace) -> dict[str, object]:
    load_before = os.getloadavg()[0]
    one_size(50)  # compiles
    print(f"{options.parcels} parcels of one size", file=sys.stderr)
    parcels = one_size(options.parcels)
    parcels["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    many_sizes(1, 1)  # compiles
    print(f"{options.places} places, all sizes and modes", file=sys.stderr)
    return {
        "load_of_the_machine_before": round(load_before, 1),
        "one_size_no_tank": parcels,
        "sizes_and_modes_with_tank_and_wear": many_sizes(options.places, options.again),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = work()
    return answer, round(time.perf_counter() - start, 2)


def day_ahead(rng: np.random.Generator) -> FloatArray:
    """A made-up northern year of prices [EUR/MWh]."""
    season = 10.0 * np.cos(2 * np.pi * HOURS / HOURS_PER_YEAR)
    day = 15.0 * np.sin(4 * np.pi * (HOURS % 24 - 7) / 24)
    return 45.0 + season + day + rng.normal(0.0, 15.0, HOURS.size)


def town(parcels: int, a: Assumptions, rng: np.random.Generator) -> tuple[DispatchInputs, float]:
    """Parcels on 200 places of a network and 40 stations; returns the mean day-ahead price too."""
    cold = 1.0 + np.cos(2 * np.pi * HOURS / HOURS_PER_YEAR)
    market = day_ahead(rng)
    path = compute_path(
        compute_input(a, "btc_asic", "market", CHOICES.start_year),
        round(a["economics.horizon_years"]),
    )
    return DispatchInputs(
        uptake_kw=np.outer(rng.uniform(100, 1500, NETWORKS), cold),
        heat_value_eur_per_mwh=rng.uniform(30, 55, (NETWORKS, HOURS.size)),
        heat_pump_per_heat=np.zeros((NETWORKS, HOURS.size)),
        headroom_kw=rng.uniform(200, 4000, (STATIONS, HOURS.size)),
        price_eur_per_mwh=hourly_price_eur_per_mwh(
            market, tariff_named(CHOICES.tariff), full_load_mwh_per_a(a, HOURS.size)
        ),
        network_of=rng.integers(0, NETWORKS, parcels),
        substation_of=rng.integers(0, STATIONS, parcels),
        power_it_kw=np.full(parcels, a["hub.power_it_kw"]),
        pipe_loss_kw=rng.uniform(1, 15, parcels),
        pump_kw=rng.uniform(0.1, 3, parcels),
        compute_value_eur_per_mwh=path.eur_per_mwh_it,
        capture_share=0.96,
        auxiliary_share=a["hub.auxiliary_share"],
        dry_cooler_share=a["hub.dry_cooler_share"],
        wear_eur_per_mwh=a["hub.wear_eur_per_mwh"],
        availability_share=a["hub.availability_share"],
    ), float(market.mean())


def one_size(parcels: int) -> dict[str, object]:
    """Every year of the study of every parcel to its worth, and its worth in all futures."""
    rng = np.random.default_rng(SEED)
    a = build_assumptions({})
    inputs, market_mean = town(parcels, a, rng)
    power = inputs.power_it_kw
    cost = capex(
        HubSize(power, 16.0, 0.96 * power, 0.0, 1.03 * power, rng.uniform(5e3, 3e5, parcels)),
        capex_rates(a, a["hub.power_it_kw"], 0.0),
    )
    bought = assets(cost, capex_rates(a, a["hub.power_it_kw"], 0.0), lives(a))
    running = opex(cost, power, opex_rates(a, a["hub.power_it_kw"], "hydro")).total_eur
    operation, hours_s = timed(lambda: operate_hubs(inputs, 1, CHOICES, a))
    dispatch, bill = operation.dispatch, operation.bill_eur
    money, money_s = timed(
        lambda: evaluate_money(
            MoneyInput(
                horizon_years=len(inputs.compute_value_eur_per_mwh),
                rate_share=a["economics.rate_share"],
                assets=bought,
                heat_mwh=dispatch.heat_delivered_mwh,
                heat_eur=dispatch.heat_revenue_eur,
                compute_eur=dispatch.compute_revenue_eur,
                electricity_eur=bill,
                opex_eur_per_a=running,
            )
        )
    )
    prices = PriceYears(
        tuple(map(str, range(PRICE_YEARS))),
        np.array([day_ahead(rng) for _ in range(PRICE_YEARS)]),
        are_own=True,
    )
    outlook = Outlook(len(inputs.compute_value_eur_per_mwh), CHOICES.start_year, PRICE_YEARS)

    def futures() -> FloatArray:
        drawn = draw_futures(outlook, a)
        moves = np.array([0.69, 0.28, 0.0])
        future = FutureTown(drawn, outlook, prices, moves, heat_factor(drawn, moves))
        shares = []
        for start in range(0, parcels, PART):
            rows = slice(start, start + PART)
            part = rows_of(inputs, rows)
            # a run has the plans of its own years at hand; here they are worked out once more
            given = Operated(
                part,
                operate_hubs(part, 1, CHOICES, a),
                inputs.compute_value_eur_per_mwh,
                market_mean,
                1,
            )
            terms = Terms(
                a["economics.rate_share"],
                inputs.compute_value_eur_per_mwh,
                tuple(
                    replace(one, cost_eur=np.broadcast_to(one.cost_eur, parcels)[rows])
                    for one in bought
                ),
                running[rows],
                0.0,
                a["economics.debt_share"],
                a["economics.debt_rate_share"],
                round(a["economics.debt_years"]),
            )
            table = plan_table(given, future, CHOICES, a)
            found = worth(table, drawn, future.heat_factor, terms)
            spread(found.npv_eur)
            shares.append(chance(found.npv_eur, 0.0).share)
        return np.concatenate(shares)

    shares, futures_s = timed(futures)
    return {
        "parcels": parcels,
        "years": len(inputs.compute_value_eur_per_mwh),
        "seconds_hours": hours_s,
        "seconds_money": money_s,
        "seconds": round(hours_s + money_s, 2),
        "positive_in_the_study": int((money.npv_eur > 0).sum()),
        "futures": round(a["futures.draws"]),
        "seconds_futures": futures_s,
        "mean_chance": round(float(shares.mean()), 4),
    }


def rows_of(inputs: DispatchInputs, rows: slice) -> DispatchInputs:
    """Return the inputs of some parcels."""
    names = ("network_of", "substation_of", "power_it_kw", "pipe_loss_kw", "pump_kw")
    return replace(inputs, **{name: getattr(inputs, name)[rows] for name in names})


def hub(place: int, size_kw: float, mode: str, a: Assumptions) -> HubYear:
    """A hub with a tank of four hours and wear, in the made-up town."""
    rng = np.random.default_rng([SEED, place])
    market = day_ahead(rng)
    tariff = tariff_named(CHOICES.tariff)
    price = hourly_price_eur_per_mwh(market, tariff, 1e9) / KWH_PER_MWH
    season = np.cos(2 * np.pi * HOURS / HOURS_PER_YEAR)
    heat_kw = rng.uniform(300, 4000) * (0.6 + 0.45 * season + 0.05 * rng.normal(size=HOURS.size))
    share = {"return": 0.3, "lift": 1.0, "subnet": 0.6}[mode]
    value = {"return": 0.040, "lift": 0.048, "subnet": 0.046}[mode]
    path = compute_path(compute_input(a, "btc_asic", "market", CHOICES.start_year), 1)
    return hub_year(
        compute_limit_kw=size_kw,
        compute_revenue_eur_per_kwh=float(path.eur_per_mwh_it[0]) / KWH_PER_MWH,
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=value,
        heat_uptake_kw=share * heat_kw.clip(min=0.02),
        capture_share=0.96,
        parasitic_share=a["hub.auxiliary_share"],
        rejection_cost_eur_per_kwh=a["hub.dry_cooler_share"] * price,
        tank_kwh=4.0 * size_kw,
        tank_loss_share_per_h=0.002,
        tank_charge_kw=size_kw,
        tank_discharge_kw=size_kw,
        tank_start_kwh=2.0 * size_kw,
        tank_end="at_least_start",
        switching_cost_eur_per_kw=0.05,
        heat_pump_cop=3.5 if mode == "lift" else None,
    )


def many_sizes(places: int, again: int) -> dict[str, object]:
    """Ladders of all hubs, read in all futures; a sample of years is solved again."""
    a = build_assumptions({})
    years = round(a["economics.horizon_years"])
    outlook = Outlook(years, CHOICES.start_year, 0)
    futures = draw_futures(outlook, a)
    heat = futures.gas_factor
    market = compute_path(compute_input(a, "btc_asic", "market", CHOICES.start_year), years)
    path = market.eur_per_mwh_it / market.eur_per_mwh_it[0]
    tariff = tariff_named(CHOICES.tariff)
    adders = float(hourly_price_eur_per_mwh(np.zeros(1), tariff, 1e9)[0]) / KWH_PER_MWH
    terms = Terms(a["economics.rate_share"], path, (), np.zeros(1), 0.0, 0.0, 0.04, years)

    def case(number: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        place, rest = divmod(number, len(SIZES_KW) * len(MODES))
        size, mode = divmod(rest, len(MODES))
        given = hub(place, SIZES_KW[size], MODES[mode], a)
        ladder = ladder_for(given, path, futures)
        found = worth(ladder_table(ladder, adders, 0.95), futures, heat, terms)
        spread(found.npv_eur)
        bounds = ladder_bounds(ladder, path, futures, a["economics.rate_share"])
        rng = np.random.default_rng([SEED, number])
        f, t = rng.integers(0, futures.count, again), rng.integers(0, years, again)
        checked = resolved_years(
            given,
            ladder,
            adders,
            path[t] * futures.compute_factor[f, t],
            futures.day_ahead_factor[f],
            heat[f],
        )
        middle = np.median(np.abs(bounds.upper_eur))
        width = (bounds.upper_eur - bounds.lower_eur) / middle
        # late years are worth next to nothing: what they miss is measured against the usual year
        annuity = (1.0 - (1.0 + a["economics.rate_share"]) ** -years) / a["economics.rate_share"]
        short = (checked.lower_eur - checked.read_eur) / (middle / annuity)
        return width, short, found.npv_eur[0]

    numbers = range(places * len(SIZES_KW) * len(MODES))
    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=get_num_threads()) as workers:
        answers = list(workers.map(case, numbers))
    seconds = time.perf_counter() - start
    width = np.concatenate([answer[0] for answer in answers])
    short = np.concatenate([answer[1] for answer in answers])
    return {
        "hubs": len(answers),
        "futures": futures.count,
        "years_of_a_future": years,
        "solved_years": len(answers) * (12 + again),
        "seconds": round(seconds, 1),
        "only_computing_moves": {
            "bounds_apart_median": float(f"{np.median(width):.2g}"),
            "bounds_apart_largest": float(f"{width.max():.2g}"),
            "measured_against": "median worth of the hub over all futures",
        },
        "prices_of_power_and_heat_move_too": {
            "years_solved_again": len(short),
            "measured_against": "even yearly worth of the hub over all futures",
            "short_of_the_best_year_median": float(f"{np.median(short):.2g}"),
            "short_of_the_best_year_mean": float(f"{short.mean():.2g}"),
            "short_of_the_best_year_p95": float(f"{np.quantile(short, 0.95):.2g}"),
            "short_of_the_best_year_largest": float(f"{short.max():.2g}"),
        },
    }
