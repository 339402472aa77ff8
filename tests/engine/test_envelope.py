from dataclasses import replace

import pytest

from engines.errors import InvalidInput, OutOfValidity
from engines.thermal.envelope import available_degc, hot_side_max_degc, technologies, technology


@pytest.mark.parametrize(
    ("key", "hot_degc"),
    # alarm limit plus rise: 46 + 8, 45 + 8, 37 + 8, 62 + 8 (domain 2.2: 50-56, 48-54, 40-48, ~70)
    [
        ("immersion_oil", 54),
        ("immersion_bitdeer", 53),
        ("hydro_standard", 45),
        ("hydro_high_temperature", 70),
    ],
)
def test_the_hot_side_is_the_alarm_limit_plus_the_rise(key, hot_degc):
    assert hot_side_max_degc(technology(key)) == pytest.approx(hot_degc, rel=1e-12)
    assert available_degc(technology(key), 5.0) == pytest.approx(hot_degc - 5, rel=1e-12)


def test_two_phase_is_listed_but_not_offered():
    assert not technologies()["two_phase"].allowed
    with pytest.raises(OutOfValidity, match="not offered"):
        technology("two_phase")


def test_an_unknown_technology_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="immersion_oil"):
        technology("air")


def test_a_vendor_letter_is_another_technology_record():
    letter = replace(technology("immersion_oil"), supply_alarm_degc=50.0)
    assert hot_side_max_degc(letter) == pytest.approx(58, rel=1e-12)


def test_limits_are_ordered_and_sourced():
    for entry in technologies().values():
        assert entry.supply_normal_degc <= entry.supply_alarm_degc
        assert not entry.supply_critical_degc < entry.supply_alarm_degc
        assert entry.source


def test_a_negative_approach_is_refused():
    with pytest.raises(InvalidInput, match="approach"):
        available_degc(technology("immersion_oil"), -1.0)
