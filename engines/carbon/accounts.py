"""Emissions of a hub's heat: what is saved in the boiler, what is added at the grid, to whom.

A hub lowers what the town's boilers burn (scope 1, if they are the town's) and draws electricity
whose emissions arise elsewhere (scope 2). Both stand side by side; which part of the electricity
belongs to the heat is a convention, and three are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, non_negative, within, within_or_missing
from engines.errors import InvalidInput

FULL, ECONOMIC, NONE = "full", "economic", "none"
RULES = (FULL, ECONOMIC, NONE)
"""All electricity to the heat; by share of income; none to the heat (waste-heat convention)."""


@dataclass(frozen=True)
class CarbonInput:
    """A year of hubs; arrays over hubs.

    Attributes
    ----------
    heat_mwh, electricity_mwh : array
        Heat delivered and all electricity drawn [MWh/a].
    location_t, market_t : array
        Emissions of that electricity, by the mix of the grid and by the contract [t/a].
    heat_eur, compute_eur : array
        Incomes that the economic rule shares by [EUR/a].
    displaced_t_per_mwh : float
        Emissions of the displaced source per MWh of heat; NaN where it is not known.
    """

    heat_mwh: FloatArray
    electricity_mwh: FloatArray
    location_t: FloatArray
    market_t: FloatArray
    heat_eur: FloatArray
    compute_eur: FloatArray
    displaced_t_per_mwh: float

    def __post_init__(self) -> None:
        within_or_missing("displaced_t_per_mwh", self.displaced_t_per_mwh, 0.0)
        for name in ("heat_mwh", "electricity_mwh"):
            within_or_missing(name, getattr(self, name), 0.0)


@dataclass(frozen=True)
class Account:
    """Emissions under one rule [t/a]; arrays over hubs.

    Attributes
    ----------
    heat_share : array
        Part of the electricity's emissions that belongs to the heat.
    location_t, market_t : array
        That part: scope 2 of who owns the hub, or of who buys its heat.
    net_location_t, net_market_t : array
        Added less avoided; above zero the hub raises emissions.
    location_t_per_mwh : array
        Per MWh of heat; NaN without heat.
    """

    heat_share: FloatArray
    location_t: FloatArray
    market_t: FloatArray
    net_location_t: FloatArray
    net_market_t: FloatArray
    location_t_per_mwh: FloatArray


@dataclass(frozen=True)
class Carbon:
    """Emissions of a year, and when they fall.

    Attributes
    ----------
    avoided_t : array
        Scope 1 of who owns the displaced boilers [t/a].
    accounts : mapping of str to Account
        By rule.
    break_even_t_per_mwh : array
        Grid factor above which the hub raises emissions, all electricity counted to the heat; NaN
        where no electricity is drawn or the displaced source is not known.
    """

    avoided_t: FloatArray
    accounts: Mapping[str, Account]
    break_even_t_per_mwh: FloatArray


def electricity_emissions_t(electricity_mwh: ArrayLike, factor_t_per_mwh: ArrayLike) -> FloatArray:
    """Return the emissions of electricity, ``sum_h E_h EF_h``, over the last axis if hourly.

    Parameters
    ----------
    electricity_mwh : float or array (..., hours)
        Energy drawn.
    factor_t_per_mwh : float or array (hours,)
        Grid factor; one number is the mean of the year. Hours with a negative price count like any
        other: a price is no proof of a source.

    Raises
    ------
    InvalidInput
        If the hours differ in number, or a factor is below zero.
    """
    energy = non_negative("electricity_mwh", electricity_mwh)
    factor = within_or_missing("factor_t_per_mwh", factor_t_per_mwh, 0.0, 3.0)
    if factor.ndim == 0:
        return as_floats(energy * factor)
    if energy.shape[-1:] != factor.shape:
        raise InvalidInput(
            f"Grid factors for {factor.size} hours do not fit electricity of "
            f"{energy.shape[-1] if energy.ndim else 1}; give both for the same hours."
        )
    return as_floats(energy @ factor)


def market_factor_t_per_mwh(residual_t_per_mwh: ArrayLike, renewable_share: float) -> FloatArray:
    """Return the factor by contract: nothing for guarantees of origin, the residual mix else.

    Parameters
    ----------
    residual_t_per_mwh : float or array (hours,)
        What is left of the mix when all guarantees of origin are taken out; NaN where it is not
        known. Then the factor is not known either, unless every MWh has its guarantee.
    renewable_share : float
        Part of the electricity with guarantees of origin [0-1].

    Notes
    -----
    GHG Protocol, Scope 2 Guidance (2015), 6.5: without contract the residual mix counts.
    """
    rest = 1.0 - float(within("renewable_share", renewable_share, 0.0, 1.0))
    residual = within_or_missing("residual_t_per_mwh", residual_t_per_mwh, 0.0, 3.0)
    return np.zeros_like(residual) if rest == 0.0 else as_floats(rest * residual)


def displaced_fuel_t_per_mwh(emission_t_per_mwh: float, efficiency_share: float) -> float:
    """Return what a boiler emits per MWh of heat, ``EF / eta``.

    Examples
    --------
    >>> round(displaced_fuel_t_per_mwh(0.2016, 0.92), 4)
    0.2191
    """
    within("emission_t_per_mwh", emission_t_per_mwh, 0.0)
    within("efficiency_share", efficiency_share, 0.01, 1.2)
    return emission_t_per_mwh / efficiency_share


def carbon(given: CarbonInput) -> Carbon:
    """Return the emissions of a year under each rule; domain.md 7.8.

    ``avoided = Q EF_displaced``, ``added = share sum E EF_grid``, ``net = added - avoided``, and
    ``EF* = EF_displaced Q / E``, which for a hub that rejects nothing is
    ``EF_fuel/eta f_c/PUE``.
    """
    avoided = given.heat_mwh * given.displaced_t_per_mwh
    drawn = given.electricity_mwh > 0.0
    limit = avoided / np.where(drawn, given.electricity_mwh, 1.0)
    return Carbon(
        avoided_t=avoided,
        accounts={rule: _account(given, avoided, _share(given, rule)) for rule in RULES},
        break_even_t_per_mwh=np.where(drawn, limit, np.nan),
    )


def _share(given: CarbonInput, rule: str) -> FloatArray:
    """Return the part of the electricity that a rule counts to the heat."""
    if rule == FULL:
        return np.ones_like(given.heat_mwh)
    if rule == NONE:
        return np.zeros_like(given.heat_mwh)
    income = given.heat_eur.clip(min=0.0) + given.compute_eur.clip(min=0.0)
    earns = income > 0.0
    share = given.heat_eur.clip(min=0.0) / np.where(earns, income, 1.0)
    return np.where(earns, share, np.nan)


def _account(given: CarbonInput, avoided_t: FloatArray, share: FloatArray) -> Account:
    # none of it is none of it, whatever it is
    location, market = (
        np.where(share == 0.0, 0.0, share * whole) for whole in (given.location_t, given.market_t)
    )
    sold = given.heat_mwh > 0.0
    return Account(
        heat_share=share,
        location_t=location,
        market_t=market,
        net_location_t=location - avoided_t,
        net_market_t=market - avoided_t,
        location_t_per_mwh=np.where(sold, location / np.where(sold, given.heat_mwh, 1.0), np.nan),
    )
