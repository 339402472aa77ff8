"""What is done with the coins: sold at once, or kept up to a limit.

Selling at once is the default: municipal law asks for safety first. Keeping coins moves income to
later and makes it follow the price of the coin; it earns nothing by itself.
"""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.errors import InvalidInput


@dataclass(frozen=True)
class Treasury:
    """The rule: part of each year's coins that is kept, and the most they may be worth.

    Attributes
    ----------
    hold_share : float
        0 sells everything at once [0-1].
    limit_eur : float
        Value of all coins kept, at the price of the day; above it the rest is sold [EUR].
    """

    hold_share: float
    limit_eur: float

    def __post_init__(self) -> None:
        within("hold_share", self.hold_share, 0.0, 1.0)
        within("limit_eur", self.limit_eur, 0.0)


@dataclass(frozen=True)
class Held:
    """Cash and coins year by year, shape (years,) [EUR]; all coins are sold in the last year."""

    cash_eur: FloatArray
    coins_eur: FloatArray


def hold_coins(income_eur: FloatArray, price_factor: FloatArray, rule: Treasury) -> Held:
    """Turn income in coins into cash under a rule.

    Parameters
    ----------
    income_eur : array, shape (years,)
        What the coins of each year are worth when they are made.
    price_factor : array, shape (years,)
        Price of the coin in each year over that of the first day, above 0.

    Returns
    -------
    Held
        With a price that stays, the cash of all years is the income of all years.
    """
    income, price = as_floats(income_eur), as_floats(price_factor)
    if income.shape != price.shape or income.ndim != 1:
        raise InvalidInput(
            f"Income {income.shape} and price of the coin {price.shape} need one value a year."
        )
    within("price_factor", price, 1e-9)
    within("income_eur", income, 0.0)
    cash, worth = np.zeros_like(income), np.zeros_like(income)
    coins = 0.0
    for year, (made, now) in enumerate(zip(income, price, strict=True)):
        last = year == len(income) - 1
        coins += rule.hold_share * made / now
        kept = 0.0 if last else min(coins, rule.limit_eur / now)
        cash[year] = (1.0 - rule.hold_share) * made + (coins - kept) * now
        coins = kept
        worth[year] = coins * now
    return Held(cash, worth)
