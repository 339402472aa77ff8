"""What is asked about versions: their history, what rests on what, how two of them differ."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.models import FEATURE_MODELS, Layer, LayerVersion, LayerWork, Municipality
from heatmap.selectors import is_withheld

NOT_ATTRIBUTES = {
    "id", "municipality_id", "version_id", "ref", "geom", "area_m2", "length_m"
}  # fmt: skip
ACTS = ("added", "removed", "changed")


def get_layer(town: Municipality, layer_id: int) -> Layer:
    """Return the layer; 404 as well when all of it is too sensitive for this person's role."""
    layer = get_object_or_404(Layer, municipality=town, pk=layer_id)
    if not shown_versions(town, layer):
        raise Http404
    return layer


def shown_versions(town: Municipality, layer: Layer) -> list[LayerVersion]:
    """Return the published versions that this person may see, newest first."""
    rows = LayerVersion.objects.filter(layer=layer, published_at__isnull=False)
    rows = rows.select_related("layer", "created_by").order_by("-number")
    return [version for version in rows if not is_withheld(version.data_class, town.may)]


def get_version(town: Municipality, version_id: int) -> LayerVersion:
    """Return a published version of the town that this person may see."""
    found = get_object_or_404(
        LayerVersion.objects.select_related("layer", "created_by"),
        municipality=town,
        pk=version_id,
        published_at__isnull=False,
    )
    if is_withheld(found.data_class, town.may):
        raise Http404
    return found


def versions_in_use(town: Municipality) -> dict[str, LayerVersion]:
    """Return the version of each kind that was published last; a run would use these."""
    rows = LayerVersion.objects.filter(municipality=town, published_at__isnull=False)
    rows = rows.exclude(layer__kind=LayerKind.SERIES).select_related("layer")
    return {version.layer.kind: version for version in rows.order_by("published_at", "pk")}


def inputs_of(version: LayerVersion) -> list[LayerVersion]:
    """Return the versions that a derived one was made from."""
    if not version.inputs:
        return []
    rows = LayerVersion.objects.filter(pk__in=version.inputs).select_related("layer")
    return list(rows.order_by("layer__kind"))


def resting_on(version: LayerVersion) -> QuerySet[LayerVersion]:
    """Return the derived versions that were made from this one."""
    rows = LayerVersion.objects.filter(municipality_id=version.municipality_id)
    return rows.filter(inputs__contains=[version.pk]).select_related("layer")


def newer_inputs(version: LayerVersion, in_use: dict[str, LayerVersion]) -> list[LayerVersion]:
    """Return the versions in use that are newer than those a derived version was made from."""
    used = inputs_of(version)
    now = (in_use.get(each.layer.kind) for each in used)
    return [
        new
        for new in now
        if new is not None and new.pk not in version.inputs and new.pk != version.pk
    ]


