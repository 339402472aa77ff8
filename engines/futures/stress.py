"""Named bad cases as data: what each does to a study, year by year.

A row of ``engines/data/stress.csv`` changes a few things and leaves the rest; an empty cell changes
nothing. Cells that hold for some years only do so from ``from_year`` to ``until_year``, counted
from the start of operation; of a year that lies half inside, half is as in the study.
"""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, within
from engines.compute.revenue import halving_step_factors
from engines.economics.cashflow import Asset, asset_flows, bought
from engines.tables import catalogue


@dataclass(frozen=True)
class BadCase:
    """One case; NaN where it changes nothing.

    Attributes
    ----------
    key, label : str
    hashprice_usd_per_ph_day : float
        Flat in all years.
    decay_share_per_a, halving_kept_share : float
        In place of the study's.
    compute_factor, day_ahead_factor, demand_factor, headroom_factor : float
    surcharge_eur_per_mwh : float
        On every MWh of electricity.
    heat_eur_per_mwh : float
        Marginal cost of the displaced heat, in place of the study's.
    from_year, until_year : float
        When factors and surcharge hold; the whole study where NaN.
    stop_year, resale_share : float
        When machines are sold, and for which part of their price; they are not bought again.
    hold_years, hold_factor : float
        Years for which coins are held, and their price then over that of the day.
    """

    key: str
    label: str
    hashprice_usd_per_ph_day: float
    decay_share_per_a: float
    halving_kept_share: float
    compute_factor: float
    day_ahead_factor: float
    surcharge_eur_per_mwh: float
    demand_factor: float
    headroom_factor: float
    heat_eur_per_mwh: float
    from_year: float
    until_year: float
    stop_year: float
    resale_share: float
    hold_years: float
    hold_factor: float

    @property
    def needs_hashing(self) -> bool:
        """Whether the case speaks of hash prices, halvings or coins."""
        cells = (self.hashprice_usd_per_ph_day, self.halving_kept_share, self.hold_years)
        return not all(np.isnan(cell) for cell in cells)

    @property
    def ends_everything(self) -> bool:
        """Whether nothing runs after the stop, so that what is built has no worth left."""
        return not np.isnan(self.stop_year) and self.headroom_factor == 0.0


def bad_cases() -> tuple[BadCase, ...]:
    """Return the cases of ``stress.csv`` in the order of the table."""
    names = BadCase.__dataclass_fields__
    return tuple(
        BadCase(**{name: row[name] for name in names})  # type: ignore[arg-type]
        for row in catalogue("stress").values()
    )


def share_of_years(case: BadCase, years: int) -> FloatArray:
    """Return which part of each year lies inside the case, shape (years,) [0-1]."""
    start = np.arange(years, dtype=np.float64)
    first = 0.0 if np.isnan(case.from_year) else case.from_year
    last = float(years) if np.isnan(case.until_year) else case.until_year
    inside = np.minimum(start + 1.0, last) - np.maximum(start, first)
    return np.asarray(inside.clip(0.0, 1.0), dtype=np.float64)


def compute_of_years(
    case: BadCase,
    usual_eur_per_mwh: FloatArray,
    flat_eur_per_mwh: float,
    decay_share_per_a: float,
    start_year: float,
    halving_year: float,
    halving_kept_share: float,
) -> FloatArray:
    """Return the revenue of computing in each year of a case, before its factor [EUR/MWh_IT].

    Parameters
    ----------
    case : BadCase
    usual_eur_per_mwh : array, shape (years,)
        The study's.
    flat_eur_per_mwh : float
        Revenue at the hash price of the case; not used where it has none.
    decay_share_per_a, start_year, halving_year, halving_kept_share : float
        What the study's revenue was made with.
    """
    years = len(usual_eur_per_mwh)
    if not np.isnan(case.hashprice_usd_per_ph_day):
        return np.full(years, flat_eur_per_mwh)
    path = usual_eur_per_mwh.copy()
    if not np.isnan(case.decay_share_per_a):
        slower = (1.0 - case.decay_share_per_a) / (1.0 - decay_share_per_a)
        path = path * slower ** np.arange(years)
    if not np.isnan(case.halving_kept_share):
        steps = [
            halving_step_factors(start_year, years, (halving_year,), kept)
            for kept in (case.halving_kept_share, halving_kept_share)
        ]
        path = path * steps[0] / steps[1]
    return path


def held_income(case: BadCase, compute_eur: FloatArray) -> FloatArray:
    """Return the income from computing when coins are held; the last years sell at the end.

    Parameters
    ----------
    compute_eur : array, shape (..., years)
    """
    if np.isnan(case.hold_years):
        return compute_eur
    years = compute_eur.shape[-1]
    held = round(float(within("hold_years", case.hold_years, 0.0)))
    sold = np.zeros_like(compute_eur)
    for year in range(years):
        sold[..., min(year + held, years - 1)] += case.hold_factor * compute_eur[..., year]
    return sold


def flows_with_stop(case: BadCase, asset: Asset, years: int, vat_share: float = 0.0) -> FloatArray:
    """Return what is bought, sold and left of an asset, shape (..., years + 1) [EUR].

    After a stop machines fetch their resale share at the end of the year in which they stop, and
    nothing is bought any more. If the hub ends with them, nothing is left of the other parts.
    """
    flows = asset_flows(asset, years) - vat_share * bought(asset, years)
    machines = asset.name == "asic"
    if np.isnan(case.stop_year) or not (machines or case.ends_everything):
        return flows
    last = int(np.ceil(case.stop_year))
    stopped = flows.copy()
    stopped[..., last:] = 0.0
    if machines:
        stopped[..., last] = case.resale_share * np.asarray(asset.cost_eur)
    return stopped
