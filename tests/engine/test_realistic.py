import math
from dataclasses import replace

import numpy as np
import pytest
from hub_judge import northern_year

from engines.dispatch.forecast import (
    FADE,
    forecast_error_share,
    forecast_heat,
    last_known_like,
    prices_known_until,
)
from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import optimal_year
from engines.dispatch.realistic import (
    OperatingState,
    first_state,
    operate,
    plan_ahead,
    realistic_share,
    realistic_year,
)
from engines.errors import EngineError

CASES = [(0.0, 0.0), (6.0, 0.0), (0.0, 0.05), (6.0, 0.05)]


def test_prices_are_known_until_the_end_of_tomorrow_from_one_in_the_afternoon_on():
    assert [prices_known_until(hour) for hour in (0, 12, 13, 23, 24, 37)] == [
        24, 24, 48, 48, 48, 72,
    ]  # fmt: skip
    # beyond, a day like the last one known
    assert [last_known_like(hour, 24) for hour in (5, 23, 24, 47)] == [5, 23, 0, 23]


def test_heat_is_that_of_the_day_before_and_the_error_of_the_last_hour_fades():
    # yesterday 1..24, the hour before it 0; so the last hour (24) was 24 above the day before
    history = np.arange(25.0)
    ahead = np.empty(26)
    forecast_heat(history, ahead)
    assert ahead[0] == pytest.approx(1.0 + 24.0 * FADE, rel=1e-12)
    assert ahead[1] == pytest.approx(2.0 + 24.0 * FADE**2, rel=1e-12)
    assert ahead[24] == pytest.approx(1.0 + 24.0 * FADE**25, rel=1e-12)
    forecast_heat(-history, ahead)
    assert ahead.min() >= 0.0


def test_the_error_of_the_forecast_is_none_where_days_repeat_and_stated_where_they_do_not():
    day = np.arange(1.0, 25.0)
    assert forecast_error_share(np.tile(day, 10), 1) == 0.0
    # a step from 1 to 3 after 100 hours; hours 25 to 199 can be forecast, the mean is 2
    step = np.concatenate([np.full(100, 1.0), np.full(100, 3.0)])
    # the first hour after it is 2 off; the next 23 are 1 + 2 FADE instead of 3; then the day before
    # has the step too, and the correction of 2 FADE is added to it once more
    off = 2.0 + 23 * 2.0 * (1 - FADE) + 2.0 * FADE
    assert forecast_error_share(step, 1) == pytest.approx(off / 175 / 2.0, rel=1e-12)
    assert math.isnan(forecast_error_share(np.zeros(100), 1))
    assert math.isnan(forecast_error_share(np.ones(20), 1))
    with pytest.raises(EngineError, match="1 to 24 hours"):
        forecast_error_share(np.ones(100), 25)


@pytest.mark.parametrize(("tank_h", "switching_cost"), CASES)
def test_a_realistic_year_keeps_all_limits_and_earns_less_than_the_optimum(tank_h, switching_cost):
    hub = northern_year(21, 720, tank_h, switching_cost)
    real, best = realistic_year(hub), optimal_year(hub)
    done = real.hours
    assert real.earned_eur <= best.upper_eur
    assert 0.9 < realistic_share(best, real) < 1.0
    flow = hub.capture_share * done.compute_kw - done.heat_sold_kw - done.rejected_kw
    kept = (1 - hub.tank_loss_share_per_h) * done.tank_kwh[:-1]
    np.testing.assert_allclose(done.tank_kwh[1:], kept + flow, atol=1e-6)
    for value, limit in (
        (done.compute_kw, hub.compute_limit_kw),
        (done.heat_sold_kw, hub.heat_uptake_kw),
        (done.tank_kwh, hub.tank_kwh),
    ):
        assert np.all(value >= 0.0) and np.all(value <= limit)
    assert done.tank_kwh[-1] >= hub.tank_start_kwh * (1 - 1e-6)


