"""A hub as a project: energy of a flat year, cost, cost of heat, present value, return.

Two doors. `evaluate_money` takes energy and bills from wherever they come (an hourly dispatch, a
flat year) and gives the money. `evaluate_project` takes one explicit record of a flat year, works
out its energy, and goes through the same door. Nothing here has a default.
"""

from dataclasses import dataclass

import numpy as np

from engines.compute.revenue import ComputeInput, ComputePath, compute_path
from engines.economics.capex import Capex, CapexRates, HubSize, Lives, assets, capex
from engines.economics.cashflow import (
    Asset,
    RateOfReturn,
    asset_flows,
    present_value,
    rate_of_return,
)
from engines.economics.levelised import (
    levelised_cost_eur_per_mwh,
    levelised_income_eur_per_mwh,
)
from engines.economics.opex import Opex, OpexRates, opex
from engines.errors import InvalidInput
from engines.grid.tariff import ElectricityCost, Tariff, annual_electricity_cost
from engines.quantity import Floats, Quantity, as_floats, require, require_or_missing


@dataclass(frozen=True)
class FlatYear:
    """A year in which the hub runs at one power whenever it runs.

    Attributes
    ----------
    power_it_kw : float or array (parcels,)
        Machine power [kW].
    auxiliary_share, capture_share : float
        Pumps per machine power; heat caught by the coolant per machine power [0-1].
    hours_on : float
        Hours with the pipe warm [h/a].
    hours_full_load : float
        Energy over full power, at most `hours_on` [h/a].
    heat_pump_cop : float
        NaN for direct injection.
    pipe_loss_kw : float or array (parcels,)
        Heat lost by the connection while it is warm [kW].
    """

    power_it_kw: Quantity
    auxiliary_share: float
    capture_share: float
    hours_on: float
    hours_full_load: float
    heat_pump_cop: float
    pipe_loss_kw: Quantity

    def __post_init__(self) -> None:
        require_or_missing("power_it_kw", self.power_it_kw, 0.0)
        require("auxiliary_share", self.auxiliary_share, 0.0, 1.0)
        require("capture_share", self.capture_share, 0.0, 1.0)
        require("hours_on", self.hours_on, 0.0, 8784.0)
        require("hours_full_load", self.hours_full_load, 0.0, self.hours_on)
        require_or_missing("heat_pump_cop", self.heat_pump_cop, 1.0 + 1e-9)
        require_or_missing("pipe_loss_kw", self.pipe_loss_kw, 0.0)


@dataclass(frozen=True)
class YearEnergy:
    """Energy of a year [MWh/a] and the powers behind it [kW].

    In = out: ``it + auxiliary + heat_pump = delivered + pipe_loss + uncaptured + auxiliary``.
    """

    it_mwh: Floats
    auxiliary_mwh: Floats
    heat_pump_mwh: Floats
    delivered_mwh: Floats
    pipe_loss_mwh: Floats
    uncaptured_mwh: Floats
    heat_source_kw: Floats
    heat_output_kw: Floats
    connection_kw: Floats

    @property
    def electricity_mwh(self) -> Floats:
        """All electricity drawn [MWh/a]."""
        return self.it_mwh + self.auxiliary_mwh + self.heat_pump_mwh

    @property
    def reuse_share(self) -> Floats:
        """Heat handed over at the hub per electricity of the hub, without heat pump (ERF) [0-1]."""
        return as_floats((self.it_mwh - self.uncaptured_mwh) / (self.it_mwh + self.auxiliary_mwh))


