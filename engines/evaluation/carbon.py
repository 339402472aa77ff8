"""Emissions of the study's hubs in their first year."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats
from engines.assumptions import Assumptions
from engines.carbon.accounts import (
    Carbon,
    CarbonInput,
    carbon,
    displaced_fuel_t_per_mwh,
    electricity_emissions_t,
    market_factor_t_per_mwh,
)
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import UNKNOWN, StudyChoices
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class GridFactors:
    """Hourly emission factors of the grid; None where none are loaded.

    Attributes
    ----------
    location_t_per_mwh, residual_t_per_mwh : array, shape (hours,), or None
        Of the mix of the grid, and of what is left without guarantees of origin.
    """

    location_t_per_mwh: FloatArray | None = None
    residual_t_per_mwh: FloatArray | None = None


NO_FACTORS = GridFactors()
BURN_GAS = ("boiler", "condensing")


def grid_factor_t_per_mwh(country: str, a: Assumptions) -> float:
    """Return the yearly factor of a country's grid; NaN for a country that the table lacks."""
    key = f"carbon.grid_{country.lower()}_t_per_mwh"
    return a[key] if key in a.entries else float("nan")


def displaced_t_per_mwh(choices: StudyChoices, grid_t_per_mwh: float, a: Assumptions) -> float:
    """Return what the displaced sources emit per MWh of heat; NaN where one is not known.

    The months count evenly.
    """
    if choices.natures["displaced_source"] == UNKNOWN:
        return float("nan")
    months = [_source_t_per_mwh(name, grid_t_per_mwh, a) for name in choices.displaced_sources]
    return float(np.mean(months))


def _source_t_per_mwh(source: str, grid_t_per_mwh: float, a: Assumptions) -> float:
    if source in BURN_GAS:
        return displaced_fuel_t_per_mwh(
            a["heat.emission_gas_t_per_mwh"], a["heat.displaced_efficiency_share"]
        )
    if source == "heat_pump":
        return grid_t_per_mwh / a["economics.alternative_heat_pump_cop"]
    return float("nan")


def location_factor(country: str, factors: GridFactors, a: Assumptions) -> FloatArray:
    """Return the grid's factors by the hour where they are loaded, else the mean of a year."""
    if factors.location_t_per_mwh is not None:
        return factors.location_t_per_mwh
    return as_floats(grid_factor_t_per_mwh(country, a))


def residual_factor(factors: GridFactors, choices: StudyChoices) -> FloatArray:
    """Return the residual mix by the hour where it is loaded, else the study's; NaN if neither."""
    if factors.residual_t_per_mwh is not None:
        return factors.residual_t_per_mwh
    stated = choices.money.residual_mix_t_per_mwh
    return as_floats(float("nan") if stated is None else stated)


def hub_carbon(
    hubs: Hubs,
    country: str,
    choices: StudyChoices,
    a: Assumptions,
    factors: GridFactors = NO_FACTORS,
) -> Carbon:
    """Return the emissions of every hub in its first year.

    Where factors are loaded by the hour, each hour's electricity counts with the factor of its
    hour; a displaced heat pump counts with their mean.
    """
    location = location_factor(country, factors, a)
    market = market_factor_t_per_mwh(
        residual_factor(factors, choices), a["carbon.contract_renewable_share"]
    )
    year = hubs.dispatch
    return carbon(
        CarbonInput(
            heat_mwh=year.heat_delivered_mwh[:, 0],
            electricity_mwh=np.ascontiguousarray(year.electricity_mwh[:, 0]),
            location_t=_emitted_t(hubs, location),
            market_t=_emitted_t(hubs, market),
            heat_eur=year.heat_revenue_eur[:, 0],
            compute_eur=year.compute_revenue_eur[:, 0],
            displaced_t_per_mwh=displaced_t_per_mwh(choices, float(location.mean()), a),
        )
    )


def _emitted_t(hubs: Hubs, factor_t_per_mwh: FloatArray) -> FloatArray:
    """Emissions of the first year's electricity [t/a], shape (parcels,)."""
    energy = hubs.dispatch.electricity_mwh[:, 0]
    if factor_t_per_mwh.ndim == 0:
        # nothing drawn emits nothing, whatever the factor
        return np.where(energy > 0.0, electricity_emissions_t(energy, factor_t_per_mwh), 0.0)
    in_service = hubs.inputs.availability_share / KWH_PER_MWH
    return np.array(
        [
            float(
                electricity_emissions_t(
                    in_service * hubs.operation.series(i, 0).electricity_kw, factor_t_per_mwh
                )
            )
            for i in range(len(energy))
        ]
    )
