"""One hub on every candidate: connection, grid, a dispatch for each year, money."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.compute.revenue import ComputePath, compute_path
from engines.dispatch.heat_limited import (
    DispatchInputs,
    DispatchResult,
    HourlyDispatch,
    heat_limited_dispatch,
    hourly,
)
from engines.economics.alternatives import (
    Alternative,
    gas_boiler_alternative,
    heat_pump_alternative,
)
from engines.economics.annuity import annuity_factor
from engines.economics.capex import Capex, HubSize, assets, capex
from engines.economics.cashflow import Asset
from engines.economics.defaults import (
    capex_rates,
    compute_input,
    gas_boiler_input,
    heat_pump_input,
    lives,
    opex_rates,
)
from engines.economics.opex import Opex, opex
from engines.economics.project import MoneyInput, MoneyResult, evaluate_money
from engines.evaluation.records import Candidates, StudyChoices, Substations, TownInput
from engines.evaluation.town import TownYear, full_load_mwh_per_a, town_year
from engines.grid.hosting import firm_headroom_kw
from engines.grid.tariff import Tariff, fixed_levies_eur_per_a, tariff_named
from engines.message import Message
from engines.thermal.connection import Connection, RunningCosts, size_connections
from engines.thermal.envelope import Technology, technology
from engines.thermal.injection import NONE
from engines.units import KWH_PER_MWH

UNLIMITED_FACTOR = 10.0
"""Headroom over hub power where the substation is not known: no limit, and the gate says so."""


@dataclass(frozen=True)
class Hubs:
    """Everything computed for the hubs; arrays over parcels, dispatch over parcels and columns.

    The first `years` columns of `dispatch` are the years of the study. Two sensitivities follow:
    compute revenue that stays at its first value, and no compute revenue at all.
    """

    town: TownYear
    inputs: DispatchInputs
    dispatch: DispatchResult
    years: int
    length_m: FloatArray
    connection: Connection
    joined: NDArray[np.bool_]
    has_substation: NDArray[np.bool_]
    firm_kw: FloatArray
    needed_kw: float
    takeable_mwh: FloatArray
    full_heat_mwh: float
    compute: ComputePath
    capex: Capex
    cable_eur: FloatArray
    opex: Opex
    electricity_eur: FloatArray
    money: MoneyResult
    npv_flat_compute_eur: FloatArray
    npv_heat_only_eur: FloatArray
    alternatives: Mapping[str, Alternative]
    notes: tuple[Message, ...]

    def series(self, parcel: int) -> HourlyDispatch:
        """Every hour of the first year of one parcel."""
        return hourly(self.inputs, parcel, 0)


def evaluate_hubs(
    town: TownInput,
    candidates: Candidates,
    substations: Substations,
    choices: StudyChoices,
    a: Assumptions,
) -> Hubs:
    """Put the study's hub on every candidate and work out what it does, costs and earns."""
    year = town_year(town, choices, a)
    hub = technology(choices.technology)
    years = round(a["economics.horizon_years"])
    path, flat = (
        compute_path(compute_input(a, "btc_asic", outlook, choices.start_year), years)
        for outlook in (choices.compute_outlook, "flat")
    )
    full_kw = hub.capture_share * a["hub.power_it_kw"]
    peak_kw = _peak_uptake_kw(candidates, year, full_kw)
    length_m = a["connection.station_m"] + a["connection.detour_factor"] * candidates.network_m
    connection = _connections(length_m, peak_kw, year, choices, a)
    joined = connection.feasible & (peak_kw > 0.0) & ~np.isnan(length_m)
    firm_kw = _firm_kw(substations, a)
    inputs = _dispatch_inputs(
        candidates,
        year,
        hub,
        np.where(joined, connection.heat_loss_kw, 0.0),
        np.where(joined, connection.pump_kw, 0.0),
        np.where(joined, candidates.network_of, len(year.uptake_kw)),
        firm_kw,
        np.concatenate([path.eur_per_mwh_it, flat.eur_per_mwh_it[:1], [0.0]]),
        a,
    )
    dispatch = heat_limited_dispatch(inputs)
    needed_kw = a["hub.power_it_kw"] * (1.0 + a["hub.auxiliary_share"])
    pipe_eur = np.where(joined, connection.capex_eur, 0.0)
    rates = capex_rates(a, a["hub.power_it_kw"], 0.0)
    cost = capex(
        HubSize(
            power_it_kw=inputs.power_it_kw,
            efficiency_j_per_th=a["compute.efficiency_j_per_th"],
            heat_source_kw=np.full(len(joined), full_kw),
            heat_pump_kwth=0.0,
            connection_kw=np.full(len(joined), needed_kw),
            pipe_eur=pipe_eur,
        ),
        rates,
    )
    markup = 1.0 + rates.planning_share + rates.contingency_share
    cable_eur = np.nan_to_num(candidates.substation_m) * a["grid.cable_eur_per_m"] * markup
    fluid = "immersion" if choices.technology.startswith("immersion") else "hydro"
    running = opex(cost, inputs.power_it_kw, opex_rates(a, a["hub.power_it_kw"], fluid))
    tariff = tariff_named(choices.tariff)
    bill = _electricity_eur(dispatch, tariff, full_load_mwh_per_a(a, len(year.supply_degc)))
    parts = (
        *assets(cost, rates, lives(a)),
        Asset("cable", cable_eur, round(a["economics.life_grid_years"]), 0.0),
    )

    def money(columns: list[int], compute: ComputePath) -> MoneyResult:
        return evaluate_money(
            MoneyInput(
                horizon_years=years,
                rate_share=a["economics.rate_share"],
                assets=parts,
                heat_mwh=dispatch.heat_delivered_mwh[:, columns],
                heat_eur=dispatch.heat_revenue_eur[:, columns],
                compute_eur=dispatch.it_energy_mwh[:, columns] * compute.eur_per_mwh_it,
                electricity_eur=bill[:, columns],
                opex_eur_per_a=running.total_eur,
            )
        )

    nothing = ComputePath(np.zeros(years), np.zeros(years), "none", ())
    result = money(list(range(years)), path)
    heat_mwh = _level_heat_mwh(dispatch.heat_delivered_mwh[:, :years], a)
    peak_delivered_kw = np.where(joined, np.minimum(peak_kw, full_kw), 0.0)
    against = (heat_mwh, peak_delivered_kw)
    horizon = (a["economics.rate_share"], years)
    mean_price = float(town.day_ahead_eur_per_mwh.mean())
    pump_input = heat_pump_input(a, mean_price, tariff_named(choices.heat_pump_tariff))
    return Hubs(
        town=year,
        inputs=inputs,
        dispatch=dispatch,
        years=years,
        length_m=length_m,
        connection=connection,
        joined=joined,
        has_substation=~np.isnan(candidates.substation_m),
        firm_kw=np.append(firm_kw, np.nan)[candidates.substation_of],
        needed_kw=needed_kw,
        takeable_mwh=_takeable_mwh(inputs, full_kw, a),
        full_heat_mwh=full_load_heat_mwh(full_kw, len(year.supply_degc), a),
        compute=path,
        capex=cost,
        cable_eur=cable_eur,
        opex=running,
        electricity_eur=bill,
        money=result,
        npv_flat_compute_eur=money([years] * years, flat).npv_eur,
        npv_heat_only_eur=money([years + 1] * years, nothing).npv_eur,
        alternatives={
            "heat_pump": heat_pump_alternative(*against, pump_input, *horizon),
            "gas_boiler": gas_boiler_alternative(*against, gas_boiler_input(a), *horizon),
        },
        notes=(*year.notes, *connection.notes, *dispatch.notes, *result.notes),
    )


