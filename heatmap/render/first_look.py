"""The town at first sight: one light drawing that stands until the tiles of the map are drawn.

It is drawn in the browser with the page's own colour tokens, so one drawing serves light and dark.
Features of a layer too large for one drawing are shown as the sums that its tiles would show.
"""

import math
from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from heatmap.layers import BY_KIND, LayerRecord, Thinning
from heatmap.tile_grid import COARSEST_LEVEL, FINEST_LEVEL, HALF_EQUATOR_M

ACROSS = 4096
"""Units along the longer side of the drawing: finer than the points of a screen."""

MOST_FEATURES = 12_000
MOST_CELLS = 4000
EARTH_RADIUS_M = 6_378_137.0
STROKES_PX = {"streets": 1.2, "pipes": 2.2, "feeders": 2.2, "heat_lines": 4.0, "grid_model": 1.5}
DOT_PX = {"substations": 11.0, "plants": 11.0}
UNKNOWN = {"pipes": "supply", "feeders": "unknown", "substations": "unknown"}
AREA_OPACITY = {"heat_demand": 0.72, "parcels": 0.92}

COUNT = """
SELECT coalesce(sum(features), 0) FROM heatmap_tilecell WHERE version_id = %s AND level = %s
"""
SHAPES = """
SELECT {colour} AS colour,
       string_agg(CASE WHEN ST_Dimension(f.geom) = 0 OR {as_dots}
                       THEN 'M' || round(ST_X(p.dot)) || ' ' || round(-ST_Y(p.dot)) || 'h0'
                       ELSE ST_AsSVG(s.shape, 1, 0) END, '')
FROM {table} f {scored}
CROSS JOIN LATERAL (SELECT ST_TransScale(
    ST_Transform(ST_Simplify(f.geom, %(tolerance_m)s, true), 3857),
    -%(west)s, -%(north)s, %(scale)s, %(scale)s) AS shape) s
CROSS JOIN LATERAL (SELECT ST_Centroid(s.shape) AS dot) p
WHERE f.version_id = %(version)s AND s.shape IS NOT NULL {condition}
GROUP BY 1 ORDER BY 1 NULLS FIRST
"""
SCORED = """
LEFT JOIN unnest(%(refs)s::text[], %(scores)s::float[]) AS scored (ref, score) USING (ref)
"""
CELLS = """
SELECT {colour} AS colour, string_agg(
           'M' || round((c.x * step - %(half)s - %(west)s) * %(scale)s) || ' '
               || round((%(north)s - %(half)s + c.y * step) * %(scale)s)
               || 'h' || side || 'v' || side || 'h-' || side || 'z', '')
FROM (SELECT x >> %(coarser)s AS x, y >> %(coarser)s AS y, sum(features) AS features,
             sum(total) AS total
      FROM heatmap_tilecell WHERE version_id = %(version)s AND level = %(level)s
      GROUP BY 1, 2) c,
     LATERAL (SELECT 2 * %(half)s / 2 ^ (%(level)s - %(coarser)s) AS step) s,
     LATERAL (SELECT ceil(step * %(scale)s) AS side,
                     c.total / (power(step / cosh((%(half)s - (c.y + 0.5) * step)
                                                  / %(radius)s), 2) / 1e4) AS per_ha) t
GROUP BY 1 ORDER BY 1 NULLS FIRST
"""


def mercator_m(lon: float, lat: float) -> tuple[float, float]:
    """Return a place on the grid of the web map."""
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return EARTH_RADIUS_M * math.radians(lon), EARTH_RADIUS_M * y


def first_look(
    layers: list[dict[str, Any]],
    bounds: list[float],
    scores: Mapping[str, list[Any]] | None = None,
) -> str:
    """Draw the visible layers of these documents as SVG, the bottom one first.

    `bounds` are west, south, east and north in degrees; `scores` the references of parcels with
    their score, None for a refused one. Call it inside an identity.
    """
    west, south = mercator_m(bounds[0], bounds[1])
    east, north = mercator_m(bounds[2], bounds[3])
    scale = ACROSS / max(east - west, north - south)
    frame = {
        "west": west,
        "north": north,
        "scale": scale,
        # on the ground a metre of the web map is shorter by the cosine of the latitude
        "tolerance_m": math.cos(math.radians(bounds[3])) / scale,
        "half": HALF_EQUATOR_M,
        "radius": EARTH_RADIUS_M,
        "refs": (scores or {}).get("refs"),
        "scores": (scores or {}).get("scores"),
    }
    drawn = "".join(_layer(layer, frame) for layer in layers if layer["visible"])
    width, height = round((east - west) * scale), round((north - south) * scale)
    places = " ".join(f"{degrees:.7f}" for degrees in bounds)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' data-bounds="{places}" stroke-linejoin="round" stroke-linecap="round">{drawn}</svg>'
    )


def _layer(layer: dict[str, Any], frame: Mapping[str, Any]) -> str:
    record = BY_KIND[layer["kind"]]
    version = {"version": layer["version"]}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [layer["version"], COARSEST_LEVEL])
        is_large = cursor.fetchone()[0] > MOST_FEATURES
        if is_large and not record.thinning:
            cursor.execute(_cells_query(layer), frame | version | _levels(frame))
            return _paths(cursor.fetchall(), {"fill-opacity": 0.8})
        main = record.thinning[0] if is_large else None
        words = {"words": list(main.words) if main else None}
        cursor.execute(_shapes_query(layer, record, main, frame), frame | version | words)
        return _paths(cursor.fetchall(), _pen(layer))


