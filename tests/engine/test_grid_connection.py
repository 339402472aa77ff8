"""Voltage, node, class and what parcels on one node leave each other, by hand."""

import numpy as np
import pytest
from grid_nodes import make_nodes
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.grid.connection import GridAccess, connect, nowhere
from engines.grid.nodes import no_nodes
from engines.grid.sharing import share_node

A = build_assumptions()
NO_FEEDERS = no_nodes(are_feeders=True)
HOURS = 4


def access(low=-1, medium=-1, feeder_low=-1, feeder_medium=-1, far_m=500.0, near_m=20.0):
    """One parcel: stations `far_m` away, feeders `near_m`."""
    station, feeder = np.array([[low, medium]]), np.array([[feeder_low, feeder_medium]])
    return GridAccess(
        station,
        np.where(station < 0, np.nan, far_m),
        feeder,
        np.where(feeder < 0, np.nan, near_m),
    )


def one(where, needed_kw, stations, feeders=NO_FEEDERS):
    return connect(where, stations, feeders, np.array([needed_kw]), HOURS, A)


# free: 0.855 * 1000 = 855 kW at the station, 0.855 * 0.5 * 40,000 = 17,100 kW at the primary one
STATIONS = make_nodes([1000.0, 40_000.0], [0.0, 0.0], voltage_kv=[20.0, 110.0])


@pytest.mark.parametrize(
    ("needed_kw", "level", "firm_kw", "transformer"),
    [
        (90.0, "lv_station", 855.0, (0.0, 0.0)),
        (250.0, "lv_station", 855.0, (0.0, 0.0)),
        # 251 / 0.9 = 279 kVA: one of 400
        (251.0, "mv_station", 17_100.0, (1.0, 400.0)),
        # 6,000 / 0.9 = 6,667 kVA: three, 2,222 each, so of 2,500
        (6_000.0, "mv_station", 17_100.0, (3.0, 2500.0)),
    ],
)
def test_power_decides_the_voltage_and_the_node(needed_kw, level, firm_kw, transformer):
    found = one(access(low=0, medium=1), needed_kw, STATIONS)
    assert found.level.tolist() == [level]
    assert found.firm_kw == pytest.approx([firm_kw])
    assert (found.transformers[0], found.transformer_kva[0]) == transformer
    # 1.3 times the way of a bird
    assert found.cable_m.tolist() == [650.0]


def test_more_than_medium_voltage_carries_is_not_judged():
    found = one(access(low=0, medium=1), 20_001.0, STATIONS)
    assert (found.level[0], found.screening[0]) == ("unknown", "unknown")
    assert found.said[0].key == "grid_too_large"
    assert found.lead_months(0) is None


def test_a_station_for_low_voltage_cannot_supply_a_large_hub():
    found = one(access(low=0), 1_000.0, STATIONS)
    assert np.isnan(found.firm_kw[0])
    assert found.said[0].text == "No substation is known that could supply 1000 kW."
    assert np.isnan(found.flexible_kw[found.limit_of[0]]).all()


def test_a_small_hub_takes_medium_voltage_where_nothing_feeds_low():
    found = one(access(medium=1), 50.0, STATIONS)
    assert (found.level[0], found.transformer_kva[0]) == ("mv_station", 400.0)


def test_a_hub_hangs_on_the_cable_that_passes_if_that_has_the_power():
    # 0.855 * 300 = 256.5 kW on the cable
    cable = make_nodes([300.0], [0.0], voltage_kv=[0.4], are_feeders=True)
    found = one(access(low=0, feeder_low=0), 100.0, STATIONS, cable)
    assert (found.level[0], found.distance_m[0], found.feeder_of[0]) == ("lv_feeder", 20.0, 0)
    assert found.firm_kw == pytest.approx([256.5])
    # 101 kW is too much for a cable in the street
    larger = one(access(low=0, feeder_low=0), 101.0, STATIONS, cable)
    assert (larger.level[0], larger.distance_m[0]) == ("lv_station", 500.0)


