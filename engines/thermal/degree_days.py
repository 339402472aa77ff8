"""Hourly heat demand from the outdoor temperature alone, and degree days.

For places and buildings that no standard load profile describes. Rooms are heated below a limit of
the outdoor temperature, in proportion to how far it lies below; the building's mass makes it follow
the days before. Hot water is drawn all year, most in the morning and in the evening.
"""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, share
from engines.errors import InvalidInput
from engines.thermal.demand import geometric_temperature_degc
from engines.units import HOURS_PER_DAY

HOT_WATER_BY_HOUR = np.array(
    [2.0, 1.5, 1.2, 1.2, 1.5, 3.0, 6.5, 7.5, 6.0, 4.8, 4.2, 4.2]
    + [4.5, 4.0, 3.5, 3.5, 4.0, 5.0, 6.2, 6.8, 6.2, 5.2, 4.2, 3.3]
)
"""Per cent of a day's hot water in each hour, midnight first: peaks at 8 and 20 h (estimate)."""


def degree_days_kd(
    daily_mean_degc: ArrayLike, *, indoor_degc: float = 20.0, limit_degc: float = 15.0
) -> float:
    """Return the degree days of a year [K d].

    Equation: ``sum (T_indoor - T)`` over the days whose mean lies below the limit.
    Source: VDI 3807 part 1 (2013), Gt 20/15.

    Parameters
    ----------
    daily_mean_degc : array, shape (days,)
    """
    days = finite("Daily mean temperature", daily_mean_degc)
    return float((indoor_degc - days[days < limit_degc]).sum())


def degree_day_profile(
    temperature_degc: ArrayLike,
    *,
    hot_water_share: float,
    limit_degc: float,
    reference_degc: ArrayLike | None = None,
) -> FloatArray:
    """Return the hourly shares of the annual heat demand, which sum to one.

    Equation: ``q = (1 - s) max(0, T_limit - T_felt) / sum + s w(hour)``, with `T_felt` the
    geometric mean of today and the three days before, and `w` the drawing of hot water.

    Parameters
    ----------
    temperature_degc : array, shape (8760,) or (8784,)
        Outdoor temperature in the standard time of the place, from midnight [degC].
    hot_water_share : float
        Part of the year's heat that is hot water; default ``demand.hot_water_share``.
    limit_degc : float
        Outdoor temperature above which rooms are not heated; default ``demand.heating_limit_degc``.
    reference_degc : array, shape of `temperature_degc`, or None
        The year whose heat the shares are of, where that is another one: a colder year then sums to
        more than one, hot water being the same in both.

    Raises
    ------
    InvalidInput
        If the year has another length, or nothing is ever heated and there is no hot water.
    """
    hourly = finite("Outdoor temperature", temperature_degc)
    if hourly.shape not in ((8760,), (8784,)):
        raise InvalidInput(f"Temperature must have 8760 or 8784 hours, not shape {hourly.shape}.")
    water = float(share("Share of hot water", hot_water_share))
    felt = geometric_temperature_degc(hourly.reshape(-1, HOURS_PER_DAY).mean(axis=1))
    cold = np.repeat(np.maximum(limit_degc - felt, 0.0), HOURS_PER_DAY)
    usual = cold
    if reference_degc is not None:
        other = finite("Reference temperature", reference_degc)
        if other.shape != hourly.shape:
            raise InvalidInput("Both years of temperature must have the same hours.")
        daily = other.reshape(-1, HOURS_PER_DAY).mean(axis=1)
        usual = np.repeat(
            np.maximum(limit_degc - geometric_temperature_degc(daily), 0.0), HOURS_PER_DAY
        )
    if usual.sum() == 0.0:
        if water == 0.0:
            raise InvalidInput(
                f"It is never colder than {limit_degc:g} degC and there is no hot water, so there "
                "is no heat demand."
            )
        water = 1.0
    drawn = np.tile(HOT_WATER_BY_HOUR / HOT_WATER_BY_HOUR.sum(), len(felt)) / len(felt)
    rooms = cold / usual.sum() if usual.sum() > 0.0 else np.zeros_like(cold)
    return as_floats((1.0 - water) * rooms + water * drawn)
