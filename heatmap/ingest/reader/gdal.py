"""Reads vector formats with GDAL, one driver at a time: all others are taken out first."""

import ctypes
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from heatmap.ingest.reader import dbf
from heatmap.ingest.reader.layers import Batch, LayerInfo, note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.sniff import Source

DRIVERS = {
    "shapefile": "ESRI Shapefile",
    "geopackage": "GPKG",
    "geojson": "GeoJSON",
    "flatgeobuf": "FlatGeobuf",
    "kml": "LIBKML",
    "gml": "GML",
    "dxf": "DXF",
}
OPTIONS = {
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SRS_DIMENSION_IF_MISSING": "2",
    "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "400",
    "LIBKML_RESOLVE_STYLE": "NO",
    "DXF_INLINE_BLOCKS": "YES",
}
BATCH_ROWS = 4096
UNREADABLE = gettext_noop(
    "The file cannot be read; it may be cut off or damaged (%(format)s).\nExport it again."
)
ONLY_VIEWS = gettext_noop(
    "%(layer)s is a view, which runs a query of whoever made the file.\n"
    "Save it as a table of its own."
)


class Gdal:
    """A file read by one GDAL driver."""

    def __init__(self, source: Source, wanted_encoding: str = "") -> None:
        self.source = source
        self.can_lack_crs = source.format == "dxf"
        self.wanted_encoding = wanted_encoding
        self.restored = False
        pyogrio.set_gdal_config_options(OPTIONS)
        if source.format == "shapefile" and not source.path.with_suffix(".shx").exists():
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
            self.restored = True
        _leave_only(DRIVERS[source.format])

    @cached_property
    def encoding(self) -> str:
        """Encoding of the texts of a shapefile; the other formats say it themselves."""
        if self.source.format != "shapefile":
            return ""
        return dbf.encoding(self.source.path.with_suffix(".dbf"), self.wanted_encoding)

    def layers(self) -> list[LayerInfo]:
        path = self.source.path
        views = _views(path) if self.source.format == "geopackage" else set()
        try:
            names = [str(name) for name, _geometry in pyogrio.list_layers(path)]
            if names and views.issuperset(names):
                raise FileRefused(ONLY_VIEWS, layer=names[0])
            found = []
            for name in names:
                if name in views:
                    continue
                info = pyogrio.read_info(path, layer=name, encoding=self.encoding or None)
                found.append(self._describe(name, info))
        except (DataSourceError, DataLayerError, ValueError, LookupError, UnicodeError) as error:
            raise FileRefused(UNREADABLE, format=DRIVERS[self.source.format]) from error
        for name in sorted(views.intersection(names)):
            found[0].notes.append(
                note(
                    gettext_noop("The view %(layer)s was left out: a view runs a query."),
                    layer=name,
                )
            )
        return found

    def _describe(self, name: str, info: dict[str, Any]) -> LayerInfo:
        crs = info["crs"] or ""
        notes = []
        if self.source.format == "shapefile":
            # the .prj as it was written tells more than GDAL's reading of it
            prj = self.source.path.with_suffix(".prj")
            crs = prj.read_text(encoding="utf-8", errors="replace").strip() if prj.exists() else ""
            if self.restored:
                notes.append(
                    note(gettext_noop("The .shx was missing and was made anew from the .shp."))
                )
        if self.source.format == "dxf":
            crs = ""
        return LayerInfo(
            name=self.source.name if self.source.format in ("shapefile", "geojson") else name,
            columns=[str(column) for column in info["fields"]],
            geometry=info["geometry_type"] or "",
            features=int(info["features"]),
            crs=crs,
            encoding=self.encoding or str(info["encoding"] or ""),
            notes=notes,
        )

    def batches(self, layer: str, options: dict[str, Any]) -> Iterator[Batch]:
        one_layer = self.source.format in ("shapefile", "geojson")
        row = 1
        try:
            with pyogrio.raw.open_arrow(
                self.source.path,
                layer=None if one_layer else layer,
                encoding=self.encoding or None,
                batch_size=options.get("batch_rows", BATCH_ROWS),
                datetime_as_string=True,
            ) as (meta, stream):
                geometry = meta["geometry_name"] or "wkb_geometry"
                for rows in pa.RecordBatchReader.from_stream(stream):
                    yield _batch(rows, geometry, row)
                    row += rows.num_rows
        except (DataSourceError, DataLayerError, pa.ArrowException, RuntimeError, OSError) as error:
            raise FileRefused(UNREADABLE, format=DRIVERS[self.source.format]) from error


