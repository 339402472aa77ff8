"""Bounds of years that are read: they hold the years that are solved, and meet where they are."""

import dataclasses

import numpy as np
import pytest
from small_futures import drawn, prices, study
from small_town import CHOICES, evaluate, make_town

from engines.evaluation.future_bounds import computing_alone, table_bounds, year_bounds_eur
from engines.evaluation.hubs import operate_hubs


@pytest.fixture(scope="module")
def hubs():
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices(0))
    return evaluate(town)[0]


def solved_at(hubs, levels, a):
    inputs = dataclasses.replace(hubs.inputs, compute_value_eur_per_mwh=np.array(levels))
    return operate_hubs(inputs, hubs.town.utc_offset_h, CHOICES, a)


def test_the_bounds_hold_every_year_that_is_solved(hubs):
    a = study()
    levels = np.array([0.0, 60.0, 120.0, 200.0])
    asked = np.linspace(0.0, 200.0, 21)
    low, high = year_bounds_eur(
        solved_at(hubs, levels, a), 0, levels, hubs.inputs.wear_eur_per_mwh, asked
    )
    exact = solved_at(hubs, asked, a)
    worth = np.max(
        [np.zeros(len(asked)), *(np.nan_to_num(o.margin_eur[0], nan=-np.inf)
                                 for o in exact.offers.values())],
        axis=0,
    )  # fmt: skip
    assert (worth <= high + 1e-6).all()
    assert (low <= high + 1e-9).all()
    # a plan that was solved can be followed: where charges on power do not tempt to do with less,
    # it earns no more than the year solved anew
    assert (low <= worth + hubs.inputs.power_it_kw[0] * 30.0).all()
    assert high.max() > 0.0


def test_bounds_meet_at_solved_levels_and_part_between_them(hubs):
    a = study()
    levels = np.array([0.0, 80.0, 160.0])
    wear = hubs.inputs.wear_eur_per_mwh
    low, high = year_bounds_eur(
        solved_at(hubs, levels, a), 0, levels, wear, np.array([80.0, 120.0, 160.0])
    )
    width = high - low
    assert width[2] == pytest.approx(0.0, abs=1e-6)
    assert width[1] > 0.0
    finer = np.linspace(0.0, 160.0, 17)
    low, high = year_bounds_eur(solved_at(hubs, finer, a), 0, finer, wear, np.array([125.0]))
    assert (high - low)[0] < width[1]


def test_two_hours_by_hand():
    # one hour pays from 50 EUR/MWh on, one from 150 on; solved at 0, 100 and 200: at 100 one MWh
    # earns 50, at 200 two earn 150 + 50. At 150: followed plans earn 100 (one MWh) or 100 (two);
    # the chord from 50 to 200 is 125
    class Year:
        it_energy_mwh = np.array([[0.0, 1.0, 2.0]])
        heat_revenue_eur = np.zeros((1, 3))
        electricity_cost_eur = np.array([[0.0, 50.0, 200.0]])

    class Offer:
        dispatch = Year()
        bill_eur = np.array([[0.0, 50.0, 200.0]])

    class Solved:
        offers = {"flexible": Offer()}

    low, high = year_bounds_eur(
        Solved(), 0, np.array([0.0, 100.0, 200.0]), 0.0, np.array([[100.0, 150.0]])
    )
    assert low == pytest.approx(np.array([[50.0, 100.0]]))
    assert high == pytest.approx(np.array([[50.0, 125.0]]))


def test_only_computing_moves(hubs):
    a = study()
    town = drawn(hubs, a)
    alone = computing_alone(town.futures)
    assert (alone.compute_factor == town.futures.compute_factor).all()
    for name in ("day_ahead_factor", "gas_factor", "availability_factor", "demand_factor"):
        assert (getattr(alone, name) == 1.0).all()
    assert (alone.price_year == 0).all()


def test_the_bounds_of_a_study(hubs):
    a = study()
    town = drawn(hubs, a)
    found = table_bounds(hubs, town, CHOICES, a)
    # 2,000 futures of 15 years; eight quantiles, zero and fifteen years of the study
    assert found.read == 30_000
    assert found.solved == 24
    assert (found.width_mean_eur >= 0.0).all()
    assert (found.width_largest_eur >= found.width_mean_eur).all()
    assert (found.positive_high_share >= found.positive_low_share).all()
    assert found.width_share[0] < 0.03
    calm = table_bounds(hubs, drawn(hubs, study(spread=0.0)), CHOICES, study(spread=0.0))
    # no spread: every year that is asked for was solved
    assert calm.width_largest_eur == pytest.approx(0.0, abs=1e-6)
