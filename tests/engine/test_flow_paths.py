import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import InvalidInput
from engines.thermal.flow_paths import Water, flow_paths
from engines.thermal.pipe import pressure_gradient_pa_per_m
from engines.thermal.pipe_graph import PipeGraph, PipePieces, join

WATER = Water(roughness_mm=0.1, density_kg_per_m3=983.2, viscosity_m2_per_s=4.74e-7)


def graph_of(
    xy: list[tuple[float, float]],
    links: list[tuple[int, int]],
    length_m: list[float] | None = None,
    diameter_mm: list[float] | None = None,
) -> PipeGraph:
    """Pieces between numbered places; the nodes of the graph are found by `node_at`."""
    places = np.array(xy, dtype=float)
    start, end = (np.array([link[i] for link in links]) for i in (0, 1))
    count = len(links)
    return join(
        PipePieces(
            places[start],
            places[end],
            np.array(length_m if length_m else [100.0] * count),
            np.array(diameter_mm if diameter_mm else [100.0] * count),
            np.full(count, 0.2),
        ),
        0.01,
    )


def node_at(graph: PipeGraph, place: tuple[float, float]) -> int:
    return int(np.hypot(*(graph.node_xy - np.array(place)).T).argmin())


def test_in_a_tree_water_leaves_the_plant_whichever_way_the_pipes_were_drawn():
    places = [(0, 0), (1, 0), (2, 0), (2, 1)]
    graph = graph_of(places, [(1, 0), (1, 2), (3, 2)])
    paths = flow_paths(graph, np.array([node_at(graph, (0, 0))]), np.zeros(4), WATER)
    way = [
        (tuple(graph.node_xy[u]), tuple(graph.node_xy[v]))
        for u, v in zip(paths.upstream, paths.downstream, strict=True)
    ]
    assert way == [((0, 0), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (2, 1))]
    assert paths.share.tolist() == [1.0, 1.0, 1.0]


def test_a_diameter_need_not_be_known_in_a_tree_but_in_a_loop():
    tree = graph_of([(0, 0), (1, 0)], [(0, 1)], diameter_mm=[np.nan])
    assert len(flow_paths(tree, np.array([0]), np.zeros(2), WATER).piece) == 1
    ring = graph_of(
        [(0, 0), (1, 0), (1, 1)], [(0, 1), (1, 2), (2, 0)], diameter_mm=[100.0, np.nan, 100.0]
    )
    with pytest.raises(InvalidInput, match="1 pieces of pipe"):
        flow_paths(ring, np.array([0]), np.ones(3), WATER)


def test_two_equal_ways_carry_half_each():
    # a square; the customer sits opposite to the plant
    places = [(0, 0), (1, 0), (1, 1), (0, 1)]
    graph = graph_of(places, [(0, 1), (1, 2), (2, 3), (3, 0)])
    drawn = np.zeros(4)
    customer = node_at(graph, (1, 1))
    drawn[customer] = 5.0
    paths = flow_paths(graph, np.array([node_at(graph, (0, 0))]), drawn, WATER)
    assert paths.share[paths.downstream == customer] == pytest.approx([0.5, 0.5], rel=1e-9)


def test_a_long_way_carries_less_so_that_both_lose_the_same_pressure():
    # two ways from plant to customer, 100 m and 900 m of the same pipe. In rough turbulent flow
    # loss goes with length times flow squared, so flows go as 3 to 1; the slower water has a
    # friction factor some percent higher (Swamee and Jain at Re 3.7e5 and 1.2e5: 0.0206 and
    # 0.0220), which makes it sqrt(0.0220 / 0.0206) = 1.034 times slower: 3.10 to 1
    places = [(0, 0), (1, 0), (0.5, 1)]
    graph = graph_of(places, [(0, 1), (0, 2), (2, 1)], [100.0, 450.0, 450.0])
    customer = node_at(graph, (1, 0))
    drawn = np.zeros(3)
    drawn[customer] = 18.0
    paths = flow_paths(graph, np.array([node_at(graph, (0, 0))]), drawn, WATER)
    share = dict(zip(paths.piece.tolist(), paths.share.tolist(), strict=True))
    short, long = 18.0 * share[0], 18.0 * share[2]
    assert short + long == pytest.approx(18.0, rel=1e-12)
    loss = [
        pressure_gradient_pa_per_m(
            flow,
            0.1,
            roughness_mm=WATER.roughness_mm,
            density_kg_per_m3=WATER.density_kg_per_m3,
            viscosity_m2_per_s=WATER.viscosity_m2_per_s,
        )
        * length
        for flow, length in ((short, 100.0), (long, 900.0))
    ]
    assert loss[0] == pytest.approx(loss[1], rel=1e-6)
    assert short / long == pytest.approx(3.10, rel=0.005)


