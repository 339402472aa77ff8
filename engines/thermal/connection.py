"""The pair of pipes from a hub to the network: diameter, losses, pump power, cost.

All functions take one value or one value per parcel. Losses are those of two single pipes in the
ground; the trench holds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, finite, non_negative, positive
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.thermal.network import return_flow_kg_per_s
from engines.units import KWH_PER_MWH, WATER_HEAT_CAPACITY_KJ_PER_KGK

AREA_TYPES = ("inner_city", "outer_city", "park")
AreaTypes = str | Sequence[str] | NDArray[np.str_]

INSULATION_COLUMNS = ("u_standard_w_per_mk", "u_1x_w_per_mk", "u_2x_w_per_mk")
MM_PER_M = 1000.0
W_PER_KW = 1000.0
LAMINAR_REYNOLDS = 2300.0


@dataclass(frozen=True)
class RunningCosts:
    """What turns a diameter into a yearly cost.

    Attributes
    ----------
    capital_share_per_a : float
        Yearly share of the investment, i.e. the annuity factor plus upkeep.
    hours_per_a : float
        Hours a year in which heat flows.
    heat_value_eur_per_mwh, electricity_eur_per_mwh : float
        Worth of the heat that is lost and price of the power the pump takes [EUR/MWh].
    """

    capital_share_per_a: float
    hours_per_a: float
    heat_value_eur_per_mwh: float
    electricity_eur_per_mwh: float


@dataclass(frozen=True)
class Connection:
    """Sized connections, one value per parcel; NaN where no listed diameter is large enough.

    Attributes
    ----------
    feasible : array of bool
    dn_mm, velocity_m_per_s, gradient_pa_per_m, heat_loss_kw, pump_kw, capex_eur : array
        Loss of both pipes, pump for the whole loop, investment of the trench with both pipes.
    flow_kg_per_s : array
        Water flow at full heat.
    supply_drop_k : array
        Fall of the supply temperature along the pipe.
    notes : tuple of str
    """

    feasible: NDArray[np.bool_]
    dn_mm: FloatArray
    flow_kg_per_s: FloatArray
    velocity_m_per_s: FloatArray
    gradient_pa_per_m: FloatArray
    heat_loss_kw: FloatArray
    pump_kw: FloatArray
    capex_eur: FloatArray
    supply_drop_k: FloatArray
    notes: tuple[str, ...]


@cache
def _column(name: str) -> FloatArray:
    """Return one column of ``data/pipe_types.csv``, smallest pipe first."""
    return np.array([float(row[name]) for row in catalogue("pipe_types").values()])


def velocity_m_per_s(
    flow_kg_per_s: ArrayLike, diameter_m: ArrayLike, density_kg_per_m3: float
) -> FloatArray:
    """Return the mean velocity [m/s]: ``v = 4 m / (rho pi d**2)``."""
    flow = non_negative("Flow", flow_kg_per_s)
    area_m2 = np.pi / 4.0 * positive("Inner diameter", diameter_m) ** 2
    return np.asarray(flow / (density_kg_per_m3 * area_m2), dtype=np.float64)


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
    within 1 % of Colebrook for Re 5e3 to 1e8); ``64 / Re`` below Re 2300.
    """
    diameter = positive("Inner diameter", diameter_m)
    velocity = velocity_m_per_s(flow_kg_per_s, diameter, density_kg_per_m3)
    reynolds = np.maximum(velocity * diameter / viscosity_m2_per_s, 1e-9)
    turbulent = np.maximum(reynolds, LAMINAR_REYNOLDS)
    rough = roughness_mm / MM_PER_M / (3.7 * diameter)
    friction = np.where(
        reynolds < LAMINAR_REYNOLDS,
        64.0 / reynolds,
        0.25 / np.log10(rough + 5.74 / turbulent**0.9) ** 2,
    )
    return np.asarray(friction / diameter * density_kg_per_m3 * velocity**2 / 2.0, dtype=np.float64)


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
    return np.asarray(per_metre_w * non_negative("Length", length_m) / W_PER_KW, dtype=np.float64)


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
    return np.asarray(ground + (start - ground) * decay, dtype=np.float64)


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

    Pressure for there and back with fittings, plus the station: ``dp = 2 L grad F + dp_station``.
    """
    length = non_negative("Length", length_m)
    pressure_pa = (
        2.0 * length * non_negative("Gradient", gradient_pa_per_m) * fittings_factor
        + station_loss_pa
    )
    flow_m3_per_s = non_negative("Flow", flow_kg_per_s) / density_kg_per_m3
    return np.asarray(pressure_pa * flow_m3_per_s / efficiency_share / W_PER_KW, dtype=np.float64)


def capex_eur(
    dn_mm: ArrayLike, length_m: ArrayLike, area_type: AreaTypes, assumptions: Assumptions
) -> FloatArray:
    """Return the investment of the trench with both pipes [EUR]: ``(C1 + C2 DN) L index``.

    `area_type` is one of `AREA_TYPES`, for all or per parcel. Source: Hotmaps district heating
    module; the index brings it to money of 2026.
    """
    asked = np.asarray(area_type)
    unknown = sorted(set(asked.ravel().tolist()) - set(AREA_TYPES))
    if unknown:
        raise InvalidInput(
            f"Area type {unknown[0]!r} is unknown; choose one of {', '.join(AREA_TYPES)}."
        )
    fixed, per_diameter = (
        np.select(
            [asked == area for area in AREA_TYPES],
            [assumptions[f"connection.cost_{part}_{area}_{unit}"] for area in AREA_TYPES],
        )
        for part, unit in (("fixed", "eur_per_m"), ("diameter", "eur_per_m2"))
    )
    per_metre = fixed + per_diameter * positive("Nominal diameter", dn_mm) / MM_PER_M
    return np.asarray(
        per_metre * non_negative("Length", length_m) * assumptions["connection.cost_index"],
        dtype=np.float64,
    )


def size_connections(
    heat_kw: ArrayLike,
    length_m: ArrayLike,
    *,
    supply_degc: ArrayLike,
    return_degc: ArrayLike,
    ground_degc: ArrayLike,
    area_type: AreaTypes,
    assumptions: Assumptions,
    running_costs: RunningCosts | None = None,
) -> Connection:
    """Return the connection of each parcel.

    A diameter is possible if gradient and velocity stay below their limits at full heat. Of the
    possible ones the smallest is taken, or, with `running_costs`, the one with the least yearly
    cost of capital, lost heat and pump power.

    Parameters
    ----------
    heat_kw : array, shape (parcels,)
        Heat the hub feeds in at full load [kW], above zero.
    length_m : array, shape (parcels,)
        Length of the trench [m].
    supply_degc, return_degc, ground_degc : array or float
        Temperatures in the pipes and around them [degC].
    area_type : sequence of str or str
        ``inner_city``, ``outer_city`` or ``park``.
    """
    heat, length, supply, back, ground, area = np.broadcast_arrays(
        np.atleast_1d(positive("Heat", heat_kw)),
        non_negative("Length", length_m),
        finite("Supply temperature", supply_degc),
        finite("Return temperature", return_degc),
        finite("Ground temperature", ground_degc),
        np.asarray(area_type),
    )
    flow = return_flow_kg_per_s(heat, supply, back)
    parts = _all_diameters(
        flow[:, None],
        length[:, None],
        supply[:, None],
        back[:, None],
        ground[:, None],
        area[:, None],
        assumptions,
    )
    possible = (parts["gradient"] <= assumptions["connection.gradient_max_pa_per_m"]) & (
        parts["velocity"] <= _column("velocity_max_m_per_s")
    )
    rank = (
        np.broadcast_to(_column("dn_mm"), possible.shape)
        if running_costs is None
        else _yearly_cost_eur(parts, running_costs)
    )
    choice = np.where(possible, rank, np.inf).argmin(axis=1)
    feasible = np.asarray(possible.any(axis=1))

    def chosen(values: FloatArray) -> FloatArray:
        of_parcel = np.take_along_axis(values, choice[:, None], axis=1)[:, 0]
        return np.where(feasible, of_parcel, np.nan)

    return Connection(
        feasible=feasible,
        dn_mm=np.where(feasible, _column("dn_mm")[choice], np.nan),
        flow_kg_per_s=flow,
        velocity_m_per_s=chosen(parts["velocity"]),
        gradient_pa_per_m=chosen(parts["gradient"]),
        heat_loss_kw=chosen(parts["loss"]),
        pump_kw=chosen(parts["pump"]),
        capex_eur=chosen(parts["capex"]),
        supply_drop_k=chosen(parts["drop"]),
        notes=_notes(feasible),
    )


def _all_diameters(
    flow: FloatArray,
    length: FloatArray,
    supply: FloatArray,
    back: FloatArray,
    ground: FloatArray,
    area: NDArray[np.str_],
    assumptions: Assumptions,
) -> dict[str, FloatArray]:
    """Return every quantity for every parcel (rows, inputs are columns) and diameter (columns)."""
    density = assumptions["connection.water_density_kg_per_m3"]
    diameter_m = _column("inner_diameter_mm") / MM_PER_M
    series = assumptions["connection.insulation_series"]
    if series not in (0.0, 1.0, 2.0):
        raise InvalidInput(f"connection.insulation_series must be 0, 1 or 2, not {series:g}.")
    u_value = _column(INSULATION_COLUMNS[int(series)])
    gradient = pressure_gradient_pa_per_m(
        flow,
        diameter_m,
        roughness_mm=assumptions["connection.roughness_mm"],
        density_kg_per_m3=density,
        viscosity_m2_per_s=assumptions["connection.water_viscosity_m2_per_s"],
    )
    return {
        "gradient": gradient,
        "velocity": velocity_m_per_s(flow, diameter_m, density),
        "loss": heat_loss_kw(u_value, length, supply, back, ground),
        "drop": supply - temperature_after_degc(supply, u_value, length, flow, ground),
        "pump": pump_kw(
            gradient,
            length,
            flow,
            fittings_factor=assumptions["connection.fittings_factor"],
            station_loss_pa=assumptions["connection.station_loss_pa"],
            density_kg_per_m3=density,
            efficiency_share=assumptions["connection.pump_efficiency_share"],
        ),
        "capex": capex_eur(_column("dn_mm"), length, area, assumptions),
    }


def _yearly_cost_eur(parts: dict[str, FloatArray], costs: RunningCosts) -> FloatArray:
    """Return capital, lost heat and pump power of a year [EUR/a]."""
    running_eur_per_h = (
        parts["loss"] * costs.heat_value_eur_per_mwh + parts["pump"] * costs.electricity_eur_per_mwh
    ) / KWH_PER_MWH
    return np.asarray(
        parts["capex"] * costs.capital_share_per_a + running_eur_per_h * costs.hours_per_a,
        dtype=np.float64,
    )


def _notes(feasible: NDArray[np.bool_]) -> tuple[str, ...]:
    missing = int(np.count_nonzero(~feasible))
    if not missing:
        return ()
    return (f"For {missing} parcels no listed pipe is large enough; they have no connection.",)
