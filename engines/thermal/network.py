"""Temperatures, flow and hourly production of a district heating network."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, share
from engines.errors import InvalidInput
from engines.units import HOURS_PER_DAY, WATER_HEAT_CAPACITY_KJ_PER_KGK


def supply_temperature_degc(
    outdoor_degc: ArrayLike,
    *,
    max_degc: float,
    min_degc: float,
    cold_degc: float,
    warm_degc: float,
) -> FloatArray:
    """Return the weather-compensated supply temperature [degC].

    `max_degc` at and below the outdoor temperature `cold_degc`, `min_degc` at and above
    `warm_degc`, linear between. Defaults: ``network.supply_*`` and ``network.outdoor_*``.
    """
    outdoor = finite("Outdoor temperature", outdoor_degc)
    if cold_degc >= warm_degc:
        raise InvalidInput(
            f"The heating curve must run from cold to warm, not {cold_degc:g} to {warm_degc:g}."
        )
    if min_degc > max_degc:
        raise InvalidInput(
            f"Supply minimum {min_degc:g} degC lies above the maximum {max_degc:g} degC."
        )
    return as_floats(np.interp(outdoor, (cold_degc, warm_degc), (max_degc, min_degc)))


def return_temperature_degc(
    outdoor_degc: ArrayLike,
    *,
    reference_degc: float,
    outdoor_reference_degc: float,
    slope_k_per_k: float,
    bypass_k: float,
    bypass_full_degc: float,
) -> FloatArray:
    """Return the return temperature [degC] where no measured series exists.

    Below the reference outdoor temperature: ``Tr = Tr0 + kr (To - To_ref)`` with `kr` negative.
    Above it by-passes open: the return rises linearly by `bypass_k` until `bypass_full_degc`.
    Defaults: ``network.return_*`` (estimates; a measured series is always better).
    """
    outdoor = finite("Outdoor temperature", outdoor_degc)
    if bypass_full_degc <= outdoor_reference_degc:
        raise InvalidInput(
            f"The by-pass must be complete above {outdoor_reference_degc:g} degC outdoors, "
            f"not at {bypass_full_degc:g} degC."
        )
    warmer_k = outdoor - outdoor_reference_degc
    ramp = np.clip(warmer_k / (bypass_full_degc - outdoor_reference_degc), 0.0, 1.0)
    return as_floats(reference_degc + slope_k_per_k * np.minimum(warmer_k, 0.0) + bypass_k * ramp)


def ground_temperature_degc(
    hours: int, *, mean_degc: float, amplitude_k: float, coldest_day: float
) -> FloatArray:
    """Return the hourly ground temperature around the pipes [degC], shape (hours,).

    Equation: ``Tg = mean - amplitude cos(2 pi (t - t_coldest) / year)``; one full wave over the
    given number of hours. Defaults: ``network.ground_*``.
    """
    if hours <= 0:
        raise InvalidInput(f"A year needs at least one hour, not {hours}.")
    phase = 2.0 * np.pi * (np.arange(hours) - (coldest_day - 0.5) * HOURS_PER_DAY) / hours
    return as_floats(mean_degc - amplitude_k * np.cos(phase))


def network_production_kw(demand_kw: ArrayLike, loss_share: float) -> FloatArray:
    """Return what the plants must feed in each hour [kW]: demand plus constant losses.

    Equation: ``production = demand + mean(demand) s / (1 - s)``, so that losses are the share `s`
    of the annual production. Hours run along the last axis. Default: ``network.loss_share``.
    """
    demand = non_negative("Heat demand", demand_kw)
    lost = float(share("Network loss share", loss_share))
    if lost == 1.0:
        raise InvalidInput("A network that loses all its heat cannot be computed.")
    return as_floats(demand + demand.mean(axis=-1, keepdims=True) * lost / (1.0 - lost))


def return_flow_kg_per_s(
    production_kw: ArrayLike, supply_degc: ArrayLike, return_degc: ArrayLike
) -> FloatArray:
    """Return the water flow of the network [kg/s]: ``m = Q / (cp (Ts - Tr))``."""
    production = non_negative("Network production", production_kw)
    spread_k = finite("Supply temperature", supply_degc) - finite("Return temperature", return_degc)
    if spread_k.size and spread_k.min() <= 0:
        raise InvalidInput(
            f"Supply must be warmer than return in every hour; the smallest difference is "
            f"{spread_k.min():g} K."
        )
    return as_floats(production / (WATER_HEAT_CAPACITY_KJ_PER_KGK * spread_k))
