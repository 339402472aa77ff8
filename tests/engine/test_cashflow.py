"""Annuity, flows, present value and rates of return."""

import numpy as np
import numpy_financial as npf
import pytest

from engines.economics.annuity import annuity_factor, present_value_factor
from engines.economics.cashflow import Asset, asset_flows, present_value, rate_of_return
from engines.economics.levelised import levelised_eur_per_mwh
from engines.errors import InvalidInput


def test_annuity_at_six_per_cent_over_ten_years() -> None:
    assert float(annuity_factor(0.06, 10)) == pytest.approx(0.13586796, rel=1e-7)  # textbook
    assert float(annuity_factor(0.06, 15)) == pytest.approx(-npf.pmt(0.06, 15, 1.0), rel=1e-12)


def test_annuity_without_interest_is_equal_parts() -> None:
    assert float(annuity_factor(0.0, 8)) == pytest.approx(0.125)


def test_annuity_of_one_year_is_the_sum_with_interest() -> None:
    assert float(annuity_factor(0.06, 1)) == pytest.approx(1.06)


def test_annuity_over_arrays_keeps_their_shape() -> None:
    actual = annuity_factor(np.array([0.0, 0.06]), 10)
    np.testing.assert_allclose(actual, [0.1, 0.13586796], rtol=1e-7)
    np.testing.assert_allclose(present_value_factor(0.0, np.array([3.0, 4.0])), [3.0, 4.0])


@pytest.mark.parametrize("years", [0.0, -1.0, float("nan")])
def test_annuity_over_no_years_is_refused(years) -> None:
    with pytest.raises(InvalidInput, match="years"):
        annuity_factor(0.06, years)


def test_machines_are_replaced_and_sold() -> None:
    # life 5, study 10: bought, exchanged for 90 %, sold for 10 %
    flows = asset_flows(Asset("asic", 100.0, 5, 0.1), 10)
    np.testing.assert_allclose(flows, [-100, 0, 0, 0, 0, -90, 0, 0, 0, 0, 10])


def test_a_long_lived_pipe_keeps_a_straight_line_value() -> None:
    # life 40, study 15: 25/40 of the price is left
    flows = asset_flows(Asset("pipe", 100.0, 40, 0.0), 15)
    assert flows[0] == -100.0
    assert flows[15] == pytest.approx(62.5)


def test_a_part_life_at_the_end_keeps_resale_and_a_share_of_the_rest() -> None:
    # life 5, study 7: second fleet is 2 years old: 0.1 + 0.9*3/5 = 0.64
    flows = asset_flows(Asset("asic", np.array([100.0, 200.0]), 5, 0.1), 7)
    np.testing.assert_allclose(flows[:, 5], [-90.0, -180.0])
    np.testing.assert_allclose(flows[:, 7], [64.0, 128.0])


def test_present_value_agrees_with_a_second_tool() -> None:
    flows = np.array([[-100.0, 30.0, 40.0, 50.0], [-10.0, 1.0, -2.0, 3.0]])
    expected = [npf.npv(0.07, row) for row in flows]
    np.testing.assert_allclose(present_value(flows, 0.07), expected, rtol=1e-12)


def test_internal_and_modified_rates_agree_with_a_second_tool() -> None:
    flows = np.array([-100.0, 30.0, 40.0, 50.0])
    actual = rate_of_return(flows, 0.06)
    assert float(actual.rate_share) == pytest.approx(npf.irr(flows), abs=1e-10)
    assert float(actual.modified_share) == pytest.approx(npf.mirr(flows, 0.06, 0.06), abs=1e-12)


def test_only_losses_have_no_rate_at_all() -> None:
    actual = rate_of_return(np.array([-100.0, -10.0, -10.0]), 0.06)
    assert np.isnan(actual.rate_share)
    assert np.isnan(actual.nearest_root_share)
    assert np.isnan(actual.modified_share)


def test_several_sign_changes_have_no_single_rate_but_roots() -> None:
    # -1 + 2.3/(1+r) - 1.32/(1+r)^2 = 0 at 1+r = 1.1 and 1.2
    flows = np.array([-1.0, 2.3, -1.32])
    low, high = rate_of_return(flows, 0.06), rate_of_return(flows, 0.5)
    assert np.isnan(low.rate_share)
    assert int(low.sign_changes) == 2
    assert float(low.nearest_root_share) == pytest.approx(0.1, abs=1e-9)
    assert float(high.nearest_root_share) == pytest.approx(0.2, abs=1e-9)


def test_a_row_with_a_gap_has_no_rate_and_leaves_the_others_alone() -> None:
    flows = np.array([[-100.0, np.nan, 60.0], [-100.0, 60.0, 60.0]])
    rates = rate_of_return(flows, 0.06).rate_share
    assert np.isnan(rates[0])
    assert rates[1] == pytest.approx(npf.irr(flows[1]), abs=1e-9)


def test_cost_of_heat_equals_the_sum_of_annuities_where_lives_divide_the_study() -> None:
    # domain.md 5.4: [C1*a(15) + (C2 - R*1.06^-5)*a(5) + yearly]/Q
    parts = [Asset("container", 1000.0, 15, 0.0), Asset("asic", 600.0, 5, 0.1)]
    present = -sum(present_value(asset_flows(part, 15), 0.06) for part in parts)
    by_hand = (
        1000.0 * annuity_factor(0.06, 15)
        + (600.0 - 60.0 * 1.06**-5) * annuity_factor(0.06, 5)
        + 50.0
    ) / 20.0
    years = present_value_factor(0.06, 15)
    actual = levelised_eur_per_mwh(present + 50.0 * years, 20.0 * years)
    assert float(actual) == pytest.approx(float(by_hand), rel=1e-12)


def test_without_heat_there_is_no_cost_of_heat() -> None:
    assert np.isnan(levelised_eur_per_mwh(100.0, np.array([0.0, np.nan]))).all()


def test_an_asset_with_a_negative_price_is_refused() -> None:
    with pytest.raises(InvalidInput, match="pipe"):
        Asset("pipe", -1.0, 40, 0.0)
