"""The smallest valid rows."""

import uuid

from django.contrib.auth import get_user_model

from heatmap.choices import Role
from heatmap.identity import acting_as
from heatmap.services.municipalities import create_municipality, let_in


def make_person(name: str):
    return get_user_model().objects.create_user(f"{name}-{uuid.uuid4().hex[:8]}", password="p")


def make_town(slug: str | None = None, *, member=None, srid: int = 25832):
    """A town of about ten kilometres around Aachen-Melaten, with no layers."""
    slug = slug or f"town-{uuid.uuid4().hex[:8]}"
    # 6.0 to 6.1 east, 50.74 to 50.82 north, in the storage grid
    bounds_m = (4_038_794, 3_077_151, 4_046_312, 3_086_420)
    with acting_as(municipality=slug):
        town = create_municipality(
            slug=slug, name=slug.title(), country="DE", srid=srid, bounds_m=bounds_m
        )
        if member is not None:
            let_in(town, member, Role.PLANNER)
    return town
