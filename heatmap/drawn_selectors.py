"""The features of a version as a browser draws them, and as a table shows them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform

from heatmap.models import FEATURE_MODELS, LayerVersion
from heatmap.version_selectors import attribute_columns

MOST_DRAWN = 2000
"""More than this no browser moves smoothly, and nobody edits by hand."""

DECIMALS = 9  # of a degree: 0.1 mm


def drawn_document(version: LayerVersion) -> list[dict[str, Any]] | None:
    """Return ref, attributes and shape of each feature; None if there are too many."""
    model: Any = FEATURE_MODELS[version.layer.kind]
    rows = model.objects.filter(version=version).order_by("ref")
    if rows.count() > MOST_DRAWN:
        return None
    rows = rows.annotate(shape=AsGeoJSON(Transform("geom", 4326), precision=DECIMALS))
    features = []
    for row in rows.values("ref", "shape", *attribute_columns(version.layer.kind)):
        shape = json.loads(row.pop("shape"))
        shape.pop("crs", None)
        features.append(row | {"geometry": shape})
    return features


def attribute_rows(version: LayerVersion, names: Sequence[str]) -> Iterable[dict[str, Any]]:
    """Return the named columns of every feature, in the order of the ids."""
    model: Any = FEATURE_MODELS[version.layer.kind]
    rows: Iterable[dict[str, Any]] = (
        model.objects.filter(version=version).order_by("ref").values(*names)
    )
    return rows
