"""How much of the work that went in is still in the heat: the exergy of a heat stream."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.errors import InvalidInput
from engines.units import CELSIUS_TO_KELVIN


def exergy_share(
    supply_degc: ArrayLike, return_degc: ArrayLike, ambient_degc: ArrayLike = 0.0
) -> FloatArray:
    """Return the exergy content of a heat stream over its energy [-].

    Equation: ``ex = 1 - T0 ln(Ts/Tr) / (Ts - Tr)`` in kelvin, and ``1 - T0/Ts`` where supply and
    return are equal (a heat source of one temperature). Source: Dincer and Rosen, Exergy, chapter
    on district heating; constant heat capacity.

    Parameters
    ----------
    supply_degc, return_degc : array or float
        [degC]; supply not below return.
    ambient_degc : array or float
        Dead state [degC], 0 by convention of this project.

    Examples
    --------
    >>> round(float(exergy_share(75.0, 45.0)), 4)
    0.1795
    """
    hot = positive("Supply (kelvin)", finite("Supply", supply_degc) + CELSIUS_TO_KELVIN)
    cold = positive("Return (kelvin)", finite("Return", return_degc) + CELSIUS_TO_KELVIN)
    dead = positive("Ambient (kelvin)", finite("Ambient", ambient_degc) + CELSIUS_TO_KELVIN)
    if np.any(hot < cold):
        raise InvalidInput("Supply must not be colder than return.")
    relative = (hot - cold) / cold
    even = relative == 0
    mean = cold * relative / np.where(even, 1.0, np.log1p(relative))
    return as_floats(1.0 - dead / np.where(even, hot, mean))


def exergy_efficiency(
    heat: ArrayLike, electricity: ArrayLike, exergy_share: ArrayLike
) -> FloatArray:
    """Return exergy of the heat over the electricity drawn: ``ex Q / E`` (domain 2.13) [-].

    Heat and electricity in the same unit; NaN where no electricity was drawn.
    """
    drawn = non_negative("Electricity", electricity)
    useful = non_negative("Heat", heat) * finite("Exergy share", exergy_share)
    idle = drawn == 0
    return as_floats(np.where(idle, np.nan, useful / np.where(idle, 1.0, drawn)))
