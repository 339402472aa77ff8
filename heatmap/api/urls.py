"""Addresses of the open interface. The result of a run, /api/runs/, is the siting room's."""

from django.urls import path

from heatmap.api import items, pages, tilesets

OF = "api/collections/<str:collection_id>"

urlpatterns = [
    path("api/", pages.landing, name="api"),
    path("api/conformance", pages.conformance, name="api_conformance"),
    path("api/openapi.json", pages.openapi, name="api_openapi"),
    path("api/collections", pages.collections, name="api_collections"),
    path(OF, pages.collection, name="api_collection"),
    path(f"{OF}/queryables", pages.queryables_page, name="api_queryables"),
    path(f"{OF}/items", items.items, name="api_items"),
    path(f"{OF}/items/<path:ref>", items.item, name="api_item"),
    path(f"{OF}/tiles", tilesets.tilesets, name="api_tilesets"),
    path(f"{OF}/tiles/<str:name>", tilesets.tileset, name="api_tileset"),
    path(f"{OF}/tiles/<str:name>/<int:z>/<int:row>/<int:col>", tilesets.tile, name="api_tile"),
    path("api/tileMatrixSets", tilesets.tile_matrix_sets, name="api_tile_matrix_sets"),
    path("api/tileMatrixSets/<str:name>", tilesets.tile_matrix_set, name="api_tile_matrix_set"),
]
