"""Unpacks a zip that a stranger made: what can be read in it, never under a path of its own."""

import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
READABLE = {
    ".gpkg", ".geojson", ".json", ".geojsonl", ".geojsons", ".fgb", ".parquet", ".geoparquet",
    ".kml", ".gml", ".dxf", ".csv", ".tsv", ".xlsx", ".tif", ".tiff", ".osm", ".pbf",
}  # fmt: skip
WEAK = {".csv", ".tsv", ".json", ".tif", ".tiff"}
"""Often strays beside a layer: read only where nothing better is in the zip."""
MAX_MEMBERS = 10_000
DAMAGED = gettext_noop(
    "This zip is damaged: %(member)s cannot be unpacked.\nPack the files again and upload that."
)
NO_ZIP = gettext_noop(
    "This is not a zip file.\nPut the .shp, .shx, .dbf and .prj files together into one zip and "
    "upload that."
)


@dataclass
class Unpacked:
    """One thing of an archive that can be read, under a name of our own."""

    name: str
    path: Path
    notes: list[str] = field(default_factory=list)


@dataclass
class _Budget:
    """Bytes that may still be written; a bomb lies about its size."""

    left: int
    limit: int

    def copy(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
        try:
            with archive.open(member) as source, target.open("wb") as sink:
                self._copy(source, sink)
        except RuntimeError as error:
            raise FileRefused(
                gettext_noop("The zip is locked with a password.\nPack it again without one.")
            ) from error
        # not implemented: a way of packing that the library does not know
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise FileRefused(DAMAGED, member=PurePosixPath(member.filename).name) from error

    def _copy(self, source: IO[bytes], sink: IO[bytes]) -> None:
        while block := source.read(1 << 20):
            self.left -= len(block)
            if self.left < 0:
                raise FileRefused(
                    gettext_noop(
                        "Unpacked, this zip is larger than %(limit)s MB.\n"
                        "Split it, or leave out what is not needed."
                    ),
                    limit=self.limit // 2**20,
                )
            sink.write(block)


def unpack(path: Path, folder: Path, max_bytes: int) -> list[Unpacked]:
    """Unpack what can be read into `folder`. Stray files, folders and any case of endings are fine.

    Members are written under names of our own, so that no path in the archive can lead anywhere;
    links are left alone.
    """
    try:
        archive = zipfile.ZipFile(path)
    # not implemented: a zip in several parts, or of a version that the library does not know
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused(NO_ZIP) from error
    with archive:
        members = [member for member in archive.infolist() if _is_plain_file(member)]
        if len(members) > MAX_MEMBERS:
            raise FileRefused(
                gettext_noop(
                    "There are %(count)s files in this zip; at most %(limit)s are read.\n"
                    "Pack only the layer that is needed."
                ),
                count=len(members),
                limit=MAX_MEMBERS,
            )
        budget = _Budget(max_bytes, max_bytes)
        found = _shapefiles(archive, members, folder, budget)
        others = [m for m in members if _suffix(m) in READABLE]
        strong = [m for m in others if _suffix(m) not in WEAK]
        for number, member in enumerate(strong or ([] if found else others)):
            target = folder / f"member{number}{_suffix(member)}"
            budget.copy(archive, member, target)
            found.append(Unpacked(PurePosixPath(member.filename).stem, target))
    if not found:
        raise _holds_nothing(members)
    return found


def _is_plain_file(member: zipfile.ZipInfo) -> bool:
    mode = member.external_attr >> 16
    name = PurePosixPath(member.filename)
    return (
        not member.is_dir()
        and not stat.S_ISLNK(mode)
        and "__MACOSX" not in name.parts
        and not name.name.startswith("._")
    )


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).suffix.lower()


def _shapefiles(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, budget: _Budget
) -> list[Unpacked]:
    sets: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        if _suffix(member) in PARTS:
            name = PurePosixPath(member.filename.replace("\\", "/"))
            sets.setdefault(str(name.with_suffix("")).lower(), {})[_suffix(member)] = member
    found = []
    for number, parts in enumerate(parts for parts in sets.values() if ".shp" in parts):
        name = PurePosixPath(parts[".shp"].filename.replace("\\", "/")).stem
        if ".dbf" not in parts:
            raise FileRefused(
                gettext_noop(
                    "%(part)s is missing in the zip.\nAdd it beside the .shp and upload again."
                ),
                part=f"{name}.dbf",
            )
        for suffix, member in parts.items():
            budget.copy(archive, member, folder / f"layer{number}{suffix}")
        found.append(Unpacked(name, folder / f"layer{number}.shp"))
    return found


def _holds_nothing(members: list[zipfile.ZipInfo]) -> FileRefused:
    names = [member.filename.lower() for member in members]
    if any(".gdb/" in name for name in names):
        return FileRefused(
            gettext_noop(
                "This zip holds an Esri file geodatabase, which is not read.\n"
                "Export the layer as GeoPackage or shapefile."
            )
        )
    if any(name.endswith((".zip", ".rar", ".7z")) for name in names):
        return FileRefused(
            gettext_noop(
                "There is only another archive in this zip.\nUnpack it and upload the inner one."
            )
        )
    return FileRefused(
        gettext_noop(
            "There is no .shp file in this zip, nor another file that can be read.\n"
            "Put the .shp, .shx, .dbf and .prj files of the layer into it."
        )
    )
