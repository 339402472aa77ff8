from dataclasses import replace

import pytest

from engines.errors import InvalidInput, OutOfValidity
from engines.thermal.envelope import (
    BEYOND_ALARM,
    BEYOND_CRITICAL,
    RUNNING_HOT,
    WITHIN_NORMAL,
    captured_kw,
    envelope_hours,
    envelope_state,
    hot_side_max_degc,
    life_factor_hot,
    power_factor_hot,
    technologies,
    technology,
)


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


def test_two_phase_is_listed_but_not_offered():
    assert not technologies()["two_phase"].allowed
    with pytest.raises(OutOfValidity, match="not offered"):
        technology("two_phase")


def test_an_unknown_technology_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="immersion_oil"):
        technology("steam")


def test_a_vendor_letter_is_another_technology_record():
    letter = replace(technology("immersion_oil"), supply_alarm_degc=50.0)
    assert hot_side_max_degc(letter) == pytest.approx(58, rel=1e-12)


def test_limits_are_ordered_and_sourced():
    for entry in technologies().values():
        assert entry.supply_normal_degc <= entry.supply_alarm_degc
        assert not entry.supply_critical_degc < entry.supply_alarm_degc
        assert entry.capture_min_share <= entry.capture_share <= entry.capture_max_share
        assert entry.pump_min_share <= entry.pump_share <= entry.pump_max_share
        assert entry.source


def test_air_gives_25_to_35_degc_behind_its_coil():
    # 30 + 12 - 10 = 32 degC
    air = technology("air")
    assert 25 <= hot_side_max_degc(air) - air.first_approach_k <= 35


def test_the_electric_boiler_reaches_every_supply_and_computes_nothing():
    boiler = technology("none")
    assert hot_side_max_degc(boiler) >= 140
    assert boiler.capture_share == 0.99
    assert not boiler.computes


def test_only_the_hot_plates_need_a_letter():
    assert [key for key, each in technologies().items() if each.vendor_letter] == [
        "hydro_high_temperature"
    ]


def test_a_limit_still_belongs_to_the_better_side():
    # 42 normal, 46 alarm, 48 critical
    states = envelope_state(technology("immersion_oil"), [42, 42.1, 46, 46.1, 48, 48.1])
    assert states.tolist() == [
        WITHIN_NORMAL, RUNNING_HOT, RUNNING_HOT, BEYOND_ALARM, BEYOND_ALARM, BEYOND_CRITICAL,
    ]  # fmt: skip


def test_without_a_published_critical_temperature_nothing_is_beyond_it():
    assert envelope_state(technology("immersion_bitdeer"), 90.0) == BEYOND_ALARM


def test_hours_are_counted_by_the_coolant_supply_a_hot_side_needs():
    # needed supply = hot side - 8: 40, 45, 47, 60
    hours = envelope_hours(technology("immersion_oil"), [[48, 53, 55, 68], [48, 48, 48, 48]])
    assert hours.normal_h.tolist() == [1, 4]
    assert hours.running_hot_h.tolist() == [1, 0]
    assert hours.beyond_alarm_h.tolist() == [1, 0]
    assert hours.beyond_critical_h.tolist() == [1, 0]
    assert hours.feasible_h.tolist() == [2, 4]


def test_running_hot_costs_power_and_life():
    # 10 K above normal: 1 + 10 * 0.0025, life halved; below normal nothing is gained
    oil = technology("immersion_oil")
    assert power_factor_hot(oil, [52.0, 30.0]).tolist() == pytest.approx([1.025, 1.0])
    assert life_factor_hot(oil, [52.0, 30.0]).tolist() == pytest.approx([0.5, 1.0])


def test_the_coolant_carries_the_captured_share_and_no_pump_heat_by_default():
    # domain 2.3 and case A: 50 kW * 0.96
    assert captured_kw(technology("immersion_oil"), 50.0) == pytest.approx(48.0, rel=1e-12)
    warm = replace(technology("immersion_oil"), pump_heat_share=0.5)
    assert captured_kw(warm, 50.0) == pytest.approx(48.75, rel=1e-12)
