"""What PostGIS knows of the candidates: where they are, how far from what, and what they overlap.

Distances and areas are taken in the town's own grid. Wherever an order could move a result (the
nearest of several equally near, sums of floats), it is given: the planner's choice of a path may
change from one day to the next, the result of a run may not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from heatmap.choices import LayerKind
from heatmap.models import LayerVersion, Municipality

BORDER_TOLERANCE_M = 1.0
"""Two surveys of one border differ by this much; a parcel on it is inside."""

INSTITUTIONS = "institutions"
"""What a study may search in the place of parcels: institutional buildings and heat plants."""

SEARCHED = {
    "": "heatmap_parcel",
    INSTITUTIONS: """(
    SELECT b.id, b.municipality_id, %(version_parcels)s::bigint AS version_id,
           'building ' || b.ref AS ref, b.name, b.use AS parcel_kind, 'unknown' AS zoning,
           'unknown' AS ownership, b.area_m2, NULL::float8 AS slope_percent,
           NULL::float8 AS price_eur_per_m2, b.geom
    FROM heatmap_building b
    WHERE b.version_id = %(version_buildings)s AND b.is_heated AND b.use IN (
        'university', 'school', 'kindergarten', 'hospital', 'public', 'culture', 'sports')
    UNION ALL
    SELECT l.id, l.municipality_id, %(version_parcels)s::bigint, 'plant ' || l.ref, l.name,
           'heating_plant', 'unknown', 'unknown', l.area_m2, NULL::float8, NULL::float8, l.geom
    FROM heatmap_plant l WHERE l.version_id = %(version_plants)s)""",
}
"""The table that candidates come from, by what a study searches; plants are where water returns."""


KINDS_SEARCHED = {
    "": {"": LayerKind.PARCELS},
    INSTITUTIONS: {"building ": LayerKind.BUILDINGS, "plant ": LayerKind.PLANTS},
}
"""The layers whose features the candidates are, by what their references begin with."""


def search_of(inputs: Mapping[str, Any]) -> str:
    """Return what a run searched, by its inputs."""
    return str((inputs["study"].get("rules") or {}).get("search", ""))


def searched(statement: str, search: str) -> str:
    """Return the statement with the candidates of this search in the place of parcels."""
    return statement.replace("heatmap_parcel", SEARCHED[search])


NEAREST = """
LEFT JOIN LATERAL (
    SELECT n.id, ST_Distance(ST_Transform(n.geom, %(srid)s), ST_Transform({here}, %(srid)s))
        AS distance_m
    FROM {table} n
    WHERE n.version_id = %(version_{name})s {condition}
    ORDER BY n.geom <-> {here}, n.id LIMIT 1
) {name} ON true
"""
# A hub may stand anywhere in a search cell: of nine places in it, the one farthest from dwellings.
SPOT = """
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.parcel_kind <> 'search_cell' THEN p.geom ELSE (
        SELECT place FROM (
            SELECT x, y, ST_SetSRID(ST_MakePoint(
                ST_XMin(p.geom) + x * (ST_XMax(p.geom) - ST_XMin(p.geom)),
                ST_YMin(p.geom) + y * (ST_YMax(p.geom) - ST_YMin(p.geom))
            ), ST_SRID(p.geom)) AS place
            FROM unnest(ARRAY[0.5, 0.15, 0.85]) x, unnest(ARRAY[0.5, 0.15, 0.85]) y
        ) places
        CROSS JOIN LATERAL (
            SELECT min(ST_Distance(n.geom, places.place)) AS away FROM heatmap_building n
            WHERE n.version_id = %(version_dwelling)s AND n.is_dwelling
              AND n.geom && ST_Expand(p.geom, %(far_m)s)
        ) d
        WHERE ST_Covers(p.geom, place)
        ORDER BY away DESC NULLS FIRST, abs(x - 0.5) + abs(y - 0.5), x, y LIMIT 1
    ) END AS place
) chosen
CROSS JOIN LATERAL (
    -- OFFSET keeps it from being worked out again for each use
    SELECT coalesce(chosen.place, p.geom) AS place OFFSET 0
) spot
"""
FAR_M = 200.0
"""Dwellings farther from a search cell than this do not decide where in it a hub stands."""
OF_SPOT = ("dwelling", "building", "sensitive", "quiet", "monument", "housing")
"""What is measured from where the hub stands; the others from the edge of the parcel."""

JOINS = {
    "pipe": ("heatmap_pipe", LayerKind.PIPES, ""),
    "station_low": ("heatmap_substation", LayerKind.SUBSTATIONS, "AND n.id = ANY(%(station_low)s)"),
    "station_medium": (
        "heatmap_substation",
        LayerKind.SUBSTATIONS,
        "AND n.id = ANY(%(station_medium)s)",
    ),
    "feeder_low": ("heatmap_feeder", LayerKind.FEEDERS, "AND n.id = ANY(%(feeder_low)s)"),
    "feeder_medium": ("heatmap_feeder", LayerKind.FEEDERS, "AND n.id = ANY(%(feeder_medium)s)"),
    "dwelling": ("heatmap_building", LayerKind.BUILDINGS, "AND n.is_dwelling"),
    "building": ("heatmap_building", LayerKind.BUILDINGS, ""),
    "sensitive": (
        "heatmap_building",
        LayerKind.BUILDINGS,
        "AND n.use IN ('school', 'kindergarten', 'hospital')",
    ),
    "quiet": (
        "heatmap_constraint",
        LayerKind.CONSTRAINTS,
        "AND n.constraint_kind = 'noise_sensitive'",
    ),
    "monument": (
        "heatmap_constraint",
        LayerKind.CONSTRAINTS,
        "AND n.constraint_kind = 'monument'",
    ),
    "housing": (
        "heatmap_constraint",
        LayerKind.CONSTRAINTS,
        "AND n.constraint_kind = 'residential'",
    ),
}

PARCELS = """
WITH hospitals AS MATERIALIZED (
    SELECT geom, ST_Transform(geom, %(srid)s) AS here FROM heatmap_building
    WHERE version_id = %(version_dwelling)s AND use = 'hospital'
)
SELECT p.id, p.ref, p.name, p.parcel_kind, p.zoning, p.ownership, p.area_m2,
       p.price_eur_per_m2,
       ST_X(w.point) AS lon, ST_Y(w.point) AS lat,
       ST_CoveredBy(p.geom, ST_Buffer(m.extent, %(border_m)s)) AS inside,
       pipe.id AS pipe_id, pipe.distance_m AS pipe_m,
       ARRAY[station_low.id, station_medium.id] AS station_ids,
       ARRAY[station_low.distance_m, station_medium.distance_m] AS station_m,
       ARRAY[feeder_low.id, feeder_medium.id] AS feeder_ids,
       ARRAY[feeder_low.distance_m, feeder_medium.distance_m] AS feeder_m,
       least(dwelling.distance_m, housing.distance_m) AS dwelling_m,
       building.distance_m AS building_m,
       least(sensitive.distance_m, quiet.distance_m) AS sensitive_m,
       hospital.distance_m AS hospital_m, monument.distance_m AS monument_m,
       p.slope_percent, ST_AsBinary(g.here) AS outline