def flat_year_energy(year: FlatYear) -> YearEnergy:
    """Energy of a flat year; the heat pump's electricity ends in the network.

    ``Q_src = f_c*P_IT``, ``Q_out = Q_src*COP/(COP-1)``, ``P_hp = Q_src/(COP-1)``,
    ``delivered = Q_out*h_full - loss*h_on``; domain.md 2.3, 2.7 and 8.
    """
    it_kw = as_floats(year.power_it_kw)
    source_kw = it_kw * year.capture_share
    direct = np.isnan(year.heat_pump_cop)
    pump_kw = np.zeros_like(source_kw) if direct else source_kw / (year.heat_pump_cop - 1.0)
    full = year.hours_full_load / 1000.0
    lost = as_floats(year.pipe_loss_kw) * year.hours_on / 1000.0
    output_kw = source_kw + pump_kw
    if (output_kw * full < lost).any():
        raise InvalidInput(
            "The connection loses more heat than the hub makes; shorten the pipe or take more heat."
        )
    return YearEnergy(
        it_mwh=as_floats(it_kw * full),
        auxiliary_mwh=as_floats(it_kw * year.auxiliary_share * full),
        heat_pump_mwh=as_floats(pump_kw * full),
        delivered_mwh=as_floats(output_kw * full - lost),
        pipe_loss_mwh=lost,
        uncaptured_mwh=as_floats((it_kw - source_kw) * full),
        heat_source_kw=as_floats(source_kw),
        heat_output_kw=as_floats(output_kw),
        connection_kw=as_floats(it_kw * (1.0 + year.auxiliary_share) + pump_kw),
    )


@dataclass(frozen=True)
class MoneyInput:
    """What a project pays and earns; arrays over parcels or single numbers.

    Attributes
    ----------
    horizon_years : int
        Length of the study [a].
    rate_share : float
        Real discount rate [1/a].
    assets : tuple of Asset
        Everything bought, with its life.
    heat_mwh_per_a, heat_price_eur_per_mwh : float or array (parcels,)
        Heat sold and its price.
    it_mwh_per_a : float or array (parcels,)
        Energy of the machines.
    compute : ComputePath
        Value of computing in each year of the study [EUR/MWh_IT].
    electricity_eur_per_a, opex_eur_per_a : float or array (parcels,)
        Yearly costs.
    """

    horizon_years: int
    rate_share: float
    assets: tuple[Asset, ...]
    heat_mwh_per_a: Quantity
    heat_price_eur_per_mwh: Quantity
    it_mwh_per_a: Quantity
    compute: ComputePath
    electricity_eur_per_a: Quantity
    opex_eur_per_a: Quantity

    def __post_init__(self) -> None:
        require("rate_share", self.rate_share, 0.0, 1.0)
        require_or_missing("heat_mwh_per_a", self.heat_mwh_per_a, 0.0)
        require_or_missing("it_mwh_per_a", self.it_mwh_per_a, 0.0)
        if len(self.compute.eur_per_mwh_it) != self.horizon_years:
            raise InvalidInput(
                f"The compute path covers {len(self.compute.eur_per_mwh_it)} years, "
                f"the study {self.horizon_years}; give one value a year."
            )


@dataclass(frozen=True)
class MoneyResult:
    """What the project comes to; compute stands in its own lines.

    Attributes
    ----------
    heat_eur_per_a : array (...)
        Income from heat [EUR/a].
    compute_eur : array (..., years)
        Income from computing, year by year [EUR/a]; speculative.
    ebitda_eur : array (..., years)
        Income less electricity and operation, year by year [EUR/a].
    flows_eur : array (..., years + 1)
        All flows with purchases, resales and residual values [EUR].
    lcoh_gross_eur_per_mwh, lcoh_net_eur_per_mwh : array (...)
        Cost of heat without and with the income from computing [EUR/MWh].
    npv_eur, npv_heat_only_eur : array (...)
        Present value with and without the income from computing; both buy the machines [EUR].
    returns : RateOfReturn
        Internal and modified rates.
    notes : tuple of str
        What the reader must know.
    """

    heat_eur_per_a: Floats
    compute_eur: Floats
    ebitda_eur: Floats
    flows_eur: Floats
    lcoh_gross_eur_per_mwh: Floats
    lcoh_net_eur_per_mwh: Floats
    npv_eur: Floats
    npv_heat_only_eur: Floats
    returns: RateOfReturn
    notes: tuple[str, ...]


