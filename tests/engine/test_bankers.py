"""What a bank and a council ask: payback, loan, reserve, next hub, closure; mostly case B3."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.economics.cashflow import Asset, asset_flows, bought, present_value
from engines.economics.closure import closure
from engines.economics.debt import Loan, coverage, debt_service
from engines.economics.payback import payback_years
from engines.economics.reserve import (
    drawdown_eur,
    reserve_fund,
    sinking_eur_per_a,
    years_to_fund,
)
from engines.errors import InvalidInput

# B3 in Finland, domain.md 8.2
CAPEX, ASIC, EBITDA = 3_640_776.0, 1_366_460.0, 679_601.0
SERVICE, SINKING = 237_305.0, 245_963.0


def test_money_is_back_when_the_sum_of_the_flows_stays_above_zero() -> None:
    # -100 +40 +40 +40: 20 are missing after two years, half of the third year's 40
    assert float(payback_years(np.array([-100.0, 40.0, 40.0, 40.0]))) == pytest.approx(2.5)
    # at 10 %: -100 +36.364 +33.058 +30.053 = -0.526 after three years
    assert np.isnan(payback_years(np.array([-100.0, 40.0, 40.0, 40.0]), 0.10))
    # 36.364 + 33.058 = 69.42; the third year's 60 are worth 45.08: 30.58/45.08 of it
    late = float(payback_years(np.array([-100.0, 40.0, 40.0, 60.0]), 0.10))
    assert late == pytest.approx(2.0 + 30.5785 / 45.0789, rel=1e-4)


def test_money_that_is_spent_again_on_machines_is_not_back_yet() -> None:
    # above zero after year 2, but the machines of year 3 cost 140; back for good after year 4
    flows = np.array([-100.0, 60.0, 60.0, 60.0 - 80.0 - 60.0, 60.0, 60.0])
    assert float(payback_years(flows)) == pytest.approx(4.0)


def test_the_limits_of_payback() -> None:
    assert float(payback_years(np.array([0.0, 1.0]))) == 0.0
    assert np.isnan(payback_years(np.array([-1.0, np.nan])))
    assert np.isnan(payback_years(np.array([-1.0, 0.0])))
    assert payback_years(np.array([[-1.0, 2.0], [-4.0, 2.0]])).tolist()[0] == 0.5


def test_the_loan_of_the_reference_costs_237_305_a_year() -> None:
    # domain.md 5.6: 70 %, 4.5 %, 15 a
    debt = debt_service(CAPEX, Loan(0.70, 0.045, 15), 15)
    assert debt.service_eur == pytest.approx(np.full(15, SERVICE), rel=1e-5)
    assert debt.repayment_eur.sum() == pytest.approx(debt.drawn_eur)
    # the second tool, year by year
    periods = np.arange(1, 16)
    assert debt.interest_eur == pytest.approx(-npf.ipmt(0.045, periods, 15, debt.drawn_eur))
    assert debt.repayment_eur == pytest.approx(-npf.ppmt(0.045, periods, 15, debt.drawn_eur))


def test_a_loan_without_interest_and_one_longer_than_the_study() -> None:
    free = debt_service(100.0, Loan(1.0, 0.0, 4), 6)
    assert free.service_eur.tolist() == [25.0, 25.0, 25.0, 25.0, 0.0, 0.0]
    longer = debt_service(100.0, Loan(1.0, 0.05, 10), 3)
    assert longer.repayment_eur.sum() == pytest.approx(100.0)


def test_coverage_is_gain_over_service_and_missing_without_service() -> None:
    found = coverage(np.array([300.0, -100.0, 50.0]), np.array([200.0, 200.0, 0.0]))
    assert found[:2].tolist() == [1.5, -0.5]
    assert np.isnan(found[2])


def test_the_sinking_fund_of_the_reference() -> None:
    assert sinking_eur_per_a(ASIC, 0.10, 5) == pytest.approx(SINKING, rel=1e-5)


@pytest.mark.parametrize(("ebitda", "reserve"), [(127_568.0, 533_548.0), (-79_260.0, 843_791.0)])
def test_the_reserve_of_the_reference_is_18_months_of_shortfall(ebitda, reserve) -> None:
    # domain.md 5.6: EBITDA at 25 and at 19.38 USD/PH/d; the example leaves out 3 months of opex
    fund = reserve_fund(
        {"stress": np.full(2, ebitda)},
        due_eur_per_a=SERVICE + SINKING,
        opex_eur_per_a=0.0,
        longest_months=18,
        opex_months=3,
    )
    assert fund.total_eur == pytest.approx(reserve, rel=1e-4)


def test_the_worst_path_sizes_the_reserve_and_operation_comes_on_top() -> None:
    fund = reserve_fund(
        {"mild": np.array([90.0, 90.0]), "hard": np.array([0.0, 120.0])},
        due_eur_per_a=100.0,
        opex_eur_per_a=40.0,
        longest_months=18,
        opex_months=3,
    )
    # mild: 10 a year for 18 months; hard: all of the first year, then something is put back
    assert fund.by_path_eur == pytest.approx({"mild": 15.0, "hard": 100.0})
    assert (fund.worst, fund.opex_eur) == ("hard", 10.0)


def test_a_good_year_needs_no_reserve_and_an_unknown_one_no_answer() -> None:
    assert drawdown_eur(np.full(24, -5.0), 18) == 0.0
    assert np.isnan(drawdown_eur(np.array([1.0, np.nan]), 18))


@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=40), st.integers(1, 24))
def test_a_longer_slump_never_takes_less(shortfall, months) -> None:
    path = np.array(shortfall)
    assert drawdown_eur(path, months) <= drawdown_eur(path, months + 1) + 1e-9


def test_the_next_hub_of_the_reference_comes_after_5_6_years_or_8_4_with_the_reserve() -> None:
    # domain.md 5.7: 30 % equity of 3,640,776 out of 196,334 a year; 8.0: 8.3 to 8.5 with the
    # reserve of 533,548 first, depending on how much opex is kept in hand
    free = np.full(15, EBITDA - SINKING - SERVICE)
    assert free[0] == pytest.approx(196_334, rel=1e-4)
    equity = 0.30 * CAPEX
    assert years_to_fund(free, equity) == pytest.approx(5.56, abs=0.01)
    assert 8.25 < years_to_fund(free, equity + 533_548.0) < 8.5


def test_what_never_adds_up_is_never_funded() -> None:
    assert np.isnan(years_to_fund(np.full(3, 10.0), 31.0))
    assert years_to_fund(np.full(3, 10.0), 30.0) == pytest.approx(3.0)
    assert years_to_fund(np.array([50.0]), 0.0) == 0.0
    assert np.isnan(years_to_fund(np.array([np.nan]), 1.0))


PARTS = (Asset("machines", 100.0, 2, 0.10), Asset("pipe", 200.0, 8, 0.0))


def test_closing_at_the_end_is_the_base_case_and_closing_early_fetches_little() -> None:
    gains = np.array([50.0, 20.0, -30.0, -60.0])
    found = closure(PARTS, gains, 0.0, 0.25)
    base = sum(asset_flows(asset, 4) for asset in PARTS)
    assert found.npv_eur[-1] == pytest.approx(float(base.sum()) + gains.sum())
    # after year 2 the machines are worn out and fetch 10, the pipe a quarter of 150:
    # -300 + 50 + 20 + 10 + 37.5
    assert found.npv_eur[1] == pytest.approx(-182.5)
    # after year 1 the machines are worth 10 + 90/2 = 55, the pipe 175, a quarter of both
    assert found.npv_eur[0] == pytest.approx(-300.0 + 50.0 + 0.25 * 230.0)
    assert found.best_year == 2
    assert found.option_eur == pytest.approx(found.npv_eur[1] - found.npv_eur[3])


@given(
    st.lists(st.floats(-500.0, 500.0), min_size=1, max_size=12),
    st.floats(0.0, 0.2),
    st.floats(0.0, 1.0),
)
def test_the_right_to_close_is_never_worth_less_than_nothing(gains, rate, fetched) -> None:
    found = closure(PARTS, np.array(gains), rate, fetched)
    flows = sum(asset_flows(asset, len(gains)) for asset in PARTS)
    flows[1:] += gains
    assert found.option_eur >= 0.0
    assert found.npv_eur[-1] == pytest.approx(float(present_value(flows, rate)), abs=1e-6)


def test_a_grant_counts_on_the_first_day_and_lost_tax_on_every_purchase() -> None:
    gains = np.zeros(4)
    plain = closure(PARTS, gains, 0.0, 0.25)
    other = closure(PARTS, gains, 0.0, 0.25, first_day_eur=30.0, vat_share=0.1)
    # bought: 300 on the first day and 100 for machines after year 2
    assert other.npv_eur[-1] - plain.npv_eur[-1] == pytest.approx(30.0 - 0.1 * 400.0)
    assert sum(float(bought(asset, 4).sum()) for asset in PARTS) == 400.0


def test_terms_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidInput, match="loan share"):
        Loan(1.2, 0.04, 10)
    with pytest.raises(InvalidInput, match="fetched_share"):
        closure(PARTS, np.zeros(2), 0.06, 1.5)
