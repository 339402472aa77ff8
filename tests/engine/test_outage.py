import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.errors import InvalidInput
from engines.thermal.outage import (
    cold_snap_hours,
    coldest_hours,
    forced_outage,
    n_minus_1_backup,
)


def test_the_coldest_week_is_where_most_heat_is_needed():
    load = np.ones(8760)
    load[1000:1168] = 5.0
    assert coldest_hours(load) == 1000
    assert coldest_hours(np.r_[np.ones(100), 9.0, np.ones(100)], hours=1) == 100


def test_plants_cover_in_their_order_and_the_tank_what_is_left():
    # 10 hours of 100 kW: waste 40, gas 30, so 30 are left; the tank of 120 kWh lasts 4 hours
    week = forced_outage(
        np.full(10, 100.0), 50.0, {"waste": 40.0, "gas": 30.0}, tank_kwh=120.0, hours=10
    )
    assert week.needed_kwh == 1000.0
    assert week.hub_kwh == 500.0
    assert dict(week.covered_kwh) == {"waste": 400.0, "gas": 300.0, "tank": 120.0}
    assert week.missing_kw.tolist() == [0.0] * 4 + [30.0] * 6
    assert week.missing_kwh == 180.0
    assert week.worst_kw == 30.0


def test_plants_with_room_charge_the_tank_again():
    load = np.array([100.0, 20.0, 100.0])
    week = forced_outage(load, 0.0, {"gas": 60.0}, tank_kwh=40.0, hours=3)
    assert week.missing_kwh == 0.0
    assert week.covered_kwh["tank"] == 80.0


def test_a_week_longer_than_the_year_is_refused():
    with pytest.raises(InvalidInput, match="at least 168 hours"):
        coldest_hours(np.ones(24))


def test_an_unknown_rating_is_refused_by_name():
    with pytest.raises(InvalidInput, match="Rating of gas"):
        forced_outage(np.ones(200), 0.0, {"gas": np.nan})


def test_n_minus_1_takes_away_the_largest_plant():
    # peak 1000; hub 300, others 600 + 400: without the largest 300 + 400 = 700 < 1000
    tight = n_minus_1_backup(1000.0, 300.0, [600.0, 400.0])
    assert tight.without_hub_kw == 1000.0
    assert tight.without_largest_kw == 700.0
    assert tight.holds is False
    assert tight.firm_hub_kw == 300.0  # others can give all 1000 in its place
    # others 500: they give 700 in the hub's presence at peak, there is no spare at all
    weak = n_minus_1_backup(1000.0, 300.0, [500.0])
    assert weak.firm_hub_kw == 0.0
    part = n_minus_1_backup(1000.0, 300.0, [800.0])
    assert part.firm_hub_kw == 100.0
    assert n_minus_1_backup(1000.0, 300.0, [600.0, 600.0, 400.0]).holds is True


def test_an_unknown_plant_makes_the_answer_unknown():
    unknown = n_minus_1_backup(1000.0, 300.0, [600.0, np.nan])
    assert unknown.holds is None
    assert np.isnan(unknown.firm_hub_kw)


def test_a_network_with_only_the_hub_has_no_backup():
    alone = n_minus_1_backup(300.0, 300.0, [])
    assert alone.without_hub_kw == 0.0
    assert alone.holds is False
    assert alone.firm_hub_kw == 0.0


def test_cold_snaps_are_found_with_their_length():
    outdoor = np.array([0, -6, -6, 0, -6, -6, -6, -6])
    assert cold_snap_hours(outdoor, below_degc=-5.0, least_hours=3) == [(4, 4)]
    assert cold_snap_hours(outdoor, below_degc=-5.0, least_hours=2) == [(1, 2), (4, 4)]
    assert cold_snap_hours(outdoor, below_degc=-10.0, least_hours=1) == []


@given(
    arrays(float, 24, elements=st.floats(0, 1000)),
    st.floats(0, 500),
    st.floats(0, 5000),
    st.floats(0, 400),
)
def test_what_is_needed_is_covered_or_missing(load, gas, tank, power):
    week = forced_outage(load, 0.0, {"gas": gas}, tank_kwh=tank, tank_kw=power, hours=24)
    whole = sum(week.covered_kwh.values()) + week.missing_kwh
    assert whole == pytest.approx(week.needed_kwh, rel=1e-9, abs=1e-9)
    assert np.all(week.missing_kw >= -1e-9)
