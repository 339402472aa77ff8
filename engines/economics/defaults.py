"""From a study's assumptions to the explicit records of the economic engines."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, non_negative, within
from engines.assumptions import Assumptions
from engines.compute.revenue import (
    BITCOIN,
    BY_TARIFF,
    ComputeInput,
    clocked_efficiency_j_per_th,
)
from engines.economics.alternatives import ElectricBoilerInput, GasBoilerInput, HeatPumpInput
from engines.economics.capex import CapexRates, Lives
from engines.economics.opex import OpexRates
from engines.errors import InvalidInput
from engines.grid.tariff import Tariff


def between_sizes(small: float, large: float, power_it_kw: float, a: Assumptions) -> float:
    """Rate of a hub between the small and the large size, on the logarithm of power.

    Below ``economics.small_hub_kw`` it is that of the small hub, above ``economics.large_hub_kw``
    that of the large one.
    """
    within("power_it_kw", power_it_kw, 1e-9)
    ends = np.log([a["economics.small_hub_kw"], a["economics.large_hub_kw"]])
    return float(np.interp(np.log(power_it_kw), ends, [small, large]))


def _sized(name: str, unit: str, power_it_kw: float, a: Assumptions) -> float:
    small, large = a[f"economics.{name}_small_{unit}"], a[f"economics.{name}_large_{unit}"]
    return between_sizes(small, large, power_it_kw, a)


def heat_pump_price_eur_per_kwth(heat_pump_kwth: ArrayLike, a: Assumptions) -> FloatArray:
    """Price of heat pumps of these sizes: ``c0*(Q/Q0)^x`` up to Q0, then `c0` [EUR/kW].

    0 for no heat pump; of the shape given.
    """
    heat = non_negative("heat_pump_kwth", heat_pump_kwth)
    there = heat > 0.0
    ratio = np.where(there, heat, 1.0) / a["economics.heat_pump_reference_kw"]
    scale = np.minimum(1.0, ratio) ** a["economics.heat_pump_size_exponent"]
    return as_floats(np.where(there, a["economics.heat_pump_eur_per_kwth"] * scale, 0.0))


def capex_rates(
    a: Assumptions, power_it_kw: float, heat_pump_kwth: ArrayLike, kind: str = BITCOIN
) -> CapexRates:
    """Prices of building a hub of this power, with heat pumps of `heat_pump_kwth` (0: none).

    Machines that run below their rated clock are bought by their rated hash rate, so a TH/s in
    service costs ``price/clock``.
    """
    per_th = a["compute.asic_usd_per_th"] / a["compute.clock_share"]
    return CapexRates(
        asic_usd_per_th=per_th if kind == BITCOIN else 0.0,
        machine_eur_per_kw=a["compute.tariff_hardware_eur_per_kw"] if kind in BY_TARIFF else 0.0,
        usd_per_eur=a["compute.usd_per_eur"],
        container_eur_per_kw=_sized("container", "eur_per_kw", power_it_kw, a),
        dry_cooler_eur_per_kw=a["economics.dry_cooler_eur_per_kw"],
        exchanger_eur_per_kwth=_sized("exchanger", "eur_per_kwth", power_it_kw, a),
        heat_pump_eur_per_kwth=heat_pump_price_eur_per_kwth(heat_pump_kwth, a),
        grid_contribution_eur_per_kw=a["economics.grid_contribution_eur_per_kw"],
        transformer_eur_per_kva=a["economics.transformer_eur_per_kva"],
        transformer_power_factor=a["economics.transformer_power_factor"],
        civil_eur=a["economics.civil_eur_per_kw"] * power_it_kw,
        controls_eur=_sized("controls", "eur", power_it_kw, a),
        planning_share=a["economics.planning_share"],
        contingency_share=a["economics.contingency_share"],
    )


def opex_rates(a: Assumptions, power_it_kw: float, fluid: str) -> OpexRates:
    """Yearly rates of a hub of this power; `fluid` is ``immersion`` or ``hydro``."""
    if fluid not in ("immersion", "hydro"):
        raise InvalidInput(f"Fluid must be immersion or hydro, not {fluid!r}.")
    staff_fte = _sized("staff", "fte", power_it_kw, a)
    return OpexRates(
        maintenance_share_per_a=_sized("maintenance", "share_per_a", power_it_kw, a),
        fluid_eur_per_kw_a=a[f"economics.fluid_{fluid}_eur_per_kw_a"],
        staff_eur_per_a=staff_fte * a["economics.staff_eur_per_fte_a"],
        data_eur_per_a=_sized("data", "eur_per_a", power_it_kw, a),
        insurance_share_per_a=_sized("insurance", "share_per_a", power_it_kw, a),
    )


def lives(a: Assumptions) -> Lives:
    """Years until each part is replaced."""
    return Lives(
        asic_years=round(a["compute.asic_life_years"]),
        container_years=round(a["economics.life_container_years"]),
        exchanger_years=round(a["economics.life_exchanger_years"]),
        heat_pump_years=round(a["economics.life_heat_pump_years"]),
        pipe_years=round(a["economics.life_pipe_years"]),
        grid_years=round(a["economics.life_grid_years"]),
        asic_resale_share=a["compute.asic_resale_share"],
    )


def compute_input(a: Assumptions, kind: str, path: str, start_year: float) -> ComputeInput:
    """Compute revenue of a study; `kind`, `path` and `start_year` are the study's choices."""
    by_tariff = kind in BY_TARIFF
    return ComputeInput(
        kind=kind,
        hashprice_usd_per_ph_day=a["compute.hashprice_usd_per_ph_day"],
        efficiency_j_per_th=efficiency_j_per_th(a),
        usd_per_eur=a["compute.usd_per_eur"],
        pool_fee_share=a["compute.pool_fee_share"],
        path=path,
        decay_share_per_a=a[
            "compute.tariff_decay_share_per_a" if by_tariff else "compute.decay_share_per_a"
        ],
        start_year=start_year,
        halving_years=(a["compute.next_halving_year"],),
        halving_factor=a["compute.halving_factor"],
        fleet_life_years=round(a["compute.asic_life_years"]),
        price_year=a["compute.price_year"],
        ageing_share_per_a=a["compute.ageing_share_per_a"],
        tariff_eur_per_kwh=a["compute.tariff_eur_per_kwh"],
        tariff_utilisation_share=a["compute.tariff_utilisation_share"],
    )


