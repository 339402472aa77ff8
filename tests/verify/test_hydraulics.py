"""pandapipes beside equations that can be followed by hand."""

from dataclasses import replace

import numpy as np
import pytest
from heat_networks import CP, state, tree_by_hand

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput, OutOfValidity
from engines.thermal.network_state import (
    INTO_RETURN,
    INTO_SUPPLY,
    HubInjection,
    NetworkFlow,
    largest_deviation,
)
from engines.thermal.pipe import pressure_gradient_pa_per_m
from sites.verify.hydraulics import second_opinion

A = build_assumptions()

#          0 -- 1 -- 2
#               |
#               3 -- 4
TREE = [
    (0, 1, 400, 132.5, 0.246),
    (1, 2, 250, 82.5, 0.208),
    (1, 3, 600, 107.1, 0.215),
    (3, 4, 300, 69.7, 0.198),
]
WINTER = state(TREE, [(2, 500, 45), (3, 400, 50), (4, 300, 40)], nodes=5)
SUMMER = state(
    TREE, [(2, 50, 45), (3, 40, 50), (4, 30, 40)], nodes=5, plant_supply_degc=70.0, ground_degc=16.0
)


@pytest.mark.parametrize("given_hour", [WINTER, SUMMER], ids=["winter", "summer"])
def test_a_tree_agrees_with_the_equations_within_two_per_cent(given_hour):
    found = second_opinion(given_hour, None, A)
    apart = largest_deviation(tree_by_hand(given_hour), found.flow)
    assert apart.within(0.02)
    # what is left is the heat capacity: 4.186 here, 4.18 to 4.20 kJ/(kg K) by temperature there
    assert apart.within(0.002)


def test_heat_in_is_heat_used_and_lost():
    found = second_opinion(WINTER, None, A)
    flow, supply, back = (
        found.flow.flow_kg_per_s, found.flow.supply_degc, found.flow.return_degc
    )  # fmt: skip
    # loss of both pipes by mean excess temperature; the pipes are short, so the mean is fair
    ends = np.stack((WINTER.pipe_from, WINTER.pipe_to))
    excess = supply[ends].mean(axis=0) + back[ends].mean(axis=0) - 20.0
    lost_kw = np.sum(WINTER.u_w_per_mk * WINTER.length_m * excess) / 1000.0
    assert found.loss_kw == pytest.approx(lost_kw, rel=0.05)
    assert found.plant_kw == pytest.approx(1200.0 + found.loss_kw, rel=1e-9)
    assert np.all(flow > 0)


def test_pressure_falls_by_the_friction_of_the_pipe_engine():
    found = second_opinion(WINTER, None, A)
    gradient = pressure_gradient_pa_per_m(
        found.flow.flow_kg_per_s, WINTER.inner_diameter_mm / 1000.0,
        roughness_mm=0.1, density_kg_per_m3=974.0, viscosity_m2_per_s=3.8e-7,
    )  # fmt: skip
    by_engine = gradient * WINTER.length_m / 1e5
    fall = found.supply_bar[WINTER.pipe_from] - found.supply_bar[WINTER.pipe_to]
    # Swamee-Jain against Colebrook 1 %, water at 78 degC against the temperature of each pipe
    np.testing.assert_allclose(fall, by_engine, rtol=0.02)


def test_the_pump_gives_the_worst_consumer_just_enough():
    found = second_opinion(WINTER, None, A)
    heads = (found.supply_bar - found.return_bar)[[2, 3, 4]]
    assert heads.min() == pytest.approx(A["network.consumer_head_min_bar"], abs=1e-3)
    assert found.violations == ()
    assert found.return_bar[0] == pytest.approx(3.0, abs=1e-6)


def test_a_loop_shares_the_flow_so_that_both_ways_lose_the_same_pressure():
    loop = [
        (0, 1, 300, 107.1, 0.215),
        (1, 2, 300, 107.1, 0.215),
        (0, 3, 500, 107.1, 0.215),
        (3, 2, 400, 82.5, 0.208),
    ]
    given_hour = state(loop, [(2, 1000, 45), (3, 200, 45)], nodes=4)
    found = second_opinion(given_hour, None, A)
    flow = found.flow.flow_kg_per_s
    gradient = pressure_gradient_pa_per_m(
        np.abs(flow), given_hour.inner_diameter_mm / 1000.0,
        roughness_mm=0.1, density_kg_per_m3=974.0, viscosity_m2_per_s=3.8e-7,
    )  # fmt: skip
    fall = np.sign(flow) * gradient * given_hour.length_m
    assert fall[0] + fall[1] == pytest.approx(fall[2] + fall[3], rel=0.02)
    # Kirchhoff: what leaves the plant arrives
    drawn = 1000 / (CP * (found.flow.supply_degc[2] - 45))
    assert flow[1] + flow[3] == pytest.approx(drawn, rel=2e-3)


