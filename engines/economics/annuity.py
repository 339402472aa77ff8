"""The annuity: one sum today as equal yearly amounts, and back."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within


def annuity_factor(rate_share: ArrayLike, years: ArrayLike) -> FloatArray:
    """Yearly amount that pays back 1 EUR over `years` at `rate_share`.

    ``a(r, n) = r/(1 - (1+r)^-n)``; at zero rate its limit ``1/n``. Domain.md 5.4.

    Parameters
    ----------
    rate_share : float or array
        Real discount rate [1/a], above -1.
    years : float or array
        Number of yearly payments [a], above 0.

    Returns
    -------
    array, shape of the arguments broadcast
        Annuity factor [1/a].

    Examples
    --------
    >>> round(float(annuity_factor(0.06, 10)), 5)
    0.13587
    """
    within("rate_share", rate_share, -0.99, 10.0)
    within("years", years, 1e-9)
    rate, count = np.broadcast_arrays(as_floats(rate_share), as_floats(years))
    level = np.log1p(rate) * count
    zero = rate == 0.0
    safe = np.where(zero, 1.0, level)
    return as_floats(np.where(zero, 1.0 / count, rate / -np.expm1(-safe)))


def present_value_factor(rate_share: ArrayLike, years: ArrayLike) -> FloatArray:
    """Worth today of 1 EUR in each of `years`: ``1/a(r, n)`` [a]."""
    return 1.0 / annuity_factor(rate_share, years)
