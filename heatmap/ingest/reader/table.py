"""Reads tables with coordinates in columns: CSV and the sheets of a workbook."""

import csv
import itertools
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from heatmap.ingest.reader.layers import Batch, LayerInfo, note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.numbers import number
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.units import skeleton

BATCH_ROWS = 8192
SAMPLE_BYTES = 65_536
LONGEST_CELL = 20_000_000
MOST_COLUMNS = 2000
MAX_WORKBOOK_BYTES = 1 << 30
FORMULA_SIGNS = tuple("=+-@\t\r")
X_NAMES = (
    "lon lng long longitude laenge laengengrad geolaenge x xcoord x_coord xkoordinate "
    "easting "
    "east e rechtswert ostwert hochost ost rw re utm_e utm_x etrs_x koordx coord_x x_utm "
    "x_epsg xwgs84 wgs84lon geo_lon itaekoordinaatti itae pituusaste oest longituden "
    "laengdgrad laengdegrad oestkoordinat coordx xcoordinate lon_wgs84 point_x"
)
Y_NAMES = (
    "lat latitude breite breitengrad geobreite y ycoord y_coord ykoordinate "
    "northing north n "
    "hochwert nordwert nord hw ho utm_n utm_y etrs_y koordy coord_y y_utm y_epsg ywgs84 "
    "wgs84lat geo_lat pohjoiskoordinaatti pohjoinen leveysaste latituden breddgrad "
    "breddegrad nordkoordinat coordy ycoordinate lat_wgs84 point_y"
)
WKT_NAMES = "wkt geometry geom the_geom geometrie geometria shape wkt_geom wktgeometry"
PAIR_NAMES = (
    "koordinaten coordinates coords lonlat latlon position location koordinaatit "
    "koordinater coordonnees geo_point geopoint "
    "geo_point_2d lage punkt standort"
)
PAIR = re.compile(r"^\s*[(\[]?\s*(-?\d+(?:[.]\d+)?)\s*[,;\s]\s*(-?\d+(?:[.]\d+)?)\s*[)\]]?\s*$")
NO_PLACE = gettext_noop(
    "No columns with coordinates were found among %(columns)s.\nName them, for example x=EAST "
    "y=NORTH, or add a column with WKT."
)
BAD_PLACE = gettext_noop(
    "the coordinates or the shape cannot be read\nCorrect or remove the row; write curves as lines."
)
TOO_MANY_CELLS = gettext_noop(
    "the row has %(count)s cells, the header has %(expected)s\nPut texts with the delimiter in "
    "them into quotation marks."
)


class Table(ABC):
    """Rows of texts under a header, from any source of rows."""

    can_lack_crs = True

    def __init__(self, source: Source, encoding: str = "") -> None:
        self.source, self.wanted_encoding = source, encoding
        csv.field_size_limit(LONGEST_CELL)

    @abstractmethod
    def layers(self) -> list[LayerInfo]: ...

    @abstractmethod
    def rows(self, layer: str) -> Iterator[list[Any]]: ...

    def batches(self, layer: str, options: dict[str, Any]) -> Iterator[Batch]:
        rows = self.rows(layer)
        header, first, start = header_of(rows)
        places = place_columns(header, options.get("columns", {}), first)
        body = itertools.chain(first, rows)
        position = start
        while chunk := list(itertools.islice(body, options.get("batch_rows", BATCH_ROWS))):
            yield _batch(chunk, header, places, position, bool(options.get("shapes_optional")))
            position += len(chunk)


def header_of(rows: Iterator[list[Any]]) -> tuple[list[str], list[list[Any]], int]:
    """Return unique column names, the first rows below them, and the number of the first row."""
    line = 0
    for line, cells in enumerate(rows, start=1):  # noqa: B007  the number is needed after the loop
        if sum(str(cell or "").strip() != "" for cell in cells) >= 2:
            break
        if str(cells[0] if cells else "").strip() and _has_place(str(cells[0])):
            break
    else:
        raise FileRefused(gettext_noop("The table has no rows.\nExport it again."))
    if len(cells) > MOST_COLUMNS:
        raise FileRefused(
            gettext_noop(
                "The table has %(count)s columns; at most %(limit)s are read.\nLeave out what is "
                "not needed."
            ),
            count=len(cells),
            limit=MOST_COLUMNS,
        )
    names, seen = [], set()
    no_header = all(number(str(cell)) is not None for cell in cells if str(cell or "").strip())
    for place, cell in enumerate(cells, start=1):
        name = "" if no_header else str(cell or "").strip()
        name = name or f"column {place}"
        while name in seen:
            name += "_"
        seen.add(name)
        names.append(name)
    first = [cells] if no_header else []
    first += list(itertools.islice(rows, 200))
    return names, first, line if no_header else line + 1


