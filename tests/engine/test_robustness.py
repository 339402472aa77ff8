"""Rank acceptability, near-ties, tornado, and layers that could change the order."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.scoring.value_functions import Criterion
from engines.siting.robustness import (
    drawn_weights,
    layers_that_could_change,
    near_ties,
    rank_acceptability,
    tornado,
)

NAN = np.nan
TWO = (Criterion("heat", "-", 0.0, 1.0, 1.0), Criterion("grid", "-", 0.0, 1.0, 1.0))
# one is best at heat, one at grid, one middling at both
THREE = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.6]])
NOBODY = np.zeros(3, dtype=bool)


def test_drawn_weights_lie_around_those_of_the_study() -> None:
    rules = (TWO[0], Criterion("grid", "-", 0.0, 1.0, 3.0), Criterion("off", "-", 0.0, 1.0, 0.0))
    drawn = drawn_weights(rules, 20_000, 4.0, seed=1)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    np.testing.assert_allclose(drawn.mean(axis=0), [0.25, 0.75, 0.0], atol=0.01)
    assert (drawn[:, 2] == 0.0).all()
    np.testing.assert_array_equal(drawn, drawn_weights(rules, 20_000, 4.0, seed=1))


def test_acceptability_is_what_geometry_says() -> None:
    # weights (w, 1-w), w uniform: the first wins where w > 0.6, the second where w < 0.4, the third
    # between them: 0.4, 0.4, 0.2. The third is second whenever it does not win, never last.
    drawn = drawn_weights(TWO, 20_000, 1.0, seed=2)
    found = rank_acceptability(THREE, drawn, NOBODY)
    np.testing.assert_allclose(found.top_share[:, 0], [0.4, 0.4, 0.2], atol=0.015)
    np.testing.assert_allclose(found.top_share[:, 1:], 1.0)
    assert found.mean_rank[2] == pytest.approx(0.2 * 1 + 0.8 * 2, abs=0.015)
    assert found.mean_rank.sum() == pytest.approx(6.0)


def test_parcels_behind_a_gate_take_no_place() -> None:
    drawn = drawn_weights(TWO, 5_000, 1.0, seed=2)
    found = rank_acceptability(THREE, drawn, np.array([False, False, True]))
    np.testing.assert_allclose(found.top_share[:, 0], [0.5, 0.5, 0.0], atol=0.02)
    assert np.isnan(found.mean_rank[2])


def test_futures_stand_in_for_their_criterion() -> None:
    # heat alone counts. In one of four futures the first has 0, else 1; the second always 0.5
    rules = (TWO[0], Criterion("grid", "-", 0.0, 1.0, 0.0))
    drawn = drawn_weights(rules, 20_000, 1.0, seed=3)
    values = np.array([[0.75, 0.0], [0.5, 0.0]])
    futures = np.array([[1.0, 1.0, 1.0, 0.0], [0.5, 0.5, 0.5, 0.5]])
    found = rank_acceptability(
        values, drawn, np.zeros(2, bool), future_values=futures, future_criterion=0, seed=4
    )
    np.testing.assert_allclose(found.top_share[:, 0], [0.75, 0.25], atol=0.01)
    same = rank_acceptability(
        values, drawn, np.zeros(2, bool), future_values=futures * 0 + values[:, [0]]
    )
    np.testing.assert_array_equal(same.top_share[:, 0], [1.0, 0.0])


def test_each_parcel_meets_a_future_in_its_own_way() -> None:
    # alike but for the money: the first gains in the even futures, the second in the odd ones, and
    # no weight can turn that; a shift that is alike for both would leave the first always ahead
    values = np.array([[0.5, 0.5], [0.5, 0.5]])
    futures = np.tile([[1.0, 0.0], [0.0, 1.0]], (1, 100))
    weights = np.full((4000, 2), 0.5)
    found = rank_acceptability(
        values, weights, np.zeros(2, bool), future_values=futures, future_criterion=0, seed=3
    )
    # 4,000 draws of a half: standard error 0.008
    assert found.top_share[:, 0] == pytest.approx([0.5, 0.5], abs=0.03)
    assert found.mean_rank == pytest.approx([1.5, 1.5], abs=0.03)


def test_a_gap_leaves_its_weight_to_the_others_as_in_the_score() -> None:
    # the gap makes the first 0.6 whatever the weights, the second lies between 0.5 and 0.7
    values = np.array([[0.6, NAN], [0.5, 0.7]])
    drawn = drawn_weights(TWO, 20_000, 1.0, seed=5)
    found = rank_acceptability(values, drawn, np.zeros(2, bool))
    # 0.5 w + 0.7 (1-w) > 0.6 where w < 0.5
    np.testing.assert_allclose(found.top_share[:, 0], [0.5, 0.5], atol=0.015)


def test_neighbours_that_hardly_differ_are_near_ties() -> None:
    scores = np.array([0.5, 0.495, 0.4, 0.396, 0.9])
    assert near_ties(scores, (1, 2, 3, 4, None), 0.01) == [(0, 1), (2, 3)]
    assert near_ties(scores, (1, 2, 3, 4, None), 0.001) == []


def test_a_tornado_shows_the_weight_that_moves_most() -> None:
    # the third has 0.6 throughout: no weight moves its score, but its place
    flat = tornado("abc", THREE, TWO, NOBODY, 2)
    np.testing.assert_allclose(flat.score_low, 0.6)
    # heat halved: 1/3 and 2/3; the second has 2/3 and goes first
    assert flat.rank_low == (2, 2)
    first = tornado("abc", THREE, TWO, NOBODY, 0)
    # heat halved 1/3, doubled 2/3; grid halved 2/3, doubled 1/3
    span = dict(zip(first.keys, zip(first.score_low, first.score_high, strict=True), strict=True))
    assert span["heat"] == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert span["grid"] == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_a_layer_that_could_turn_the_order_is_named_with_the_parcels() -> None:
    # heat is uncertain: the first of the top one (0.9, 0.8) could fall to 0.4, its rival rise to
    # 0.85; grid is measured and is not asked
    values = np.array([[0.9, 0.8], [0.2, 0.7]])
    asked = {"heat": ("heat",), "grid": ("headroom",)}
    found = layers_that_could_change(
        values, TWO, list(asked.values()), ["heat"], np.zeros(2, bool), [["flood"], []], top=1
    )
    assert found == {"heat": [0], "gate:flood": [0]}
    # with little weight on it, it could not: 0.9*0+0.1... stays first
    rules = (Criterion("heat", "-", 0.0, 1.0, 0.1), Criterion("grid", "-", 0.0, 1.0, 2.0))
    calm = np.array([[0.9, 0.8], [0.2, 0.3]])
    assert (
        layers_that_could_change(
            calm, rules, list(asked.values()), ["heat"], np.zeros(2, bool), [[], []], top=1
        )
        == {}
    )


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one weight per criterion"):
        rank_acceptability(THREE, np.ones((4, 3)), NOBODY)
    with pytest.raises(InvalidInput, match="above 1"):
        tornado("abc", THREE, TWO, NOBODY, 0, factor=1.0)
    with pytest.raises(InvalidInput, match="one draw"):
        drawn_weights(TWO, 0, 1.0, 0)
