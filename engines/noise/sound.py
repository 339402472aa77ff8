"""Sound of a hub outdoors: levels of several sources, level at a distance, distance of a level.

Half-space over hard ground, no meteorology: on the safe side beyond a few hundred metres. Source:
TA Laerm (1998), A.2.4 (overview method); DIN ISO 9613-2 without its attenuations.
"""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, positive
from engines.errors import OutOfValidity

HALF_SPACE_DB = 8.0
"""``10 log10(2 pi)``, rounded: power level less pressure level at 1 m over the ground."""
NEAREST_M = 5.0
"""Closer than this a cooler is no point source."""


def total_level_dba(levels_dba: ArrayLike) -> float:
    """Return the level of several sources together: ``10 log10(sum 10**(L/10))`` [dB(A)]."""
    levels = np.atleast_1d(finite("Sound power level", levels_dba))
    return float(10.0 * np.log10(np.sum(10.0 ** (levels / 10.0))))


def level_at_dba(
    power_level_dba: ArrayLike, distance_m: ArrayLike, surcharge_db: float = 0.0
) -> FloatArray:
    """Return the level at a distance: ``LwA - 20 log10(r) - 8 + K`` [dB(A)], from 5 m on.

    Parameters
    ----------
    surcharge_db : float
        For tones and impulses, less what a barrier takes.
    """
    distance = positive("Distance", distance_m)
    if np.any(distance < NEAREST_M):
        raise OutOfValidity(f"Nearer than {NEAREST_M:g} m the sound of a cooler is not known.")
    spread = 20.0 * np.log10(distance) + HALF_SPACE_DB
    return as_floats(finite("Sound power level", power_level_dba) - spread + surcharge_db)


def distance_m(
    power_level_dba: ArrayLike, limit_dba: ArrayLike, surcharge_db: float = 0.0
) -> FloatArray:
    """Return where a level is reached [m], at least 5: ``10**((LwA + K - 8 - limit) / 20)``."""
    excess = finite("Sound power level", power_level_dba) + surcharge_db - HALF_SPACE_DB
    return as_floats(np.maximum(10.0 ** ((excess - finite("Limit", limit_dba)) / 20.0), NEAREST_M))


def cooler_level_dba(rejected_kw: ArrayLike, level_per_500_kw_dba: float) -> FloatArray:
    """Return the level of dry coolers for this heat: equal coolers of 500 kW side by side.

    ``L + 10 log10(Q / 500)``; a smaller cooler is quieter by the same law.
    """
    units = positive("Rejected heat", rejected_kw) / 500.0
    return as_floats(level_per_500_kw_dba + 10.0 * np.log10(units))
