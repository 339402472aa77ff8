"""How sure a ranking is: over weights that people could also have chosen, and over futures.

Stochastic multicriteria acceptability analysis (Lahdelma, Hokkanen and Salminen 1998; Tervonen and
Figueira 2008): every draw takes weights from a Dirichlet distribution and one future from those
given, scores all parcels with them and ranks them. The share of draws in which a parcel takes one
of the first places is its rank acceptability.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats, positive, within, within_or_missing
from engines.errors import InvalidInput
from engines.scoring.aggregate import ranks
from engines.scoring.value_functions import Criterion

TOPS = (1, 3, 5)
_CHUNK = 64


@dataclass(frozen=True)
class Acceptability:
    """Rank acceptability of every parcel.

    Attributes
    ----------
    top_share : array, shape (parcels, 3)
        Share of draws among the first 1, 3 and 5.
    mean_rank : array, shape (parcels,)
        Mean place over the draws; NaN for parcels that take none.
    draws : int
    """

    top_share: FloatArray
    mean_rank: FloatArray
    draws: int


@dataclass(frozen=True)
class Tornado:
    """What each weight does to the score of one parcel, and to its place.

    Attributes
    ----------
    keys : tuple of str
        Criteria, the one with the widest span first.
    score_low, score_high : array
        Score with the weight at the low and at the high end.
    rank_low, rank_high : tuple of int or None
    """

    keys: tuple[str, ...]
    score_low: FloatArray
    score_high: FloatArray
    rank_low: tuple[int | None, ...]
    rank_high: tuple[int | None, ...]


def drawn_weights(
    criteria: Sequence[Criterion], draws: int, concentration: float, seed: int
) -> FloatArray:
    """Draw weights around those of the study, shape (draws, criteria).

    ``w ~ Dirichlet(concentration * n * w0)``: the mean is the study's weight. With `concentration`
    1 and equal weights every set of weights is as likely as any other; larger stays closer. A
    criterion without weight keeps none.
    """
    positive("concentration", concentration)
    if draws < 1:
        raise InvalidInput(f"At least one draw is needed, not {draws}.")
    central = as_floats(np.array([criterion.weight for criterion in criteria]))
    if central.sum() <= 0.0:
        raise InvalidInput("All weights are 0; give at least one criterion a weight.")
    used = central > 0.0
    share = central[used] / central.sum()
    found = np.zeros((draws, len(central)))
    rng = np.random.default_rng(seed)
    found[:, used] = rng.dirichlet(concentration * used.sum() * share, draws)
    return found


def rank_acceptability(
    values: FloatArray,
    weights: FloatArray,
    excluded: NDArray[np.bool_],
    *,
    future_values: FloatArray | None = None,
    future_criterion: int = 0,
    seed: int = 0,
) -> Acceptability:
    """Rank all parcels once for each draw of weights, and of a future.

    Parameters
    ----------
    values : array, shape (parcels, criteria)
        From 0 to 1; NaN where unknown, which leaves its weight to the others as in the score.
    weights : array, shape (draws, criteria)
        From `drawn_weights`.
    excluded : array of bool, shape (parcels,)
        Parcels behind a red gate; they take no place.
    future_values : array, shape (parcels, futures), optional
        Values of one criterion in every future, which stand in its place; one future a draw, the
        same for all parcels.
    future_criterion : int
        Which criterion.
    seed : int
        Of the choice of futures.

    Notes
    -----
    Equal scores share their places by the order given, as names break ties in the ranking.
    """
    given = within_or_missing("values", values, 0.0, 1.0)
    if weights.ndim != 2 or weights.shape[1] != given.shape[1]:  # noqa: PLR2004  draws, criteria
        raise InvalidInput("There must be one weight per criterion in each draw.")
    if future_values is not None:
        within_or_missing("future_values", future_values, 0.0, 1.0)
        if len(future_values) != len(given):
            raise InvalidInput("Futures must have one row per parcel.")
    candidates = np.flatnonzero(~excluded & ~np.isnan(given).all(axis=1))
    draws = len(weights)
    counts = np.zeros((len(given), len(TOPS)))
    total = np.zeros(len(given))
    picked = (
        np.random.default_rng(seed).integers(0, future_values.shape[1], draws)
        if future_values is not None
        else np.zeros(draws, dtype=np.int64)
    )
    for start in range(0, draws, _CHUNK):
        part = slice(start, start + _CHUNK)
        futures = None if future_values is None else future_values[candidates][:, picked[part]]
        scores = _scores(given[candidates], weights[part], futures, future_criterion)
        order = np.argsort(-np.nan_to_num(scores, nan=-1.0), axis=0, kind="stable")
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.arange(len(candidates))[:, None], axis=0)
        for j, top in enumerate(TOPS):
            counts[candidates, j] += (place < top).sum(axis=1)
        total[candidates] += place.sum(axis=1) + place.shape[1]
    mean = np.full(len(given), np.nan)
    mean[candidates] = total[candidates] / draws
    return Acceptability(counts / draws, mean, draws)


def _scores(
    values: FloatArray, weights: FloatArray, futures: FloatArray | None, criterion: int
) -> FloatArray:
    """Score every parcel with every draw, shape (parcels, draws)."""
    known = ~np.isnan(values)
    summed = np.nan_to_num(values) @ weights.T
    carried = known @ weights.T
    if futures is not None:
        own = weights[:, criterion]
        before = np.nan_to_num(values[:, criterion])[:, None] * own
        there = ~np.isnan(futures)
        summed += np.nan_to_num(futures) * own - before
        carried += (there.astype(np.float64) - known[:, [criterion]]) * own
    return as_floats(np.divide(summed, carried, out=np.zeros_like(summed), where=carried > 0.0))


def near_ties(
    scores: FloatArray, rank: Sequence[int | None], closer_than: float
) -> list[tuple[int, int]]:
    """Return neighbours in the ranking whose scores differ by less than this, as pairs of rows."""
    within("closer_than", closer_than, 0.0, 1.0)
    order = sorted((place, i) for i, place in enumerate(rank) if place is not None)
    rows = [i for _, i in order]
    return [
        (upper, lower)
        for upper, lower in zip(rows, rows[1:], strict=False)
        if scores[upper] - scores[lower] < closer_than
    ]


def tornado(
    refs: Sequence[str],
    values: FloatArray,
    criteria: Sequence[Criterion],
    excluded: NDArray[np.bool_],
    parcel: int,
    factor: float = 2.0,
) -> Tornado:
    """Divide and multiply each weight by `factor`, one at a time, and score one parcel anew."""
    if factor <= 1.0:
        raise InvalidInput(f"Weights have to be moved by a factor above 1, not {factor:g}.")
    central = as_floats(np.array([criterion.weight for criterion in criteria]))
    ends = []
    for step in (1.0 / factor, factor):
        weights = np.tile(central, (len(central), 1))
        weights[np.diag_indices(len(central))] *= step
        ends.append(_scores(values, weights, None, 0))
    low, high = ends
    order = np.argsort(-np.abs(high[parcel] - low[parcel]), kind="stable")
    nothing = np.isnan(values).all(axis=1)

    def places(scores: FloatArray) -> tuple[int | None, ...]:
        return tuple(ranks(refs, scores[:, j], excluded | nothing)[parcel] for j in order)

    return Tornado(
        keys=tuple(criteria[j].key for j in order),
        score_low=low[parcel, order],
        score_high=high[parcel, order],
        rank_low=places(low),
        rank_high=places(high),
    )


def layers_that_could_change(
    values: FloatArray,
    criteria: Sequence[Criterion],
    rests_on: Sequence[Sequence[str]],
    uncertain: Sequence[str],
    excluded: NDArray[np.bool_],
    judged_unknown: Sequence[Sequence[str]],
    top: int = 5,
) -> dict[str, list[int]]:
    """Say which missing layer could change the first places, and for which parcels.

    A layer could change them if, with all criteria that rest on it anywhere from 0 to 1, one of
    the first could fall behind another parcel; or if a gate that rests on it is not judged for one
    of the first, since it could refuse the parcel.

    Parameters
    ----------
    values : array, shape (parcels, criteria)
    criteria : sequence of Criterion
    rests_on : sequence of sequence of str
        Inputs that each criterion rests on.
    uncertain : sequence of str
        Inputs that are unknown, derived or illustrative.
    excluded : array of bool, shape (parcels,)
    judged_unknown : sequence of sequence of str
        For each parcel, the gates that cannot be judged.
    top : int

    Returns
    -------
    dict of str to list of int
        Rows of the first parcels that could lose their place, by input or ``gate:<key>``.
    """
    weights = as_floats(np.array([[criterion.weight for criterion in criteria]]))
    central = _scores(values, weights, None, 0)[:, 0]
    places = [i for i in np.argsort(-central, kind="stable") if not excluded[i]]
    first, rest = places[:top], places[top:]
    found: dict[str, list[int]] = {}
    for layer in uncertain:
        touched = np.array([layer in inputs for inputs in rests_on])
        if not touched.any() or not rest:
            continue
        worst = np.where(touched[None, :], 0.0, values)
        best = np.where(touched[None, :], 1.0, values)
        low = _scores(worst, weights, None, 0)[:, 0]
        high = _scores(best, weights, None, 0)[:, 0]
        rival = max(high[i] for i in rest)
        losing = [int(i) for i in first if low[i] < rival]
        if losing:
            found[layer] = losing
    for i in first:
        for gate in judged_unknown[i]:
            found.setdefault(f"gate:{gate}", []).append(int(i))
    return found
