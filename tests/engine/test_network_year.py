import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import InvalidInput
from engines.thermal.flow_paths import Water, flow_paths
from engines.thermal.network_year import (
    NetworkLoads,
    NetworkYear,
    Temperatures,
    network_year,
)
from engines.thermal.pipe_graph import PipePieces, join

WATER = Water(roughness_mm=0.1, density_kg_per_m3=983.2, viscosity_m2_per_s=4.74e-7)
CP = 4.186


def temperatures(hours: int, supply=80.0, back=50.0, ground=10.0) -> Temperatures:
    return Temperatures(*(np.full(hours, value) for value in (supply, back, ground)))


def year_of_line(
    lengths: list[float], demands_kw: list[float], given: Temperatures, u_w_per_mk: float = 0.2
) -> NetworkYear:
    """A plant and pipes in a row, a customer with constant demand behind each."""
    hours = len(given.supply_degc)
    x = np.concatenate([[0.0], np.cumsum(lengths)])
    xy = np.column_stack([x, np.zeros(len(x))])
    count = len(lengths)
    graph = join(
        PipePieces(
            xy[:-1], xy[1:], np.array(lengths), np.full(count, 100.0), np.full(count, u_w_per_mk)
        ),
        0.01,
    )
    paths = flow_paths(graph, graph.start[:1], np.zeros(graph.nodes), WATER)
    loads = NetworkLoads(
        graph.end,
        np.zeros(count, dtype=int),
        np.array(demands_kw) * hours / 1000.0,
        np.full((1, hours), 1.0 / hours),
    )
    return network_year(graph, paths, loads, given, np.arange(count))


def test_one_pipe_one_customer_by_hand():
    # customer 300 kW at the end of 1,000 m with U 0.2 W/mK, 80/50/10 degC. The customer gets
    # T = 10 + 70 exp(-0.2/(m cp)), m = 300/(cp (T - 50)): start with m = 300/(4.186*30) = 2.389,
    # 0.2/(2.389*4.186) = 0.019999, T = 10 + 70*0.980200 = 78.6140, m = 300/(4.186*28.6140)
    # = 2.50463, again: 0.2/10.48438 = 0.0190760, T = 78.67732, m = 2.49910, again: 0.01911820,
    # T = 78.67443, m = 2.49935; then m = 2.49934 and T = 78.67456 to the last digit
    year = year_of_line([1000.0], [300.0], temperatures(2))
    assert year.flow_kg_per_s[0, 0] == pytest.approx(2.49934, rel=1e-5)
    # return: leaves at 50, arrives at 10 + 40 exp(-0.0191164) = 49.24261
    # production = 2.49934*4.186*(80 - 49.24261) = 321.790 kW
    assert year.production_kw[0, 0] == pytest.approx(321.790, rel=1e-4)
    # middle of the pipe: 10 + 70 exp(-0.0095582) = 79.33412
    assert year.supply_degc[0, 0] == pytest.approx(79.33412, abs=2e-4)


def test_the_first_pipe_carries_all_and_the_last_only_its_own():
    # pipes without loss: flows are heat over cp times 30 K
    year = year_of_line([10.0, 10.0, 10.0], [100.0, 200.0, 50.0], temperatures(1), 1e-12)
    unit = 1.0 / (CP * 30.0)
    assert year.flow_kg_per_s[:, 0] == pytest.approx([350 * unit, 250 * unit, 50 * unit], rel=1e-6)
    assert year.heat_kw()[:, 0] == pytest.approx([350.0, 250.0, 50.0], rel=1e-6)
    assert year.lost_kw[0, 0] == pytest.approx(0.0, abs=1e-6)


def test_a_customer_who_needs_nothing_leaves_a_cold_pipe():
    year = year_of_line([10.0, 10.0], [100.0, 0.0], temperatures(1))
    assert year.flow_kg_per_s[1, 0] == 0.0
    assert np.isnan(year.supply_degc[1, 0])
    assert year.heat_kw()[1, 0] == 0.0


def test_a_customer_the_water_reaches_too_cold_is_counted():
    # 5 kW behind 5 km: the water cools to the ground on its way
    year = year_of_line([5000.0], [5.0], temperatures(3))
    assert year.starved.tolist() == [1, 1, 1]


