"""The heat network and the streets as PostGIS knows them: pieces, and what hangs on each.

A line is cut where another one branches off along its way, and where it is long, so that customers
and hubs find a place near them. Distances that decide what touches what are taken in the storage
grid, lengths in the town's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.models import Municipality
from sites.parcel_selectors import searched

LINES = sql.SQL("""
CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.ref, d.path) AS line_no, {columns}, d.geom
FROM {table} p CROSS JOIN LATERAL ST_Dump(p.geom) d
WHERE p.version_id = %(version)s AND ST_Dimension(d.geom) = 1 {condition}
""")

PIECES = sql.SQL("""
CREATE TEMP TABLE piece ON COMMIT DROP AS
WITH tip AS (
    SELECT line_no, unnest(ARRAY[ST_StartPoint(geom), ST_EndPoint(geom)]) AS point FROM line
), touched AS (
    -- ends of other lines that lie along this one
    SELECT l.line_no, l.geom, ST_LineLocatePoint(l.geom, t.point) AS at
    FROM tip t JOIN line l ON l.line_no <> t.line_no AND ST_DWithin(l.geom, t.point, %(snap_m)s)
), cut AS (
    SELECT line_no, at FROM touched
    WHERE at * ST_Length(geom) > %(snap_m)s AND (1 - at) * ST_Length(geom) > %(snap_m)s
    UNION
    SELECT line_no, step::float / steps
    FROM (SELECT line_no, greatest(1, ceil(ST_Length(geom) / %(longest_m)s))::int AS steps
          FROM line) lengths
    CROSS JOIN LATERAL generate_series(0, steps) step
), stretch AS (
    SELECT line_no, at AS low, lead(at) OVER (PARTITION BY line_no ORDER BY at) AS high FROM cut
)
SELECT row_number() OVER (ORDER BY s.line_no, s.low) - 1 AS piece_no, {columns},
       ST_LineSubstring(l.geom, s.low, s.high) AS geom
FROM stretch s JOIN line l USING (line_no)
WHERE s.high IS NOT NULL AND (s.high - s.low) * ST_Length(l.geom) > 0.01
""")

PIPES = ("heatmap_pipe", ("dn_mm", "flow_share"), sql.SQL(""))
STREETS = (
    "heatmap_street",
    ("street_kind",),
    sql.SQL("AND street_kind <> ALL(%(not_for_pipes)s)"),
)
"""Table, columns that pieces keep, and which lines count."""

PLACES = """
SELECT dn_mm, flow_share, ST_X(a), ST_Y(a), ST_X(b), ST_Y(b), ST_Length(here)
FROM (SELECT *, ST_Transform(geom, %(srid)s) AS here FROM piece) p
CROSS JOIN LATERAL (SELECT ST_StartPoint(here) AS a, ST_EndPoint(here) AS b) ends
ORDER BY piece_no
"""

STREET_PLACES = """
SELECT (street_kind = ANY(%(unpaved)s))::int, ST_X(a), ST_Y(a), ST_X(b), ST_Y(b),
       ST_Length(here), crossed.water, crossed.railway
FROM (SELECT *, ST_Transform(geom, %(srid)s) AS here FROM piece) p
CROSS JOIN LATERAL (SELECT ST_StartPoint(here) AS a, ST_EndPoint(here) AS b) ends
CROSS JOIN LATERAL (
    -- into the water and out again is one crossing; a line is crossed by touching it once
    SELECT coalesce(sum(ST_NumGeometries(ST_Multi(ST_Intersection(p.geom, c.edge)))
                        / CASE WHEN c.area THEN 2.0 ELSE 1.0 END)
                    FILTER (WHERE c.constraint_kind = 'water'), 0) AS water,
           coalesce(sum(ST_NumGeometries(ST_Multi(ST_Intersection(p.geom, c.edge)))
                        / CASE WHEN c.area THEN 2.0 ELSE 1.0 END)
                    FILTER (WHERE c.constraint_kind = 'railway'), 0) AS railway
    FROM (SELECT constraint_kind, ST_Dimension(o.geom) = 2 AS area,
                 CASE WHEN ST_Dimension(o.geom) = 2 THEN ST_Boundary(o.geom) ELSE o.geom END AS edge
          FROM heatmap_constraint o
          WHERE o.version_id = %(version_constraints)s AND o.geom && p.geom
            AND o.constraint_kind IN ('water', 'railway')) c
    WHERE ST_Intersects(p.geom, c.edge)
) crossed
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
SELECT near.piece_no, near.at_end, l.ref, l.name, l.plant_kind, l.capacity_kw, l.must_run_kw,
       l.marginal_cost_eur_per_mwh
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

PARCELS_ON_STREETS = """
SELECT c.ref, near.piece_no, near.at_end,
       ST_Distance(ST_Transform(c.geom, %(srid)s),
                   CASE WHEN near.at_end THEN near.finish ELSE near.start END)
FROM heatmap_parcel c
CROSS JOIN LATERAL (
    SELECT p.piece_no, ST_LineLocatePoint(p.geom, ST_ClosestPoint(p.geom, c.geom)) > 0.5 AS at_end,
           ST_Transform(ST_StartPoint(p.geom), %(srid)s) AS start,
           ST_Transform(ST_EndPoint(p.geom), %(srid)s) AS finish
    FROM piece p WHERE ST_DWithin(p.geom, c.geom, %(reach_m)s)
    ORDER BY p.geom <-> c.geom, p.piece_no LIMIT 1
) near
WHERE c.version_id = %(version_parcels)s
"""

