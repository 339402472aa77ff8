"""The quality report of an import: what was read, refused, repaired, guessed and missing."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DataError
from django.utils.translation import gettext_noop

from heatmap.errors import Refusal, sentence
from heatmap.ingest.kinds import BY_NAME
from heatmap.ingest.reading import Spooled
from heatmap.services.merging import STRANGER
from heatmap.spreadsheet import harmless_cell
from heatmap.staging import double_shapes, drop_double_refs, loose_ends, overlapping

LISTED_ROWS = 1000
LISTED = 20
SMALLEST_OVERLAP_M2 = 1.0
NEARLY_TOUCHING_M = 2.0
UNFIT = gettext_noop(
    "The file holds a value that the database cannot keep.\nExport it again, or leave the column "
    "out."
)
DOUBLE_ID = gettext_noop(
    "the id %(ref)s stands twice; ids must be unique\nGive one of the rows another id."
)


@contextmanager
def only_fit_values() -> Iterator[None]:
    """Refuse a file with a value that the database knows no way to keep."""
    try:
        yield
    except DataError as error:
        raise Refusal(UNFIT) from error


def examine(
    cursor: Any,
    kind: str,
    result: Spooled,
    complete: Callable[[], dict[str, Any]] = dict,
) -> dict[str, Any]:
    """Check the staged rows against each other; take double ids out.

    `complete` is called when they are out, and may change the rows before they are compared.
    """
    findings: dict[str, Any] = {"double_ids": []}
    neighbours = dict(result.facts["neighbours"] or {})
    # the reader counts double ids of all but the largest layers; which they are the database knows
    may_be_double = neighbours.pop("double_ids", 1) and not result.facts["ids_are_row_numbers"]
    if may_be_double and kind != "heat_demand":
        findings["double_ids"] = drop_double_refs(cursor)
    findings |= complete()
    if kind == "heat_demand":
        return findings
    findings |= neighbours or _neighbours(cursor, kind)
    if BY_NAME[kind].checks_ends:
        count, refs = loose_ends(cursor, NEARLY_TOUCHING_M, LISTED)
        findings["loose_ends"] = {"count": count, "refs": refs}
    return findings


def _neighbours(cursor: Any, kind: str) -> dict[str, Any]:
    """Compare the shapes with each other, as the reader does where all of them fit in memory."""
    count, groups = double_shapes(cursor, LISTED)
    findings: dict[str, Any] = {"double_shapes": {"count": count, "rows": groups}}
    if BY_NAME[kind].checks_overlaps:
        count, area_m2, pairs = overlapping(cursor, SMALLEST_OVERLAP_M2, LISTED)
        findings["overlaps"] = {"count": count, "area_m2": round(area_m2, 1), "pairs": pairs}
    return findings


def report(
    kind: str, name: str, result: Spooled, findings: Mapping[str, Any], features: int
) -> dict[str, Any]:
    """Gather all that is known of an import as plain JSON; sentences as text and values."""
    facts = result.facts
    taken_out = {
        DOUBLE_ID: findings.get("double_ids", []), STRANGER: findings.get("strangers", []),
    }  # fmt: skip
    told = [row for message, rows in taken_out.items() for row in _by_id(message, rows, facts)]
    refused = sorted([*result.refused, *told], key=lambda row: row.get("row") or 0)
    counts = dict(facts["refused_counts"])
    counts |= {message: len(rows) for message, rows in taken_out.items() if rows}
    out = sum(map(len, taken_out.values()))
    handling = facts["handling"]
    by_id = bool((findings.get("against") or {}).get("by_id"))
    return {
        "file": name,
        "kind": kind,
        "layer": facts["layer"],
        "format": facts["format"],
        "crs": facts["crs"],
        "crs_from": facts["crs_from"],
        "encoding": facts["encoding"],
        "rows_read": facts["rows_read"],
        "rows_used": facts["rows_used"] - out,
        "rows_refused": facts["rows_refused"] + out,
        "features": features,
        "refused": refused[:LISTED_ROWS],
        "refused_counts": counts,
        "repaired": handling.get("repaired", 0),
        "area_changed_m2": handling.get("area_changed_m2", 0.0),
        "repairs": handling.get("repairs", []),
        "columns": facts["columns"],
        "unused_columns": facts["unused_columns"],
        # what a file that changes a layer by ids does not say stays as it is
        "missing": [] if by_id else _missing(kind, facts),
        "double_shapes": findings.get("double_shapes", {"count": 0, "rows": []}),
        "overlaps": findings.get("overlaps"),
        "loose_ends": findings.get("loose_ends"),
        "notes": [*facts["notes"], *_notes(facts, findings)],
        "walls": result.walls,
        "against": findings.get("against"),
    }


def _by_id(
    message: str, rows: Sequence[tuple[int, str]], facts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    column = next((c["column"] for c in facts["columns"] if c["field"] == "ref"), "")
    return [
        {
            "kind": "", "ref": ref, "row": row, "column": column, "value": ref,
            "message": message, "values": {"ref": ref},
        }
        for row, ref in rows[:LISTED_ROWS]
    ]  # fmt: skip


def _missing(kind: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All fields without a column, and all columns with holes, with what that means."""
    if kind not in BY_NAME:
        return []
    columns = {column["field"]: column for column in facts["columns"]}
    found = []
    for field in BY_NAME[kind].fields:
        if kind == "heat_demand" and field.type in ("id", "text"):
            continue  # cells have neither
        column = columns.get(field.name)
        rows = column["rows"] if column else facts["rows_read"]
        missing = column["missing"] if column else rows
        if missing:
            found.append(
                {
                    "field": field.name,
                    "label": field.label,
                    "column": column["column"] if column else "",
                    "rows": missing,
                    "share": round(missing / rows, 4) if rows else 0.0,
                    "gap": field.gap,
                }
            )
    return found