def _batch(rows: pa.RecordBatch, geometry: str, first_row: int) -> Batch:
    columns = {
        name: column
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
        if name != geometry
    }
    if geometry in rows.schema.names:
        shapes = rows.column(geometry)
        wkb = shapes.to_numpy(zero_copy_only=False)
        curved = _curved(shapes)
        for place in np.flatnonzero(curved):
            wkb[place] = linear(wkb[place])
    else:
        wkb = np.full(rows.num_rows, None, dtype=object)
    return Batch(first_row, columns, wkb=wkb)


def _curved(shapes: pa.Array) -> np.ndarray:
    """Mark the shapes whose type GEOS does not know: curves, surfaces, solids."""
    heads = pc.fill_null(pc.binary_slice(shapes, 0, 5), b"\x01\x00\x00\x00\x00")
    text = b"".join(head.ljust(5, b"\0") for head in heads.to_pylist())
    raw = np.frombuffer(text, dtype=np.uint8).reshape(-1, 5)
    little = raw[:, 0] == 1
    number = np.where(
        little,
        raw[:, 1:].copy().view("<u4").ravel(),
        raw[:, 1:].copy().view(">u4").ravel(),
    )
    plain_type = (number & 0x0FFFFFFF) % 1000
    return plain_type >= 7


def _library() -> ctypes.CDLL:
    folder = Path(pyogrio.__file__).parent.parent / "pyogrio.libs"
    return ctypes.CDLL(str(next(iter(sorted(folder.glob("libgdal*.so*"))))))


def _leave_only(driver: str) -> None:
    """Take out all drivers but one, so that no file can be opened as something else."""
    gdal = _library()
    gdal.GDALGetDriver.restype = gdal.GDALGetDriverByName.restype = ctypes.c_void_p
    gdal.GDALDeregisterDriver.argtypes = gdal.GDALGetDriverShortName.argtypes = [ctypes.c_void_p]
    gdal.GDALGetDriverShortName.restype = ctypes.c_char_p
    for place in reversed(range(gdal.GDALGetDriverCount())):
        found = gdal.GDALGetDriver(place)
        if gdal.GDALGetDriverShortName(found).decode() not in (driver, "MEM"):
            gdal.GDALDeregisterDriver(found)


def linear(wkb: bytes) -> bytes | None:
    """Turn curves into lines and surfaces into polygons, by GDAL; None if it cannot be read."""
    gdal = _library()
    gdal.OGR_G_CreateFromWkb.argtypes = [
        ctypes.c_char_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_int,
    ]  # fmt: skip
    for name in ("OGR_G_GetLinearGeometry", "OGR_G_ForceTo", "OGR_G_ForceToMultiPolygon"):
        getattr(gdal, name).restype = ctypes.c_void_p
    gdal.OGR_G_GetLinearGeometry.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_void_p]
    gdal.OGR_G_ForceTo.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    gdal.OGR_G_GetGeometryType.argtypes = gdal.OGR_G_DestroyGeometry.argtypes = [ctypes.c_void_p]
    gdal.OGR_G_WkbSize.argtypes = [ctypes.c_void_p]
    gdal.OGR_G_ExportToIsoWkb.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p]
    made = ctypes.c_void_p()
    if gdal.OGR_G_CreateFromWkb(wkb, None, ctypes.byref(made), len(wkb)) != 0:
        return None
    straight = gdal.OGR_G_GetLinearGeometry(made, 0.0, None)
    gdal.OGR_G_DestroyGeometry(made)
    if not straight:
        return None
    if (gdal.OGR_G_GetGeometryType(straight) & 0x0FFFFFFF) % 1000 in (15, 16, 17):
        straight = gdal.OGR_G_ForceTo(straight, 6, None)  # multipolygon
    size = gdal.OGR_G_WkbSize(straight)
    buffer = ctypes.create_string_buffer(size)
    failed = gdal.OGR_G_ExportToIsoWkb(straight, 1, buffer)
    gdal.OGR_G_DestroyGeometry(straight)
    return None if failed else buffer.raw


def _views(path: Path) -> set[str]:
    """Names of the views of a GeoPackage: each runs the SQL of whoever made the file."""
    with closing(
        sqlite3.connect(f"file:{os.fspath(path)}?mode=ro&immutable=1", uri=True)
    ) as database:
        try:
            database.execute("PRAGMA trusted_schema = OFF")
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
            return {str(name) for (name,) in rows}
        except sqlite3.DatabaseError as error:
            raise FileRefused(UNREADABLE, format="GPKG") from error
