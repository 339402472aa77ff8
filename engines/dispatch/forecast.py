"""What an operator knows of the hours to come: prices until a stated hour, heat by a simple rule.

Prices of the day-ahead market are published at 13:00 for the whole next day. So before 13:00 they
are known until the end of today, from then on until the end of tomorrow; the operator takes the day
after to be like the last one known.

Heat is forecast as that of the same hour one day before, corrected by how far the last hour was off
that rule; the correction fades by a tenth an hour. It needs nothing but 25 measured hours.
"""

import numpy as np

from engines.arrays import FloatArray, non_negative
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.units import HOURS_PER_DAY

PUBLISHED_AT_HOUR = 13
"""Hour of the day, in the clock of the series, at which tomorrow's prices are known."""
HISTORY_HOURS = HOURS_PER_DAY + 1
FADE = 0.9
"""Share of the last hour's error that the next hour is expected to have; a rule of this project."""


@compiled()
def prices_known_until(hour: int) -> int:
    """Return the first hour whose price is not known at the beginning of `hour`."""
    day = hour // HOURS_PER_DAY
    days = 2 if hour % HOURS_PER_DAY >= PUBLISHED_AT_HOUR else 1
    return (day + days) * HOURS_PER_DAY


@compiled()
def last_known_like(hour: int, known_until: int) -> int:
    """Return the hour whose price stands for that of `hour`: itself, or one of the last day."""
    while hour >= known_until:
        hour -= HOURS_PER_DAY
    return max(hour, 0)


@compiled()
def forecast_heat(history: FloatArray, ahead: FloatArray) -> None:
    """Write the heat expected in the coming hours.

    Parameters
    ----------
    history : array, shape (25,)
        What was taken in the last 25 hours, the latest last.
    ahead : array, shape (hours,)
        Overwritten: the hours to come, the first of them about to begin.
    """
    missed = history[HISTORY_HOURS - 1] - history[0]
    for j in range(ahead.shape[0]):
        missed *= FADE
        like = history[1 + j % HOURS_PER_DAY]
        ahead[j] = max(like + missed, 0.0)


@compiled()
def remember(history: FloatArray, measured: float) -> None:
    """Add a measured hour to the history."""
    for i in range(HISTORY_HOURS - 1):
        history[i] = history[i + 1]
    history[HISTORY_HOURS - 1] = measured


def forecast_error_share(uptake_kw: FloatArray, hours_ahead: int) -> float:
    """Return the mean absolute error of the forecast over the mean uptake.

    Parameters
    ----------
    uptake_kw : array, shape (hours,)
        What the network took.
    hours_ahead : int
        1 for the hour about to begin, 24 for the same hour of the next day.

    Returns
    -------
    float
        NaN if there is no uptake, or no hour to compare with.
    """
    uptake = non_negative("Heat uptake", uptake_kw)
    if not 1 <= hours_ahead <= HOURS_PER_DAY:
        raise InvalidInput(f"The forecast looks 1 to 24 hours ahead, not {hours_ahead}.")
    begins = np.arange(HISTORY_HOURS, uptake.size - hours_ahead + 1)
    if begins.size == 0 or uptake.mean() == 0.0:
        return float("nan")
    missed = (uptake[begins - 1] - uptake[begins - HISTORY_HOURS]) * FADE**hours_ahead
    target = begins + hours_ahead - 1
    expected = np.maximum(uptake[target - HOURS_PER_DAY] + missed, 0.0)
    return float(np.abs(expected - uptake[target]).mean() / uptake.mean())
