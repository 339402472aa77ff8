"""How much of the electricity is drawn at which price: hours, energy and money by price regime.

Signs: energy drawn from the grid and money paid by the hub are positive; money the hub receives is
negative. A negative exchange price is not free power: fees, levies and tax come on top.
"""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats
from engines.errors import InvalidInput
from engines.units import KWH_PER_MWH

PAID, NEGATIVE, COMPUTING, WITH_HEAT, DEAR = "paid", "negative", "computing", "with_heat", "dear"


@dataclass(frozen=True)
class Regime:
    """One price regime of a year.

    Attributes
    ----------
    key : str
        ``paid``: the all-in price is negative; ``negative``: only the exchange price is;
        ``computing``: computing alone pays the electricity; ``with_heat``: computing and heat
        together do; ``dear``: nothing does.
    hours, run_h : float
        Hours of the year in this regime; in how many of them the hub runs [h/a].
    energy_mwh : float
        Drawn from the grid [MWh/a].
    cost_eur : float
        Paid for it by the hourly price, the capacity charge left out [EUR/a].
    """

    key: str
    hours: float
    run_h: float
    energy_mwh: float
    cost_eur: float

    @property
    def mean_eur_per_mwh(self) -> float:
        """Mean price of what is drawn; NaN where nothing is."""
        return self.cost_eur / self.energy_mwh if self.energy_mwh > 0.0 else float("nan")


def price_regimes(
    day_ahead_eur_per_mwh: FloatArray,
    price_eur_per_mwh: FloatArray,
    alone_eur_per_mwh: FloatArray,
    with_heat_eur_per_mwh: FloatArray,
    drawn_kw: FloatArray,
    in_service_share: float,
) -> tuple[Regime, ...]:
    """Sort the hours of a year by what their price means for the hub.

    Parameters
    ----------
    day_ahead_eur_per_mwh, price_eur_per_mwh : array, shape (hours,)
        Exchange price and all-in price.
    alone_eur_per_mwh, with_heat_eur_per_mwh : array, shape (hours,)
        All-in price up to which the electricity is paid by computing alone, and by computing and
        heat.
    drawn_kw : array, shape (hours,)
        Grid power while in service.
    in_service_share : float
        Expected share of hours in service; a factor on energy, money and hours run.

    Returns
    -------
    tuple of Regime
        Every hour is in exactly one; energy and money add up to those of the year.
    """
    day_ahead, price, drawn = (
        as_floats(each) for each in (day_ahead_eur_per_mwh, price_eur_per_mwh, drawn_kw)
    )
    if not day_ahead.shape == price.shape == drawn.shape:
        raise InvalidInput("Prices and power must cover the same hours.")
    regime = np.select(
        [
            price < 0.0,
            day_ahead < 0.0,
            price <= alone_eur_per_mwh,
            price <= np.maximum(with_heat_eur_per_mwh, alone_eur_per_mwh),
        ],
        [0, 1, 2, 3],
        default=4,
    )
    energy = drawn / KWH_PER_MWH * in_service_share
    return tuple(
        Regime(
            key=key,
            hours=float((regime == place).sum()),
            run_h=float((drawn[regime == place] > 0.0).sum()) * in_service_share,
            energy_mwh=float(energy[regime == place].sum()),
            cost_eur=float((energy * price)[regime == place].sum()),
        )
        for place, key in enumerate((PAID, NEGATIVE, COMPUTING, WITH_HEAT, DEAR))
    )
