"""Contracts for the same electricity: flexible, band load, atypical use of the network.

*Flexible* pays the published tariff and follows prices and heat. *Band load* pays a part of the
network charges for a load that never rests; it is lost as soon as the hub turns down. *Atypical
use* pays a part of the capacity charge for staying off while the network is full. Which is best is
a question of each year: model all of them and take the best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats, within
from engines.assumptions import Assumptions
from engines.calendar import month_of_hour
from engines.errors import InvalidInput
from engines.grid.tariff import Tariff
from engines.tables import catalogue
from engines.units import HOURS_PER_DAY

IDLE, FLEXIBLE, BAND_LOAD, ATYPICAL = "idle", "flexible", "band_load", "atypical"


@dataclass(frozen=True)
class HighLoadWindow:
    """When the network operator counts the network as full; months 1 to 12, hours of the clock.

    `from_h` belongs to the window, `to_h` does not.
    """

    months: tuple[int, ...]
    from_h: int
    to_h: int

    def __post_init__(self) -> None:
        if not self.months or any(month not in range(1, 13) for month in self.months):
            raise InvalidInput("A high-load window needs months from 1 to 12.")
        if not 0 <= self.from_h < self.to_h <= HOURS_PER_DAY:
            raise InvalidInput("A high-load window runs from an earlier to a later hour, 0 to 24.")


def high_load_hours(
    windows: Sequence[HighLoadWindow], hours: int, utc_offset_h: int
) -> NDArray[np.bool_]:
    """Hours of a UTC year that lie in one of the windows, by the clock of standard time."""
    month = np.roll(month_of_hour(hours), -utc_offset_h) + 1
    clock = (np.arange(hours) + utc_offset_h) % int(HOURS_PER_DAY)
    full = np.zeros(hours, dtype=bool)
    for window in windows:
        full |= np.isin(month, window.months) & (clock >= window.from_h) & (clock < window.to_h)
    return full


def band_load_share(full_load_h: FloatArray, energy_mwh: FloatArray, a: Assumptions) -> FloatArray:
    """Part of the network charges that a band load pays; NaN where the contract is not open.

    StromNEV s.19: from 7,000 h and more than 10 GWh a year, in steps of ``band_load_steps.csv``.

    Parameters
    ----------
    full_load_h : array
        Energy over the highest power [h/a].
    energy_mwh : array
        [MWh/a].
    """
    share = np.full(np.shape(full_load_h), np.nan)
    steps = [
        (float(row["full_load_h"]), float(row["charge_share"]))
        for row in catalogue("band_load_steps").values()
    ]
    for hours, part in sorted(steps):
        share = np.where(full_load_h >= hours, part, share)
    return as_floats(np.where(energy_mwh > a["contract.band_least_mwh"], share, np.nan))


def band_load_bill_eur(
    market_and_adders_eur: FloatArray,
    energy_mwh: FloatArray,
    peak_kw: FloatArray,
    tariff: Tariff,
    share: FloatArray,
) -> FloatArray:
    """Bill of a band load: the published bill less the part of the network charges it is spared.

    Parameters
    ----------
    market_and_adders_eur : array
        Published bill without the capacity charge [EUR/a].
    share : array
        From `band_load_share`; NaN gives NaN.
    """
    published = (
        energy_mwh * tariff.energy_charge_eur_per_mwh
        + peak_kw * tariff.capacity_charge_eur_per_kw_a
    )
    capacity = peak_kw * tariff.capacity_charge_eur_per_kw_a
    return market_and_adders_eur + capacity - (1.0 - share) * published


def atypical_tariff(tariff: Tariff, a: Assumptions) -> Tariff:
    """Tariff of a hub that stays off in the high-load windows."""
    share = within("atypical share", a["contract.atypical_charge_share"], 0.0, 1.0)
    return replace(
        tariff,
        capacity_charge_eur_per_kw_a=float(share) * tariff.capacity_charge_eur_per_kw_a,
    )


def best_contract(
    margins_eur: Mapping[str, FloatArray],
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Choose the contract with the largest yearly margin, and none at all where all lose.

    Parameters
    ----------
    margins_eur : mapping of str to array, one shape
        What a year earns from operation under each contract, all charges of the year deducted;
        NaN where a contract is not open.

    Returns
    -------
    names : tuple of str
        `IDLE` first, then the contracts in their order.
    chosen : array of int
        Place of the chosen one among the names; a tie goes to the earlier one.
    """
    names = (IDLE, *margins_eur)
    stacked = np.stack(
        [np.zeros(np.shape(next(iter(margins_eur.values())))), *margins_eur.values()]
    )
    return names, np.where(np.isnan(stacked), -np.inf, stacked).argmax(axis=0).astype(np.int64)