def evaluate_money(given: MoneyInput) -> MoneyResult:
    """Flows, present value, return and cost of heat of one or many projects; domain.md 5.4."""
    rate, years = given.rate_share, given.horizon_years
    heat_eur = as_floats(given.heat_mwh_per_a) * as_floats(given.heat_price_eur_per_mwh)
    cost_eur = as_floats(given.electricity_eur_per_a) + as_floats(given.opex_eur_per_a)
    compute_eur = as_floats(given.it_mwh_per_a)[..., None] * given.compute.eur_per_mwh_it
    ebitda_eur = (heat_eur - cost_eur)[..., None] + compute_eur
    investment = as_floats(sum(asset_flows(asset, years) for asset in given.assets))
    flows = investment + _from_year_one(ebitda_eur)
    compute_present = present_value(_from_year_one(compute_eur), rate)
    npv_eur = present_value(flows, rate)
    gross = levelised_cost_eur_per_mwh(
        -present_value(investment, rate), cost_eur, given.heat_mwh_per_a, rate, years
    )
    return MoneyResult(
        heat_eur_per_a=as_floats(heat_eur),
        compute_eur=as_floats(compute_eur),
        ebitda_eur=as_floats(ebitda_eur),
        flows_eur=as_floats(flows),
        lcoh_gross_eur_per_mwh=gross,
        lcoh_net_eur_per_mwh=gross
        - levelised_income_eur_per_mwh(compute_present, given.heat_mwh_per_a, rate, years),
        npv_eur=npv_eur,
        npv_heat_only_eur=npv_eur - compute_present,
        returns=rate_of_return(flows, rate),
        notes=(f"Compute path: {given.compute.label}.", *given.compute.notes),
    )


def _from_year_one(yearly_eur: Floats) -> Floats:
    """Put a year 0 without flow before yearly amounts."""
    return np.concatenate([np.zeros((*yearly_eur.shape[:-1], 1)), yearly_eur], axis=-1)


@dataclass(frozen=True)
class ProjectInput:
    """One explicit record of a flat-year project; see the parts for their units."""

    year: FlatYear
    compute: ComputeInput
    tariff: Tariff
    day_ahead_eur_per_mwh: float
    heat_price_eur_per_mwh: Quantity
    pipe_eur: Quantity
    capex: CapexRates
    opex: OpexRates
    lives: Lives
    rate_share: float
    horizon_years: int


@dataclass(frozen=True)
class ProjectResult:
    """A flat-year project with all its parts."""

    energy: YearEnergy
    electricity: ElectricityCost
    capex: Capex
    opex: Opex
    compute: ComputePath
    money: MoneyResult


def evaluate_project(given: ProjectInput) -> ProjectResult:
    """Energy, cost, cost of heat, present value and return of a flat-year project.

    There is no option to stop: a real hub stops when electricity is too dear, so this is the
    lower of the two answers and the hourly dispatch the better one (domain.md 8.2).
    """
    energy = flat_year_energy(given.year)
    size = HubSize(
        power_it_kw=given.year.power_it_kw,
        efficiency_j_per_th=given.compute.efficiency_j_per_th,
        heat_source_kw=energy.heat_source_kw,
        heat_pump_kwth=0.0 if np.isnan(given.year.heat_pump_cop) else energy.heat_output_kw,
        connection_kw=energy.connection_kw,
        pipe_eur=given.pipe_eur,
    )
    cost = capex(size, given.capex)
    running = opex(cost, given.year.power_it_kw, given.opex)
    bill = annual_electricity_cost(
        energy.electricity_mwh, given.day_ahead_eur_per_mwh, energy.connection_kw, given.tariff
    )
    path = compute_path(given.compute, given.horizon_years)
    money = evaluate_money(
        MoneyInput(
            horizon_years=given.horizon_years,
            rate_share=given.rate_share,
            assets=assets(cost, given.capex, given.lives),
            heat_mwh_per_a=energy.delivered_mwh,
            heat_price_eur_per_mwh=given.heat_price_eur_per_mwh,
            it_mwh_per_a=energy.it_mwh,
            compute=path,
            electricity_eur_per_a=bill.total_eur,
            opex_eur_per_a=running.total_eur,
        )
    )
    return ProjectResult(energy, bill, cost, running, path, money)
