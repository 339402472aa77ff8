"""Reads the engines' own tables (``engines/data/*.csv``) into cached, read-only records.

Two shapes are known. A *registry* table has one number a row (columns ``key, value, unit, min,
max, tag, source, as_of, review_by, note``) and becomes a mapping of `Entry`. A *catalogue* table
has one thing a row (pipe type, hub technology, tariff) and becomes a mapping of plain records.
"""

import csv
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from engines.errors import InvalidInput

DATA_FOLDER = Path(__file__).parent / "data"

TAGS = {
    "S": "sourced",
    "E": "expert estimate",
    "C": "computed",
    "U": "set by the user",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One number with everything a reader needs to question it.

    Attributes
    ----------
    key : str
        Dotted name whose last word carries the unit, e.g. ``network.supply_max_degc``.
    value : float
        The number, in `unit`.
    unit : str
        Printed unit; ``-`` for a dimensionless number.
    minimum, maximum : float
        Range that a study may set; NaN where no bound is known.
    tag : str
        ``S`` sourced, ``E`` expert estimate, ``C`` computed, ``U`` set by the user.
    source : str
        Where the number comes from.
    as_of, review_by : str
        ISO dates; empty where the number does not age.
    note : str
        One sentence for the reader.
    """

    key: str
    value: float
    unit: str
    minimum: float
    maximum: float
    tag: str
    source: str
    as_of: str
    review_by: str
    note: str


def _number(text: str, table: str, row: int, column: str) -> float:
    if text == "":
        return math.nan
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(
            f"{table}, row {row}, column {column}: {text!r} is not a number."
        ) from None


def _rows(name: str) -> list[dict[str, str]]:
    path = DATA_FOLDER / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def registry(name: str) -> Mapping[str, Entry]:
    """Return a registry table as a read-only mapping from key to `Entry`.

    Raises
    ------
    InvalidInput
        If a value is not a number, a tag is unknown, a key stands twice, or a value lies outside
        its own range.
    """
    entries: dict[str, Entry] = {}
    for line, row in enumerate(_rows(name), start=2):
        entry = Entry(
            key=row["key"],
            value=_number(row["value"], name, line, "value"),
            unit=row["unit"],
            minimum=_number(row["min"], name, line, "min"),
            maximum=_number(row["max"], name, line, "max"),
            tag=row["tag"],
            source=row["source"],
            as_of=row["as_of"],
            review_by=row["review_by"],
            note=row["note"],
        )
        if entry.tag not in TAGS:
            raise InvalidInput(f"{name}, row {line}: tag {entry.tag!r} is not one of {list(TAGS)}.")
        if entry.key in entries:
            raise InvalidInput(f"{name}, row {line}: {entry.key!r} stands twice.")
        if entry.value < entry.minimum or entry.value > entry.maximum:
            raise InvalidInput(f"{name}, row {line}: {entry.key} is outside its own range.")
        entries[entry.key] = entry
    return MappingProxyType(entries)


@cache
def catalogue(name: str) -> Mapping[str, Mapping[str, float | str]]:
    """Return a catalogue table: one record a row, keyed by its first column.

    Columns whose name ends in ``_text``, and ``key``, ``label``, ``tag``, ``source``, ``as_of``,
    ``note`` stay text; all others are numbers (empty is NaN).
    """
    text_columns = {"key", "label", "tag", "source", "as_of", "review_by", "note"}
    records: dict[str, Mapping[str, float | str]] = {}
    for line, row in enumerate(_rows(name), start=2):
        record: dict[str, float | str] = {
            column: cell
            if column in text_columns or column.endswith("_text")
            else _number(cell, name, line, column)
            for column, cell in row.items()
        }
        key = str(record["key"])
        if key in records:
            raise InvalidInput(f"{name}, row {line}: {key!r} stands twice.")
        records[key] = MappingProxyType(record)
    return MappingProxyType(records)


@cache
def table_hashes() -> Mapping[str, str]:
    """SHA-256 of every data table, so that a stored run can say which numbers it used."""
    return MappingProxyType(
        {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(DATA_FOLDER.glob("*.csv"))
        }
    )
