"""Emissions by hand, by the vectors of the domain notes, and at their limits."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_town import CHOICES, evaluate, make_town

from engines.assumptions import build_assumptions
from engines.carbon.accounts import (
    ECONOMIC,
    FULL,
    NONE,
    CarbonInput,
    carbon,
    displaced_fuel_t_per_mwh,
    electricity_emissions_t,
    market_factor_t_per_mwh,
)
from engines.errors import InvalidInput
from engines.evaluation.carbon import (
    GridFactors,
    displaced_t_per_mwh,
    grid_factor_t_per_mwh,
    hub_carbon,
)
from engines.evaluation.money_choices import MoneyChoices

A = build_assumptions({})
BOILER = displaced_fuel_t_per_mwh(0.2016, 0.92)


def hub(heat=1.0, electricity=1.03 / 0.96, factor=0.36, market=None, **changes) -> CarbonInput:
    energy = np.array([electricity])
    base = CarbonInput(
        heat_mwh=np.array([heat]),
        electricity_mwh=energy,
        location_t=electricity_emissions_t(energy, factor),
        market_t=electricity_emissions_t(energy, factor if market is None else market),
        heat_eur=np.array([50.0]),
        compute_eur=np.array([100.0]),
        displaced_t_per_mwh=BOILER,
    )
    return dataclasses.replace(base, **changes)


def test_the_break_even_of_the_notes():
    # 0.2016/0.92 * 0.96/1.03 = 0.2042 t/MWh
    assert carbon(hub()).break_even_t_per_mwh[0] == pytest.approx(0.20424, abs=1e-5)
    # with a condensing boiler, 1.035: 0.1815
    better = displaced_fuel_t_per_mwh(0.2016, 1.035)
    found = carbon(hub(displaced_t_per_mwh=better))
    assert found.break_even_t_per_mwh[0] == pytest.approx(0.1815, abs=1e-4)


def test_a_megawatt_hour_in_germany_and_in_finland():
    # 1.03/0.96 * 0.36 = 0.38625; less 0.21913 avoided
    german = carbon(hub()).accounts[FULL]
    assert german.location_t_per_mwh[0] == pytest.approx(0.38625)
    assert german.net_location_t[0] == pytest.approx(0.38625 - 0.2191304)
    finnish = carbon(hub(factor=0.045)).accounts[FULL]
    assert finnish.net_location_t[0] == pytest.approx(0.04828 - 0.21913, abs=1e-5)


def test_three_rules_side_by_side():
    found = carbon(hub())
    assert found.accounts[NONE].net_location_t[0] == pytest.approx(-BOILER)
    # a third of the income is heat
    third = found.accounts[ECONOMIC]
    assert third.heat_share[0] == pytest.approx(1 / 3)
    assert third.net_location_t[0] == pytest.approx(0.38625 / 3 - BOILER)


def test_at_the_break_even_nothing_is_gained_or_lost():
    limit = float(carbon(hub(heat=0.7)).break_even_t_per_mwh[0])
    again = carbon(hub(heat=0.7, factor=limit)).accounts[FULL]
    assert again.net_location_t[0] == pytest.approx(0.0, abs=1e-15)


def test_a_contract_counts_market_based_only():
    green = float(market_factor_t_per_mwh(0.36, 0.75))
    assert green == pytest.approx(0.09)
    found = carbon(hub(market=green)).accounts[FULL]
    assert found.market_t[0] == pytest.approx(found.location_t[0] / 4)


def test_hours_count_by_what_is_drawn_in_them():
    # 2 MWh in a clean hour and 1 in a dirty one; the mean factor would say 1.2
    drawn = np.array([[2.0, 1.0], [0.0, 1.0]])
    assert electricity_emissions_t(drawn, [0.1, 0.7]) == pytest.approx([0.9, 0.7])
    with pytest.raises(InvalidInput, match="3 hours do not fit electricity of 2"):
        electricity_emissions_t(drawn, [0.1, 0.2, 0.3])
    with pytest.raises(InvalidInput, match="outside its range"):
        electricity_emissions_t(drawn, [-0.1, 0.2])


def test_what_is_not_known_stays_unknown():
    found = carbon(hub(displaced_t_per_mwh=math.nan))
    assert np.isnan(found.avoided_t).all()
    assert np.isnan(found.break_even_t_per_mwh).all()
    assert np.isnan(found.accounts[FULL].net_location_t).all()
    assert not np.isnan(found.accounts[FULL].location_t).any()
    # without any income there is no share to tell
    poor = carbon(hub(heat_eur=np.zeros(1), compute_eur=np.zeros(1)))
    assert np.isnan(poor.accounts[ECONOMIC].heat_share).all()


def test_a_hub_that_stands_still_emits_and_saves_nothing():
    found = carbon(hub(heat=0.0, electricity=0.0))
    assert found.avoided_t[0] == found.accounts[FULL].location_t[0] == 0.0
    assert np.isnan(found.break_even_t_per_mwh[0])
    assert np.isnan(found.accounts[FULL].location_t_per_mwh[0])


@given(factor=st.floats(0.0, 1.0), more=st.floats(0.0, 1.0), heat=st.floats(0.01, 2.0))
def test_a_dirtier_grid_never_helps_and_rules_stand_in_order(factor, more, heat):
    clean = carbon(hub(heat=heat, factor=factor))
    dirty = carbon(hub(heat=heat, factor=factor + more))
    assert dirty.accounts[FULL].net_location_t >= clean.accounts[FULL].net_location_t
    net = [clean.accounts[rule].net_location_t[0] for rule in (NONE, ECONOMIC, FULL)]
    assert net == sorted(net)


def test_the_hubs_of_a_study():
    hubs, _ = evaluate()
    found = hub_carbon(hubs, "FI", CHOICES, A)
    first = hubs.dispatch
    assert found.avoided_t == pytest.approx(first.heat_delivered_mwh[:, 0] * BOILER)
    assert found.accounts[FULL].location_t == pytest.approx(first.electricity_mwh[:, 0] * 0.045)
    nowhere = hub_carbon(hubs, "XX", CHOICES, A)
    # unknown where anything is drawn; nothing drawn emits nothing whatever the grid
    drawn = first.electricity_mwh[:, 0] > 0.0
    assert np.isnan(nowhere.accounts[FULL].location_t[drawn]).all()
    assert (nowhere.accounts[FULL].location_t[~drawn] == 0.0).all()
    assert drawn.any() and not drawn.all()


def test_hourly_factors_count_in_the_hours_in_which_the_hub_draws():
    # free power in every second hour, and too dear in the others: the hub runs in the free ones
    price = np.where(np.arange(8760) % 2 == 0, 0.0, 3000.0)
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=price)
    hubs, _ = evaluate(town)
    drawn = hubs.dispatch.electricity_mwh[:, 0]
    assert (drawn[:2] > 0.0).all()
    clean_then_dirty = np.where(np.arange(8760) % 2 == 0, 0.1, 0.9)
    factors = GridFactors(clean_then_dirty, 2.0 * clean_then_dirty)
    found = hub_carbon(hubs, "FI", CHOICES, A, factors).accounts[FULL]
    # all is drawn in hours of 0.1 t/MWh, though the mean of the year is 0.5
    assert found.location_t == pytest.approx(0.1 * drawn, rel=1e-9)
    assert found.market_t == pytest.approx(0.2 * drawn, rel=1e-9)
    # a factor that is the same in all hours is the yearly one: hours lose nothing
    even = hub_carbon(hubs, "FI", CHOICES, A, GridFactors(np.full(8760, 0.045)))
    yearly = hub_carbon(hubs, "FI", CHOICES, A)
    assert even.accounts[FULL].location_t == pytest.approx(yearly.accounts[FULL].location_t)


def test_without_a_residual_mix_the_contract_is_unknown():
    hubs, _ = evaluate()
    unknown = hub_carbon(hubs, "FI", CHOICES, A)
    assert np.isnan(unknown.accounts[FULL].market_t[0])
    # what belongs to nobody's heat is nothing all the same
    assert unknown.accounts[NONE].market_t[0] == 0.0
    stated = dataclasses.replace(CHOICES, money=MoneyChoices(residual_mix_t_per_mwh=0.5))
    found = hub_carbon(hubs, "FI", stated, A).accounts[FULL]
    assert found.market_t == pytest.approx(0.5 * hubs.dispatch.electricity_mwh[:, 0])
    green = build_assumptions({"carbon.contract_renewable_share": 1.0})
    assert hub_carbon(hubs, "FI", CHOICES, green).accounts[FULL].market_t[0] == 0.0


def test_the_displaced_source_decides_what_is_saved():
    assert math.isnan(grid_factor_t_per_mwh("XX", A))
    pump = dataclasses.replace(CHOICES, displaced_source="heat_pump")
    assert displaced_t_per_mwh(pump, 0.36, A) == pytest.approx(0.36 / 3.15)
    other = dataclasses.replace(CHOICES, displaced_source="solar")
    assert math.isnan(displaced_t_per_mwh(other, 0.36, A))
    silent = dataclasses.replace(
        CHOICES, natures=dict(CHOICES.natures) | {"displaced_source": "unknown"}
    )
    assert math.isnan(displaced_t_per_mwh(silent, 0.36, A))
