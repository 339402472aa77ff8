"""Months of the hours of a year."""

import numpy as np

from engines.arrays import FloatArray, IntArray, as_floats
from engines.errors import InvalidInput

MONTHS = 12
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
HOURS_PER_DAY = 24
COMMON_YEAR_H = 8760
LEAP_YEAR_H = 8784


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
