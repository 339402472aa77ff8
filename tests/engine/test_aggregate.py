"""Value functions and the weighted score."""

import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.scoring.aggregate import aggregate
from engines.scoring.value_functions import CRITERIA, GROUPS, Criterion, criteria, value_of

NAN = np.nan
RISING = Criterion("gain", "EUR", 0.0, 10.0, 3.0)
FALLING = Criterion("length", "m", 100.0, 20.0, 1.0)
TWO = (RISING, FALLING)


def test_values_run_straight_between_fixed_bounds_in_both_directions() -> None:
    quantity = np.array([-5.0, 0.0, 2.5, 10.0, 50.0, NAN])
    np.testing.assert_allclose(value_of(quantity, RISING), [0, 0, 0.25, 1, 1, NAN])
    # (60-100)/(20-100) = 0.5
    np.testing.assert_allclose(value_of(np.array([120.0, 60.0, 0.0]), FALLING), [0, 0.5, 1])


def test_default_weights_sum_to_one_and_money_carries_half() -> None:
    given = {c.key: c.weight for c in criteria(build_assumptions())}
    assert set(given) == set(CRITERIA)
    assert sum(given.values()) == pytest.approx(1.0)
    assert given["npv_per_kw"] + given["lcoh_gap"] >= 0.5 - 1e-12


def test_equal_bounds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="part them"):
        Criterion("gain", "EUR", 1.0, 1.0, 1.0)


def rank(refs, values, measured=None, red=None):
    given = np.array(values, dtype=float).reshape(len(refs), 2)
    measured = np.ones_like(given, bool) if measured is None else np.array(measured)
    red = np.zeros(len(refs), bool) if red is None else np.array(red)
    return aggregate(refs, given, TWO, measured, red)


def test_score_is_the_weighted_mean_and_its_parts_sum_to_it() -> None:
    # weights 3/4 and 1/4: 0.75*0.4 + 0.25*0.8 = 0.5
    ranking = rank(["a"], [[0.4, 0.8]])
    assert ranking.score[0] == pytest.approx(0.5)
    np.testing.assert_allclose(ranking.parts, [[0.3, 0.2]])
    assert ranking.rank == (1,)
    assert ranking.coverage_share[0] == pytest.approx(1.0)
    assert ranking.notes == ((),)


def test_a_missing_criterion_leaves_its_weight_to_the_others_and_is_named() -> None:
    ranking = rank(["a"], [[0.4, NAN]])
    assert ranking.score[0] == pytest.approx(0.4)
    assert ranking.missing == (("length",),)
    assert ranking.coverage_share[0] == pytest.approx(0.75)
    assert "75 % of the weight" in ranking.notes[0][0]


def test_coverage_counts_only_measured_and_known_criteria() -> None:
    ranking = rank(["a", "b"], [[0.4, 0.8], [NAN, 0.8]], [[False, True], [True, True]])
    np.testing.assert_allclose(ranking.coverage_share, [0.25, 0.25])


def test_a_red_gate_is_scored_but_not_ranked() -> None:
    ranking = rank(["a", "b"], [[0.9, 0.9], [0.1, 0.1]], red=[True, False])
    assert ranking.rank == (None, 1)
    assert ranking.score[0] == pytest.approx(0.9)
    assert "Not ranked: a gate is red." in ranking.notes[0]


def test_nothing_known_gives_no_score() -> None:
    ranking = rank(["a"], [[NAN, NAN]])
    assert np.isnan(ranking.score[0])
    assert ranking.rank == (None,)


def test_ties_are_broken_by_name_whatever_the_order() -> None:
    assert rank(["b", "a", "c"], [[0.5, 0.5], [0.5, 0.5], [0.6, 0.6]]).rank == (3, 2, 1)
    assert rank(["a", "b", "c"], [[0.5, 0.5], [0.5, 0.5], [0.6, 0.6]]).rank == (2, 3, 1)


def test_no_parcels_give_an_empty_ranking() -> None:
    ranking = rank([], np.empty((0, 2)))
    assert ranking.rank == ()
    assert ranking.score.shape == (0,)


def test_same_names_wrong_shapes_and_no_weight_are_refused() -> None:
    with pytest.raises(InvalidInput, match="same name"):
        rank(["a", "a"], [[0.1, 0.1], [0.2, 0.2]])
    with pytest.raises(InvalidInput, match="shape"):
        aggregate(["a"], np.zeros((1, 3)), TWO, np.ones((1, 3), bool), np.zeros(1, bool))
    none = tuple(Criterion(c.key, c.unit, c.worst, c.best, 0.0) for c in TWO)
    with pytest.raises(InvalidInput, match="weight"):
        aggregate(["a"], np.zeros((1, 2)), none, np.ones((1, 2), bool), np.zeros(1, bool))


def test_the_office_of_a_published_example_comes_out_as_published() -> None:
    """Goodwin and Wright, Decision Analysis for Management Judgment, ch. 3: Mr Jones's office.

    Seven offices, values 0 to 100 by direct rating, swing weights 32 to 3; the book prints the
    aggregate benefits 80.8, 39.4, 47.4, 52.3, 64.8, 20.9 and 60.2.
    """
    weights = {
        "closeness": 32, "visibility": 26, "image": 23, "size": 10, "comfort": 6, "parking": 3,
    }  # fmt: skip
    ratings = [
        [100, 20, 80, 70, 40, 0, 60],
        [60, 80, 70, 50, 60, 0, 100],
        [100, 10, 0, 30, 90, 70, 20],
        [75, 30, 0, 55, 100, 0, 50],
        [0, 100, 10, 30, 60, 80, 50],
        [90, 30, 100, 90, 70, 0, 80],
    ]
    rules = [Criterion(key, "-", 0.0, 100.0, float(weight)) for key, weight in weights.items()]
    table = np.array(ratings, dtype=float).T
    values = np.column_stack([value_of(table[:, j], rule) for j, rule in enumerate(rules)])
    found = aggregate("ABCDEFG", values, rules, np.ones_like(values, bool), np.zeros(7, bool))
    np.testing.assert_allclose(
        100 * found.score, [80.8, 39.4, 47.4, 52.3, 64.8, 20.9, 60.2], atol=1e-9
    )
    assert found.rank == (1, 6, 5, 4, 2, 7, 3)


def test_every_criterion_speaks_for_one_of_six_groups() -> None:
    assert set(GROUPS) == set(CRITERIA)
    assert set(GROUPS.values()) == {"heat", "grid", "money", "environment", "town", "resilience"}
