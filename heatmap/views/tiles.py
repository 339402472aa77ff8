"""Vector tiles. The version is in the address, so an answer never changes.

Maps come in by the quick way (heatmap/tile_door.py); programs with a token, and everybody who is to
be turned away, come here.
"""

from contextlib import nullcontext

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heatmap.selectors import get_published_version
from heatmap.tile_answers import TileOf, tile_answer
from heatmap.tile_grid import tile_exists


@require_safe
def tile(request: HttpRequest, layer: str, version: int, z: int, x: int, y: int) -> HttpResponse:
    found, content_hash = get_published_version(request, layer, version)
    if not tile_exists(z, x, y):
        raise Http404
    of = TileOf(layer, found, content_hash)
    return tile_answer(request, of, z, x, y, identity=nullcontext())
