"""The books of one hub: every euro by line and year, and what banks, owners and councils ask of it.

Worked out for single parcels (the short-list), from the same hourly operation as the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, as_floats
from engines.assumptions import Assumptions
from engines.compute.revenue import BITCOIN, NONE, first_value
from engines.compute.treasury import hold_coins
from engines.dispatch.heat_limited import one_parcel
from engines.economics.accounts import Accounts, accounts, nominal
from engines.economics.cashflow import Asset, present_value
from engines.economics.closure import Closure, closure
from engines.economics.debt import DebtService, Loan, coverage, debt_service
from engines.economics.defaults import compute_input
from engines.economics.ownership import Present, shares_of
from engines.economics.payback import payback_years
from engines.economics.reserve import (
    ReserveFund,
    reserve_fund,
    sinking_eur_per_a,
    years_to_fund,
)
from engines.evaluation.feeding import upkeep_eur_per_mwh
from engines.evaluation.hubs import Hubs, operate_hubs, vat_share
from engines.evaluation.market import BALANCING, CURTAILED, Market, market
from engines.evaluation.money_choices import LEASE
from engines.evaluation.operation import Operation
from engines.evaluation.records import StudyChoices
from engines.grid.contracts import BAND_LOAD, IDLE
from engines.grid.tariff import Tariff, level_adders_eur_per_mwh
from engines.thermal.mode_year import RETURN_VALUE, SUPPLY_VALUE
from engines.units import KWH_PER_MWH

INTO_RETURN = "return_preheat"
HEAT_PUMP_UPKEEP = "heat_pump_upkeep"
"""A line of its own; it is settled with the price of the heat and bears no tax of its own."""
COIN_PATHS = {"stays": 1.0, "halves": 0.5, "doubles": 2.0}
"""Price of the coin at the end of the study over that of its first year, on an even path."""


@dataclass(frozen=True)
class Books:
    """What one hub comes to, beyond the sums of `MoneyResult`.

    Attributes
    ----------
    accounts : Accounts
    nominal_eur : array, shape (years + 1,)
        The flows in the money of their own year.
    debt : DebtService
    coverage : array, shape (years,)
        Gain from operation over what the loan costs.
    payback_a, payback_discounted_a : float
        NaN if the money does not come back.
    reserve : ReserveFund
    sinking_eur_per_a : float
    next_hub_a : float
        Years until reserve and equity for the next hub are there; NaN if never.
    closure : Closure
    ownership : dict
        ``[model][party][line]`` as worth today.
    operator_eur : float
        Worth to a third party at its own rate.
    treasury_eur : dict of str to float
        Worth today of the income from computing by path of the coin's price, under the rule of the
        study; empty where coins are sold at once.
    market : Market
    """

    accounts: Accounts
    nominal_eur: FloatArray
    debt: DebtService
    coverage: FloatArray
    payback_a: float
    payback_discounted_a: float
    reserve: ReserveFund
    sinking_eur_per_a: float
    next_hub_a: float
    closure: Closure
    ownership: dict[str, dict[str, dict[str, float]]]
    operator_eur: float
    treasury_eur: dict[str, float]
    market: Market


def books(
    hubs: Hubs,
    parcel: int,
    plants_kw: Mapping[str, float],
    choices: StudyChoices,
    a: Assumptions,
) -> Books:
    """Open the books of one parcel (row).

    Parameters
    ----------
    hubs : Hubs
    parcel : int
    plants_kw : mapping of str to float
        Heat rating of every plant of the town by name; NaN where it is not stated.
    """
    years, rate = hubs.years, a["economics.rate_share"]
    stress = _stress_values(hubs, choices, a)
    operation = _alone(hubs, parcel, list(stress.values()), choices, a)
    parts = _one(hubs, parcel)
    table = _accounts(hubs, parcel, operation, parts, a)
    ebitda = table.operation_eur[1:]
    running = float(hubs.cost.running_eur_per_a[parcel])
    invested = float(hubs.cost.total_eur[parcel])
    loan = Loan(a["economics.debt_share"], a["economics.debt_rate_share"], _years(a, "debt_years"))
    debt = debt_service(invested, loan, years)
    machines = next(asset for asset in parts if asset.name == "asic")
    sinking = sinking_eur_per_a(
        float(as_floats(machines.cost_eur)), machines.resale_share, machines.life_years
    )
    service = float(debt.service_eur[0])
    fund = reserve_fund(
        _stress_margins(hubs, operation, stress, a),
        due_eur_per_a=running + service + sinking,
        opex_eur_per_a=running,
        longest_months=round(a["reserve.drawdown_months"]),
        opex_months=a["reserve.opex_months"],
    )
    grant = float(hubs.cost.grant_eur[parcel])
    ownership, operator = _ownership(hubs, parcel, operation, table, choices, a)
    return Books(
        accounts=table,
        nominal_eur=nominal(table.flows_eur, a["economics.inflation_share"]),
        debt=debt,
        coverage=coverage(ebitda, debt.service_eur),
        payback_a=float(payback_years(table.flows_eur)),
        payback_discounted_a=float(payback_years(table.flows_eur, rate)),
        reserve=fund,
        sinking_eur_per_a=sinking,
        next_hub_a=years_to_fund(
            ebitda - sinking - debt.service_eur,
            fund.total_eur + (1.0 - loan.share) * invested,
        ),
        closure=closure(
            parts,
            ebitda,
            rate,
            a["economics.closure_value_share"],
            first_day_eur=grant,
            binding_years=a["economics.grant_binding_years"],
            vat_share=vat_share(a),
        ),
        ownership=ownership,
        operator_eur=operator,
        treasury_eur=_treasury(table, choices, rate),
        market=market(
            operation,
            hubs.town.day_ahead_eur_per_mwh,
            hubs.town.production_kw,
            plants_kw,
            years,
            choices.money.curtailed_hours,
            a,
        ),
    )


def _years(a: Assumptions, name: str) -> int:
    return round(a[f"economics.{name}"])


def _one(hubs: Hubs, parcel: int) -> tuple[Asset, ...]:
    """Return the assets of one parcel."""
    count = len(hubs.joined)
    return tuple(
        replace(asset, cost_eur=float(np.broadcast_to(as_floats(asset.cost_eur), count)[parcel]))
        for asset in hubs.cost.assets
    )


def _alone(
    hubs: Hubs, parcel: int, stress: list[float], choices: StudyChoices, a: Assumptions
) -> Operation:
    """Operate one parcel alone: the years of the study, then one column for each stress."""
    inputs = replace(
        one_parcel(hubs.inputs, parcel),
        compute_value_eur_per_mwh=np.concatenate([hubs.compute.eur_per_mwh_it, stress]),
    )
    return operate_hubs(inputs, hubs.town.utc_offset_h, choices, a)


def _stress_values(hubs: Hubs, choices: StudyChoices, a: Assumptions) -> dict[str, float]:
    """Value of computing in each stress [EUR/MWh_IT]; a hub that only heats has none."""
    kind = choices.money.compute_kind
    first = float(hubs.compute.eur_per_mwh_it[0])
    if kind == NONE:
        return {"no_computing": 0.0}
    found = {
        "halving": first * a["reserve.stress_halving_factor"],
        "slump": first * a["reserve.stress_slump_factor"],
    }
    if kind == BITCOIN:
        given = compute_input(a, kind, choices.compute_outlook, choices.start_year)
        low = a["reserve.stress_hashprice_usd_per_ph_day"]
        found["low_price"] = float(first_value(replace(given, hashprice_usd_per_ph_day=low)))
    return found


def _stress_margins(
    hubs: Hubs, operation: Operation, stress: Mapping[str, float], a: Assumptions
) -> dict[str, FloatArray]:
    """Heat and compute income less the bill in each stress, for as many years as it may last."""
    lasting = int(np.ceil(a["reserve.drawdown_months"] / 12.0))
    year = operation.dispatch
    margins = {}
    for place, name in enumerate(stress):
        column = hubs.years + place
        heat = float(year.heat_revenue_eur[0, column]) if hubs.town.value_known else np.nan
        margin = heat + float(year.compute_revenue_eur[0, column] - operation.bill_eur[0, column])
        margins[name] = np.full(lasting, margin)
    return margins


def _accounts(
    hubs: Hubs, parcel: int, operation: Operation, parts: tuple[Asset, ...], a: Assumptions
) -> Accounts:
    years = hubs.years
    opex = hubs.cost.opex

    def every(amount: object) -> FloatArray:
        value = np.broadcast_to(as_floats(amount), len(hubs.joined))[parcel]  # type: ignore[arg-type]
        return np.full(years, float(value))

    upkeep = _upkeep_eur(hubs, operation, a)
    incomes = {
        # what the network pays; the price of a lifted MWh has its upkeep taken off
        "heat": hubs.money.heat_eur[parcel] + upkeep,
        "compute": hubs.money.compute_eur[parcel],
    }
    if upkeep.any():
        incomes[HEAT_PUMP_UPKEEP] = -upkeep
    if hubs.sold is not None:
        incomes |= {name: eur[parcel, :years] for name, eur in hubs.sold.by_kind_eur.items()}
    return accounts(
        incomes,
        {
            **_electricity(hubs, operation),
            "maintenance": every(opex.maintenance_eur),
            "fluid": every(opex.fluid_eur),
            "staff": every(opex.staff_eur),
            "data": every(opex.data_eur),
            "insurance": every(opex.insurance_eur),
            "lease": every(hubs.cost.lease_eur_per_a),
        },
        parts,
        years,
        grant_eur=float(hubs.cost.grant_eur[parcel]),
        vat_share=vat_share(a),
    )


def _upkeep_eur(hubs: Hubs, operation: Operation, a: Assumptions) -> FloatArray:
    """Return the upkeep of the heat pump in each year: by the heat that passes it [EUR/a]."""
    found = np.zeros(hubs.years)
    for year in range(hubs.years):
        hours = operation.series(0, year)
        lifted_kw = hours.heat_delivered_kw[hours.heat_pump_kw > 0.0].sum()
        found[year] = lifted_kw / KWH_PER_MWH * hubs.inputs.availability_share
    return found * upkeep_eur_per_mwh(a)


def _electricity(hubs: Hubs, operation: Operation) -> dict[str, FloatArray]:
    """Split the bill of each year: exchange, charges per MWh, levies, capacity, relief.

    The relief is what a band load is spared; a cost below zero.
    """
    names = ("power_market", "power_charges", "power_levies", "power_capacity", "power_relief")
    split = {name: np.zeros(hubs.years) for name in names}
    year = operation.dispatch
    for column in range(hubs.years):
        contract = operation.contract(0, column)
        if contract == IDLE:
            continue
        offer = operation.offer(0, column)
        energy = float(year.electricity_mwh[0, column])
        hourly_adders = float(
            offer.inputs.price_eur_per_mwh[0] - hubs.town.day_ahead_eur_per_mwh[0]
        )
        split["power_market"][column] = (
            float(year.electricity_cost_eur[0, column]) - hourly_adders * energy
        )
        split["power_charges"][column] = level_adders_eur_per_mwh(offer.tariff) * energy
        split["power_levies"][column] = _levies_eur(offer.tariff, energy)
        split["power_capacity"][column] = offer.tariff.capacity_charge_eur_per_kw_a * float(
            year.peak_kw[0, column]
        )
        if contract == BAND_LOAD:
            known = sum(split[name][column] for name in names)
            split["power_relief"][column] = float(operation.bill_eur[0, column]) - known
    return split


def _levies_eur(tariff: Tariff, energy_mwh: float) -> float:
    first = min(energy_mwh, tariff.levy_threshold_mwh)
    above = energy_mwh - first
    return first * tariff.levies_first_eur_per_mwh + above * tariff.levies_above_eur_per_mwh


def _ownership(
    hubs: Hubs,
    parcel: int,
    operation: Operation,
    table: Accounts,
    choices: StudyChoices,
    a: Assumptions,
) -> tuple[dict[str, dict[str, dict[str, float]]], float]:
    """Share the project out, and value the operator's part at its own rate."""
    years, rate = hubs.years, a["economics.rate_share"]
    investment = as_floats(
        sum((li.amounts_eur for li in table.lines if li.block == "investment"), np.zeros(years + 1))
    )

    def present(*keys: str) -> float:
        return float(sum(present_value(table.line(key), rate) for key in keys if _has(table, key)))

    power = tuple(line.key for line in table.lines if line.key.startswith("power_"))
    income = ("heat", "compute", CURTAILED, BALANCING)
    running = tuple(
        line.key
        for line in table.lines
        if line.block == "operation" and line.key not in (*power, *income)
    )
    leased = choices.money.land == LEASE
    given = Present(
        investment_eur=-float(present_value(investment, rate)),
        operation_eur=-present(*running, CURTAILED, BALANCING),
        electricity_eur=-present(*power),
        compute_eur=present("compute"),
        heat_eur=present("heat"),
        displaced_eur=float(present_value(_gain(hubs, parcel, operation), rate)),
        lease_eur=-present("lease") if leased else 0.0,
    )
    own = float(present_value(table.flows_eur, a["economics.third_party_rate_share"]))
    shares = shares_of(given, town_land=leased and choices.money.town_land)
    return shares, own


