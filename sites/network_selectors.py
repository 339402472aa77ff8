"""The heat network as PostGIS knows it: pieces of pipe, and what hangs on each.

A pipe is cut where another one branches off along its way, and where it is long, so that customers
and hubs find a place near them. Distances that decide what touches what are taken in the storage
grid, lengths in the town's own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from heatmap.choices import LayerKind
from heatmap.models import Municipality

PIECES = """
CREATE TEMP TABLE piece ON COMMIT DROP AS
WITH line AS MATERIALIZED (
    SELECT p.id, p.dn_mm, p.flow_share, row_number() OVER (ORDER BY p.ref, d.path) AS line_no, d.geom
    FROM heatmap_pipe p CROSS JOIN LATERAL ST_Dump(p.geom) d
    WHERE p.version_id = %(version)s AND ST_Dimension(d.geom) = 1
), tip AS (
    SELECT line_no, unnest(ARRAY[ST_StartPoint(geom), ST_EndPoint(geom)]) AS point FROM line
), touched AS (
    -- ends of other pipes that lie along this one
    SELECT l.line_no, ST_LineLocatePoint(l.geom, t.point) AS at
    FROM heatmap_pipe p
    JOIN line l ON l.id = p.id
    JOIN tip t ON t.line_no <> l.line_no AND p.geom && ST_Expand(t.point, %(snap_m)s)
        AND ST_DWithin(l.geom, t.point, %(snap_m)s)
    WHERE p.version_id = %(version)s
), cut AS (
    SELECT line_no, at FROM touched JOIN line USING (line_no)
    WHERE at * ST_Length(geom) > %(snap_m)s AND (1 - at) * ST_Length(geom) > %(snap_m)s
    UNION
    SELECT line_no, step::float / steps
    FROM (SELECT line_no, greatest(1, ceil(ST_Length(geom) / %(longest_m)s))::int AS steps
          FROM line) lengths
    CROSS JOIN LATERAL generate_series(0, steps) step
), stretch AS (
    SELECT line_no, at AS low, lead(at) OVER (PARTITION BY line_no ORDER BY at) AS high FROM cut
)
SELECT row_number() OVER (ORDER BY line_no, low) - 1 AS piece_no, l.id AS pipe_id, l.dn_mm,
       l.flow_share,
       ST_LineSubstring(l.geom, s.low, s.high) AS geom
FROM stretch s JOIN line l USING (line_no)
WHERE s.high IS NOT NULL AND (s.high - s.low) * ST_Length(l.geom) > 0.01
"""

PLACES = """
SELECT pipe_id, dn_mm, flow_share, ST_X(a), ST_Y(a), ST_X(b), ST_Y(b), ST_Length(here)
FROM (SELECT *, ST_Transform(geom, %(srid)s) AS here FROM piece) p
CROSS JOIN LATERAL (SELECT ST_StartPoint(here) AS a, ST_EndPoint(here) AS b) ends
ORDER BY piece_no
"""

NEAREST_PIECE = """
CROSS JOIN LATERAL (
    SELECT p.piece_no, ST_Distance(p.geom, {point}) AS distance_m,
           ST_LineLocatePoint(p.geom, ST_ClosestPoint(p.geom, {point})) > 0.5 AS at_end
    FROM piece p WHERE ST_DWithin(p.geom, {point}, %(reach_m)s)
    ORDER BY p.geom <-> {point}, p.piece_no LIMIT 1
) near
"""

CUSTOMERS = (
    """
SELECT near.piece_no, near.at_end, b.use, b.heat_demand_mwh_per_a
FROM heatmap_building b
"""
    + NEAREST_PIECE.format(point="b.geom")
    + """
WHERE b.version_id = %(version_buildings)s AND b.heat_demand_mwh_per_a > 0
ORDER BY b.id
"""
)

CELLS = (
    """
SELECT near.piece_no, near.at_end, '', c.heat_demand_mwh_per_a
FROM heatmap_heatdemandcell c
"""
    + NEAREST_PIECE.format(point="c.geom")
    + """
WHERE c.version_id = %(version_heat_demand)s AND c.heat_demand_mwh_per_a > 0
ORDER BY c.id
"""
)

PLANTS = (
    """
SELECT near.piece_no, near.at_end, l.ref, l.name, l.plant_kind, l.capacity_kw, l.must_run_kw
FROM heatmap_plant l
"""
    + NEAREST_PIECE.format(point="l.geom")
    + """
WHERE l.version_id = %(version_plants)s ORDER BY l.ref
"""
)

PARCELS = """
SELECT c.ref, near.piece_no
FROM heatmap_parcel c
CROSS JOIN LATERAL (
    SELECT p.piece_no FROM piece p ORDER BY p.geom <-> c.geom, p.piece_no LIMIT 1
) near
WHERE c.version_id = %(version_parcels)s
"""


@dataclass(frozen=True)
class NetworkRows:
    """Pieces of pipe by number, and what hangs on them.

    Attributes
    ----------
    pipe_id, dn_mm : array, shape (pieces,)
        The pipe a piece was cut from; NaN where no diameter is stated.
    flow_share : array, shape (pieces,)
        As stated; NaN where it is not.
    start_xy, end_xy : array, shape (pieces, 2)
        In the town's own grid.
    length_m : array, shape (pieces,)
    customers : list of (piece, at its end, use, MWh/a)
    plants : list of (piece, at its end, id, name, kind, capacity [kW], must-run [kW])
    nearest_piece : dict of str to int
        By id of the parcel.
    """

    pipe_id: np.ndarray
    dn_mm: np.ndarray
    flow_share: np.ndarray
    start_xy: np.ndarray
    end_xy: np.ndarray
    length_m: np.ndarray
    customers: list[tuple[int, bool, str, float]]
    plants: list[tuple[int, bool, str, str, str, float | None, float | None]]
    nearest_piece: dict[str, int]


def network_rows(
    municipality: Municipality,
    versions: dict[str, int],
    *,
    snap_m: float,
    longest_m: float,
    customer_reach_m: float,
    plant_reach_m: float,
) -> NetworkRows:
    """Return the network of the town. Call it inside an identity.

    Customers are buildings with a heat demand; where the town has no layer of buildings, cells of
    heat demand.
    """
    parameters: dict[str, Any] = {
        f"version_{kind}": versions.get(kind, -1) for kind in LayerKind.values
    }
    parameters |= {
        "version": versions.get(LayerKind.PIPES, -1),
        "srid": municipality.srid,
        "snap_m": snap_m,
        "longest_m": longest_m,
    }
    by_building = LayerKind.BUILDINGS in versions
    with connection.cursor() as cursor:

        def rows(statement: str, reach_m: float = 0.0) -> list[Any]:
            cursor.execute(statement, parameters | {"reach_m": reach_m})
            return cursor.fetchall()

        cursor.execute(PIECES, parameters)
        cursor.execute("CREATE INDEX ON piece USING gist (geom)")
        cursor.execute("ANALYZE piece")
        places = np.array(rows(PLACES), dtype=np.float64).reshape(-1, 8)
        found = NetworkRows(
            pipe_id=places[:, 0].astype(np.int64),
            dn_mm=places[:, 1],
            flow_share=places[:, 2],
            start_xy=places[:, 3:5],
            end_xy=places[:, 5:7],
            length_m=places[:, 7],
            customers=rows(CUSTOMERS if by_building else CELLS, customer_reach_m),
            plants=rows(PLANTS, plant_reach_m),
            nearest_piece=dict(rows(PARCELS)),
        )
        cursor.execute("DROP TABLE piece")
    return found
