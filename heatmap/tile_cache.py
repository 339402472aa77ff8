"""Tiles made before, on disk: compressed, and never wrong, since a version stays as it is.

Nothing here knows who may see a tile; that is asked anew for every request.
"""

import gzip
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from heatmap.tile_grid import SCHEME

MB = 1_000_000
SWEEP_EVERY = 500
FULL_SHARE = 0.8
"""A sweep leaves this share of the room filled."""


def packed(content: bytes) -> bytes:
    # quick rather than small: a tile is read right after it was made
    return gzip.compress(content, compresslevel=4, mtime=0)


def _folder(version_id: int, content_hash: str) -> Path:
    # the hash keeps apart what several databases of one machine call by the same number
    return Path(settings.TILE_CACHE_DIR) / f"{version_id}-{content_hash[:16]}-{SCHEME}"


def kept_tile(version_id: int, content_hash: str, z: int, x: int, y: int) -> bytes | None:
    """Return the compressed tile, or None if it has to be made."""
    try:
        return (_folder(version_id, content_hash) / f"{z}-{x}-{y}").read_bytes()
    except OSError:
        return None


def keep_tile(version_id: int, content_hash: str, z: int, x: int, y: int, content: bytes) -> None:
    """Store a compressed tile whole or not at all; a full disk costs time, not tiles."""
    if not settings.TILE_CACHE_MB:
        return
    folder = _folder(version_id, content_hash)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(folder / f"{z}-{x}-{y}")
    except OSError:
        return
    if random.randrange(SWEEP_EVERY) == 0:  # noqa: S311  no secret
        sweep()


def forget_tiles(version_id: int) -> None:
    """Remove every tile of a version that is deleted for good."""
    for folder in Path(settings.TILE_CACHE_DIR).glob(f"{version_id}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the tiles made first when all together take more room than they may."""
    files = sorted(_files(), key=lambda entry: entry[0])
    taken = sum(size for _, size, _ in files)
    if taken <= settings.TILE_CACHE_MB * MB:
        return
    for _, size, path in files:
        if taken <= FULL_SHARE * settings.TILE_CACHE_MB * MB:
            break
        path.unlink(missing_ok=True)
        taken -= size


def _files() -> Iterator[tuple[float, int, Path]]:
    for path in Path(settings.TILE_CACHE_DIR).glob("*/*"):
        try:
            found = path.stat()
        except OSError:
            continue  # another process has removed it
        yield found.st_mtime, found.st_size, path
