"""Unpacks a zip that a stranger made: only the parts of one shapefile, never a path of its own."""

import zipfile
from pathlib import Path

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
NEEDED = {".shp", ".shx", ".dbf"}


def unpack_shapefile(path: Path, folder: Path, max_bytes: int) -> Path:
    """Unpack the one shapefile of the zip into `folder` and return its .shp.

    Stray files, nested folders and endings in any case are fine. Members are written under names
    of our own, so that no path in the archive can lead anywhere.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise FileRefused(
            gettext_noop(
                "This is not a zip file. Put the .shp, .shx, .dbf and .prj files together "
                "into one zip and upload that."
            )
        ) from error
    with archive:
        sets: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for member in archive.infolist():
            name = Path(member.filename)
            if name.suffix.lower() in PARTS and "__MACOSX" not in name.parts:
                sets.setdefault(str(name.with_suffix("")), {})[name.suffix.lower()] = member
        shapefiles = {stem: parts for stem, parts in sets.items() if ".shp" in parts}
        if not shapefiles:
            raise FileRefused(
                gettext_noop(
                    "There is no .shp file in this zip. Put the .shp, .shx, .dbf and .prj files "
                    "of the layer into it."
                )
            )
        if len(shapefiles) > 1:
            names = ", ".join(sorted(Path(stem).name for stem in shapefiles))
            raise FileRefused(
                gettext_noop(
                    "There are %(count)s shapefiles in this zip (%(names)s). "
                    "Upload one layer at a time."
                ),
                count=len(shapefiles),
                names=names,
            )
        ((stem, parts),) = shapefiles.items()
        missing = sorted(NEEDED - set(parts))
        if missing:
            raise FileRefused(
                gettext_noop(
                    "%(part)s is missing in the zip. Add it beside the .shp and upload again."
                ),
                part=Path(stem).name + missing[0],
            )
        if sum(part.file_size for part in parts.values()) > max_bytes:
            raise FileRefused(
                gettext_noop("Unpacked, this zip is larger than %(limit)s MB."),
                limit=max_bytes // 2**20,
            )
        for suffix, part in parts.items():
            with archive.open(part) as source, (folder / f"layer{suffix}").open("wb") as target:
                _copy(source, target, part.file_size)
    return folder / "layer.shp"


def _copy(source: object, target: object, promised_bytes: int) -> None:
    """Copy no more than the archive promised: a bomb lies about its size."""
    written = 0
    while block := source.read(1 << 20):  # type: ignore[attr-defined]
        written += len(block)
        if written > promised_bytes:
            raise FileRefused(gettext_noop("This zip is damaged: a member is larger than it says."))
        target.write(block)  # type: ignore[attr-defined]
