import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.economics.annuity import annuity_factor
from engines.errors import InvalidInput
from engines.thermal.connection import RunningCosts, size_connections
from engines.thermal.route_worth import HubOnRoute, InjectionPlaces, break_even_length_m
from engines.thermal.routes import (
    CONNECTED,
    HEAT_UNKNOWN,
    NO_PIPE,
    NO_STREET,
    NO_WAY,
    NOTHING_ABSORBED,
    STRAIGHT_LINE,
    STREETS,
    TOO_FAR,
    ParcelAccess,
    routes_along_streets,
    routes_by_straight_line,
)
from engines.thermal.street_graph import NO_NODE, Goals, WayFinder, street_graph

A = build_assumptions()
INNER, OUTER, PARK = 0, 1, 2
COSTS = RunningCosts(
    capital_share_per_a=float(annuity_factor(0.06, 40.0)),
    hours_per_a=8000.0,
    heat_value_eur_per_mwh=45.0,
    electricity_eur_per_mwh=120.0,
)
HUB = HubOnRoute(heat_kw=960.0, heat_mwh_per_a=7000.0, supply_degc=65.0, costs=COSTS)


def streets(edges, nodes):
    """Edges: from, to, length, area, rivers, railways."""
    return street_graph(nodes, *(np.array(column) for column in zip(*edges, strict=True)))


def goals(nodes, access=None, area=None):
    count = len(nodes)
    return Goals(
        np.array(nodes),
        np.array(access if access is not None else [0.0] * count),
        np.array(area if area is not None else [OUTER] * count),
    )


def places(nodes, absorbable, **changes):
    count = len(nodes)
    given_here = {
        "goals": goals(nodes),
        "absorbable_mwh": np.array(absorbable, dtype=float),
        "peak_kw": np.full(count, np.nan),
        "return_degc": np.full(count, 45.0),
        "value_eur_per_mwh": np.full(count, 45.0),
        "into_supply": np.zeros(count, dtype=bool),
        "network_head_pa": np.full(count, np.nan),
    }
    return InjectionPlaces(**given_here | changes)


def parcels(nodes, access=None):
    count = len(nodes)
    lengths = np.full(count, 10.0) if access is None else np.array(access)
    return ParcelAccess(np.array(nodes), lengths, np.full(count, OUTER))


# 0 -100- 1 -100- 2 -100- 3, and a detour 1 -80- 4 -80- 2
LINE = [
    (0, 1, 100.0, OUTER, 0, 0),
    (1, 2, 100.0, OUTER, 0, 0),
    (2, 3, 100.0, INNER, 0, 0),
    (1, 4, 80.0, PARK, 0, 0),
    (4, 2, 80.0, PARK, 0, 0),
]


def test_the_way_adds_up_length_by_kind_of_ground():
    # parcel 10 m + 100 + 100 outer, 100 inner, place 5 m inner
    at_3 = places([3], [1e4], goals=goals([3], [5.0], [INNER]))
    found = routes_along_streets(streets(LINE, 5), parcels([0]), at_3, HUB, A)
    assert found.method == STREETS
    assert found.chosen.length_by_area_m[0].tolist() == [105.0, 210.0, 0.0]
    assert found.chosen.length_m[0] == 315.0
    assert found.nodes(0).tolist() == [0, 1, 2, 3]
    assert found.state[0] == CONNECTED
    assert found.sentence(0).text == "Connected over 315 m of trench."


def test_a_bridge_may_be_dearer_than_a_detour_through_the_park():
    wet = [*LINE]
    wet[1] = (1, 2, 100.0, OUTER, 1, 0)
    found = routes_along_streets(streets(wet, 5), parcels([0]), places([3], [1e4]), HUB, A)
    assert found.nodes(0).tolist() == [0, 1, 4, 2, 3]
    assert found.chosen.river_crossings[0] == 0.0
    # without the detour the river is crossed and paid for
    only = routes_along_streets(streets(wet[:3], 5), parcels([0]), places([3], [1e4]), HUB, A)
    assert only.chosen.river_crossings[0] == 1.0
    assert only.chosen.crossings_eur[0] == A["connection.river_crossing_eur"]


