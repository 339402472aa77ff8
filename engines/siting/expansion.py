"""The next hub: whether what a first hub leaves over pays for another one, and when.

Cash is gathered by year; the reserve is filled before anything else. When what lies beyond it
covers the own part of the next hub, that hub is built and its cash joins from the next year on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, finite, non_negative, share
from engines.errors import InvalidInput


@dataclass(frozen=True)
class NextHub:
    """One hub of the chain.

    Attributes
    ----------
    name : str
    free_eur : array, shape (futures, years)
        Cash left over in each calendar year of the chain if the hub runs then: earnings before
        interest, tax and depreciation, less what is put aside for new machines, less debt service
        [EUR/a]. The market is that of the calendar: a hub that starts later begins with the prices
        of its year.
    cost_eur : float
        To build it.
    reserve_eur : float
        Reserve it must hold.
    """

    name: str
    free_eur: FloatArray
    cost_eur: float
    reserve_eur: float


@dataclass(frozen=True)
class Chain:
    """What becomes of the chain in every future.

    Attributes
    ----------
    names : tuple of str
        The first hub, then its successors in order.
    built_year : array, shape (futures, hubs)
        Years after the start at which each is built; 0 for the first, NaN where never.
    success_share : array, shape (hubs,)
        Share of futures in which it is built within the horizon.
    median_year : array, shape (hubs,)
        Median of those years; NaN where it is never built.
    cash_eur : array, shape (futures, years)
        Cash at the end of each year, reserve included.
    """

    names: tuple[str, ...]
    built_year: FloatArray
    success_share: FloatArray
    median_year: FloatArray
    cash_eur: FloatArray


def expansion(hubs: Sequence[NextHub], equity_share: float, *, part_years: bool = False) -> Chain:
    """Follow the chain through all years of all futures.

    Parameters
    ----------
    hubs : sequence of NextHub
        The first one is built at the start; the others follow in this order, each as soon as it is
        paid for.
    equity_share : float
        Part of the cost of a hub that has to be there in cash [0-1]; the rest is borrowed, and the
        debt service of the new hub is in its own cash.
    part_years : bool
        Give the moment inside the year at which the cash was reached, as if it came evenly; the
        new hub still joins at the next year.

    Raises
    ------
    InvalidInput
        If the hubs do not cover the same futures and years.

    Notes
    -----
    ``cash_t = cash_{t-1} + sum_built free_{h,t}``; hub `k` is built when ``cash >= sum of the
    reserves of the hubs built + equity_share C_k`` and pays that part; its own reserve is filled
    before the one after it is paid for (domain notes 5.6, 5.7).
    """
    share("equity_share", equity_share)
    if not hubs:
        raise InvalidInput("A chain needs a first hub.")
    free = [finite(f"Cash of {hub.name}", hub.free_eur) for hub in hubs]
    if free[0].ndim != 2 or len({each.shape for each in free}) != 1:  # noqa: PLR2004
        raise InvalidInput("Every hub of a chain needs cash for the same futures and years.")
    reserve = non_negative("Reserve", np.array([hub.reserve_eur for hub in hubs]))
    needed = equity_share * non_negative("Cost", np.array([hub.cost_eur for hub in hubs]))
    futures, years = free[0].shape
    built = np.full((futures, len(hubs)), np.nan)
    built[:, 0] = 0.0
    cash = np.zeros(futures)
    held = np.full(futures, reserve[0])
    path = np.zeros((futures, years))
    for t in range(years):
        earned = sum(np.where(built[:, k] <= t, each[:, t], 0.0) for k, each in enumerate(free))
        before = cash.copy()
        cash = cash + earned
        for k in range(1, len(hubs)):
            able = np.isnan(built[:, k]) & ~np.isnan(built[:, k - 1]) & (built[:, k - 1] <= t)
            able &= cash >= held + needed[k]
            moment = np.full(futures, t + 1.0)
            if part_years:
                step = np.where(earned > 0.0, earned, 1.0)
                moment = t + np.clip((held + needed[k] - before) / step, 0.0, 1.0)
            built[:, k] = np.where(able, moment, built[:, k])
            cash = np.where(able, cash - needed[k], cash)
            held = np.where(able, held + reserve[k], held)
        path[:, t] = cash
    return Chain(
        names=tuple(hub.name for hub in hubs),
        built_year=built,
        success_share=np.asarray((~np.isnan(built)).mean(axis=0), dtype=np.float64),
        median_year=_medians(built),
        cash_eur=path,
    )


def _medians(built: FloatArray) -> FloatArray:
    """Return the median year of each hub over the futures in which it is built."""
    known = [column[~np.isnan(column)] for column in built.T]
    return np.array([float(np.median(each)) if len(each) else np.nan for each in known])