def _notes(facts: Mapping[str, Any], findings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was done to rows and shapes, as sentences."""
    handling, notes = facts["handling"], []
    told = (
        (handling.get("flattened", 0), gettext_noop(
            "%(count)s shapes had heights or measures; they were left off.")),
        (handling.get("closed", 0), gettext_noop(
            "%(count)s closed lines were taken as the edges of areas.")),
        (handling.get("picked", 0), gettext_noop(
            "%(count)s collections of mixed shapes were reduced to the parts that fit this kind of "
            "layer.")),
        (handling.get("repaired", 0), gettext_noop(
            "%(count)s broken shapes were repaired; their area changed by %(area)s m² in all.")),
        (facts.get("double_rows", 0), gettext_noop(
            "%(count)s rows repeat the place and the value of an earlier one; all were counted.")),
        (findings.get("double_shapes", {}).get("count", 0), gettext_noop(
            "%(count)s rows repeat the shape of an earlier row; they were kept.")),
        ((findings.get("overlaps") or {}).get("count", 0), gettext_noop(
            "%(count)s pairs of areas overlap by more than 1 m²; they were kept.")),
        ((findings.get("loose_ends") or {}).get("count", 0), gettext_noop(
            "%(count)s lines end within 2 m of another line without touching it.")),
    )  # fmt: skip
    for count, message in told:
        if count:
            values: dict[str, Any] = {"count": count}
            if "%(area)s" in message:
                values["area"] = f"{handling.get('area_changed_m2', 0):.1f}"
            notes.append({"message": message, "values": values})
    for column in facts["columns"]:
        notes += _column_notes(column)
    return notes


def _column_notes(column: Mapping[str, Any]) -> list[dict[str, Any]]:
    notes = []
    if column["missing_codes"]:
        codes = ", ".join(f"{code} ({count})" for code, count in column["missing_codes"].items())
        notes.append({
            "message": gettext_noop("Column %(column)s: read as missing: %(codes)s."),
            "values": {"column": column["column"], "codes": codes},
        })  # fmt: skip
    if column["unknown_words"]:
        words = ", ".join(list(column["unknown_words"])[:8])
        notes.append({
            "message": gettext_noop("Column %(column)s: not understood: %(words)s."),
            "values": {"column": column["column"], "words": words},
        })  # fmt: skip
    if column["factor"] != 1.0 or column["offset"] != 0.0:
        sample = column["samples"][0] if column["samples"] else {"raw": "–", "value": "–"}
        notes.append({
            "message": gettext_noop(
                "Column %(column)s was converted from %(unit)s to %(target)s: %(raw)s became "
                "%(value)s."),
            "values": {"column": column["column"], "unit": column["unit"],
                       "target": column["target_unit"], "raw": sample["raw"],
                       "value": sample["value"]},
        })  # fmt: skip
    for message, count in column["remark_counts"].items():
        first = next((r for r in column["remarks"] if r["message"] == message), None)
        notes.append({
            "message": gettext_noop(
                "Column %(column)s: %(count)s values, the first in row %(row)s (%(value)s): "
                "%(what)s."),
            "values": {"column": column["column"], "count": count,
                       "row": first["row"] if first else "–",
                       "value": first["value"] if first else "–", "what": message},
        })  # fmt: skip
    return notes


def parts(message: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong and how to mend it, in the language of the reader."""
    cause, _, remedy = sentence(message, dict(values)).partition("\n")
    return cause, remedy


def warnings(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write all that the report has to say as sentences with file, row, column, value, remedy."""
    file = document.get("file", "")
    lines = []
    for row in document.get("refused", []):
        cause, remedy = parts(row["message"], row["values"])
        lines.append({
            "file": file, "row": row.get("row"), "ref": row.get("ref", ""),
            "column": row.get("column", ""), "value": row.get("value", ""), "message": cause,
            "remedy": remedy,
        })  # fmt: skip
    for entry in document.get("notes", []):
        values = entry["values"]
        if "what" in values:
            values = values | {"what": sentence(values["what"], {})}
        cause, remedy = parts(entry["message"], values)
        lines.append({"file": file, "row": values.get("row"), "ref": "",
                      "column": values.get("column", ""), "value": values.get("value", ""),
                      "message": cause, "remedy": remedy})  # fmt: skip
    lines += [
        {
            "file": file,
            "row": None,
            "ref": "",
            "column": gap["column"],
            "value": f"{gap['share']:.0%}",
            "message": f"{sentence(gap['label'], {})}: {sentence(gap['gap'], {})}",
            "remedy": "",
        }
        for gap in document.get("missing", [])
        if gap["gap"]
    ]
    return lines


def as_csv(document: Mapping[str, Any]) -> str:
    """Write the report as CSV; a cell that a spreadsheet would run as a formula is quoted."""
    target = io.StringIO()
    writer = csv.writer(target)
    names = ["file", "row", "ref", "column", "value", "message", "remedy"]
    writer.writerow(names)
    for line in warnings(document):
        writer.writerow([harmless_cell(line[name]) for name in names])
    return target.getvalue()
