import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import InvalidInput
from engines.thermal.inertia import (
    bridged_hours,
    equilibrium_degc,
    hold_hours,
    indoor_after_degc,
    indoor_series_degc,
    network_water_kwh,
    outage_allowed,
    pipe_volume_m3,
)

HOUSE = {"time_constant_h": 100.0, "indoor_degc": 21.0}


@pytest.mark.parametrize(
    ("outdoor", "lost", "least", "hours"),
    # vector T6
    [
        (-10.0, 1.0, 20.0, 3.28),
        (-10.0, 1.0, 18.0, 10.18),
        (-10.0, 0.1, 20.0, 38.95),
        (0.0, 1.0, 20.0, 4.88),
        (0.0, 1.0, 18.0, 15.42),
    ],
)
def test_buildings_hold_as_long_as_vector_t6_says(outdoor, lost, least, hours):
    place = {"outdoor_degc": outdoor, "share_lost": lost, "least_degc": least}
    held = hold_hours(**HOUSE, **place)
    assert held == pytest.approx(hours, rel=1e-3)
    for tau in (50.0, 200.0):
        scaled = hold_hours(**HOUSE | {"time_constant_h": tau}, **place)
        assert scaled == pytest.approx(held * tau / 100.0, rel=1e-12)
    # and at that time the limit is reached
    then = indoor_after_degc(held, **HOUSE, outdoor_degc=outdoor, share_lost=lost)
    assert then == pytest.approx(least, rel=1e-12)


def test_a_small_loss_never_reaches_the_limit():
    # equilibrium 21 - 0.02 * 31 = 20.38 degC
    assert equilibrium_degc(-10.0, 0.02, 21.0) == pytest.approx(20.38)
    held = hold_hours(**HOUSE, outdoor_degc=-10.0, share_lost=[0.02, 0.0], least_degc=20.0)
    assert held.tolist() == [np.inf, np.inf]


def test_a_building_already_too_cold_holds_no_hour():
    held = hold_hours(**HOUSE, outdoor_degc=[-10.0, 25.0], share_lost=1.0, least_degc=22.0)
    assert held.tolist() == [0.0, 0.0]


def test_a_steady_cold_snap_is_the_exponential():
    series = indoor_series_degc(
        time_constant_h=100.0, outdoor_degc=np.full(24, -10.0), share_lost=1.0, indoor_degc=21.0
    )
    hours = np.arange(1, 25)
    expected = indoor_after_degc(hours, **HOUSE, outdoor_degc=-10.0, share_lost=1.0)
    np.testing.assert_allclose(series, expected, rtol=1e-12)


def test_heat_that_returns_brings_the_rooms_back():
    lost = np.r_[np.ones(10), np.zeros(500)]
    series = indoor_series_degc(
        time_constant_h=100.0, outdoor_degc=np.full(510, -10.0), share_lost=lost, indoor_degc=21.0
    )
    assert series.argmin() == 9
    assert series[-1] == pytest.approx(21.0, abs=0.05)


def test_two_kilometres_of_dn100_hold_105_kwh():
    # domain 2.11: 18 m3 and 5 K -> about 105 kWh; 2,000 * pi/4 * 0.1071**2 = 18.02 m3
    volume = pipe_volume_m3(2000.0, 107.1)
    assert volume == pytest.approx(18.02, abs=5e-3)
    assert network_water_kwh(volume, 5.0) == pytest.approx(104.8, abs=0.05)


def test_water_bridges_minutes():
    # 104.8 kWh for 1,000 kW
    assert bridged_hours([104.8, 104.8], [1000.0, 0.0]).tolist() == pytest.approx([0.1048, np.inf])


def test_an_outage_is_allowed_with_backup_or_patience():
    hub = {"hub_kw": 1000.0, "outage_h": 4.0, "hold_h": 3.28}
    assert outage_allowed(**hub, backup_kw=0.0, storage_kwh=0.0) is False
    assert outage_allowed(**hub, backup_kw=600.0, storage_kwh=1600.0) is True  # 600 + 1600 / 4
    assert outage_allowed(**hub, backup_kw=600.0, storage_kwh=1599.0) is False
    assert outage_allowed(**hub | {"outage_h": 3.0}, backup_kw=0.0, storage_kwh=0.0) is True
    assert outage_allowed(**hub, backup_kw=np.nan, storage_kwh=0.0) is None


def test_wrong_numbers_are_refused_by_name():
    with pytest.raises(InvalidInput, match="Time constant"):
        hold_hours(
            time_constant_h=0.0, outdoor_degc=0.0, share_lost=1.0, indoor_degc=21.0, least_degc=20.0
        )
    with pytest.raises(InvalidInput, match="Share of heat lost"):
        equilibrium_degc(0.0, 1.5, 21.0)
    with pytest.raises(InvalidInput, match="must not be negative"):
        outage_allowed(hub_kw=1.0, backup_kw=0.0, storage_kwh=0.0, outage_h=-1.0, hold_h=1.0)


@given(st.floats(-30, 15), st.floats(0.01, 1), st.floats(20, 300), st.floats(0.1, 6))
def test_colder_air_or_a_larger_loss_never_lets_buildings_hold_longer(outdoor, lost, tau, colder):
    def held(**change):
        place = {"outdoor_degc": outdoor, "share_lost": lost, "least_degc": 18.0}
        return hold_hours(time_constant_h=tau, indoor_degc=21.0, **place | change)

    assert held(outdoor_degc=outdoor - colder) <= held() * (1 + 1e-9)
    assert held(share_lost=min(1.0, lost * 1.5)) <= held() * (1 + 1e-9)
