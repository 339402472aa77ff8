"""Vector tiles: one query a tile, bound parameters, straight from the feature tables."""

from django.db import connection
from psycopg import sql

from heatmap.layers import LayerRecord
from heatmap.models.municipality import STORAGE_SRID

EXTENT = 4096
BUFFER = 64
MAX_ZOOM = 20
_EQUATOR_M = 40_075_016.686


def tile_exists(z: int, x: int, y: int) -> bool:
    return 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def _tolerance_m(zoom: int) -> float:
    """Half a tile unit: finer detail cannot be drawn at this zoom."""
    return _EQUATOR_M / 2**zoom / EXTENT * 2 if zoom < 16 else 0.0


def tile_bytes(record: LayerRecord, version_id: int, z: int, x: int, y: int) -> bytes:
    """Return the tile of one layer version; empty bytes when nothing lies in it.

    The envelope is brought to the storage grid and compared with ``&&`` on the bare column, so
    that the spatial index is used, behind the wall of row-level security too.
    """
    columns = sql.SQL(", ").join(
        sql.Identifier("f", name) for name in ("ref", *(p.column for p in record.properties))
    )
    query = sql.SQL(
        """
        WITH box AS (
            SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS shown,
                   ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s),
                                %(srid)s) AS searched
        ), rows AS (
            SELECT f.id, {columns},
                   ST_AsMVTGeom(
                       ST_Transform(
                           CASE WHEN %(tolerance)s > 0
                                THEN ST_SimplifyPreserveTopology(f.geom, %(tolerance)s)
                                ELSE f.geom END, 3857),
                       box.shown, %(extent)s, %(buffer)s, true) AS geom
            FROM {table} f, box
            WHERE f.version_id = %(version)s
              AND f.geom && (SELECT searched FROM box)
        )
        SELECT ST_AsMVT(rows, %(name)s, %(extent)s, 'geom', 'id') FROM rows WHERE geom IS NOT NULL
        """
    ).format(columns=columns, table=sql.Identifier(record.model._meta.db_table))
    values = {
        "z": z,
        "x": x,
        "y": y,
        "margin": BUFFER / EXTENT,
        "srid": STORAGE_SRID,
        "tolerance": _tolerance_m(z),
        "extent": EXTENT,
        "buffer": BUFFER,
        "version": version_id,
        "name": record.kind.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return bytes(cursor.fetchone()[0] or b"")
