"""What substations and feeders can give, by hand."""

import numpy as np
import pytest
from grid_nodes import make_nodes
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.grid.nodes import feeds, node_headroom

A = build_assumptions()
FULL = 0.9 * 0.95
"""Planned loading times power factor."""


def firm(nodes) -> list[float]:
    return node_headroom(nodes, A).firm_kw.tolist()


def test_a_stated_firm_capacity_is_what_counts():
    # 0.855 * 500 = 427.5 less the peak of 300
    assert firm(make_nodes([1000.0], [300.0], firm_capacity_kva=[500.0])) == [127.5]


def test_without_one_a_station_is_as_firm_as_it_is_and_a_primary_substation_half():
    # 0.855 * 630 = 538.65; 0.855 * 25,000 / 2 = 10,687.5; 110 kV with 4 MVA is primary as well
    nodes = make_nodes([630.0, 25_000.0, 4_000.0], [0.0] * 3, voltage_kv=[20.0, 20.0, 110.0])
    assert firm(nodes) == pytest.approx([538.65, 10_687.5, 1_710.0], rel=1e-12)


def test_a_ring_keeps_room_for_its_other_half_and_a_street_cable_does_not():
    nodes = make_nodes([1000.0] * 3, [0.0] * 3, voltage_kv=[20.0, 0.4, np.nan], are_feeders=True)
    assert firm(nodes) == pytest.approx([0.6 * 855.0, 855.0, 0.6 * 855.0], rel=1e-12)


def test_what_the_operator_states_goes_first_whatever_rating_and_load_say():
    nodes = make_nodes(
        [1000.0], [900.0], stated_firm_kw=[42.0], stated_flexible_kw=[300.0], committed_kw=[500.0]
    )
    found = node_headroom(nodes, A)
    assert (found.firm_kw.tolist(), found.basis.tolist()) == ([42.0], ["stated"])
    assert found.flexible_kw(np.array([0]), 3).tolist() == [[300.0] * 3]


def test_the_worst_hour_sets_the_firm_and_each_hour_the_flexible_headroom():
    # 855 less 400, 700, 100 and 50 that are promised
    found = node_headroom(
        make_nodes([1000.0], [1.0], load_kw=[[400.0, 700.0, 100.0]], committed_kw=[50.0]), A
    )
    assert found.firm_kw == pytest.approx([105.0])
    assert found.basis.tolist() == ["hourly"]
    assert found.flexible_kw(np.array([0]), 3)[0] == pytest.approx([405.0, 105.0, 705.0])


def test_what_is_not_known_stays_unknown_and_says_why():
    nodes = make_nodes(
        [np.nan, 630.0, np.nan], [100.0, np.nan, np.nan], stated_flexible_kw=[np.nan] * 3
    )
    found = node_headroom(nodes, A)
    assert np.isnan(found.firm_kw).all()
    assert found.basis.tolist() == ["no_rating", "no_load", "no_rating"]
    assert np.isnan(found.flexible_kw(np.arange(3), 2)).all()


def test_what_a_node_can_supply_follows_from_what_is_known_of_it():
    nan = np.nan
    stations = make_nodes(
        [630.0, nan, 25_000.0, nan, nan],
        voltage_kv=[20.0, 110.0, nan, nan, 20.0],
        stated_firm_kw=[nan, nan, nan, nan, 6000.0],
    )
    low, medium = feeds(stations, A)
    assert low.tolist() == [True, False, False, True, False]
    assert medium.tolist() == [False, True, True, True, True]
    cables = make_nodes([nan] * 4, voltage_kv=[0.4, 20.0, 110.0, nan], are_feeders=True)
    low, medium = feeds(cables, A)
    assert low.tolist() == [True, False, False, False]
    assert medium.tolist() == [False, True, False, False]


def test_a_load_of_another_length_is_refused():
    found = node_headroom(make_nodes([630.0], load_kw=[[1.0, 2.0]]), A)
    with pytest.raises(InvalidInput, match="2 hours, the town 3"):
        found.flexible_kw(np.array([0]), 3)


@given(
    rating=st.floats(10.0, 1e5),
    load=st.lists(st.floats(-1e4, 1e5), min_size=1, max_size=6),
    more=st.floats(0.0, 1e4),
)
def test_flexible_is_never_below_firm_and_more_load_never_gives_more(rating, load, more):
    def both(extra):
        found = node_headroom(make_nodes([rating], load_kw=[[hour + extra for hour in load]]), A)
        return found.firm_kw[0], found.flexible_kw(np.array([0]), len(load))[0]

    firm_kw, flexible_kw = both(0.0)
    assert (flexible_kw >= max(firm_kw, 0.0)).all()
    less_firm, less_flexible = both(more)
    assert less_firm <= firm_kw
    assert (less_flexible <= flexible_kw).all()
