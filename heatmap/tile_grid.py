"""The grid of the web map, and how much of a layer one tile may carry."""

HALF_EQUATOR_M = 20_037_508.342789244
EXTENT = 4096
BUFFER = 64
MAX_ZOOM = 20
DETAIL_ZOOM = 14
"""From here on a tile carries every value of its features; before, what drawing needs."""

MOST_BYTES = 500_000
FEATURE_LIMIT = 6000
"""More features than this in one tile are shown added up, cell by cell."""

CELLS_DEEP = 5
"""A tile has 2^5 by 2^5 cells: 16 points of the screen each."""

COARSEST_LEVEL, FINEST_LEVEL = 13, 19
"""Levels that are kept: the cells of tiles of zoom 8 to 14."""

SCHEME = 3
"""Part of the address of our own tiles: changes when the same version gives other tiles."""


def tile_exists(z: int, x: int, y: int) -> bool:
    return 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def simplify_tolerance_m(zoom: int) -> float:
    """Half a unit of the tile at the equator: finer detail cannot be drawn at this zoom."""
    return HALF_EQUATOR_M / 2**zoom / EXTENT if zoom < DETAIL_ZOOM else 0.0