def test_rivers_and_railways_have_prices_of_their_own():
    crossed = [(0, 1, 100.0, OUTER, 2, 1)]
    found = routes_along_streets(streets(crossed, 2), parcels([0]), places([1], [1e4]), HUB, A)
    assert found.chosen.crossings_eur[0] == 2 * 60_000 + 80_000


def test_of_parallel_streets_the_cheaper_counts():
    twice = [(0, 1, 300.0, OUTER, 0, 0), (1, 0, 200.0, OUTER, 0, 0), (0, 1, 250.0, OUTER, 0, 0)]
    found = routes_along_streets(streets(twice, 2), parcels([0]), places([1], [1e4]), HUB, A)
    assert found.chosen.length_m[0] == 210.0


def test_a_place_that_takes_everything_beats_a_nearer_one_that_takes_little():
    # next door 500 MWh/a, 300 m on 7,000 MWh/a: 6,500 MWh at 45 EUR outweigh some 200 m of trench
    two = places([1, 3], [500.0, 1e4])
    found = routes_along_streets(streets(LINE, 5), parcels([0]), two, HUB, A)
    assert found.chosen.place[0] == 1
    assert found.options.place[:, 0].tolist() == [1, 1, 1, 1, 0, -1]
    assert found.options.worth_eur_per_a[0, 0] > found.options.worth_eur_per_a[4, 0]


def test_the_pipe_is_that_of_the_connection_engine():
    found = routes_along_streets(streets(LINE, 5), parcels([0]), places([2], [1e4]), HUB, A)
    dearer = replace(COSTS, capital_share_per_a=COSTS.capital_share_per_a * 1.2)
    pipe = size_connections(
        960.0, 210.0, supply_degc=65.0, return_degc=45.0, ground_degc=10.0,
        area_type="outer_city", assumptions=A, running_costs=dearer,
    )  # fmt: skip
    for name in ("dn_mm", "heat_loss_kw", "pump_kw", "head_pa", "supply_drop_k"):
        assert getattr(found.chosen, name)[0] == pytest.approx(getattr(pipe, name)[0], rel=1e-12)
    assert found.chosen.trench_eur[0] == pytest.approx(pipe.capex_eur[0], rel=1e-12)
    assert found.arrival_degc[0] == pytest.approx(65.0 - pipe.supply_drop_k[0], rel=1e-12)


def test_worth_is_heat_sold_less_capital_and_pump():
    found = routes_along_streets(streets(LINE, 5), parcels([0]), places([2], [1e4]), HUB, A).chosen
    sold = 7000.0 - found.heat_loss_kw[0] * 8.0
    capital = found.trench_eur[0] * 1.2 * COSTS.capital_share_per_a
    worth = sold * 45.0 - capital - found.pump_kw[0] * 8.0 * 120.0
    assert found.worth_eur_per_a[0] == pytest.approx(worth, rel=1e-12)
    assert found.sold_mwh[0] == pytest.approx(sold, rel=1e-12)


def test_feeding_the_supply_must_overcome_the_networks_pressure():
    def head(**changes):
        place = places([2], [1e4], **changes)
        return routes_along_streets(streets(LINE, 5), parcels([0]), place, HUB, A).chosen.head_pa[0]

    into = {"into_supply": np.array([True])}
    assert head(**into) - head() == pytest.approx(A["connection.network_head_pa"], rel=1e-9)
    known = head(**into, network_head_pa=np.array([250_000.0]))
    assert known - head() == pytest.approx(250_000.0, rel=1e-9)


def test_at_the_break_even_length_nothing_is_left():
    # domain 5.5 in yearly terms: make the way exactly that long
    def worth(length):
        edge = [(0, 1, length, OUTER, 0, 0)]
        found = routes_along_streets(
            streets(edge, 2), parcels([0], [0.0]), places([1], [1e5]), HUB, A
        )
        return found.chosen

    first = worth(1000.0)
    at_limit = worth(float(first.break_even_m[0]))
    assert at_limit.dn_mm[0] == first.dn_mm[0]
    assert at_limit.worth_eur_per_a[0] == pytest.approx(0.0, abs=1e-6 * 7000 * 45)