def test_dead_ends_and_islands_carry_no_water_and_are_said():
    pipes = [*TREE, (2, 5, 100, 82.5, 0.2), (5, 6, 50, 82.5, 0.2), (7, 8, 100, 82.5, 0.2)]
    given_hour = state(pipes, [(2, 500, 45), (4, 300, 40), (6, 0, 45), (8, 90, 45)], nodes=9)
    found = second_opinion(given_hour, None, A)
    assert np.isnan(found.flow.flow_kg_per_s[[4, 5, 6]]).all()
    assert np.isnan(found.flow.supply_degc[[5, 6, 7, 8]]).all()
    assert [each.text for each in found.violations] == [
        "1 consumers are not connected to the first plant."
    ]


def test_a_hub_into_the_supply_gives_its_heat_and_supplies_an_area():
    hub = HubInjection(node=3, into=INTO_SUPPLY, heat_kw=500.0, supply_degc=80.0)
    alone, fed = second_opinion(WINTER, None, A), second_opinion(WINTER, hub, A)
    assert fed.plant_kw == pytest.approx(alone.plant_kw - 500.0, abs=5.0)  # losses move a little
    # of 700 kW behind node 1 it carries 500 less losses; the consumer at 2 gets none of it
    assert fed.hub_share[2] == 0.0
    assert 0.6 < fed.hub_share[4] < 1.0
    assert fed.hub_share[4] == pytest.approx(fed.hub_share[3], rel=1e-9)
    assert 400.0 < fed.hub_supplied_kw < 520.0
    assert fed.hub_head_bar == pytest.approx(fed.supply_bar[3] - fed.return_bar[3], abs=1e-9)
    # less water on the main, the other branch as before
    assert fed.flow.flow_kg_per_s[0] < alone.flow.flow_kg_per_s[0]
    assert fed.flow.flow_kg_per_s[1] == pytest.approx(alone.flow.flow_kg_per_s[1], rel=1e-2)


def test_a_hub_larger_than_its_branch_turns_the_flow():
    hub = HubInjection(node=3, into=INTO_SUPPLY, heat_kw=900.0, supply_degc=80.0)
    found = second_opinion(WINTER, hub, A)
    assert found.flow.flow_kg_per_s[2] < 0  # pipe 1 -> 3 runs backwards
    assert found.hub_share[3] == pytest.approx(1.0)
    assert 0.0 < found.hub_share[2] < 1.0


def test_more_heat_than_the_network_takes_is_refused():
    hub = HubInjection(node=3, into=INTO_SUPPLY, heat_kw=1500.0, supply_degc=80.0)
    with pytest.raises(OutOfValidity, match="more heat than the network takes"):
        second_opinion(WINTER, hub, A)


def test_a_hub_into_the_return_warms_what_passes_on_its_way_to_the_plant():
    # behind node 1 all three branches have met; node 1 -> 0 carries all water
    hub = HubInjection(node=1, into=INTO_RETURN, heat_kw=100.0, supply_degc=np.nan)
    alone, fed = second_opinion(WINTER, None, A), second_opinion(WINTER, hub, A)
    main = alone.flow.flow_kg_per_s[0]
    rise = fed.flow.return_degc[0] - alone.flow.return_degc[0]
    assert rise == pytest.approx(100.0 / (CP * main), rel=0.02)
    assert fed.plant_kw == pytest.approx(alone.plant_kw - 100.0, abs=1.0)
    np.testing.assert_allclose(fed.flow.return_degc[1:], alone.flow.return_degc[1:], atol=1e-6)
    assert fed.hub_supplied_kw == 0.0


def test_a_hub_at_the_plant_warms_the_return_of_all():
    hub = HubInjection(node=0, into=INTO_RETURN, heat_kw=100.0, supply_degc=np.nan)
    alone, fed = second_opinion(WINTER, None, A), second_opinion(WINTER, hub, A)
    assert fed.plant_kw == pytest.approx(alone.plant_kw - 100.0, abs=0.5)


