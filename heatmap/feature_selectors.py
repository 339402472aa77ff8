"""Features one by one or page by page, as GeoJSON in any of the reference systems of a town."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from heatmap.models import FEATURE_MODELS
from heatmap.models.municipality import STORAGE_SRID

NOT_PROPERTIES = {"id", "municipality_id", "version_id", "geom"}
METRE_DECIMALS, DEGREE_DECIMALS = 3, 8
LONGEST_EDGES = 32
"""An edge of a box is cut into this many pieces before it is bent into another grid."""

FEATURE = sql.SQL("""
json_build_object('type', 'Feature', 'id', f.ref,
    'geometry', ST_AsGeoJSON({shape}, %(decimals)s, 0)::json,
    'properties', json_build_object({properties}))::text
""")
# Shapes are made for the rows of the page alone, after the limit.
PAGE = sql.SQL("""
WITH page AS MATERIALIZED (
    SELECT f.* FROM {table} f WHERE {conditions} AND f.ref > %(after)s ORDER BY f.ref
    LIMIT %(limit)s
)
SELECT f.ref, {feature} FROM page f ORDER BY f.ref
""")
COUNT = sql.SQL("SELECT count(*) FROM {table} f WHERE {conditions}")
ONE = sql.SQL(
    "SELECT {feature} FROM {table} f WHERE f.version_id = %(version)s AND f.ref = %(ref)s"
)

WORDS = sql.SQL("""
SELECT coalesce({column}::text, ''), count(*) FROM {table} f
WHERE f.version_id = %(version)s GROUP BY 1 ORDER BY 2 DESC, 1
""")


@dataclass(frozen=True)
class Grid:
    """A reference system as it is written: its code, and whether north comes first."""

    srid: int
    flipped: bool = False

    @property
    def decimals(self) -> int:
        return DEGREE_DECIMALS if self.srid == 4326 else METRE_DECIMALS


@dataclass(frozen=True)
class Box:
    """A rectangle in a grid, x before y whatever the order in which it was written."""

    west: float
    south: float
    east: float
    north: float
    srid: int


@dataclass(frozen=True)
class Wanted:
    """Which features of a version: within boxes (any of them), with these values."""

    kind: str
    version_id: int
    boxes: Sequence[Box] | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)


def property_columns(kind: str) -> list[str]:
    """Name the values of a feature of this kind."""
    fields = FEATURE_MODELS[kind]._meta.concrete_fields
    return [str(f.column) for f in fields if f.column not in NOT_PROPERTIES]


def _table(kind: str) -> sql.Identifier:
    return sql.Identifier(FEATURE_MODELS[kind]._meta.db_table)


def _feature(kind: str, grid: Grid) -> sql.Composed:
    shape = "ST_ForcePolygonCCW(ST_Transform(f.geom, %(grid)s))"
    pairs = [
        part
        for column in property_columns(kind)
        for part in (sql.Literal(column), sql.Identifier("f", column))
    ]
    return FEATURE.format(
        shape=sql.SQL(f"ST_FlipCoordinates({shape})" if grid.flipped else shape),
        properties=sql.SQL(", ").join(pairs),
    )


ENVELOPE_PARTS = ("w", "s", "e", "n", "srid", "step")
ENVELOPE = sql.SQL(
    "ST_Transform(ST_Segmentize(ST_MakeEnvelope({w}, {s}, {e}, {n}, {srid}), {step}), %(storage)s)"
)
TOUCHED = sql.SQL("(f.geom && {envelope} AND ST_Intersects(f.geom, {envelope}))")


def _conditions(wanted: Wanted) -> tuple[sql.Composable, dict[str, Any]]:
    parts: list[sql.Composable] = [sql.SQL("f.version_id = %(version)s")]
    values: dict[str, Any] = {"version": wanted.version_id, "storage": STORAGE_SRID}
    if wanted.boxes is not None:
        touched: list[sql.Composable] = [sql.SQL("false")]
        for i, box in enumerate(wanted.boxes):
            name = f"box_{i}"
            envelope = ENVELOPE.format(
                **{part: sql.Placeholder(f"{name}_{part}") for part in ENVELOPE_PARTS}
            )
            touched.append(TOUCHED.format(envelope=envelope))
            step = max(box.east - box.west, box.north - box.south) / LONGEST_EDGES
            values |= {
                f"{name}_w": box.west,
                f"{name}_s": box.south,
                f"{name}_e": box.east,
                f"{name}_n": box.north,
                f"{name}_srid": box.srid,
                f"{name}_step": step or 1.0,
            }
        parts.append(sql.SQL("({})").format(sql.SQL(" OR ").join(touched)))
    for column, value in wanted.equal.items():
        name = f"equal_{column}"
        parts.append(sql.SQL("f.{} = {}").format(sql.Identifier(column), sql.Placeholder(name)))
        values[name] = value
    return sql.SQL(" AND ").join(parts), values


def features_page(
    wanted: Wanted, grid: Grid, *, limit: int, after: str = ""
) -> list[tuple[str, str]]:
    """Return id and GeoJSON text of at most `limit` features whose id comes after `after`."""
    conditions, values = _conditions(wanted)
    query = PAGE.format(
        table=_table(wanted.kind), conditions=conditions, feature=_feature(wanted.kind, grid)
    )
    values |= {"limit": limit, "after": after, "grid": grid.srid, "decimals": grid.decimals}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def count_features(wanted: Wanted) -> int:
    conditions, values = _conditions(wanted)
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=_table(wanted.kind), conditions=conditions), values)
        return int(cursor.fetchone()[0])


def one_feature(kind: str, version_id: int, ref: str, grid: Grid) -> str | None:
    """Return a feature as GeoJSON text, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            ONE.format(table=_table(kind), feature=_feature(kind, grid)),
            {"version": version_id, "ref": ref, "grid": grid.srid, "decimals": grid.decimals},
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


def counted_words(kind: str, version_id: int, column: str) -> list[tuple[str, int]]:
    """Return the words in a column and how many features have each; unknown is the empty word."""
    with connection.cursor() as cursor:
        cursor.execute(
            WORDS.format(table=_table(kind), column=sql.Identifier("f", column)),
            {"version": version_id},
        )
        return [(str(word), int(count)) for word, count in cursor.fetchall()]