def mark_stale(town: Municipality, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell of each layer whether an input of its newest version has a newer one."""
    in_use = versions_in_use(town)
    kinds = {
        version.pk: version.layer.kind
        for version in LayerVersion.objects.filter(municipality=town).select_related("layer")
    }
    for entry in entries:
        newest = entry["versions"][0]
        now = {in_use[kinds[pk]].pk for pk in newest.inputs if kinds.get(pk) in in_use}
        entry["stale"] = bool(now - {*newest.inputs, newest.pk})
    return entries


def unfinished_layer_work(town: Municipality) -> QuerySet[LayerWork]:
    rows = LayerWork.objects.filter(municipality=town, job__finished_at=None)
    return rows.select_related("job")


def newest_of_layers(layer_ids: Iterable[int]) -> dict[int, LayerVersion]:
    """Return the newest published version of each of these layers."""
    rows = LayerVersion.objects.filter(layer_id__in=list(layer_ids), published_at__isnull=False)
    rows = rows.select_related("layer").order_by("layer_id", "-number").distinct("layer_id")
    return {version.layer_id: version for version in rows}


def attribute_columns(kind: str) -> list[str]:
    """Columns of a kind that say something about the feature, other than where it is."""
    fields = FEATURE_MODELS[kind]._meta.concrete_fields
    return [str(field.column) for field in fields if field.column not in NOT_ATTRIBUTES]


@dataclass(frozen=True)
class Comparison:
    """How one version differs from another: how many features, and some of them.

    A row has ``act``, ``ref``, ``attributes`` (column, before, after), ``moved_m``,
    ``area_before_m2``, ``area_after_m2`` and ``reshaped``.
    """

    counts: dict[str, int]
    before: int
    after: int
    rows: list[dict[str, Any]]

    @property
    def unchanged(self) -> int:
        return self.before - self.counts["removed"] - self.counts["changed"]


FEATURES_OF = sql.SQL(
    "SELECT ref, {columns}, geom, area_m2, length_m FROM {table} WHERE version_id = {version}"
)
HOURS_OF = sql.SQL(
    "SELECT hour::text AS ref, value, NULL::geometry AS geom, NULL::float AS area_m2,"
    " NULL::float AS length_m FROM heatmap_series, unnest(values) WITH ORDINALITY u(value, hour)"
    " WHERE version_id = {version}"
)
COMPARE = sql.SQL(
    """
    WITH a AS ({before}), b AS ({after}), pairs AS MATERIALIZED (
        SELECT coalesce(a.ref, b.ref) AS ref,
               CASE WHEN a.ref IS NULL THEN 'added' WHEN b.ref IS NULL THEN 'removed'
                    ELSE 'changed' END AS act,
               jsonb_build_array({a_columns}) AS old, jsonb_build_array({b_columns}) AS new,
               a.area_m2 AS area_before, b.area_m2 AS area_after,
               a.length_m AS length_before, b.length_m AS length_after,
               a.geom AS a_geom, b.geom AS b_geom,
               ST_AsBinary(a.geom) IS DISTINCT FROM ST_AsBinary(b.geom) AS reshaped
        FROM a FULL JOIN b ON a.ref = b.ref
        WHERE a.ref IS NULL OR b.ref IS NULL
           OR ROW({a_columns}) IS DISTINCT FROM ROW({b_columns})
           OR ST_AsBinary(a.geom) IS DISTINCT FROM ST_AsBinary(b.geom)
    ), page AS (
        SELECT * FROM pairs WHERE act = ANY (%(acts)s)
        ORDER BY act, length(ref), ref LIMIT %(limit)s OFFSET %(offset)s
    )
    SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b),
           (SELECT jsonb_object_agg(act, n)
            FROM (SELECT act, count(*) AS n FROM pairs GROUP BY act) counted),
           (SELECT jsonb_agg(jsonb_build_array(
                act, ref, old, new, area_before, area_after, length_before, length_after,
                CASE WHEN act = 'changed' AND reshaped
                     THEN ST_Distance(ST_Centroid(a_geom), ST_Centroid(b_geom)) END,
                act = 'changed' AND reshaped) ORDER BY act, length(ref), ref) FROM page)
    """
)
ROW_KEYS = (
    "act", "ref", "old", "new", "area_before_m2", "area_after_m2", "length_before_m",
    "length_after_m", "moved_m", "reshaped",
)  # fmt: skip


def compare(
    before: LayerVersion,
    after: LayerVersion,
    *,
    acts: Sequence[str] = ACTS,
    limit: int | None = None,
    offset: int = 0,
) -> Comparison:
    """Tell the features of two versions of one layer apart by their ids, in one pass.

    What follows from the attributes of a row (area, length) is not an attribute; a shape differs
    when any of its points does.
    """
    kind = before.layer.kind
    is_series = kind == LayerKind.SERIES
    columns = ["value"] if is_series else attribute_columns(kind)

    def content(version: LayerVersion) -> sql.Composed:
        if is_series:
            return HOURS_OF.format(version=sql.Literal(version.pk))
        return _features_of(version, columns)

    return _compared(content(before), content(after), columns, acts, limit, offset)


def compare_staged(before: LayerVersion, staged: Sequence[str], *, limit: int) -> Comparison:
    """Tell the features of a version and the rows of the temporary table ``staging`` apart."""
    columns = [name for name in attribute_columns(before.layer.kind) if name in staged]
    after = sql.SQL("SELECT ref, {columns}, geom, area_m2, length_m FROM staging").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    return _compared(_features_of(before, columns), after, columns, ACTS, limit, 0)


def _features_of(version: LayerVersion, columns: Sequence[str]) -> sql.Composed:
    return FEATURES_OF.format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(FEATURE_MODELS[version.layer.kind]._meta.db_table),
        version=sql.Literal(version.pk),
    )


def _compared(
    before: sql.Composed,
    after: sql.Composed,
    columns: list[str],
    acts: Sequence[str],
    limit: int | None,
    offset: int,
) -> Comparison:
    def of(side: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(side, column) for column in columns)

    query = COMPARE.format(before=before, after=after, a_columns=of("a"), b_columns=of("b"))
    with connection.cursor() as cursor:
        cursor.execute(query, {"acts": list(acts), "limit": limit, "offset": offset})
        n_before, n_after, counts, rows = cursor.fetchone()
    counts = _json(counts) or {}
    return Comparison(
        counts={act: int(counts.get(act, 0)) for act in ACTS},
        before=int(n_before),
        after=int(n_after),
        rows=[_row(dict(zip(ROW_KEYS, row, strict=True)), columns) for row in _json(rows) or []],
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _row(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """Name the columns; of a changed feature only those that differ."""
    old, new = row.pop("old"), row.pop("new")
    row["attributes"] = [
        {"column": column, "before": a, "after": b}
        for column, a, b in zip(columns, old, new, strict=True)
        if row["act"] == "changed" and a != b
    ]
    return row
