"""How each driver of a future may differ from the study: distributions as data.

The table ``engines/data/futures.csv`` has one driver a row. A draw never replaces a number of the
study; it is a *deviation* from it, so that a study that sets a number of its own keeps it as the
middle of its futures, and a spread of zero gives the study itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import stats

from engines.arrays import FloatArray, within
from engines.compute.revenue import BITCOIN, NONE
from engines.errors import InvalidInput
from engines.tables import catalogue

BITCOIN_ONLY, OTHER_ONLY, ANY = "bitcoin", "other", "any"
"""Kinds of computing that a driver is one of."""
FORMS = ("factor", "offset", "walk", "waiting", "choice")
MANY_YEARS = ("walk", "choice")
"""Forms that are drawn anew for every year of a future."""


@dataclass(frozen=True)
class Marginal:
    """One driver.

    Attributes
    ----------
    key : str
    form : str
        ``factor`` on the study's value, ``offset`` added to it, ``walk`` (a standard deviation per
        year), ``waiting`` (years until something happens), ``choice`` (one of the price years).
    distribution : str
        ``triangular``, ``uniform``, ``lognormal`` (median 1), ``normal`` (mean 0), ``beta`` (over
        its mean) or ``exponential``.
    low, mode, high, sigma : float
        Its numbers; NaN where it has none. `sigma` is the standard deviation (of the logarithm for
        ``lognormal``) and the yearly rate of ``exponential``; `mode` is the mean of ``beta``.
    """

    key: str
    form: str
    distribution: str
    low: float
    mode: float
    high: float
    sigma: float


def marginals(compute_kind: str = BITCOIN) -> Mapping[str, Marginal]:
    """Return the drivers of ``futures.csv`` for a kind of computing, in the order of the table.

    The hash price drives a hub that mines; other computing has a price of its own; a hub that only
    heats has neither.
    """
    own = {BITCOIN: BITCOIN_ONLY, NONE: ANY}.get(compute_kind, OTHER_ONLY)
    found = {}
    for key, row in catalogue("futures").items():
        if row["compute_text"] not in (own, ANY):
            continue
        if row["form_text"] not in FORMS:
            raise InvalidInput(f"futures, {key}: {row['form_text']!r} is not one of {FORMS}.")
        found[key] = Marginal(
            key=key,
            form=str(row["form_text"]),
            distribution=str(row["distribution_text"]),
            low=float(row["low"]),
            mode=float(row["mode"]),
            high=float(row["high"]),
            sigma=float(row["sigma"]),
        )
    return MappingProxyType(found)


def quantile(given: Marginal, probability: FloatArray) -> FloatArray:
    """Return the quantiles of a driver's distribution.

    Parameters
    ----------
    given : Marginal
    probability : array, any shape
        Between 0 and 1, both excluded.

    Raises
    ------
    InvalidInput
        If the numbers of the distribution make none; the sentence names the driver.

    Examples
    --------
    >>> one = Marginal("x", "factor", "triangular", 0.0, 1.0, 2.0, float("nan"))
    >>> quantile(one, np.array([0.5])).tolist()
    [1.0]
    """
    low, mode, high, sigma = given.low, given.mode, given.high, given.sigma
    if given.distribution == "triangular":
        if not (low <= mode <= high and low < high):
            raise InvalidInput(f"{given.key}: a triangle needs low <= mode <= high, low < high.")
        peak = (mode - low) / (high - low)
        values = stats.triang.ppf(probability, peak, loc=low, scale=high - low)
    elif given.distribution == "uniform":
        # a choice among years has no ends of its own
        bottom, top = (0.0, 1.0) if np.isnan(low) else (low, high)
        if not bottom < top:
            raise InvalidInput(f"{given.key}: an even range needs low < high.")
        values = bottom + (top - bottom) * probability
    elif given.distribution in ("lognormal", "normal"):
        within(f"sigma of {given.key}", sigma, 0.0)
        values = sigma * stats.norm.ppf(probability)
        values = np.exp(values) if given.distribution == "lognormal" else values
    elif given.distribution == "beta":
        within(f"mean of {given.key}", mode, 1e-6, 1.0 - 1e-6)
        within(f"sigma of {given.key}", sigma, 1e-9, np.sqrt(mode * (1.0 - mode)) * (1.0 - 1e-9))
        both = mode * (1.0 - mode) / sigma**2 - 1.0
        values = stats.beta.ppf(probability, mode * both, (1.0 - mode) * both) / mode
    elif given.distribution == "exponential":
        within(f"rate of {given.key}", sigma, 1e-9)
        values = -np.log1p(-probability) / sigma
    else:
        raise InvalidInput(f"{given.key}: {given.distribution!r} is not a known distribution.")
    return np.asarray(values, dtype=np.float64)


def deviation(given: Marginal, probability: FloatArray, spread: float) -> FloatArray:
    """Return what a driver does to the study's value, at a spread of all deviations.

    A factor is ``1 + spread (x - 1)``, an offset and a walk ``spread x``, a waiting time
    ``x / spread`` (never, at a spread of 0); a choice stays what it is.
    """
    within("futures.spread", spread, 0.0)
    drawn = quantile(given, probability)
    if given.form == "factor":
        return 1.0 + spread * (drawn - 1.0)
    if given.form == "waiting":
        return drawn / spread if spread > 0.0 else np.full_like(drawn, np.inf)
    return drawn if given.form == "choice" else spread * drawn
