"""Hub-years of the exact dispatch per second and core, beside HiGHS and PyPSA in the same run."""

# needs: judges
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from engines.dispatch.both import solve
from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import optimal_year
from engines.dispatch.scaled import empty_plan, scaled, scratch
from engines.units import HOURS_PER_YEAR

SEED = 7
AGREEMENT = 1e-6
"""Relative difference above which two answers are not the same answer."""
REPEATS = 5
PROBLEMS = ("wear_only", "tank_only", "both")
LIMIT_KW = 1000.0
JUDGE = Path(__file__).with_name("_judge.py")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--years", type=int, default=15, help="hub-years of each problem")
    parser.add_argument("--without-pypsa", action="store_true")


def hub(problem: str, number: int) -> HubYear:
    """A made-up hub of 1 MW in a northern year; size of tank and cost of switching are drawn.

    Prices follow season, day and weather, with a few spikes and some negative hours; heat follows
    the cold; in one hour of a hundred the grid takes the power away.
    """
    rng = np.random.default_rng([SEED, number])
    t = np.arange(HOURS_PER_YEAR)
    weather = np.zeros(t.size)
    noise = rng.normal(0.0, 1.0, t.size)
    for i in range(1, t.size):
        weather[i] = 0.9 * weather[i - 1] + noise[i]
    season = np.cos(2 * np.pi * t / HOURS_PER_YEAR)
    day = 2 * np.pi * (t % 24 - 7) / 24
    price = 0.05 + 0.015 * season + 0.02 * np.sin(2 * day) + 0.012 * weather
    price += 0.1 * (rng.random(t.size) < 0.01)
    heat = 0.6 + 0.5 * season + 0.15 * np.cos(day) + 0.05 * rng.normal(size=t.size)
    tank_kwh = 0.0 if problem == "wear_only" else LIMIT_KW * rng.uniform(2.0, 10.0)
    switching = 0.0 if problem == "tank_only" else np.exp(rng.uniform(np.log(0.01), np.log(0.3)))
    return hub_year(
        compute_limit_kw=np.where(rng.random(t.size) < 0.01, 0.0, LIMIT_KW),
        compute_revenue_eur_per_kwh=rng.uniform(0.045, 0.065),
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=rng.uniform(0.02, 0.045),
        heat_uptake_kw=LIMIT_KW * np.clip(heat, 0.02, None),
        capture_share=0.96,
        parasitic_share=0.03,
        rejection_cost_eur_per_kwh=0.02 * np.maximum(price, 0.0),
        tank_kwh=tank_kwh,
        tank_loss_share_per_h=rng.uniform(0.001, 0.005),
        tank_charge_kw=LIMIT_KW,
        tank_discharge_kw=LIMIT_KW,
        tank_start_kwh=0.5 * tank_kwh,
        tank_end="at_least_start",
        switching_cost_eur_per_kw=switching,
    )


def median_seconds(work: Callable[[], object]) -> float:
    """Median time on the processor, so that other work on the machine does not count."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


@contextmanager
def judge() -> Iterator[Callable[[str, HubYear], dict[str, float]]]:
    """Start the judges in their own environment; the function asks one of them about a hub."""
    python = Path(os.environ["HEATHUB_VAR"]) / "judges" / "bin" / "python"
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603  our own script in our own environment
            [python, JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        path = Path(folder) / "hub.npz"

        def ask(tool: str, given: HubYear) -> dict[str, float]:
            np.savez(path, **{k: v for k, v in vars(given).items() if v is not None})
            process.stdin.write(f"{tool} {path}\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                sys.exit("heathub: the judge has stopped; its message is above.")
            return json.loads(line)

        yield ask
        process.stdin.close()


def measure(options: argparse.Namespace) -> dict[str, object]:
    for problem in PROBLEMS:
        optimal_year(hub(problem, 0))  # compiles
    found: dict[str, object] = {"hours": HOURS_PER_YEAR, "hub_years_per_problem": options.years}
    with judge() as ask:
        for problem in PROBLEMS:
            print(problem.replace("_", " "), file=sys.stderr)
            found[problem] = compared(problem, options.years, ask)
        if not options.without_pypsa:
            print("PyPSA", file=sys.stderr)
            found["pypsa"] = beside_pypsa(ask)
    return found


def compared(problem: str, years: int, ask: Callable[..., dict[str, float]]) -> dict[str, object]:
    """Ours and HiGHS on the same years in turn; building the program is left out of both."""
    ours, theirs, differences, gaps = [], [], [], []
    for number in range(years):
        given = hub(problem, number)
        program, _, _ = scaled(given)
        memory, plan = scratch(given.hours, True), empty_plan(given.hours)
        ours.append(median_seconds(lambda: solve(program, memory, plan)))  # noqa: B023
        answer = ask("highs", given)
        theirs.append(answer["seconds"])
        year = optimal_year(given)
        differences.append(abs(year.lower_eur / answer["eur"] - 1.0))
        gaps.append(year.upper_eur / year.lower_eur - 1.0)
    if max(differences) > AGREEMENT:
        sys.exit(f"heathub: HiGHS earns something else ({max(differences):.1e}); no ratio.")
    return {
        "ms": round(1e3 * statistics.median(ours), 3),
        "hub_years_per_s_and_core": round(1.0 / statistics.median(ours)),
        "highs_simplex_ms": round(1e3 * statistics.median(theirs), 1),
        "ratio_of_medians": round(statistics.median(theirs) / statistics.median(ours)),
        "largest_relative_difference": float(f"{max(differences):.1e}"),
        "largest_relative_gap": float(f"{max(gaps):.1e}"),
    }


def beside_pypsa(ask: Callable[..., dict[str, float]]) -> dict[str, object]:
    """One year of both kinds, with everything that PyPSA does for it."""
    given = hub("both", 0)
    answer = ask("pypsa", given)
    seconds = median_seconds(lambda: optimal_year(given))
    difference = abs(optimal_year(given).lower_eur / answer["eur"] - 1.0)
    if difference > AGREEMENT:
        sys.exit(f"heathub: PyPSA earns something else ({difference:.1e}); no ratio.")
    return {
        "seconds": round(answer["seconds"], 2),
        "ours_ms_with_building": round(1e3 * seconds, 2),
        "ratio": round(answer["seconds"] / seconds),
        "relative_difference": float(f"{difference:.1e}"),
    }
