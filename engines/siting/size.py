"""How big: what a hub earns and delivers over its size, and where more stops helping."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, finite, non_negative
from engines.errors import InvalidInput

SIZES_KW = (50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0)
"""Sizes that are tried, 50 kW to the largest that the tables know."""

BY_VALUE, BY_LOSS_PER_HEAT, BY_LOSS, BY_HEAT = "value", "loss_per_heat", "loss", "heat"
"""What the best size was chosen by; see `best_size`."""

FEWEST = 3


@dataclass(frozen=True)
class BestSize:
    """Where a curve over sizes is best, and where it bends.

    Attributes
    ----------
    best : int
        Row of the best size.
    by : str
        What it was chosen by.
    knee : int or None
        Row at which the curve bends most; None where it has no bend.
    """

    best: int
    by: str
    knee: int | None


def best_size(
    power_kw: FloatArray, value_eur: FloatArray, heat_mwh: FloatArray, gain: FloatArray
) -> BestSize:
    """Find the best size, and the knee of the curve of gains.

    Parameters
    ----------
    power_kw : array, shape (sizes,)
        Rising.
    value_eur : array, shape (sizes,)
        Net present value; NaN where not known.
    heat_mwh : array, shape (sizes,)
        Heat over the years, as worth today: what `value_eur` is paid for.
    gain : array, shape (sizes,)
        What grows ever more slowly with size, such as the heat that is used in a year.

    Notes
    -----
    The first that applies; of equals, the smallest size:

    1. some size is worth more than nothing: the largest value (``value``);
    2. some size gives heat: the smallest loss per MWh, ``max V/H`` (``loss_per_heat``). By ``NPV =
       (p - LCOH) H`` it is the size that comes nearest to paying; the smallest loss as such would
       always be the smallest size. At ``V = 0`` both rules choose the same;
    3. no heat anywhere: the smallest loss (``loss``);
    4. no value is known: the knee, else the smallest size (``heat``).

    The knee is the point farthest above the straight line from the first to the last point, both
    axes scaled to 0..1 (the discrete case of Satopaa et al. 2011, "Kneedle"); a curve that nowhere
    rises above it by 0.05 has none.
    """
    power, heat = finite("power_kw", power_kw), non_negative("heat_mwh", heat_mwh)
    grown = finite("gain", gain)
    value = np.asarray(value_eur, dtype=np.float64)
    if not len(power) == len(value) == len(heat) == len(grown) or len(power) == 0:
        raise InvalidInput("Sizes, values, heat and gains must have one number per size.")
    if np.any(np.diff(power) <= 0.0):
        raise InvalidInput("Sizes must rise.")
    knee = _knee(power, grown)
    best, by = _best(value, heat, knee)
    return BestSize(best, by, knee)


def _best(value: FloatArray, heat: FloatArray, knee: int | None) -> tuple[int, str]:
    known = np.isfinite(value)
    if not known.any():
        return knee or 0, BY_HEAT
    value = np.where(known, value, -np.inf)
    if value.max() > 0.0:
        return int(np.argmax(value)), BY_VALUE
    gives = known & (heat > 0.0)
    if gives.any():
        per_heat = np.divide(value, heat, out=np.full_like(value, -np.inf), where=gives)
        return int(np.argmax(per_heat)), BY_LOSS_PER_HEAT
    return int(np.argmax(value)), BY_LOSS


def _knee(power: FloatArray, gain: FloatArray) -> int | None:
    span = gain[-1] - gain[0]
    if len(power) < FEWEST or span <= 0.0:
        return None
    x = (power - power[0]) / (power[-1] - power[0])
    above = (gain - gain[0]) / span - x
    most = int(np.argmax(above))
    return most if above[most] > _LEAST_BEND else None


_LEAST_BEND = 0.05
