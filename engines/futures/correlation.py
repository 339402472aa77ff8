"""Drivers that move together: rank correlation by rearranging, so that each keeps its values."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from engines.arrays import FloatArray, finite
from engines.errors import InvalidInput

ROUNDING = 1e-10


def correlation_matrix(names: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> FloatArray:
    """Return the matrix of these correlations; what is not named does not correlate.

    Raises
    ------
    InvalidInput
        If a name is unknown, a value lies outside -1 to 1, or the values contradict one another:
        the matrix has a negative eigenvalue. The sentence names the pairs.
    """
    place = {name: i for i, name in enumerate(names)}
    matrix = np.eye(len(names))
    for pair, value in pairs.items():
        unknown = [name for name in pair if name not in place]
        if unknown:
            raise InvalidInput(f"There is no driver named {unknown[0]!r} to correlate.")
        i, j = place[pair[0]], place[pair[1]]
        matrix[i, j] = matrix[j, i] = value
    checked_correlation(matrix, [f"{a} with {b}" for a, b in pairs])
    return matrix


def checked_correlation(matrix: FloatArray, pairs: Sequence[str] = ()) -> FloatArray:
    """Return a correlation matrix, or refuse one that no set of drivers can have."""
    checked = finite("Correlation", matrix)
    if checked.ndim != 2 or checked.shape[0] != checked.shape[1]:
        raise InvalidInput(f"A correlation matrix is square, not {checked.shape}.")
    if np.abs(checked).max(initial=0.0) > 1.0 + ROUNDING:
        raise InvalidInput("A correlation lies between -1 and 1.")
    if not np.allclose(checked, checked.T) or not np.allclose(np.diag(checked), 1.0):
        raise InvalidInput("A correlation matrix is symmetric with ones on its diagonal.")
    least = float(np.linalg.eigvalsh(checked).min(initial=0.0))
    if least < -ROUNDING:
        named = f" ({', '.join(pairs)})" if pairs else ""
        raise InvalidInput(
            f"These correlations contradict one another{named}: the matrix has the eigenvalue "
            f"{least:.3g} and must have none below zero. Bring some of them nearer to zero."
        )
    return checked


def rearranged(probability: FloatArray, matrix: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Rearrange each column so that their ranks correlate as wanted (Iman and Conover 1982).

    Parameters
    ----------
    probability : array, shape (draws, drivers)
        Independent columns.
    matrix : array, shape (drivers, drivers)
        Wanted correlation of the normal scores; positive semidefinite.

    Returns
    -------
    array, shape (draws, drivers)
        The same values in every column, in another order. Drivers that correlate with none keep
        their order among themselves.

    Notes
    -----
    Scores ``Phi^-1(i / (n + 1))`` in random order are freed of their chance correlation and given
    the wanted one; the columns take over their ranks.
    """
    wanted = checked_correlation(matrix)
    draws, drivers = probability.shape
    moved = np.flatnonzero(np.abs(wanted - np.eye(drivers)).sum(axis=0) > 0.0)
    if not moved.size or draws <= moved.size:
        return probability.copy()
    wanted = wanted[np.ix_(moved, moved)]
    base = stats.norm.ppf(np.arange(1, draws + 1) / (draws + 1.0))
    scores = np.column_stack([rng.permutation(base) for _ in moved])
    chance = np.linalg.cholesky(np.corrcoef(scores, rowvar=False))
    scores = np.linalg.solve(chance, scores.T).T @ _root(wanted).T
    answer = probability.copy()
    for column, scored in zip(moved, scores.T, strict=True):
        ranks = scored.argsort().argsort()
        answer[:, column] = np.sort(probability[:, column])[ranks]
    return answer


def _root(matrix: FloatArray) -> FloatArray:
    """Return a square root; also of a matrix that is only semidefinite."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(values.clip(min=0.0)), dtype=np.float64)
