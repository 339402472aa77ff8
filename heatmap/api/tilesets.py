"""Vector tiles by OGC API - Tiles: the bytes of the map, found from their description."""

import math
from contextlib import nullcontext
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from heatmap.api.answers import MVT, answered, check_parameters, document, link
from heatmap.api.collections import Collection, get_collection
from heatmap.api.queries import queryables
from heatmap.selectors import bounds_of
from heatmap.tile_answers import TileOf, tile_answer
from heatmap.tile_grid import HALF_EQUATOR_M, MAX_ZOOM, tile_exists
from heatmap.tiles import cells_name

SET = "WebMercatorQuad"
SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
SCHEME_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
PIXELS, PIXEL_M = 256, 0.00028
DIMENSIONS = {"line": 1, "area": 2}
NO_CACHE = "private, no-cache"
"""The address names no version, so a kept tile is asked for anew; its mark says if it changed."""


@answered
def tile_matrix_sets(request: HttpRequest) -> HttpResponse:
    check_parameters(request, set())
    return document(
        {
            "tileMatrixSets": [
                {
                    "id": SET,
                    "title": "Google Maps compatible for the world",
                    "uri": SET_URI,
                    "links": [link(request, f"/api/tileMatrixSets/{SET}", "self")],
                }
            ]
        }
    )


@answered
def tile_matrix_set(request: HttpRequest, name: str) -> HttpResponse:
    check_parameters(request, set())
    _check_set(name)
    return document(
        {
            "id": SET,
            "title": "Google Maps compatible for the world",
            "uri": SET_URI,
            "crs": MERCATOR,
            "orderedAxes": ["X", "Y"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": [_matrix(z) for z in range(MAX_ZOOM + 1)],
        }
    )


def _matrix(z: int) -> dict[str, Any]:
    cell = 2 * HALF_EQUATOR_M / PIXELS / 2**z
    return {
        "id": str(z),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "pointOfOrigin": [-HALF_EQUATOR_M, HALF_EQUATOR_M],
        "tileWidth": PIXELS,
        "tileHeight": PIXELS,
        "matrixWidth": 2**z,
        "matrixHeight": 2**z,
    }


def _check_set(name: str) -> None:
    if name != SET:
        raise Http404


@answered
def tilesets(request: HttpRequest, collection_id: str) -> HttpResponse:
    check_parameters(request, set())
    of = get_collection(request, collection_id)
    return document({"tilesets": [_tileset(request, of)]})


@answered
def tileset(request: HttpRequest, collection_id: str, name: str) -> HttpResponse:
    check_parameters(request, set())
    _check_set(name)
    of = get_collection(request, collection_id)
    found = _tileset(request, of)
    west, south, east, north = bounds_of(of.town)
    zooms = range(of.record.min_zoom, MAX_ZOOM + 1)
    found["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north]}
    found["tileMatrixSetLimits"] = [_limits(z, west, south, east, north) for z in zooms]
    found["layers"] = _layers(of)
    return document(found)


def _tileset(request: HttpRequest, of: Collection) -> dict[str, Any]:
    path = f"{of.path}/tiles/{SET}"
    return {
        "title": of.id,
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": SET_URI,
        "accessConstraints": "unclassified" if of.version.data_class == "public" else "restricted",
        "links": [
            link(request, path, "self"),
            link(request, f"/api/tileMatrixSets/{SET}", SCHEME_REL),
            link(
                request,
                f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
                "item",
                media=MVT,
                templated=True,
            ),
        ],
    }


def _limits(z: int, west: float, south: float, east: float, north: float) -> dict[str, Any]:
    def column(lon: float) -> int:
        return min(2**z - 1, max(0, int((lon + 180) / 360 * 2**z)))

    def row(lat: float) -> int:
        down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return min(2**z - 1, max(0, int(down * 2**z)))

    return {
        "tileMatrix": str(z),
        "minTileRow": row(north),
        "maxTileRow": row(south),
        "minTileCol": column(west),
        "maxTileCol": column(east),
    }


def _layers(of: Collection) -> list[dict[str, Any]]:
    numbers = ("features", "known", of.record.total or "total", "area_m2", "length_m")
    return [
        {
            "id": of.kind,
            "title": str(of.record.kind.label),
            "dataType": "vector",
            "geometryDimension": DIMENSIONS[of.record.shape],
            "minTileMatrix": str(of.record.min_zoom),
            "maxTileMatrix": str(MAX_ZOOM),
            "propertiesSchema": {"type": "object", "properties": queryables(of)},
        },
        {
            "id": cells_name(of.record),
            "title": f"{of.record.kind.label}, added up per cell where there are too many",
            "dataType": "vector",
            "geometryDimension": 2,
            "propertiesSchema": {
                "type": "object",
                "properties": {"aggregated": {"type": "boolean", "const": True}}
                | {name: {"type": "number"} for name in numbers},
            },
        },
    ]


@answered
def tile(
    request: HttpRequest, collection_id: str, name: str, z: int, row: int, col: int
) -> HttpResponse:
    check_parameters(request, set())
    _check_set(name)
    of = get_collection(request, collection_id)
    if not tile_exists(z, col, row):
        raise Http404
    made_of = TileOf(of.kind, of.version.pk, of.version.content_hash)
    return tile_answer(
        request, made_of, z, col, row, identity=nullcontext(), cache_control=NO_CACHE
    )