def _levels(frame: Mapping[str, Any]) -> dict[str, int]:
    """Return the level whose cells are few enough for one drawing."""
    across_m = ACROSS / frame["scale"]
    deep = math.floor(math.log2(2 * HALF_EQUATOR_M * math.sqrt(MOST_CELLS) / across_m))
    level = min(max(deep, COARSEST_LEVEL), FINEST_LEVEL)
    return {"level": level, "coarser": max(level - deep, 0)}


def _pen(layer: dict[str, Any]) -> dict[str, Any]:
    kind = layer["kind"]
    width = STROKES_PX.get(kind) or DOT_PX.get(kind)
    if width:
        dashes = {"stroke-dasharray": "6 3"} if kind == "pipes" and _guessed(layer) else {}
        return {"fill": "none", "stroke-width": width, **dashes}
    edge = "ink" if kind == "parcels" else "map-building-line"
    outlined = {"stroke": f"var(--{edge})", "stroke-width": 0.5}
    return {
        "fill-opacity": AREA_OPACITY.get(kind, 1),
        "fill-rule": "evenodd",
        **(outlined if kind in ("parcels", "buildings") else {}),
    }


def _guessed(layer: dict[str, Any]) -> bool:
    return layer["nature"] in ("derived", "illustrative")


def _paths(rows: list[tuple[str | None, str | None]], pen: Mapping[str, Any]) -> str:
    """Write one path a colour; lines take it as their stroke, areas as their fill."""
    paint = "stroke" if pen.get("fill") == "none" else "fill"
    attributes = "".join(f' {name}="{value}"' for name, value in pen.items())
    return "".join(
        f'<path{attributes} {paint}="var(--{colour})" vector-effect="non-scaling-stroke"'
        f' d="{data}"/>'
        for colour, data in rows
        if colour and data
    )


def _stepped(
    value: sql.Composable, breaks: list[float], colours: list[str], unknown: str = "missing"
) -> sql.Composable:
    """Name the colour of a value's class: a value on a break belongs to the class above."""
    return sql.SQL("coalesce(({colours})[1 + width_bucket({value}, {breaks})], {unknown})").format(
        unknown=sql.Literal(unknown),
        colours=_array(colours, "text"),
        breaks=_array(breaks, "float"),
        value=sql.SQL("({})::float").format(value),
    )


def _array(values: list[Any], of: str) -> sql.Composable:
    inside = sql.SQL(", ").join(map(sql.Literal, values))
    return sql.SQL("ARRAY[{}]::" + of + "[]").format(inside)


def _colour(layer: dict[str, Any], record: LayerRecord) -> sql.Composable:
    kind, classes = layer["kind"], layer["classes"]
    if layer["categories"]:
        column = sql.Identifier("f", layer["categories"]["property"])
        entries = layer["categories"]["entries"]
        rules = [
            sql.SQL("WHEN {} = ANY({}) THEN {}").format(
                column, _array(entry["words"], "text"), sql.Literal(entry["colour"])
            )
            for entry in entries
            if entry["words"]
        ]
        rest = next(entry["colour"] for entry in entries if not entry["words"])
        return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(rules), sql.Literal(rest))
    if kind == "plants":
        return sql.Literal("map-plant")
    if not classes:
        return sql.Literal("map-grid" if kind == "grid_model" else "map-street")
    method = classes["methods"][0]
    value = sql.SQL("scored.score") if kind == "parcels" else _value(record, classes["property"])
    unknown = UNKNOWN.get(kind, "missing")
    stepped = _stepped(value, method["breaks"], method["colours"], unknown)
    if kind != "parcels":
        return stepped
    return sql.SQL(
        "CASE WHEN scored.ref IS NOT NULL AND scored.score IS NULL THEN 'refused' ELSE {} END"
    ).format(stepped)


def _value(record: LayerRecord, column: str) -> sql.Composable:
    expression = next(p.expression for p in record.properties if p.column == column)
    return sql.SQL(expression) if expression else sql.Identifier("f", column)


def _shapes_query(
    layer: dict[str, Any], record: LayerRecord, main: Thinning | None, frame: Mapping[str, Any]
) -> sql.Composable:
    is_scored = layer["kind"] == "parcels" and frame["refs"] is not None
    if layer["kind"] == "parcels" and not is_scored:
        colour: sql.Composable = sql.Literal("missing")
    else:
        colour = _colour(layer, record)
    condition = (
        sql.SQL("AND f.{} = ANY(%(words)s)").format(sql.Identifier(main.column))
        if main
        else sql.SQL("")
    )
    return sql.SQL(SHAPES).format(
        colour=colour,
        as_dots=sql.Literal(layer["kind"] in DOT_PX),
        table=sql.Identifier(record.model._meta.db_table),
        scored=sql.SQL(SCORED if is_scored else ""),
        condition=condition,
    )


def _cells_query(layer: dict[str, Any]) -> sql.Composable:
    cells = layer["cells"]
    value = sql.SQL("per_ha" if cells["perYear"] else "c.features")
    return sql.SQL(CELLS).format(colour=_stepped(value, cells["breaks"], cells["colours"]))