FROM heatmap_parcel p
JOIN heatmap_municipality m ON m.id = p.municipality_id
CROSS JOIN LATERAL (SELECT ST_Transform(p.geom, %(srid)s) AS here) g
CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(p.geom), 4326) AS point) w
{spot}
{joins}
CROSS JOIN LATERAL (
    -- a hub of its own does not disturb a hospital as a stranger's does
    SELECT min(ST_Distance(h.here, ST_Transform(spot.place, %(srid)s))) AS distance_m
    FROM hospitals h WHERE NOT ST_Intersects(h.geom, p.geom)
) hospital
WHERE p.version_id = %(version_parcels)s
ORDER BY p.ref
""".format(  # noqa: S608  the parts above, no value
    spot=SPOT,
    joins="".join(
        NEAREST.format(
            name=name,
            table=table,
            condition=condition,
            here="spot.place" if name in OF_SPOT else "p.geom",
        )
        for name, (table, _kind, condition) in JOINS.items()
    ),
)

OVERLAPS = """
SELECT p.ref, c.constraint_kind,
       ST_Area(ST_Transform(
           ST_Union(ST_Intersection(p.geom, c.geom) ORDER BY c.id), %(srid)s))
FROM heatmap_parcel p
JOIN heatmap_constraint c ON c.geom && p.geom AND ST_Intersects(c.geom, p.geom)
WHERE p.version_id = %(version_parcels)s AND c.version_id = %(version_constraints)s
  AND ST_Dimension(c.geom) = 2
