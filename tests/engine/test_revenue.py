"""Paths of compute value."""

from dataclasses import replace

import numpy as np
import pytest

from engines.compute.revenue import (
    ComputeInput,
    clocked_efficiency_j_per_th,
    compute_path,
    halving_step_factors,
)
from engines.errors import InvalidInput

MARKET = ComputeInput(
    kind="btc_asic",
    hashprice_usd_per_ph_day=40.0,
    efficiency_j_per_th=14.0,
    usd_per_eur=1.15,
    pool_fee_share=0.01,
    path="market",
    decay_share_per_a=0.2,
    start_year=2027.0,
    halving_years=(2028.25,),
    halving_factor=0.6,
    fleet_life_years=2,
)


def test_a_year_holding_the_halving_is_weighted_by_what_lies_behind_it() -> None:
    # 2027 before; 2028: a quarter at 1, three quarters at 0.6 = 0.7; then 0.6
    actual = halving_step_factors(2027.0, 4, (2028.25,), 0.6)
    np.testing.assert_allclose(actual, [1.0, 0.7, 0.6, 0.6], rtol=1e-12)


def test_a_halving_before_the_start_is_already_in_the_price() -> None:
    np.testing.assert_allclose(halving_step_factors(2029.0, 2, (2028.25,), 0.6), [1.0, 1.0])


def test_the_market_path_decays_by_calendar_and_steps_at_the_halving() -> None:
    # 0.8^t = 1, 0.8, 0.64, 0.512 times 1, 0.7, 0.6, 0.6
    path = compute_path(MARKET, 4)
    np.testing.assert_allclose(path.factor, [1.0, 0.56, 0.384, 0.3072], rtol=1e-12)
    assert path.label == "market"
    assert path.eur_per_mwh_it[0] == pytest.approx(102.484, rel=1e-5)


def test_the_fleet_path_starts_again_with_new_machines_and_says_so() -> None:
    # ages 0 1 0 1: 1, 0.8, 1, 0.8 times 1, 0.7, 0.6, 0.6
    path = compute_path(replace(MARKET, path="fleet"), 4)
    np.testing.assert_allclose(path.factor, [1.0, 0.56, 0.6, 0.48], rtol=1e-12)
    assert any(note.key == "sensitivity" for note in path.notes)


def test_the_flat_path_is_flat_and_says_so() -> None:
    path = compute_path(replace(MARKET, path="flat"), 4)
    np.testing.assert_allclose(path.factor, 1.0)
    assert any(note.key == "sensitivity" for note in path.notes)


def test_a_hub_that_only_heats_earns_nothing() -> None:
    path = compute_path(replace(MARKET, kind="none"), 3)
    np.testing.assert_allclose(path.eur_per_mwh_it, 0.0)
    assert path.label == "none"


@pytest.mark.parametrize("change", [{"kind": "gpu"}, {"path": "up"}, {"decay_share_per_a": 1.5}])
def test_nonsense_is_refused(change) -> None:
    with pytest.raises(InvalidInput):
        replace(MARKET, **change)


def test_a_study_of_no_years_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one year"):
        compute_path(MARKET, 0)


def test_the_decay_counts_from_the_date_of_the_price() -> None:
    # half a year before the start: 0.8^0.5, 0.8^1.5, ...
    dated = replace(MARKET, price_year=2026.5, halving_years=())
    np.testing.assert_allclose(
        compute_path(dated, 3).factor, 0.8 ** np.array([0.5, 1.5, 2.5]), rtol=1e-12
    )
    assert any(note.key == "price_before_start" for note in compute_path(dated, 3).notes)
    # a price younger than the first hour is that of the first hour; a flat path never decays
    later = replace(MARKET, price_year=2028.0)
    np.testing.assert_allclose(compute_path(later, 2).factor, compute_path(MARKET, 2).factor)
    flat = replace(dated, path="flat")
    assert compute_path(flat, 3).factor.tolist() == [1.0, 1.0, 1.0]


def test_a_halving_between_the_price_and_the_start_is_not_yet_in_the_price() -> None:
    given = replace(MARKET, start_year=2029.0, price_year=2028.0, decay_share_per_a=0.0)
    np.testing.assert_allclose(compute_path(given, 2).factor, [0.6, 0.6])


def test_a_fleet_ages_and_the_next_one_is_new() -> None:
    given = replace(MARKET, path="flat", ageing_share_per_a=0.1, fleet_life_years=2)
    np.testing.assert_allclose(compute_path(given, 4).factor, [1.0, 0.9, 1.0, 0.9])


def test_other_computing_earns_its_tariff_on_the_hours_that_are_sold() -> None:
    # 1.80 EUR/kWh on 60 % of the hours, falling by a fifth a year, no halving
    given = replace(MARKET, kind="gpu_rent", tariff_eur_per_kwh=1.8, tariff_utilisation_share=0.6)
    path = compute_path(given, 2)
    np.testing.assert_allclose(path.eur_per_mwh_it, [1080.0, 864.0])
    assert [note.key for note in path.notes] == ["other_computing"]


def test_a_slower_clock_makes_more_of_a_kilowatt_hour() -> None:
    # P = P0 x^1.9: at 80 % of the clock 16 J/TH become 16*0.8^0.9 = 13.09
    assert clocked_efficiency_j_per_th(16.0, 0.8, 1.9) == pytest.approx(13.09, abs=5e-3)
    assert clocked_efficiency_j_per_th(16.0, 1.0, 1.9) == 16.0
    with pytest.raises(InvalidInput, match="clock"):
        clocked_efficiency_j_per_th(16.0, 1.5, 1.9)
