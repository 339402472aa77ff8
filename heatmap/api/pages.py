"""The way in: what there is, what it conforms to, and its description."""

from django.http import HttpRequest, HttpResponse

from heatmap.api.answers import OPENAPI, answered, check_parameters, document, link
from heatmap.api.collections import collection_documents, collections_of, get_collection
from heatmap.api.crs import uris
from heatmap.api.openapi import description
from heatmap.api.queries import queryables

FEATURES_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
FEATURES_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
TILES_1 = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    f"{FEATURES_1}/core",
    f"{FEATURES_1}/geojson",
    f"{FEATURES_1}/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    f"{FEATURES_3}/queryables",
    f"{FEATURES_3}/queryables-query-parameters",
    f"{TILES_1}/core",
    f"{TILES_1}/tileset",
    f"{TILES_1}/tilesets-list",
    f"{TILES_1}/geodata-tilesets",
    f"{TILES_1}/mvt",
]


@answered
def landing(request: HttpRequest) -> HttpResponse:
    check_parameters(request, set())
    return document(
        {
            "title": "Heathub",
            "description": "Layers of a town: heat demand, networks, grid capacity, parcels.",
            "links": [
                link(request, "/api/", "self"),
                link(request, "/api/openapi.json", "service-desc", media=OPENAPI),
                link(request, "/api/conformance", "conformance"),
                link(request, "/api/collections", "data"),
                link(
                    request,
                    "/api/tileMatrixSets",
                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                ),
            ],
        }
    )


@answered
def conformance(request: HttpRequest) -> HttpResponse:
    check_parameters(request, set())
    return document({"conformsTo": CONFORMS_TO})


@answered
def openapi(request: HttpRequest) -> HttpResponse:
    check_parameters(request, set())
    return document(description(request, collections_of(request)), content_type=OPENAPI)


@answered
def collections(request: HttpRequest) -> HttpResponse:
    check_parameters(request, set())
    found = collections_of(request)
    systems = {uri: None for of in found for uri in uris(of.town.srid)}
    return document(
        {
            "links": [link(request, "/api/collections", "self")],
            "crs": list(systems),
            "collections": collection_documents(request, found),
        }
    )


@answered
def collection(request: HttpRequest, collection_id: str) -> HttpResponse:
    check_parameters(request, set())
    of = get_collection(request, collection_id)
    return document(collection_documents(request, [of])[0])


@answered
def queryables_page(request: HttpRequest, collection_id: str) -> HttpResponse:
    check_parameters(request, set())
    of = get_collection(request, collection_id)
    return document(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": link(request, f"{of.path}/queryables", "self")["href"],
            "type": "object",
            "title": of.id,
            "properties": queryables(of),
            "additionalProperties": False,
        },
        content_type="application/schema+json",
    )
