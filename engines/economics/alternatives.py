"""The same heat from a large heat pump, a gas boiler or an electric boiler: what to beat.

Each alternative delivers the same heat and the same peak as the hub, pays its own tariff, and is
bought, run and written off by the same rules (lives, residual values, discount rate).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing
from engines.economics.annuity import present_value_factor
from engines.economics.cashflow import Asset, asset_flows, present_value
from engines.economics.heat_value import displaced_heat_eur_per_mwh
from engines.economics.levelised import levelised_eur_per_mwh
from engines.grid.tariff import Tariff, annual_electricity_cost


@dataclass(frozen=True)
class HeatPumpInput:
    """A large heat pump; every number explicit.

    `cop` is the yearly mean; `capex_eur_per_kwth` per kW of heat; `grid_eur_per_kw` per kW of
    electricity connected; `fixed_om_share_per_a` of the heat pump's price.
    """

    capex_eur_per_kwth: float
    grid_eur_per_kw: float
    fixed_om_share_per_a: float
    variable_om_eur_per_mwh: float
    cop: float
    life_years: int
    day_ahead_eur_per_mwh: float
    tariff: Tariff

    def __post_init__(self) -> None:
        within("heat pump cop", self.cop, 1.0, 10.0)


@dataclass(frozen=True)
class GasBoilerInput:
    """A gas boiler; every number explicit, gas by lower heating value."""

    capex_eur_per_kwth: float
    fixed_om_share_per_a: float
    variable_om_eur_per_mwh: float
    efficiency_share: float
    life_years: int
    gas_eur_per_mwh: float
    emission_t_per_mwh: float
    co2_eur_per_t: float


@dataclass(frozen=True)
class ElectricBoilerInput:
    """An electric boiler: a hub without computers, and far cheaper; every number explicit.

    `efficiency_share` is heat over electricity; the rest as for the heat pump.
    """

    capex_eur_per_kwth: float
    grid_eur_per_kw: float
    fixed_om_share_per_a: float
    variable_om_eur_per_mwh: float
    efficiency_share: float
    life_years: int
    day_ahead_eur_per_mwh: float
    tariff: Tariff

    def __post_init__(self) -> None:
        within("electric boiler efficiency", self.efficiency_share, 0.5, 1.0)


@dataclass(frozen=True)
class Alternative:
    """Cost of heat of an alternative [EUR/MWh], and what it is made of.

    `capital` includes the grid connection; `energy` includes CO2, levies and the capacity charge.
    """

    name: str
    cost_eur_per_mwh: FloatArray
    capital_eur_per_mwh: FloatArray
    operation_eur_per_mwh: FloatArray
    energy_eur_per_mwh: FloatArray
    investment_eur: FloatArray


def heat_pump_alternative(
    heat_mwh_per_a: ArrayLike,
    peak_kw: ArrayLike,
    given: HeatPumpInput,
    rate_share: float,
    horizon_years: int,
) -> Alternative:
    """Cost of the same heat from a large heat pump.

    Parameters
    ----------
    heat_mwh_per_a, peak_kw : float or array (parcels,)
        Heat delivered [MWh/a] and highest heat power [kW] of the hub it stands against.

    Returns
    -------
    Alternative
        ``(PV_investment*a(r,N) + O&M + electricity at Q/COP and P/COP)/Q``; NaN without heat.
    """
    heat, peak = as_floats(heat_mwh_per_a), as_floats(peak_kw)
    bill = annual_electricity_cost(
        heat / given.cop, given.day_ahead_eur_per_mwh, peak / given.cop, given.tariff
    )
    machine = peak * given.capex_eur_per_kwth
    bought = machine + peak / given.cop * given.grid_eur_per_kw
    operation = machine * given.fixed_om_share_per_a + heat * given.variable_om_eur_per_mwh
    asset = Asset("large heat pump", bought, given.life_years, 0.0)
    return _alternative(asset, operation, bill.total_eur, heat, rate_share, horizon_years)


def gas_boiler_alternative(
    heat_mwh_per_a: ArrayLike,
    peak_kw: ArrayLike,
    given: GasBoilerInput,
    rate_share: float,
    horizon_years: int,
) -> Alternative:
    """Cost of the same heat from a gas boiler, CO2 included; arguments as the heat pump's."""
    heat, peak = as_floats(heat_mwh_per_a), as_floats(peak_kw)
    fuel = displaced_heat_eur_per_mwh(
        given.gas_eur_per_mwh,
        given.emission_t_per_mwh,
        given.co2_eur_per_t,
        given.efficiency_share,
        0.0,
    )
    bought = peak * given.capex_eur_per_kwth
    operation = bought * given.fixed_om_share_per_a + heat * given.variable_om_eur_per_mwh
    asset = Asset("gas boiler", bought, given.life_years, 0.0)
    return _alternative(asset, operation, heat * fuel, heat, rate_share, horizon_years)


def electric_boiler_alternative(
    heat_mwh_per_a: ArrayLike,
    peak_kw: ArrayLike,
    given: ElectricBoilerInput,
    rate_share: float,
    horizon_years: int,
) -> Alternative:
    """Cost of the same heat from an electric boiler; arguments as the heat pump's."""
    heat, peak = as_floats(heat_mwh_per_a), as_floats(peak_kw)
    drawn_mwh, drawn_kw = heat / given.efficiency_share, peak / given.efficiency_share
    bill = annual_electricity_cost(drawn_mwh, given.day_ahead_eur_per_mwh, drawn_kw, given.tariff)
    machine = peak * given.capex_eur_per_kwth
    bought = machine + drawn_kw * given.grid_eur_per_kw
    operation = machine * given.fixed_om_share_per_a + heat * given.variable_om_eur_per_mwh
    asset = Asset("electric boiler", bought, given.life_years, 0.0)
    return _alternative(asset, operation, bill.total_eur, heat, rate_share, horizon_years)


def best_alternative_eur_per_mwh(*alternatives: Alternative) -> FloatArray:
    """Cheapest of the alternatives for each parcel; NaN where any of them is unknown [EUR/MWh]."""
    return as_floats(np.minimum.reduce([each.cost_eur_per_mwh for each in alternatives]))


def _alternative(
    asset: Asset,
    operation_eur: FloatArray,
    energy_eur: FloatArray,
    heat_mwh: FloatArray,
    rate_share: float,
    horizon_years: int,
) -> Alternative:
    invested = -present_value(asset_flows(asset, horizon_years), rate_share)
    years = present_value_factor(rate_share, horizon_years)
    present_mwh = within_or_missing("heat_mwh_per_a", heat_mwh, 0.0) * years

    def part(present_eur: ArrayLike) -> FloatArray:
        return levelised_eur_per_mwh(present_eur, present_mwh)

    return Alternative(
        name=asset.name,
        cost_eur_per_mwh=part(invested + (operation_eur + energy_eur) * years),
        capital_eur_per_mwh=part(invested),
        operation_eur_per_mwh=part(operation_eur * years),
        energy_eur_per_mwh=part(energy_eur * years),
        investment_eur=as_floats(asset.cost_eur),
    )
