"""The door to typst: a context and figures become one PDF/UA-1 and PDF/A-3a file.

All text reaches the templates as data in a JSON file; none of it is ever read as markup.
"""

import json
import re
import tempfile
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from heatmap.render.palette import colours
from sites.reports.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "reports"
VENDOR = ROOT / "static" / "vendor"
STANDARDS = ["ua-1", "a-3a"]
TRIES = 4
NO_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed')
REPLACEMENT = "\u25a1"


def _fonts() -> typst.Fonts:
    folders = [str(path) for path in sorted(VENDOR.glob("inter-0*"))]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _data(context: Mapping[str, Any], figures: Mapping[str, Figure]) -> dict[str, Any]:
    drawn = {
        key: {"title": f.title, "alt": f.alt, "note": f.note, "svg": f.svg, "narrow": f.narrow}
        for key, f in figures.items()
    }
    return {**context, "drawings": drawn, "colours": dict(colours())}


def _without(value: Any, unknown: set[str]) -> Any:
    """Replace the characters that no font at hand can show."""
    if isinstance(value, str):
        return "".join(REPLACEMENT if c in unknown else c for c in value)
    if isinstance(value, dict):
        return {key: _without(item, unknown) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, unknown) for item in value]
    return value


def _moment(created_at: str | None) -> datetime:
    """The moment of the run, so that the same run gives the same file."""
    if not created_at:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return datetime.fromisoformat(created_at.replace("Z", "+00:00"))


def unambiguous(pdf: bytes) -> bytes:
    """Give streams that end in a carriage return a two-byte line end of their own.

    Packed data may end in one by chance. With the line feed that follows it looks like one line
    end, and validators then find the stream a byte short. Offsets are moved along.
    """
    ends = [found.start() + 1 for found in re.finditer(rb"\r\nendstream", pdf)]
    start = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    if not ends or pdf[start : start + 4] != b"xref":
        return pdf

    def moved(offset: int) -> int:
        return offset + bisect_left(ends, offset)

    body, table = pdf[:start], pdf[start:]
    for end in reversed(ends):
        body = body[:end] + b"\r" + body[end:]
    table = re.sub(
        rb"(?m)^(\d{10})( \d{5} n)",
        lambda entry: b"%010d%s" % (moved(int(entry[1])), entry[2]),
        table,
    )
    return body + table.replace(b"startxref\n%d" % start, b"startxref\n%d" % moved(start))


def _compiled(folder: Path, data: dict[str, Any], moment: datetime) -> bytes:
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    made = typst.compile(
        str(folder / "study.typ"),
        root=str(folder),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=moment,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return unambiguous(made)


def render_pdf(
    context: Mapping[str, Any],
    figures: Mapping[str, Figure],
    document: Mapping[str, Any] | None = None,
) -> bytes:
    """Make the report; `document` is the run document, attached to the file as run.json."""
    data: dict[str, Any] = _data(context, figures)
    unknown: set[str] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for template in TEMPLATES.glob("*.typ"):
            (folder / template.name).write_bytes(template.read_bytes())
        attached = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "run.json").write_text(attached, encoding="utf-8")
        data["has_document"] = document is not None
        moment = _moment((document or {}).get("created_at"))
        for _attempt in range(TRIES):
            try:
                return _compiled(folder, _without(data, unknown), moment)
            except typst.TypstError as error:
                found = set("".join(NO_GLYPH.findall(str(error.diagnostic))))
                if not found - unknown:
                    raise
                unknown |= found
    raise RuntimeError(f"No font shows the characters {sorted(unknown)}.")
