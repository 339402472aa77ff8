import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.thermal.pipe_graph import PipePieces, join, report


def pieces(*lines: tuple[tuple[float, float], tuple[float, float]]) -> PipePieces:
    start, end = (np.array([line[i] for line in lines], dtype=float) for i in (0, 1))
    count = len(lines)
    return PipePieces(
        start, end, np.hypot(*(end - start).T), np.full(count, 100.0), np.full(count, 0.2)
    )


def test_ends_within_the_snapping_distance_are_one_node():
    # the second pipe starts 0.3 m beside the end of the first
    graph = join(pieces(((0, 0), (10, 0)), ((10, 0.3), (20, 0))), 0.5)
    assert (graph.nodes, graph.components) == (3, 1)
    assert graph.end[0] == graph.start[1]
    # the node lies in the middle of what it joins
    assert graph.node_xy[graph.end[0]] == pytest.approx((10.0, 0.15))


def test_ends_farther_apart_stay_apart():
    graph = join(pieces(((0, 0), (10, 0)), ((10, 0.6), (20, 0))), 0.5)
    assert (graph.nodes, graph.components) == (4, 2)


def test_a_ring_of_four_pieces_is_one_loop_and_a_spur_is_a_dead_end():
    ring = (((0, 0), (9, 0)), ((9, 0), (9, 9)), ((9, 9), (0, 9)), ((0, 9), (0, 0)))
    graph = join(pieces(*ring, ((9, 9), (20, 9))), 0.1)
    plant = np.array([graph.start[0]])
    customer = np.array([graph.end[1]])
    found = report(graph, plant, customer)
    assert (found.components, found.loops, found.dead_ends, found.standing) == (1, 1, 1, 0)
    served = report(graph, plant, np.array([graph.end[4]]))
    assert served.dead_ends == 0


def test_a_part_without_a_plant_is_told_with_its_length():
    graph = join(pieces(((0, 0), (10, 0)), ((50, 0), (57, 0))), 0.1)
    found = report(graph, np.array([graph.start[0]]), np.array([], dtype=int))
    assert (found.components, found.without_plant) == (2, 1)
    assert found.length_without_plant_m == pytest.approx(7.0)


def test_a_piece_shorter_than_the_snapping_distance_carries_nothing():
    graph = join(pieces(((0, 0), (0.2, 0)), ((0.2, 0), (9, 0))), 0.5)
    assert graph.links.tolist() == [False, True]


def test_no_pipes_are_no_network():
    graph = join(
        PipePieces(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.zeros(0)), 0.5
    )
    assert (graph.nodes, graph.components, graph.loops().size) == (0, 0, 0)


@pytest.mark.parametrize(("length", "diameter"), [(-1.0, 100.0), (10.0, 0.0), (np.nan, 100.0)])
def test_lengths_and_diameters_that_cannot_be_are_refused(length, diameter):
    with pytest.raises(InvalidInput):
        PipePieces(
            np.zeros((1, 2)),
            np.ones((1, 2)),
            np.array([length]),
            np.array([diameter]),
            np.array([0.2]),
        )
