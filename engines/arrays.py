"""The door of the engine room: every number that comes in is turned into a checked float array.

A quantity is a single number or an array over parcels, hours or years. Each check takes the name
that the refusal will use, and returns the numbers as float64. `finite`, `non_negative`,
`positive`, `share` and `within` refuse a gap; `within_or_missing` lets NaN through, so that a
parcel with a gap keeps it and its result is NaN.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.errors import InvalidInput

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def as_floats(values: ArrayLike) -> FloatArray:
    """Return `values` as float64 (zero-dimensional for a single number), unchecked."""
    return np.asarray(values, dtype=np.float64)


def finite(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as float64, or refuse them if any is missing or infinite."""
    array = _numbers(name, values)
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise InvalidInput(
            f"{name} has {bad} missing or infinite values; fill or leave out those rows first."
        )
    return array


def non_negative(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as float64, or refuse them if any is missing or below zero."""
    array = finite(name, values)
    if array.size and array.min() < 0:
        raise InvalidInput(f"{name} must not be negative; the smallest value is {array.min():g}.")
    return array


def positive(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as float64, or refuse them if any is missing, zero or below."""
    array = finite(name, values)
    if array.size and array.min() <= 0:
        raise InvalidInput(f"{name} must be above zero; the smallest value is {array.min():g}.")
    return array


def share(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as float64, or refuse them if any lies outside 0 to 1."""
    array = non_negative(name, values)
    if array.size and array.max() > 1:
        raise InvalidInput(
            f"{name} is a share from 0 to 1 (not per cent); the largest value is {array.max():g}."
        )
    return array


def within(name: str, values: ArrayLike, low: float, high: float = np.inf) -> FloatArray:
    """Return `values` as float64, or refuse them if any is missing or outside `low` to `high`."""
    array = _numbers(name, values)
    if np.isnan(array).any():
        raise InvalidInput(f"{name} is missing; state a number from {low:g} to {high:g}.")
    return within_or_missing(name, array, low, high)


def within_or_missing(name: str, values: ArrayLike, low: float, high: float = np.inf) -> FloatArray:
    """As `within`, but NaN may pass."""
    array = _numbers(name, values)
    refused = np.isinf(array) | (array < low) | (array > high)
    if refused.any():
        first = float(array[refused].flat[0])
        raise InvalidInput(f"{name} = {first:g} is outside its range {low:g} to {high:g}.")
    return array


def indices(name: str, values: ArrayLike, count: int) -> IntArray:
    """Return `values` as whole numbers from 0 to ``count - 1``, or refuse them."""
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.integer):
        raise InvalidInput(f"{name} must hold whole numbers, not {array.dtype}.")
    if array.size and (array.min() < 0 or array.max() >= count):
        raise InvalidInput(f"{name} must lie between 0 and {count - 1}.")
    return array.astype(np.int64)


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    try:
        return as_floats(values)
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} must hold numbers only.") from None
