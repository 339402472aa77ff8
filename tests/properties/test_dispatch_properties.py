from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.dispatch.heat_limited import DispatchInputs, heat_limited_dispatch, hourly

HOURS = 12


def series(low: float, high: float) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, HOURS, elements=st.floats(low, high))


@st.composite
def hubs(draw: st.DrawFn) -> DispatchInputs:
    return DispatchInputs(
        uptake_kw=draw(series(0, 2000))[None],
        heat_value_eur_per_mwh=draw(series(-50, 150))[None],
        heat_pump_per_heat=draw(series(0, 2))[None],
        headroom_kw=draw(series(0, 2000))[None],
        price_eur_per_mwh=draw(series(-300, 600)),
        network_of=np.array([0]),
        substation_of=np.array([0]),
        power_it_kw=np.array([draw(st.floats(1, 1500))]),
        pipe_loss_kw=np.array([draw(st.floats(0, 100))]),
        pump_kw=np.array([draw(st.floats(0, 20))]),
        compute_value_eur_per_mwh=np.array([draw(st.floats(0, 200)), 0.0]),
        capture_share=draw(st.floats(0.5, 1)),
        auxiliary_share=draw(st.floats(0, 0.15)),
        dry_cooler_share=draw(st.floats(0, 0.1)),
        wear_eur_per_mwh=draw(st.floats(0, 50)),
        availability_share=draw(st.floats(0, 1)),
    )


@given(hubs())
def test_energy_closes_in_every_year(hub):
    year = heat_limited_dispatch(hub)
    out = (
        year.heat_delivered_mwh + year.heat_lost_mwh + year.heat_rejected_mwh + year.uncaptured_mwh
    )
    np.testing.assert_allclose(out, year.electricity_mwh, rtol=1e-6, atol=1e-12)


@given(hubs())
def test_every_limit_is_kept_in_every_hour(hub):
    hours = hourly(hub, 0, 0)
    assert np.all(hours.electricity_kw <= hub.headroom_kw[0] * (1 + 1e-9) + 1e-9)
    assert np.all(hours.it_power_kw <= hub.power_it_kw[0] * (1 + 1e-9))
    of_hub_kw = hours.heat_delivered_kw - hours.heat_pump_kw
    assert np.all(of_hub_kw <= hub.uptake_kw[0] * (1 + 1e-9))
    for part in (hours.heat_delivered_kw, hours.heat_rejected_kw, hours.margin_eur):
        assert np.all(part >= 0)


@given(hubs())
def test_reuse_never_beats_the_capture_share(hub):
    # ERF <= f_c / (1 + aux), both without the heat pump, which only lifts the reused heat
    year = heat_limited_dispatch(hub)
    drawn = year.electricity_mwh - year.heat_pump_mwh
    bound = hub.capture_share / (1 + hub.auxiliary_share) * drawn
    reused = year.heat_delivered_mwh - year.heat_pump_mwh
    assert np.all(reused <= bound * (1 + 1e-9) + 1e-9)


def with_worthy_heat(hub):
    """The same hub, no heat pump, where heat is worth more than the fan power it saves."""
    worth = np.maximum(hub.heat_value_eur_per_mwh, 0.1 * np.abs(hub.price_eur_per_mwh))
    return replace(
        hub,
        heat_value_eur_per_mwh=worth,
        heat_pump_per_heat=np.zeros((1, HOURS)),
        wear_eur_per_mwh=0.0,
    )


@given(hubs(), st.floats(0, 500))
def test_more_uptake_never_lowers_the_margin_while_heat_is_worth_more_than_it_saves(hub, more):
    # Taking more heat saves fan power, whose worth turns negative with the price.
    hub = with_worthy_heat(hub)
    wider = replace(hub, uptake_kw=hub.uptake_kw + more)
    assert np.all(hourly(wider, 0, 0).margin_eur >= hourly(hub, 0, 0).margin_eur - 1e-9)


@given(hubs(), st.floats(0, 500))
def test_more_headroom_never_lowers_the_margin(hub, more):
    # Guarded like the property above, and without fixed parts that a bigger hub must carry.
    hub = with_worthy_heat(hub)
    wider = replace(hub, headroom_kw=hub.headroom_kw + more)
    assert np.all(hourly(wider, 0, 0).margin_eur >= hourly(hub, 0, 0).margin_eur - 1e-9)


@given(hubs(), st.floats(0, 500))
def test_a_higher_price_never_raises_the_grid_power(hub, more):
    dearer = replace(hub, price_eur_per_mwh=hub.price_eur_per_mwh + more)
    before, after = hourly(hub, 0, 0), hourly(dearer, 0, 0)
    assert np.all(after.electricity_kw <= before.electricity_kw * (1 + 1e-9) + 1e-9)


@given(hubs())
def test_no_headroom_means_no_energy(hub):
    dark = heat_limited_dispatch(replace(hub, headroom_kw=np.zeros((1, HOURS))))
    assert dark.electricity_mwh.max() == 0.0
    assert dark.heat_delivered_mwh.max() == 0.0


@given(hubs())
def test_no_uptake_means_no_heat_and_no_pipe_loss(hub):
    cold = heat_limited_dispatch(replace(hub, uptake_kw=np.zeros((1, HOURS))))
    assert cold.heat_delivered_mwh.max() == 0.0
    assert cold.heat_lost_mwh.max() == 0.0
    assert cold.hours_with_heat.max() == 0.0


@given(hubs())
def test_a_hub_that_is_paid_for_power_runs_in_every_hour_that_has_room(hub):
    paid = replace(
        hub,
        price_eur_per_mwh=np.full(HOURS, -100.0),
        headroom_kw=np.maximum(hub.headroom_kw, 1.0),
        wear_eur_per_mwh=0.0,
    )
    assert np.all(hourly(paid, 0, 0).it_power_kw > 0)


@given(hubs())
def test_the_margin_is_what_the_money_columns_say(hub):
    year = heat_limited_dispatch(hub)
    booked = (
        year.compute_revenue_eur
        + year.heat_revenue_eur
        - year.electricity_cost_eur
        - hub.wear_eur_per_mwh * year.it_energy_mwh
    )
    hours = [hourly(hub, 0, number).margin_eur.sum() for number in range(2)]
    expected = np.array(hours) * hub.availability_share
    np.testing.assert_allclose(booked[0], expected, rtol=1e-6, atol=1e-6)


@settings(max_examples=5)
@given(hubs(), st.sampled_from([8760, 8784]))
def test_a_constant_year_of_any_length_is_its_first_hour_repeated(hub, hours):
    def first_hour(table: np.ndarray) -> np.ndarray:
        return np.repeat(table[..., :1], hours, axis=-1)

    names = (
        "uptake_kw",
        "heat_value_eur_per_mwh",
        "heat_pump_per_heat",
        "headroom_kw",
        "price_eur_per_mwh",
    )
    year = replace(hub, **{name: first_hour(getattr(hub, name)) for name in names})
    found = heat_limited_dispatch(year).electricity_mwh[0, 0]
    one = hourly(hub, 0, 0).electricity_kw[0] / 1000 * hub.availability_share
    assert found == pytest.approx(one * hours, rel=1e-9, abs=1e-12)
