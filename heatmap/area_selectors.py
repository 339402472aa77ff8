"""Sums over a part of the town, worked out by PostGIS in the town's own grid.

Buildings, parcels and substations count where their middle lies, so that neighbouring areas add up;
pipes and streets with the length inside; demand cells with the share of their area inside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.layers import HEADROOM_SQL
from heatmap.models import FEATURE_MODELS, LayerVersion, Municipality
from heatmap.models.municipality import STORAGE_SRID

MOST_M2 = 4e10
"""Two hundred kilometres square: more than any town."""

NARROWED = {
    LayerKind.BUILDINGS: "use",
    LayerKind.PARCELS: "parcel_kind",
    LayerKind.CONSTRAINTS: "constraint_kind",
}
"""Kinds that can be narrowed to words of one column."""

MOST_WORDS = 12
INSIDE = "f.geom && %(area)s::geometry AND ST_Intersects(ST_Centroid(f.geom), %(area)s::geometry)"
TOUCHED = "f.geom && %(area)s::geometry AND ST_Intersects(f.geom, %(area)s::geometry)"
CUT_M = """
ST_Length(ST_Transform(ST_Intersection(f.geom, %(area)s::geometry), %(srid)s))"""
CUT_SHARE = """
ST_Area(ST_Intersection(f.geom, %(area)s::geometry)) / nullif(ST_Area(f.geom), 0)"""

# per kind: where a feature belongs, and what is added up
SUMS: dict[str, tuple[str, dict[str, str]]] = {
    LayerKind.BUILDINGS: (
        INSIDE,
        {
            "count": "count(*)",
            "known": "count(f.heat_demand_mwh_per_a)",
            "heat_demand_mwh_per_a": "sum(f.heat_demand_mwh_per_a)",
            "area_m2": "sum(f.area_m2)",
        },
    ),
    LayerKind.HEAT_DEMAND: (
        TOUCHED,
        {
            "count": "count(*)",
            "heat_demand_mwh_per_a": f"sum(f.heat_demand_mwh_per_a * {CUT_SHARE})",
        },
    ),
    LayerKind.HEAT_LINES: (
        TOUCHED,
        {
            "count": "count(*)",
            "length_m": f"sum({CUT_M})",
            "heat_demand_mwh_per_a": f"sum(f.linear_density_mwh_per_m_a * {CUT_M})",
        },
    ),
    LayerKind.PIPES: (TOUCHED, {"count": "count(*)", "length_m": f"sum({CUT_M})"}),
    LayerKind.STREETS: (TOUCHED, {"count": "count(*)", "length_m": f"sum({CUT_M})"}),
    LayerKind.SUBSTATIONS: (
        INSIDE,
        {
            "count": "count(*)",
            "known": f"count({HEADROOM_SQL})",
            "firm_headroom_kw": f"sum({HEADROOM_SQL})",
        },
    ),
    LayerKind.FEEDERS: (TOUCHED, {"count": "count(*)", "length_m": f"sum({CUT_M})"}),
    LayerKind.PARCELS: (INSIDE, {"count": "count(*)", "area_m2": "sum(f.area_m2)"}),
    LayerKind.CONSTRAINTS: (
        TOUCHED,
        {
            "count": "count(*)",
            "area_m2": "sum(ST_Area(ST_Transform(ST_Intersection(f.geom, %(area)s::geometry),"
            " %(srid)s)))",
        },
    ),
    LayerKind.PLANTS: (
        INSIDE,
        {
            "count": "count(*)",
            "known": "count(f.capacity_kw)",
            "capacity_kw": "sum(f.capacity_kw)",
        },
    ),
}
RING = """
SELECT ST_AsHexEWKB(shape), ST_Area(ST_Transform(shape, %(srid)s)) FROM (
    SELECT ST_Transform(ST_MakeValid(ST_SetSRID(%(ring)s::geometry, 4326)), %(storage)s) AS shape
) s"""
AROUND = sql.SQL("""
SELECT ST_AsHexEWKB(shape), ST_Area(ST_Transform(shape, %(srid)s)), ST_AsGeoJSON(
    ST_Transform(shape, 4326), 6)
