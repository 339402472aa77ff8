"""The study's hubs in named bad cases: every year dispatched again, and who heats instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.compute.hashprice import revenue_eur_per_mwh_it
from engines.compute.revenue import BITCOIN
from engines.dispatch.heat_limited import DispatchInputs
from engines.economics.cashflow import present_value
from engines.economics.defaults import efficiency_j_per_th
from engines.evaluation.future_plans import (
    FutureTown,
    PriceYears,
    operated,
    plan_table,
    terms_of,
)
from engines.evaluation.futures import study_alone
from engines.evaluation.hubs import Hubs, operate_hubs, vat_share
from engines.evaluation.records import StudyChoices
from engines.futures.stress import (
    BadCase,
    bad_cases,
    compute_of_years,
    flows_with_stop,
    held_income,
    share_of_years,
)
from engines.futures.worth import worth

HIGHEST_FACTOR = 1024.0
"""Break-even prices are looked for up to this multiple of the study's."""
BISECTIONS = 50
NOTHING = BadCase("", "", *[float("nan")] * 15)
"""The study itself: a case that changes nothing."""


@dataclass(frozen=True)
class StressCase:
    """One case; arrays over parcels.

    Attributes
    ----------
    key : str
    npv_eur, heat_mwh_per_a : array
        Present value, and heat of the mean year.
    npv_change_eur, heat_change_mwh_per_a : array
        Against the study itself.
    worst_year_eur : array
        Lowest income from operation in a year.
    backup_mwh, backup_eur : array
        Heat that the hub gives in the study and not in the case, over all years, and what the
        displaced source takes for it, as worth today: what the utility pays if it has to heat.
    """

    key: str
    npv_eur: FloatArray
    heat_mwh_per_a: FloatArray
    npv_change_eur: FloatArray
    heat_change_mwh_per_a: FloatArray
    worst_year_eur: FloatArray
    backup_mwh: FloatArray
    backup_eur: FloatArray


@dataclass(frozen=True)
class BreakEven:
    """Prices at which the present value is zero; NaN where no price reaches it.

    Attributes
    ----------
    hashprice_usd_per_ph_day : array
        Hash price of the first year, falling as in the study; NaN too for other computing.
    heat_eur_per_mwh : array
        Mean price of the heat that is sold.
    """

    hashprice_usd_per_ph_day: FloatArray
    heat_eur_per_mwh: FloatArray


@dataclass(frozen=True)
class _Year:
    """Operation, shape (parcels, years)."""

    heat_mwh: FloatArray
    heat_eur: FloatArray
    compute_eur: FloatArray
    bill_eur: FloatArray


@dataclass(frozen=True)
class _Course:
    """A case from the first to the last year: heat, income less cost, and all flows."""

    heat_mwh: FloatArray
    margin_eur: FloatArray
    flows_eur: FloatArray


def stress_cases(
    hubs: Hubs,
    choices: StudyChoices,
    a: Assumptions,
    cases: Sequence[BadCase] | None = None,
) -> tuple[StressCase, ...]:
    """Return what each case makes of every hub."""
    usual = _course(hubs, NOTHING, choices, a)
    usual_npv = present_value(usual.flows_eur, a["economics.rate_share"])
    discount = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, hubs.years + 1.0)
    found = []
    for case in _told(choices) if cases is None else cases:
        course = _course(hubs, case, choices, a)
        change = present_value(course.flows_eur, a["economics.rate_share"]) - usual_npv
        less_mwh = (usual.heat_mwh - course.heat_mwh).clip(min=0.0)
        found.append(
            StressCase(
                key=case.key,
                npv_eur=hubs.money.npv_eur + change,
                heat_mwh_per_a=course.heat_mwh.mean(axis=1),
                npv_change_eur=change,
                heat_change_mwh_per_a=(course.heat_mwh - usual.heat_mwh).mean(axis=1),
                worst_year_eur=course.margin_eur.min(axis=1),
                backup_mwh=less_mwh.sum(axis=1),
                backup_eur=less_mwh @ discount * _displaced_eur_per_mwh(hubs, case),
            )
        )
    return tuple(found)


def _told(choices: StudyChoices) -> tuple[BadCase, ...]:
    """Return the cases that can happen to a hub of this kind of computing."""
    if choices.money.compute_kind == BITCOIN:
        return bad_cases()
    return tuple(case for case in bad_cases() if not case.needs_hashing)


def _course(hubs: Hubs, case: BadCase, choices: StudyChoices, a: Assumptions) -> _Course:
    """Work a case out: the years outside it, the years inside, and the mixture of the two."""
    path = _path(hubs, case, choices, a)
    outside = _years(hubs, hubs.inputs, path, choices, a)
    inside = _years(hubs, _inputs(hubs, case), _times(case.compute_factor) * path, choices, a)
    share = share_of_years(case, hubs.years)

    def mixed(name: str) -> FloatArray:
        before, within = getattr(outside, name), getattr(inside, name)
        return np.asarray((1.0 - share) * before + share * within, dtype=np.float64)

    opex = np.broadcast_to(np.asarray(hubs.cost.running_eur_per_a), hubs.joined.shape)[:, None]
    running = 1.0 - share if case.ends_everything else np.ones(hubs.years)
    cost = mixed("bill_eur") + opex * running
    cost = cost + vat_share(a) * cost.clip(min=0.0)
    margin = mixed("heat_eur") + held_income(case, mixed("compute_eur")) - cost
    bought = np.zeros((len(opex), hubs.years + 1))
    for asset in hubs.cost.assets:
        bought += flows_with_stop(case, asset, hubs.years, vat_share(a))
    flows = bought + np.concatenate([np.zeros((len(opex), 1)), margin], axis=1)
    return _Course(mixed("heat_mwh"), margin, flows)


