"""Bad cases as data: each does what it says, by hand and against the study."""

import dataclasses

import numpy as np
import pytest
from small_town import CHOICES, evaluate, make_town

from engines.assumptions import build_assumptions
from engines.economics.cashflow import Asset
from engines.evaluation.future_plans import PriceYears
from engines.evaluation.futures import future_town
from engines.evaluation.stress import NOTHING, break_even, stress_cases
from engines.futures.stress import (
    bad_cases,
    compute_of_years,
    flows_with_stop,
    held_income,
    share_of_years,
)

HOURS = 8760
A = build_assumptions({"hub.power_it_kw": 100.0})


def case(**changes):
    return dataclasses.replace(NOTHING, **{"key": "case"} | changes)


@pytest.fixture(scope="module")
def hubs():
    rng = np.random.default_rng(0)
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=45 + 20 * rng.normal(size=HOURS))
    return evaluate(town)[0]


def of(hubs, **changes):
    return stress_cases(hubs, CHOICES, A, [case(**changes)])[0]


def test_a_year_cut_by_a_case_counts_by_its_part():
    slump = case(from_year=1.0, until_year=2.5)
    assert share_of_years(slump, 4).tolist() == [0.0, 1.0, 0.5, 0.0]
    assert share_of_years(case(), 3).tolist() == [1.0, 1.0, 1.0]


def test_paths_of_computing_by_hand():
    usual = np.array([100.0, 80.0, 64.0])
    given = (5.0, 0.2, 2030.0, 2028.29, 0.625)
    assert compute_of_years(case(hashprice_usd_per_ph_day=25.0), usual, *given) == pytest.approx(5)
    faster = compute_of_years(case(decay_share_per_a=0.6), usual, *given)
    assert faster == pytest.approx([100.0, 40.0, 16.0])
    # a halving in the middle of the second year that keeps half instead of 0.625
    given = (5.0, 0.2, 2027.0, 2028.5, 0.625)
    halved = compute_of_years(case(halving_kept_share=0.5), usual, *given)
    assert halved == pytest.approx([100.0, 80 * 0.75 / 0.8125, 64 * 0.5 / 0.625])


def test_held_coins_come_later_and_all_of_them():
    income = np.array([[100.0, 50.0, 25.0, 12.0]])
    held = held_income(case(hold_years=2.0, hold_factor=0.5), income)
    # years 1 and 2 are sold in years 3 and 4; so is what is still held at the end
    assert held.tolist() == [[0.0, 0.0, 50.0, 25.0 + 12.5 + 6.0]]
    assert (held_income(case(), income) == income).all()


def test_machines_are_sold_at_a_stop_and_the_rest_is_lost_where_everything_ends():
    machines, pipe = Asset("asic", 1000.0, 5, 0.1), Asset("pipe", 400.0, 40, 0.0)
    ban = case(stop_year=3.0, resale_share=0.3)
    assert flows_with_stop(ban, machines, 6).tolist() == [-1000, 0, 0, 300, 0, 0, 0]
    assert flows_with_stop(ban, pipe, 6)[-1] == pytest.approx(400 * 34 / 40)
    end = case(stop_year=2.5, resale_share=0.3, headroom_factor=0.0)
    assert flows_with_stop(end, machines, 6).tolist() == [-1000, 0, 0, 300, 0, 0, 0]
    assert flows_with_stop(end, pipe, 6).tolist() == [-400, 0, 0, 0, 0, 0, 0]


def test_the_case_that_changes_nothing_is_the_study(hubs):
    found = of(hubs)
    assert found.npv_eur == pytest.approx(hubs.money.npv_eur, rel=1e-9)
    assert found.npv_change_eur == pytest.approx(0.0, abs=1e-6)
    assert found.heat_change_mwh_per_a == pytest.approx(0.0, abs=1e-9)
    assert found.backup_eur == pytest.approx(0.0, abs=1e-6)
    assert found.worst_year_eur == pytest.approx(hubs.money.ebitda_eur.min(axis=1), rel=1e-9)


def test_heat_only_is_the_sensitivity_of_the_study(hubs):
    found = of(hubs, compute_factor=0.0)
    assert found.npv_eur == pytest.approx(hubs.npv_without_compute_eur, rel=1e-9)


def test_a_flat_price_is_the_sensitivity_of_the_study(hubs):
    # the study's hash price of 35 USD in all years
    found = of(hubs, hashprice_usd_per_ph_day=35.0)
    assert found.npv_eur == pytest.approx(hubs.npv_flat_compute_eur, rel=1e-9)


def test_when_the_operator_stops_somebody_else_heats(hubs):
    found = of(hubs, stop_year=2.5, resale_share=0.3, headroom_factor=0.0, from_year=2.5)
    usual = hubs.dispatch.heat_delivered_mwh[:, : hubs.years]
    lost = usual[:, 3:].sum(axis=1) + 0.5 * usual[:, 2]
    assert found.backup_mwh == pytest.approx(lost)
    discount = 1.06 ** -np.arange(1.0, hubs.years + 1)
    worth = usual * discount * hubs.town.displaced_eur_per_mwh
    assert found.backup_eur == pytest.approx(worth[:, 3:].sum(axis=1) + 0.5 * worth[:, 2])
    # nothing is earned or spent after the third year
    assert (found.worst_year_eur <= 0.0).all()


def test_burdens_never_help(hubs):
    for changes in (
        {"surcharge_eur_per_mwh": 20.0, "from_year": 3.0},
        {"demand_factor": 0.85},
        {"compute_factor": 0.6, "from_year": 1.0, "until_year": 2.5},
        {"heat_eur_per_mwh": 25.0},
    ):
        # the choice of the hour does not see the yearly charge on the highest power, so a burden
        # that stops a hub for good may save that charge; nothing else may gain
        charge = 30.0 * hubs.dispatch.peak_kw[:, : hubs.years].sum(axis=1)
        assert (of(hubs, **changes).npv_change_eur <= charge + 1e-6).all()


def test_less_demand_gives_less_heat(hubs):
    joined = hubs.dispatch.heat_delivered_mwh[:, 0] > 0
    change = of(hubs, demand_factor=0.5).heat_change_mwh_per_a
    assert (change[joined] <= 0.0).all()


def test_the_price_at_which_it_pays_makes_the_worth_zero(hubs):
    prices = PriceYears((), np.empty((0, HOURS)), are_own=False)
    found = break_even(hubs, future_town(prices, hubs.town, CHOICES, A), CHOICES, A)
    # the price of the first year, which has decayed since the date of the 35 USD
    factor = found.hashprice_usd_per_ph_day / (35.0 * hubs.compute.factor[0])
    for i in range(2):
        again = stress_cases(hubs, CHOICES, A, [case(compute_factor=float(factor[i]))])[0]
        # the table knows a few plans only; what it misses is little beside the study's worth
        assert abs(again.npv_eur[i]) <= 0.02 * abs(hubs.money.npv_eur[i])


def test_every_case_of_the_table_has_a_name_and_changes_something(hubs):
    found = stress_cases(hubs, CHOICES, A)
    assert [one.key for one in found] == [one.key for one in bad_cases()]
    assert len(found) >= 14
    moved = {one.key for one in found if np.abs(one.npv_change_eur).max() > 1.0}
    assert {"ban", "operator_stops", "decay_35", "heat_only", "hold_down", "biomass"} <= moved
