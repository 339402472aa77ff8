"""How big: what a hub earns and delivers over its size, and where more stops helping."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, finite, positive
from engines.errors import InvalidInput

SIZES_KW = (50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0)
"""Sizes that are tried, 50 kW to the largest that the tables know."""

FEWEST = 3


@dataclass(frozen=True)
class BestSize:
    """Where a curve over sizes is best, and where it bends.

    Attributes
    ----------
    best : int
        Row of the size with the largest value.
    knee : int or None
        Row at which the curve bends most; None where it has no bend.
    """

    best: int
    knee: int | None


def sizes_up_to(limit_kw: float) -> tuple[float, ...]:
    """Return the sizes to try, with the limit of the site as the last one.

    Below the smallest size nothing is left to try.
    """
    limit = float(positive("limit_kw", limit_kw))
    inner = [size for size in SIZES_KW if size < limit]
    last = min(limit, SIZES_KW[-1])
    return (*inner, last) if last >= SIZES_KW[0] else ()


def best_size(power_kw: FloatArray, value_eur: FloatArray, gain: FloatArray) -> BestSize:
    """Find the size of the largest value, and the knee of the curve of gains.

    Parameters
    ----------
    power_kw : array, shape (sizes,)
        Rising.
    value_eur : array, shape (sizes,)
        Net present value; the smallest of equals is taken.
    gain : array, shape (sizes,)
        What grows ever more slowly with size, such as the heat that is used.

    Notes
    -----
    The knee is the point farthest above the straight line from the first to the last point, both
    axes scaled to 0..1 (the discrete case of Satopaa et al. 2011, "Kneedle"); a curve that nowhere
    rises above it by 0.05 has none.
    """
    power, value = finite("power_kw", power_kw), finite("value_eur", value_eur)
    heat = finite("gain", gain)
    if not len(power) == len(value) == len(heat) or len(power) == 0:
        raise InvalidInput("Sizes, values and gains must have one number per size.")
    if np.any(np.diff(power) <= 0.0):
        raise InvalidInput("Sizes must rise.")
    best = int(np.argmax(value))
    return BestSize(best, _knee(power, heat))


def _knee(power: FloatArray, gain: FloatArray) -> int | None:
    span = gain[-1] - gain[0]
    if len(power) < FEWEST or span <= 0.0:
        return None
    x = (power - power[0]) / (power[-1] - power[0])
    above = (gain - gain[0]) / span - x
    most = int(np.argmax(above))
    return most if above[most] > _LEAST_BEND else None


_LEAST_BEND = 0.05