@pytest.mark.parametrize(("tank_h", "switching_cost"), CASES)
def test_a_year_in_parts_is_the_year_at_once(tank_h, switching_cost):
    hub = northern_year(22, 200, tank_h, switching_cost)
    whole, end = operate(hub, first_state(hub), 200)
    state, parts = first_state(hub), []
    for hours in (1, 30, 0, 69, 100):
        part, state = operate(hub, state, hours)
        parts.append(part.compute_kw)
    np.testing.assert_allclose(np.concatenate(parts), whole.compute_kw, atol=1e-5)
    assert state.hour == end.hour == 200
    assert state.tank_kwh == pytest.approx(end.tank_kwh, abs=1e-5)
    np.testing.assert_array_equal(state.uptake_kw, hub.heat_uptake_kw[-25:])


def test_what_happens_later_cannot_be_known_now():
    hub = northern_year(23, 240, 4.0, 0.05)
    # at 12:00 of the third day prices are known until its end, heat of the hour itself is not
    now = 48 + 12

    def decided(changed: HubYear) -> np.ndarray:
        return operate(changed, first_state(changed), now + 1)[0].compute_kw

    price, heat = hub.electricity_price_eur_per_kwh.copy(), hub.heat_uptake_kw.copy()
    price[72:] = 9.0
    heat[now:] = 0.0
    unknown = replace(hub, electricity_price_eur_per_kwh=price, heat_uptake_kw=heat)
    np.testing.assert_array_equal(decided(unknown), decided(hub))
    known = hub.electricity_price_eur_per_kwh.copy()
    known[now] = 9.0
    assert decided(replace(hub, electricity_price_eur_per_kwh=known))[now] < decided(hub)[now]


def test_the_hour_that_is_carried_out_is_the_first_of_the_plan():
    hub = northern_year(24, 240, 4.0, 0.05)
    _, state = operate(hub, first_state(hub), 100)
    plan = plan_ahead(hub, state)
    done, _ = operate(hub, state, 1)
    # at 04:00 prices are known for 20 hours, and a day like it follows
    assert plan.compute_kw.size == 44
    assert plan.compute_kw[0] == pytest.approx(done.compute_kw[0], abs=1e-5)
    assert plan.tank_kwh[0] == state.tank_kwh


def test_heat_without_a_place_stops_machines():
    # no cooler, no tank: the network that takes nothing on the second day stops the hub at once
    uptake = np.r_[np.full(24, 50.0), np.zeros(24)]
    hub = hub_year(
        compute_limit_kw=100.0,
        compute_revenue_eur_per_kwh=0.1,
        electricity_price_eur_per_kwh=[0.01] * 48,
        heat_value_eur_per_kwh=0.01,
        heat_uptake_kw=uptake,
        rejection_limit_kw=0.0,
    )
    np.testing.assert_allclose(realistic_year(hub).hours.compute_kw, uptake, atol=1e-9)


def test_a_share_of_nothing_is_missing():
    hub = replace(northern_year(25, 48, 0.0, 0.0), compute_limit_kw=np.zeros(48))
    assert math.isnan(realistic_share(optimal_year(hub), realistic_year(hub)))


@pytest.mark.parametrize(
    ("state", "hours", "sentence"),
    [
        (OperatingState(40, 0.0, None, np.zeros(25)), 9, "end after 48 hours"),
        (OperatingState(-1, 0.0, None, np.zeros(25)), 1, "end after 48 hours"),
        (OperatingState(0, 0.0, None, np.zeros(24)), 1, "last 25 hours"),
        (OperatingState(0, 9e9, None, np.zeros(25)), 1, "in a tank of"),
        (OperatingState(0, math.nan, None, np.zeros(25)), 1, "in a tank of"),
    ],
)
def test_a_state_that_cannot_be_is_refused(state, hours, sentence):
    with pytest.raises(EngineError, match=sentence):
        operate(northern_year(26, 48, 1.0, 0.0), state, hours)
