"""Counter-flow plate heat exchanger by effectiveness and number of transfer units.

Equations: VDI Heat Atlas, section C1; Incropera et al., Fundamentals of Heat and Mass Transfer,
chapter 11. Heat capacity flows are ``C = m cp`` [kW/K].
"""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive, share
from engines.errors import InvalidInput, OutOfValidity


def _ratio(hot_kw_per_k: ArrayLike, cold_kw_per_k: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the smaller heat capacity flow and its ratio to the larger one."""
    hot = positive("Heat capacity flow of the hot side", hot_kw_per_k)
    cold = positive("Heat capacity flow of the cold side", cold_kw_per_k)
    smaller = np.minimum(hot, cold)
    return smaller, smaller / np.maximum(hot, cold)


def effectiveness(ntu: ArrayLike, capacity_ratio: ArrayLike) -> FloatArray:
    """Return the effectiveness [-] for transfer units `ntu` and ratio ``Cr = Cmin / Cmax``.

    Equation: ``eps = (1 - e) / (1 - Cr e)`` with ``e = exp(-NTU (1 - Cr))``;
    ``eps = NTU / (1 + NTU)`` for equal flows.
    """
    units = non_negative("NTU", ntu)
    ratio = share("Capacity ratio", capacity_ratio)
    gap = 1.0 - ratio
    gone = -np.expm1(-units * gap)
    safe = np.where(gap > 0, gap + ratio * gone, 1.0)
    return as_floats(np.where(gap > 0, gone / safe, units / (1.0 + units)))


def transfer_units(effectiveness: ArrayLike, capacity_ratio: ArrayLike) -> FloatArray:
    """Return the NTU [-] that reach an `effectiveness` below one (inverse of the above).

    Equation: ``NTU = ln((1 - eps Cr) / (1 - eps)) / (1 - Cr)``; ``eps / (1 - eps)`` for equal
    flows.
    """
    reached = share("Effectiveness", effectiveness)
    ratio = share("Capacity ratio", capacity_ratio)
    if reached.size and reached.max() >= 1:
        raise OutOfValidity(
            "An effectiveness of one needs an endless exchanger; allow a larger approach."
        )
    gap = 1.0 - ratio
    equal = reached / (1.0 - reached)
    return as_floats(np.where(gap > 0, np.log1p(equal * gap) / np.where(gap > 0, gap, 1.0), equal))


def heat_kw(
    ua_kw_per_k: ArrayLike,
    hot_kw_per_k: ArrayLike,
    cold_kw_per_k: ArrayLike,
    hot_in_degc: ArrayLike,
    cold_in_degc: ArrayLike,
) -> FloatArray:
    """Return the heat moved [kW]; zero where the hot side is not hotter.

    Equation: ``Q = eps(UA / Cmin, Cr) Cmin max(0, Th_in - Tc_in)``.
    """
    smaller, ratio = _ratio(hot_kw_per_k, cold_kw_per_k)
    span_k = finite("Hot inlet", hot_in_degc) - finite("Cold inlet", cold_in_degc)
    reached = effectiveness(non_negative("UA", ua_kw_per_k) / smaller, ratio)
    return as_floats(reached * smaller * np.maximum(span_k, 0.0))


def required_ua_kw_per_k(
    heat_kw: ArrayLike,
    hot_kw_per_k: ArrayLike,
    cold_kw_per_k: ArrayLike,
    hot_in_degc: ArrayLike,
    cold_in_degc: ArrayLike,
) -> FloatArray:
    """Return the transfer capacity UA [kW/K] needed to move `heat_kw`."""
    heat = non_negative("Heat", heat_kw)
    smaller, ratio = _ratio(hot_kw_per_k, cold_kw_per_k)
    span_k = positive(
        "Hot inlet minus cold inlet",
        finite("Hot inlet", hot_in_degc) - finite("Cold inlet", cold_in_degc),
    )
    reached = heat / (smaller * span_k)
    if reached.size and reached.max() >= 1:
        raise OutOfValidity(
            "More heat is asked for than the flows can carry between these temperatures; "
            "raise the flow or the hot temperature."
        )
    return as_floats(transfer_units(reached, ratio) * smaller)


def outlet_temperatures_degc(
    heat_kw: ArrayLike,
    hot_kw_per_k: ArrayLike,
    cold_kw_per_k: ArrayLike,
    hot_in_degc: ArrayLike,
    cold_in_degc: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return hot and cold outlet temperature [degC] after moving `heat_kw`."""
    heat = non_negative("Heat", heat_kw)
    hot_out = finite("Hot inlet", hot_in_degc) - heat / positive("Hot side flow", hot_kw_per_k)
    cold_out = finite("Cold inlet", cold_in_degc) + heat / positive("Cold side flow", cold_kw_per_k)
    return as_floats(hot_out), as_floats(cold_out)


def log_mean_difference_k(first_end_k: ArrayLike, second_end_k: ArrayLike) -> FloatArray:
    """Return the logarithmic mean of the temperature differences at the two ends [K].

    Equation: ``(d1 - d2) / ln(d1 / d2)``, and `d1` where both are equal. Valid for d1, d2 > 0.
    """
    first = finite("Temperature difference", first_end_k)
    second = finite("Temperature difference", second_end_k)
    if min(first.min(), second.min()) <= 0:
        raise InvalidInput("The hot side must be hotter than the cold side at both ends.")
    relative = (first - second) / second
    even = relative == 0
    mean = second * relative / np.where(even, 1.0, np.log1p(relative))
    return as_floats(np.where(even, first, mean))
