"""Vector tiles: one query a tile, bound parameters, straight from the feature tables.

A tile shows every feature, or none of them and their sums per cell: it is never cut off. Which of
the two is known from the cells that were added up at publication; a tile that is too large all the
same is added up on the spot.
"""

from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

from heatmap.layers import LayerRecord
from heatmap.models.municipality import STORAGE_SRID
from heatmap.tile_grid import (
    BUFFER,
    CELLS_DEEP,
    COARSEST_LEVEL,
    DETAIL_ZOOM,
    EXTENT,
    FEATURE_LIMIT,
    FINEST_LEVEL,
    HALF_EQUATOR_M,
    MOST_BYTES,
    simplify_tolerance_m,
)

# The envelope is brought to the storage grid and compared with && on the bare column, so that the
# spatial index is used, behind the wall of row-level security too.
BOX = """
box AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS shown,
           ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s),
                        %(srid)s) AS searched
)"""
# Within a tile of zoom 14 or more the way from the storage grid to the web map is straight to a
# third of a unit of the tile (docs/decisions/013-tiles.md): four corners are transformed instead
# of every corner of every feature.
STRAIGHT = """,
middle AS (
    SELECT ST_X(c) AS x, ST_Y(c) AS y, ST_Transform(c, 3857) AS m,
           ST_Transform(ST_Translate(c, 100, 0), 3857) AS e,
           ST_Transform(ST_Translate(c, -100, 0), 3857) AS w,
           ST_Transform(ST_Translate(c, 0, 100), 3857) AS n,
           ST_Transform(ST_Translate(c, 0, -100), 3857) AS s
    FROM (SELECT ST_Centroid(searched) AS c FROM box) centre
), steps AS (
    SELECT (ST_X(e) - ST_X(w)) / 200 AS a, (ST_X(n) - ST_X(s)) / 200 AS b,
           (ST_Y(e) - ST_Y(w)) / 200 AS d, (ST_Y(n) - ST_Y(s)) / 200 AS e,
           x, y, ST_X(m) AS mx, ST_Y(m) AS my
    FROM middle
), straight AS MATERIALIZED (
    SELECT a, b, d, e, mx - a * x - b * y AS east, my - d * x - e * y AS north FROM steps
)"""
NEAR = """ST_SetSRID(ST_Affine(f.geom, straight.a, straight.b, straight.d, straight.e,
                                straight.east, straight.north), 3857)"""
FAR = "ST_Transform(ST_Simplify(f.geom, %(tolerance)s, true), 3857)"
KEPT_CELLS = """
cells AS (
    SELECT x >> %(coarser)s AS cx, y >> %(coarser)s AS cy, sum(features) AS features,
           sum(known) AS known, sum(total) AS total, sum(area_m2) AS area_m2,
           sum(length_m) AS length_m
    FROM heatmap_tilecell
    WHERE version_id = %(version)s AND level = %(level)s
      AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
    GROUP BY 1, 2
)"""
COUNTED_CELLS = """
cells AS (
    SELECT floor((ST_X(c.middle) + %(half)s) / %(step)s)::int AS cx,
           floor((%(half)s - ST_Y(c.middle)) / %(step)s)::int AS cy,
           count(*) AS features, count({total}) AS known, sum({total}) AS total,
           sum(f.area_m2) AS area_m2, sum(f.length_m) AS length_m
    FROM {table} f
    CROSS JOIN LATERAL (SELECT ST_Transform(ST_Centroid(f.geom), 3857) AS middle) c
    WHERE f.version_id = %(version)s AND f.geom && (SELECT searched FROM box) {condition}
      AND c.middle && (SELECT shown FROM box)
    GROUP BY 1, 2
)"""
# the true area of a cell shrinks with the cosine of its latitude, which is 1/cosh(y/R), squared
DRAWN_CELLS = """
drawn AS (
    SELECT c.cx::bigint << 32 | c.cy AS id, true AS aggregated, c.features, c.known,
           c.total AS {total_name}, {per_ha} c.area_m2, c.length_m,
           ST_AsMVTGeom(
               ST_MakeEnvelope(c.cx * %(step)s - %(half)s, %(half)s - (c.cy + 1) * %(step)s,
                               (c.cx + 1) * %(step)s - %(half)s, %(half)s - c.cy * %(step)s, 3857),
               box.shown, %(extent)s, 0, false) AS geom
    FROM cells c, box
)"""
PER_HA = """
c.total / (power(%(step)s / cosh((%(half)s - (c.cy + 0.5) * %(step)s) / 6378137.0), 2) / 1e4)
    AS per_ha,"""
