"""Flows of money over the years: investment with replacements, present value, rates of return.

Flows are arrays whose last axis counts years 0..N: year 0 is the day of building, year `t` the end
of the t-th year of operation. Amounts are real (price level of year 0) and without VAT.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing
from engines.errors import InvalidInput

RATE_GRID = np.linspace(-0.9, 1.0, 381)
"""Rates between which a return is looked for; two roots closer than 0.005 look like none."""
BISECTIONS = 60


@dataclass(frozen=True)
class Asset:
    """Something bought, used up, and bought again.

    Attributes
    ----------
    name : str
        For the table of parts.
    cost_eur : float or array (parcels,)
        Price of one purchase [EUR].
    life_years : int
        Years until it is replaced.
    resale_share : float
        Part of the price it still fetches at the end of its life [0-1].
    """

    name: str
    cost_eur: ArrayLike
    life_years: int
    resale_share: float

    def __post_init__(self) -> None:
        within_or_missing(f"cost of {self.name}", self.cost_eur, 0.0)
        within(f"life of {self.name}", float(self.life_years), 1.0)
        within(f"resale share of {self.name}", self.resale_share, 0.0, 1.0)


@dataclass(frozen=True)
class RateOfReturn:
    """Internal rates of return of one or many rows of flows; NaN where there is none.

    Attributes
    ----------
    rate_share : array (...)
        The internal rate, only where the flows change sign once [1/a].
    nearest_root_share : array (...)
        The root in [-0.9, 1] nearest the discount rate, unique or not [1/a].
    sign_changes : array of int (...)
        Sign changes in the flows; above 1 the root need not be unique.
    modified_share : array (...)
        Modified internal rate, financed and reinvested at the discount rate [1/a].
    """

    rate_share: FloatArray
    nearest_root_share: FloatArray
    sign_changes: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    modified_share: FloatArray


def asset_flows(asset: Asset, horizon_years: int) -> FloatArray:
    """Purchases, resales and the value left at the end of the study.

    The asset is bought in year 0 and replaced at the end of each life that ends before the
    horizon. At the horizon it is worth ``resale + (1 - resale)*(life - age)/life`` of its price
    (straight line), which is the resale alone when a life ends there.

    Returns
    -------
    array (..., horizon_years + 1)
        Payments are negative [EUR].
    """
    if horizon_years < 1:
        raise InvalidInput(f"The study must cover at least one year, not {horizon_years}.")
    pattern = np.zeros(horizon_years + 1)
    pattern[0] = -1.0
    replaced = np.arange(asset.life_years, horizon_years, asset.life_years)
    pattern[replaced] = asset.resale_share - 1.0
    age = horizon_years - int(replaced[-1] if len(replaced) else 0)
    left = (asset.life_years - age) / asset.life_years
    pattern[-1] += asset.resale_share + (1.0 - asset.resale_share) * left
    return as_floats(as_floats(asset.cost_eur)[..., None] * pattern)


def bought(asset: Asset, horizon_years: int) -> FloatArray:
    """Return what is paid for the asset in each year, positive, (..., horizon_years + 1) [EUR]."""
    times = np.zeros(horizon_years + 1)
    times[0 : horizon_years : asset.life_years] = 1.0
    return as_floats(as_floats(asset.cost_eur)[..., None] * times)


def present_value(flows_eur: FloatArray, rate_share: float) -> FloatArray:
    """Worth today of flows: ``sum_t CF_t/(1+r)^t`` over the last axis [EUR].

    Parameters
    ----------
    flows_eur : array (..., years + 1)
        Year 0 first.
    rate_share : float
        Real discount rate [1/a].

    Returns
    -------
    array (...)
    """
    within("rate_share", rate_share, -0.99, 10.0)
    flows = as_floats(flows_eur)
    return as_floats(flows @ (1.0 + rate_share) ** -np.arange(flows.shape[-1], dtype=np.float64))


def modified_rate(flows_eur: FloatArray, rate_share: float) -> FloatArray:
    """Return the modified internal rate of return, same rate for finance and reinvestment.

    ``(FV of incomes / PV of payments)^(1/N) - 1``; NaN without both an income and a payment.
    """
    flows = as_floats(flows_eur)
    years = flows.shape[-1] - 1
    income = present_value(flows.clip(min=0.0), rate_share) * (1.0 + rate_share) ** years
    payment = -present_value(flows.clip(max=0.0), rate_share)
    possible = (income > 0.0) & (payment > 0.0)
    ratio = income / np.where(possible, payment, 1.0)
    return as_floats(np.where(possible, ratio ** (1.0 / years) - 1.0, np.nan))


def rate_of_return(flows_eur: FloatArray, rate_share: float) -> RateOfReturn:
    """Find internal rates of return by bisection on [-0.9, 1].

    Parameters
    ----------
    flows_eur : array (..., years + 1)
        Rows with NaN give NaN.
    rate_share : float
        Discount rate, used to choose among several roots and for the modified rate [1/a].

    Notes
    -----
    Several sign changes (a hub that buys new machines in year 5 has them) allow several roots.
    Then `rate_share` is NaN and only the modified rate should be shown as *the* return.
    """
    flows = as_floats(flows_eur)
    rows = flows.reshape(-1, flows.shape[-1])
    nearest = _nearest_root(rows, rate_share).reshape(flows.shape[:-1])
    changes = np.array([_sign_changes(row) for row in rows], dtype=np.int64)
    changes = changes.reshape(flows.shape[:-1])
    return RateOfReturn(
        rate_share=as_floats(np.where(changes == 1, nearest, np.nan)),
        nearest_root_share=as_floats(nearest),
        sign_changes=changes,
        modified_share=modified_rate(flows, rate_share),
    )


def _sign_changes(row: FloatArray) -> int:
    signs = np.sign(row[row != 0.0])
    return int((signs[1:] * signs[:-1] < 0.0).sum())


def _nearest_root(rows: FloatArray, near_share: float) -> FloatArray:
    powers = np.arange(rows.shape[1], dtype=np.float64)
    positive = rows @ (1.0 + RATE_GRID) ** -powers[:, None] > 0.0
    crosses = positive[:, 1:] != positive[:, :-1]
    middle = (RATE_GRID[1:] + RATE_GRID[:-1]) / 2.0
    distance = np.where(crosses, np.abs(middle - near_share), np.inf)
    cell = distance.argmin(axis=1)
    low, high = RATE_GRID[cell], RATE_GRID[cell + 1]
    start = positive[np.arange(len(rows)), cell]
    for _ in range(BISECTIONS):
        centre = (low + high) / 2.0
        value = (rows * (1.0 + centre[:, None]) ** -powers).sum(axis=1)
        same = (value > 0.0) == start
        low, high = np.where(same, centre, low), np.where(same, high, centre)
    found = crosses.any(axis=1) & ~np.isnan(rows).any(axis=1)
    return as_floats(np.where(found, (low + high) / 2.0, np.nan))