def _has_place(name: str) -> bool:
    return skeleton(name) in {skeleton(n) for n in f"{WKT_NAMES} {PAIR_NAMES}".split()}


def place_columns(
    header: list[str], asked: dict[str, Any], first: list[list[Any]]
) -> dict[str, int]:
    """Return where the place of a row stands: x and y, a pair, or WKT. Empty if nowhere."""
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    for keys in (("wkt",), ("x", "y"), ("lonlat",)):
        wanted = [str(asked.get(key, {}).get("column", "")).casefold() for key in keys]
        if all(wanted):
            missing = [name for name in wanted if name not in by_name]
            if missing:
                raise FileRefused(NO_PLACE, columns=", ".join(header[:40]))
            return {key: by_name[name] for key, name in zip(keys, wanted, strict=True)}
    simple = {skeleton(name): place for place, name in reversed(list(enumerate(header)))}

    def find(names: str) -> int | None:
        return next((simple[skeleton(n)] for n in names.split() if skeleton(n) in simple), None)

    def values(place: int) -> list[str]:
        return [
            str(row[place]) for row in first if place < len(row) and row[place] not in ("", None)
        ]

    wkt = find(WKT_NAMES)
    if wkt is not None and any(re.match(r"\s*(SRID=\d+;)?[A-Za-z ]+\(", v) for v in values(wkt)):
        return {"wkt": wkt}
    x, y = find(X_NAMES), find(Y_NAMES)
    if x is not None and y is not None:
        return {"x": x, "y": y}
    pair = find(PAIR_NAMES)
    if pair is not None and any(PAIR.match(v) for v in values(pair)):
        return {"lonlat": pair}
    for place in range(len(header)):
        sample = values(place)
        if sample and all(re.match(r"\s*(SRID=\d+;)?[A-Za-z ]+\(", v) for v in sample[:20]):
            return {"wkt": place}
    return {}


def _batch(
    rows: list[list[Any]],
    header: list[str],
    places: dict[str, int],
    first_row: int,
    shapes_optional: bool,
) -> Batch:
    width = len(header)
    refused: dict[int, tuple[str, dict[str, Any], str]] = {}
    for place, row in enumerate(rows):
        if len(row) > width and any(str(cell or "").strip() for cell in row[width:]):
            refused[place] = (TOO_MANY_CELLS, {"count": len(row), "expected": width}, "")
        rows[place] = [*row, *[None] * (width - len(row))][:width]
    columns = {
        name: pa.array([_text(row[place]) for row in rows], type=pa.string())
        for place, name in enumerate(header)
    }
    shapes = _shapes(rows, places)
    for place in np.flatnonzero(shapes == None):  # noqa: E711  elementwise
        blank = all(rows[place][column] in ("", None) for column in places.values())
        if not blank or (places and not shapes_optional):
            column = header[next(iter(places.values()))] if places else ""
            refused.setdefault(int(place), (BAD_PLACE, {}, column))
    return Batch(first_row, columns, shapes=shapes, refused=refused)


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).replace("\x00", "")
    # the mark that keeps a spreadsheet from reading a text as a formula, as our tables write it
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text


def _shapes(rows: list[list[Any]], places: dict[str, int]) -> np.ndarray:
    if "wkt" in places:
        texts = [re.sub(r"^\s*SRID=\d+;", "", str(row[places["wkt"]] or "")) for row in rows]
        return np.array([_from_wkt(text) for text in texts], dtype=object)
    shapes = np.full(len(rows), None, dtype=object)
    if "lonlat" in places:
        pairs = [PAIR.match(str(row[places["lonlat"]] or "")) for row in rows]
        numbers = [(float(m[1]), float(m[2])) if m else None for m in pairs]
    elif "x" in places:
        xs = [number(str(row[places["x"]] or "")) for row in rows]
        ys = [number(str(row[places["y"]] or "")) for row in rows]
        numbers = [None if x is None or y is None else (x, y) for x, y in zip(xs, ys, strict=True)]
    else:
        return shapes
    known = np.array([pair is not None for pair in numbers])
    if known.any():
        shapes[known] = shapely.points(np.array([pair for pair in numbers if pair is not None]))
    return shapes


def _from_wkt(text: str) -> shapely.Geometry | None:
    """Read one shape; curves and other shapes that GEOS does not know become None."""
    try:
        return shapely.from_wkt(text, on_invalid="ignore") if text.strip() else None
    except NotImplementedError:
        return None


