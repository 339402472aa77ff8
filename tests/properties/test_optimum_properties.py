from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import OptimalYear, optimal_year

HOURS = 36


def series(low: float, high: float) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, HOURS, elements=st.floats(low, high, width=32))


@st.composite
def hubs(draw: st.DrawFn) -> HubYear:
    return hub_year(
        compute_limit_kw=draw(series(0, 1)),
        compute_revenue_eur_per_kwh=draw(st.floats(0, 2)),
        electricity_price_eur_per_kwh=draw(series(-1, 3)),
        heat_value_eur_per_kwh=draw(series(-0.5, 1)),
        heat_uptake_kw=draw(series(0, 1.5)),
        capture_share=draw(st.floats(0, 1)),
        rejection_cost_eur_per_kwh=draw(st.floats(0, 0.5)),
        rejection_limit_kw=draw(st.sampled_from([0.0, 0.5, np.inf])),
        tank_kwh=draw(st.sampled_from([0.0, 1.0, 5.0])),
        tank_loss_share_per_h=draw(st.sampled_from([0.0, 0.01, 0.5])),
        switching_cost_eur_per_kw=draw(st.sampled_from([0.0, 0.1, 3.0])),
    )


def not_worse(better: OptimalYear, worse: OptimalYear) -> bool:
    """The optimum of one is not below that of the other, as far as the bounds can tell."""
    return better.upper_eur >= worse.lower_eur - 1e-9 * (1.0 + abs(worse.lower_eur))


@settings(max_examples=60, deadline=None)
@given(hubs(), series(0, 1))
def test_more_of_anything_that_may_stay_unused_is_not_worse(hub, more):
    base = optimal_year(hub)
    for changes in (
        {"compute_limit_kw": hub.compute_limit_kw + more},
        {"heat_uptake_kw": hub.heat_uptake_kw + more},
        {"rejection_limit_kw": hub.rejection_limit_kw + more},
        {"tank_kwh": hub.tank_kwh + more[0]},
        {"heat_value_eur_per_kwh": hub.heat_value_eur_per_kwh + more},
    ):
        assert not_worse(optimal_year(replace(hub, **changes)), base)


@settings(max_examples=60, deadline=None)
@given(hubs(), st.floats(0, 2))
def test_dearer_switching_is_not_better(hub, more):
    dearer = replace(hub, switching_cost_eur_per_kw=hub.switching_cost_eur_per_kw + more)
    assert not_worse(optimal_year(hub), optimal_year(dearer))


@settings(max_examples=60, deadline=None)
@given(hubs())
def test_the_proof_is_tight_and_nothing_earns_less_than_standing_still(hub):
    year = optimal_year(hub)
    # all money that can change hands; sums of it are rounded to about 1e-16 of it
    turnover = (
        np.abs(hub.compute_margin_eur_per_kwh) @ hub.compute_limit_kw
        + np.abs(hub.heat_margin_eur_per_kwh) @ hub.heat_uptake_kw
        + hub.switching_cost_eur_per_kw * np.abs(np.diff(hub.compute_limit_kw)).sum()
    )
    assert year.upper_eur - year.lower_eur <= 2e-7 * abs(year.lower_eur) + 1e-9 * turnover
    assert year.upper_eur >= -1e-12 * turnover


def test_money_and_shares_next_to_nothing_are_no_stumbling_block():
    # the smallest number a machine knows, beside ordinary ones: nothing may overflow
    least = np.nextafter(0.0, 1.0)
    nothing = np.zeros(HOURS)
    price = nothing.copy()
    price[1] = 1.0
    limit = nothing.copy()
    limit[0] = 1.0
    poor = hub_year(
        compute_limit_kw=limit,
        compute_revenue_eur_per_kwh=least,
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=nothing,
        heat_uptake_kw=nothing,
        capture_share=0.0,
    )
    cold = hub_year(
        compute_limit_kw=nothing,
        compute_revenue_eur_per_kwh=0.0,
        electricity_price_eur_per_kwh=0.0,
        heat_value_eur_per_kwh=np.ones(HOURS),
        heat_uptake_kw=nothing,
        capture_share=least,
    )
    # the only hour that can run earns `least`, and no heat is ever sold: both are worth nothing
    for hub in (poor, cold):
        year = optimal_year(hub)
        assert 0.0 <= year.lower_eur <= year.upper_eur <= 1e-300


@settings(max_examples=30, deadline=None)
@given(hubs(), st.floats(0.01, 1000))
def test_units_do_not_matter(hub, factor):
    scaled = replace(
        hub,
        compute_limit_kw=factor * hub.compute_limit_kw,
        heat_uptake_kw=factor * hub.heat_uptake_kw,
        rejection_limit_kw=factor * hub.rejection_limit_kw,
        tank_kwh=factor * hub.tank_kwh,
    )
    one, other = optimal_year(hub), optimal_year(scaled)
    assert abs(other.lower_eur - factor * one.lower_eur) <= factor * (
        1e-6 * abs(one.lower_eur) + 1e-7
    )
