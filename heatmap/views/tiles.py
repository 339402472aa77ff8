"""Vector tiles. The version is in the address, so an answer never changes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heatmap.layers import BY_KIND
from heatmap.selectors import get_published_version
from heatmap.tiles import tile_bytes, tile_exists

IMMUTABLE = "private, max-age=31536000, immutable"


@require_safe
def tile(request: HttpRequest, layer: str, version: int, z: int, x: int, y: int) -> HttpResponse:
    found = get_published_version(request, layer, version)
    if not tile_exists(z, x, y):
        raise Http404
    content = tile_bytes(BY_KIND[layer], found, z, x, y)
    response = HttpResponse(
        content,
        status=200 if content else 204,
        content_type="application/vnd.mapbox-vector-tile",
    )
    response["Cache-Control"] = IMMUTABLE
    return response
