"""How long buildings and water hold when heat is missing.

Buildings are one heat store behind one resistance::

    T_in(t) = T_eq + (T_0 - T_eq) exp(-t / tau),   T_eq = T_o + (1 - s) (T_0 - T_o)

with the share `s` of the heat that is missing. Valid for hours to days; gains by sun and people are
left out, which is on the safe side. Source: EN ISO 13790 simple hourly method in its one-store
form; time constants are estimates.
"""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive, share
from engines.errors import InvalidInput
from engines.units import MM_PER_M

WATER_KWH_PER_M3K = 1.163
"""Heat in a cubic metre of water per kelvin (1,000 kg/m3, 4.187 kJ/(kg K))."""


def equilibrium_degc(
    outdoor_degc: ArrayLike, share_lost: ArrayLike, indoor_degc: ArrayLike
) -> FloatArray:
    """Return the indoor temperature that a lasting loss of heat leads to [degC]."""
    outdoor = finite("Outdoor temperature", outdoor_degc)
    lost = share("Share of heat lost", share_lost)
    return as_floats(outdoor + (1.0 - lost) * (finite("Indoor temperature", indoor_degc) - outdoor))


def indoor_after_degc(
    hours: ArrayLike,
    *,
    time_constant_h: ArrayLike,
    outdoor_degc: ArrayLike,
    share_lost: ArrayLike,
    indoor_degc: ArrayLike,
) -> FloatArray:
    """Return the indoor temperature after `hours` of missing heat [degC]."""
    settled = equilibrium_degc(outdoor_degc, share_lost, indoor_degc)
    passed = non_negative("Hours", hours) / positive("Time constant", time_constant_h)
    return as_floats(settled + (as_floats(indoor_degc) - settled) * np.exp(-passed))


def hold_hours(
    *,
    time_constant_h: ArrayLike,
    outdoor_degc: ArrayLike,
    share_lost: ArrayLike,
    indoor_degc: ArrayLike,
    least_degc: ArrayLike,
) -> FloatArray:
    """Return how long buildings stay above `least_degc` [h].

    ``t = tau ln((T_0 - T_eq) / (T_lim - T_eq))``; infinite where the limit is never reached, zero
    where it is already passed.
    """
    start = finite("Indoor temperature", indoor_degc)
    least = finite("Least indoor temperature", least_degc)
    tau = positive("Time constant", time_constant_h)
    settled = equilibrium_degc(outdoor_degc, share_lost, start)
    above, left = start - settled, least - settled
    falls = left > 0
    ratio = np.where(falls, np.maximum(above, 0.0) / np.where(falls, left, 1.0), 1.0)
    hours = tau * np.log(np.maximum(ratio, 1.0))
    return as_floats(np.where(falls, hours, np.where(start < least, 0.0, np.inf)))


def indoor_series_degc(
    *,
    time_constant_h: float,
    outdoor_degc: ArrayLike,
    share_lost: ArrayLike,
    indoor_degc: float,
) -> FloatArray:
    """Return the indoor temperature at the end of each hour of a cold snap [degC].

    Weather and missing share change by the hour, shape (..., hours); each hour follows the
    equation above exactly. Heat that returns warms the buildings up again by the same law, no
    faster.
    """
    tau = float(positive("Time constant", time_constant_h))
    settled = np.atleast_1d(equilibrium_degc(outdoor_degc, share_lost, indoor_degc))
    kept = np.exp(-1.0 / tau)
    inside = np.empty_like(settled)
    now = np.full(settled.shape[:-1], float(indoor_degc))
    for hour in range(settled.shape[-1]):
        now = settled[..., hour] + (now - settled[..., hour]) * kept
        inside[..., hour] = now
    return inside


def pipe_volume_m3(length_m: ArrayLike, inner_diameter_mm: ArrayLike) -> FloatArray:
    """Return the water in pipes [m3]: ``pi/4 d**2 L``."""
    diameter = positive("Inner diameter", inner_diameter_mm) / MM_PER_M
    return as_floats(np.pi / 4.0 * diameter**2 * non_negative("Length", length_m))


def network_water_kwh(volume_m3: ArrayLike, drop_k: ArrayLike) -> FloatArray:
    """Return the heat that the network's water gives while it cools [kWh]: ``V 1.163 dT``."""
    cooled = non_negative("Temperature drop", drop_k)
    return as_floats(non_negative("Volume", volume_m3) * WATER_KWH_PER_M3K * cooled)


def bridged_hours(store_kwh: ArrayLike, missing_kw: ArrayLike) -> FloatArray:
    """Return how long a store replaces missing heat [h]; infinite where none is missing."""
    store, missing = np.broadcast_arrays(
        non_negative("Store", store_kwh), non_negative("Missing heat", missing_kw)
    )
    none = missing == 0
    return as_floats(np.where(none, np.inf, store / np.where(none, 1.0, missing)))


def outage_allowed(
    *,
    hub_kw: float,
    backup_kw: float,
    storage_kwh: float,
    outage_h: float,
    hold_h: float,
) -> bool | None:
    """Return whether a hub may be switched off for `outage_h` (domain 2.11), None if unknown.

    Allowed if backup plants and tank together replace its heat all the time, or if the buildings
    hold longer than the outage.
    """
    if outage_h < 0 or hub_kw < 0:
        raise InvalidInput("Hub heat and length of an outage must not be negative.")
    if outage_h == 0 or outage_h < hold_h:
        return True
    by_plants = backup_kw + storage_kwh / outage_h
    if np.isnan(by_plants):
        return None
    return bool(by_plants >= hub_kw)
