"""Creates towns and lets people in."""

from django.contrib.auth.models import User
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext_noop
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from heatmap.choices import Role
from heatmap.errors import Refusal
from heatmap.models import Membership, Municipality
from heatmap.models.municipality import STORAGE_SRID

LARGEST_AREA_ERROR = 0.01


def create_municipality(
    *,
    slug: str,
    name: str,
    country: str,
    srid: int,
    bounds_m: tuple[float, float, float, float],
    is_demo: bool = False,
) -> Municipality:
    """Create a town, or return the one that has this slug. Call it as that municipality.

    `bounds_m` are west, south, east and north of the town in the storage grid.

    Raises
    ------
    Refusal
        If lengths and areas would come out wrong in the grid `srid` at this place.
    """
    existing = Municipality.objects.filter(slug=slug).first()
    if existing:
        return existing
    _check_grid(srid, bounds_m)
    extent = Polygon.from_bbox(bounds_m)
    extent.srid = STORAGE_SRID
    town = Municipality(
        slug=slug, name=name, country=country, srid=srid, extent=extent, is_demo=is_demo
    )
    town.full_clean()
    town.save()
    return town


def _check_grid(srid: int, bounds_m: tuple[float, float, float, float]) -> None:
    """Refuse degrees, feet, Mercator and grids of another region: a metre must be a metre."""
    west, south, east, north = bounds_m
    to_degrees = Transformer.from_crs(STORAGE_SRID, 4326, always_xy=True)
    lon, lat = to_degrees.transform((west + east) / 2, (south + north) / 2)
    try:
        grid = CRS.from_epsg(srid)
        in_metres = grid.is_projected and grid.axis_info[0].unit_conversion_factor == 1.0
        fits = (
            in_metres
            and abs(Proj(grid).get_factors(lon, lat).areal_scale - 1.0) < LARGEST_AREA_ERROR
        )
    except (CRSError, ProjError):
        fits = False
    if not fits:
        raise Refusal(
            gettext_noop(
                "EPSG:%(srid)s gives no true metres in this town. State its national grid, for "
                "example 25832 in western Germany or 3067 in Finland."
            ),
            srid=str(srid),
        )


def get_municipality(slug: str) -> Municipality:
    """Return the town of this slug for a command that acts as it.

    Raises
    ------
    Refusal
        If there is no such town.
    """
    town = Municipality.objects.filter(slug=slug).first()
    if town is None:
        raise Refusal(gettext_noop("There is no municipality %(slug)s."), slug=slug)
    return town


def let_in(municipality: Municipality, user: User, role: Role) -> None:
    Membership.objects.update_or_create(
        municipality=municipality, user=user, defaults={"role": role}
    )
