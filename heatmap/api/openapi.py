"""The interface described as OpenAPI 3.0, with the collections that who asks may see."""

from typing import Any

from django.http import HttpRequest

from heatmap.api.answers import GEOJSON, JSON, MVT, OPENAPI
from heatmap.api.collections import Collection
from heatmap.api.crs import uris
from heatmap.api.queries import MOST, USUAL_LIMIT, queryables
from heatmap.tile_grid import MAX_ZOOM

REFUSALS = {
    "400": "WrongParameter",
    "401": "SignIn",
    "404": "NotFound",
    "414": "TooLong",
    "429": "TooOften",
}
ERROR = {"$ref": "#/components/schemas/error"}
SCHEMA_JSON = "application/schema+json"


def _reply(what: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {media: {"schema": schema}}}


def _responses(ok: dict[str, Any], *extra: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    named = {code: {"$ref": f"#/components/responses/{name}"} for code, name in REFUSALS.items()}
    return {"200": ok, **dict(extra), **named}


def _read(
    name: str,
    summary: str,
    ok: dict[str, Any],
    parameters: tuple[str, ...] = (),
    *extra: tuple[str, dict[str, Any]],
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": _responses(ok, *extra),
    }
    if parameters:
        operation["parameters"] = [{"$ref": f"#/components/parameters/{one}"} for one in parameters]
    return {"get": operation}


def _paths(filters: tuple[str, ...]) -> dict[str, Any]:
    anything = {"type": "object"}
    of, one = "/collections/{collectionId}", ("collectionId",)
    tiles = (*one, "tileMatrixSetId")
    empty = ("204", {"description": "An empty tile."})
    return {
        "/": _read("landing", "The way in", _reply("Links to the rest", JSON, anything)),
        "/conformance": _read("conformance", "Standards", _reply("Their parts", JSON, anything)),
        "/openapi.json": _read("openapi", "This", _reply("This document", OPENAPI, anything)),
        "/collections": _read("collections", "All layers", _reply("Layers", JSON, anything)),
        of: _read("collection", "One layer", _reply("A layer", JSON, anything), one),
        f"{of}/queryables": _read(
            "queryables", "Values to filter by", _reply("Schema", SCHEMA_JSON, anything), one
        ),
        f"{of}/items": _read(
            "items",
            "Features of a layer, a page at a time",
            _reply("Features", GEOJSON, {"$ref": "#/components/schemas/featureCollection"}),
            (*one, "limit", "after", "bbox", "bboxCrs", "crs", "datetime", *filters),
        ),
        f"{of}/items/{{featureId}}": _read(
            "item",
            "One feature",
            _reply("The feature", GEOJSON, {"$ref": "#/components/schemas/feature"}),
            (*one, "featureId", "crs", "datetime"),
        ),
        f"{of}/tiles": _read("tilesets", "Tilesets", _reply("Tilesets", JSON, anything), one),
        f"{of}/tiles/{{tileMatrixSetId}}": _read(
            "tileset", "What the tiles hold", _reply("Tileset", JSON, anything), tiles
        ),
        f"{of}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _read(
            "tile",
            "A vector tile: every feature, or their sums per cell",
            _reply("Vector tile", MVT, {"type": "string", "format": "binary"}),
            (*tiles, "tileMatrix", "tileRow", "tileCol"),
            empty,
            ("304", {"description": "The tile that was kept is still the right one."}),
        ),
        "/tileMatrixSets": _read(
            "tileMatrixSets", "Grids of tiles", _reply("Grids", JSON, anything)
        ),
        "/tileMatrixSets/{tileMatrixSetId}": _read(
            "tileMatrixSet", "One grid", _reply("Grid", JSON, anything), ("tileMatrixSetId",)
        ),
        "/runs/{runId}.json": _read(
            "run",
            "The result of a run as one document",
            _reply("A run", JSON, anything),
            ("runId",),
        ),
    }


def _parameter(name: str, where: str, what: str, schema: dict[str, Any], **more: Any) -> dict:
    found = {"name": name, "in": where, "description": what, "schema": schema, **more}
    return found | ({"required": True} if where == "path" else {})


