from dataclasses import replace

import numpy as np
import pytest
from hub_judge import account_eur, degenerate_fields, judge, northern_year, violation_kw

from engines.dispatch.both import GAP_SHARE, OPEN_GAP, Bounds
from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.last_resort import close_gap
from engines.dispatch.optimum import OptimalYear, optimal_year, optimal_years
from engines.dispatch.scaled import empty_plan, scaled
from engines.errors import OutOfValidity

YEAR_H = 8760


def check_against_highs(hub: HubYear) -> OptimalYear:
    """Value to 1e-6, bounds on their sides to 1e-9 and 2e-9, plan possible and worth what it says.

    To each goes 1e-9 of the turnover (for both sides of 1e-9: 1e-11): HiGHS does not earn a hub
    that is worth nothing to the last digit either.
    """
    year, judged = optimal_year(hub), judge(hub)
    slack = 1e-9 * judged.turnover_eur
    assert judged.close(year.lower_eur, 1e-6)
    assert year.lower_eur <= judged.eur + 1e-9 * abs(judged.eur) + slack
    assert judged.eur <= year.upper_eur + 2e-9 * abs(judged.eur) + slack
    assert year.lower_eur <= year.upper_eur
    assert year.lower_eur == pytest.approx(account_eur(hub, year), rel=1e-9, abs=slack)
    assert violation_kw(hub, year) <= 1e-9 * max(hub.compute_limit_kw.max(), 1e-3 * hub.tank_kwh)
    return year


@pytest.mark.parametrize(
    ("tank_h", "switching_cost"), [(6.0, 0.0), (0.0, 0.05), (6.0, 0.05), (2.0, 0.3)]
)
def test_a_whole_year_earns_what_highs_finds(tank_h, switching_cost):
    year = check_against_highs(northern_year(11, YEAR_H, tank_h, switching_cost))
    assert year.upper_eur - year.lower_eur <= GAP_SHARE * year.lower_eur
    assert year.notes[0].key == ("proved" if tank_h and switching_cost else "exact")


@pytest.mark.parametrize("seed", range(12))
def test_random_weeks_earn_what_highs_finds(seed):
    rng = np.random.default_rng(seed)
    hub = northern_year(seed, 500, rng.choice([0.5, 4.0, 20.0]), rng.choice([0.01, 0.1, 2.0]))
    check_against_highs(hub)


@pytest.mark.parametrize("block", range(5))
def test_degenerate_years_earn_what_highs_finds(block):
    for seed in range(100 * block, 100 * block + 100):
        try:
            hub = hub_year(**degenerate_fields(seed))
        except OutOfValidity:
            continue  # the end of the tank cannot be met; there is a test for that
        check_against_highs(hub)


def short_hub(**changes) -> HubYear:
    """Two days of a 100 kW hub with a tank of 3 h."""
    hours = np.arange(48)
    fields = {
        "compute_limit_kw": 100.0,
        "compute_revenue_eur_per_kwh": 0.06,
        "electricity_price_eur_per_kwh": 0.06 + 0.04 * np.sin(hours / 4.0),
        "heat_value_eur_per_kwh": 0.03,
        "heat_uptake_kw": 60.0 + 50.0 * np.cos(hours / 5.0),
        "tank_kwh": 300.0,
        "tank_loss_share_per_h": 0.01,
        "switching_cost_eur_per_kw": 0.02,
    }
    return hub_year(**(fields | changes))


def test_two_hours_by_hand():
    # Compute earns 1, power costs 0 and 4, heat 2; uptake 0 and 1; machines 1, tank 1 without loss.
    # Hour 1: run, store 1. Hour 2: running costs 3 and brings heat the tank has: off. Earn 1 + 2.
    # With k = 0.5 switching off costs 0.5; staying on would cost 3 more: 2.5.
    for k, worth in ((0.0, 3.0), (0.5, 2.5)):
        year = optimal_year(
            hub_year(
                compute_limit_kw=1.0,
                compute_revenue_eur_per_kwh=1.0,
                electricity_price_eur_per_kwh=[0.0, 4.0],
                heat_value_eur_per_kwh=2.0,
                heat_uptake_kw=[0.0, 1.0],
                tank_kwh=1.0,
                switching_cost_eur_per_kw=k,
            )
        )
        assert year.lower_eur == pytest.approx(worth, rel=1e-9)
        assert year.upper_eur == pytest.approx(worth, rel=1e-9)
        np.testing.assert_allclose(year.compute_kw, [1.0, 0.0], atol=1e-6)
        np.testing.assert_allclose(year.tank_kwh, [0.0, 1.0, 0.0], atol=1e-6)
        np.testing.assert_allclose(year.heat_sold_kw, [0.0, 1.0], atol=1e-6)


