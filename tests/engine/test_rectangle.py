"""The longest rectangle inside an outline, against outlines whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import InvalidInput
from engines.siting.rectangle import longest_rectangle_m

FIELD = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 10.0], [0.0, 10.0]])
ELL = np.array([[0, 0], [30, 0], [30, 10], [10, 10], [10, 30], [0, 30]], dtype=float)


def turned(ring, degrees):
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return ring @ turn.T + [300_000.0, 5_600_000.0]


@pytest.mark.parametrize("degrees", [0.0, 13.7, 45.0, 89.0])
def test_a_rectangle_is_found_whole_whatever_its_direction(degrees) -> None:
    found, accuracy = longest_rectangle_m([turned(FIELD, degrees)], [8.0, 16.0])
    assert found[0] == pytest.approx(40.0, abs=1e-3)
    assert found[1] == 0.0  # nothing 16 m wide fits into 10 m
    assert 0.0 < accuracy < 1.0


def test_each_leg_of_an_ell_is_a_rectangle() -> None:
    found, _ = longest_rectangle_m([ELL], [8.0])
    assert found[0] == pytest.approx(30.0)


def test_a_triangle_gives_what_geometry_says_up_to_the_accuracy() -> None:
    # legs 40 and 30 along the axes: at width w the longest side is 40 (1 - w/30), or along the
    # hypotenuse of 50 with height 24: 50 (1 - w/24)
    triangle = np.array([[0.0, 0.0], [40.0, 0.0], [0.0, 30.0]])
    found, accuracy = longest_rectangle_m([triangle], [6.0, 12.0])
    exact = [max(40 * (1 - w / 30), 50 * (1 - w / 24)) for w in (6.0, 12.0)]
    assert (found <= np.array(exact) + 1e-6).all()
    assert (found >= np.array(exact) - 2 * accuracy).all()


def test_a_hole_is_not_built_on() -> None:
    hole = np.array([[18.0, 2.0], [22.0, 2.0], [22.0, 8.0], [18.0, 8.0]])
    found, _ = longest_rectangle_m([FIELD, hole], [8.0])
    # left and right of the hole 18 m are left
    assert found[0] == pytest.approx(18.0, abs=0.9)
    assert found[0] <= 18.0 + 1e-6


def test_an_outline_without_width_holds_nothing() -> None:
    flat = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    found, _ = longest_rectangle_m([flat], [1.0])
    assert found[0] == 0.0


def test_outlines_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidInput, match="three points"):
        longest_rectangle_m([np.array([[0.0, 0.0], [1.0, 1.0]])], [1.0])
    with pytest.raises(InvalidInput, match="not a number"):
        longest_rectangle_m([np.array([[0, 0], [1, 0], [np.nan, 1]])], [1.0])


@given(st.floats(5.0, 80.0), st.floats(5.0, 80.0), st.floats(0.0, 90.0))
def test_what_is_found_never_exceeds_the_outline(width, height, degrees) -> None:
    ring = turned(np.array([[0, 0], [width, 0], [width, height], [0, height]]), degrees)
    found, _ = longest_rectangle_m([ring], [5.0])
    diagonal = np.hypot(width, height)
    assert found[0] <= diagonal + 1e-6
    assert found[0] >= max(width, height) - 1e-2 or min(width, height) < 5.01
