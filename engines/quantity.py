"""A quantity is a float or an array over parcels; here are its type and the checks at the door."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engines.errors import InvalidInput

Floats: TypeAlias = NDArray[np.float64]
Quantity: TypeAlias = float | Floats


def as_floats(value: Quantity) -> Floats:
    """Return `value` as an array of float64 (zero-dimensional for a single number)."""
    return np.asarray(value, dtype=np.float64)


def require(name: str, value: Quantity, low: float, high: float = np.inf) -> None:
    """Refuse a number that is missing, infinite, below `low` or above `high`.

    Raises
    ------
    InvalidInput
        The sentence names the quantity, the value and the range.
    """
    numbers = as_floats(value)
    if np.isnan(numbers).any():
        raise InvalidInput(f"{name} is missing; state a number from {low:g} to {high:g}.")
    require_or_missing(name, value, low, high)


def require_or_missing(name: str, value: Quantity, low: float, high: float = np.inf) -> None:
    """As `require`, but NaN may pass: a parcel with a gap keeps it, and its result is NaN."""
    numbers = as_floats(value)
    refused = np.isinf(numbers) | (numbers < low) | (numbers > high)
    if refused.any():
        first = float(numbers[refused].flat[0]) if numbers.ndim else float(numbers)
        raise InvalidInput(f"{name} = {first:g} is outside its range {low:g} to {high:g}.")