def full_load_heat_mwh(full_kw: float, hours: int, a: Assumptions) -> float:
    """Heat the hub would catch in a year at full load [MWh/a]."""
    return full_kw * a["hub.availability_share"] * hours / KWH_PER_MWH


def _peak_uptake_kw(candidates: Candidates, year: TownYear, full_kw: float) -> FloatArray:
    """Highest heat that goes through each connection; 0 without a network or a warm hour."""
    by_network = np.append(year.uptake_kw.max(axis=1), 0.0)
    return np.asarray(np.minimum(by_network[candidates.network_of], full_kw), dtype=np.float64)


def _connections(
    length_m: FloatArray,
    peak_kw: FloatArray,
    year: TownYear,
    choices: StudyChoices,
    a: Assumptions,
) -> Connection:
    """Size every connection for its peak at the mean spread of the hours that have one."""
    possible = year.mode != NONE
    return_degc = (
        float(year.return_degc[possible].mean())
        if possible.any()
        else year.available_degc - a["network.max_return_rise_k"]
    )
    costs = RunningCosts(
        capital_share_per_a=float(
            annuity_factor(a["economics.rate_share"], a["economics.life_pipe_years"])
        ),
        hours_per_a=float(possible.sum()),
        heat_value_eur_per_mwh=year.displaced_eur_per_mwh,
        electricity_eur_per_mwh=float(year.price_eur_per_mwh.mean()),
    )
    return size_connections(
        np.maximum(peak_kw, 1.0),
        np.nan_to_num(length_m),
        supply_degc=year.available_degc,
        return_degc=return_degc,
        ground_degc=a["network.ground_mean_degc"],
        area_type=choices.area_type,
        assumptions=a,
        running_costs=costs,
    )


