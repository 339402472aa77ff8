"""How much power a substation can still give: always (firm) and hour by hour (flexible)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, as_floats, finite, indices, non_negative, positive, share
from engines.errors import InvalidInput

GREEN, AMBER, FLEXIBLE, RED = "green", "amber", "flexible", "red"


def _rated_kw(rating_kva: ArrayLike, loading_max_share: float, power_factor: float) -> FloatArray:
    """Return the active power a rating allows [kW]: ``k_max S cos phi``."""
    loading = share("Largest loading", loading_max_share)
    factor = share("Power factor", power_factor)
    return as_floats(loading * factor * positive("Rating", rating_kva))


def firm_headroom_kw(
    rating_firm_kva: ArrayLike,
    load_kw: ArrayLike,
    committed_kw: ArrayLike,
    *,
    loading_max_share: float,
    power_factor: float,
) -> FloatArray:
    """Return the power that is free in every hour of the year even if one unit fails [kW].

    Equation: ``P = k_max S_firm cos phi - max_h (L + committed)``. Negative where the substation
    is already beyond its planned loading.

    Parameters
    ----------
    rating_firm_kva : array, shape (substations,)
        Rating with the largest unit out of service [kVA].
    load_kw, committed_kw : array, shape (substations, hours)
        Present load and power promised to others [kW]; `committed_kw` may be any shape that fits.

    Defaults: ``grid.loading_max_share``, ``grid.power_factor``.
    """
    peak_kw = (finite("Load", load_kw) + non_negative("Committed power", committed_kw)).max(axis=-1)
    rated_kw = _rated_kw(rating_firm_kva, loading_max_share, power_factor)
    return as_floats(rated_kw - peak_kw)


def flexible_headroom_kw(
    rating_installed_kva: ArrayLike,
    load_kw: ArrayLike,
    committed_kw: ArrayLike,
    *,
    loading_max_share: float,
    power_factor: float,
) -> FloatArray:
    """Return the power that is free in each hour with all units in service [kW], never negative.

    Equation: ``P(h) = max(0, k_max S cos phi - L(h) - committed(h))``; for a connection that may
    be turned down. Shapes as in `firm_headroom_kw`; returns shape (substations, hours).
    """
    taken_kw = finite("Load", load_kw) + non_negative("Committed power", committed_kw)
    rated_kw = _rated_kw(rating_installed_kva, loading_max_share, power_factor)
    return as_floats(np.maximum(rated_kw[..., None] - taken_kw, 0.0))


def curtailed_energy_kwh(hub_kw: ArrayLike, flexible_kw: ArrayLike) -> FloatArray:
    """Return the energy the hub cannot draw [kWh]: ``sum_h max(0, P_hub - P_flex)`` (last axis)."""
    hub = non_negative("Hub power", hub_kw)
    free = non_negative("Flexible headroom", flexible_kw)
    return as_floats(np.maximum(hub - free, 0.0).sum(axis=-1))


def covered_share(
    need_kw: ArrayLike, flexible_kw: ArrayLike, substation_of: ArrayLike
) -> FloatArray:
    """Return the share of a constant need that a flexible connection carries, shape (parcels,).

    Parameters
    ----------
    need_kw : array, shape (parcels,)
        Grid power of the hub at full load [kW], above zero.
    flexible_kw : array, shape (substations, hours)
    substation_of : array of int, shape (parcels,)
    """
    need = positive("Need", need_kw)
    free = non_negative("Flexible headroom", flexible_kw)
    at = indices("Substation of each parcel", substation_of, len(free))
    if need.shape != at.shape:
        raise InvalidInput("Need and substation must have one value per parcel.")
    covered = np.array(
        [np.minimum(free[place], kw).mean() / kw for place, kw in zip(at, need, strict=True)]
    )
    # a mean of equal numbers may exceed them in the last digit
    return as_floats(np.minimum(covered, 1.0))


def screening_class(
    need_kw: ArrayLike,
    firm_kw: ArrayLike,
    covered_share: ArrayLike,
    *,
    green_ratio: float,
    amber_ratio: float,
    flexible_energy_share: float,
) -> NDArray[np.str_]:
    """Return green, amber, flexible or red for each parcel.

    Green: firm headroom at least `green_ratio` times the need. Amber: at least `amber_ratio`.
    Flexible: a connection that may be turned down still carries `flexible_energy_share` of the
    energy. Red: none of these. A screening, not an offer of the grid operator.
    Defaults: ``grid.green_ratio``, ``grid.amber_ratio``, ``grid.flexible_energy_share``.
    """
    if green_ratio < amber_ratio:
        raise InvalidInput("The limit for green must not lie below the limit for amber.")
    ratio = finite("Firm headroom", firm_kw) / positive("Need", need_kw)
    carried = share("Covered share", covered_share)
    return np.select(
        [ratio >= green_ratio, ratio >= amber_ratio, carried >= flexible_energy_share],
        [GREEN, AMBER, FLEXIBLE],
        RED,
    )