def test_loss_is_taken_before_the_flow_of_the_hour():
    # 10 kWh in the tank, half is lost in the hour, 5 can be sold at 1.
    year = optimal_year(
        hub_year(
            compute_limit_kw=0.0,
            compute_revenue_eur_per_kwh=0.0,
            electricity_price_eur_per_kwh=[0.0],
            heat_value_eur_per_kwh=1.0,
            heat_uptake_kw=100.0,
            tank_kwh=10.0,
            tank_start_kwh=10.0,
            tank_loss_share_per_h=0.5,
        )
    )
    assert year.lower_eur == pytest.approx(5.0, rel=1e-12)


def test_a_heat_pump_is_counted_on_the_side_of_the_network():
    # COP 3: 2 kWh of the hub and 1 kWh of power give 3 kWh of heat. Uptake 3: 2 kW of machines are
    # used, the third is rejected. Earn 3 * 0.5 (compute) + 3 * 1 - 1 * 0.2 - 3 * 0.2 = 3.7.
    year = optimal_year(
        hub_year(
            compute_limit_kw=3.0,
            compute_revenue_eur_per_kwh=0.5,
            electricity_price_eur_per_kwh=[0.2],
            heat_value_eur_per_kwh=1.0,
            heat_uptake_kw=3.0,
            heat_pump_cop=3.0,
        )
    )
    assert year.lower_eur == pytest.approx(3.7, rel=1e-12)
    assert year.heat_sold_kw[0] == pytest.approx(3.0, rel=1e-12)
    assert year.rejected_kw[0] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("tank_kwh", [0.0, 300.0])
@pytest.mark.parametrize("limit_kw", [0.0, 20.0])
def test_a_hub_without_a_dry_cooler_stays_within_what_network_and_tank_take(tank_kwh, limit_kw):
    hub = short_hub(tank_kwh=tank_kwh, rejection_limit_kw=limit_kw)
    year = check_against_highs(hub)
    assert year.rejected_kw.max() <= limit_kw
    if tank_kwh == 0.0:
        capped = replace(
            hub,
            compute_limit_kw=np.minimum(100.0, hub.heat_uptake_kw + limit_kw),
            rejection_limit_kw=np.full(48, np.inf),
        )
        assert optimal_year(capped).lower_eur == pytest.approx(year.lower_eur, rel=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"electricity_price_eur_per_kwh": -0.05},
        {"electricity_price_eur_per_kwh": 0.05, "heat_uptake_kw": 50.0},
        {"heat_uptake_kw": 0.0},
        {"heat_value_eur_per_kwh": 0.0, "compute_revenue_eur_per_kwh": 0.0},
        {"compute_limit_kw": [0.0] * 20 + [100.0] * 8 + [0.0] * 20},
        {"compute_limit_kw": 0.0, "tank_start_kwh": 300.0},
        {"capture_share": 0.0, "tank_start_kwh": 300.0},
        {"tank_start_kwh": 200.0, "tank_end": "at_least_start"},
        {"tank_end_value_eur_per_kwh": 0.1},
        {"tank_charge_kw": 10.0, "tank_discharge_kw": 0.0},
        {"heat_pump_cop": [3.0, 4.0] * 24},
        {"rejection_cost_eur_per_kwh": -0.01},
    ],
)
@pytest.mark.parametrize("switching_cost", [0.0, 0.02, 50.0])
def test_special_years_earn_what_highs_finds(changes, switching_cost):
    check_against_highs(short_hub(**{"switching_cost_eur_per_kw": switching_cost, **changes}))


