"""Sizes that are tried, the best of them, and the knee of the curve."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.siting.size import best_size, sizes_up_to


def test_sizes_go_from_fifty_kilowatts_to_the_limit_of_the_site() -> None:
    assert sizes_up_to(700.0) == (50.0, 100.0, 250.0, 500.0, 700.0)
    assert sizes_up_to(50.0) == (50.0,)
    assert sizes_up_to(49.0) == ()
    assert sizes_up_to(1e6)[-1] == 10_000.0


def test_the_best_size_has_the_largest_value_and_the_knee_bends_most() -> None:
    power = np.array([50.0, 100.0, 250.0, 500.0, 1050.0])
    # heat: 0, 0.6, 0.8, 0.9, 1 over x = 0, 0.05, 0.2, 0.45, 1: above the line 0.55, 0.6, 0.45
    found = best_size(
        power, np.array([-5.0, 3.0, 7.0, 6.0, -9.0]), np.array([0, 6.0, 8.0, 9.0, 10])
    )
    assert (found.best, found.knee) == (2, 2)


def test_a_straight_curve_has_no_knee_and_losses_are_smallest_at_the_smallest() -> None:
    power = np.array([50.0, 100.0, 200.0])
    found = best_size(power, -power, power)
    assert (found.best, found.knee) == (0, None)


def test_heat_that_never_grows_has_no_knee() -> None:
    power = np.array([50.0, 100.0, 200.0])
    assert best_size(power, -power, np.zeros(3)).knee is None


def test_sizes_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InvalidInput, match="must rise"):
        best_size(np.array([2.0, 1.0]), np.zeros(2), np.zeros(2))
    with pytest.raises(InvalidInput, match="one number per size"):
        best_size(np.array([1.0]), np.zeros(2), np.zeros(1))
