"""Starts reader processes. A worker keeps one ready that has loaded its libraries already."""

import os
import subprocess
import sys
from contextlib import suppress

from django.conf import settings

READY = "--ready"


class Readers:
    """Hands out reader processes, each for one file."""

    def __init__(self) -> None:
        self._ready: subprocess.Popen[str] | None = None
        self._keeper = 0
        """The process that keeps a reader ready; what it had is not that of its children."""

    def keep_ready(self) -> None:
        """Have a reader wait from now on, so that the next file need not wait for one."""
        self._keeper = os.getpid()
        self._renew()

    def take(self, order: str) -> "subprocess.Popen[str]":
        """Return a reader that works on this order."""
        process, self._ready = self._ready, None
        if process is not None and self._keeper == os.getpid():
            with suppress(BrokenPipeError):
                return _ordered(process, order)
            _put_away(process)  # it ended while it waited
        return _ordered(_start(), order)

    def done(self) -> None:
        """Have the next one wait, where that is wanted."""
        if self._keeper == os.getpid():
            self._renew()

    def let_go(self) -> None:
        """Keep none any longer; without an order it ends by itself."""
        process, self._ready, self._keeper = self._ready, None, 0
        if process is not None:
            _put_away(process)

    def _renew(self) -> None:
        if self._ready is None or self._ready.poll() is not None:
            self._ready = _start(READY)


readers = Readers()


def _start(*options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-m", "heatmap.ingest.reader", *options],
        cwd=settings.BASE_DIR,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _ordered(process: "subprocess.Popen[str]", order: str) -> "subprocess.Popen[str]":
    if process.stdin is not None:
        with process.stdin as orders:
            orders.write(order)
    return process


def _put_away(process: "subprocess.Popen[str]") -> None:
    for pipe in filter(None, (process.stdin, process.stdout)):
        pipe.close()
    process.wait()


def _environment() -> dict[str, str]:
    one_thread = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GDAL_NUM_THREADS", "ARROW_IO_THREADS")
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8:replace",
        "PROJ_NETWORK": "OFF",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # a thread that is there before the walls would stand outside of them
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        **dict.fromkeys(one_thread, "1"),
    }
