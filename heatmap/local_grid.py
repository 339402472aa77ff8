"""The town's own grid as a polynomial, so that the page can write coordinates without a library.

Over the few dozen kilometres of a town a projection is a smooth function: a polynomial of third
degree through 81 points of it is exact to the millimetre. What it misses is measured with it.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Transformer

POINTS = 9
DEGREE = 3
AROUND_SHARE = 0.25
"""People look a little beyond their town."""

WORST_M = 0.05
"""A polynomial that misses by more is not used: coordinates are then left out, not guessed."""


def _terms(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    powers = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=-1)


@lru_cache(maxsize=64)
def local_grid(srid: int, bounds: tuple[float, float, float, float]) -> dict[str, Any] | None:
    """Return the coefficients of easting and northing in degrees from the middle of `bounds`.

    The terms are x^i y^j for i from 0 to 3 and j from 0 to 3 - i, x and y between -1 and 1.
    """
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    half_lon = (east - west) / 2 * (1 + AROUND_SHARE)
    half_lat = (north - south) / 2 * (1 + AROUND_SHARE)
    x, y = (part.ravel() for part in np.meshgrid(*[np.linspace(-1, 1, POINTS)] * 2))
    to_grid = Transformer.from_crs(4326, srid, always_xy=True)
    exact = np.stack(to_grid.transform(lon + half_lon * x, lat + half_lat * y), axis=-1)
    coefficients, *_ = np.linalg.lstsq(_terms(x, y), exact, rcond=None)
    missed_m = float(np.abs(_terms(x, y) @ coefficients - exact).max())
    if missed_m > WORST_M:
        return None
    return {
        "name": CRS.from_epsg(srid).name,
        "epsg": srid,
        "middle": [lon, lat],
        "half": [half_lon, half_lat],
        "east": coefficients[:, 0].tolist(),
        "north": coefficients[:, 1].tolist(),
    }
