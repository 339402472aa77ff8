"""How far a year that is read from solved ones can be off: bounds where only computing moves.

For fixed prices of heat and power the best hours of a year earn the highest of many straight lines
in the revenue of computing, so they earn a convex function ``M(v)`` of it. Between two solved
levels it lies under their chord; the plans of the solved levels can be followed at any level and
bound it from below. Yearly charges (the highest power, the first MWh of a levy) grow with the
hours that run, so between two levels they are never less than at the cheaper one.
"""

from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.evaluation.future_plans import (
    LEVELS,
    FutureTown,
    PriceYears,
    operated,
    plan_table,
    terms_of,
)
from engines.evaluation.futures import study_alone
from engines.evaluation.hubs import Hubs, operate_hubs
from engines.evaluation.operation import Operation
from engines.evaluation.records import StudyChoices
from engines.futures.draw import Futures
from engines.futures.worth import worth


@dataclass(frozen=True)
class TableBounds:
    """Bounds on the worth of each hub where only computing moves; arrays over hubs.

    Attributes
    ----------
    solved, read : int
        Years of a hub that were solved exactly under each contract, and years that lie between
        bounds.
    width_mean_eur, width_largest_eur : array
        How far apart the bounds of the present value are, over all futures [EUR].
    width_share : array
        Mean width over the mean upper bound of what operation is worth today; NaN where operation
        is worth nothing in any future.
    positive_low_share, positive_high_share : array
        Futures with a present value above zero by the lower and by the upper bound.
    """

    solved: int
    read: int
    width_mean_eur: FloatArray
    width_largest_eur: FloatArray
    width_share: FloatArray
    positive_low_share: FloatArray
    positive_high_share: FloatArray


def table_bounds(
    hubs: Hubs, town: FutureTown, choices: StudyChoices, a: Assumptions
) -> TableBounds:
    """Solve levels of compute revenue in the study's own year, and bound all years between them.

    The futures keep the course of computing that was drawn; all else stays as in the study.
    """
    alone = computing_alone(town.futures)
    terms = terms_of(hubs, a)
    value = terms.compute_eur_per_mwh * alone.compute_factor
    levels = np.unique(
        np.concatenate([[0.0], np.quantile(value, LEVELS), terms.compute_eur_per_mwh])
    )
    inputs = replace(hubs.inputs, compute_value_eur_per_mwh=levels)
    solved = operate_hubs(inputs, hubs.town.utc_offset_h, choices, a)
    discount = (1.0 + terms.rate_share) ** -np.arange(1.0, alone.years + 1.0)
    own = replace(town, prices=PriceYears((), town.prices.day_ahead_eur_per_mwh[:0], are_own=False))
    table = plan_table(operated(hubs, a), own, choices, a)
    one = np.ones(1)
    carried = hubs.money.npv_eur - worth(table, study_alone(alone.years), one, terms).npv_eur[:, 0]
    low_eur = worth(table, alone, np.ones(alone.count), terms).npv_eur + carried[:, None]
    width, upper = np.empty_like(low_eur), np.empty_like(low_eur)
    wear = inputs.wear_eur_per_mwh
    for i in range(len(low_eur)):
        below, above = year_bounds_eur(solved, i, levels, wear, value)
        width[i], upper[i] = (above - below) @ discount, above @ discount
    most = upper.mean(axis=1)
    return TableBounds(
        solved=len(levels),
        read=value.size,
        width_mean_eur=width.mean(axis=1),
        width_largest_eur=width.max(axis=1),
        width_share=np.where(
            most > 0.0, width.mean(axis=1) / np.where(most > 0.0, most, 1.0), np.nan
        ),
        positive_low_share=_positive(low_eur),
        positive_high_share=_positive(low_eur + width),
    )


def _positive(npv_eur: FloatArray) -> FloatArray:
    unknown = np.isnan(npv_eur).any(axis=1)
    return np.where(unknown, np.nan, (npv_eur > 0.0).mean(axis=1))


def computing_alone(futures: Futures) -> Futures:
    """Return the same futures with everything but the revenue of computing as in the study."""
    study = study_alone(futures.years).at(np.zeros(futures.count, dtype=np.int64))
    return replace(study, compute_factor=futures.compute_factor)


def year_bounds_eur(
    solved: Operation, hub: int, levels: FloatArray, wear_eur_per_mwh: float, value: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return bounds on what the years of one hub earn at any revenue of computing.

    Parameters
    ----------
    solved : Operation
        Years at `levels` of compute revenue, ascending [EUR/MWh_IT].
    hub : int
        Row.
    levels : array, shape (levels,)
    wear_eur_per_mwh : float
        Shadow cost that steers; counted in both bounds.
    value : array, any shape
        Revenue asked for, within the levels.

    Returns
    -------
    lower, upper : array, shape of `value`
        At least 0: a year that does not pay stands still [EUR/a].
    """
    asked = value.ravel()
    right = np.searchsorted(levels, asked).clip(1, len(levels) - 1)
    part = (asked - levels[right - 1]) / (levels[right] - levels[right - 1])
    lower, upper = np.zeros(asked.shape), np.zeros(asked.shape)
    for offer in solved.offers.values():
        year = offer.dispatch
        energy = year.it_energy_mwh[hub]
        hours = (
            year.heat_revenue_eur[hub]
            + energy * (levels - wear_eur_per_mwh)
            - year.electricity_cost_eur[hub]
        )
        fixed = offer.bill_eur[hub] - year.electricity_cost_eur[hub]
        if np.isnan(fixed).any():
            continue  # the contract is not open to this hub
        chord = (1.0 - part) * hours[right - 1] + part * hours[right]
        upper = np.maximum(upper, chord - np.minimum(fixed[right - 1], fixed[right]))
        for j, level in enumerate(levels):
            lower = np.maximum(lower, hours[j] + (asked - level) * energy[j] - fixed[j])
    return lower.reshape(value.shape), np.maximum(lower, upper).reshape(value.shape)
