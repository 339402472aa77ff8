"""The smallest valid rows."""

import uuid

from django.contrib.auth import get_user_model
from django.contrib.gis.geos import Polygon

from heatmap.choices import LayerKind, Nature, Role
from heatmap.identity import acting_as
from heatmap.services.layers import Provenance, publish_features
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


def make_version(town, kind: str, *, data_class, rows=({},), name: str = "layer", refused=()):
    """A published version with one small square per row near the middle of the town."""
    middle = town.extent.centroid
    features = []
    for i, row in enumerate(rows):
        west, south = middle.x + 100 * i, middle.y
        square = Polygon.from_bbox((west, south, west + 50, south + 50))
        needed = {
            "buildings": {"use": "office", "is_heated": True},
            "parcels": {"parcel_kind": "parking"},
        }.get(kind, {})
        features.append({"ref": f"f{i}", "wkb": square.hex.decode(), **needed, **row})
    origin = Provenance(
        source="test", licence="test", crs_delivered="EPSG:3035", data_class=data_class,
        nature=Nature.MEASURED, refused=refused,
    )  # fmt: skip
    with acting_as(municipality=town.slug):
        return publish_features(town, LayerKind(kind), name, features, origin)
