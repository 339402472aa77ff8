"""Value functions: a quantity becomes a number from 0 (worst) to 1 (best), by fixed bounds.

The bounds belong to the study, not to the candidates, so that adding a parcel cannot change the
value of another.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within
from engines.assumptions import Assumptions
from engines.errors import InvalidInput

CRITERIA: Mapping[str, str] = {
    "npv_per_kw": "EUR/kW",
    "heat_used_share": "-",
    "lcoh_gap": "EUR/MWh",
    "connection_length": "m",
    "headroom_ratio": "-",
    "dwelling_distance": "m",
    "ownership": "-",
    "dependence_share": "-",
}
"""The criteria and the unit of their quantity."""

GROUPS: Mapping[str, str] = {
    "npv_per_kw": "money",
    "heat_used_share": "heat",
    "lcoh_gap": "money",
    "connection_length": "heat",
    "headroom_ratio": "grid",
    "dwelling_distance": "environment",
    "ownership": "town",
    "dependence_share": "resilience",
}
"""What each criterion speaks for: heat, grid, money, environment and law, town, resilience."""

OWNER_VALUE: Mapping[str, float] = {"green": 1.0, "amber": 0.5, "red": 0.0}
"""Quantity of the criterion ``ownership`` by the answer of its gate; unknown is missing."""


@dataclass(frozen=True)
class Criterion:
    """One criterion of a study.

    Attributes
    ----------
    key, unit : str
        Name and unit of the quantity.
    worst, best : float
        ArrayLike at value 0 and at value 1 [`unit`]; worst above best means less is better.
    weight : float
        Weight before normalisation, at least 0.
    """

    key: str
    unit: str
    worst: float
    best: float
    weight: float

    def __post_init__(self) -> None:
        within(f"weight of {self.key}", self.weight, 0.0)
        within(f"worst of {self.key}", self.worst, -float("inf"))
        within(f"best of {self.key}", self.best, -float("inf"))
        if self.worst == self.best:
            raise InvalidInput(f"{self.key}: worst and best are both {self.best:g}; part them.")


def criteria(a: Assumptions) -> tuple[Criterion, ...]:
    """Return the criteria of a study, in the order of `CRITERIA`."""
    return tuple(
        Criterion(
            key,
            unit,
            worst=a[f"score.{key}_worst"],
            best=a[f"score.{key}_best"],
            weight=a[f"score.{key}_weight"],
        )
        for key, unit in CRITERIA.items()
    )


def value_of(quantity: ArrayLike, criterion: Criterion) -> FloatArray:
    """Value of a quantity: ``clip((x - worst)/(best - worst), 0, 1)``.

    Parameters
    ----------
    quantity : float or array (parcels,)
        In the unit of the criterion; NaN where unknown.

    Returns
    -------
    array, shape of `quantity`
        From 0 to 1; NaN stays NaN.
    """
    span = criterion.best - criterion.worst
    return as_floats(((as_floats(quantity) - criterion.worst) / span).clip(0.0, 1.0))