NOT_FOR_PIPES = ["motorway", "motorway_link", "trunk", "trunk_link", "steps"]
UNPAVED = ["path", "track", "bridleway"]
"""Ways without a paved surface: a trench there costs what it costs in a park."""


@dataclass(frozen=True)
class NetworkRows:
    """Pieces of pipe by number, and what hangs on them.

    Attributes
    ----------
    dn_mm : array, shape (pieces,)
        NaN where no diameter is stated.
    flow_share : array, shape (pieces,)
        As stated; NaN where it is not.
    start_xy, end_xy : array, shape (pieces, 2)
        In the town's own grid.
    length_m : array, shape (pieces,)
    customers : list of (piece, at its end, use, MWh/a)
    plants : list of (piece, at its end, id, name, kind, capacity [kW], must-run [kW], cost of the
        months [EUR/MWh])
    nearest_piece : dict of str to int
        By id of the parcel.
    """

    dn_mm: np.ndarray
    flow_share: np.ndarray
    start_xy: np.ndarray
    end_xy: np.ndarray
    length_m: np.ndarray
    customers: list[tuple[int, bool, str, float]]
    plants: list[
        tuple[int, bool, str, str, str, float | None, float | None, list[float | None] | None]
    ]
    nearest_piece: dict[str, int]


@dataclass(frozen=True)
class StreetRows:
    """Pieces of street by number, and the parcels along them.

    Attributes
    ----------
    is_unpaved : array of bool, shape (pieces,)
    start_xy, end_xy : array, shape (pieces, 2)
        In the town's own grid.
    length_m, river_crossings, rail_crossings : array, shape (pieces,)
    parcels : dict of str to (piece, at its end, way to there [m])
        By id of the parcel; parcels far from any street are not in it.
    """

    is_unpaved: np.ndarray
    start_xy: np.ndarray
    end_xy: np.ndarray
    length_m: np.ndarray
    river_crossings: np.ndarray
    rail_crossings: np.ndarray
    parcels: dict[str, tuple[int, bool, float]]


def network_rows(
    municipality: Municipality,
    versions: dict[str, int],
    *,
    snap_m: float,
    longest_m: float,
    customer_reach_m: float,
    plant_reach_m: float,
    search: str = "",
) -> NetworkRows:
    """Return the network of the town. Call it inside an identity.

    Customers are buildings with a heat demand; where the town has no layer of buildings, cells of
    heat demand.
    """
    parameters = _parameters(municipality, versions) | {
        "version": versions.get(LayerKind.PIPES, -1),
        "snap_m": snap_m,
        "longest_m": longest_m,
    }
    by_building = LayerKind.BUILDINGS in versions
    with cut_lines(PIPES, parameters) as cursor:

        def rows(statement: str, reach_m: float = 0.0) -> list[Any]:
            cursor.execute(statement, parameters | {"reach_m": reach_m})
            return cursor.fetchall()

        places = np.array(rows(PLACES), dtype=np.float64).reshape(-1, 7)
        return NetworkRows(
            dn_mm=places[:, 0],
            flow_share=places[:, 1],
            start_xy=places[:, 2:4],
            end_xy=places[:, 4:6],
            length_m=places[:, 6],
            customers=rows(CUSTOMERS if by_building else CELLS, customer_reach_m),
            plants=rows(PLANTS, plant_reach_m),
            nearest_piece=dict(rows(searched(PARCELS, search))),
        )


def street_rows(
    municipality: Municipality,
    versions: dict[str, int],
    *,
    snap_m: float,
    longest_m: float,
    reach_m: float,
    search: str = "",
) -> StreetRows:
    """Return the streets of the town that a trench may follow. Call it inside an identity."""
    parameters = _parameters(municipality, versions) | {
        "version": versions.get(LayerKind.STREETS, -1),
        "snap_m": snap_m,
        "longest_m": longest_m,
        "reach_m": reach_m,
        "not_for_pipes": NOT_FOR_PIPES,
        "unpaved": UNPAVED,
    }
    with cut_lines(STREETS, parameters) as cursor:
        cursor.execute(STREET_PLACES, parameters)
        places = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 8)
        cursor.execute(searched(PARCELS_ON_STREETS, search), parameters)
        return StreetRows(
            is_unpaved=places[:, 0] == 1,
            start_xy=places[:, 1:3],
            end_xy=places[:, 3:5],
            length_m=places[:, 5],
            river_crossings=places[:, 6],
            rail_crossings=places[:, 7],
            parcels={ref: (piece, at_end, way_m) for ref, piece, at_end, way_m in cursor},
        )


def _parameters(municipality: Municipality, versions: dict[str, int]) -> dict[str, Any]:
    # a kind that the town does not have matches no row
    return {"srid": municipality.srid} | {
        f"version_{kind}": versions.get(kind, -1) for kind in LayerKind.values
    }


@contextmanager
def cut_lines(
    lines: tuple[str, tuple[str, ...], sql.SQL], parameters: dict[str, Any]
) -> Iterator[Any]:
    """Give a cursor that finds the pieces in the temporary table ``piece``."""
    table, names, condition = lines
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    of_line = LINES.format(table=sql.Identifier(table), columns=columns, condition=condition)
    with connection.cursor() as cursor:
        for name, statement in (("line", of_line), ("piece", PIECES.format(columns=columns))):
            cursor.execute(statement, parameters)
            # with an index and counted rows the planner finds its way, whatever came before
            cursor.execute(
                sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(sql.Identifier(name))
            )
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        yield cursor
        cursor.execute("DROP TABLE piece, line")
