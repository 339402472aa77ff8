"""Years of weather that futures draw from: demand, network and heat taken follow the drawn year."""

import dataclasses

import numpy as np
import pytest
from small_futures import HOURS, prices, study
from small_town import CHOICES, evaluate, make_town

from engines.errors import InvalidInput
from engines.evaluation.future_plans import PriceYears, drawn_inputs, operated
from engines.evaluation.futures import future_town, hub_futures, table_error
from engines.evaluation.weather import weather_inputs, weather_shapes, weather_year
from engines.thermal.demand import profile, sigmoid_h

DEGREE_DAYS = dataclasses.replace(CHOICES, demand_method="degree_days")
SEASON = 10.0 + 12.0 * -np.cos(2 * np.pi * np.arange(HOURS) / HOURS)
"""-2 degC in January, 22 degC in July."""


def seasonal_town(**changes):
    base = make_town()
    return dataclasses.replace(
        base, outdoor_degc=SEASON, day_ahead_eur_per_mwh=prices(0), **changes
    )


@pytest.fixture(scope="module")
def hubs():
    return evaluate(seasonal_town())[0]


def weather_of(outdoor, labels):
    same = np.array([prices(0)] * len(labels))
    return PriceYears(tuple(labels), same, are_own=True, outdoor_degc=np.array(outdoor))


def test_the_weather_of_the_study_gives_the_study(hubs):
    a, town = study(), seasonal_town()
    same = weather_inputs(hubs, weather_year(town, hubs.town, SEASON, CHOICES, a), a)
    for name in ("uptake_kw", "heat_value_eur_per_mwh", "heat_pump_per_heat"):
        assert getattr(same, name) == pytest.approx(getattr(hubs.inputs, name), rel=1e-6)
    assert same.uptake_kw.max() > 0.0


def test_degree_days_of_a_colder_year_by_hand():
    # 10 degC all year against a limit of 15 degC: 5 K of heating; at 5 degC 10 K, twice as much.
    # A fifth of the heat is hot water, which stays: 0.8 * 2 + 0.2 = 1.8
    a = study()
    shapes = weather_shapes(make_town(), np.full(HOURS, 5.0), DEGREE_DAYS, a)
    assert shapes.sum() == pytest.approx(1.8)
    # in a year that never needs heating only the hot water is left
    assert weather_shapes(make_town(), np.full(HOURS, 20.0), DEGREE_DAYS, a).sum() == (
        pytest.approx(0.2)
    )


def test_heat_of_a_profile_follows_the_sigmoid():
    # customer value fixed: the year's heat goes with h(T), A/(1 + (B/(T - 40))^C) + D, and its
    # straight lines, at 5 degC over that at 10 degC; the factors of the day sum to one
    row = profile("mfh3")
    expected = float(sigmoid_h(np.array([5.0]), row)[0] / sigmoid_h(np.array([10.0]), row)[0])
    shapes = weather_shapes(make_town(), np.full(HOURS, 5.0), CHOICES, study())
    assert shapes.sum() == pytest.approx(expected)
    assert 1.2 < expected < 2.0


def test_a_measured_load_keeps_its_course_and_takes_the_difference():
    a = study()
    load = 500.0 + 300.0 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS)
    town = make_town()
    town = dataclasses.replace(town, heat_load_kw=load)
    share = load / load.sum()
    same = weather_shapes(town, town.outdoor_degc, CHOICES, a)
    assert same[0] == pytest.approx(share)
    colder = weather_shapes(town, town.outdoor_degc - 5.0, CHOICES, a)
    # at a constant temperature both profiles are flat, so every hour takes the same more
    assert np.ptp(colder[0] - share) == pytest.approx(0.0, abs=1e-12)
    assert colder.sum() > 1.2


def test_the_network_runs_hotter_in_a_colder_year():
    a, town = study(), make_town(outdoor=10.0)
    hubs = evaluate(town)[0]
    colder = weather_year(town, hubs.town, np.full(HOURS, 0.0), CHOICES, a)
    usual = weather_year(town, hubs.town, town.outdoor_degc, CHOICES, a)
    # the curve falls in a straight line from network.supply_max at network.outdoor_cold to
    # network.supply_min at network.outdoor_warm
    cold, warm = a["network.outdoor_cold_degc"], a["network.outdoor_warm_degc"]
    slope = (a["network.supply_max_degc"] - a["network.supply_min_degc"]) / (warm - cold)
    rise = colder.temperatures.supply_degc - usual.temperatures.supply_degc
    expected = slope * (min(10.0, warm) - 0.0)
    assert rise == pytest.approx(np.full(HOURS, expected))
    measured = dataclasses.replace(town, supply_degc=np.full(HOURS, 77.0))
    moved = weather_year(measured, hubs.town, np.full(HOURS, 0.0), CHOICES, a)
    assert moved.temperatures.supply_degc == pytest.approx(np.full(HOURS, 77.0 + expected))
    assert colder.demand_share > 1.2
    assert usual.demand_share == pytest.approx(1.0)


def test_futures_draw_among_the_weather_years(hubs):
    a, town = study(), seasonal_town()
    years = weather_of([SEASON + shift for shift in (-6.0, -3.0, 0.0, 3.0, 6.0)], "abcde")
    future = future_town(years, hubs.town, CHOICES, a, town)
    assert set(np.unique(future.futures.price_year)) == {1, 2, 3, 4, 5}
    place = hubs.inputs.network_of[0]
    taken = [float(each.uptake_kw[place].sum()) for each in drawn_inputs(operated(hubs, a), future)]
    # the colder the year the more heat the network takes
    assert taken == sorted(taken, reverse=True)
    assert taken[0] > taken[-1]
    assert taken[2] == pytest.approx(float(hubs.inputs.uptake_kw[place].sum()), rel=1e-6)
    with_weather = hub_futures(hubs, future, CHOICES, a)
    without = hub_futures(
        hubs,
        future_town(dataclasses.replace(years, outdoor_degc=None), hubs.town, CHOICES, a),
        CHOICES,
        a,
    )
    # prices are alike, so what differs is the weather; as many colder as warmer years
    assert not np.allclose(with_weather.npv.p50, without.npv.p50)
    error = table_error(hubs, future, CHOICES, a)
    width = with_weather.npv.p90 - with_weather.npv.p10
    assert (np.abs(error.mean_eur) < 0.05 * width).all()
    assert (error.largest_eur < 0.15 * width).all()


def test_no_spread_draws_no_weather(hubs):
    a = study(spread=0.0)
    future = future_town(
        weather_of([SEASON - 5.0] * 5, "abcde"), hubs.town, CHOICES, a, seasonal_town()
    )
    assert future.weather == ()
    found = hub_futures(hubs, future, CHOICES, a)
    assert found.npv.p50 == pytest.approx(hubs.money.npv_eur, rel=1e-12)


def test_a_weather_year_of_another_length_is_refused_with_both_lengths(hubs):
    with pytest.raises(InvalidInput, match=r"8784 hours does not fit .* 8760"):
        weather_year(seasonal_town(), hubs.town, np.zeros(8784), CHOICES, study())
