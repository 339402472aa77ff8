"""What must hold for any numbers: monotonicity, identities, bounds."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.economics.annuity import annuity_factor
from engines.economics.cashflow import Asset, asset_flows, present_value, rate_of_return
from engines.grid.tariff import (
    annual_electricity_cost,
    fixed_levies_eur_per_a,
    hourly_price_eur_per_mwh,
    tariff_named,
)

rates = st.floats(0.0, 0.2)
money = st.floats(0.0, 1e6)


@given(rates, st.integers(1, 60))
def test_the_annuity_pays_back_exactly(rate, years) -> None:
    paid = present_value(np.array([0.0] + [float(annuity_factor(rate, years))] * years), rate)
    assert float(paid) == pytest.approx(1.0, rel=1e-9)


@given(money, st.integers(1, 40), st.floats(0.0, 1.0), st.integers(1, 40))
def test_an_asset_never_returns_more_than_was_paid(cost, life, resale, horizon) -> None:
    total = float(asset_flows(Asset("part", cost, life, resale), horizon).sum())
    assert -cost * (1 + horizon / life) - 1e-6 <= total <= 1e-6


@given(st.floats(100.0, 1e6), st.lists(st.floats(1.0, 1e6), min_size=2, max_size=20))
def test_the_internal_rate_makes_the_present_value_vanish(cost, incomes) -> None:
    flows = np.array([-cost, *incomes])
    rate = float(rate_of_return(flows, 0.06).rate_share)
    if not np.isnan(rate):
        scale = float(np.abs(flows) @ (1 + rate) ** -np.arange(len(flows), dtype=float))
        assert abs(npf.npv(rate, flows)) <= 1e-9 * scale


@given(st.floats(0.0, 50_000.0), st.floats(-100.0, 300.0))
def test_marginal_price_and_fixed_levies_always_make_the_bill(energy, price) -> None:
    tariff = tariff_named("de_mv_2026")
    bill = float(annual_electricity_cost(energy, price, 0.0, tariff).total_eur)
    hourly = float(hourly_price_eur_per_mwh(price, tariff, energy)) * energy
    assert hourly + fixed_levies_eur_per_a(tariff, energy) == pytest.approx(
        bill, rel=1e-9, abs=1e-6
    )
