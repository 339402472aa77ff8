"""Creates towns and lets people in."""

from django.contrib.auth.models import User
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext_noop

from heatmap.choices import Role
from heatmap.errors import Refusal
from heatmap.models import Membership, Municipality
from heatmap.models.municipality import STORAGE_SRID


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
    """
    existing = Municipality.objects.filter(slug=slug).first()
    if existing:
        return existing
    extent = Polygon.from_bbox(bounds_m)
    extent.srid = STORAGE_SRID
    town = Municipality(
        slug=slug, name=name, country=country, srid=srid, extent=extent, is_demo=is_demo
    )
    town.full_clean()
    town.save()
    return town


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
