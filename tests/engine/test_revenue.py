"""Paths of compute value."""

from dataclasses import replace

import numpy as np
import pytest

from engines.compute.revenue import ComputeInput, compute_path, halving_step_factors
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
