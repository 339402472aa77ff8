"""Runs the reader process on a file and hands over what it printed."""

import json
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext_noop

from heatmap.errors import Refusal
from heatmap.ingest.reader_process import readers

logger = logging.getLogger(__name__)

MEMORY_BYTES = 2**30
CPU_SECONDS = 600
WALL_SECONDS = 900
MAX_UNPACKED_BYTES = 2 * 2**30
LONGEST_LINE = 32 * 2**20
FORMATS = {
    ".zip": "archive", ".gpkg": "geopackage", ".geojson": "geojson", ".json": "geojson",
    ".geojsonl": "geojson", ".geojsons": "geojson", ".geojsonseq": "geojson", ".ndjson": "geojson",
    ".jsonl": "geojson", ".fgb": "flatgeobuf", ".parquet": "parquet", ".geoparquet": "parquet",
    ".kml": "kml", ".kmz": "kml", ".gml": "gml", ".xml": "gml", ".dxf": "dxf", ".csv": "table",
    ".tsv": "table", ".txt": "table", ".xlsx": "table", ".osm": "osm", ".pbf": "osm",
    ".tif": "geotiff", ".tiff": "geotiff", ".epw": "epw",
}  # fmt: skip
STOPPED = gettext_noop(
    "Reading the file was stopped: it is damaged, or needs more time or memory than one upload "
    "may use.\nExport it again, or split it."
)
TOO_SLOW = gettext_noop(
    "Reading the file was stopped: it took longer than %(seconds)s seconds.\nSplit it, or simplify "
    "its shapes."
)
Beat = Callable[[int], None]


@dataclass
class Reading:
    """A file as the reader understood it, with all its features: for extracts of a town."""

    features: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    crs: str = ""
    encoding: str = ""

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [feature for feature in self.features if feature["kind"] == kind]

    @property
    def repaired(self) -> int:
        return sum(bool(feature.get("repaired")) for feature in self.features)


class Taker(Protocol):
    """Takes the usable rows of a file while the reader goes on."""

    def take(self, spool: Path, start: int, end: int) -> None:
        """Take the rows that stand between two bytes of a file, in the binary form of COPY."""

    def all_taken(self) -> None:
        """No more rows come; the reader still compares them with each other."""


@dataclass
class Spooled:
    """What a reader told of a file whose usable rows were taken, in the order of `columns`."""

    columns: list[str]
    facts: dict[str, Any] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    walls: list[str] = field(default_factory=list)
    series: list[dict[str, Any]] = field(default_factory=list)


def file_suffix(name: str) -> str:
    """Return the ending of a file's name, if files with it can be read.

    Raises
    ------
    Refusal
        If files of this ending cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix == ".shp":
        raise Refusal(
            gettext_noop(
                "A .shp alone is only a part of a shapefile.\nPut the .shp, .shx, .dbf and .prj "
                "files together into one zip and upload that."
            )
        )
    if suffix not in FORMATS:
        raise Refusal(
            gettext_noop(
                "Files ending in %(suffix)s cannot be read.\nUpload a zipped shapefile (.zip), "
                "GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, KML, GML, DXF, CSV, XLSX, GeoTIFF or "
                "an OpenStreetMap extract (.osm, .osm.pbf); weather as .epw."
            ),
            suffix=suffix or name,
        )
    return suffix


def file_format(name: str) -> str:
    """Return the format that a file name promises; refuse as `file_suffix` does."""
    return FORMATS[file_suffix(name)]


def read_file(path: Path, request: dict[str, Any], beat: Beat = lambda rows: None) -> Reading:
    """Read an OpenStreetMap extract, calling `beat` with the rows so far.

    Raises
    ------
    Refusal
        If the file cannot be used; also if the reader crashed or ran out of time or memory.
    """
    reading = Reading()
    with tempfile.TemporaryDirectory(prefix="heathub-read-") as folder:
        order = _order(path, path.name, Path(folder), {**request, "task": "load"})
        for number, content in enumerate(_messages(order, Path(folder)), start=1):
            kind = content.pop("line")
            if kind == "feature":
                reading.features.append(content)
            elif kind == "refused":
                reading.refused.append(content)
            elif kind == "file":
                reading.crs, reading.encoding = content["crs"], content.get("encoding", "")
            if number % 2000 == 0:
                beat(number)
    return reading


def inspect_file(path: Path, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return a proposal for a file: layers, kinds, place, columns, problems.

    Raises
    ------
    Refusal
        If nothing in the file can be read.
    """
    with tempfile.TemporaryDirectory(prefix="heathub-read-") as folder:
        order = _order(path, name, Path(folder), {**request, "task": "inspect"})
        for content in _messages(order, Path(folder)):
            if content["line"] == "proposal":
                return content
    raise Refusal(STOPPED)


