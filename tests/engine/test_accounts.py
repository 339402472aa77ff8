"""Cash flow by line, who owns what, coins kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_cases import CASES, load, project_input

from engines.compute.treasury import Treasury, hold_coins
from engines.economics.accounts import accounts, asset_lines, nominal
from engines.economics.capex import assets
from engines.economics.cashflow import Asset, asset_flows, present_value
from engines.economics.ownership import Present, shares_of, totals
from engines.economics.project import evaluate_project
from engines.errors import InvalidInput

amounts = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("name", CASES)
def test_the_lines_of_a_reference_case_add_up_to_its_flows(name) -> None:
    given_ = project_input(load(name)["input"])
    result = evaluate_project(given_)
    years, opex = given_.horizon_years, result.opex

    def every(amount) -> np.ndarray:
        return np.full(years, float(amount))

    bill = result.electricity
    table = accounts(
        {"heat": result.money.heat_eur, "compute": result.money.compute_eur},
        {
            "market": every(bill.market_eur),
            "charges": every(bill.adders_eur + bill.levies_eur),
            "capacity": every(bill.capacity_eur),
            "opex": every(opex.total_eur),
        },
        assets(result.capex, given_.capex, given_.lives),
        years,
    )
    np.testing.assert_allclose(table.flows_eur, result.money.flows_eur, atol=1e-6)
    np.testing.assert_allclose(table.operation_eur[1:], result.money.ebitda_eur, atol=1e-6)
    assert float(present_value(table.flows_eur, 0.06)) == pytest.approx(
        float(result.money.npv_eur), rel=1e-9
    )


@given(
    st.lists(amounts, min_size=4, max_size=4),
    st.lists(amounts, min_size=4, max_size=4),
    st.floats(0.0, 1e6),
    st.integers(1, 6),
    st.floats(0.0, 0.25),
)
def test_sums_by_year_are_sums_by_line(income, cost, price, life, vat) -> None:
    table = accounts(
        {"heat": np.array(income)},
        {"power": np.array(cost)},
        [Asset("machines", price, life, 0.1)],
        4,
        grant_eur=10.0,
        vat_share=vat,
    )
    by_line = sum(line.total_eur for line in table.lines)
    assert by_line == pytest.approx(float(table.flows_eur.sum()), abs=1e-3)


@given(st.floats(0.0, 1e6), st.integers(1, 20), st.floats(0.0, 1.0), st.integers(1, 20))
def test_purchase_replacement_resale_and_rest_are_the_flows_of_the_asset(
    cost, life, resale, years
) -> None:
    asset = Asset("part", cost, life, resale)
    parts = sum(asset_lines([asset], years).values())
    np.testing.assert_allclose(parts, asset_flows(asset, years), atol=1e-6 * (1.0 + cost))


def test_tax_that_does_not_come_back_is_paid_on_costs_and_purchases_alone() -> None:
    table = accounts(
        {"heat": np.array([50.0])},
        {"power": np.array([20.0])},
        [Asset("hub", 100.0, 1, 0.5)],
        1,
        vat_share=0.19,
    )
    assert table.line("vat_running").tolist() == pytest.approx([0.0, -3.8])
    assert table.line("vat_invested").tolist() == pytest.approx([-19.0, 0.0])


def test_nominal_amounts_grow_with_the_years_and_the_first_day_stays() -> None:
    assert nominal(np.array([-100.0, 10.0, 10.0]), 0.02) == pytest.approx([-100.0, 10.2, 10.404])


def test_a_line_of_another_length_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="heat .* 2 years"):
        accounts({"heat": np.zeros(3)}, {}, [], 2)


HUB = Present(
    investment_eur=100.0,
    operation_eur=40.0,
    electricity_eur=60.0,
    compute_eur=90.0,
    heat_eur=80.0,
    displaced_eur=100.0,
    lease_eur=5.0,
)


def test_ownership_moves_money_and_makes_none() -> None:
    found = totals(shares_of(HUB, town_land=True))
    # the town alone: -100-40-60+90+100+5
    assert found["municipal"] == {"town": -5.0}
    # with an operator: the town saves 100, pays 80, gets 5; the operator -100-40-60+90+80
    assert found["third_party"] == {"town": 25.0, "operator": -30.0}
    assert sum(found["third_party"].values()) == sum(found["municipal"].values())


def test_rent_paid_to_a_stranger_reaches_nobody_here() -> None:
    found = totals(shares_of(HUB, town_land=False))
    assert found["third_party"]["town"] == 20.0


def test_coins_sold_at_once_are_the_income() -> None:
    income, price = np.array([10.0, 20.0, 5.0]), np.array([1.0, 3.0, 0.2])
    held = hold_coins(income, price, Treasury(0.0, 1e9))
    assert held.cash_eur.tolist() == income.tolist()
    assert not held.coins_eur.any()


def test_coins_kept_follow_the_price_up_to_the_limit() -> None:
    # half is kept: 5 coins; they double, 5 more coins of 10 EUR each at price 2: worth 20, at
    # most 12 are kept, 8 are sold; in the end the coins (6) are sold at half the first price
    held = hold_coins(np.array([10.0, 20.0, 0.0]), np.array([1.0, 2.0, 0.5]), Treasury(0.5, 12.0))
    assert held.cash_eur.tolist() == pytest.approx([5.0, 10.0 + 8.0, 3.0])
    assert held.coins_eur.tolist() == pytest.approx([5.0, 12.0, 0.0])


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=15), st.floats(0, 1), st.floats(0, 1e6))
def test_at_a_price_that_stays_keeping_coins_only_moves_money_to_later(
    income, share, limit
) -> None:
    made = np.array(income)
    held = hold_coins(made, np.ones(len(made)), Treasury(share, limit))
    assert held.cash_eur.sum() == pytest.approx(made.sum(), abs=1e-6)
    assert (np.cumsum(held.cash_eur) <= np.cumsum(made) + 1e-6 * (1.0 + made.sum())).all()
    assert (held.coins_eur <= limit + 1e-6).all()
