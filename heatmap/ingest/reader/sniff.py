"""Finds out what a file is, by its content first and by its ending where the content is silent."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from heatmap.ingest.reader import epw
from heatmap.ingest.reader.archive import unpack
from heatmap.ingest.reader.messages import FileRefused, gettext_noop

HEAD_BYTES = 65_536
NEWLINE_JSON = {".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".geojsonseq", ".ldgeojson"}
TEXT = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".dxf": "dxf"}
READ = (
    "zipped shapefile (.zip), GeoPackage (.gpkg), GeoJSON, FlatGeobuf (.fgb), GeoParquet, KML/KMZ, "
    "GML, DXF, CSV, XLSX, OpenStreetMap (.osm, .pbf), GeoTIFF, weather (.epw), "
    "pandapower (.json)"
)
UNKNOWN = gettext_noop(
    "%(name)s is none of the formats that can be read.\nExport it as one of: %(formats)s."
)


@dataclass(frozen=True)
class Source:
    """A file with its format, at a path of our own."""

    name: str
    format: str
    path: Path
    zipped: bool = False


def sources(path: Path, name: str, folder: Path, max_bytes: int) -> list[Source]:
    """Return what can be read in the file: itself, or the members of an archive."""
    found = sniff(path, name)
    stem = Path(name).stem
    if found not in ("zip", "kmz"):
        return [_linked(path, stem, found, folder)]
    members = unpack(path, folder, max_bytes)
    if len(members) == 1 and members[0].path.suffix != ".shp":
        only = members[0]
        shown = stem if found == "kmz" else only.name
        only_format = sniff(only.path, shown + only.path.suffix)
        if only_format == "geojsonseq":
            return [_linked(only.path, shown, only_format, folder)]
        return [Source(shown, only_format, only.path, True)]
    return [
        Source(
            member.name,
            "shapefile"
            if member.path.suffix == ".shp"
            else sniff(member.path, member.name + member.path.suffix),
            member.path,
            True,
        )
        for member in members
    ]


def _linked(path: Path, stem: str, format_: str, folder: Path) -> Source:
    """Give a file a name of our own; features on lines of their own become one collection."""
    target = folder / f"source{ENDINGS[format_]}"
    if format_ == "epw":
        epw.as_table(path, target)
        return Source(stem, "csv", target)
    if format_ != "geojsonseq":
        target.symlink_to(path)
        return Source(stem, format_, target)
    with path.open("rb") as lines, target.open("wb") as collection:
        collection.write(b'{"type":"FeatureCollection","features":[')
        divider, records = b"", False
        for line in lines:
            records = records or line.startswith(b"\x1e")
            text = line.strip(b"\x1e \t\r\n\xef\xbb\xbf")
            if text:
                # where records are marked, one may go over several lines
                collection.write(
                    text if records and not line.startswith(b"\x1e") else divider + text
                )
                divider = b","
        collection.write(b"]}")
    check_links(target)
    return Source(stem, "geojson", target)


ENDINGS = {
    "geopackage": ".gpkg", "geojson": ".geojson", "geojsonseq": ".geojson", "flatgeobuf": ".fgb",
    "parquet": ".parquet", "kml": ".kml", "gml": ".gml", "dxf": ".dxf", "csv": ".csv",
    "xlsx": ".xlsx", "geotiff": ".tif", "osm": ".osm", "pandapower": ".json", "epw": ".csv",
}  # fmt: skip


def sniff(path: Path, name: str) -> str:
    """Return the format.

    Raises
    ------
    FileRefused
        If it is none that is read, or one that is refused on purpose.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    suffix = Path(name).suffix.lower()
    if not head.strip():
        raise FileRefused(gettext_noop("The file is empty.\nExport it again."))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or suffix in (".zip", ".kmz"):
        return _zip_format(path, suffix)
    for magic, format_ in (
        (b"SQLite format 3\x00", "geopackage"), (b"fgb", "flatgeobuf"), (b"PAR1", "parquet"),
        (b"II*\x00", "geotiff"), (b"MM\x00*", "geotiff"), (b"II+\x00", "geotiff"),
        (b"MM\x00+", "geotiff"),
    ):  # fmt: skip
        if head.startswith(magic):
            return format_
    if b"OSMHeader" in head[:64]:
        return "osm"
    if suffix == ".shp" or head.startswith(b"\x00\x00\x27\x0a"):
        raise FileRefused(
            gettext_noop(
                "A .shp alone is only a part of a shapefile.\nPut the .shp, .shx, .dbf and .prj "
                "files together into one zip and upload that."
            )
        )
    return _text_format(path, head, suffix, name)


