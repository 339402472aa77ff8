"""Reads a zipped shapefile of parcels."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from heatmap.ingest.reader.archive import unpack_shapefile
from heatmap.ingest.reader.messages import FileRefused, emit, emit_refused, gettext_noop
from heatmap.ingest.reader.shapes import ToStorage, is_finite, made_valid

COLUMN_ALIASES = {
    "ref": (
        "ref",
        "id",
        "parcel_id",
        "parcelid",
        "flurstueck",
        "flurstück",
        "flstkennz",
        "fs_kennz",
        "kennzeichen",
        "gml_id",
        "nummer",
        "kiinteistotunnus",
        "objectid",
        "fid",
    ),
    "name": ("name", "bezeichnung", "label", "nimi"),
    "zoning": ("zoning", "nutzung", "gebietsart", "baugebiet", "bauflaeche", "kaava"),
    "ownership": ("ownership", "owner", "eigentum", "eigentuemer", "eigentümer", "omistaja"),
}
LONGEST_TEXTS = {"name": 200, "zoning": 60, "ownership": 60}
"""What the columns of the parcels hold."""


class RowRefused(Exception):
    """One row cannot be used; the others can."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.message, self.values = message, values


@dataclass
class Seen:
    """What the rows so far have shown."""

    refs: set[str] = field(default_factory=set)
    outside: int = 0
    bounds: tuple[float, ...] = (np.inf, np.inf, -np.inf, -np.inf)


def read(path: Path, request: Mapping[str, Any]) -> None:
    """Print the polygons of the layer, and every row that had to be refused."""
    with tempfile.TemporaryDirectory() as folder:
        shapefile = unpack_shapefile(path, Path(folder), request["max_bytes"])
        crs = _reference_system(shapefile, request.get("srid"))
        names, values, geometries, encoding = _contents(shapefile, request.get("encoding"))
    columns = _choose_columns(names, request.get("columns", {}))
    to_storage = ToStorage(crs)
    town = shapely.from_wkb(bytes.fromhex(request["extent_wkb"]))
    seen = Seen()
    for row, wkb in enumerate(geometries, start=1):
        cells = {
            name: _text(values[names.index(column)][row - 1]) if column else ""
            for name, column in columns.items()
        }
        ref = cells.pop("ref") if columns["ref"] else f"row {row}"
        try:
            _check_ref(ref, seen)
            _check_texts(cells, columns)
            shape, repaired = _area(wkb, to_storage)
            _check_inside(shape, town, seen)
        except RowRefused as refused:
            emit_refused(
                "parcels",
                ref,
                refused.message,
                refused.values,
                row=row,
                column=columns["ref"],
            )
            continue
        seen.refs.add(ref)
        cells.pop("ref", None)
        emit(
            "feature",
            kind="parcels",
            ref=ref,
            wkb=shapely.to_wkb(shape, hex=True),
            repaired=repaired,
            parcel_kind="uploaded",
            **{name: text for name, text in cells.items() if text},
        )
    if seen.outside and not seen.refs:
        _refuse_far_away(seen.bounds, town.bounds, crs)
    emit("file", crs=f"{to_storage.name} ({crs})", driver="Shapefile", encoding=encoding)


def _check_ref(ref: str, seen: Seen) -> None:
    if not ref:
        raise RowRefused(gettext_noop("the id is empty"))
    if len(ref) > 80:
        raise RowRefused(gettext_noop("the id is longer than 80 characters"))
    if not ref.isprintable():
        raise RowRefused(gettext_noop("the id holds a line break or another invisible sign"))
    if ref in seen.refs:
        raise RowRefused(gettext_noop("the id %(ref)s stands twice; ids must be unique"), ref=ref)


