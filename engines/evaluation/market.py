"""One hub and the electricity market: price regimes, contracts, curtailed energy, reserve."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats
from engines.assumptions import Assumptions
from engines.dispatch.heat_limited import DispatchInputs, hourly
from engines.evaluation.money_choices import MoneyChoices
from engines.evaluation.operation import Operation
from engines.grid.balancing import DOWN, Standing, products, standing
from engines.grid.price_regimes import Regime, price_regimes
from engines.units import KWH_PER_MWH

CURTAILED, BALANCING = "curtailed", "balancing"
"""Incomes from the power market that a study may count."""


@dataclass(frozen=True)
class ContractYear:
    """The first year under one contract, and all years as worth today.

    `margin_eur` is heat and compute income less the bill, without the shadow cost of wear; NaN in
    a year in which the contract is not open. `present_eur` adds up the years, 0 where the hub
    would rather stand still.
    """

    name: str
    hours_run: float
    energy_mwh: float
    peak_kw: float
    bill_eur: float
    margin_eur: float
    present_eur: float


@dataclass(frozen=True)
class Curtailed:
    """What allotted curtailed energy would add in a year (s.13k EnWG).

    `allotted_h` are the hours in which it is allotted, `hours` those in which the hub would stand
    still otherwise.
    """

    allotted_h: int
    hours: int
    energy_mwh: float
    gain_eur: float


@dataclass(frozen=True)
class Market:
    """See the module; `curtailed` is None where none is allotted or the hub is too small."""

    regimes: tuple[Regime, ...]
    contracts: tuple[ContractYear, ...]
    chosen: tuple[str, ...]
    reserve: tuple[Standing, ...]
    curtailed: Curtailed | None


def market(
    operation: Operation,
    day_ahead_eur_per_mwh: FloatArray,
    production_kw: FloatArray,
    plants_kw: Mapping[str, float],
    years: int,
    curtailed_hours: int,
    a: Assumptions,
) -> Market:
    """Look at one hub (an operation of a single parcel) from the market's side.

    Parameters
    ----------
    operation : Operation
        Of one parcel; its first `years` columns are the years of the study.
    production_kw : array, shape (hours,)
        Heat all plants of the network feed in.
    plants_kw : mapping of str to float
        Heat rating of each plant; NaN where not stated.
    """
    return Market(
        regimes=_regimes(operation, day_ahead_eur_per_mwh),
        contracts=tuple(_contract(name, operation, years, a) for name in operation.offers),
        chosen=tuple(operation.contract(0, year) for year in range(years)),
        reserve=_reserve(operation, production_kw, plants_kw, 0),
        curtailed=_curtailed(operation, day_ahead_eur_per_mwh, curtailed_hours, 0, a),
    )


def _worth_eur_per_mwh(inputs: DispatchInputs, value: float) -> tuple[FloatArray, FloatArray]:
    """All-in price up to which an hour pays: by computing alone, and with all its heat used."""
    net = value - inputs.wear_eur_per_mwh
    heat = inputs.capture_share * inputs.heat_value_eur_per_mwh[inputs.network_of[0]]
    lifting = inputs.heat_pump_per_heat[inputs.network_of[0]] * inputs.capture_share
    fans = inputs.dry_cooler_share * inputs.capture_share
    wanted = inputs.uptake_kw[inputs.network_of[0]] > 0.0
    alone = np.full(len(heat), net / (1.0 + inputs.auxiliary_share + fans))
    both = (net + heat) / (1.0 + inputs.auxiliary_share + lifting)
    return alone, as_floats(np.where(wanted, both, alone))


def _regimes(operation: Operation, day_ahead: FloatArray) -> tuple[Regime, ...]:
    inputs = operation.offer(0, 0).inputs
    value = float(operation.offers["flexible"].inputs.compute_value_eur_per_mwh[0])
    alone, both = _worth_eur_per_mwh(inputs, value)
    hours = operation.series(0, 0)
    return price_regimes(
        day_ahead,
        inputs.price_eur_per_mwh,
        alone,
        both,
        hours.electricity_kw,
        inputs.availability_share,
    )


def _contract(name: str, operation: Operation, years: int, a: Assumptions) -> ContractYear:
    offer, flexible = operation.offers[name], operation.offers["flexible"].inputs
    year = offer.dispatch
    value = flexible.compute_value_eur_per_mwh[:years]
    cash = (
        year.heat_revenue_eur[0, :years]
        + year.it_energy_mwh[0, :years] * value
        - offer.bill_eur[0, :years]
    )
    worn = offer.margin_eur[0, :years]
    runs = np.where(worn > 0.0, cash, 0.0)
    weight = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, years + 1.0)
    return ContractYear(
        name=name,
        hours_run=float(year.hours_run[0, 0]),
        energy_mwh=float(year.electricity_mwh[0, 0]),
        peak_kw=float(year.peak_kw[0, 0]),
        bill_eur=float(offer.bill_eur[0, 0]),
        margin_eur=float(cash[0]),
        present_eur=float(runs @ weight),
    )


def _reserve(
    operation: Operation, production_kw: FloatArray, plants_kw: Mapping[str, float], year: int
) -> tuple[Standing, ...]:
    inputs = operation.offer(0, year).inputs
    hours = operation.series(0, year)
    value = float(operation.offers["flexible"].inputs.compute_value_eur_per_mwh[year])
    alone, both = _worth_eur_per_mwh(inputs, value)
    per_mwh = np.where(hours.heat_delivered_kw > 0.0, both, alone) - inputs.price_eur_per_mwh
    headroom = inputs.headroom_kw[inputs.substation_of[0]]
    full = inputs.power_it_kw[0] * (
        1.0 + inputs.auxiliary_share + inputs.dry_cooler_share * inputs.capture_share
    )
    backup = None
    if plants_kw and not any(np.isnan(rating) for rating in plants_kw.values()):
        backup = (sum(plants_kw.values()) - production_kw + hours.heat_delivered_kw).clip(min=0.0)
    return tuple(
        standing(
            product,
            hours.electricity_kw,
            np.minimum(headroom, full),
            hours.heat_delivered_kw,
            backup,
            per_mwh,
        )
        for product in products()
    )


def cheapest_hours(day_ahead_eur_per_mwh: FloatArray, count: int) -> NDArray[np.bool_]:
    """Mark the hours with the lowest exchange price; the earlier one where prices are equal."""
    found = np.zeros(len(day_ahead_eur_per_mwh), dtype=bool)
    found[np.argsort(day_ahead_eur_per_mwh, kind="stable")[:count]] = True
    return found


@dataclass(frozen=True)
class Sold:
    """What a study counts from the power market besides computing and heat.

    Attributes
    ----------
    by_kind_eur : mapping of str to array, shape (parcels, columns)
        Gain of each year [EUR/a], by `CURTAILED` and `BALANCING`, as far as they are counted.
    """

    by_kind_eur: Mapping[str, FloatArray]

    @property
    def total_eur(self) -> FloatArray:
        """Sum of the kinds."""
        return as_floats(sum(self.by_kind_eur.values()))


def sold_in_year(
    operation: Operation,
    year: int,
    day_ahead_eur_per_mwh: FloatArray,
    production_kw: FloatArray,
    plants_kw: Mapping[str, float],
    choices: MoneyChoices,
    a: Assumptions,
) -> dict[str, float]:
    """Return what one hub (an operation of a single parcel) gains in one year, by kind [EUR/a].

    Of the reserve products the one that gains most counts, and only where other plants can heat
    instead. Idle power is sold once: with curtailed energy counted no product that turns up is.
    """
    found = {}
    if choices.count_curtailed:
        extra = _curtailed(operation, day_ahead_eur_per_mwh, choices.curtailed_hours, year, a)
        found[CURTAILED] = 0.0 if extra is None else extra.gain_eur
    if choices.count_reserve:
        offered = [
            each.gain_eur
            for each in _reserve(operation, production_kw, plants_kw, year)
            if each.heat_backed and not (choices.count_curtailed and each.product.direction != DOWN)
        ]
        found[BALANCING] = max([0.0, *offered])
    return found


def _curtailed(
    operation: Operation, day_ahead: FloatArray, allotted_h: int, year: int, a: Assumptions
) -> Curtailed | None:
    """Run the hub in a year on allotted energy in hours in which it would stand still.

    Only what is drawn additionally counts: wind that would be turned down is there when power is
    cheapest, and in such hours a hub mostly runs already.
    """
    inputs = operation.offers["flexible"].inputs
    if not allotted_h or float(inputs.power_it_kw[0]) < a["contract.curtailed_least_kw"]:
        return None
    plan = operation.series(0, year)
    allotted = cheapest_hours(day_ahead, allotted_h)
    extra = allotted & (plan.electricity_kw == 0.0)
    adders = inputs.price_eur_per_mwh - day_ahead
    price = np.where(extra, a["contract.curtailed_eur_per_mwh"] + adders, inputs.price_eur_per_mwh)
    run = hourly(replace(inputs, price_eur_per_mwh=price), 0, year)
    in_service = inputs.availability_share
    return Curtailed(
        allotted_h=allotted_h,
        hours=int(extra.sum()),
        energy_mwh=float(run.electricity_kw[extra].sum()) / KWH_PER_MWH * in_service,
        gain_eur=float(run.margin_eur[extra].sum()) * in_service,
    )