WHOLE = """
whole AS (
    SELECT f.id, {columns},
           ST_AsMVTGeom({shape}, box.shown, %(extent)s, %(buffer)s, true) AS geom
    FROM {table} f, box{and_straight}
    WHERE f.version_id = %(version)s AND f.geom && (SELECT searched FROM box) {condition}
)"""
AS_CELLS = "(SELECT ST_AsMVT(drawn, %(cells_name)s, %(extent)s, 'geom', 'id') FROM drawn)"
# rows without a shape are left out by ST_AsMVT; a condition would work every shape out twice
AS_WHOLE = "(SELECT ST_AsMVT(whole, %(name)s, %(extent)s, 'geom', 'id') FROM whole)"
WHOLE_OR_CELLS = f"""
WITH {BOX}{{straight}}, {KEPT_CELLS}, {DRAWN_CELLS}, {WHOLE}
SELECT CASE WHEN (SELECT coalesce(sum(features), 0) FROM cells) > %(limit)s
            THEN {AS_CELLS} ELSE {AS_WHOLE} END
"""  # noqa: S608  the parts above, no value
JUST_WHOLE = f"WITH {BOX}{{straight}}, {WHOLE} SELECT {AS_WHOLE}"  # noqa: S608  as above
JUST_CELLS = f"WITH {BOX}, {COUNTED_CELLS}, {DRAWN_CELLS} SELECT {AS_CELLS}"  # noqa: S608


def cells_name(record: LayerRecord) -> str:
    """Name the part of a tile that holds sums instead of features."""
    return f"{record.kind.value}_cells"


def tile_columns(record: LayerRecord, zoom: int) -> list[str]:
    """Name the values that travel in a tile of this zoom."""
    shown = (p for p in record.properties if zoom >= DETAIL_ZOOM or p.lean)
    return ["ref", *(p.column for p in shown)]


def _column(record: LayerRecord, name: str) -> sql.Composable:
    """Return a stored value, or the expression that stands for it."""
    expression = next((p.expression for p in record.properties if p.column == name), "")
    if not expression:
        return sql.Identifier("f", name)
    return sql.SQL("{} AS {}").format(sql.SQL(expression), sql.Identifier(name))


@cache
def _thinned(record: LayerRecord, zoom: int) -> tuple[str, tuple[str, ...]] | None:
    """Return the column and its words that a tile of this zoom is thinned to, if it is."""
    rules = sorted(record.thinning, key=lambda rule: rule.zoom)
    return next(((rule.column, rule.words) for rule in rules if zoom < rule.zoom), None)


@cache
def _query(record: LayerRecord, zoom: int, template: str) -> str:
    """Compose the statement of a kind at a zoom; the same for all versions and places."""
    thinned = _thinned(record, zoom)
    total = sql.SQL("f.{}").format(sql.Identifier(record.total)) if record.total else None
    composed = sql.SQL(template).format(
        columns=sql.SQL(", ").join(_column(record, name) for name in tile_columns(record, zoom)),
        table=sql.Identifier(record.model._meta.db_table),
        shape=sql.SQL(FAR if zoom < DETAIL_ZOOM else NEAR),
        straight=sql.SQL("" if zoom < DETAIL_ZOOM else STRAIGHT),
        and_straight=sql.SQL("" if zoom < DETAIL_ZOOM else ", straight"),
        total=total or sql.SQL("NULL::float"),
        total_name=sql.Identifier(record.total or "total"),
        per_ha=sql.SQL(PER_HA if record.per_ha else ""),
        condition=sql.SQL("AND f.{} = ANY(%(words)s)").format(sql.Identifier(thinned[0]))
        if thinned
        else sql.SQL(""),
    )
    return composed.as_string(None)


def _values(record: LayerRecord, version_id: int, z: int, x: int, y: int) -> dict[str, Any]:
    thinned = _thinned(record, z)
    deep = z + CELLS_DEEP
    level = min(max(deep, COARSEST_LEVEL), FINEST_LEVEL)
    coarser = max(level - deep, 0)
    across = 2 ** max(level - z, 0)
    return {
        "z": z,
        "x": x,
        "y": y,
        "margin": BUFFER / EXTENT,
        "srid": STORAGE_SRID,
        "tolerance": simplify_tolerance_m(z),
        "extent": EXTENT,
        "buffer": BUFFER,
        "version": version_id,
        "name": record.kind.value,
        "cells_name": cells_name(record),
        "half": HALF_EQUATOR_M,
        "step": 2 * HALF_EQUATOR_M / 2**deep,
        "level": level,
        "coarser": coarser,
        "west": x * across,
        "east": x * across + across - 1,
        "north": y * across,
        "south": y * across + across - 1,
        "limit": FEATURE_LIMIT,
        "words": list(thinned[1]) if thinned else None,
    }


def tile_bytes(record: LayerRecord, version_id: int, z: int, x: int, y: int) -> bytes:
    """Return the tile of one layer version; empty bytes when nothing lies in it."""
    kept = z + CELLS_DEEP <= FINEST_LEVEL and _thinned(record, z) is None
    values = _values(record, version_id, z, x, y)
    with connection.cursor() as cursor:

        def made(template: str) -> bytes:
            cursor.execute(_query(record, z, template), values)
            return bytes(cursor.fetchone()[0] or b"")

        content = made(WHOLE_OR_CELLS if kept else JUST_WHOLE)
        return content if len(content) <= MOST_BYTES else made(JUST_CELLS)