def test_two_ways_mix_at_the_customer():
    # a square of equal lossless pipes but for the long way, which loses: half of the water
    # arrives at 80, half at 10 + 70 k with k = exp(-U L/(m/2 cp)), both known from the flow
    xy = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float)
    links = np.array([(0, 1), (1, 2), (2, 3), (3, 0)])
    graph = join(
        PipePieces(
            xy[links[:, 0]],
            xy[links[:, 1]],
            np.full(4, 100.0),
            np.full(4, 100.0),
            np.array([1e-12, 1e-12, 3.0, 3.0]),
        ),
        0.01,
    )
    customer = int(np.hypot(*(graph.node_xy - xy[2]).T).argmin())
    plant = int(np.hypot(*(graph.node_xy - xy[0]).T).argmin())
    drawn = np.zeros(4)
    drawn[customer] = 4.0
    paths = flow_paths(graph, np.array([plant]), drawn, WATER)
    loads = NetworkLoads(
        np.array([customer]), np.array([0]), np.array([0.5]), np.ones((1, 1))
    )  # 0.5 MWh in one hour: 500 kW
    year = network_year(graph, paths, loads, temperatures(1), np.array([0, 2]))
    m = float(year.flow_kg_per_s[0, 0])
    assert year.flow_kg_per_s[1, 0] == pytest.approx(m, rel=1e-6)
    kept = np.exp(-2 * 0.3 / (m * CP))
    mixed = 0.5 * 80.0 + 0.5 * (10.0 + 70.0 * kept)
    assert 2 * m * CP * (mixed - 50.0) == pytest.approx(500.0, rel=1e-5)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_energy_closes_and_no_place_passes_more_than_the_plant_gives(seed, count):
    rng = np.random.default_rng(seed)
    hours = 30
    before = np.array([rng.integers(0, i + 1) for i in range(count)])
    xy = rng.uniform(0, 1000, (count + 1, 2))
    graph = join(
        PipePieces(
            xy[before],
            xy[1:],
            rng.uniform(5, 400, count),
            np.full(count, 100.0),
            rng.uniform(0.1, 0.5, count),
        ),
        0.0,
    )
    plant = graph.start[:1]
    paths = flow_paths(graph, plant, np.zeros(graph.nodes), WATER)
    shapes = rng.uniform(0.0, 1.0, (2, hours))
    loads = NetworkLoads(
        graph.end, rng.integers(0, 2, count), rng.uniform(0.0, 20.0, count), shapes
    )
    given_degc = Temperatures(
        rng.uniform(70, 110, hours), rng.uniform(30, 60, hours), rng.uniform(4, 16, hours)
    )
    year = network_year(graph, paths, loads, given_degc, np.arange(count))
    gap = year.production_kw - year.delivered_kw - year.lost_kw
    assert np.abs(gap).max() <= 1e-9 * year.production_kw.max()
    assert np.all(year.heat_kw() <= year.production_kw.sum(axis=0) * (1 + 1e-5) + 1e-3)
    # where nobody is starved everybody gets what she needs
    needed = (loads.demand_mwh_per_a * 1000.0) @ shapes[loads.group]
    fine = year.starved == 0
    assert year.delivered_kw.sum(axis=0)[fine] == pytest.approx(needed[fine], rel=1e-9)


def test_a_longer_pipe_loses_more():
    losses = [
        year_of_line([length], [200.0], temperatures(1)).lost_kw[0, 0]
        for length in (100.0, 300.0, 900.0)
    ]
    assert losses == sorted(losses)
    assert losses[0] > 0.0


def test_series_of_different_length_and_a_supply_as_cold_as_the_return_are_refused():
    with pytest.raises(InvalidInput, match="the demand 2"):
        year_of_line_with(temperatures(3), hours=2)
    with pytest.raises(InvalidInput, match="warmer"):
        year_of_line([10.0], [1.0], temperatures(2, supply=52.0))


def year_of_line_with(given_degc: Temperatures, hours: int) -> NetworkYear:
    graph = join(
        PipePieces(
            np.zeros((1, 2)), np.ones((1, 2)), np.ones(1), np.full(1, 100.0), np.full(1, 0.2)
        ),
        0.01,
    )
    paths = flow_paths(graph, graph.start, np.zeros(2), WATER)
    loads = NetworkLoads(graph.end, np.zeros(1, dtype=int), np.ones(1), np.ones((1, hours)))
    return network_year(graph, paths, loads, given_degc, np.array([0]))
