"""The features of a town as plain GeoJSON, for maps that leave the application."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform

from heatmap.choices import LayerKind
from heatmap.models import FEATURE_MODELS, LayerVersion

DRAWN = {
    LayerKind.STREETS: ("street_kind",),
    LayerKind.CONSTRAINTS: ("constraint_kind",),
    LayerKind.BUILDINGS: ("use", "heat_demand_mwh_per_a"),
    LayerKind.PIPES: ("dn_mm",),
    LayerKind.SUBSTATIONS: ("rating_kva",),
    LayerKind.PLANTS: ("plant_kind",),
    LayerKind.PARCELS: ("parcel_kind", "area_m2"),
}
"""Kinds that a printed map draws, from the bottom up, with the properties it needs."""


def drawn_features(version_ids: Mapping[str, int], srid: int) -> list[dict[str, Any]]:
    """Return the features of these versions as GeoJSON in the reference system `srid`.

    Each has ``kind``, ``ref``, ``name`` and the nature of its layer among its properties.
    """
    decimals = 7 if srid == 4326 else 2
    natures = dict(
        LayerVersion.objects.filter(pk__in=version_ids.values()).values_list("pk", "nature")
    )
    features = []
    for kind, columns in DRAWN.items():
        version_id = version_ids.get(kind)
        if version_id is None:
            continue
        rows = FEATURE_MODELS[kind]._default_manager.filter(version_id=version_id).order_by("ref")
        shaped = rows.annotate(shape=AsGeoJSON(Transform("geom", srid), precision=decimals))
        for row in shaped.values("ref", "name", "shape", *columns):
            shape = json.loads(row.pop("shape"))
            shape.pop("crs", None)
            features.append(
                {
                    "type": "Feature",
                    "geometry": shape,
                    "properties": {"kind": str(kind), "nature": natures[version_id], **row},
                }
            )
    return features
