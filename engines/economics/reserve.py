"""Money kept back for bad years, and how long until a hub pays for the next one.

Domain.md 5.6 and 5.7. The reserve is sized on slumps, not on a share of the investment: it is what
operation, loan and the next machines would take out of it until the slump ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within

MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class ReserveFund:
    """What is kept in hand [EUR].

    Attributes
    ----------
    by_path_eur : mapping of str to float
        Largest drawdown in each stress.
    worst : str
        The stress that takes most.
    drawdown_eur : float
        What it takes.
    opex_eur : float
        Operation kept in hand besides.
    """

    by_path_eur: Mapping[str, float]
    worst: str
    drawdown_eur: float
    opex_eur: float

    @property
    def total_eur(self) -> float:
        """Drawdown and operation [EUR]."""
        return self.drawdown_eur + self.opex_eur


def sinking_eur_per_a(machines_eur: float, resale_share: float, life_years: int) -> float:
    """Yearly sum put aside for the next machines: ``price (1 - resale)/life`` [EUR/a]."""
    within("life_years", float(life_years), 1.0)
    return machines_eur * (1.0 - resale_share) / life_years


def drawdown_eur(shortfall_eur_per_month: FloatArray, longest_months: int) -> float:
    """Most that is taken out over any stretch of at most `longest_months` months [EUR].

    Parameters
    ----------
    shortfall_eur_per_month : array, shape (months,)
        What is missing in each month; negative where something is left over, which is put back.

    Notes
    -----
    A path shorter than the stretch is taken to end well.
    """
    within("longest_months", float(longest_months), 1.0)
    total = np.concatenate([[0.0], np.cumsum(as_floats(shortfall_eur_per_month))])
    if np.isnan(total).any():
        return float("nan")
    return float(
        max(
            (total[start : start + longest_months + 1] - total[start]).max()
            for start in range(len(total))
        )
    )


def reserve_fund(
    margins_eur_per_a: Mapping[str, FloatArray],
    due_eur_per_a: float,
    opex_eur_per_a: float,
    longest_months: int,
    opex_months: float,
) -> ReserveFund:
    """Size the reserve: the worst drawdown of all stresses, and some months of operation.

    ``max over paths of max drawdown over T months of (opex + debt service + sinking - margin)+``
    plus opex of some months.

    Parameters
    ----------
    margins_eur_per_a : mapping of str to array, shape (years,)
        Heat and compute income less electricity in each year of a stress; a year counts evenly
        over its months.
    due_eur_per_a : float
        Operation, debt service and sinking fund.
    """
    by_path = {
        name: drawdown_eur(
            np.repeat((due_eur_per_a - as_floats(margin)) / MONTHS_PER_YEAR, MONTHS_PER_YEAR),
            longest_months,
        )
        for name, margin in margins_eur_per_a.items()
    }
    # a stress that is not known is the worst: nobody can say what it takes
    worst = max(by_path, key=lambda name: np.nan_to_num(by_path[name], nan=np.inf))
    return ReserveFund(
        by_path_eur=by_path,
        worst=worst,
        drawdown_eur=by_path[worst],
        opex_eur=opex_eur_per_a * opex_months / MONTHS_PER_YEAR,
    )


def years_to_fund(free_eur_per_a: FloatArray, needed_eur: float) -> float:
    """Years until what is left over each year adds up to `needed_eur`; NaN if it never does.

    Years with a loss take from the sum. Inside a year the sum grows evenly.
    """
    total = np.cumsum(as_floats(free_eur_per_a))
    if np.isnan(needed_eur) or np.isnan(total).any():
        return float("nan")
    if needed_eur <= 0.0:
        return 0.0
    reached = np.flatnonzero(total >= needed_eur)
    if not reached.size:
        return float("nan")
    year = int(reached[0])
    before = float(total[year - 1]) if year else 0.0
    return year + (needed_eur - before) / (float(total[year]) - before)
