"""A file that changes a layer by its ids: what it brings is new or different, the rest stays.

A row needs no shape where the layer knows its id, and an attribute that the file does not have is
kept. Rows are in the temporary table ``staging`` (`heatmap.staging`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.errors import Refusal
from heatmap.models import FEATURE_MODELS, LayerVersion, Municipality
from heatmap.services.versions import newest_number
from heatmap.version_selectors import compare_staged, versions_in_use

SAME_PLACE_M = 0.001
"""Shapes whose corners all lie within this were not moved; they went through another program."""
LISTED = 100
NOT_BY_ID = (LayerKind.SERIES, LayerKind.HEAT_DEMAND, LayerKind.HEAT_LINES)
STRANGER = gettext_noop(
    "the layer has no feature with the id %(ref)s, and the row brings no shape\nBring a shape with "
    "it (a column with WKT, or a file with shapes), or correct the id."
)
NO_IDS = gettext_noop(
    "No column holds the ids by which the features are told apart.\nState which one it is, for "
    "example ref=COLUMN, or bring the file as the whole layer."
)
MOVED_ON = gettext_noop(
    "Version %(number)s of this layer appeared meanwhile; nothing was saved.\nLet the file be "
    "checked again."
)


def base_in_use(town: Municipality, kind: str) -> LayerVersion | None:
    """Return the version that a file of this kind can be compared with by ids, if there is one."""
    return None if kind in NOT_BY_ID else versions_in_use(town).get(kind)


def base_of(town: Municipality, wanted: int | None, kind: str) -> LayerVersion | None:
    """Return the version that a file is to change; None if it is a whole layer.

    Raises
    ------
    Refusal
        If a newer version appeared since it was chosen.
    """
    if not wanted:
        return None
    rows = LayerVersion.objects.filter(municipality=town, pk=wanted, published_at__isnull=False)
    base = rows.select_related("layer").filter(layer__kind=kind).first()
    if base is None or base.number != newest_number(base.layer):
        raise Refusal(MOVED_ON, number=newest_number(base.layer) if base else "–")
    return base


def take_out_strangers(cursor: Any, base: LayerVersion) -> list[tuple[int, str]]:
    """Take out rows without a shape whose id the layer does not know; return numbers and ids."""
    cursor.execute(
        sql.SQL(
            "DELETE FROM staging s WHERE geom IS NULL AND NOT EXISTS ("
            "SELECT 1 FROM {table} b WHERE b.version_id = %s AND b.ref = s.ref)"
            " RETURNING row_no, ref"
        ).format(table=_table(base)),
        [base.pk],
    )
    return sorted(cursor.fetchall())


def fill_up(cursor: Any, base: LayerVersion, columns: Sequence[str], brought: set[str]) -> None:
    """Give known features the shape and the attributes that the file does not bring."""
    measured = ["geom", "area_m2", "length_m"]
    kept = [name for name in columns if name not in {*brought, "ref", *measured}]
    same = (
        " AND (s.geom IS NULL OR ST_AsBinary(s.geom) = ST_AsBinary(b.geom)"
        " OR (ST_NPoints(s.geom) = ST_NPoints(b.geom)"
        f" AND ST_HausdorffDistance(s.geom, b.geom) < {SAME_PLACE_M}))"
    )
    for names, only in ((measured, same), (kept, "")):
        if names:
            own = [sql.SQL("{0} = b.{0}").format(sql.Identifier(name)) for name in names]
            cursor.execute(
                sql.SQL(
                    "UPDATE staging s SET {own} FROM {table} b"
                    " WHERE b.version_id = %s AND b.ref = s.ref{only}"
                ).format(own=sql.SQL(", ").join(own), table=_table(base), only=sql.SQL(only)),
                [base.pk],
            )


def difference(base: LayerVersion, columns: Sequence[str], *, by_id: bool) -> dict[str, Any]:
    """Tell how the staged rows differ from a version, as plain JSON."""
    found = compare_staged(base, columns, limit=LISTED)
    return {
        "version": base.pk,
        "number": base.number,
        "layer": base.layer.name,
        "by_id": by_id,
        "before": found.before,
        **found.counts,
        "unchanged": found.unchanged,
        "rows": [
            {key: row[key] for key in ("act", "ref", "attributes", "reshaped")}
            for row in found.rows
        ],
    }


def bring_over(cursor: Any, base: LayerVersion, columns: Sequence[str]) -> None:
    """Add the features that the file says nothing of."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(
        sql.SQL(
            "INSERT INTO staging (row_no, {names}) SELECT 0, {names} FROM {table} b"
            " WHERE b.version_id = %s AND NOT EXISTS ("
            "SELECT 1 FROM staging s WHERE s.ref = b.ref)"
        ).format(names=names, table=_table(base)),
        [base.pk],
    )


def brought_fields(facts: Mapping[str, Any]) -> set[str]:
    """Return the attributes that the file has a column for.

    Raises
    ------
    Refusal
        If it has none for the ids.
    """
    if facts["ids_are_row_numbers"]:
        raise Refusal(NO_IDS)
    return {column["field"] for column in facts["columns"]}


def _table(base: LayerVersion) -> sql.Identifier:
    return sql.Identifier(FEATURE_MODELS[base.layer.kind]._meta.db_table)
