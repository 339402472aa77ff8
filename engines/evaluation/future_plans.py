"""Plans of the study's hubs, from which their worth in every future is read.

Every hub is dispatched at a few levels of compute revenue for each price year, and, in the study's
own year, with less heat demand and with less heat caught.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.dispatch.heat_limited import DispatchInputs, DispatchResult, heat_limited_dispatch
from engines.evaluation.hubs import Hubs
from engines.evaluation.operation import Offer, electricity_eur
from engines.evaluation.records import StudyChoices
from engines.evaluation.town import full_load_mwh_per_a
from engines.futures.draw import Futures, Outlook
from engines.futures.worth import COLUMNS, PlanTable, Terms
from engines.grid.contracts import ATYPICAL, FLEXIBLE
from engines.grid.tariff import Tariff

LEVELS = (0.15, 0.35, 0.55, 0.7, 0.82, 0.91, 0.97, 1.0)
"""Quantiles of compute revenue that are dispatched for each price year; densest where it earns."""
LESS_DEMAND, LESS_CAPTURE = 0.7, 0.95
"""Heat demand and heat caught of the plans from which their differences are taken."""


@dataclass(frozen=True)
class PriceYears:
    """Years of day-ahead prices that futures draw from.

    Attributes
    ----------
    labels : tuple of str
    day_ahead_eur_per_mwh : array, shape (price years, hours)
        Brought to the mean of the study's own year when they are used: the level is a driver of
        its own.
    are_own : bool
        Whether they are the town's own; else they stand in, and the report says so.
    """

    labels: tuple[str, ...]
    day_ahead_eur_per_mwh: FloatArray
    are_own: bool


@dataclass(frozen=True)
class FutureTown:
    """The futures of a study, drawn once and met by every parcel."""

    futures: Futures
    outlook: Outlook
    prices: PriceYears
    heat_factor: FloatArray


@dataclass(frozen=True)
class Operated:
    """Hubs that were dispatched in a study, as far as their plans depend on it.

    Attributes
    ----------
    inputs : DispatchInputs
    dispatch : DispatchResult
        Under the flexible contract.
    compute_eur_per_mwh : array, shape (years,)
        Revenue of each year of the study.
    day_ahead_mean_eur_per_mwh : float
    others : tuple of Offer
        Contracts beside the flexible one that futures may choose; a band load is not among them.
    """

    inputs: DispatchInputs
    dispatch: DispatchResult
    compute_eur_per_mwh: FloatArray
    day_ahead_mean_eur_per_mwh: float
    others: tuple[Offer, ...] = ()

    @property
    def adders_eur_per_mwh(self) -> float:
        """What the tariff puts on every MWh."""
        return float(self.inputs.price_eur_per_mwh.mean()) - self.day_ahead_mean_eur_per_mwh


def operated(hubs: Hubs) -> Operated:
    """Return the operation of the hubs of a study."""
    offers = hubs.operation.offers
    return Operated(
        hubs.inputs,
        offers[FLEXIBLE].dispatch,
        hubs.compute.eur_per_mwh_it,
        hubs.town.day_ahead_mean_eur_per_mwh,
        tuple(offers[name] for name in (ATYPICAL,) if name in offers),
    )


def terms_of(hubs: Hubs, a: Assumptions) -> Terms:
    """Return what turns operation into worth in this study."""
    opex = np.broadcast_to(np.asarray(hubs.cost.running_eur_per_a), hubs.joined.shape)
    return Terms(
        rate_share=a["economics.rate_share"],
        compute_eur_per_mwh=hubs.compute.eur_per_mwh_it,
        assets=hubs.cost.assets,
        opex_eur_per_a=opex.astype(np.float64),
        debt_share=a["economics.debt_share"],
        debt_rate_share=a["economics.debt_rate_share"],
        debt_years=round(a["economics.debt_years"]),
    )


def plan_table(
    hubs: Operated, town: FutureTown, choices: StudyChoices, a: Assumptions
) -> PlanTable:
    """Dispatch the plans from which the futures are read.

    The study's own price year keeps the plans of the study (every year, and the sensitivities); a
    study without deviations is therefore read exactly.
    """
    levels = _levels(hubs, town)
    usual = (hubs.inputs, hubs.dispatch, choices.money.tariff_of_hub(choices.tariff))
    contracts = (usual, *((each.inputs, each.dispatch, each.tariff) for each in hubs.others))
    years = all_in_eur_per_mwh(hubs, town)
    found = [
        _contract_plans(inputs, solved, tariff, levels, years, hubs.adders_eur_per_mwh, a)
        for inputs, solved, tariff in contracts
    ]

    def together(tables: Sequence[Sequence[FloatArray]]) -> FloatArray:
        """Put the plans of all contracts for a price year next to each other."""
        return np.concatenate([part for year in zip(*tables, strict=True) for part in year], axis=1)

    counts = [len(found) * part.shape[1] for part in found[0].sums]
    return PlanTable(
        sums=together([each.sums for each in found]),
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        per_demand=together([each.per_demand for each in found]),
        per_capture=together([each.per_capture for each in found]),
    )


class _Plans(NamedTuple):
    """Plans under one contract, one table for each price year."""

    sums: list[FloatArray]
    per_demand: list[FloatArray]
    per_capture: list[FloatArray]


def _contract_plans(
    given: DispatchInputs,
    solved: DispatchResult,
    tariff: Tariff,
    levels: FloatArray,
    years: Sequence[FloatArray],
    adders: float,
    a: Assumptions,
) -> _Plans:
    inputs = replace(given, compute_value_eur_per_mwh=levels)

    def plans(moved: DispatchInputs, known: DispatchResult | None = None) -> FloatArray:
        return _sums(moved, known or heat_limited_dispatch(moved), adders, tariff, a)

    usual = plans(inputs)
    less_heat = replace(inputs, uptake_kw=LESS_DEMAND * inputs.uptake_kw)
    less_caught = replace(inputs, capture_share=LESS_CAPTURE * inputs.capture_share)
    per_demand = (usual - plans(less_heat)) / (1.0 - LESS_DEMAND)
    per_capture = (usual - plans(less_caught)) / (1.0 - LESS_CAPTURE)
    tables = [np.concatenate([plans(given, solved), usual], axis=1)]
    at = [np.concatenate([given.compute_value_eur_per_mwh, levels])]
    for prices in years:
        tables.append(plans(replace(inputs, price_eur_per_mwh=prices)))
        at.append(levels)
    return _Plans(
        tables,
        [_at_levels(per_demand, levels, where) for where in at],
        [_at_levels(per_capture, levels, where) for where in at],
    )


def all_in_eur_per_mwh(hubs: Operated, town: FutureTown) -> Sequence[FloatArray]:
    """Return the drawn price years, each brought to the mean of the study's, with the tariff."""
    mean, adders = hubs.day_ahead_mean_eur_per_mwh, hubs.adders_eur_per_mwh
    return [year * (mean / year.mean()) + adders for year in town.prices.day_ahead_eur_per_mwh]


