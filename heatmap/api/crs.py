"""Reference systems by reference (OGC API - Features, part 2), in the order of their axes."""

from functools import cache

from django.http import HttpRequest
from pyproj import CRS, Transformer

from heatmap.api.answers import WrongParameterError
from heatmap.feature_selectors import Box, Grid
from heatmap.models.municipality import STORAGE_SRID

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
STORAGE_CRS = f"{EPSG}{STORAGE_SRID}"
AROUND_DEG = 4.0
"""Beyond its area of use by more than this, nothing of a town is written in a grid."""


def uris(local_srid: int) -> list[str]:
    """Name the systems in which features of a town are given, the usual one first."""
    return [CRS84, f"{EPSG}4326", STORAGE_CRS, f"{EPSG}{local_srid}"]


@cache
def _axes_flipped(srid: int) -> bool:
    return CRS.from_epsg(srid).axis_info[0].direction.lower() == "north"


def grid_of(uri: str, local_srid: int) -> Grid:
    """Return the grid that a URI names.

    Raises
    ------
    WrongParameterError
        If features of this town are not given in it.
    """
    known = uris(local_srid)
    if uri not in known:
        raise WrongParameterError(
            f"The reference system {uri} is not offered here. Offered are: {', '.join(known)}."
        )
    if uri == CRS84:
        return Grid(4326)
    srid = int(uri.removeprefix(EPSG))
    return Grid(srid, flipped=_axes_flipped(srid))


@cache
def _window(srid: int) -> tuple[float, float, float, float]:
    """West, south, east, north in which a grid is meant, with room around."""
    used = CRS.from_epsg(STORAGE_SRID if srid == 4326 else srid).area_of_use
    bounds = (
        used.west - AROUND_DEG,
        used.south - AROUND_DEG,
        used.east + AROUND_DEG,
        min(used.north + AROUND_DEG, 89.0),
    )
    if srid == 4326:
        return bounds
    to_grid = Transformer.from_crs(4326, srid, always_xy=True)
    west, south, east, north = to_grid.transform_bounds(*bounds)
    return west, south, east, north


def boxes_of(written: str, uri: str, local_srid: int) -> list[Box]:
    """Return the parts of a box that can hold features: none far away, two over the date line.

    Raises
    ------
    WrongParameterError
        If it is not four or six numbers from low to high.
    """
    grid = grid_of(uri, local_srid)
    try:
        numbers = [float(part) for part in written.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or any(n != n or abs(n) == float("inf") for n in numbers):
        raise WrongParameterError("bbox takes four numbers: left, lower, right, upper.")
    if len(numbers) == 6:  # heights, which no feature has
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    first, second, third, fourth = numbers
    west, south, east, north = (
        (second, first, fourth, third) if grid.flipped else (first, second, third, fourth)
    )
    if south > north or (west > east and grid.srid != 4326):
        raise WrongParameterError("bbox goes from its lower left to its upper right corner.")
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    low_x, low_y, high_x, high_y = _window(grid.srid)
    return [
        Box(max(left, low_x), max(south, low_y), min(right, high_x), min(north, high_y), grid.srid)
        for left, right in spans
        if left <= high_x and right >= low_x and south <= high_y and north >= low_y
    ]


def wanted_grid(request: HttpRequest, local_srid: int) -> tuple[str, Grid]:
    uri = request.GET.get("crs", CRS84)
    return uri, grid_of(uri, local_srid)
