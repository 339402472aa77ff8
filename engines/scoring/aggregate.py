"""The score: a weighted sum of values, behind the gates, with what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats, within_or_missing
from engines.errors import InvalidInput
from engines.scoring.value_functions import Criterion


@dataclass(frozen=True)
class Ranking:
    """Scores of all parcels, in the order they were given.

    Attributes
    ----------
    refs : tuple of str
        Names of the parcels.
    score : array (parcels,)
        From 0 to 1; NaN without any known criterion.
    rank : tuple of int or None
        From 1; None for a parcel behind a red gate or without a score.
    parts : array (parcels, criteria)
        What each criterion adds to the score; NaN where missing. They sum to the score.
    coverage_share : array (parcels,)
        Share of all weight carried by criteria whose inputs are measured or uploaded [0-1].
    missing : tuple of tuple of str
        Criteria that are missing for each parcel; the others carry their weight.
    notes : tuple of tuple of str
        What a reader of each score must know.
    """

    refs: tuple[str, ...]
    score: FloatArray
    rank: tuple[int | None, ...]
    parts: FloatArray
    coverage_share: FloatArray
    missing: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, ...], ...]


def aggregate(
    refs: Sequence[str],
    values: FloatArray,
    criteria: Sequence[Criterion],
    measured: NDArray[np.bool_],
    gate_red: NDArray[np.bool_],
) -> Ranking:
    """Weigh values into scores and rank the parcels that pass the gates.

    ``score = sum(w_i v_i) / sum(w_i)`` over the criteria known for the parcel. Ties, and nothing
    else, are broken by the name of the parcel. A score depends on no other parcel.

    Parameters
    ----------
    refs : sequence of str
        Names, all different.
    values : array (parcels, criteria)
        From `value_of`; NaN where unknown.
    criteria : sequence of Criterion
        In the order of the columns.
    measured : array of bool (parcels, criteria)
        True where the inputs are measured or uploaded, not derived, illustrative or unknown.
    gate_red : array of bool (parcels,)
        True where any gate is red: scored, not ranked.

    Raises
    ------
    InvalidInput
        If shapes do not fit, a name stands twice, or all weights are 0.
    """
    given = as_floats(np.ascontiguousarray(values))
    _check(refs, given, criteria, measured, gate_red)
    weights = as_floats(np.array([criterion.weight for criterion in criteria]))
    share = weights / weights.sum()
    known = ~np.isnan(given)
    carried = (known * share).sum(axis=1)
    scored = carried > 0.0
    parts = given * share / np.where(scored, carried, np.nan)[:, None]
    score = np.where(scored, np.nansum(parts, axis=1), np.nan)
    missing = tuple(
        tuple(criterion.key for criterion, there in zip(criteria, row, strict=True) if not there)
        for row in known
    )
    return Ranking(
        refs=tuple(refs),
        score=as_floats(score),
        rank=ranks(refs, score, gate_red | ~scored),
        parts=as_floats(parts),
        coverage_share=as_floats((measured & known) @ share),
        missing=missing,
        notes=tuple(
            _notes(*row) for row in zip(missing, carried.tolist(), gate_red.tolist(), strict=True)
        ),
    )


def ranks(
    refs: Sequence[str], score: FloatArray, excluded: NDArray[np.bool_]
) -> tuple[int | None, ...]:
    """Rank parcels by their score, the best first.

    Parameters
    ----------
    refs : sequence of str
        Names, all different; they break ties.
    score : array (parcels,)
        From 0 to 1.
    excluded : array of bool (parcels,)
        Parcels that take no place.

    Returns
    -------
    tuple of int or None
        From 1; None where excluded.
    """
    places = [i for i in range(len(refs)) if not excluded[i]]
    places.sort(key=lambda i: (-score[i], refs[i]))
    rank: list[int | None] = [None] * len(refs)
    for position, i in enumerate(places, start=1):
        rank[i] = position
    return tuple(rank)


def _notes(missing: tuple[str, ...], carried: float, red: bool) -> tuple[str, ...]:
    notes = []
    if red:
        notes.append("Not ranked: a gate is red.")
    if missing and carried > 0.0:
        notes.append(
            f"Missing: {', '.join(missing)}. The score rests on {100 * carried:.0f} % of the "
            "weight, spread over the criteria that are known."
        )
    if carried == 0.0:
        notes.append("Not ranked: no criterion with weight is known.")
    return tuple(notes)


def _check(
    refs: Sequence[str],
    values: FloatArray,
    criteria: Sequence[Criterion],
    measured: NDArray[np.bool_],
    gate_red: NDArray[np.bool_],
) -> None:
    shape = (len(refs), len(criteria))
    if values.shape != shape or measured.shape != shape or gate_red.shape != shape[:1]:
        raise InvalidInput(
            f"For {shape[0]} parcels and {shape[1]} criteria, values and measured must have the "
            f"shape {shape} and gate_red {shape[:1]}; they have {values.shape}, "
            f"{measured.shape} and {gate_red.shape}."
        )
    if len(set(refs)) != len(refs):
        raise InvalidInput("Two parcels have the same name; names break ties and must differ.")
    if not any(criterion.weight > 0.0 for criterion in criteria):
        raise InvalidInput("All weights are 0; give at least one criterion a weight.")
    within_or_missing("values", values, 0.0, 1.0)
