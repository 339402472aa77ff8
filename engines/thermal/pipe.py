"""Physics of one buried water pipe: velocity, friction, heat loss, cooling, pump power."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.units import MM_PER_M, W_PER_KW, WATER_HEAT_CAPACITY_KJ_PER_KGK

LAMINAR_REYNOLDS = 2300.0
"""Below this Reynolds number the flow is laminar (textbook value for round pipes)."""

TURBULENT_REYNOLDS = 4000.0
"""Above this Reynolds number the flow is turbulent (textbook value for round pipes)."""

STANDSTILL_REYNOLDS = 1e-9
"""Keeps the laminar friction factor finite where no water flows."""


def velocity_m_per_s(
    flow_kg_per_s: ArrayLike, diameter_m: ArrayLike, density_kg_per_m3: float
) -> FloatArray:
    """Return the mean velocity [m/s]: ``v = 4 m / (rho pi d**2)``."""
    flow = non_negative("Flow", flow_kg_per_s)
    area_m2 = np.pi / 4.0 * positive("Inner diameter", diameter_m) ** 2
    return as_floats(flow / (density_kg_per_m3 * area_m2))


def pressure_gradient_pa_per_m(
    flow_kg_per_s: ArrayLike,
    diameter_m: ArrayLike,
    *,
    roughness_mm: float,
    density_kg_per_m3: float,
    viscosity_m2_per_s: float,
) -> FloatArray:
    """Return the friction loss of a straight pipe [Pa/m]: ``f / d * rho v**2 / 2``.

    Friction factor ``f = 0.25 / log10(k / (3.7 d) + 5.74 / Re**0.9)**2`` (Swamee and Jain 1976,
    within 1 % of Colebrook for Re 5e3 to 1e8); ``64 / Re`` below Re 2300; straight between the
    two in the transition from Re 2300 to 4000, where measurements scatter.
    """
    diameter = positive("Inner diameter", diameter_m)
    velocity = velocity_m_per_s(flow_kg_per_s, diameter, density_kg_per_m3)
    reynolds = np.maximum(velocity * diameter / viscosity_m2_per_s, STANDSTILL_REYNOLDS)
    rough = roughness_mm / MM_PER_M / (3.7 * diameter)
    turbulent = 0.25 / np.log10(rough + 5.74 / np.maximum(reynolds, TURBULENT_REYNOLDS) ** 0.9) ** 2
    laminar = 64.0 / np.minimum(reynolds, LAMINAR_REYNOLDS)
    mixed = np.clip(
        (reynolds - LAMINAR_REYNOLDS) / (TURBULENT_REYNOLDS - LAMINAR_REYNOLDS), 0.0, 1.0
    )
    friction = laminar + mixed * (turbulent - laminar)
    return as_floats(friction / diameter * density_kg_per_m3 * velocity**2 / 2.0)


def heat_loss_kw(
    u_w_per_mk: ArrayLike,
    length_m: ArrayLike,
    supply_degc: ArrayLike,
    return_degc: ArrayLike,
    ground_degc: ArrayLike,
) -> FloatArray:
    """Return the loss of both pipes [kW]: ``U L ((Ts - Tg) + (Tr - Tg)) / 1000``."""
    ground = finite("Ground temperature", ground_degc)
    excess_k = finite("Supply temperature", supply_degc) + finite("Return temperature", return_degc)
    per_metre_w = non_negative("U-value", u_w_per_mk) * np.maximum(excess_k - 2.0 * ground, 0.0)
    return as_floats(per_metre_w * non_negative("Length", length_m) / W_PER_KW)


def temperature_after_degc(
    start_degc: ArrayLike,
    u_w_per_mk: ArrayLike,
    length_m: ArrayLike,
    flow_kg_per_s: ArrayLike,
    ground_degc: ArrayLike,
) -> FloatArray:
    """Return the water temperature at the end of one pipe [degC].

    Equation: ``T(L) = Tg + (T0 - Tg) exp(-U L / (m cp))``.
    """
    ground = finite("Ground temperature", ground_degc)
    transfer_kw_per_k = non_negative("U-value", u_w_per_mk) * non_negative("Length", length_m)
    capacity_kw_per_k = positive("Flow", flow_kg_per_s) * WATER_HEAT_CAPACITY_KJ_PER_KGK
    decay = np.exp(-transfer_kw_per_k / W_PER_KW / capacity_kw_per_k)
    start = finite("Start temperature", start_degc)
    return as_floats(ground + (start - ground) * decay)


def head_pa(
    gradient_pa_per_m: ArrayLike,
    length_m: ArrayLike,
    *,
    fittings_factor: float,
    station_loss_pa: float,
) -> FloatArray:
    """Return the pressure a pump must raise [Pa]: ``dp = 2 L grad F + dp_station``.

    There and back, with fittings and the transfer station.
    """
    length = non_negative("Length", length_m)
    gradient = non_negative("Gradient", gradient_pa_per_m)
    return as_floats(2.0 * length * gradient * fittings_factor + station_loss_pa)


def pump_kw(
    gradient_pa_per_m: ArrayLike,
    length_m: ArrayLike,
    flow_kg_per_s: ArrayLike,
    *,
    fittings_factor: float,
    station_loss_pa: float,
    density_kg_per_m3: float,
    efficiency_share: float,
) -> FloatArray:
    """Return the electric power of the pump [kW]: ``dp m / (rho eta)``.

    Pressure for there and back with fittings, plus the station: see `head_pa`.
    """
    pressure_pa = head_pa(
        gradient_pa_per_m,
        length_m,
        fittings_factor=fittings_factor,
        station_loss_pa=station_loss_pa,
    )
    flow_m3_per_s = non_negative("Flow", flow_kg_per_s) / density_kg_per_m3
    return as_floats(pressure_pa * flow_m3_per_s / efficiency_share / W_PER_KW)
