"""What many futures come to: quantiles, chances, the mean of the worst, and their error."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.errors import InvalidInput

LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
WORST_SHARE = 0.05


@dataclass(frozen=True)
class Spread:
    """A quantity over all futures; arrays over hubs.

    Attributes
    ----------
    mean, p10, p50, p90 : array
    worst_mean : array
        Mean of the worst 5 % (CVaR5).
    quantiles : array, shape (hubs, len(LEVELS))
    """

    mean: FloatArray
    p10: FloatArray
    p50: FloatArray
    p90: FloatArray
    worst_mean: FloatArray
    quantiles: FloatArray


@dataclass(frozen=True)
class Chance:
    """A probability with the error of drawing.

    Attributes
    ----------
    share : array
        Share of the futures.
    error_share : array
        Standard error of independent draws, ``sqrt(p (1 - p) / n)``, and never below ``1 / n``: a
        count of 0 in n is no proof of never. An even spread has less.
    """

    share: FloatArray
    error_share: FloatArray


def spread(values: FloatArray) -> Spread:
    """Return quantiles and the mean of the worst of values, shape (hubs, futures).

    Quantiles lie on straight lines between the ordered values; the worst 5 % are the smallest
    ``ceil(n / 20)``. A hub with a gap in any future has gaps everywhere.
    """
    checked = as_floats(values)
    if checked.ndim != 2 or not checked.shape[1]:
        raise InvalidInput("Futures are needed to say anything of them; draw at least one.")
    ordered = np.sort(checked, axis=1)
    ordered[np.isnan(checked).any(axis=1)] = np.nan
    found = np.quantile(ordered, LEVELS, axis=1).T
    worst = int(np.ceil(WORST_SHARE * checked.shape[1] - 1e-9))
    place = {level: i for i, level in enumerate(LEVELS)}
    return Spread(
        mean=checked.mean(axis=1),
        p10=found[:, place[0.10]],
        p50=found[:, place[0.50]],
        p90=found[:, place[0.90]],
        worst_mean=ordered[:, :worst].mean(axis=1),
        quantiles=found,
    )


def chance(values: FloatArray, above: float) -> Chance:
    """Return in which share of the futures values, shape (hubs, futures), lie above a bound.

    NaN for a hub with a gap in any future.
    """
    count = values.shape[1]
    within("Number of futures", float(count), 1.0)
    share = np.where(np.isnan(values).any(axis=1), np.nan, (values > above).mean(axis=1))
    error = np.sqrt(share * (1.0 - share) / count)
    return Chance(share, np.maximum(error, 1.0 / count))


def median_or_missing(values: FloatArray) -> FloatArray:
    """Return the median of each row over what is known; NaN where nothing is."""
    middle = np.full(len(values), np.nan)
    some = np.flatnonzero(np.isfinite(values).any(axis=1))
    middle[some] = np.nanmedian(values[some], axis=1)
    return middle