def _firm_kw(substations: Substations, a: Assumptions) -> FloatArray:
    """Firm headroom of each substation; NaN where rating or load is not known."""
    known = ~np.isnan(substations.rating_kva) & ~np.isnan(substations.peak_load_kw)
    firm = firm_headroom_kw(
        np.where(known, substations.rating_kva, 1.0),
        np.where(known, substations.peak_load_kw, 0.0)[:, None],
        0.0,
        loading_max_share=a["grid.loading_max_share"],
        power_factor=a["grid.power_factor"],
    )
    return np.asarray(np.where(known, firm, np.nan), dtype=np.float64)


def _dispatch_inputs(
    candidates: Candidates,
    year: TownYear,
    hub: Technology,
    loss_kw: FloatArray,
    pump_kw: FloatArray,
    network_of: NDArray[np.int64],
    firm_kw: FloatArray,
    compute_eur_per_mwh: FloatArray,
    a: Assumptions,
) -> DispatchInputs:
    """One row more than there are networks and substations: no network, and no known limit."""
    hours = len(year.supply_degc)
    power_kw = np.full(len(candidates.refs), a["hub.power_it_kw"])
    unlimited = UNLIMITED_FACTOR * a["hub.power_it_kw"]
    limits = np.append(np.where(np.isnan(firm_kw), unlimited, firm_kw.clip(min=0.0)), unlimited)
    return DispatchInputs(
        uptake_kw=np.vstack([year.uptake_kw, np.zeros(hours)]),
        heat_value_eur_per_mwh=np.vstack([year.heat_value_eur_per_mwh, np.zeros(hours)]),
        headroom_kw=np.repeat(limits[:, None], hours, axis=1),
        price_eur_per_mwh=year.price_eur_per_mwh,
        network_of=network_of,
        substation_of=candidates.substation_of % len(limits),
        power_it_kw=power_kw,
        pipe_loss_kw=loss_kw,
        pump_kw=pump_kw,
        compute_value_eur_per_mwh=compute_eur_per_mwh,
        capture_share=hub.capture_share,
        auxiliary_share=a["hub.auxiliary_share"],
        dry_cooler_share=a["hub.dry_cooler_share"],
        wear_eur_per_mwh=a["hub.wear_eur_per_mwh"],
        availability_share=a["hub.availability_share"],
    )


def _electricity_eur(dispatch: DispatchResult, tariff: Tariff, full_load_mwh: float) -> FloatArray:
    """Exact bill: hourly prices, the dearer first MWh, and the charge on the highest power."""
    step_eur = fixed_levies_eur_per_a(tariff, full_load_mwh)
    first = dispatch.electricity_mwh / max(tariff.levy_threshold_mwh, 1e-9)
    return np.asarray(
        dispatch.electricity_cost_eur
        + step_eur * first.clip(max=1.0)
        + tariff.capacity_charge_eur_per_kw_a * dispatch.peak_kw,
        dtype=np.float64,
    )


def _takeable_mwh(inputs: DispatchInputs, full_kw: float, a: Assumptions) -> FloatArray:
    """Heat of a hub at full load that the network could take, whatever the prices [MWh/a]."""
    by_network = np.minimum(inputs.uptake_kw, full_kw).sum(axis=1)
    return np.asarray(
        by_network[inputs.network_of] * a["hub.availability_share"] / KWH_PER_MWH,
        dtype=np.float64,
    )


def _level_heat_mwh(heat_mwh: FloatArray, a: Assumptions) -> FloatArray:
    """Even yearly heat that is worth the same today as the changing one [MWh/a]."""
    weight = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, heat_mwh.shape[1] + 1.0)
    return np.asarray(heat_mwh @ (weight / weight.sum()), dtype=np.float64)
