"""Adds the features of a large version up, cell by cell, for tiles that cannot show them all."""

from django.db import connection
from psycopg import sql

from heatmap.layers import BY_KIND
from heatmap.models import LayerVersion
from heatmap.tile_grid import (
    COARSEST_LEVEL,
    FEATURE_LIMIT,
    FINEST_LEVEL,
    HALF_EQUATOR_M,
)

FINEST = sql.SQL("""
INSERT INTO heatmap_tilecell
    (municipality_id, version_id, level, x, y, features, known, total, area_m2, length_m)
SELECT %(town)s, %(version)s, %(level)s,
       floor((ST_X(c.middle) + %(half)s) / %(step)s)::int,
       floor((%(half)s - ST_Y(c.middle)) / %(step)s)::int,
       count(*), count({total}), sum({total}), sum(f.area_m2), sum(f.length_m)
FROM {table} f
{middles}
WHERE f.version_id = %(version)s
GROUP BY 4, 5
""")
WORKED_OUT = sql.SQL(
    "CROSS JOIN LATERAL (SELECT ST_Transform(ST_Centroid(f.geom), 3857) AS middle) c"
)
STAGED = sql.SQL("JOIN staging c ON c.ref = f.ref")
COARSER = """
INSERT INTO heatmap_tilecell
    (municipality_id, version_id, level, x, y, features, known, total, area_m2, length_m)
SELECT %(town)s, %(version)s, %(level)s, x >> 1, y >> 1,
       sum(features), sum(known), sum(total), sum(area_m2), sum(length_m)
FROM heatmap_tilecell WHERE version_id = %(version)s AND level = %(level)s + 1
GROUP BY x >> 1, y >> 1
"""


def store_tile_cells(version: LayerVersion, *, are_staged: bool) -> None:
    """Add up a draft of more features than a tile may hold. Call it inside an identity.

    Where the features `are_staged`, `heatmap.staging` has worked out where they lie.
    """
    record = BY_KIND.get(version.layer.kind)
    if record is None or version.rows_read - version.rows_refused <= FEATURE_LIMIT:
        return
    total = sql.SQL("f.{}").format(sql.Identifier(record.total)) if record.total else None
    values = {"town": version.municipality_id, "version": version.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            FINEST.format(
                total=total or sql.SQL("NULL::float"),
                table=sql.Identifier(record.model._meta.db_table),
                middles=STAGED if are_staged else WORKED_OUT,
            ),
            values
            | {
                "level": FINEST_LEVEL,
                "half": HALF_EQUATOR_M,
                "step": 2 * HALF_EQUATOR_M / 2**FINEST_LEVEL,
            },
        )
        for level in range(FINEST_LEVEL - 1, COARSEST_LEVEL - 1, -1):
            cursor.execute(COARSER, values | {"level": level})