FROM (
    SELECT ST_Transform(ST_Buffer(ST_Transform(f.geom, %(srid)s), %(metres)s), %(storage)s) AS shape
    FROM {table} f WHERE f.version_id = %(version)s AND f.ref = %(ref)s
) s""")


@dataclass(frozen=True)
class Area:
    """A part of the town: its shape in the storage grid, as text of the database."""

    shape: str
    area_m2: float
    outline: str = ""


@dataclass(frozen=True)
class Narrowing:
    """Words that features of a kind must have to count; kinds that are not named count whole."""

    words: Mapping[str, Sequence[str]] = field(default_factory=dict)


def area_of_ring(town: Municipality, points: Sequence[tuple[float, float]]) -> Area | None:
    """Return the area within a ring of degrees; None where it encloses nothing, or a continent."""
    if len(points) < 3:
        return None
    ring = [*points, points[0]] if points[0] != points[-1] else list(points)
    text = "POLYGON((" + ",".join(f"{x:.7f} {y:.7f}" for x, y in ring) + "))"
    with connection.cursor() as cursor:
        cursor.execute(RING, {"ring": text, "srid": town.srid, "storage": STORAGE_SRID})
        shape, area_m2 = cursor.fetchone()
    return Area(shape, area_m2) if 0 < (area_m2 or 0) < MOST_M2 else None


def area_around(town: Municipality, version: LayerVersion, ref: str, metres: float) -> Area | None:
    """Return what lies within some metres of a feature; None if there is no such feature."""
    table = sql.Identifier(FEATURE_MODELS[version.layer.kind]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            AROUND.format(table=table),
            {
                "srid": town.srid,
                "storage": STORAGE_SRID,
                "metres": metres,
                "version": version.pk,
                "ref": ref,
            },
        )
        row = cursor.fetchone()
    return Area(*row) if row and row[1] else None


def _narrowed(kind: str, narrowing: Narrowing) -> sql.Composable:
    if not narrowing.words.get(kind):
        return sql.SQL("")
    column = sql.Identifier("f", NARROWED[LayerKind(kind)])
    return sql.SQL(" AND {column} = ANY(%(words)s)").format(column=column)


def _values(
    town: Municipality, version: LayerVersion, area: Area, narrowing: Narrowing
) -> dict[str, Any]:
    words = narrowing.words.get(version.layer.kind)
    return {
        "area": area.shape,
        "srid": town.srid,
        "version": version.pk,
        "words": list(words) if words else None,
    }


def area_sums(
    town: Municipality, version: LayerVersion, area: Area, narrowing: Narrowing
) -> dict[str, float | int | None]:
    """Add up what a version has within an area; None where nothing is known."""
    kind = version.layer.kind
    where, sums = SUMS[LayerKind(kind)]
    query = sql.SQL(
        "SELECT {sums} FROM {table} f WHERE f.version_id = %(version)s AND {where}{narrowed}"
    ).format(
        sums=sql.SQL(", ").join(map(sql.SQL, sums.values())),
        table=sql.Identifier(FEATURE_MODELS[kind]._meta.db_table),
        where=sql.SQL(where),
        narrowed=_narrowed(kind, narrowing),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _values(town, version, area, narrowing))
        return dict(zip(sums, cursor.fetchone(), strict=True))


def words_in_area(town: Municipality, version: LayerVersion, area: Area) -> list[tuple[str, int]]:
    """Count features within an area by the word that can narrow them, the most frequent first."""
    kind = LayerKind(version.layer.kind)
    if kind not in NARROWED:
        return []
    query = sql.SQL(
        "SELECT f.{column}, count(*) FROM {table} f WHERE f.version_id = %(version)s AND {where}"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s"
    ).format(
        column=sql.Identifier(NARROWED[kind]),
        table=sql.Identifier(FEATURE_MODELS[kind]._meta.db_table),
        where=sql.SQL(SUMS[kind][0]),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _values(town, version, area, Narrowing()) | {"most": MOST_WORDS})
        return list(cursor.fetchall())


FEATURES = sql.SQL("""
SELECT {columns}, {shape} FROM {table} f WHERE f.version_id = %(version)s AND {where} {narrowed}
ORDER BY f.ref LIMIT %(most)s""")


def features_in_area(
    town: Municipality,
    version: LayerVersion,
    area: Area,
    narrowing: Narrowing,
    *,
    columns: Sequence[str],
    as_geojson: bool,
    most: int,
) -> list[tuple[Any, ...]]:
    """Return values and shape of the features within an area: GeoJSON in degrees, or WKB in metres.

    Whole features are returned, also those that reach beyond the area.
    """
    kind = version.layer.kind
    shape = (
        "ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(f.geom, 4326)), 7, 0)"
        if as_geojson
        else "ST_AsBinary(ST_Transform(f.geom, %(srid)s))"
    )
    query = FEATURES.format(
        columns=sql.SQL(", ").join(sql.Identifier("f", column) for column in columns),
        shape=sql.SQL(shape),
        table=sql.Identifier(FEATURE_MODELS[kind]._meta.db_table),
        where=sql.SQL(SUMS[LayerKind(kind)][0]),
        narrowed=_narrowed(kind, narrowing),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _values(town, version, area, narrowing) | {"most": most})
        return list(cursor.fetchall())