def _check_texts(cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
    for name, limit in LONGEST_TEXTS.items():
        if len(cells[name]) > limit:
            raise RowRefused(
                gettext_noop("the text in %(column)s is longer than %(limit)s characters"),
                column=columns[name],
                limit=limit,
            )


def _area(wkb: bytes | None, to_storage: ToStorage) -> tuple[BaseGeometry, bool]:
    if wkb is None:
        raise RowRefused(gettext_noop("there is no shape"))
    shape, repaired = made_valid(to_storage(shapely.from_wkb(wkb)))
    if not is_finite(shape) or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise RowRefused(gettext_noop("the shape is not an area"))
    return shape, repaired


def _check_inside(shape: BaseGeometry, town: BaseGeometry, seen: Seen) -> None:
    low, high = np.minimum(seen.bounds, shape.bounds)[:2], np.maximum(seen.bounds, shape.bounds)[2:]
    seen.bounds = (*low, *high)
    if not shape.intersects(town):
        seen.outside += 1
        raise RowRefused(gettext_noop("the parcel lies outside the municipality"))


def _reference_system(shapefile: Path, srid: int | None) -> str:
    if srid:
        return f"EPSG:{srid}"
    projection = shapefile.with_suffix(".prj")
    if not projection.exists():
        raise FileRefused(
            gettext_noop(
                "The zip has no .prj file, so the coordinate system is unknown. "
                "Add the .prj, or state the EPSG code (for example 25832)."
            )
        )
    try:
        crs = CRS.from_wkt(projection.read_text(encoding="utf-8", errors="replace"))
    except CRSError as error:
        raise FileRefused(
            gettext_noop(
                "The .prj file cannot be understood. State the EPSG code of the layer "
                "(for example 25832)."
            )
        ) from error
    epsg = crs.to_epsg(min_confidence=60)
    return f"EPSG:{epsg}" if epsg else crs.to_wkt()


def _contents(
    shapefile: Path, encoding: str | None
) -> tuple[list[str], list[np.ndarray], np.ndarray, str]:
    """Read everything; without a stated encoding the .cpg decides, else UTF-8, else cp1252."""
    has_codepage = shapefile.with_suffix(".cpg").exists()
    tries = [encoding] if encoding else [None] if has_codepage else ["UTF-8", "cp1252"]
    for attempt in tries:
        try:
            meta, _, geometries, values = pyogrio.raw.read(shapefile, encoding=attempt)
        except UnicodeDecodeError:
            continue
        except (DataSourceError, DataLayerError, LookupError) as error:
            raise FileRefused(
                gettext_noop(
                    "The shapefile cannot be read; it may be cut off or damaged, or the encoding "
                    "is not known. Export it again."
                )
            ) from error
        return list(meta["fields"]), values, geometries, attempt or str(meta["encoding"])
    raise FileRefused(
        gettext_noop(
            "The texts of the .dbf do not fit the encoding %(encoding)s. "
            "State another one (for example cp1252 or utf-8)."
        ),
        encoding=tries[-1],
    )


def _choose_columns(names: list[str], asked: Mapping[str, str]) -> dict[str, str]:
    """Return the column for each field: as asked, else by its usual names, else none."""
    unknown = sorted(set(asked) - set(COLUMN_ALIASES))
    if unknown:
        raise FileRefused(
            gettext_noop("Parcels have no field %(field)s; they have %(fields)s."),
            field=unknown[0],
            fields=", ".join(COLUMN_ALIASES),
        )
    by_lower = {name.lower(): name for name in names}
    chosen = {}
    for name, aliases in COLUMN_ALIASES.items():
        if name in asked and asked[name].lower() not in by_lower:
            raise FileRefused(
                gettext_noop(
                    "There is no column %(column)s for %(field)s. The file has the columns "
                    "%(columns)s."
                ),
                column=asked[name],
                field=name,
                columns=", ".join(names) or "–",
            )
        wanted = (asked[name].lower(),) if name in asked else aliases
        chosen[name] = next((by_lower[alias] for alias in wanted if alias in by_lower), "")
    return chosen


def _text(value: object) -> str:
    """Write a cell as text: leading zeros stay, a whole number has no decimals."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\x00", "").strip()


def _refuse_far_away(bounds: tuple[float, ...], town: tuple[float, ...], crs: str) -> None:
    middle = [(box[0] + box[2]) / 2 for box in (bounds, town)]
    height = [(box[1] + box[3]) / 2 for box in (bounds, town)]
    away_m = float(np.hypot(middle[0] - middle[1], height[0] - height[1]))
    raise FileRefused(
        gettext_noop(
            "All parcels lie outside the municipality, about %(distance)s km from its middle. "
            "They were read as %(crs)s: check the coordinate system, or whether x and y are "
            "swapped."
        ),
        distance=round(away_m / 1000),
        crs=crs,
    )
