"""Reads GeoParquet with pyarrow, row group by row group."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from heatmap.ingest.reader.layers import Batch, LayerInfo
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.sniff import Source

BATCH_ROWS = 16_384
NATIVE = {"point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"}
GEOMETRY_NAMES = ("geometry", "geom", "wkb_geometry", "the_geom", "shape", "wkb")


class Parquet:
    """A GeoParquet file, or a Parquet file with a column of WKB."""

    can_lack_crs = False

    def __init__(self, source: Source) -> None:
        self.source = source
        try:
            self.file = pq.ParquetFile(source.path, thrift_string_size_limit=1 << 26,
                                       thrift_container_size_limit=1 << 20)  # fmt: skip
            self.geo = self._metadata()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _unreadable() from error
        self.geometry = self._geometry_column()

    def _metadata(self) -> dict[str, Any]:
        raw = (self.file.schema_arrow.metadata or {}).get(b"geo")
        found = json.loads(raw) if raw else {}
        return found if isinstance(found, dict) else {}

    def _geometry_column(self) -> str:
        names = self.file.schema_arrow.names
        primary = self.geo.get("primary_column")
        if primary in names:
            return str(primary)
        for name in names:
            if name.lower() in GEOMETRY_NAMES and _is_binary(
                self.file.schema_arrow.field(name).type
            ):
                return str(name)
        raise FileRefused(
            gettext_noop(
                "This Parquet file has no column of shapes; its columns are %(columns)s.\n"
                "Export it as GeoParquet, or as CSV with coordinates."
            ),
            columns=", ".join(names[:40]),
        )

    @property
    def _about(self) -> dict[str, Any]:
        about = self.geo.get("columns", {}).get(self.geometry, {})
        return about if isinstance(about, dict) else {}

    def _crs(self) -> str:
        if not self.geo:
            return ""
        if "crs" not in self._about:
            return "OGC:CRS84"  # what the format says when the file is silent
        written = self._about["crs"]
        if written is None:
            return ""
        try:
            return str(CRS.from_user_input(written).to_wkt())
        except CRSError:
            return ""

    def layers(self) -> list[LayerInfo]:
        types = self._about.get("geometry_types") or ["Unknown"]
        names = [name for name in self.file.schema_arrow.names if name != self.geometry]
        kind = str(types[0]) if len(types) == 1 else "Unknown"
        return [LayerInfo(self.source.name, names, kind, self.file.metadata.num_rows, self._crs())]

    def batches(self, layer: str, options: dict[str, Any]) -> Iterator[Batch]:
        row = 1
        encoding = str(self._about.get("encoding", "WKB"))
        try:
            for rows in self.file.iter_batches(options.get("batch_rows", BATCH_ROWS)):
                columns = {
                    name: column
                    for name, column in zip(rows.schema.names, rows.columns, strict=True)
                    if name != self.geometry
                }
                shapes = rows.column(self.geometry)
                if encoding.lower() in NATIVE:
                    yield Batch(row, columns, shapes=_native(shapes, encoding.lower()))
                else:
                    if isinstance(shapes, pa.ExtensionArray):
                        shapes = shapes.storage
                    wkb = shapes.to_numpy(zero_copy_only=False)
                    yield Batch(row, columns, wkb=wkb)
                row += rows.num_rows
        except (pa.ArrowException, OSError, ValueError, TypeError) as error:
            raise _unreadable() from error


def _is_binary(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.ExtensionType):
        kind = kind.storage_type
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _native(column: pa.Array, kind: str) -> np.ndarray:
    """Build shapes from nested lists of x and y."""
    makers = {
        "point": lambda c: shapely.Point(*c),
        "linestring": shapely.LineString,
        "polygon": lambda rings: shapely.Polygon(rings[0], rings[1:]) if rings else None,
        "multipoint": shapely.MultiPoint,
        "multilinestring": shapely.MultiLineString,
        "multipolygon": lambda parts: shapely.MultiPolygon([(p[0], p[1:]) for p in parts]),
    }
    shapes = np.full(len(column), None, dtype=object)
    for place, value in enumerate(column.to_pylist()):
        if value is not None:
            shapes[place] = makers[kind](_pairs(value))
    return shapes


def _pairs(value: Any) -> Any:
    if isinstance(value, dict):
        return (value["x"], value["y"])
    if value and isinstance(value[0], int | float):
        return tuple(value[:2])
    return [_pairs(part) for part in value]


def _unreadable() -> FileRefused:
    return FileRefused(
        gettext_noop(
            "The file cannot be read; it may be cut off or damaged (%(format)s).\nExport it again."
        ),
        format="Parquet",
    )
