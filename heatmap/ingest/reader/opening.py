"""Opens a file: its format, its layers, the one that is meant, and a sample of its rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from heatmap.ingest.kinds import BY_NAME, Kind
from heatmap.ingest.reader.guess import dimension_of
from heatmap.ingest.reader.layers import Batch, LayerInfo, Reader, note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.shapes import read_shapes
from heatmap.ingest.reader.sniff import Source

SAMPLE_ROWS = 5000
RASTER = "geotiff"


@dataclass
class Opened:
    """One layer that can be read, with the reader that does it."""

    source: Source
    reader: Reader
    info: LayerInfo


@dataclass
class Sample:
    """The first rows of a layer."""

    batch: Batch | None
    shapes: np.ndarray
    columns: dict[str, pa.Array]

    @property
    def dimension(self) -> int | None:
        known = self.shapes[~shapely.is_missing(self.shapes)]
        found = np.unique(shapely.get_dimensions(known))
        return int(found[0]) if len(found) == 1 and found[0] >= 0 else None


def reader_of(source: Source, encoding: str) -> Reader:
    """Return the reader of a format; each loads one heavy library and no other."""
    if source.format == "parquet":
        from heatmap.ingest.reader.parquet import Parquet  # noqa: PLC0415

        return Parquet(source)
    if source.format in ("csv", "xlsx"):
        from heatmap.ingest.reader.table import Csv, Workbook  # noqa: PLC0415

        return Csv(source, encoding) if source.format == "csv" else Workbook(source, encoding)
    if source.format == "pandapower":
        from heatmap.ingest.reader.grid_model import GridModel  # noqa: PLC0415

        return GridModel(source)
    from heatmap.ingest.reader.gdal import Gdal  # noqa: PLC0415

    return Gdal(source, encoding)


def open_layers(sources: list[Source], encoding: str) -> list[Opened]:
    """Return every layer of every source that can be read."""
    if len({source.format for source in sources}) > 1:
        formats = ", ".join(sorted({source.format for source in sources}))
        raise FileRefused(
            gettext_noop(
                "There are files of several formats in this zip (%(formats)s).\n"
                "Upload one of them at a time."
            ),
            formats=formats,
        )
    found, failed = [], None
    for source in sources:
        try:
            reader = reader_of(source, encoding)
            found += [Opened(source, reader, info) for info in reader.layers()]
        except FileRefused as refusal:
            if len(sources) == 1:
                raise
            failed = refusal
    if not found:
        raise failed or FileRefused(
            gettext_noop("There is no layer in this file.\nExport it again.")
        )
    return found


def choose_layer(layers: list[Opened], wanted: str, kind: str) -> Opened:
    """Return the layer that was named, or the only one that can be meant.

    Raises
    ------
    FileRefused
        If there are several and none was named.
    """
    names = ", ".join(opened.info.name for opened in layers[:20])
    if wanted:
        for opened in layers:
            if opened.info.name.casefold() == wanted.casefold():
                return opened
        raise FileRefused(
            gettext_noop("There is no layer %(layer)s in this file.\nIts layers are: %(names)s."),
            layer=wanted,
            names=names,
        )
    if len(layers) == 1:
        return layers[0]
    shapes = BY_NAME[kind].shapes if kind in BY_NAME else (0, 1, 2)
    fitting = [
        opened
        for opened in layers
        if opened.info.geometry
        and opened.info.features != 0
        and dimension_of(opened.info.geometry) in (None, *shapes)
    ]
    if len(fitting) == 1:
        fitting[0].info.notes.append(
            note(
                gettext_noop("The file has %(count)s layers; %(layer)s is the only one that fits."),
                count=len(layers),
                layer=fitting[0].info.name,
            )
        )
        return fitting[0]
    raise FileRefused(
        gettext_noop(
            "There are %(count)s layers in this file (%(names)s).\nState which one is meant."
        ),
        count=len(layers),
        names=names,
    )


def sample_of(opened: Opened, columns: dict[str, Any]) -> Sample:
    """Read the first rows of a layer."""
    rows = opened.reader.batches(opened.info.name, {"columns": columns, "batch_rows": SAMPLE_ROWS})
    batch = next(iter(rows), None)
    if batch is None:
        return Sample(None, np.empty(0, dtype=object), {})
    shapes = read_shapes(batch)
    return Sample(batch, shapes, batch.columns)


def check_shapes(opened: Opened, sample: Sample, kind: Kind) -> None:
    """Refuse a layer without rows, or whose shapes are all of the wrong sort."""
    if sample.batch is None or len(sample.batch) == 0:
        raise FileRefused(
            gettext_noop("The layer %(layer)s has no rows.\nExport it again."),
            layer=opened.info.name,
        )
    if not opened.info.geometry and not (~shapely.is_missing(sample.shapes)).any():
        raise FileRefused(
            gettext_noop(
                "The layer %(layer)s has no shapes; its columns are %(columns)s.\nBring a layer "
                "with shapes, or name columns with coordinates (x=EAST y=NORTH)."
            ),
            layer=opened.info.name,
            columns=", ".join(opened.info.columns[:40]) or "–",
        )