def _parameters(found: list[Collection], filters: dict[str, Any]) -> dict[str, Any]:
    systems = list({uri: None for of in found for uri in uris(of.town.srid)})
    ids = [of.id for of in found]
    text = {"type": "string"}
    system = text | ({"enum": systems} if systems else {})
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    row = {"type": "integer", "minimum": 0, "maximum": 2**MAX_ZOOM - 1}
    commas = {"style": "form", "explode": False}
    return {
        "collectionId": _parameter(
            "collectionId", "path", "A layer", text | ({"enum": ids} if ids else {})
        ),
        "featureId": _parameter("featureId", "path", "Reference of a feature", text),
        "limit": _parameter(
            "limit",
            "query",
            f"Features of a page; more than {MOST} become {MOST}",
            {"type": "integer", "minimum": 1, "default": USUAL_LIMIT},
        ),
        "after": _parameter("after", "query", "Begin after this feature", text),
        "bbox": _parameter(
            "bbox", "query", "Left, lower, right, upper, in the order of the axes", box, **commas
        ),
        "bboxCrs": _parameter("bbox-crs", "query", "Reference system of bbox", system),
        "crs": _parameter("crs", "query", "Reference system of the answer", system),
        "datetime": _parameter(
            "datetime", "query", "The version in use at a moment, or at the end of a span", text
        ),
        "tileMatrixSetId": _parameter(
            "tileMatrixSetId", "path", "Grid", text | {"enum": ["WebMercatorQuad"]}
        ),
        "tileMatrix": _parameter(
            "tileMatrix", "path", "Zoom", {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}
        ),
        "tileRow": _parameter("tileRow", "path", "Row from the north", row),
        "tileCol": _parameter("tileCol", "path", "Column from the west", row),
        "runId": _parameter("runId", "path", "A run", text | {"format": "uuid"}),
        **filters,
    }


def _filters(found: list[Collection]) -> dict[str, Any]:
    """Every value that features of some kind can be filtered by; a kind without it says 400."""
    columns: dict[str, dict[str, Any]] = {}
    for of in found:
        for column, schema in queryables(of).items():
            columns.setdefault(column, {"type": schema["type"]})
    return {
        f"by_{column}": _parameter(column, "query", f"Features whose {column} is this", schema)
        for column, schema in columns.items()
    }


def _refusal(what: str) -> dict[str, Any]:
    return {"description": what, "content": {JSON: {"schema": ERROR}}}


def description(request: HttpRequest, found: list[Collection]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    filters = _filters(found)
    geometry = {"type": "object", "nullable": True}
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": geometry,
            "properties": {"type": "object", "nullable": True},
        },
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Heathub",
            "version": "1.0.0",
            "description": "OGC API - Features and Tiles over the layers of a town. Send a token "
            "as Authorization: Bearer ..., or be signed in. A token shows one town and "
            "the classes of data in its scope.",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": request.build_absolute_uri("/api").rstrip("/")}],
        "security": [{"token": []}, {"password": []}, {"session": []}],
        "paths": _paths(tuple(filters)),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "For programs that know no bearer token: any name, and the "
                    "token as password.",
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
            "parameters": _parameters(found, filters),
            "schemas": {
                "error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {"error": {"type": "string"}},
                },
                "feature": feature,
                "featureCollection": {
                    "type": "object",
                    "required": ["type", "features", "links"],
                    "properties": {
                        "type": {"type": "string", "enum": ["FeatureCollection"]},
                        "numberMatched": {"type": "integer", "minimum": 0},
                        "numberReturned": {"type": "integer", "minimum": 0},
                        "timeStamp": {"type": "string", "format": "date-time"},
                        "links": {"type": "array", "items": {"type": "object"}},
                        "features": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/feature"},
                        },
                    },
                },
            },
            "responses": {
                "WrongParameter": _refusal(
                    "A parameter is wrong; the sentence says how to mend it."
                ),
                "SignIn": _refusal("Nobody is signed in, or the token is not believed."),
                "NotFound": _refusal("There is nothing, or it is not yours to see."),
                "TooLong": {
                    "description": "The address is longer than the web server reads.",
                    "content": {"text/html": {"schema": {"type": "string"}}},
                },
                "TooOften": _refusal("Asked too often; Retry-After says how long to wait."),
            },
        },
    }
