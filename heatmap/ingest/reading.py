"""Runs the reader process on a file and hands over what it printed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from heatmap.errors import Refusal

MEMORY_BYTES = 4 * 2**30
CPU_SECONDS = 600
MAX_UNPACKED_BYTES = 2 * 2**30
SUFFIX_FORMATS = {".osm": "osm", ".pbf": "osm", ".zip": "shapefile"}


@dataclass
class Reading:
    """A file as the reader understood it."""

    features: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    crs: str = ""
    encoding: str = ""

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [feature for feature in self.features if feature["kind"] == kind]

    @property
    def repaired(self) -> int:
        return sum(bool(feature.get("repaired")) for feature in self.features)


def file_format(name: str) -> str:
    """Return the format that a file name promises.

    Raises
    ------
    Refusal
        If files of this ending cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIX_FORMATS:
        raise Refusal(
            gettext_noop(
                "Files ending in %(suffix)s cannot be read. Upload a zipped shapefile (.zip) or "
                "an OpenStreetMap extract (.osm, .osm.pbf)."
            ),
            suffix=suffix or name,
        )
    return SUFFIX_FORMATS[suffix]


def read_file(
    path: Path, request: dict[str, Any], beat: Callable[[int], None] = lambda rows: None
) -> Reading:
    """Read `path` in a process of its own, calling `beat` with the rows so far.

    Raises
    ------
    Refusal
        If the file cannot be used; also if the reader crashed or ran out of time or memory.
    """
    request = {
        **request,
        "path": str(path),
        "format": file_format(path.name),
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": CPU_SECONDS,
        "max_bytes": MAX_UNPACKED_BYTES,
        "parent": os.getpid(),
    }
    reading = Reading()
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as order:
        json.dump(request, order)
        order.flush()
        with subprocess.Popen(  # noqa: S603  our own module, arguments are not the user's
            [sys.executable, "-m", "heatmap.ingest.reader", order.name],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        ) as process:
            try:
                _collect(process, reading, beat)
                process.wait(timeout=30)
            finally:
                process.kill()
    if process.returncode != 0:
        raise Refusal(
            gettext_noop(
                "Reading the file was stopped: it is damaged, or needs more time or memory than "
                "one upload may use."
            )
        )
    return reading


def _collect(
    process: "subprocess.Popen[str]", reading: Reading, beat: Callable[[int], None]
) -> None:
    if process.stdout is None:
        raise AssertionError("the reader has no output")
    for number, line in enumerate(process.stdout, start=1):
        content = json.loads(line)
        kind = content.pop("line")
        if kind == "feature":
            reading.features.append(content)
        elif kind == "refused":
            reading.refused.append(content)
        elif kind == "file":
            reading.crs, reading.encoding = content["crs"], content.get("encoding", "")
        elif kind == "file_refused":
            raise Refusal(content["message"], **content["values"])
        if number % 2000 == 0:
            beat(number)
