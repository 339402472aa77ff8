"""A hub as a project: energy of a flat year, cost, cost of heat, present value, return.

`evaluate_money` is the one door to money: it takes the heat, incomes and bills of each year, from
an hourly dispatch that changes as compute revenue decays or from a flat year repeated.
`evaluate_project` takes one explicit record of a flat year, works out its energy, and goes through
that door. Nothing here has a default.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing
from engines.compute.revenue import ComputeInput, ComputePath, compute_path
from engines.economics.capex import Capex, CapexRates, HubSize, Lives, assets, capex
from engines.economics.cashflow import (
    Asset,
    RateOfReturn,
    asset_flows,
    bought,
    present_value,
    rate_of_return,
)
from engines.economics.levelised import levelised_eur_per_mwh
from engines.economics.opex import Opex, OpexRates, opex
from engines.errors import InvalidInput
from engines.grid.tariff import ElectricityCost, Tariff, annual_electricity_cost
from engines.message import Message, message

NOTES = {
    "no_heat_sold": (
        "No heat is sold in {without:.0f} of {projects:.0f} projects; there is no cost of heat."
    ),
    "several_rates": (
        "Flows that change sign more than once have no single internal rate; the modified rate "
        "stands in."
    ),
    "compute_path": "Compute path: {label}.",
}


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

    power_it_kw: ArrayLike
    auxiliary_share: float
    capture_share: float
    hours_on: float
    hours_full_load: float
    heat_pump_cop: float
    pipe_loss_kw: ArrayLike

    def __post_init__(self) -> None:
        within_or_missing("power_it_kw", self.power_it_kw, 0.0)
        within("auxiliary_share", self.auxiliary_share, 0.0, 1.0)
        within("capture_share", self.capture_share, 0.0, 1.0)
        within("hours_on", self.hours_on, 0.0, 8784.0)
        within("hours_full_load", self.hours_full_load, 0.0, self.hours_on)
        within_or_missing("heat_pump_cop", self.heat_pump_cop, 1.0 + 1e-9)
        within_or_missing("pipe_loss_kw", self.pipe_loss_kw, 0.0)


@dataclass(frozen=True)
class YearEnergy:
    """Energy of a year [MWh/a] and the powers behind it [kW].

    In = out: ``it + auxiliary + heat_pump = delivered + pipe_loss + uncaptured + auxiliary``.
    """

    it_mwh: FloatArray
    auxiliary_mwh: FloatArray
    heat_pump_mwh: FloatArray
    delivered_mwh: FloatArray
    pipe_loss_mwh: FloatArray
    uncaptured_mwh: FloatArray
    heat_source_kw: FloatArray
    heat_output_kw: FloatArray
    connection_kw: FloatArray

    @property
    def electricity_mwh(self) -> FloatArray:
        """All electricity drawn [MWh/a]."""
        return self.it_mwh + self.auxiliary_mwh + self.heat_pump_mwh

    @property
    def reuse_share(self) -> FloatArray:
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
    """What a project pays and earns, year by year.

    Energy and money may change from year to year: as compute revenue decays, a hub that follows
    prices runs less. Yearly amounts have the years of the study on their last axis.

    Attributes
    ----------
    horizon_years : int
        Length of the study [a].
    rate_share : float
        Real discount rate [1/a].
    assets : tuple of Asset
        Everything bought, with its life.
    heat_mwh, heat_eur : array (..., years)
        Heat sold, and what is paid for it [MWh/a, EUR/a].
    compute_eur : array (..., years)
        Income from computing [EUR/a].
    electricity_eur : array (..., years)
        The whole bill; negative where the year's prices are [EUR/a].
    opex_eur_per_a : float or array (...)
        Operation without electricity, the same every year [EUR/a].
    grant_eur : float or array (...)
        Received on the day of building [EUR].
    vat_share : float
        Value added tax that does not come back, over purchases and running payments [0-1].
    market_eur : array (..., years) or 0
        Gain from the power market besides computing, where a study counts it [EUR/a].
    """

    horizon_years: int
    rate_share: float
    assets: tuple[Asset, ...]
    heat_mwh: ArrayLike
    heat_eur: ArrayLike
    compute_eur: ArrayLike
    electricity_eur: ArrayLike
    opex_eur_per_a: ArrayLike
    grant_eur: ArrayLike = 0.0
    vat_share: float = 0.0
    market_eur: ArrayLike = 0.0

    def __post_init__(self) -> None:
        within("vat_share", self.vat_share, 0.0, 1.0)
        within("rate_share", self.rate_share, 0.0, 1.0)
        within_or_missing("heat_mwh", self.heat_mwh, 0.0)
        for name in ("heat_mwh", "heat_eur", "compute_eur", "electricity_eur"):
            shape = np.shape(getattr(self, name))
            if shape[-1:] != (self.horizon_years,):
                raise InvalidInput(
                    f"{name} has shape {shape}; the study covers {self.horizon_years} years, "
                    "give one value for each on the last axis."
                )


@dataclass(frozen=True)
class MoneyResult:
    """What the project comes to; compute stands in its own lines.

    Attributes
    ----------
    heat_eur, compute_eur, electricity_eur : array (..., years)
        Incomes and the bill, as given [EUR/a]; income from computing is speculative.
    ebitda_eur : array (..., years)
        Income less electricity and operation [EUR/a].
    flows_eur : array (..., years + 1)
        All flows with purchases, resales and residual values [EUR].
    lcoh_gross_eur_per_mwh, lcoh_net_eur_per_mwh : array (...)
        Cost of heat without and with the income from computing [EUR/MWh]; NaN without heat.
    npv_eur, npv_heat_only_eur : array (...)
        Present value with and without the income from computing; both buy the machines [EUR].
    loss_year_eur : array (...)
        Largest loss from operation in one year, 0 if none; purchases count in the total [EUR/a].
    loss_total_eur : array (...)
        Loss over the study as worth today, ``max(0, -NPV)`` [EUR].
    returns : RateOfReturn
        Internal and modified rates.
    notes : tuple of Message
        What the reader must know.
    """

    heat_eur: FloatArray
    compute_eur: FloatArray
    electricity_eur: FloatArray
    ebitda_eur: FloatArray
    flows_eur: FloatArray
    lcoh_gross_eur_per_mwh: FloatArray
    lcoh_net_eur_per_mwh: FloatArray
    npv_eur: FloatArray
    npv_heat_only_eur: FloatArray
    loss_year_eur: FloatArray
    loss_total_eur: FloatArray
    returns: RateOfReturn
    notes: tuple[Message, ...]


def evaluate_money(given: MoneyInput) -> MoneyResult:
    """Flows, present value, return and cost of heat of one or many projects; domain.md 5.4.

    ``LCOH_gross = PV(investment + electricity + opex - power market)/PV(heat)``,
    ``LCOH_net = LCOH_gross - PV(compute)/PV(heat)``.
    """
    rate, years = given.rate_share, given.horizon_years
    heat_eur, compute_eur = as_floats(given.heat_eur), as_floats(given.compute_eur)
    electricity_eur = as_floats(given.electricity_eur)
    cost_eur = electricity_eur + as_floats(given.opex_eur_per_a)[..., None]
    cost_eur = as_floats(cost_eur + given.vat_share * cost_eur.clip(min=0.0))
    market_eur = as_floats(given.market_eur)
    ebitda_eur = as_floats(heat_eur + compute_eur + market_eur - cost_eur)
    investment = as_floats(sum(asset_flows(asset, years) for asset in given.assets))
    purchases = as_floats(sum(bought(asset, years) for asset in given.assets))
    investment = as_floats(investment - given.vat_share * purchases)
    investment[..., 0] += as_floats(given.grant_eur)
    flows = as_floats(investment + _from_year_one(ebitda_eur))
    heat_present = present_value(_from_year_one(as_floats(given.heat_mwh)), rate)
    compute_present = present_value(_from_year_one(compute_eur), rate)
    cost_present = present_value(
        _from_year_one(as_floats(cost_eur - market_eur)) - investment, rate
    )
    npv_eur = present_value(flows, rate)
    returns = rate_of_return(flows, rate)
    return MoneyResult(
        heat_eur=heat_eur,
        compute_eur=compute_eur,
        electricity_eur=electricity_eur,
        ebitda_eur=ebitda_eur,
        flows_eur=flows,
        lcoh_gross_eur_per_mwh=levelised_eur_per_mwh(cost_present, heat_present),
        lcoh_net_eur_per_mwh=levelised_eur_per_mwh(cost_present - compute_present, heat_present),
        npv_eur=npv_eur,
        npv_heat_only_eur=npv_eur - compute_present,
        loss_year_eur=as_floats(np.maximum(0.0, -ebitda_eur.min(axis=-1))),
        loss_total_eur=as_floats(np.maximum(0.0, -npv_eur)),
        returns=returns,
        notes=_notes(heat_present, returns),
    )


def _notes(heat_present_mwh: FloatArray, returns: RateOfReturn) -> tuple[Message, ...]:
    notes = []
    without = int(np.count_nonzero(heat_present_mwh == 0.0))
    if without:
        notes.append(
            message(NOTES, "no_heat_sold", without=without, projects=heat_present_mwh.size)
        )
    if (returns.sign_changes > 1).any():
        notes.append(message(NOTES, "several_rates"))
    return tuple(notes)


def _every_year(amount: ArrayLike, years: int) -> FloatArray:
    """Repeat a yearly amount for all years, on a new last axis."""
    return np.repeat(as_floats(amount)[..., None], years, axis=-1)


def _from_year_one(yearly_eur: FloatArray) -> FloatArray:
    """Put a year 0 without flow before yearly amounts."""
    return np.concatenate([np.zeros((*yearly_eur.shape[:-1], 1)), yearly_eur], axis=-1)


@dataclass(frozen=True)
class ProjectInput:
    """One explicit record of a flat-year project; see the parts for their units."""

    year: FlatYear
    compute: ComputeInput
    tariff: Tariff
    day_ahead_eur_per_mwh: float
    heat_price_eur_per_mwh: ArrayLike
    pipe_eur: ArrayLike
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
    notes: tuple[Message, ...]


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
    years = given.horizon_years
    path = compute_path(given.compute, years)
    heat_eur = energy.delivered_mwh * as_floats(given.heat_price_eur_per_mwh)
    money = evaluate_money(
        MoneyInput(
            horizon_years=years,
            rate_share=given.rate_share,
            assets=assets(cost, given.capex, given.lives),
            heat_mwh=_every_year(energy.delivered_mwh, years),
            heat_eur=_every_year(heat_eur, years),
            compute_eur=energy.it_mwh[..., None] * path.eur_per_mwh_it,
            electricity_eur=_every_year(bill.total_eur, years),
            opex_eur_per_a=running.total_eur,
        )
    )
    notes = (message(NOTES, "compute_path", label=path.label), *path.notes, *money.notes)
    return ProjectResult(energy, bill, cost, running, path, money, notes)