def test_a_hub_at_a_dead_end_can_feed_the_supply_but_finds_no_return():
    dead_end = state(
        [*TREE, (3, 5, 200, 82.5, 0.208)], [(2, 500, 45), (3, 400, 50), (4, 300, 40)], nodes=6
    )
    fed = second_opinion(dead_end, HubInjection(5, INTO_SUPPLY, 300.0, 80.0), A)
    assert fed.flow.flow_kg_per_s[4] < 0  # its water runs towards the main
    assert fed.hub_share[5] == pytest.approx(1.0)
    assert fed.hub_supplied_kw == pytest.approx(300.0, rel=0.05)
    with pytest.raises(OutOfValidity, match="No water returns past the hub"):
        second_opinion(dead_end, HubInjection(5, INTO_RETURN, 100.0, np.nan), A)


def test_what_does_not_hang_together_is_refused():
    pipes = [*TREE, (5, 6, 100, 82.5, 0.2)]
    apart = state(pipes, [(2, 500, 45)], nodes=7)
    with pytest.raises(InvalidInput, match="not connected to the first plant"):
        second_opinion(apart, HubInjection(6, INTO_SUPPLY, 100.0, 80.0), A)
    two = state(pipes, [(2, 500, 45)], nodes=7, plants=(0, 6), plant_kw=(np.nan, 10.0))
    with pytest.raises(InvalidInput, match="1 plants are not connected"):
        second_opinion(two, None, A)
    with pytest.raises(OutOfValidity, match="No consumer"):
        second_opinion(state(TREE, [(2, 0, 45)], nodes=5), None, A)


def test_a_second_plant_gives_the_heat_it_is_told_to():
    both = state(
        TREE, [(2, 500, 45), (3, 400, 50), (4, 300, 40)], nodes=5,
        plants=(0, 4), plant_kw=(np.nan, 250.0),
    )  # fmt: skip
    alone, found = second_opinion(WINTER, None, A), second_opinion(both, None, A)
    assert found.plant_kw == pytest.approx(alone.plant_kw - 250.0, abs=6.0)


def test_limits_that_are_passed_are_named_with_their_place():
    narrow = replace(WINTER, inner_diameter_mm=np.array([132.5, 36.0, 107.1, 69.7]))
    keys = {each.key: each.numbers for each in second_opinion(narrow, None, A).violations}
    assert keys["verify_velocity"]["pipe"] == 1
    cold = second_opinion(replace(WINTER, plant_supply_degc=60.3), None, A, head_bar=20.0)
    said = {each.key: each for each in cold.violations}
    assert said["verify_supply_cold"].numbers["node"] == 4
    assert said["verify_pressure_high"].numbers["pressure_bar"] == pytest.approx(23.0)
    weak = second_opinion(WINTER, None, A, head_bar=0.5, return_bar=1.0)
    assert {"verify_head_low", "verify_pressure_low"} <= {each.key for each in weak.violations}


def test_wrong_states_are_refused_by_name():
    with pytest.raises(InvalidInput, match="leave its heat out"):
        replace(WINTER, plant_kw=np.array([5.0]))
    with pytest.raises(InvalidInput, match="return temperature or a spread"):
        replace(WINTER, consumer_spread_k=np.full(3, 30.0))
    with pytest.raises(InvalidInput, match="Pipe to"):
        replace(WINTER, pipe_to=np.array([1, 2, 3, 9]))
    with pytest.raises(InvalidInput, match="return or the supply"):
        HubInjection(node=1, into="roof", heat_kw=1.0, supply_degc=70.0)


def test_deviation_is_measured_where_it_is_largest():
    first = NetworkFlow(np.array([10.0, 0.01]), np.array([80.0, 79.0]), np.array([40.0, 42.0]))
    second = NetworkFlow(np.array([10.1, 0.02]), np.array([80.0, 78.0]), np.array([40.0, np.nan]))
    apart = largest_deviation(first, second)
    assert apart.flow_share == pytest.approx(0.1)  # 0.01 kg/s over a hundredth of 10 kg/s
    assert (apart.pipe, apart.supply_node) == (1, 1)
    assert apart.supply_share == pytest.approx(1.0 / 40.0)
    assert apart.missing == 1
    assert not apart.within(1.0)