def test_between_two_plants_each_serves_what_is_nearer():
    # a line of pipes with a plant at each end; the customer in the first third takes two thirds
    # of the pressure-loss way from the right, so flows go as sqrt(2) to 1
    places = [(0, 0), (1, 0), (3, 0)]
    graph = graph_of(places, [(0, 1), (1, 2)], [1000.0, 2000.0])
    customer = node_at(graph, (1, 0))
    drawn = np.zeros(3)
    drawn[customer] = 10.0
    plants = np.array([node_at(graph, (0, 0)), node_at(graph, (3, 0))])
    paths = flow_paths(graph, plants, drawn, WATER)
    share = dict(zip(paths.piece.tolist(), paths.share.tolist(), strict=True))
    assert share[0] / share[1] == pytest.approx(np.sqrt(2.0), rel=0.02)


def test_what_no_plant_reaches_has_no_flow():
    graph = graph_of([(0, 0), (1, 0), (5, 0), (6, 0)], [(0, 1), (2, 3)])
    paths = flow_paths(graph, np.array([node_at(graph, (0, 0))]), np.zeros(4), WATER)
    assert paths.piece.tolist() == [0]
    assert not paths.fed[node_at(graph, (6, 0))]


@given(st.integers(2, 6), st.integers(0, 1000))
def test_in_any_net_all_water_arrives_and_no_ring_gains_pressure(side, seed):
    # a grid of streets, every customer draws something: what arrives at a node is what it draws
    # and passes on, and the losses around every ring add up to nothing
    rng = np.random.default_rng(seed)
    places = [(float(x), float(y)) for y in range(side) for x in range(side)]
    links = [(i, i + 1) for i in range(side * side) if (i + 1) % side]
    links += [(i, i + side) for i in range(side * (side - 1))]
    lengths = rng.uniform(20.0, 200.0, len(links)).tolist()
    sizes = rng.choice([53.9, 82.5, 132.5], len(links)).tolist()
    graph = graph_of(places, links, lengths, sizes)
    drawn = rng.uniform(0.1, 2.0, graph.nodes)
    plant = node_at(graph, (0.0, 0.0))
    drawn[plant] = 0.0
    paths = flow_paths(graph, np.array([plant]), drawn, WATER)
    through = drawn.copy()
    flow = np.zeros(len(links))
    for row in range(len(paths.piece) - 1, -1, -1):
        moved = paths.share[row] * through[paths.downstream[row]]
        through[paths.upstream[row]] += moved
        flow[paths.piece[row]] = moved * (
            1.0 if paths.upstream[row] == graph.start[paths.piece[row]] else -1.0
        )
    assert through[plant] == pytest.approx(drawn.sum(), rel=1e-9)
    loss = (
        np.sign(flow)
        * pressure_gradient_pa_per_m(
            np.abs(flow),
            graph.pieces.inner_diameter_mm / 1000.0,
            roughness_mm=WATER.roughness_mm,
            density_kg_per_m3=WATER.density_kg_per_m3,
            viscosity_m2_per_s=WATER.viscosity_m2_per_s,
        )
        * graph.pieces.length_m
    )
    along = dict(zip(links, loss, strict=True))
    for y in range(side - 1):
        for x in range(side - 1):
            i = y * side + x
            ring = (
                along[i, i + 1]
                + along[i + 1, i + 1 + side]
                - along[i + side, i + side + 1]
                - along[i, i + side]
            )
            assert abs(ring) <= 1e-3 * np.abs(loss).max() + 1.0