def _displaced_eur_per_mwh(hubs: Hubs, case: BadCase) -> float:
    other = case.heat_eur_per_mwh
    return hubs.town.displaced_eur_per_mwh if np.isnan(other) else other


def _warmth(hubs: Hubs, case: BadCase) -> float:
    """Return the factor on the worth of heat; 1 where what is displaced is not known."""
    usual = hubs.town.displaced_eur_per_mwh
    known = np.isfinite(usual) and usual > 0.0
    return _displaced_eur_per_mwh(hubs, case) / usual if known else 1.0


def _times(factor: float) -> float:
    return 1.0 if np.isnan(factor) else factor


def _years(
    hubs: Hubs, inputs: DispatchInputs, path: FloatArray, choices: StudyChoices, a: Assumptions
) -> _Year:
    """Operate years that differ in computing alone."""
    given = replace(inputs, compute_value_eur_per_mwh=path)
    found = operate_hubs(given, hubs.town.utc_offset_h, choices, a)
    year = found.dispatch
    return _Year(
        year.heat_delivered_mwh, year.heat_revenue_eur, year.compute_revenue_eur, found.bill_eur
    )


def _inputs(hubs: Hubs, case: BadCase) -> DispatchInputs:
    """Return the inputs of the years inside a case."""
    usual = hubs.inputs
    adders = float(usual.price_eur_per_mwh.mean()) - hubs.town.day_ahead_mean_eur_per_mwh
    market = usual.price_eur_per_mwh - adders
    warmth = _warmth(hubs, case)
    return replace(
        usual,
        price_eur_per_mwh=_times(case.day_ahead_factor) * market
        + adders
        + float(np.nan_to_num(case.surcharge_eur_per_mwh)),
        uptake_kw=_times(case.demand_factor) * usual.uptake_kw,
        headroom_kw=_times(case.headroom_factor) * usual.headroom_kw,
        heat_value_eur_per_mwh=warmth * usual.heat_value_eur_per_mwh,
    )


def _path(hubs: Hubs, case: BadCase, choices: StudyChoices, a: Assumptions) -> FloatArray:
    """Return the revenue of computing in each year, before the factor of the case."""
    price = case.hashprice_usd_per_ph_day
    flat = (
        0.0
        if np.isnan(price)
        else float(
            revenue_eur_per_mwh_it(
                price,
                efficiency_j_per_th(a),
                a["compute.usd_per_eur"],
                a["compute.pool_fee_share"],
            )
        )
    )
    return compute_of_years(
        case,
        hubs.compute.eur_per_mwh_it,
        flat,
        a["compute.decay_share_per_a"],
        choices.start_year,
        a["compute.next_halving_year"],
        a["compute.halving_factor"],
    )


def break_even(hubs: Hubs, town: FutureTown, choices: StudyChoices, a: Assumptions) -> BreakEven:
    """Return the hash price and the price of heat at which the present value is zero.

    The worth of a table of plans rises with both prices; the zero is found by bisection, between 0
    and `HIGHEST_FACTOR` times the study's price.
    """
    own = replace(town, prices=PriceYears((), town.prices.day_ahead_eur_per_mwh[:0], are_own=False))
    table, terms = plan_table(operated(hubs, a), own, choices, a), terms_of(hubs, a)
    study = study_alone(hubs.years)
    one = np.ones(1)
    carried = hubs.money.npv_eur - worth(table, study, one, terms).npv_eur[:, 0]

    def factor(*, compute: bool) -> FloatArray:
        def npv_eur(at: FloatArray) -> FloatArray:
            # as many futures as hubs, and each hub reads its own
            moved = study.at(np.zeros(len(at), dtype=np.int64))
            if compute:
                moved = replace(moved, compute_factor=at[:, None] * moved.compute_factor)
            heat = np.ones(len(at)) if compute else at
            return worth(table, moved, heat, terms).npv_eur.diagonal() + carried

        low, high = np.zeros(len(carried)), np.full(len(carried), HIGHEST_FACTOR)
        reached = (npv_eur(high) >= 0.0) & (npv_eur(low) < 0.0)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2.0
            enough = npv_eur(middle) >= 0.0
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.where(reached, high, np.nan)

    sold = hubs.dispatch.heat_delivered_mwh[:, 0]
    paid = hubs.dispatch.heat_revenue_eur[:, 0]
    usual_eur = np.where(sold > 0.0, paid / np.where(sold > 0.0, sold, 1.0), np.nan)
    return BreakEven(
        factor(compute=True)
        * a["compute.hashprice_usd_per_ph_day"]
        * (hubs.compute.factor[0] if choices.money.compute_kind == BITCOIN else np.nan),
        factor(compute=False) * usual_eur,
    )