def test_break_even_agrees_with_the_formula_of_the_specification():
    # 5.5: L = NPV / (1.5 (C1 + C2 DN)(1 + plan + cont) + U ((Ts-Tg)+(Tr-Tg)) h / 1e6 p / a)
    annuity = float(annuity_factor(0.06, 40.0))
    npv, per_m = 400_000.0, 1.5 * (218.78 + 1763.5 * 0.125) * 1.2
    loss_mwh_per_m = 0.246 * ((65 - 10) + (45 - 10)) * 8000 / 1e6 / 1.0
    by_value = npv / (per_m + loss_mwh_per_m * 45.0 / annuity)
    by_year = break_even_length_m(npv * annuity, per_m * annuity + loss_mwh_per_m * 45.0)
    assert by_year == pytest.approx(by_value, rel=1e-12)


def test_a_parcel_beyond_the_break_even_length_says_both_lengths():
    far = [(0, 1, 20_000.0, OUTER, 0, 0)]
    found = routes_along_streets(streets(far, 2), parcels([0]), places([1], [3000.0]), HUB, A)
    assert found.state[0] == TOO_FAR
    assert found.sentence(0).text.startswith("Too far: the trench of 20010 m pays up to ")
    assert found.chosen.length_m[0] == 20_010.0


def test_parcels_without_street_way_or_heat_stay_unknown_with_their_reason():
    island = [*LINE, (5, 6, 50.0, OUTER, 0, 0)]
    found = routes_along_streets(
        streets(island, 7), parcels([NO_NODE, 5, 0], [np.nan, 1.0, 1.0]), places([3], [1e4]), HUB, A
    )
    assert found.state.tolist() == [NO_STREET, NO_WAY, CONNECTED]
    assert np.isnan(found.chosen.length_m[:2]).all()
    assert np.isnan(found.chosen.worth_eur_per_a[:2]).all()
    assert found.nodes(0).tolist() == []
    assert "not known" in found.sentence(0).text


def test_a_network_that_takes_nothing_connects_nobody():
    found = routes_along_streets(streets(LINE, 5), parcels([0]), places([3], [0.0]), HUB, A)
    assert found.state[0] == NOTHING_ABSORBED


def test_unknown_heat_shows_the_way_but_no_worth():
    found = routes_along_streets(streets(LINE, 5), parcels([0]), places([3], [np.nan]), HUB, A)
    assert found.state[0] == HEAT_UNKNOWN
    assert found.chosen.length_m[0] == 310.0
    assert np.isnan(found.chosen.worth_eur_per_a[0])
    assert found.nodes(0).tolist() == [0, 1, 2, 3]
    # a place that is known is preferred
    both = routes_along_streets(
        streets(LINE, 5), parcels([0]), places([1, 3], [np.nan, 3e3]), HUB, A
    )
    assert both.chosen.place[0] == 1


def test_a_hub_too_large_for_any_pipe_has_a_way_but_no_connection():
    huge = replace(HUB, heat_kw=1e6, heat_mwh_per_a=8e6)
    found = routes_along_streets(streets(LINE, 5), parcels([0]), places([3], [1e7]), huge, A)
    assert found.state[0] == NO_PIPE


def test_a_place_off_the_streets_is_never_reached():
    found = routes_along_streets(
        streets(LINE, 5), parcels([0]), places([NO_NODE, 3], [1e4, 1e4]), HUB, A
    )
    assert found.chosen.place[0] == 1


def test_a_hub_next_to_the_network_needs_no_trench():
    found = routes_along_streets(streets(LINE, 5), parcels([3], [0.0]), places([3], [1e4]), HUB, A)
    assert found.chosen.length_m[0] == 0.0
    assert found.chosen.trench_eur[0] == 0.0
    assert found.state[0] == CONNECTED


def test_without_streets_the_straight_line_is_labelled():
    found = routes_by_straight_line(
        [100.0, np.nan], [0, -1], [OUTER, OUTER], places([NO_NODE], [1e4]), HUB, A
    )
    assert found.method == STRAIGHT_LINE
    assert found.chosen.length_m[0] == pytest.approx(130.0)
    assert np.isnan(found.chosen.length_m[1])
    assert found.notes[0].text.startswith("There is no layer of streets")
    assert found.nodes(0).tolist() == []


