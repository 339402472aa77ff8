"""The door to the compiler: `compiled` is numba's `njit` with a cache that sees the whole folder.

Machine code is kept beside the sources, so that only the first use pays for compiling. By itself
numba renews it when the file of a function changes, not when a file does whose functions are
compiled into it; old code would then go on giving old numbers. Here the stamp of the cache is that
of all modules of the folder.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import InTreeCacheLocator, UserWideCacheLocator


@lru_cache
def folder_stamp(folder: Path) -> str:
    """Return a fingerprint of all modules in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class BesideSources(InTreeCacheLocator):
    """Keeps machine code in ``__pycache__``."""

    def get_source_stamp(self) -> str:
        """Return what the machine code was made from."""
        return folder_stamp(Path(self._py_file).parent)


class AtHome(UserWideCacheLocator):
    """Keeps machine code with the user, where the sources may not be written to."""

    def get_source_stamp(self) -> str:
        """Return what the machine code was made from."""
        return folder_stamp(Path(self._py_file).parent)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return numba's decorator with these options and the cache above."""
    return partial(_compile, options)


def _compile(options: dict[str, Any], function: Callable[..., Any]) -> Any:
    settings: Any = numba.config
    before = settings.CACHE_LOCATOR_CLASSES
    settings.CACHE_LOCATOR_CLASSES = ",".join(
        f"{each.__module__}.{each.__name__}" for each in (BesideSources, AtHome)
    )
    try:
        return numba.njit(cache=True, error_model="numpy", **options)(function)
    finally:
        settings.CACHE_LOCATOR_CLASSES = before
