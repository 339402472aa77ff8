"""What the door lets in, and what it says to the rest."""

import numpy as np
import pytest

from engines import arrays
from engines.errors import InvalidInput


@pytest.mark.parametrize(
    ("check", "good", "bad", "sentence"),
    [
        (arrays.finite, [-1.0, 2.0], [1.0, np.inf], "Heat has 1 missing or infinite"),
        (arrays.non_negative, 0, -0.5, "Heat must not be negative; the smallest value is -0.5"),
        (arrays.positive, [1], [1, 0], "Heat must be above zero; the smallest value is 0"),
        (arrays.share, 1.0, 95.0, "Heat is a share from 0 to 1"),
        (lambda name, v: arrays.within(name, v, 1.0, 2.0), [1.0, 2.0], 3, "3 is outside .* 1 to 2"),
        (lambda name, v: arrays.within(name, v, 1.0, 2.0), 1.5, np.nan, "missing; .* from 1 to 2"),
        (lambda name, v: arrays.within_or_missing(name, v, 0.0), [np.nan, 0.0], -1, "outside"),
        (arrays.finite, [1], "much", "Heat must hold numbers only"),
    ],
)
def test_a_check_returns_floats_or_refuses_by_name(check, good, bad, sentence) -> None:
    returned = check("Heat", good)
    assert returned.dtype == np.float64
    np.testing.assert_array_equal(returned, good)
    with pytest.raises(InvalidInput, match=sentence):
        check("Heat", bad)


def test_no_numbers_pass_every_check() -> None:
    for check in (arrays.finite, arrays.non_negative, arrays.positive, arrays.share):
        assert check("Heat", []).shape == (0,)


def test_indices_must_be_whole_and_inside() -> None:
    assert arrays.indices("Row", [0, 2], 3).dtype == np.int64
    with pytest.raises(InvalidInput, match="between 0 and 2"):
        arrays.indices("Row", [3], 3)
    with pytest.raises(InvalidInput, match="whole numbers"):
        arrays.indices("Row", [1.0], 3)
