"""One year of the town's heat network: load, temperatures, what it can take and what it pays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.heat_value import displaced_heat_eur_per_mwh, heat_price_eur_per_mwh
from engines.errors import InvalidInput, OutOfValidity
from engines.evaluation.records import StudyChoices, TownInput
from engines.grid.tariff import hourly_price_eur_per_mwh, tariff_named
from engines.message import Message, message
from engines.thermal.demand import heat_profile, profile
from engines.thermal.envelope import available_degc, technology
from engines.thermal.injection import (
    DIRECT_SUPPLY,
    NONE,
    injection,
    return_preheat_penalty_eur_per_mwh,
)
from engines.thermal.network import (
    network_production_kw,
    return_flow_kg_per_s,
    return_temperature_degc,
    supply_temperature_degc,
)
from engines.units import KWH_PER_MWH

NOTES = {
    "flow_unknown": (
        "The flow in the existing pipes is not known; all heat of the network is taken to pass "
        "where a hub would connect."
    ),
}


@dataclass(frozen=True)
class TownYear:
    """The hourly state that every hub of the town meets.

    Attributes
    ----------
    demand_kw, production_kw : array, shape (hours,)
        Heat of the customers, and with the losses of the network.
    supply_degc, return_degc : array, shape (hours,)
    available_degc : float
        What the hub can give behind its exchanger.
    mode : array of int, shape (hours,)
        0 none, 1 return pre-heat, 2 direct supply.
    wanted : array of bool, shape (hours,)
        Hours in which the network needs more than its must-run plants give.
    uptake_kw, heat_value_eur_per_mwh : array, shape (networks, hours)
    price_eur_per_mwh : array, shape (hours,)
        All-in price of one more MWh.
    displaced_eur_per_mwh : float
        Cost of the heat that is replaced.
    notes : tuple of Message
    """

    demand_kw: FloatArray
    production_kw: FloatArray
    supply_degc: FloatArray
    return_degc: FloatArray
    available_degc: float
    mode: NDArray[np.int8]
    wanted: NDArray[np.bool_]
    uptake_kw: FloatArray
    heat_value_eur_per_mwh: FloatArray
    price_eur_per_mwh: FloatArray
    displaced_eur_per_mwh: float
    notes: tuple[Message, ...]


def heat_demand_kw(town: TownInput) -> FloatArray:
    """Hourly heat demand of all customers on the network [kW], shape (hours,)."""
    local_degc = np.roll(town.outdoor_degc, town.utc_offset_h)
    total = np.zeros(len(town.outdoor_degc))
    for key, load in town.profiles.items():
        shares = heat_profile(
            local_degc,
            load.hour_factors,
            load.weekday_factors,
            town.weekday_of_day,
            profile(key),
        )
        total += load.demand_mwh_per_a * KWH_PER_MWH * np.roll(shares, -town.utc_offset_h)
    return total


def town_year(town: TownInput, choices: StudyChoices, a: Assumptions) -> TownYear:
    """Work out the town's year. Temperature comes first: an hour the hub is too cold for is lost.

    Raises
    ------
    InvalidInput
        If prices and temperatures differ in length, or no building hangs on the network.
    """
    _check(town)
    hub = technology(choices.technology)
    if not hub.computes:
        raise OutOfValidity(
            f"{hub.label} earns nothing by computing and is no hub; choose a technology with "
            "computers."
        )
    supply, back = _temperatures(town.outdoor_degc, a)
    demand_kw = heat_demand_kw(town)
    production_kw = network_production_kw(demand_kw, a["network.loss_share"])
    displaced = _displaced_eur_per_mwh(a)
    give_degc = available_degc(hub, a["hub.approach_k"])
    must_run_kw = a["network.must_run_share"] * production_kw
    whole = injection(
        available_degc=give_degc,
        supply_degc=supply,
        return_degc=back,
        load_kw=production_kw,
        must_run_kw=must_run_kw,
        return_flow_kg_per_s=return_flow_kg_per_s(production_kw, supply, back),
        max_return_rise_k=a["network.max_return_rise_k"],
    )
    # flow, load and must-run of a branch are the same share of the whole, and so is its uptake
    shares = np.where(np.isnan(town.network_share), 1.0, town.network_share)
    value = _heat_value(displaced, supply, back, whole.mode, choices, a)
    tariff = tariff_named(choices.tariff)
    notes = list(whole.notes)
    if np.isnan(town.network_share).any():
        notes.append(message(NOTES, "flow_unknown"))
    return TownYear(
        demand_kw=demand_kw,
        production_kw=production_kw,
        supply_degc=supply,
        return_degc=back,
        available_degc=give_degc,
        mode=whole.mode,
        wanted=production_kw > must_run_kw,
        uptake_kw=shares[:, None] * whole.uptake_kw,
        heat_value_eur_per_mwh=np.tile(value, (len(shares), 1)),
        price_eur_per_mwh=hourly_price_eur_per_mwh(
            town.day_ahead_eur_per_mwh, tariff, full_load_mwh_per_a(a, len(supply))
        ),
        displaced_eur_per_mwh=displaced,
        notes=tuple(notes),
    )


def full_load_mwh_per_a(a: Assumptions, hours: int) -> float:
    """Electricity of a hub that never stops; decides which levy step the marginal MWh pays."""
    drawn_kw = a["hub.power_it_kw"] * (1.0 + a["hub.auxiliary_share"])
    return drawn_kw * a["hub.availability_share"] * hours / KWH_PER_MWH


def _temperatures(outdoor_degc: FloatArray, a: Assumptions) -> tuple[FloatArray, FloatArray]:
    supply = supply_temperature_degc(
        outdoor_degc,
        max_degc=a["network.supply_max_degc"],
        min_degc=a["network.supply_min_degc"],
        cold_degc=a["network.outdoor_cold_degc"],
        warm_degc=a["network.outdoor_warm_degc"],
    )
    back = return_temperature_degc(
        outdoor_degc,
        reference_degc=a["network.return_reference_degc"],
        outdoor_reference_degc=a["network.return_outdoor_reference_degc"],
        slope_k_per_k=a["network.return_slope_k_per_k"],
        bypass_k=a["network.return_bypass_k"],
        bypass_full_degc=a["network.return_bypass_full_degc"],
    )
    return supply, back


def _displaced_eur_per_mwh(a: Assumptions) -> float:
    return float(
        displaced_heat_eur_per_mwh(
            a["heat.gas_eur_per_mwh"],
            a["heat.emission_gas_t_per_mwh"],
            a["heat.co2_eur_per_t"],
            a["heat.displaced_efficiency_share"],
            a["heat.displaced_variable_om_eur_per_mwh"],
        )
    )


def _heat_value(
    displaced: float,
    supply: FloatArray,
    back: FloatArray,
    mode: NDArray[np.int8],
    choices: StudyChoices,
    a: Assumptions,
) -> FloatArray:
    """Price of the hub's heat by hour: a warmer return costs the plant, hot supply does not."""
    gradient = a[f"heat.gradient_{choices.displaced_source}_eur_per_mwh_k"]
    penalty = return_preheat_penalty_eur_per_mwh(gradient, supply, back)
    into_return = heat_price_eur_per_mwh(displaced, penalty, a["heat.share_return"])
    into_supply = heat_price_eur_per_mwh(displaced, 0.0, a["heat.share_supply"])
    value = np.where(mode == DIRECT_SUPPLY, into_supply, into_return)
    return np.asarray(np.where(mode == NONE, 0.0, value), dtype=np.float64)


def _check(town: TownInput) -> None:
    hours = len(town.outdoor_degc)
    if len(town.day_ahead_eur_per_mwh) != hours:
        raise InvalidInput(
            f"Prices have {len(town.day_ahead_eur_per_mwh)} hours and temperatures {hours}; "
            "give both for the same hours."
        )
    if sum(load.demand_mwh_per_a for load in town.profiles.values()) <= 0:
        raise InvalidInput(
            "No building with heat demand hangs on the network; import buildings and pipes, or "
            "raise network.connect_distance_m."
        )
