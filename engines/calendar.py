"""Months of the hours of a year."""

import numpy as np

from engines.arrays import FloatArray, IntArray, as_floats
from engines.errors import InvalidInput

MONTHS = 12
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
HOURS_PER_DAY = 24
COMMON_YEAR_H = 8760
LEAP_YEAR_H = 8784
QUARTERS_PER_HOUR = 4


def month_of_hour(hours: int) -> IntArray:
    """Return the month, 0 to 11, of each hour of a year of 8,760 or 8,784 hours.

    Raises
    ------
    InvalidInput
        If a year has another number of hours.
    """
    if hours not in (COMMON_YEAR_H, LEAP_YEAR_H):
        raise InvalidInput(f"A year has 8760 or 8784 hours, not {hours}.")
    days = DAYS + (np.arange(MONTHS) == 1) * (hours == LEAP_YEAR_H)
    return np.repeat(np.arange(MONTHS), days * HOURS_PER_DAY).astype(np.int64)


def monthly_mean(values: FloatArray) -> FloatArray:
    """Mean of an hourly series in each month, shape (12,)."""
    month = month_of_hour(len(values))
    return as_floats(np.bincount(month, values) / np.bincount(month))


def hourly_mean(quarters: FloatArray) -> FloatArray:
    """Arithmetic mean of the four quarters of each hour.

    An hour counts as negative when its mean is below zero (domain.md 3.2); a missing quarter
    makes the hour missing.

    Raises
    ------
    InvalidInput
        If the quarters do not fill whole hours.
    """
    values = as_floats(quarters)
    if values.ndim != 1 or values.size % QUARTERS_PER_HOUR:
        raise InvalidInput(
            f"{values.size} quarter-hours do not fill whole hours; supply a multiple of four."
        )
    return as_floats(values.reshape(-1, QUARTERS_PER_HOUR).mean(axis=1))
