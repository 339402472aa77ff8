"""Makes versions of layers: all of it or nothing, and never changed afterwards."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone
from psycopg import sql

from heatmap.choices import DataClass, LayerKind, Nature, SeriesQuantity
from heatmap.models import FEATURE_MODELS, GridModel, Layer, LayerVersion, Municipality, Series
from heatmap.models.municipality import STORAGE_SRID
from heatmap.services.audit import record
from heatmap.services.map_classes import class_breaks
from heatmap.services.tile_cells import store_tile_cells
from heatmap.staging import staged, staged_digest

COMMON_COLUMNS = ("ref", "name", "geom")
MEASURES = ("area_m2", "length_m")
DERIVED_COLUMNS: dict[LayerKind, dict[str, str]] = {
    LayerKind.BUILDINGS: {
        "is_heated": "use <> 'unheated'",
        "is_dwelling": "use IN ('residential', 'house', 'hotel')",
    }
}
"""What follows from other columns of an uploaded row; uses as in engines/data/building_uses.csv."""


CLASS_ORDER = (DataClass.PUBLIC, DataClass.MUNICIPAL, DataClass.RESTRICTED)


def joined(texts: Iterable[str], longest: int) -> str:
    """Name several sources or licences, each once."""
    return "; ".join(dict.fromkeys(filter(None, texts)))[:longest]


@dataclass(frozen=True)
class Provenance:
    """Where the content of a version comes from, and who may see it."""

    source: str
    licence: str
    crs_delivered: str
    data_class: DataClass
    nature: Nature
    data_date: str = ""
    method: str = ""
    user: User | None = None
    rows_read: int | None = None
    refused: Sequence[dict[str, Any]] = ()
    remarks: dict[str, Any] = field(default_factory=dict)
    rows_refused: int | None = None
    inputs: Sequence[int] = ()


def content_hash(rows: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the rows in the order of their ids."""
    lines = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _draft(
    municipality: Municipality,
    kind: LayerKind,
    name: str,
    origin: Provenance,
    digest: str,
    rows: int,
) -> LayerVersion:
    layer, _ = Layer.objects.get_or_create(municipality=municipality, kind=kind, name=name)
    Layer.objects.select_for_update().get(pk=layer.pk)
    last = layer.versions.aggregate(last=Max("number"))["last"] or 0
    return LayerVersion.objects.create(
        municipality=municipality,
        layer=layer,
        number=last + 1,
        source=origin.source,
        licence=origin.licence,
        data_date=origin.data_date,
        crs_delivered=origin.crs_delivered,
        content_hash=digest,
        data_class=origin.data_class,
        nature=origin.nature,
        method=origin.method,
        rows_read=origin.rows_read if origin.rows_read is not None else rows,
        rows_refused=len(origin.refused) if origin.rows_refused is None else origin.rows_refused,
        report={"refused": list(origin.refused[:1000]), **origin.remarks},
        inputs=list(origin.inputs),
        created_by=origin.user,
    )


def publish_features(
    municipality: Municipality,
    kind: LayerKind,
    name: str,
    rows: Sequence[dict[str, Any]],
    origin: Provenance,
) -> LayerVersion:
    """Publish a new version of a layer from feature rows.

    Call it inside an identity; the version appears whole when that transaction ends, or not at
    all. Each row has ``ref``, ``wkb`` (hex, EPSG:3035), optionally ``name``, and the columns of
    its kind.
    """
    model = FEATURE_MODELS[kind]
    version = _draft(municipality, kind, name, origin, content_hash(rows), len(rows))
    columns = [
        f.column
        for f in model._meta.concrete_fields
        if f.column not in {"id", "municipality_id", "version_id", *MEASURES}
    ]
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    own = [column for column in columns if column not in COMMON_COLUMNS]
    defaults = {f.column: f.get_default() for f in model._meta.concrete_fields if f.has_default()}

    def values(row: dict[str, Any]) -> list[Any]:
        known = {
            "ref": row["ref"],
            "name": row.get("name") or "",
            "geom": f"SRID={STORAGE_SRID};{row['wkb']}",
            **{column: row.get(column, defaults.get(column)) for column in own},
        }
        return [known[column] for column in columns]

    with staged(model._meta.db_table, columns, map(values, rows)) as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {} (municipality_id, version_id, area_m2, length_m, {}) SELECT %s, %s,"
                " CASE WHEN ST_Dimension(geom) = 2 THEN ST_Area(ST_Transform(geom, %s)) END,"
                " CASE WHEN ST_Dimension(geom) = 1 THEN ST_Length(ST_Transform(geom, %s)) END, {}"
                " FROM staging"
            ).format(sql.Identifier(model._meta.db_table), fields, fields),
            [municipality.pk, version.pk, municipality.srid, municipality.srid],
        )
    return publish(version)