def test_no_streets_at_all_is_not_an_error():
    empty = street_graph(0, *(np.zeros(0, dtype=int),) * 2, [], np.zeros(0, dtype=int), [], [])
    found = routes_along_streets(
        empty, parcels([NO_NODE], [np.nan]), places([NO_NODE], [1e4]), HUB, A
    )
    assert found.state.tolist() == [NO_STREET]


def test_wrong_streets_and_parcels_are_refused_by_name():
    with pytest.raises(InvalidInput, match="Street to"):
        streets([(0, 9, 1.0, OUTER, 0, 0)], 2)
    with pytest.raises(InvalidInput, match="Street length"):
        streets([(0, 1, -1.0, OUTER, 0, 0)], 2)
    with pytest.raises(InvalidInput, match="no length to it"):
        routes_along_streets(streets(LINE, 5), parcels([0], [np.nan]), places([3], [1e4]), HUB, A)


@st.composite
def random_streets(draw):
    nodes = draw(st.integers(2, 9))
    count = draw(st.integers(1, 20))
    pick = st.integers(0, nodes - 1)
    edges = [
        (draw(pick), draw(pick), draw(st.floats(1, 500)), draw(st.integers(0, 2)),
         draw(st.integers(0, 1)), draw(st.integers(0, 1)))
        for _ in range(count)
    ]  # fmt: skip
    return nodes, edges


@settings(max_examples=60)
@given(random_streets(), st.data())
def test_ways_are_the_cheapest_and_their_parts_add_up(drawn, data):
    nodes, edges = drawn
    price = np.array([900.0, 700.0, 500.0, 60_000.0, 80_000.0])
    at = data.draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=3))
    tree = WayFinder(streets(edges, nodes), goals(at), price).to_nearest(np.ones(len(at), bool))
    # Bellman-Ford by hand: relax every edge as often as there are nodes
    cost = np.full(nodes, np.inf)
    cost[at] = 0.0
    for _ in range(nodes):
        for u, v, length, area, river, rail in edges:
            step = length * price[area] + river * price[3] + rail * price[4]
            cost[v], cost[u] = min(cost[v], cost[u] + step), min(cost[u], cost[v] + step)
    np.testing.assert_allclose(tree.cost_eur, cost, rtol=1e-9, atol=1e-4)
    reached = np.isfinite(cost)
    np.testing.assert_allclose(tree.features[reached] @ price, cost[reached], atol=1e-4)
    assert np.all((tree.goal >= 0) == reached)


@settings(max_examples=30)
@given(st.floats(10, 5000), st.floats(1, 5000))
def test_loss_and_cost_grow_with_length(length, more):
    def at(metres):
        edge = [(0, 1, metres, OUTER, 0, 0)]
        return routes_along_streets(
            streets(edge, 2), parcels([0]), places([1], [1e4]), HUB, A
        ).chosen

    near, far = at(length), at(length + more)
    assert far.trench_eur[0] > near.trench_eur[0] * 0.999999
    assert far.worth_eur_per_a[0] < near.worth_eur_per_a[0]
    if far.dn_mm[0] == near.dn_mm[0]:
        assert far.heat_loss_kw[0] > near.heat_loss_kw[0]
        assert far.supply_drop_k[0] > near.supply_drop_k[0]


def test_ten_thousand_parcels_on_ten_thousand_segments_take_seconds():
    side = 71  # 71 x 71 nodes have 2 * 71 * 70 = 9,940 edges
    rng = np.random.default_rng(1)
    number = np.arange(side * side).reshape(side, side)
    start = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    end = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    count = len(start)
    graph = street_graph(
        side * side, start, end, rng.uniform(40, 120, count), rng.integers(0, 3, count),
        (rng.random(count) < 0.02).astype(float), (rng.random(count) < 0.02).astype(float),
    )  # fmt: skip
    at = rng.choice(side * side, 500, replace=False)
    network = places(at, rng.uniform(0, 2e4, 500))
    many = parcels(rng.integers(0, side * side, 10_000), rng.uniform(1, 50, 10_000))
    before = time.perf_counter()
    found = routes_along_streets(graph, many, network, HUB, A)
    assert time.perf_counter() - before < 10.0
    assert np.count_nonzero(found.state == CONNECTED) > 9_000
