"""Emissions of the study's hubs in their first year."""

import numpy as np

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


def hub_carbon(hubs: Hubs, country: str, choices: StudyChoices, a: Assumptions) -> Carbon:
    """Return the emissions of every hub in its first year, by the yearly factor of the grid."""
    factor = grid_factor_t_per_mwh(country, a)
    year = hubs.dispatch
    electricity = np.ascontiguousarray(year.electricity_mwh[:, 0])
    market = market_factor_t_per_mwh(factor, a["carbon.contract_renewable_share"])
    return carbon(
        CarbonInput(
            heat_mwh=year.heat_delivered_mwh[:, 0],
            electricity_mwh=electricity,
            location_t=electricity_emissions_t(electricity, factor),
            market_t=electricity_emissions_t(electricity, market),
            heat_eur=year.heat_revenue_eur[:, 0],
            compute_eur=year.compute_revenue_eur[:, 0],
            displaced_t_per_mwh=displaced_t_per_mwh(choices, factor, a),
        )
    )