@pytest.mark.parametrize("tank_kwh", [0.0, 300.0])
@pytest.mark.parametrize("switching_cost", [0.0, 0.02])
def test_a_constant_series_is_a_number(tank_kwh, switching_cost):
    number = short_hub(tank_kwh=tank_kwh, switching_cost_eur_per_kw=switching_cost)
    series = replace(number, heat_value_eur_per_kwh=np.full(48, 0.03))
    assert optimal_year(series).lower_eur == optimal_year(number).lower_eur


@pytest.mark.parametrize("hours", [8760, 8784])
def test_a_constant_year_of_any_length_is_one_hour_repeated(hours):
    # 100 kW at 0.05 - 0.02, heat 60 kW at 0.03; the rest is rejected free: 3 + 1.8 EUR/h
    year = optimal_year(
        hub_year(
            compute_limit_kw=[100.0] * hours,
            compute_revenue_eur_per_kwh=0.05,
            electricity_price_eur_per_kwh=0.02,
            heat_value_eur_per_kwh=0.03,
            heat_uptake_kw=60.0,
            tank_kwh=100.0,
            switching_cost_eur_per_kw=1.0,
        )
    )
    # at the end nothing is kept in the tank that could be sold, so the tank adds nothing
    assert year.lower_eur == pytest.approx(4.8 * hours, rel=1e-9)
    assert year.upper_eur == pytest.approx(4.8 * hours, rel=1e-9)


def test_the_limits_of_the_method_meet():
    both = short_hub()
    for small in (1e-6, 1e-9):
        tiny_k = optimal_year(replace(both, switching_cost_eur_per_kw=small))
        no_k = optimal_year(replace(both, switching_cost_eur_per_kw=0.0))
        # at most 100 kW can be switched in each of 47 hours
        assert no_k.lower_eur - 47 * 100 * small <= tiny_k.upper_eur
        assert tiny_k.lower_eur <= no_k.upper_eur * (1 + 1e-9)
        tiny_tank = optimal_year(replace(both, tank_kwh=small))
        no_tank = optimal_year(replace(both, tank_kwh=0.0))
        # a kWh of the tank moves at most 48 kWh, each worth less than 1 EUR
        assert no_tank.lower_eur <= tiny_tank.upper_eur * (1 + 1e-9)
        assert tiny_tank.lower_eur <= no_tank.upper_eur + 48 * small


def test_many_hubs_at_once_give_what_each_gives_alone():
    hubs = [northern_year(seed, 200 + 24 * (seed % 2), 4.0, 0.05 * (seed % 3)) for seed in range(9)]
    for alone, together in zip(map(optimal_year, hubs), optimal_years(hubs), strict=True):
        assert (alone.lower_eur, alone.upper_eur) == (together.lower_eur, together.upper_eur)
        np.testing.assert_array_equal(alone.compute_kw, together.compute_kw)
        np.testing.assert_array_equal(alone.tank_kwh, together.tank_kwh)
    assert optimal_years([]) == []


def test_the_price_of_heat_is_what_a_kilowatt_hour_more_would_earn():
    # One more kWh of uptake in an hour is worth the value of heat less its price there.
    hub = short_hub(switching_cost_eur_per_kw=0.0)
    year = optimal_year(hub)
    hour = int(np.argmin(year.heat_price_eur_per_kwh))
    more = hub.heat_uptake_kw.copy()
    more[hour] += 1e-3
    gain = optimal_year(replace(hub, heat_uptake_kw=more)).lower_eur - year.lower_eur
    worth = max(0.03 - year.heat_price_eur_per_kwh[hour], 0.0)
    assert gain == pytest.approx(1e-3 * worth, abs=1e-9)


def test_the_last_resort_closes_any_gap():
    # a plan that stands still and no upper bound at all: HiGHS has to do everything
    hub = short_hub()
    program, _, unit_eur = scaled(hub)
    bounds = close_gap(program, empty_plan(48), Bounds(-np.inf, np.inf, OPEN_GAP, 0))
    known = optimal_year(hub)
    assert bounds.how != OPEN_GAP
    assert bounds.lower * unit_eur == pytest.approx(known.lower_eur, rel=1e-6)
    assert bounds.upper * unit_eur == pytest.approx(known.upper_eur, rel=1e-6)
