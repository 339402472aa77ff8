"""The vector test data that other projects wrote for themselves, from their source archives."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

GIS = {
    ".zip", ".gpkg", ".geojson", ".json", ".geojsonl", ".geojsons", ".fgb", ".parquet", ".kml",
    ".kmz", ".gml", ".dxf", ".csv", ".xlsx", ".osm", ".pbf", ".tif", ".vrt", ".tab", ".mif", ".gpx",
    ".sqlite", ".topojson", ".shp", ".dbf", ".txt", ".xml", ".ods", ".gmt", ".geojsonseq",
}  # fmt: skip
PARTS = {".shx", ".dbf", ".prj", ".cpg", ".shp"}
FIXTURES = ("test", "fixture", "data", "shapefiles", "gisdata")
EVERY = 9
"""bin/test takes each ninth file; HEATHUB_TEST_ALL=1 takes them all."""


def unpacked(folder: Path, target: Path) -> list[Path]:
    """Unpack every source archive once and return its data files, in a fixed order."""
    for archive in sorted(folder.glob("*.tar.gz")):
        place = target / archive.name.split("-")[0]
        if not place.exists():
            with tarfile.open(archive) as content:
                content.extractall(place, filter="data")  # noqa: S202
    return [path for path in sorted(target.rglob("*")) if path.is_file() and _is_data(path, target)]


def _is_data(path: Path, target: Path) -> bool:
    inside = PurePosixPath(*path.relative_to(target).parts[2:])
    folders = "/".join(inside.parts[:-1]).lower()
    suffix = path.suffix.lower()
    if suffix not in GIS or not any(word in folders for word in FIXTURES):
        return False
    if suffix == ".dbf" and path.with_suffix(".shp").exists():
        return False
    return suffix != ".txt" or "data" in folders


def ready(path: Path, folder: Path) -> Path:
    """A shapefile with its parts as a zip, anything else as it is."""
    if path.suffix.lower() != ".shp":
        return path
    stage = folder / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    for part in path.parent.iterdir():
        if part.stem == path.stem and part.suffix.lower() in PARTS:
            shutil.copyfile(part, stage / part.name)
    return Path(shutil.make_archive(str(folder / path.stem), "zip", stage))


def chosen(paths: list[Path]) -> Iterator[Path]:
    yield from paths if os.environ.get("HEATHUB_TEST_ALL") == "1" else paths[::EVERY]