def _levels(hubs: Operated, town: FutureTown) -> FloatArray:
    """Return the levels of compute revenue at which futures decide like the study's prices.

    An hour runs for computing alone while ``v > (1 + aux) (level DA + adders + burden)``. At the
    study's prices that is a revenue of ``(v - (1 + aux)(adders + burden))/level + (1 + aux)
    adders``; its quantiles over all years of all futures are the levels.
    """
    futures, drawn = town.futures, 1.0 + hubs.inputs.auxiliary_share
    adders = hubs.adders_eur_per_mwh
    value = hubs.compute_eur_per_mwh * futures.compute_factor
    burden = drawn * (adders + futures.surcharge_eur_per_mwh)
    level = np.maximum(futures.day_ahead_factor, 1e-3)[:, None]
    alike = ((value - burden) / level + drawn * adders).clip(min=0.0)
    return np.asarray(np.quantile(alike, LEVELS), dtype=np.float64)


def _at_levels(table: FloatArray, levels: FloatArray, wanted: FloatArray) -> FloatArray:
    """Read differences known at some levels of compute revenue at others, in straight lines."""
    right = np.searchsorted(levels, wanted).clip(1, len(levels) - 1)
    width = levels[right] - levels[right - 1]
    part = (wanted - levels[right - 1]) / np.where(width > 0.0, width, 1.0)
    share = part.clip(0.0, 1.0)[:, None]
    return np.asarray(table[:, right - 1] * (1.0 - share) + table[:, right] * share, np.float64)


def _sums(
    given: DispatchInputs, solved: DispatchResult, adders: float, tariff: Tariff, a: Assumptions
) -> FloatArray:
    """Return the sums of plans as the columns of a `PlanTable`."""
    bill = electricity_eur(solved, tariff, full_load_mwh_per_a(a, given.price_eur_per_mwh.size))
    other = adders * solved.electricity_mwh
    columns = (
        solved.it_energy_mwh,
        solved.heat_revenue_eur,
        solved.heat_delivered_mwh,
        solved.electricity_cost_eur - other,
        solved.electricity_mwh,
        other,
        given.wear_eur_per_mwh * solved.it_energy_mwh,
        bill - solved.electricity_cost_eur,
    )
    assert len(columns) == COLUMNS  # noqa: S101  the table of plans says what they are
    return np.stack(columns, axis=2)
