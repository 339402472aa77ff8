"""Adding a parcel never reorders the others; scores stay within bounds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.scoring.aggregate import aggregate
from engines.scoring.value_functions import criteria, value_of

CRITERIA = criteria(build_assumptions())
quantity = st.one_of(st.floats(-5000.0, 5000.0), st.just(float("nan")))
row = st.tuples(*[quantity] * len(CRITERIA), st.booleans())


def ranked(rows):
    refs = [f"parcel-{i:03d}" for i in range(len(rows))]
    table = np.array([r[:-1] for r in rows], dtype=float)
    values = np.column_stack([value_of(table[:, j], c) for j, c in enumerate(CRITERIA)])
    red = np.array([r[-1] for r in rows])
    return aggregate(refs, values, CRITERIA, np.ones_like(values, bool), red)


@settings(deadline=None)
@given(st.lists(row, min_size=1, max_size=15), row)
def test_adding_a_parcel_never_reorders_the_others(rows, newcomer) -> None:
    before, after = ranked(rows), ranked([*rows, newcomer])
    np.testing.assert_array_equal(before.score, after.score[:-1])
    order = [i for _, i in sorted((r, i) for i, r in enumerate(before.rank) if r)]
    later = [i for _, i in sorted((r, i) for i, r in enumerate(after.rank[:-1]) if r)]
    assert order == later


@settings(deadline=None)
@given(st.lists(row, min_size=1, max_size=15))
def test_scores_lie_between_nought_and_one_and_are_the_sum_of_their_parts(rows) -> None:
    result = ranked(rows)
    known = ~np.isnan(result.score)
    assert ((result.score[known] >= 0) & (result.score[known] <= 1 + 1e-12)).all()
    np.testing.assert_allclose(np.nansum(result.parts[known], axis=1), result.score[known])
    ranks = sorted(r for r in result.rank if r)
    assert ranks == list(range(1, len(ranks) + 1))


@settings(deadline=None)
@given(st.lists(row, min_size=2, max_size=15), st.data())
def test_removing_or_doubling_a_parcel_never_reorders_the_others(rows, data) -> None:
    i = data.draw(st.integers(0, len(rows) - 1))
    refs = [f"parcel-{k:03d}" for k in range(len(rows))]
    before = scored(refs, rows)
    without = scored(refs[:i] + refs[i + 1 :], rows[:i] + rows[i + 1 :])
    doubled = scored([*refs, "twin"], [*rows, rows[i]])
    others = [ref for ref in before if ref != refs[i]]
    assert without == others
    assert [ref for ref in doubled if ref != "twin"] == before


def scored(refs, rows):
    """Names in the order of their ranks."""
    table = np.array([r[:-1] for r in rows], dtype=float)
    values = np.column_stack([value_of(table[:, j], c) for j, c in enumerate(CRITERIA)])
    red = np.array([r[-1] for r in rows])
    found = aggregate(refs, values, CRITERIA, np.ones_like(values, bool), red)
    placed = [(place, ref) for place, ref in zip(found.rank, refs, strict=True) if place]
    return [ref for _, ref in sorted(placed)]