def publish_staged(
    municipality: Municipality,
    kind: LayerKind,
    name: str,
    cursor: Any,
    columns: Sequence[str],
    origin: Provenance,
    fingerprint: tuple[str, int] | None = None,
    model: dict[str, Any] | None = None,
) -> LayerVersion:
    """Publish the rows of the temporary table ``staging``. Call it inside an identity.

    `fingerprint` is that of these rows, with their number, if it is known already. `model` has the
    tables of a grid model, which are kept beside its features.
    """
    digest, count = fingerprint or staged_digest(cursor, fingerprinted(columns))
    version = _draft(municipality, kind, name, origin, digest, count)
    own = {
        column: sql.SQL(expression) for column, expression in DERIVED_COLUMNS.get(kind, {}).items()
    }
    table = FEATURE_MODELS[kind]._meta.db_table
    cursor.execute(
        sql.SQL(
            "INSERT INTO {} (municipality_id, version_id, {}) SELECT %s, %s, {}"
            " FROM staging ORDER BY geom"
        ).format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, [*columns, *own])),
            sql.SQL(", ").join([*map(sql.Identifier, columns), *own.values()]),
        ),
        [municipality.pk, version.pk],
    )
    if model is not None:
        GridModel.objects.create(municipality=municipality, version=version, tables=model)
    return publish(version, are_staged=True)


def fingerprinted(columns: Iterable[str]) -> list[str]:
    """Return the columns that are content; sizes follow from the shapes."""
    return [name for name in columns if name not in MEASURES]


def spool_columns(kind: LayerKind) -> list[str]:
    """Columns of a kind that a file can fill, in the order of the table."""
    left_out = {"id", "municipality_id", "version_id"}
    left_out |= set(DERIVED_COLUMNS.get(kind, {}))
    fields = FEATURE_MODELS[kind]._meta.concrete_fields
    return [str(f.column) for f in fields if f.column not in left_out]


def publish_series(
    municipality: Municipality,
    name: str,
    quantity: SeriesQuantity,
    year_label: str,
    values: Sequence[float],
    origin: Provenance,
    station_ref: str = "",
) -> LayerVersion:
    """Publish an hourly series as a version of a layer of kind ``series``."""
    digest = content_hash([{"values": list(values)}])
    version = _draft(municipality, LayerKind.SERIES, name, origin, digest, len(values))
    Series.objects.create(
        municipality=municipality,
        version=version,
        quantity=quantity,
        year_label=year_label,
        station_ref=station_ref,
        values=list(values),
    )
    return publish(version)


def publish(version: LayerVersion, *, are_staged: bool = False) -> LayerVersion:
    """From here on the database refuses every change to the version and its features.

    `are_staged` says that its features stand in the temporary table ``staging`` as well.
    """
    store_tile_cells(version, are_staged=are_staged)
    version.classes = class_breaks(version)
    version.published_at = timezone.now()
    version.save(update_fields=["published_at", "classes"])
    record("version_published", version.municipality, version.layer.name, number=version.number)
    return version
