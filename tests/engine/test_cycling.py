import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.thermal.cycling import (
    Cycles,
    check_switching,
    cost_per_cycle_eur,
    cycles_to_failure,
    life_years,
    miner_damage,
    norris_landzberg_factor,
    rainflow,
)

A = build_assumptions()
DAYS = 365.25


def test_rainflow_reproduces_the_example_of_the_standard():
    # ASTM E1049-85, figure 6: counts by range
    cycles = rainflow([-2, 1, -3, 5, -1, 3, -4, 4, -2])
    counts = {swing: cycles.counted(swing) for swing in range(1, 11)}
    assert counts == {1: 0, 2: 0, 3: 0.5, 4: 1.5, 5: 0, 6: 0.5, 7: 0, 8: 1.0, 9: 0.5, 10: 0}
    # the standard lists them with their ends: A-B, B-C, E-F whole, C-D, D-G, G-H, H-I
    assert cycles.swing_k.tolist() == [3, 4, 4, 8, 9, 8, 6]
    assert cycles.mean_degc.tolist() == [-0.5, -1, 1, 1, 0.5, 0, 1]
    assert cycles.count.tolist() == [0.5, 0.5, 1, 0.5, 0.5, 0.5, 0.5]


def test_what_lies_between_turning_points_does_not_count():
    slow = rainflow([20, 25, 30, 40, 40, 40, 35, 20])
    assert slow.swing_k.tolist() == [20, 20]
    assert slow.count.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("series", [[], [30.0], [30.0, 30.0, 30.0]])
def test_a_constant_temperature_has_no_cycles(series):
    assert rainflow(series).count.sum() == 0
    assert miner_damage(rainflow(series), A) == 0.0


def test_cycles_to_failure_are_vector_t7():
    np.testing.assert_allclose(
        cycles_to_failure([20.0, 30.0, 40.0, 50.0], A), [71_166, 24_301, 11_338, 6_277], rtol=1e-4
    )
    assert cycles_to_failure(0.0, A) == np.inf


@pytest.mark.parametrize(("per_day", "years"), [(2, 15.5), (10, 3.1)])
def test_daily_cycles_of_40_k_wear_out_in_the_years_of_vector_t7(per_day, years):
    year = Cycles(np.array([40.0]), np.array([50.0]), np.array([per_day * DAYS]))
    assert life_years(miner_damage(year, A), 1.0) == pytest.approx(years, abs=0.05)


def test_a_square_wave_counts_its_cycles():
    # 100 times 20 -> 60 -> 20: 100 cycles of 40 K, two of them in halves
    cycles = rainflow(np.tile([20.0, 60.0], 100))
    assert cycles.counted(40.0) == pytest.approx(99.5)


def test_a_cycle_costs_investment_over_life():
    # domain 2.12: 1.37 MEUR / 11,338 = 121 EUR
    assert cost_per_cycle_eur(1.37e6, 40.0, A) == pytest.approx(121.0, abs=0.5)


def test_no_damage_lasts_for_ever():
    assert life_years(0.0, 1.0) == np.inf


def test_a_gentler_use_lives_longer_and_slow_cycles_shorter():
    def factor(**change):
        base = {
            "test_swing_k": 100.0, "use_swing_k": 40.0, "test_per_day": 48.0, "use_per_day": 48.0,
            "test_max_degc": 100.0, "use_max_degc": 100.0,
        }  # fmt: skip
        return float(norris_landzberg_factor(**base | change, exponent=1.9))

    assert factor() == pytest.approx(2.5**1.9, rel=1e-12)
    assert factor(use_per_day=6.0) == pytest.approx(2.5**1.9 / 2.0, rel=1e-12)  # (6/48)**(1/3)
    # 0.122 eV: exp(1414 (1/333.15 - 1/373.15))
    assert factor(use_max_degc=60.0) / factor() == pytest.approx(1.577, rel=2e-3)


def test_the_policy_counts_starts_and_short_times():
    # steps of 15 min: off 4, on 1 (15 min), off 8, on 8, off
    on = np.array([0] * 4 + [1] + [0] * 8 + [1] * 8 + [0] * 4, dtype=bool)
    check = check_switching(on, 15.0, A)
    assert (check.starts, check.most_starts_per_day) == (2, 2)
    assert (check.shortest_on_min, check.shortest_off_min) == (15.0, 120.0)
    assert (check.too_short_times, check.too_many_starts_days) == (1, 0)
    assert not check.kept


def test_more_than_four_starts_a_day_break_the_policy():
    day = np.tile([False, True], 12)  # hourly: twelve starts
    check = check_switching(np.r_[day, np.ones(24, dtype=bool)], 60.0, A)
    assert check.too_many_starts_days == 1
    assert check.most_starts_per_day == 12


def test_a_hub_that_never_switches_keeps_the_policy():
    assert check_switching(np.ones(8760, dtype=bool), 60.0, A).kept


def test_more_than_one_series_at_a_time_is_refused():
    with pytest.raises(InvalidInput, match="one series"):
        rainflow(np.zeros((2, 3)))


@given(st.lists(st.integers(0, 60), max_size=40))
def test_the_largest_swing_is_always_found_and_damage_has_no_direction(values):
    series = np.array(values, dtype=float)
    cycles = rainflow(series)
    largest = np.ptp(series) if len(series) else 0.0
    assert cycles.swing_k.max(initial=0.0) == largest
    upside_down = miner_damage(rainflow(-series), A)
    assert miner_damage(cycles, A) == pytest.approx(upside_down, rel=1e-12)
