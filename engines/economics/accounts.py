"""The cash flow of one hub, line by line and year by year.

Incomes are positive, payments negative. Year 0 is the day of building, year t the end of the t-th
year of operation. The sum over the lines of a year is the flow of that year; the sum over the years
of a line is what the line comes to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.economics.cashflow import Asset, asset_flows
from engines.errors import InvalidInput

HEAT, COMPUTE = "heat", "compute"
OPERATION, INVESTMENT = "operation", "investment"
BOUGHT, REPLACED, RESOLD, LEFT = "bought", "replaced", "resold", "left"


@dataclass(frozen=True)
class Line:
    """One line: `block` is ``operation`` or ``investment``, amounts of shape (years + 1,) [EUR]."""

    key: str
    block: str
    amounts_eur: FloatArray

    @property
    def total_eur(self) -> float:
        """Sum over the years [EUR]."""
        return float(self.amounts_eur.sum())


@dataclass(frozen=True)
class Accounts:
    """All lines of one hub."""

    lines: tuple[Line, ...]

    @property
    def flows_eur(self) -> FloatArray:
        """Sum of the lines in each year, shape (years + 1,)."""
        return as_floats(sum(line.amounts_eur for line in self.lines))

    @property
    def operation_eur(self) -> FloatArray:
        """Gain from operation in each year, without purchases, shape (years + 1,)."""
        return as_floats(sum(li.amounts_eur for li in self.lines if li.block == OPERATION))

    def line(self, key: str) -> FloatArray:
        """Amounts of one line; zeros where the hub has none."""
        return as_floats(sum((li.amounts_eur for li in self.lines if li.key == key), 0.0))


def asset_lines(assets: Sequence[Asset], years: int) -> dict[str, FloatArray]:
    """Purchases, replacements, resales and what is left, each of shape (years + 1,) [EUR].

    The four add up to the sum of `asset_flows`.
    """
    lines = {name: np.zeros(years + 1) for name in (BOUGHT, REPLACED, RESOLD, LEFT)}
    for asset in assets:
        cost = float(as_floats(asset.cost_eur))
        flows = asset_flows(asset, years)
        replaced = np.arange(asset.life_years, years, asset.life_years)
        lines[BOUGHT][0] -= cost
        lines[REPLACED][replaced] -= cost
        lines[RESOLD][replaced] += cost * asset.resale_share
        lines[LEFT][years] += flows[-1]
    return lines


def accounts(
    incomes_eur: Mapping[str, FloatArray],
    costs_eur: Mapping[str, FloatArray],
    assets: Sequence[Asset],
    years: int,
    *,
    grant_eur: float = 0.0,
    vat_share: float = 0.0,
) -> Accounts:
    """Lay out the cash flow of one hub.

    Parameters
    ----------
    incomes_eur, costs_eur : mapping of str to array, shape (years,)
        Amounts of the years as positive numbers; a negative cost is an income.
    assets : sequence of Asset
        Of one hub; costs are single numbers.
    vat_share : float
        Value added tax that does not come back, over purchases and costs [0-1].
    """
    within("vat_share", vat_share, 0.0, 1.0)
    lines = [
        Line(key, OPERATION, _from_year_one(values, years, key))
        for key, values in incomes_eur.items()
    ]
    lines += [
        Line(key, OPERATION, -_from_year_one(values, years, key))
        for key, values in costs_eur.items()
    ]
    parts = asset_lines(assets, years)
    if vat_share:
        lines.append(Line("vat_running", OPERATION, vat_share * running_taxed(costs_eur, years)))
    lines += [Line(key, INVESTMENT, amounts) for key, amounts in parts.items() if amounts.any()]
    if vat_share:
        taxed = vat_share * (parts[BOUGHT] + parts[REPLACED])
        lines.append(Line("vat_invested", INVESTMENT, taxed))
    if grant_eur:
        first = np.zeros(years + 1)
        first[0] = grant_eur
        lines.append(Line("grant", INVESTMENT, first))
    return Accounts(tuple(lines))


def running_taxed(costs_eur: Mapping[str, FloatArray], years: int) -> FloatArray:
    """Payments of the years that carry tax, as negative amounts, shape (years + 1,)."""
    total = as_floats(sum(_from_year_one(values, years, key) for key, values in costs_eur.items()))
    return -total.clip(min=0.0)


def nominal(amounts_eur: FloatArray, inflation_share: float) -> FloatArray:
    """Amounts in the money of their own year: ``real * (1 + inflation)^t``."""
    within("inflation_share", inflation_share, -0.5, 1.0)
    amounts = as_floats(amounts_eur)
    return as_floats(amounts * (1.0 + inflation_share) ** np.arange(amounts.shape[-1], dtype=float))


def _from_year_one(values: FloatArray, years: int, key: str) -> FloatArray:
    amounts = as_floats(values)
    if amounts.shape != (years,):
        raise InvalidInput(
            f"The line {key} has shape {amounts.shape}; the study covers {years} years."
        )
    return np.concatenate([[0.0], amounts])
