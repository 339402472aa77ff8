"""A tile as an answer: made or taken from disk, compressed, kept for ever by who asked."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from gzip import decompress

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from heatmap.layers import BY_KIND
from heatmap.tile_cache import keep_tile, kept_tile, packed
from heatmap.tile_grid import SCHEME
from heatmap.tiles import tile_bytes

IMMUTABLE = "private, max-age=31536000, immutable"
TILE_TYPE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class TileOf:
    """The version a tile is made of; whoever names it here has asked whether it may be seen."""

    kind: str
    version_id: int
    content_hash: str


def tile_answer(
    request: HttpRequest,
    of: TileOf,
    z: int,
    x: int,
    y: int,
    *,
    identity: AbstractContextManager[None],
    cache_control: str = IMMUTABLE,
) -> HttpResponse:
    """Answer with a tile; `identity` is entered only where the database has to make it."""
    tag = f'W/"{of.version_id}-{of.content_hash[:16]}-{SCHEME}-{z}-{x}-{y}"'
    headers = {"Cache-Control": cache_control, "ETag": tag, "Vary": "Accept-Encoding, Cookie"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    content = kept_tile(of.version_id, of.content_hash, z, x, y)
    if content is None:
        with identity:
            made = tile_bytes(BY_KIND[of.kind], of.version_id, z, x, y)
        content = packed(made) if made else b""
        keep_tile(of.version_id, of.content_hash, z, x, y, content)
    if content and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    elif content:
        content = decompress(content)
    status = 200 if content else 204
    return HttpResponse(content, status=status, content_type=TILE_TYPE, headers=headers)
