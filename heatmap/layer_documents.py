"""Layers described for the map in plain JSON: their tiles, their look, whose they are."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.layers import BY_KIND
from heatmap.map_looks import categories_of, cells_of, classes_of
from heatmap.models import LayerVersion
from heatmap.tile_grid import SCHEME


def layer_document(version: LayerVersion, needed_kw: float | None = None) -> dict[str, Any] | None:
    """Describe one layer for the map; None for kinds that have no map."""
    record = BY_KIND.get(version.layer.kind)
    if record is None:
        return None
    kind = record.kind.value
    return {
        "id": f"{kind}-{version.pk}",
        "kind": kind,
        "version": version.pk,
        "layerId": version.layer_id,
        "tiles": f"/tiles/{kind}/{version.pk}/{{z}}/{{x}}/{{y}}.mvt?s={SCHEME}",
        "label": str(LayerKind(kind).label),
        "name": _(version.layer.name),
        "order": record.order,
        "shape": record.shape,
        "minZoom": record.min_zoom,
        "maxZoom": record.max_zoom,
        "visible": record.visible,
        "classes": classes_of(record, version, needed_kw),
        "categories": categories_of(record),
        "cells": cells_of(record),
        "kindsColumn": record.kinds_column,
        "source": _(version.source) if version.source else "",
        "licence": _(version.licence) if version.licence else "",
        "date": version.data_date,
        "number": version.number,
        "published": version.published_at.date().isoformat() if version.published_at else "",
        "nature": version.nature,
        "dataClass": str(DataClass(version.data_class).label),
        "natureLabel": str(Nature(version.nature).label),
        "method": _(version.method) if version.method else "",
        "properties": [
            {"key": p.column, "label": str(p.label), "unit": p.unit, "words": p.words}
            for p in record.properties
        ],
    }


def layer_documents(
    versions: Iterable[LayerVersion],
    newest: Iterable[LayerVersion] | None = None,
    *,
    needed_kw: float | None = None,
) -> list[dict[str, Any]]:
    """Describe layers for the map; one that is not among the `newest` says so (`outdated`)."""
    current = None if newest is None else {version.pk for version in newest}
    documents = (layer_document(version, needed_kw) for version in versions)
    return [
        document | {"outdated": current is not None and document["version"] not in current}
        for document in documents
        if document
    ]
