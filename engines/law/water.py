"""Water law: the hazard level of a plant with substances hazardous to water."""

import math

from engines.arrays import within
from engines.errors import InvalidInput

AWSV_LEVELS: tuple[tuple[float, str], ...] = (
    (0.22, "AAA"),
    (1.0, "AAB"),
    (10.0, "ABC"),
    (100.0, "ACD"),
    (1000.0, "BDD"),
    (math.inf, "CDD"),
)
"""Largest volume [m3] and the levels for water hazard classes 1, 2 and 3."""


def awsv_level(volume_m3: float, hazard_class: int) -> str:
    """Return the hazard level, ``A`` to ``D``, of AwSV s.39 table 1.

    Parameters
    ----------
    volume_m3 : float
        Relevant volume of the plant [m3].
    hazard_class : int
        Water hazard class (WGK), 1 to 3.
    """
    within("volume_m3", volume_m3, 0.0)
    if hazard_class not in (1, 2, 3):
        raise InvalidInput(f"The water hazard class is 1, 2 or 3, not {hazard_class}.")
    levels = next(levels for most, levels in AWSV_LEVELS if volume_m3 <= most)
    return levels[hazard_class - 1]