class Csv(Table):
    """Text with a delimiter that is found out."""

    def __init__(self, source: Source, encoding: str = "") -> None:
        super().__init__(source, encoding)
        self.encoding = text_encoding(source.path, encoding)
        with source.path.open(encoding=self.encoding, errors="replace", newline="") as handle:
            sample = handle.read(SAMPLE_BYTES)
        self.delimiter = _delimiter(sample)

    def layers(self) -> list[LayerInfo]:
        header, first, _start = header_of(self.rows(""))
        places = place_columns(header, {}, first)
        found = LayerInfo(self.source.name, header, "Unknown" if places else "", -1,
                          encoding=self.encoding)  # fmt: skip
        found.notes.append(
            note(
                gettext_noop("Columns are divided by “%(delimiter)s”."),
                delimiter={"\t": "tab"}.get(self.delimiter, self.delimiter),
            )
        )
        return [found]

    def rows(self, layer: str) -> Iterator[list[Any]]:
        with self.source.path.open(encoding=self.encoding, errors="replace", newline="") as handle:
            lines = (line.replace("\x00", "") for line in handle)
            first = next(lines, "")
            if not re.match(r"\s*sep=.$", first.strip()):
                lines = itertools.chain([first], lines)
            try:
                yield from csv.reader(lines, delimiter=self.delimiter)
            except csv.Error as error:
                raise FileRefused(
                    gettext_noop(
                        "The table cannot be read: a quotation mark is never closed, or a cell is "
                        "endless.\nExport it again."
                    )
                ) from error


def text_encoding(path: Path, wanted: str) -> str:
    """Return the encoding of a text file: as asked, by its mark, UTF-8 if it is, else cp1252."""
    if wanted:
        try:
            "".encode(wanted)
        except LookupError as error:
            raise FileRefused(
                gettext_noop(
                    "The encoding %(encoding)s is not known.\nState another one, for example "
                    "utf-8 or cp1252."
                ),
                encoding=wanted,
            ) from error
        return wanted
    with path.open("rb") as handle:
        mark = handle.read(4)
    if mark.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        with path.open(encoding="utf-8") as handle:
            while handle.read(1 << 22):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(sample: str) -> str:
    if match := re.match(r"\s*sep=(.)\s*\n", sample):
        return match.group(1)
    lines = [re.sub(r'"[^"]*"', "", line) for line in sample.splitlines()[:40] if line.strip()]
    scores = {}
    for sign in (";", "\t", "|", ","):
        counts = [line.count(sign) for line in lines[:-1] or lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        scores[sign] = (usual > 0) * counts.count(usual) / max(len(counts), 1)
    best = max(scores, key=lambda sign: (round(scores[sign], 1), sign == ";", sign == "\t"))
    return best if scores[best] > 0 else ","


class Workbook(Table):
    """The sheets of an XLSX file, read row by row."""

    def __init__(self, source: Source, encoding: str = "") -> None:
        super().__init__(source, encoding)
        _check_workbook(source.path)
        from openpyxl import load_workbook  # noqa: PLC0415  one heavy library a process

        try:
            self.book = load_workbook(source.path, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # the library raises whatever its parsers raise
            raise FileRefused(
                gettext_noop("The workbook cannot be read; it may be damaged.\nSave it again.")
            ) from error

    def layers(self) -> list[LayerInfo]:
        found = []
        for sheet in self.book.worksheets:
            try:
                header, first, _start = header_of(self.rows(sheet.title))
            except FileRefused:
                continue
            places = place_columns(header, {}, first)
            found.append(LayerInfo(sheet.title, header, "Unknown" if places else ""))
        if not found:
            raise FileRefused(gettext_noop("The table has no rows.\nExport it again."))
        return found

    def rows(self, layer: str) -> Iterator[list[Any]]:
        try:
            for row in self.book[layer].iter_rows(values_only=True):
                yield list(row)
        except Exception as error:  # as above
            if isinstance(error, GeneratorExit | MemoryError):
                raise
            raise FileRefused(
                gettext_noop("The workbook cannot be read; it may be damaged.\nSave it again.")
            ) from error


def _check_workbook(path: Path) -> None:
    """Count what the parts really unpack to, and let no document type through."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as part:
                    start = b""
                    while block := part.read(1 << 20):
                        start = start or block[:4096]
                        total += len(block)
                        if total > MAX_WORKBOOK_BYTES:
                            raise FileRefused(
                                gettext_noop(
                                    "Unpacked, this workbook is larger than %(limit)s MB.\n"
                                    "Save it as CSV."
                                ),
                                limit=MAX_WORKBOOK_BYTES >> 20,
                            )
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    raise FileRefused(
                        gettext_noop(
                            "The workbook brings a document type definition (DOCTYPE), which can "
                            "be used to attack a server.\nSave it again with a spreadsheet program."
                        )
                    )
    # not implemented: a way of packing that the library does not know; runtime: a password
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(
            gettext_noop("The workbook cannot be read; it may be damaged.\nSave it again.")
        ) from error