@pytest.mark.parametrize("peak_kw", [240.0, np.nan])
def test_a_cable_that_is_full_or_not_known_is_passed_by(peak_kw):
    cable = make_nodes([300.0], [peak_kw], voltage_kv=[0.4], are_feeders=True)
    found = one(access(low=0, feeder_low=0), 100.0, STATIONS, cable)
    assert (found.level[0], found.firm_kw[0]) == ("lv_station", pytest.approx(855.0))


def test_classes_and_lead_times_follow_the_headroom():
    # free 855: green up to 570, amber up to 855; 20 kV stated as primary by its rating
    stations = make_nodes([10_000.0] * 3, [0.0] * 3, stated_firm_kw=[1500.0, 1200.0, 500.0])
    where = GridAccess(
        np.array([[-1, 0], [-1, 1], [-1, 2]]),
        np.full((3, 2), 100.0),
        np.full((3, 2), -1),
        np.full((3, 2), np.nan),
    )
    found = connect(where, stations, NO_FEEDERS, np.full(3, 1000.0), HOURS, A)
    # 0.855 * 10,000 is free with all units in: the third gets all its energy by a flexible one
    assert found.screening.tolist() == ["green", "amber", "flexible"]
    assert found.covered_share.tolist() == [1.0, 1.0, 1.0]
    assert found.lead_months(0) == (12.0, 24.0)
    assert found.lead_months(2) == (12.0, 30.0)


def test_curtailed_energy_is_that_of_a_hub_at_full_load():
    # 855 less 800, 755, 705, 855: free 55, 100, 150, 0; of 200 kW 145 + 100 + 50 + 200 are missed
    stations = make_nodes([1000.0], load_kw=[[800.0, 755.0, 705.0, 855.0]])
    found = one(access(low=0), 200.0, stations)
    assert found.curtailed_mwh == pytest.approx([0.495])
    assert found.covered_share == pytest.approx([305.0 / 800.0])
    assert found.screening.tolist() == ["red"]


def test_a_town_without_a_grid_layer_is_unknown_everywhere():
    found = connect(nowhere(2), no_nodes(), NO_FEEDERS, np.array([10.0, 900.0]), HOURS, A)
    assert found.screening.tolist() == ["unknown", "unknown"]
    assert np.isnan(found.cable_m).all()
    assert np.isnan(found.curtailed_mwh).all()


def test_the_better_ranked_are_built_first():
    # node 0: parcels 0, 1 and 3, ranked 2, 1 and out; node 1: parcel 2; parcel 4 has no node
    found = share_node(
        np.array([0, 0, 1, 0, -1]),
        np.array([500.0, 500.0, 300.0, 400.0, np.nan]),
        np.array([100.0, 150.0, 120.0, 90.0, 80.0]),
        np.array([2.0, 1.0, 3.0, np.nan, 4.0]),
    )
    assert found.left_kw[:4].tolist() == [350.0, 500.0, 300.0, 150.0]
    assert np.isnan(found.left_kw[4])
    assert [rows.tolist() for rows in found.before] == [[1], [], [], [1, 0], []]
    assert found.others.tolist() == [1, 1, 0, 2, 0]


@given(
    st.lists(
        st.tuples(st.integers(-1, 3), st.floats(0, 1e4), st.booleans()), min_size=1, max_size=30
    )
)
def test_nobody_is_left_more_than_the_one_before(parcels):
    node = np.array([each[0] for each in parcels])
    needed = np.array([each[1] for each in parcels])
    rank = np.where([each[2] for each in parcels], np.arange(1.0, len(parcels) + 1), np.nan)
    found = share_node(node, np.full(len(parcels), 1000.0), needed, rank)
    for i, before in enumerate(found.before):
        assert found.left_kw[i] == pytest.approx(1000.0 - needed[before].sum())
        assert (node[before] == node[i]).all()
        assert i not in before
