"""The best year of a hub, with the proof that no other is better.

`optimal_year` for one hub, `optimal_years` for many, in parallel. The answer is a plan, what it
earns (the lower bound), and what no plan can earn more than (the upper bound). Without a tank, or
without switching cost, the two are equal: those years are solved exactly by lists (`fleet`,
`tank`). With both, see `both`: what a year is worth is proved to a ten-millionth.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import get_num_threads

from engines.arrays import FloatArray
from engines.dispatch.alone import best_hours, hours_are_alone
from engines.dispatch.both import EXACT, OPEN_GAP, Bounds, solve
from engines.dispatch.hub_year import HubYear
from engines.dispatch.last_resort import LOSSY, close_gap, solve_lossy
from engines.dispatch.scaled import Plan, Scaled, empty_plan, scaled, scratch
from engines.dispatch.tank import solve_tank
from engines.message import Message, message

NOTES = {
    "exact": "The year was solved exactly.",
    "proved": "No plan earns more than {gap_eur:.2g} EUR above this one; that is proved.",
}


@dataclass(frozen=True)
class OptimalYear:
    """The best year of a hub; series have one entry per hour.

    Attributes
    ----------
    lower_eur : float
        What the plan earns, worked out anew from the stated inputs: the optimum is not below.
    upper_eur : float
        What no plan exceeds: the optimum is not above.
    compute_kw, heat_sold_kw, rejected_kw : array, shape (hours,)
        Power of the machines; heat sold, after the heat pump; heat given to the dry cooler.
    tank_kwh : array, shape (hours + 1,)
        Heat in the tank before the first hour and after every hour.
    heat_price_eur_per_kwh : array, shape (hours,)
        What a kWh of the hub's heat is worth in each hour.
    notes : tuple of Message
        How the year was solved.
    """

    lower_eur: float
    upper_eur: float
    compute_kw: FloatArray
    heat_sold_kw: FloatArray
    rejected_kw: FloatArray
    tank_kwh: FloatArray
    heat_price_eur_per_kwh: FloatArray
    notes: tuple[Message, ...]


def optimal_year(hub: HubYear) -> OptimalYear:
    """Return the best year of one hub."""
    program, unit_kw, unit_eur = scaled(hub)
    plan = empty_plan(hub.hours)
    bounds = _solved(program, plan)
    return _answer(hub, program, plan, bounds, unit_kw, unit_eur)


def optimal_years(hubs: Sequence[HubYear]) -> list[OptimalYear]:
    """Return the best year of many hubs, in parallel.

    Each year is solved by one worker from beginning to end, so results do not depend on the number
    of workers.
    """
    with ThreadPoolExecutor(max_workers=get_num_threads()) as workers:
        return list(workers.map(optimal_year, hubs))


def earned_eur(
    hub: HubYear,
    compute_kw: FloatArray,
    heat_sold_kw: FloatArray,
    rejected_kw: FloatArray,
    tank_end_kwh: float,
    before_kw: float | None = None,
) -> float:
    """Return what a plan earns by the stated inputs [EUR].

    Equation: revenue of compute and heat, less electricity, rejection and switching, plus the worth
    of what is left in the tank. The first hour's power is free unless `before_kw` is given.
    """
    first = compute_kw[0] if before_kw is None else before_kw
    switched = np.abs(np.diff(compute_kw, prepend=first)).sum()
    return float(
        compute_kw @ hub.compute_margin_eur_per_kwh
        + heat_sold_kw @ hub.heat_margin_eur_per_kwh
        - rejected_kw @ hub.rejection_cost_eur_per_kwh
        - hub.switching_cost_eur_per_kw * switched
        + hub.tank_end_value_eur_per_kwh * tank_end_kwh
    )


def _solved(program: Scaled, plan: Plan) -> Bounds:
    """Fill in the plan by the simplest method for it; only what is used has to be compiled."""
    if hours_are_alone(program):
        earned = best_hours(program, plan)
        return Bounds(earned, earned, EXACT, 0)
    if program.S > 0.0 and program.keep < LOSSY:
        found = solve_lossy(program, plan)
        if found is not None:
            return found
    hours = program.P.size
    if program.k == 0.0 and program.eta > 0.0:
        earned = solve_tank(program, scratch(hours, False), plan)
        return Bounds(earned, earned, EXACT, 0)
    return solve(program, scratch(hours, program.S > 0.0), plan)


def _answer(
    hub: HubYear,
    program: Scaled,
    plan: Plan,
    bounds: Bounds,
    unit_kw: float,
    unit_eur: float,
) -> OptimalYear:
    """Put a solution into the units of the hub; close a gap that is left."""
    if bounds.how == OPEN_GAP:
        bounds = close_gap(program, plan, bounds)
    compute_kw = np.minimum(plan.p * unit_kw, hub.compute_limit_kw)
    sold_kw = np.minimum(plan.q * unit_kw * hub.lift, hub.heat_uptake_kw)
    rejected_kw = np.minimum(plan.w * unit_kw, hub.rejection_limit_kw)
    tank_kwh = np.minimum(plan.s * unit_kw, hub.tank_kwh)
    tank_kwh[0] = hub.tank_start_kwh
    lower_eur = earned_eur(hub, compute_kw, sold_kw, rejected_kw, float(tank_kwh[-1]))
    upper_eur = max(lower_eur, bounds.upper * unit_eur)
    note = (
        message(NOTES, "exact")
        if bounds.how == EXACT
        else message(NOTES, "proved", gap_eur=upper_eur - lower_eur)
    )
    price = plan.price * (unit_eur / unit_kw)
    return OptimalYear(
        lower_eur, upper_eur, compute_kw, sold_kw, rejected_kw, tank_kwh, price, (note,)
    )
