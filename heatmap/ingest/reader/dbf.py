"""Finds the encoding of a dBase table, which rarely says it and sometimes lies."""

import codecs
import struct
from pathlib import Path

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x64: "cp852",
    0x65: "cp866", 0x66: "cp865", 0x67: "cp861", 0x6A: "cp737", 0xC8: "cp1250", 0xC9: "cp1251",
    0xCA: "cp1254", 0xCB: "cp1253", 0x4D: "cp936", 0x7D: "cp1255", 0x7E: "cp1256",
}  # fmt: skip
NAMES = {"UTF8": "utf-8", "ANSI1252": "cp1252", "ANSI 1252": "cp1252", "SYSTEM": "cp1252",
         "LATIN1": "iso8859-1", "88591": "iso8859-1", "885915": "iso8859-15"}  # fmt: skip
BLOCK = 1 << 22


def encoding(path: Path, wanted: str) -> str:
    """Return the encoding as asked, else as the .cpg says, else UTF-8 if the bytes are, else more.

    Raises
    ------
    FileRefused
        If the texts do not fit the encoding that was asked for.
    """
    if wanted:
        name = _known(wanted)
        if not name:
            raise FileRefused(
                gettext_noop(
                    "The encoding %(encoding)s is not known.\nState another one, for example "
                    "utf-8 or cp1252."
                ),
                encoding=wanted,
            )
        if not _fits(path, name):
            raise FileRefused(
                gettext_noop(
                    "The texts of the .dbf do not fit the encoding %(encoding)s.\n"
                    "State another one (for example cp1252 or utf-8)."
                ),
                encoding=wanted,
            )
        return wanted
    stated = _stated(path)
    if stated and _fits(path, stated):
        return _gdal_name(stated)
    if _fits(path, "utf-8"):
        return "UTF-8"
    with path.open("rb") as handle:
        head = handle.read(32)
    mark = CODE_PAGES.get(head[29]) if len(head) == 32 else None
    return mark if mark and _fits(path, mark) else "cp1252"


def _gdal_name(name: str) -> str:
    return "UTF-8" if name == "utf-8" else name.replace("iso8859", "ISO-8859")


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _stated(path: Path) -> str:
    cpg = path.with_suffix(".cpg")
    if not cpg.exists():
        return ""
    word = cpg.read_bytes()[:40].decode("ascii", errors="ignore").strip().strip("\x00")
    name = NAMES.get(word.upper().replace("-", "").replace("_", ""), word)
    return _known(name) or _known(f"cp{name}")


def _fits(path: Path, name: str) -> bool:
    """Whether the texts can be read so; a sign cut in two by the width of a column is let pass."""
    try:
        with path.open("rb") as handle:
            head = handle.read(32)
            if len(head) < 32:
                return True
            handle.seek(struct.unpack("<H", head[8:10])[0])
            broken = signs = 0
            while block := handle.read(BLOCK):
                if block.isascii():
                    continue
                text = block.decode(name, errors="replace")
                broken += text.count("\ufffd")
                signs += len(text) - len(text.encode("ascii", errors="ignore"))
    except OSError:
        return True
    return broken <= 0.02 * signs
