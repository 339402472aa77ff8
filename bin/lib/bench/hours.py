"""Hub-years of the hourly choice without storage per second, beside HiGHS on the same hours."""

import argparse
import sys
import time
from collections.abc import Callable

import numba
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import diags_array, hstack

from engines.dispatch.heat_limited import DispatchInputs, DispatchResult, heat_limited_dispatch
from engines.units import HOURS_PER_YEAR, KWH_PER_MWH

SEED = 7
AGREEMENT = 1e-6
"""Relative difference above which the two answers are not the same answer."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", type=int, default=1000)
    parser.add_argument("--years", type=int, default=15)
    parser.add_argument("--judged", type=int, default=5, help="hub-years that HiGHS solves too")


def town(parcels: int, years: int) -> DispatchInputs:
    """Parcels of all sizes on four networks and six substations, in a made-up year.

    Prices, heat and headroom are drawn so that every limit binds in some hours. Pump and pipe loss
    are zero: with them an hour is a mixed-integer problem, and the linear one would be beaten too
    easily.
    """
    rng = np.random.default_rng(SEED)
    hours = np.arange(HOURS_PER_YEAR)
    cold = 1.0 + np.cos(2 * np.pi * hours / HOURS_PER_YEAR)
    return DispatchInputs(
        uptake_kw=np.outer(rng.uniform(50, 1500, 4), cold) * rng.uniform(0.5, 1, (4, hours.size)),
        heat_value_eur_per_mwh=rng.uniform(20, 60, (4, hours.size)),
        heat_pump_per_heat=np.zeros((4, hours.size)),
        headroom_kw=rng.uniform(0, 4000, (6, hours.size)),
        price_eur_per_mwh=rng.normal(90, 50, hours.size),
        network_of=rng.integers(0, 4, parcels),
        substation_of=rng.integers(0, 6, parcels),
        power_it_kw=rng.uniform(50, 2000, parcels),
        pipe_loss_kw=np.zeros(parcels),
        pump_kw=np.zeros(parcels),
        compute_value_eur_per_mwh=100.0 * 0.8 ** np.arange(years),
        capture_share=0.96,
        auxiliary_share=0.03,
        dry_cooler_share=0.02,
        wear_eur_per_mwh=3.7,
        availability_share=1.0,
    )


def best_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def margin_eur(year: DispatchResult, hub: DispatchInputs) -> np.ndarray:
    """What the dispatch earns, wear deducted, shape (parcels, years) [EUR]."""
    return (
        year.compute_revenue_eur
        + year.heat_revenue_eur
        - year.electricity_cost_eur
        - hub.wear_eur_per_mwh * year.it_energy_mwh
    )


def highs_year(hub: DispatchInputs, parcel: int, year: int) -> tuple[float, float]:
    """One hub-year as a linear program: margin [EUR] and seconds, model building left out.

    Per hour load x, delivered q, rejected w: ``capture x = q + w`` and
    ``(1 + aux) x + dry w <= headroom``.
    """
    hours = hub.price_eur_per_mwh.size
    price = hub.price_eur_per_mwh
    network = hub.network_of[parcel]
    worth = hub.compute_value_eur_per_mwh[year] - hub.wear_eur_per_mwh
    gain = np.concatenate(
        [
            worth - price * (1 + hub.auxiliary_share),
            hub.heat_value_eur_per_mwh[network],
            -price * hub.dry_cooler_share,
        ]
    )
    one = diags_array(np.ones(hours))
    heat = hstack([hub.capture_share * one, -one, -one])
    grid = hstack([(1 + hub.auxiliary_share) * one, 0 * one, hub.dry_cooler_share * one])
    top = np.concatenate(
        [
            np.full(hours, hub.power_it_kw[parcel]),
            hub.uptake_kw[network],
            np.full(hours, np.inf),
        ]
    )
    start = time.perf_counter()
    answer = linprog(
        -gain / KWH_PER_MWH,
        A_ub=grid.tocsr(),
        b_ub=hub.headroom_kw[hub.substation_of[parcel]],
        A_eq=heat.tocsr(),
        b_eq=np.zeros(hours),
        bounds=np.column_stack([np.zeros(3 * hours), top]),
        method="highs",
    )
    return -answer.fun, time.perf_counter() - start


def measure(options: argparse.Namespace) -> dict[str, object]:
    hub = town(options.parcels, options.years)
    found = margin_eur(heat_limited_dispatch(hub), hub)  # also compiles
    hub_years = options.parcels * options.years
    threads = numba.get_num_threads()
    all_threads_s = best_seconds(lambda: heat_limited_dispatch(hub))
    numba.set_num_threads(1)
    one_thread_s = best_seconds(lambda: heat_limited_dispatch(hub))
    numba.set_num_threads(threads)

    rng = np.random.default_rng(SEED)
    solver_s, difference = [], 0.0
    for _ in range(options.judged):
        parcel, year = int(rng.integers(options.parcels)), int(rng.integers(options.years))
        margin, seconds = highs_year(hub, parcel, year)
        solver_s.append(seconds)
        difference = max(difference, abs(found[parcel, year] / margin - 1.0))
    if difference > AGREEMENT:
        sys.exit(f"heathub: HiGHS earns something else (relative {difference:.1e}); no ratio.")
    return {
        "hours": HOURS_PER_YEAR,
        "parcels": options.parcels,
        "years": options.years,
        "threads": threads,
        "hub_years_per_s": round(hub_years / all_threads_s),
        "hub_years_per_s_one_thread": round(hub_years / one_thread_s),
        "highs_judged_hub_years": options.judged,
        "highs_hub_years_per_s": round(options.judged / sum(solver_s), 2),
        "largest_relative_difference": float(f"{difference:.1e}"),
        "ratio_one_thread": round(hub_years / one_thread_s * sum(solver_s) / options.judged),
    }
