"""Where heat goes that nobody wants: the dry cooler and the tank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.assumptions import Assumptions
from engines.errors import OutOfValidity
from engines.units import SECONDS_PER_HOUR, WATER_HEAT_CAPACITY_KJ_PER_KGK


@dataclass(frozen=True)
class DryCooler:
    """A dry cooler sized for one hot day.

    Attributes
    ----------
    rated_kw : float
        Heat it rejects at its design temperatures.
    rated_difference_k : float
        Warm water over outdoor air there [K].
    approach_k : float
        Coldest water it makes above the air [K].
    rated_fan_kw : float
        Power of the fans at full speed.
    """

    rated_kw: float
    rated_difference_k: float
    approach_k: float
    rated_fan_kw: float


@dataclass(frozen=True)
class Rejection:
    """What a dry cooler does in each hour.

    Attributes
    ----------
    rejected_kw : array
        Heat given to the air: at most what is asked.
    short_kw : array
        Heat it cannot reject; the machines must turn down.
    fan_kw : array
    coldest_degc : array
        Coldest water it could send back.
    """

    rejected_kw: FloatArray
    short_kw: FloatArray
    fan_kw: FloatArray
    coldest_degc: FloatArray


def dry_cooler(hub_heat_kw: float, warm_water_degc: float, a: Assumptions) -> DryCooler:
    """Return the cooler that rejects the hub's heat on the design day.

    Raises
    ------
    OutOfValidity
        If the water is no warmer than the air of that day plus the approach.
    """
    rated = float(positive("Heat of the hub", hub_heat_kw)) * a["surplus.dry_cooler_size_share"]
    outdoor, approach = a["surplus.dry_cooler_outdoor_degc"], a["surplus.dry_cooler_approach_k"]
    difference = warm_water_degc - outdoor
    if difference <= approach:
        raise OutOfValidity(
            f"Water of {warm_water_degc:g} degC is too cold for a dry cooler at {outdoor:g} degC "
            f"with {approach:g} K approach; use a warmer coolant, or cool with water or a chiller."
        )
    return DryCooler(rated, difference, approach, a["hub.dry_cooler_share"] * rated)


def reject(
    cooler: DryCooler,
    heat_kw: ArrayLike,
    *,
    warm_water_degc: ArrayLike,
    outdoor_degc: ArrayLike,
) -> Rejection:
    """Return heat rejected and fan power.

    Capacity ``Q_max = Q_0 (T_w - T_o) / dT_0`` at full speed. Below it the fans run slower by the
    share of the capacity, and their power falls with the cube of speed (affinity law); the
    capacity taken as proportional to air flow, which holds near full flow and is on the safe side
    below.
    """
    heat = non_negative("Surplus heat", heat_kw)
    outdoor = finite("Outdoor temperature", outdoor_degc)
    warmer = finite("Warm water", warm_water_degc) - outdoor
    usable = np.where(warmer > cooler.approach_k, warmer, 0.0)
    capacity = cooler.rated_kw * usable / cooler.rated_difference_k
    rejected = np.minimum(heat, capacity)
    speed = np.divide(
        rejected, capacity, out=np.zeros_like(rejected + capacity), where=capacity > 0
    )
    return Rejection(
        rejected_kw=as_floats(rejected),
        short_kw=as_floats(heat - rejected),
        fan_kw=as_floats(cooler.rated_fan_kw * speed**3),
        coldest_degc=as_floats(outdoor + cooler.approach_k),
    )


def tank_kwh_per_m3(difference_k: ArrayLike, a: Assumptions) -> FloatArray:
    """Return the heat in a cubic metre of tank [kWh/m3]: ``rho cp dT / 3600``."""
    per_k = a["surplus.tank_density_kg_per_m3"] * WATER_HEAT_CAPACITY_KJ_PER_KGK / SECONDS_PER_HOUR
    return as_floats(per_k * non_negative("Temperature difference", difference_k))


def tank_volume_m3(heat_kwh: ArrayLike, difference_k: ArrayLike, a: Assumptions) -> FloatArray:
    """Return the tank that holds `heat_kwh` [m3]."""
    content = tank_kwh_per_m3(positive("Temperature difference", difference_k), a)
    return as_floats(non_negative("Heat", heat_kwh) / content)


def tank_difference_k(
    hub_degc: ArrayLike, tank_hot_degc: ArrayLike, return_degc: ArrayLike
) -> FloatArray:
    """Return the difference a tank can be charged to [K]; zero where the hub is too cold for it.

    A tank is charged only with water at least as hot as its hot zone.
    """
    hot = finite("Hot zone of the tank", tank_hot_degc)
    difference = hot - finite("Return temperature", return_degc)
    may = finite("Water of the hub", hub_degc) >= hot
    return as_floats(np.where(may, np.maximum(difference, 0.0), 0.0))
