"""What makes a size the best, and the knee of the curve."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.siting.size import best_size


def test_the_best_size_has_the_largest_value_and_the_knee_bends_most() -> None:
    power = np.array([50.0, 100.0, 250.0, 500.0, 1050.0])
    # heat: 0, 0.6, 0.8, 0.9, 1 over x = 0, 0.05, 0.2, 0.45, 1: above the line 0.55, 0.6, 0.45
    heat = np.array([0, 6.0, 8.0, 9.0, 10])
    found = best_size(power, np.array([-5.0, 3.0, 7.0, 6.0, -9.0]), heat, heat)
    assert (found.best, found.by, found.knee) == (2, "value", 2)


def test_where_no_size_pays_the_best_loses_least_for_a_unit_of_heat() -> None:
    power = np.array([50.0, 100.0, 200.0])
    # losses of 30, 40 and 100 for 10, 20 and 40 units: 3, 2 and 2.5 for each
    found = best_size(power, np.array([-30.0, -40.0, -100.0]), np.array([10.0, 20, 40]), power)
    assert (found.best, found.by, found.knee) == (1, "loss_per_heat", None)


def test_both_rules_meet_where_the_value_is_nought() -> None:
    power, heat = np.array([50.0, 100.0, 200.0]), np.array([10.0, 20.0, 40.0])
    below = best_size(power, np.array([-9.0, -1e-9, -50.0]), heat, heat)
    above = best_size(power, np.array([-9.0, +1e-9, -50.0]), heat, heat)
    assert (below.best, above.best) == (1, 1)
    assert (below.by, above.by) == ("loss_per_heat", "value")


def test_a_size_that_gives_no_heat_is_not_the_best_beside_one_that_does() -> None:
    power = np.array([50.0, 100.0])
    found = best_size(power, np.array([-1.0, -40.0]), np.array([0.0, 20.0]), power)
    assert (found.best, found.by) == (1, "loss_per_heat")


def test_without_any_heat_the_smallest_loss_is_best() -> None:
    power = np.array([50.0, 100.0, 200.0])
    found = best_size(power, -power, np.zeros(3), np.zeros(3))
    assert (found.best, found.by, found.knee) == (0, "loss", None)


def test_a_size_of_unknown_value_is_chosen_only_where_none_is_known() -> None:
    power = np.array([50.0, 100.0, 200.0, 400.0])
    heat = np.array([10.0, 30.0, 32.0, 33.0])
    some = best_size(power, np.array([np.nan, -8.0, -9.0, np.nan]), heat, heat)
    assert (some.best, some.by) == (1, "loss_per_heat")
    # heat over x = 0, 1/7, 3/7, 1 is 0, 20/23, 22/23, 1: farthest above the line at 100 kW
    none = best_size(power, np.full(4, np.nan), heat, heat)
    assert (none.best, none.by, none.knee) == (1, "heat", 1)
    straight = best_size(power, np.full(4, np.nan), power, power)
    assert (straight.best, straight.by, straight.knee) == (0, "heat", None)


def test_sizes_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InvalidInput, match="must rise"):
        best_size(np.array([2.0, 1.0]), np.zeros(2), np.zeros(2), np.zeros(2))
    with pytest.raises(InvalidInput, match="one number per size"):
        best_size(np.array([1.0]), np.zeros(2), np.zeros(1), np.zeros(1))