def efficiency_j_per_th(a: Assumptions) -> float:
    """Efficiency of the machines at the clock they run at [J/TH]."""
    return clocked_efficiency_j_per_th(
        a["compute.efficiency_j_per_th"], a["compute.clock_share"], a["compute.clock_exponent"]
    )


def heat_pump_input(a: Assumptions, day_ahead_eur_per_mwh: float, tariff: Tariff) -> HeatPumpInput:
    """Describe the large heat pump that the hub stands against, at its own tariff."""
    start = "economics.alternative_heat_pump"
    return HeatPumpInput(
        capex_eur_per_kwth=a[f"{start}_eur_per_kwth"],
        grid_eur_per_kw=_grid_eur_per_kw(a),
        fixed_om_share_per_a=a[f"{start}_fixed_om_share_per_a"],
        variable_om_eur_per_mwh=a[f"{start}_variable_om_eur_per_mwh"],
        cop=a[f"{start}_cop"],
        life_years=round(a[f"{start}_life_years"]),
        day_ahead_eur_per_mwh=day_ahead_eur_per_mwh,
        tariff=tariff,
    )


def gas_boiler_input(a: Assumptions) -> GasBoilerInput:
    """Describe the gas boiler that the hub stands against."""
    return GasBoilerInput(
        capex_eur_per_kwth=a["economics.gas_boiler_eur_per_kwth"],
        fixed_om_share_per_a=a["economics.gas_boiler_fixed_om_share_per_a"],
        variable_om_eur_per_mwh=a["economics.gas_boiler_variable_om_eur_per_mwh"],
        efficiency_share=a["economics.gas_boiler_efficiency_share"],
        life_years=round(a["economics.gas_boiler_life_years"]),
        gas_eur_per_mwh=a["heat.gas_eur_per_mwh"],
        emission_t_per_mwh=a["heat.emission_gas_t_per_mwh"],
        co2_eur_per_t=a["heat.co2_eur_per_t"],
    )


def electric_boiler_input(
    a: Assumptions, day_ahead_eur_per_mwh: float, tariff: Tariff
) -> ElectricBoilerInput:
    """Describe the electric boiler that the hub stands against, at its own tariff."""
    start = "economics.electric_boiler"
    return ElectricBoilerInput(
        capex_eur_per_kwth=a[f"{start}_eur_per_kwth"],
        grid_eur_per_kw=_grid_eur_per_kw(a),
        fixed_om_share_per_a=a[f"{start}_fixed_om_share_per_a"],
        variable_om_eur_per_mwh=a[f"{start}_variable_om_eur_per_mwh"],
        efficiency_share=a[f"{start}_efficiency_share"],
        life_years=round(a[f"{start}_life_years"]),
        day_ahead_eur_per_mwh=day_ahead_eur_per_mwh,
        tariff=tariff,
    )


def _grid_eur_per_kw(a: Assumptions) -> float:
    """Grid contribution and transformer per kW of electricity connected."""
    transformer = a["economics.transformer_eur_per_kva"] / a["economics.transformer_power_factor"]
    return a["economics.grid_contribution_eur_per_kw"] + transformer
