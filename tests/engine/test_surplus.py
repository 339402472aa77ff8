import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.errors import OutOfValidity
from engines.thermal.surplus import (
    dry_cooler,
    reject,
    tank_difference_k,
    tank_kwh_per_m3,
    tank_volume_m3,
)

A = build_assumptions()
COOLER = dry_cooler(960.0, 50.0, A)  # 960 kW at 50 over 30 degC, fans 2 % = 19.2 kW


def test_a_tank_holds_11_5_kwh_per_m3_and_10_k():
    # domain 2.10
    contents = tank_kwh_per_m3([10.0, 20.0, 30.0, 40.0], A)
    assert np.round(contents, 1).tolist() == [11.5, 22.9, 34.4, 45.9]
    assert tank_volume_m3(1000.0, 30.0, A) == pytest.approx(1000.0 / contents[2], rel=1e-12)


def test_a_tank_is_charged_only_with_water_as_hot_as_its_hot_zone():
    assert tank_difference_k([60.0, 70.0, 75.0], 70.0, 45.0).tolist() == [0.0, 25.0, 25.0]


def test_on_the_design_day_all_is_rejected_at_full_fan_power():
    day = reject(COOLER, 960.0, warm_water_degc=50.0, outdoor_degc=30.0)
    assert day.rejected_kw == pytest.approx(960.0)
    assert day.fan_kw == pytest.approx(19.2)
    assert day.coldest_degc == 38.0


def test_on_a_cold_day_the_fans_run_slowly():
    # capacity 960 * 40/20 = 1920 kW, half speed, an eighth of the power
    day = reject(COOLER, 960.0, warm_water_degc=50.0, outdoor_degc=10.0)
    assert day.fan_kw == pytest.approx(19.2 / 8.0)


def test_on_a_hotter_day_the_machines_must_turn_down():
    # capacity 960 * 12/20 = 576; closer than the approach of 8 K nothing is rejected
    hot = reject(COOLER, 960.0, warm_water_degc=50.0, outdoor_degc=[38.0, 43.0])
    np.testing.assert_allclose(hot.rejected_kw, [576.0, 0.0])
    np.testing.assert_allclose(hot.short_kw, [384.0, 960.0])
    np.testing.assert_allclose(hot.fan_kw, [19.2, 0.0])


def test_water_too_cold_for_the_air_is_refused_with_a_way_out():
    with pytest.raises(OutOfValidity, match="chiller"):
        dry_cooler(960.0, 37.0, A)


@given(st.floats(0, 2000), st.floats(20, 80), st.floats(-30, 45))
def test_surplus_is_rejected_or_short(heat, water, outdoor):
    day = reject(COOLER, heat, warm_water_degc=water, outdoor_degc=outdoor)
    assert day.rejected_kw + day.short_kw == pytest.approx(heat, rel=1e-9, abs=1e-9)
    assert 0.0 <= day.fan_kw <= 19.2 * (1 + 1e-9)
    warmer = reject(COOLER, heat, warm_water_degc=water, outdoor_degc=outdoor + 3.0)
    assert warmer.rejected_kw <= day.rejected_kw * (1 + 1e-9)
