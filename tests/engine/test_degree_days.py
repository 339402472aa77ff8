import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import InvalidInput
from engines.thermal.degree_days import HOT_WATER_BY_HOUR, degree_day_profile, degree_days_kd


def test_degree_days_count_cold_days_only():
    # 20 - (-5) = 25, 20 - 14.9 = 5.1; 15 degC and warmer count nothing
    assert degree_days_kd([-5.0, 14.9, 15.0, 25.0]) == pytest.approx(30.1)


def test_the_hot_water_of_a_day_is_a_hundred_per_cent():
    assert HOT_WATER_BY_HOUR.sum() == pytest.approx(100.0)
    assert (HOT_WATER_BY_HOUR.argmax(), len(HOT_WATER_BY_HOUR)) == (7, 24)


def test_half_a_cold_year_is_heated_and_hot_water_runs_through_it():
    # 182 days at 5 degC, then 183 at 20; limit 15: the cold half has 10 K, the warm half none.
    # The first three cold days remember the warm end of the year, the first warm ones the cold.
    hourly = np.repeat([5.0, 20.0], [182 * 24, 183 * 24])
    shares = degree_day_profile(hourly, hot_water_share=0.2, limit_degc=15.0)
    assert shares.sum() == pytest.approx(1.0)
    warm = shares[200 * 24 : 300 * 24]
    assert warm.sum() == pytest.approx(0.2 * 100 / 365)
    cold_day = shares[100 * 24 : 101 * 24].sum() - 0.2 / 365
    # days with memory: cold ones 182 at 10 K but for the wrap: day 1 feels (5 + 20*0.875)/1.875 =
    # 12 -> 3 K; day 2 (5*1.5+20*.375)/1.875 = 8 -> 7 K; day 3 (5*1.75+20*.125)/1.875 = 6 -> 9 K;
    # after the change (20+5*.875)/1.875 = 13 -> 2 K, then 17 and more: none. Sum 179*10+3+7+9+2
    assert cold_day == pytest.approx(0.8 * 10 / (1790 + 21))


def test_a_year_that_is_never_cold_needs_hot_water_or_nothing():
    hot = np.full(8784, 30.0)
    shares = degree_day_profile(hot, hot_water_share=0.3, limit_degc=15.0)
    assert shares.sum() == pytest.approx(1.0)
    with pytest.raises(InvalidInput, match="never colder"):
        degree_day_profile(hot, hot_water_share=0.0, limit_degc=15.0)


@given(st.floats(-20, 10), st.floats(0, 1))
def test_a_colder_day_never_takes_a_smaller_share(colder, water):
    rng = np.random.default_rng(4)
    days = rng.uniform(-10, 25, 365)
    before = degree_day_profile(np.repeat(days, 24), hot_water_share=water, limit_degc=15.0)
    days[200] = min(days[200], colder)
    after = degree_day_profile(np.repeat(days, 24), hot_water_share=water, limit_degc=15.0)
    day = slice(200 * 24, 201 * 24)
    assert after[day].sum() >= before[day].sum() - 1e-12