@contextmanager
def spooled(
    path: Path,
    name: str,
    request: dict[str, Any],
    columns: list[str],
    beat: Beat,
    taker: Taker | None = None,
) -> Iterator[Spooled]:
    """Read a layer, whose rows `taker` gets part by part, or a series, which has none.

    Raises
    ------
    Refusal
        If the file cannot be used; also if the reader crashed or ran out of time or memory.
    """
    with tempfile.TemporaryDirectory(prefix="heathub-read-") as folder:
        spool, taken = Path(folder) / "rows.copy", 0
        result = Spooled(columns)
        order = _order(
            path, name, Path(folder), {**request, "spool": str(spool), "spool_columns": columns}
        )
        for content in _messages(order, Path(folder)):
            kind = content.pop("line")
            if kind == "refused":
                result.refused.append(content)
            elif kind == "progress":
                beat(int(content["rows"]))
            elif kind == "spooled" and taker is not None:
                if content["bytes"] > taken:
                    taker.take(spool, taken, content["bytes"])
                    taken = content["bytes"]
                if content["is_all"]:
                    taker.all_taken()
            elif kind == "facts":
                result.facts = content
            elif kind == "series":
                result.series.append(content)
            elif kind == "walls":
                result.walls = content["names"]
        if not result.facts:
            raise Refusal(STOPPED)
        yield result


def _order(path: Path, name: str, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    return {
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": CPU_SECONDS,
        "max_bytes": MAX_UNPACKED_BYTES,
        "parent": os.getpid(),
        **request,
        "path": str(path.resolve()),
        "name": name,
        "folder": str(folder),
    }


def _messages(order: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """Run the reader and yield what it prints; its refusal of the whole file is raised."""
    (folder / "stderr.txt").touch()
    late = threading.Event()
    with readers.take(json.dumps(order)) as process:
        watch = threading.Timer(order.get("wall_seconds", WALL_SECONDS), _end, args=(process, late))
        watch.daemon = True
        watch.start()
        try:
            yield from _lines(process)
            process.wait(timeout=30)
        finally:
            watch.cancel()
            process.kill()
            readers.done()
    if late.is_set():
        raise Refusal(TOO_SLOW, seconds=order.get("wall_seconds", WALL_SECONDS))
    if process.returncode == -signal.SIGXCPU:
        raise Refusal(TOO_SLOW, seconds=order["cpu_seconds"])
    if process.returncode != 0:
        _log(process.returncode, folder)
        raise Refusal(STOPPED)


def _end(process: "subprocess.Popen[str]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _lines(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    if process.stdout is None:
        raise AssertionError("the reader has no output")
    while line := process.stdout.readline(LONGEST_LINE):
        try:
            content = json.loads(line)
        except ValueError:
            process.kill()  # cut off, or not ours
            return
        if content["line"] == "file_refused":
            raise Refusal(content["message"], **content["values"])
        yield content


def _log(status: int, folder: Path) -> None:
    complaints = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")
    logger.error("the reader ended with %s: %s", status, complaints[-2000:])


def bundled(path: Path, folder: Path) -> Path:
    """Pack a shapefile that lies open on disk into a zip, with all its parts.

    Only the command line may use it: the parts are found by name beside the file.
    """
    stage = folder / "parts"
    stage.mkdir()
    for part in path.parent.iterdir():
        if part.stem == path.stem and part.suffix.lower() in (
            ".shp",
            ".shx",
            ".dbf",
            ".prj",
            ".cpg",
        ):
            shutil.copyfile(part, stage / part.name)
    return Path(shutil.make_archive(str(folder / path.stem), "zip", stage))
