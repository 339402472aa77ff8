"""Hourly heat demand from standard load profiles of the German gas and heat trade (BDEW)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, IntArray, as_floats, finite, indices, non_negative
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.units import HOURS_PER_DAY

WEIGHTS = (1.0, 0.5, 0.25, 0.125)
"""Weights of today and the three days before in the building's memory of the weather (BDEW)."""

SIGMOID_POLE_DEGC = 40.0
"""Reference temperature of the BDEW sigmoid, at which it has a pole."""

INTERVAL_ENDS_DEGC = (-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 25.0)
"""Upper ends (inclusive) of the first nine of the ten BDEW temperature intervals."""

DAYS_PER_WEEK = 7
INTERVALS = len(INTERVAL_ENDS_DEGC) + 1


@dataclass(frozen=True)
class Profile:
    """Sigmoid of one customer group: ``h = a / (1 + (b / (T - 40))**c) + d``."""

    a: float
    b_degc: float
    c: float
    d: float


def profile(key: str) -> Profile:
    """Return the profile ``efh3``, ``mfh3`` or ``ghd`` from ``data/demand_profiles.csv``."""
    records = catalogue("demand_profiles")
    if key not in records:
        raise InvalidInput(f"There is no demand profile {key!r}; known are {', '.join(records)}.")
    record = records[key]
    return Profile(*(float(record[f"sigmoid_{name}"]) for name in ("a", "b_degc", "c", "d")))


def geometric_temperature_degc(daily_mean_degc: ArrayLike) -> FloatArray:
    """Return the daily temperature a building feels.

    Equation: ``T = (T_D + 0.5 T_D-1 + 0.25 T_D-2 + 0.125 T_D-3) / 1.875``. The first three days
    have no past in the series and take the last days of the same year (the BDEW wrap).

    Parameters
    ----------
    daily_mean_degc : array, shape (days,)
        Daily mean outdoor temperature [degC].

    Source: BDEW/VKU/GEODE guide to standard load profiles for gas (2018).
    """
    days = finite("Daily mean temperature", daily_mean_degc)
    total = sum(weight * np.roll(days, shift) for shift, weight in enumerate(WEIGHTS))
    return as_floats(total / sum(WEIGHTS))


def sigmoid_h(temperature_degc: ArrayLike, profile: Profile) -> FloatArray:
    """Return the daily demand relative to that at about 8 degC [-].

    Equation: ``h = a / (1 + (b / (T - 40))**c) + d`` below 40 degC; from 40 degC on only the
    weather-free part `d` is left, which is the limit of the equation. Below -20 degC, outside the
    data the coefficients were fitted to, the curve runs on towards ``a + d``.
    """
    distance = np.maximum(SIGMOID_POLE_DEGC - finite("Temperature", temperature_degc), 0.0)
    # With x = (-b / distance)**c the first term is a / (1 + x); written with 1 / x there is no
    # division by zero at the pole.
    inverse = (distance / -profile.b_degc) ** profile.c
    return as_floats(profile.a * inverse / (1.0 + inverse) + profile.d)


def temperature_interval(temperature_degc: ArrayLike) -> IntArray:
    """Return the BDEW temperature interval 0 to 9; colder and warmer than the table is its end."""
    temperature = finite("Temperature", temperature_degc)
    return np.searchsorted(INTERVAL_ENDS_DEGC, temperature, "left").astype(np.int64)


def heat_profile(
    temperature_degc: ArrayLike,
    hour_factors: ArrayLike,
    weekday_factors: ArrayLike,
    weekday_of_day: ArrayLike,
    profile: Profile,
) -> FloatArray:
    """Return the hourly shares of the annual heat demand, which sum to one.

    Equation: ``q(hour) = KW * h(T_day) * F(weekday) * SF(weekday, hour, interval)`` with `KW` such
    that the year sums to 1. Parameters as in `heat_weights`.
    """
    weights = heat_weights(temperature_degc, hour_factors, weekday_factors, weekday_of_day, profile)
    return as_floats(weights / weights.sum())


def heat_weights(
    temperature_degc: ArrayLike,
    hour_factors: ArrayLike,
    weekday_factors: ArrayLike,
    weekday_of_day: ArrayLike,
    profile: Profile,
) -> FloatArray:
    """Return the hourly heat of a customer value of one, ``h F SF``.

    The customer value of a building stays the same in all years, so the sums of two years are to
    each other as the heat of the building in them.

    Parameters
    ----------
    temperature_degc : array, shape (8760,) or (8784,)
        Outdoor temperature [degC], hourly, in the standard time of the place, from midnight.
    hour_factors : array, shape (7, 24, 10)
        Share of the day in each hour, by weekday (Monday first) and temperature interval (below
        -15 degC first). For profiles without weekdays (EFH, MFH) the same table seven times.
    weekday_factors : array, shape (7,)
        Weight of each weekday, Monday first; ones for EFH and MFH.
    weekday_of_day : array of int, shape (365,) or (366,)
        0 Monday to 6 Sunday; give public holidays as 6.
    profile : Profile
        Sigmoid of the customer group.

    Returns
    -------
    array, shape of `temperature_degc`

    Source: BDEW/VKU/GEODE guide (2018); the factors are those of oemof demandlib.
    """
    hourly_degc = finite("Temperature", temperature_degc)
    if hourly_degc.shape not in ((8760,), (8784,)):
        raise InvalidInput(
            f"Temperature must have 8760 or 8784 hours, not shape {hourly_degc.shape}."
        )
    of_hour = non_negative("Hour factors", hour_factors)
    if of_hour.shape != (DAYS_PER_WEEK, HOURS_PER_DAY, INTERVALS):
        raise InvalidInput(f"Hour factors must have shape (7, 24, 10), not {of_hour.shape}.")
    of_weekday = non_negative("Weekday factors", weekday_factors)
    if of_weekday.shape != (DAYS_PER_WEEK,):
        raise InvalidInput(f"Weekday factors must have shape (7,), not {of_weekday.shape}.")
    by_day_degc = hourly_degc.reshape(-1, HOURS_PER_DAY)
    weekday = indices("Weekday of each day", weekday_of_day, DAYS_PER_WEEK)
    if weekday.shape != (len(by_day_degc),):
        raise InvalidInput(f"Weekdays must cover {len(by_day_degc)} days, not {weekday.shape}.")

    felt_degc = geometric_temperature_degc(by_day_degc.mean(axis=1))
    of_day = sigmoid_h(felt_degc, profile) * of_weekday[weekday]
    within_day = of_hour[weekday, :, temperature_interval(felt_degc)]
    shares = (of_day[:, None] * within_day).ravel()
    if shares.sum() <= 0:
        raise InvalidInput("Hour and weekday factors are all zero, so no profile can be made.")
    return as_floats(shares)
