"""Plans of the study's hubs, from which their worth in every future is read.

Every hub is dispatched at a few levels of compute revenue for each drawn year, and, in the study's
own year, with less heat demand and with less heat caught. A drawn year has its prices, and its
weather too where the town has brought enough of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.dispatch.heat_limited import DispatchInputs
from engines.errors import InvalidInput
from engines.evaluation.hubs import Hubs, operate_hubs, vat_share
from engines.evaluation.operation import Operation
from engines.evaluation.records import StudyChoices
from engines.evaluation.weather import WeatherYear, weather_inputs
from engines.futures.draw import Futures, Outlook
from engines.futures.worth import PlanTable, Terms

LEVELS = (0.15, 0.35, 0.55, 0.7, 0.82, 0.91, 0.97, 1.0)
"""Quantiles of compute revenue that are dispatched for each price year; densest where it earns."""
LESS_DEMAND, LESS_CAPTURE = 0.7, 0.95
"""Heat demand and heat caught of the plans from which their differences are taken."""


@dataclass(frozen=True)
class PriceYears:
    """Years that futures draw from: day-ahead prices, and the weather of the same years.

    Attributes
    ----------
    labels : tuple of str
    day_ahead_eur_per_mwh : array, shape (drawn years, hours)
        Brought to the mean of the study's own year when they are used: the level is a driver of
        its own.
    are_own : bool
        Whether they are the town's own; else they stand in, and the report says so.
    outdoor_degc : array, shape (drawn years, hours), or None
        Weather of the same years; None keeps that of the study in all of them.
    prices_from : tuple of str
        With weather, whose prices go with each year: ``own``, ``standing_in`` or ``study``.
    """

    labels: tuple[str, ...]
    day_ahead_eur_per_mwh: FloatArray
    are_own: bool
    outdoor_degc: FloatArray | None = None
    prices_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class FutureTown:
    """The futures of a study, drawn once and met by every parcel.

    `weather` has the town's state in each drawn year; empty where its weather is not drawn.
    """

    futures: Futures
    outlook: Outlook
    prices: PriceYears
    heat_moves: FloatArray
    heat_factor: FloatArray
    weather: tuple[WeatherYear, ...] = ()


@dataclass(frozen=True)
class Operated:
    """Hubs that were operated in a study, as far as their plans depend on it.

    Attributes
    ----------
    inputs : DispatchInputs
        At the study's prices; one column per value of computing.
    operation : Operation
        Their years under every contract on offer.
    compute_eur_per_mwh : array, shape (years,)
        Revenue of each year of the study.
    day_ahead_mean_eur_per_mwh : float
    utc_offset_h : int
    in_weather : callable, or None
        The inputs in another year of weather; needed where weather is drawn.
    """

    inputs: DispatchInputs
    operation: Operation
    compute_eur_per_mwh: FloatArray
    day_ahead_mean_eur_per_mwh: float
    utc_offset_h: int
    in_weather: Callable[[WeatherYear], DispatchInputs] | None = None

    @property
    def adders_eur_per_mwh(self) -> float:
        """What the tariff puts on every MWh."""
        return float(self.inputs.price_eur_per_mwh.mean()) - self.day_ahead_mean_eur_per_mwh


def operated(hubs: Hubs, a: Assumptions) -> Operated:
    """Return the operation of the hubs of a study."""
    return Operated(
        hubs.inputs,
        hubs.operation,
        hubs.compute.eur_per_mwh_it,
        hubs.town.day_ahead_mean_eur_per_mwh,
        hubs.town.utc_offset_h,
        partial(weather_inputs, hubs, a=a),
    )


def terms_of(hubs: Hubs, a: Assumptions) -> Terms:
    """Return what turns operation into worth in this study."""
    opex = np.broadcast_to(np.asarray(hubs.cost.running_eur_per_a), hubs.joined.shape)
    return Terms(
        rate_share=a["economics.rate_share"],
        compute_eur_per_mwh=hubs.compute.eur_per_mwh_it,
        assets=hubs.cost.assets,
        opex_eur_per_a=opex.astype(np.float64),
        vat_share=vat_share(a),
        debt_share=a["economics.debt_share"],
        debt_rate_share=a["economics.debt_rate_share"],
        debt_years=round(a["economics.debt_years"]),
    )


def plan_table(
    hubs: Operated, town: FutureTown, choices: StudyChoices, a: Assumptions
) -> PlanTable:
    """Operate hubs at the levels from which the futures are read, under every contract.

    The study's own price year keeps the plans of the study (every year, and the sensitivities); a
    study without deviations is therefore read exactly.
    """
    adders, levels = hubs.adders_eur_per_mwh, _levels(hubs, town)
    inputs = replace(hubs.inputs, compute_value_eur_per_mwh=levels)

    def plans(given: DispatchInputs) -> FloatArray:
        return _sums(operate_hubs(given, hubs.utc_offset_h, choices, a), given, adders)

    usual = plans(inputs)
    less_heat = replace(inputs, uptake_kw=LESS_DEMAND * inputs.uptake_kw)
    less_caught = replace(inputs, capture_share=LESS_CAPTURE * inputs.capture_share)
    per_demand = _slope(usual, plans(less_heat), LESS_DEMAND)
    per_capture = _slope(usual, plans(less_caught), LESS_CAPTURE)
    own = _sums(hubs.operation, hubs.inputs, adders)
    tables = [np.concatenate([own, usual], axis=2)]
    at = [np.concatenate([hubs.inputs.compute_value_eur_per_mwh, levels])]
    for drawn in drawn_inputs(hubs, town):
        tables.append(plans(replace(drawn, compute_value_eur_per_mwh=levels)))
        at.append(levels)
    return PlanTable(
        sums=_by_hub(tables),
        first=np.concatenate([[0], np.cumsum([t.shape[0] * t.shape[2] for t in tables])]),
        per_demand=_by_hub([_at_levels(per_demand, levels, where) for where in at]),
        per_capture=_by_hub([_at_levels(per_capture, levels, where) for where in at]),
    )


def _slope(usual: FloatArray, less: FloatArray, part: float) -> FloatArray:
    """Return what the sums change by.

    A contract that is not on offer on either side has no bill there (NaN); with a little less heat
    its bill is then taken to stay what it is.
    """
    both = np.isfinite(usual) & np.isfinite(less)
    change = np.subtract(usual, less, out=np.zeros_like(usual), where=both)
    return np.asarray(change / (1.0 - part), dtype=np.float64)


def _by_hub(tables: Sequence[FloatArray]) -> FloatArray:
    """Put plans of all contracts side by side: (contracts, hubs, plans, sums) to (hubs, ...)."""
    flat = [np.moveaxis(t, 0, 1).reshape(t.shape[1], -1, t.shape[3]) for t in tables]
    return np.ascontiguousarray(np.concatenate(flat, axis=1))


def drawn_inputs(hubs: Operated, town: FutureTown) -> Iterator[DispatchInputs]:
    """Yield the study's inputs in each drawn year, one after the other.

    Prices are brought to the mean of the study's, with the tariff on top; heat demand, heat value
    and heat pump are those of the year's weather where weather is drawn.
    """
    mean, adders = hubs.day_ahead_mean_eur_per_mwh, hubs.adders_eur_per_mwh
    if town.weather and hubs.in_weather is None:
        raise InvalidInput("Weather is drawn, but these hubs do not know what they do in it.")
    for i, year in enumerate(town.prices.day_ahead_eur_per_mwh):
        met = hubs.in_weather(town.weather[i]) if town.weather and hubs.in_weather else hubs.inputs
        yield replace(met, price_eur_per_mwh=year * (mean / year.mean()) + adders)


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
    return np.asarray(
        table[:, :, right - 1] * (1.0 - share) + table[:, :, right] * share, np.float64
    )


def _sums(operation: Operation, given: DispatchInputs, adders: float) -> FloatArray:
    """Return the sums of plans as the columns of a `PlanTable`, (contracts, hubs, plans, ...)."""
    tables = []
    for offer in operation.offers.values():
        year = offer.dispatch
        other = adders * year.electricity_mwh
        columns = (
            year.it_energy_mwh,
            year.heat_revenue_eur,
            year.heat_delivered_mwh,
            year.electricity_cost_eur - other,
            year.electricity_mwh,
            other,
            given.wear_eur_per_mwh * year.it_energy_mwh,
            offer.bill_eur - year.electricity_cost_eur,
        )
        tables.append(np.stack(columns, axis=2))
    return np.stack(tables)