def _zip_format(path: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename.lower() for info in archive.infolist()}
    # not implemented: a zip that the library does not know; unpacking it will say so
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "kmz" if suffix == ".kmz" else "zip"


def _text_format(path: Path, head: bytes, suffix: str, name: str) -> str:
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if start.startswith(b"<") or re.match(rb"<\x00|\x00<", start):
        return xml_format(path, name)
    if start.startswith(b"\x1e") or (suffix in NEWLINE_JSON and start.startswith(b"{")):
        return "geojsonseq"
    if start.startswith(b"{"):
        return _json_format(path, start, name)
    if epw.looks_like(start):
        return "epw"
    is_text = b"\x00" not in head[:1024] or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_text and re.match(rb"\s*(999[^\n]*\n\s*)?[^\n]*0\r?\n\s*SECTION", start):
        return "dxf"
    if is_text and suffix in TEXT:
        return TEXT[suffix]
    raise FileRefused(UNKNOWN, name=name, formats=READ)


def _json_format(path: Path, start: bytes, name: str) -> str:
    """A line that is a whole feature, followed by another one, is newline-delimited."""
    first, _, rest = start.partition(b"\n")
    if (
        re.search(rb'"type"\s*:\s*"Feature"', first)
        and first.rstrip().endswith(b"}")
        and rest.lstrip().startswith(b"{")
    ):
        return "geojsonseq"
    if re.search(rb'"type"\s*:\s*"(Topology)"', start):
        raise FileRefused(UNKNOWN, name=name, formats=READ)
    if re.search(rb'"_class"\s*:\s*"pandapowerNet"', start):
        return "pandapower"
    check_links(path)
    return "geojson"


def check_links(path: Path) -> None:
    """Refuse a reference system that is to be fetched from an address."""
    link = re.compile(rb'"crs"\s*:\s*\{[^{}]*("type"\s*:\s*"(link|url)"|"(href|url)")', re.DOTALL)
    link2 = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"(href|url)"', re.DOTALL)
    tail = b""
    with path.open("rb") as handle:
        while block := handle.read(1 << 22):
            text = tail + block
            if b'"crs"' in text and (link.search(text) or link2.search(text)):
                raise FileRefused(
                    gettext_noop(
                        "The coordinate system of this file is a link, which is never followed.\n"
                        "Export it with the EPSG code, or in WGS 84."
                    )
                )
            tail = text[-4096:]


class _Root(Exception):
    """The first element was reached."""


def xml_format(path: Path, name: str) -> str:
    """Return the format by the root element; a document type definition is refused."""
    parser = expat.ParserCreate(namespace_separator="|")
    root = ""

    def refuse(*_: object) -> None:
        raise FileRefused(
            gettext_noop(
                "The file brings a document type definition (DOCTYPE), which can be used to attack "
                "a server.\nExport it without one."
            )
        )

    def element(tag: str, _: object) -> None:
        nonlocal root
        root = tag.rsplit("|", 1)[-1]
        raise _Root

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = element
    try:
        with path.open("rb") as handle:
            parser.ParseFile(handle)
    except _Root:
        pass
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FileRefused(
            gettext_noop("The XML of %(name)s is damaged.\nExport it again."), name=name
        ) from error
    if root == "OGRVRTDataSource":
        raise FileRefused(
            gettext_noop(
                "This is a virtual layer (VRT) that points to other files; it is never followed.\n"
                "Export the layer itself."
            )
        )
    if root == "kml":
        return "kml"
    if root == "osm":
        return "osm"
    if root.lower() in ("featurecollection", "citymodel") or name.lower().endswith(".gml"):
        return "gml"
    raise FileRefused(UNKNOWN, name=name, formats=READ)