GROUP BY p.ref, c.constraint_kind
"""


@dataclass(frozen=True)
class ParcelRow:
    """A candidate as the map knows it; None where a layer is missing.

    Grid nodes in pairs: the nearest that feeds low, and that feeds medium voltage.
    """

    id: int
    ref: str
    name: str
    parcel_kind: str
    zoning: str
    ownership: str
    area_m2: float
    price_eur_per_m2: float | None
    lon: float
    lat: float
    inside: bool
    pipe_id: int | None
    pipe_m: float | None
    station_ids: list[int | None]
    station_m: list[float | None]
    feeder_ids: list[int | None]
    feeder_m: list[float | None]
    dwelling_m: float | None
    building_m: float | None
    sensitive_m: float | None
    hospital_m: float | None
    monument_m: float | None
    slope_percent: float | None
    outline: bytes


def newest_versions(municipality: Municipality) -> dict[str, LayerVersion]:
    """Return the published version in use of each kind of layer; series by quantity.

    Loads of single substations are not among them (`heatmap.series_selectors`).
    """
    published = (
        LayerVersion.objects.filter(municipality=municipality, published_at__isnull=False)
        .select_related("layer", "series")
        .order_by("layer__kind", "published_at")
    )
    return {
        version.series.quantity if hasattr(version, "series") else version.layer.kind: version
        for version in published
        if not (hasattr(version, "series") and version.series.station_ref)
    }


def _parameters(municipality: Municipality, versions: dict[str, int]) -> dict[str, Any]:
    # a kind that the town does not have matches no row
    return {"srid": municipality.srid, "border_m": BORDER_TOLERANCE_M, "far_m": FAR_M} | {
        f"version_{kind}": versions.get(kind, -1) for kind in LayerKind.values
    }


def parcel_rows(
    municipality: Municipality,
    versions: dict[str, int],
    grid_nodes: Mapping[str, list[int]],
    search: str = "",
) -> list[ParcelRow]:
    """Return every candidate with its distances, in the order of the ids.

    `grid_nodes` has the ids of the nodes that may supply a hub: ``station_low``,
    ``station_medium``, ``feeder_low``, ``feeder_medium``.
    """
    parameters = _parameters(municipality, versions) | dict(grid_nodes)
    for name, (_table, kind, _condition) in JOINS.items():
        parameters[f"version_{name}"] = versions.get(kind, -1)
    with connection.cursor() as cursor:
        cursor.execute(searched(PARCELS, search), parameters)
        return [ParcelRow(*row) for row in cursor.fetchall()]


OUTLINE = """
SELECT ST_AsEWKB(p.geom) FROM heatmap_parcel p
WHERE p.version_id = %(version_parcels)s AND p.ref = %(ref)s
"""


def outline_of(
    municipality: Municipality, versions: dict[str, int], search: str, ref: str
) -> GEOSGeometry | None:
    """Return the ground of one candidate in the storage grid; None where it is not found."""
    with connection.cursor() as cursor:
        cursor.execute(
            searched(OUTLINE, search), _parameters(municipality, versions) | {"ref": ref}
        )
        row = cursor.fetchone()
    return GEOSGeometry(memoryview(row[0])) if row else None


MAPPED = """
SELECT DISTINCT constraint_kind FROM heatmap_constraint
WHERE version_id = %(version_constraints)s AND ST_Dimension(geom) = 2
"""


def mapped_constraints(municipality: Municipality, versions: dict[str, int]) -> frozenset[str]:
    """Return the kinds of protected areas that the layer has anywhere in the town."""
    with connection.cursor() as cursor:
        cursor.execute(MAPPED, _parameters(municipality, versions))
        return frozenset(kind for (kind,) in cursor.fetchall())


def constraint_overlaps(
    municipality: Municipality, versions: dict[str, int], search: str = ""
) -> dict[str, dict[str, float]]:
    """Return the overlap of parcels with each kind of constraint [m2], by kind and ref.

    Ground that lies in two areas of one kind counts once.
    """
    found: dict[str, dict[str, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(searched(OVERLAPS, search), _parameters(municipality, versions))
        for ref, kind, overlap_m2 in cursor.fetchall():
            found.setdefault(kind, {})[ref] = overlap_m2
    return found
