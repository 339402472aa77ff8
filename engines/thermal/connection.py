"""The pair of pipes from a hub to the network: diameter, losses, pump power, cost.

All functions take one value or one value per parcel. Losses are those of two single pipes in the
ground; the trench holds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, IntArray, as_floats, finite, non_negative, positive, share
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.tables import catalogue
from engines.thermal.network import return_flow_kg_per_s
from engines.thermal.pipe import (
    head_pa,
    heat_loss_kw,
    pressure_gradient_pa_per_m,
    temperature_after_degc,
    velocity_m_per_s,
)
from engines.units import KWH_PER_MWH, MM_PER_M, W_PER_KW

NOTES = {
    "no_pipe": "For {parcels:.0f} parcels no listed pipe is large enough; they have no connection.",
}

AREA_TYPES = ("inner_city", "outer_city", "park")
AreaTypes = str | Sequence[str] | NDArray[np.str_] | FloatArray
"""One kind of ground for all, one for each parcel, or the share of each of `AREA_TYPES` in the
length: shape (parcels, 3)."""

INSULATION_COLUMNS = ("u_standard_w_per_mk", "u_1x_w_per_mk", "u_2x_w_per_mk")


@dataclass(frozen=True)
class RunningCosts:
    """What turns a diameter into a yearly cost.

    Attributes
    ----------
    capital_share_per_a : float
        Yearly share of the investment, i.e. the annuity factor plus upkeep.
    hours_per_a : float or array, shape (parcels,)
        Hours a year in which heat flows.
    heat_value_eur_per_mwh, electricity_eur_per_mwh : float
        Worth of the heat that is lost and price of the power the pump takes [EUR/MWh].
    """

    capital_share_per_a: float
    hours_per_a: float | IntArray
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
    head_pa : array
        Pressure the pump must raise: pipe, fittings, station, and what the network adds.
    notes : tuple of Message
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
    head_pa: FloatArray
    notes: tuple[Message, ...]


@cache
def _column(name: str) -> FloatArray:
    """Return one column of ``data/pipe_types.csv``, smallest pipe first."""
    column = np.array([float(row[name]) for row in catalogue("pipe_types").values()])
    column.setflags(write=False)  # shared by all callers
    return column


def capex_eur(
    dn_mm: ArrayLike, length_m: ArrayLike, area_type: AreaTypes, assumptions: Assumptions
) -> FloatArray:
    """Return the investment of the trench with both pipes [EUR]: ``(C1 + C2 DN) L index``.

    `area_type` is one of `AREA_TYPES`, for all or per parcel, or their shares. Source: Hotmaps
    district heating module; the index brings it to money of 2026.
    """
    length = non_negative("Length", length_m)
    shares = _area_shares(area_type)
    return _trench_eur(positive("Nominal diameter", dn_mm), length, shares, assumptions)


def _area_shares(area_type: AreaTypes) -> FloatArray:
    """Return the share of each of `AREA_TYPES` in the length, along a last axis of three."""
    asked = np.asarray(area_type)
    if np.issubdtype(asked.dtype, np.number):
        shares = share("Share of a kind of ground", asked)
        if shares.shape[-1] != len(AREA_TYPES) or np.any(np.abs(shares.sum(axis=-1) - 1.0) > 1e-6):
            raise InvalidInput("The shares of the kinds of ground must add up to one.")
        return shares
    unknown = sorted(set(asked.ravel().tolist()) - set(AREA_TYPES))
    if unknown:
        raise InvalidInput(
            f"Area type {unknown[0]!r} is unknown; choose one of {', '.join(AREA_TYPES)}."
        )
    return as_floats(asked[..., None] == np.array(AREA_TYPES))


def _trench_eur(
    dn_mm: FloatArray, length_m: FloatArray, area_shares: FloatArray, assumptions: Assumptions
) -> FloatArray:
    fixed, per_diameter = (
        area_shares
        @ np.array([assumptions[f"connection.cost_{part}_{area}_{unit}"] for area in AREA_TYPES])
        for part, unit in (("fixed", "eur_per_m"), ("diameter", "eur_per_m2"))
    )
    per_metre = fixed + per_diameter * dn_mm / MM_PER_M
    return as_floats(per_metre * length_m * assumptions["connection.cost_index"])


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
    network_head_pa: ArrayLike = 0.0,
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
    area_type : str, sequence of str, or array of shape (parcels, 3)
        ``inner_city``, ``outer_city`` or ``park``, or their shares in the length.
    network_head_pa : array or float
        Pressure between supply and return of the network that feeding into its supply must
        overcome besides the own pipe [Pa]; zero for return pre-heat.
    """
    heat, length, supply, back, ground, head = np.broadcast_arrays(
        np.atleast_1d(positive("Heat", heat_kw)),
        non_negative("Length", length_m),
        finite("Supply temperature", supply_degc),
        finite("Return temperature", return_degc),
        finite("Ground temperature", ground_degc),
        non_negative("Network pressure", network_head_pa),
    )
    area = np.broadcast_to(_area_shares(area_type), (*heat.shape, len(AREA_TYPES)))
    flow = return_flow_kg_per_s(heat, supply, back)
    parts = _all_diameters(
        flow[:, None],
        length[:, None],
        supply[:, None],
        back[:, None],
        ground[:, None],
        area[:, None],
        head[:, None],
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
        head_pa=chosen(parts["head"]),
        notes=_notes(feasible),
    )


def _all_diameters(
    flow: FloatArray,
    length: FloatArray,
    supply: FloatArray,
    back: FloatArray,
    ground: FloatArray,
    area: FloatArray,
    network_head: FloatArray,
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
    head = network_head + head_pa(
        gradient,
        length,
        fittings_factor=assumptions["connection.fittings_factor"],
        station_loss_pa=assumptions["connection.station_loss_pa"],
    )
    return {
        "gradient": gradient,
        "velocity": velocity_m_per_s(flow, diameter_m, density),
        "loss": heat_loss_kw(u_value, length, supply, back, ground),
        "drop": supply - temperature_after_degc(supply, u_value, length, flow, ground),
        "head": head,
        "pump": as_floats(
            head * flow / density / assumptions["connection.pump_efficiency_share"] / W_PER_KW
        ),
        "capex": _trench_eur(_column("dn_mm"), length, area, assumptions),
    }


def _yearly_cost_eur(parts: dict[str, FloatArray], costs: RunningCosts) -> FloatArray:
    """Return capital, lost heat and pump power of a year [EUR/a]."""
    running_eur_per_h = (
        parts["loss"] * costs.heat_value_eur_per_mwh + parts["pump"] * costs.electricity_eur_per_mwh
    ) / KWH_PER_MWH
    hours = np.reshape(costs.hours_per_a, (-1, 1))
    return as_floats(parts["capex"] * costs.capital_share_per_a + running_eur_per_h * hours)


def _notes(feasible: NDArray[np.bool_]) -> tuple[Message, ...]:
    missing = int(np.count_nonzero(~feasible))
    if not missing:
        return ()
    return (message(NOTES, "no_pipe", parcels=missing),)
