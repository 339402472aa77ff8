"""What hubs of a set share: headroom of nodes, heat of places and branches."""

import numpy as np
import pytest
from small_town import evaluate, make_candidates, make_network, make_town

from engines.assumptions import build_assumptions
from engines.evaluation.sharing import (
    branch_heat_mwh,
    heat_resources,
    monthly_heat,
    node_resources,
    passing_share,
)
from engines.siting.portfolio import Demands, Options, best_set

HOURS = 8760
MONTH = (np.arange(HOURS) // 730).clip(max=11)
A = build_assumptions({"hub.power_it_kw": 100.0})


@pytest.fixture(scope="module")
def hubs():
    # a degree of rise: 40 kW in the main pipe, 4 kW on the branch with a tenth of the demand
    return evaluate(make_town(), network__max_return_rise_k=1.0)[0]


def test_monthly_heat_adds_up_to_what_the_hub_could_take_in_a_year(hubs):
    heat = monthly_heat(hubs, MONTH, A)
    np.testing.assert_allclose(heat.takes.sum(axis=1), hubs.takeable_mwh, rtol=1e-9)
    # 40 kW in 730 hours, and 95 % of them in service
    assert heat.room[0, 0] == pytest.approx(40.0 * 0.73, rel=1e-4)
    assert heat.takes[0, 0] == pytest.approx(40.0 * 0.73 * 0.95, rel=1e-4)
    assert heat.takes[2].sum() == 0.0  # no pipe, no heat


def test_a_branch_carries_the_heat_of_its_customers(hubs):
    heat = branch_heat_mwh(hubs.town, np.array([0, 1]), MONTH)
    # 8,760 MWh a year, evenly: 1,000 kW in all, 100 kW on the branch
    np.testing.assert_allclose(heat.sum(axis=1), [8760.0, 876.0], rtol=1e-4)


def test_water_of_the_branch_has_passed_the_main_pipe_and_not_the_other_way(hubs):
    network = hubs.town.network
    graph = network.graph
    pieces = np.array([0, 1])
    own = graph.component[graph.start[pieces]]
    share = passing_share(network.paths, graph.nodes, pieces, own)
    assert share.tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_where_no_plant_is_known_all_of_a_part_is_one_branch():
    bare = make_network(
        plant_piece=np.array([], dtype=int),
        plant_at_end=np.array([], dtype=bool),
        plant_must_run_kw=np.array([]),
    )
    network = evaluate(make_town(**vars(bare)))[0].town.network
    graph = network.graph
    own = graph.component[graph.start[np.array([0, 1])]]
    share = passing_share(network.paths, graph.nodes, np.array([0, 1]), own)
    assert share.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def make_options(count: int) -> Options:
    return Options(
        parcel=np.arange(count),
        value=np.linspace(10.0, 9.0, count),
        cost_eur=np.ones(count),
        xy_m=np.zeros((count, 2)),
        owner=("green",) * count,
    )


def test_two_hubs_at_one_place_do_not_both_sell_the_same_heat():
    # both fill the 40 kW that the place lets in; the branch is a place of its own
    twins = make_candidates(
        refs=("near", "twin", "branch"),
        piece_of=np.array([0, 0, 1]),
        network_m=np.array([0.0, 0.0, 100.0]),
    )
    hubs = evaluate(make_town(), twins, network__max_return_rise_k=1.0)[0]
    resources = heat_resources(hubs.town, hubs.way.piece, monthly_heat(hubs, MONTH, A), MONTH)
    found = best_set(make_options(3), resources, Demands(most=3))
    assert found.option == (0, 2)


def test_hubs_behind_a_branch_count_where_its_water_passes(hubs):
    resources = heat_resources(hubs.town, hubs.way.piece, monthly_heat(hubs, MONTH, A), MONTH)
    by_name = {each.name: each for each in resources}
    assert by_name["branch 0 month 1"].option.tolist() == [0, 1]
    assert by_name["branch 1 month 1"].option.tolist() == [1]
    assert by_name["place 1 month 12"].option.tolist() == [1]
    assert len(resources) == 2 * 2 * 12


def test_firm_hubs_share_the_firm_headroom_and_one_flexible_hub_fits_beside_them():
    nodes = ["N", "N", "N", "N", None, "M"]
    firm = np.array([500.0, 500.0, 100.0, 100.0, np.nan, np.nan])
    needed = np.array([300.0, 300.0, 300.0, 300.0, 300.0, 300.0])
    resources = node_resources(nodes, firm, needed)
    by_name = {each.name: each for each in resources}
    assert set(by_name) == {"node N", "flexible N"}  # nothing is known of M
    assert by_name["node N"].option.tolist() == [0, 1]
    assert by_name["flexible N"].option.tolist() == [2, 3]
    found = best_set(make_options(6), resources, Demands(most=6))
    # one of the firm two (600 > 500), one of the flexible two, and the two that nothing binds
    assert found.option == (0, 2, 4, 5)
