"""A hub that loses money may close: what the right to stop is worth.

The base case runs to the end of the study and buys new machines whenever old ones are worn out.
Here the same hub may close at the end of any year; then it buys nothing any more, and what it
fetches is a part of the book value, since pipes and foundations are lost. A stated variant beside
the base case.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.economics.cashflow import Asset, asset_flows, bought, present_value


@dataclass(frozen=True)
class Closure:
    """When to stop, and what it is worth.

    Attributes
    ----------
    npv_eur : array, shape (years,)
        Present value if the hub closes at the end of each year; the last is the base case.
    best_year : int
        Year with the largest of them, from 1.
    option_eur : float
        Gain over running to the end, 0 where that is best [EUR].
    """

    npv_eur: FloatArray
    best_year: int
    option_eur: float


def closure(
    assets: Sequence[Asset],
    ebitda_eur: FloatArray,
    rate_share: float,
    fetched_share: float,
    *,
    first_day_eur: float = 0.0,
    binding_years: float = 0.0,
    vat_share: float = 0.0,
) -> Closure:
    """Present value of closing at the end of each year.

    Parameters
    ----------
    assets : sequence of Asset
        Of one hub; costs are single numbers.
    ebitda_eur : array, shape (years,)
        Gain from operation in each year.
    fetched_share : float
        Part of the book value fetched on an early closure; a part at the end of its life fetches
        its resale as always [0-1].
    first_day_eur : float
        Grants received when building [EUR].
    binding_years : float
        Years for which the grant binds: closing before they are over repays
        ``grant (1 - year / binding_years)``; 0 where it demands nothing [a].
    vat_share : float
        Tax that does not come back, over purchases [0-1].
    """
    within("fetched_share", fetched_share, 0.0, 1.0)
    within("binding_years", binding_years, 0.0)
    gains = as_floats(ebitda_eur)
    last = len(gains)
    worth = np.zeros(last)
    for year in range(1, last + 1):
        flows = np.concatenate([[first_day_eur], gains[:year]])
        for asset in assets:
            flows = flows + asset_flows(asset, year) - vat_share * bought(asset, year)
            if year < last and year % asset.life_years:
                flows[-1] -= (1.0 - fetched_share) * _book_eur(asset, year)
        if year < last:
            flows[-1] -= repaid_eur(first_day_eur, year, binding_years)
        worth[year - 1] = float(present_value(flows, rate_share))
    if np.isnan(worth).any():
        return Closure(worth, last, float("nan"))
    best = int(worth.argmax())
    return Closure(worth, best + 1, float(worth[best] - worth[-1]))


def repaid_eur(grant_eur: float, year: int, binding_years: float) -> float:
    """Part of a grant that goes back when a hub closes at the end of a year [EUR].

    Examples
    --------
    >>> repaid_eur(100_000.0, 4, 10.0)
    60000.0
    >>> repaid_eur(100_000.0, 4, 0.0)
    0.0
    """
    if binding_years <= 0.0:
        return 0.0
    return grant_eur * max(0.0, 1.0 - year / binding_years)


def _book_eur(asset: Asset, year: int) -> float:
    """Value left by straight line, as `asset_flows` counts it at the end of a study."""
    left = (asset.life_years - year % asset.life_years) / asset.life_years
    resale = asset.resale_share
    return float(as_floats(asset.cost_eur)) * (resale + (1.0 - resale) * left)