def _has(table: Accounts, key: str) -> bool:
    return any(line.key == key for line in table.lines)


def _gain(hubs: Hubs, parcel: int, operation: Operation) -> FloatArray:
    """Return what the network saves in each year, shape (years + 1,) [EUR]."""
    into_return = hubs.feed.mode[parcel] == INTO_RETURN
    gain = hubs.town.gain_eur_per_mwh[RETURN_VALUE if into_return else SUPPLY_VALUE]
    saved = np.zeros(hubs.years + 1)
    for year in range(hubs.years):
        heat_kw = operation.series(0, year).heat_delivered_kw
        worth = np.where(heat_kw > 0.0, heat_kw * gain, 0.0).sum() / KWH_PER_MWH
        saved[year + 1] = worth * hubs.inputs.availability_share
    return saved


def _treasury(table: Accounts, choices: StudyChoices, rate: float) -> dict[str, float]:
    rule = choices.money.treasury
    if rule.hold_share == 0.0:
        return {}
    income = table.line("compute")[1:]
    years = len(income)
    place = np.arange(years) / max(years - 1, 1)
    return {
        name: float(
            present_value(
                np.concatenate([[0.0], hold_coins(income, end**place, rule).cash_eur]), rate
            )
        )
        for name, end in COIN_PATHS.items()
    }
