"""A loan with level payments, and whether the operation carries it."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.economics.annuity import annuity_factor


@dataclass(frozen=True)
class Loan:
    """Terms of a loan; payments in the price level of the study.

    Attributes
    ----------
    share : float
        Over the whole investment [0-1].
    rate_share : float
        Interest [1/a]; may be 0.
    years : int
        Term [a].
    """

    share: float
    rate_share: float
    years: int

    def __post_init__(self) -> None:
        within("loan share", self.share, 0.0, 1.0)
        within("loan rate", self.rate_share, 0.0, 1.0)
        within("loan years", float(self.years), 1.0)


@dataclass(frozen=True)
class DebtService:
    """What the loan costs year by year, shape (years,) [EUR/a]; `drawn_eur` on the day of building.

    Every year ``interest + repayment`` is the same until the loan is paid back.
    """

    drawn_eur: float
    interest_eur: FloatArray
    repayment_eur: FloatArray

    @property
    def service_eur(self) -> FloatArray:
        """Interest and repayment [EUR/a]."""
        return self.interest_eur + self.repayment_eur


def debt_service(investment_eur: float, loan: Loan, horizon_years: int) -> DebtService:
    """Interest and repayment of a loan over the study.

    ``service = share * C0 * a(rate, years)``; domain.md 5.6: 70 % of 3,640,776 EUR at 4.5 % over
    15 years are 237,305 EUR a year. What is still owed at the end of the study is paid then.
    """
    drawn = loan.share * investment_eur
    level = drawn * float(annuity_factor(loan.rate_share, loan.years))
    interest, repayment = np.zeros(horizon_years), np.zeros(horizon_years)
    owed = drawn
    for year in range(min(horizon_years, loan.years)):
        interest[year] = owed * loan.rate_share
        repayment[year] = level - interest[year]
        owed -= repayment[year]
    if loan.years > horizon_years:
        repayment[-1] += owed
    return DebtService(drawn, interest, repayment)


def coverage(ebitda_eur: FloatArray, service_eur: FloatArray) -> FloatArray:
    """Debt service coverage ratio of each year: gain from operation over what the loan costs [-].

    NaN in years without a payment.
    """
    service = as_floats(service_eur)
    due = service > 0.0
    return as_floats(np.where(due, as_floats(ebitda_eur) / np.where(due, service, 1.0), np.nan))
