"""The features of a town as plain GeoJSON, for maps that leave the application.

They obey the classes of data: restricted layers stay at home, and the heat demand of buildings is
shown per cell only, where a cell holds enough of them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform

from heatmap.choices import DataClass, LayerKind
from heatmap.models import FEATURE_MODELS, LayerVersion

DRAWN = {
    LayerKind.STREETS: ("street_kind",),
    LayerKind.CONSTRAINTS: ("constraint_kind",),
    LayerKind.HEAT_DEMAND: ("heat_demand_mwh_per_a", "buildings"),
    LayerKind.BUILDINGS: ("use",),
    LayerKind.PIPES: ("dn_mm",),
    LayerKind.SUBSTATIONS: ("rating_kva",),
    LayerKind.PLANTS: ("plant_kind",),
    LayerKind.PARCELS: ("parcel_kind", "area_m2"),
}
"""Kinds that a printed map draws, from the bottom up, with the properties it needs."""

FEWEST_BUILDINGS = 5
"""A cell with fewer buildings would tell what single households use."""


def drawn_features(version_ids: Mapping[str, int], srid: int) -> list[dict[str, Any]]:
    """Return what may leave the town of these versions as GeoJSON in the reference system `srid`.

    Each has ``kind``, ``ref``, ``name`` and the nature of its layer among its properties.
    """
    decimals = 7 if srid == 4326 else 2
    leaving = LayerVersion.objects.filter(pk__in=version_ids.values()).exclude(
        data_class=DataClass.RESTRICTED
    )
    natures = dict(leaving.values_list("pk", "nature"))
    features = []
    for kind, columns in DRAWN.items():
        version_id = version_ids.get(kind)
        if version_id not in natures:
            continue
        wanted: dict[str, Any] = {"version_id": version_id}
        if kind == LayerKind.HEAT_DEMAND:
            wanted["buildings__gte"] = FEWEST_BUILDINGS
        rows = FEATURE_MODELS[kind]._default_manager.filter(**wanted).order_by("ref")
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


def kept_at_home(version_ids: Iterable[int]) -> list[str]:
    """Name the layers among these versions that no map may take away."""
    rows = LayerVersion.objects.filter(pk__in=list(version_ids), data_class=DataClass.RESTRICTED)
    return list(rows.order_by("layer__name").values_list("layer__name", flat=True))
