"""The largest rectangle inside a parcel: whether a container with its surroundings fits.

For each of a set of directions the outline is turned, laid on a grid and searched for the longest
rectangle with a given least side. A cell counts only where it lies wholly inside, so that a
rectangle that is found fits; the longest one may be up to two cells longer.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats, positive
from engines.compiled import compiled
from engines.errors import InvalidInput

CELLS = 96
"""Cells along the longer side of the turned outline."""
DIRECTIONS = 12
"""Directions between 0 and 90 degrees, besides those of the longest edges."""
EDGES = 4
_TOLERANCE = 1e-9
CORNERS = 3


def longest_rectangle_m(
    rings: Sequence[FloatArray], least_sides_m: Sequence[float]
) -> tuple[FloatArray, float]:
    """Return the longest rectangle inside an outline for each least side.

    Parameters
    ----------
    rings : sequence of array, shape (points, 2)
        The outline and its holes, in any order, closed or not [m].
    least_sides_m : sequence of float
        Shorter side that the rectangle must have at least [m].

    Returns
    -------
    array, shape (sides,)
        Longer side [m], at least the shorter one; 0 where no such rectangle fits.
    float
        By how much the search may have missed [m]: two cells.

    Raises
    ------
    InvalidInput
        If a ring has fewer than three points or a point is not a number.
    """
    sides = positive("Least side", np.atleast_1d(least_sides_m))
    given = [as_floats(ring) for ring in rings]
    for ring in given:
        if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < CORNERS:  # noqa: PLR2004  x and y
            raise InvalidInput("A ring of a parcel needs at least three points (x, y).")
        if not np.isfinite(ring).all():
            raise InvalidInput("A ring of a parcel has a point that is not a number.")
    edges = np.vstack(
        [np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in given] or [np.zeros((0, 4))]
    )
    if not len(edges):
        return np.zeros(len(sides)), 0.0
    best, reach = _search(edges, _directions(edges), sides)
    return best, 2.0 * reach


def _directions(edges: FloatArray) -> FloatArray:
    """Return the angles that are tried: those of the longest edges, and even steps between."""
    along = edges[:, 2:] - edges[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    longest = along[np.argsort(-length)[:EDGES]]
    own = np.mod(np.arctan2(longest[:, 1], longest[:, 0]), np.pi / 2.0)
    even = np.arange(DIRECTIONS) * (np.pi / 2.0 / DIRECTIONS)
    return np.unique(np.round(np.concatenate([own, even]), 9))


@compiled()
def _free_cells(
    edges: FloatArray, width: float, height: float, columns: int, rows: int
) -> NDArray[np.bool_]:
    """Mark the cells that lie wholly inside: no edge passes them, and their middle is inside."""
    free = np.ones((rows, columns), dtype=np.bool_)
    tiny = 1e-3  # of a cell: what turning an outline costs in digits
    for j in range(rows):
        low, high = j * height, (j + 1) * height
        middle = (low + high) / 2.0
        inside = np.zeros(columns, dtype=np.bool_)
        for k in range(len(edges)):
            x1, y1, x2, y2 = edges[k]
            if (y1 <= middle) != (y2 <= middle):
                cross = x1 + (middle - y1) / (y2 - y1) * (x2 - x1)
                for i in range(columns):
                    if (i + 0.5) * width > cross:
                        inside[i] = not inside[i]
            # the part of the edge in the inner part of this row
            floor, roof = low + tiny * height, high - tiny * height
            if max(y1, y2) <= floor or min(y1, y2) >= roof:
                continue
            a, b = x1, x2
            if y1 != y2:
                t1 = min(max((floor - y1) / (y2 - y1), 0.0), 1.0)
                t2 = min(max((roof - y1) / (y2 - y1), 0.0), 1.0)
                a, b = x1 + t1 * (x2 - x1), x1 + t2 * (x2 - x1)
            left, right = min(a, b), max(a, b)
            first = max(0, int(np.floor(left / width + tiny)))
            last = min(columns - 1, int(np.ceil(right / width - tiny)) - 1)
            for i in range(first, last + 1):
                free[j, i] = False
        for i in range(columns):
            free[j, i] = free[j, i] and inside[i]
    return free


@compiled()
def _longest(free: NDArray[np.bool_], width: float, height: float, sides: FloatArray) -> FloatArray:
    """Return the longest side of any rectangle of free cells with each least side."""
    rows, columns = free.shape
    best = np.zeros(len(sides))
    run = np.zeros(columns, dtype=np.int64)
    starts = np.zeros(columns + 1, dtype=np.int64)
    depths = np.zeros(columns + 1, dtype=np.int64)
    for j in range(rows):
        for i in range(columns):
            run[i] = run[i] + 1 if free[j, i] else 0
        top = 0
        for i in range(columns + 1):
            depth = run[i] if i < columns else 0
            start = i
            while top > 0 and depths[top - 1] >= depth:
                top -= 1
                start = starts[top]
                across, up = (i - start) * width, depths[top] * height
                short, long = min(across, up), max(across, up)
                for s in range(len(sides)):
                    if short >= sides[s] - 1e-6 and long > best[s]:
                        best[s] = long
            starts[top], depths[top] = start, depth
            top += 1
    return best


@compiled()
def _turned(edges: FloatArray, angle: float) -> FloatArray:
    """Return the edges turned about the middle of their starts."""
    x, y = edges[:, 0].mean(), edges[:, 1].mean()
    c, s = np.cos(angle), np.sin(angle)
    turned = np.empty_like(edges)
    for k in range(len(edges)):
        for end in (0, 2):
            across, up = edges[k, end] - x, edges[k, end + 1] - y
            turned[k, end], turned[k, end + 1] = across * c + up * s, up * c - across * s
    return turned


@compiled()
def _search(edges: FloatArray, angles: FloatArray, sides: FloatArray) -> tuple[FloatArray, float]:
    """Return the longest sides over all directions, and the largest cell that was searched by."""
    best, reach = np.zeros(len(sides)), 0.0
    for angle in angles:
        turned = _turned(edges, angle)
        left = min(turned[:, 0].min(), turned[:, 2].min())
        floor = min(turned[:, 1].min(), turned[:, 3].min())
        wide = max(turned[:, 0].max(), turned[:, 2].max()) - left
        high = max(turned[:, 1].max(), turned[:, 3].max()) - floor
        if min(wide, high) <= 0.0:
            continue
        cell = max(wide, high) / CELLS
        columns = max(1, int(np.ceil(wide / cell - _TOLERANCE)))
        rows = max(1, int(np.ceil(high / cell - _TOLERANCE)))
        for k in range(len(turned)):
            turned[k, 0] -= left
            turned[k, 2] -= left
            turned[k, 1] -= floor
            turned[k, 3] -= floor
        free = _free_cells(turned, wide / columns, high / rows, columns, rows)
        best = np.maximum(best, _longest(free, wide / columns, high / rows, sides))
        reach = max(reach, cell)
    return best, reach
