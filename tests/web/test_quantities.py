"""Numbers on a page: rounded, never cut off."""

import pytest
from django.utils import translation

from heatmap import quantities


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (94.76, "MWh/a", "94.8\u202fMWh/a"),
        (0.5172, "share", "51.7\u202f%"),
        (9.996, "m", "10.0\u202fm"),
        (1357.6, "h", "1,358\u202fh"),
        (-860_450.0, "EUR", "−860\u202fk EUR"),
        (999.6, "kW", "1,000\u202fkW"),
        (0.0, "m2", "0\u202fm²"),
        (None, "m", "–"),
        (float("nan"), "m", "–"),
    ],
)
def test_a_quantity_is_rounded_to_three_figures(value, unit, expected):
    with translation.override("en"):
        assert quantities.quantity(value, unit) == expected


def test_a_score_is_rounded_to_two_decimals():
    with translation.override("de"):
        assert quantities.score(0.5172) == "0,52"
        assert quantities.score(0.5149) == "0,51"
