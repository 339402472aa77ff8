"""Turns the columns of a file into the fields of a kind: numbers with units, words, texts, ids."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heatmap.ingest.kinds import Field
from heatmap.ingest.reader.messages import gettext_noop
from heatmap.ingest.reader.numbers import (
    MISSING_NUMBERS,
    MISSING_WORDS,
    has_decimal_comma,
    is_missing,
    number_and_unit,
)
from heatmap.ingest.units import DEMAND_UNITS, convert, skeleton

LISTED = 50
SAMPLES = 3
NO_NUMBER = gettext_noop("is not a number; it was read as missing")
TOO_LOW = gettext_noop("is impossibly low; it was read as missing")
NOT_LIKELY = gettext_noop("lies outside the plausible range and was kept")
TOO_LONG = gettext_noop("the text in %(column)s is longer than %(limit)s characters\nShorten it.")
EMPTY_ID = gettext_noop("the id is empty\nGive the row an id.")
LONG_ID = gettext_noop("the id is longer than 80 characters\nShorten it.")
ODD_ID = gettext_noop("the id holds a line break or another invisible sign\nWrite it on one line.")
MISSING_TEXTS = pa.array(sorted(MISSING_WORDS))


@dataclass
class Choice:
    """Which column fills a field, in which unit, and what came of it."""

    field: Field
    columns: list[str]
    unit: str = ""
    unit_from: str = ""  # stated, name, cells, assumed
    confidence: float = 1.0
    comma: bool | None = None
    comma_assumed: bool = False
    target: str = ""  # unit of storage, where the field knows several
    factor: float = 1.0
    offset: float = 0.0
    rows: int = 0
    missing: int = 0
    missing_codes: Counter[str] = field(default_factory=Counter)
    unknown_words: Counter[str] = field(default_factory=Counter)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    remark_counts: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    low: float = np.inf
    high: float = -np.inf

    def remark(self, row: int, value: object, message: str) -> None:
        self.remark_counts[message] += 1
        if len(self.remarks) < LISTED:
            self.remarks.append(
                {"row": row, "column": self.columns[0], "value": str(value)[:80],
                 "message": message}
            )  # fmt: skip

    def set_unit(self, unit: str, unit_from: str) -> bool:
        """Take a unit; False if it cannot become the unit of storage."""
        for target in (self.field.units and DEMAND_UNITS) or (self.field.unit,):
            found = convert(unit, target)
            if found:
                self.unit, self.unit_from, self.target = unit, unit_from, target
                self.factor, self.offset = found
                return True
        return False

    def document(self) -> dict[str, Any]:
        """Plain JSON for reports and proposals."""
        return {
            "field": self.field.name,
            "label": self.field.label,
            "column": self.columns[0],
            "columns": self.columns,
            "unit": self.unit,
            "unit_from": self.unit_from,
            "target_unit": self.target or self.field.unit,
            "factor": self.factor,
            "offset": self.offset,
            "confidence": round(self.confidence, 2),
            "decimal_comma": self.comma,
            "decimal_comma_assumed": self.comma_assumed,
            "rows": self.rows,
            "missing": self.missing,
            "missing_codes": dict(self.missing_codes),
            "unknown_words": dict(self.unknown_words.most_common(20)),
            "remarks": self.remarks,
            "remark_counts": dict(self.remark_counts),
            "samples": self.samples,
            "lowest": None if self.low > self.high else self.low,
            "highest": None if self.low > self.high else self.high,
        }


def texts(column: pa.Array) -> list[str | None]:
    """Write cells as texts: leading zeros stay, a whole number has no decimals."""
    if pa.types.is_floating(column.type):
        return [None if v is None or v != v else str(int(v)) if float(v).is_integer() else repr(v)
                for v in column.to_pylist()]  # fmt: skip
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:
        values = [
            None if raw is None else raw.decode("cp1252", errors="replace")
            for raw in column.cast(pa.binary()).to_pylist()
        ]
    return [None if v is None else v if isinstance(v, str) else _plain(v) for v in values]


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )


def numbers(column: pa.Array, choice: Choice, first_row: int) -> np.ndarray:
    """Return values in the unit of storage, NaN where missing, and note what was odd."""
    if is_number(column.type):
        raw = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(float)
        values = raw.copy()
        cells: list[str | None] | None = None
    else:
        cells = texts(column)
        values, raw = _parsed(cells, choice, first_row)
    for code in MISSING_NUMBERS:
        marked = raw == code
        if marked.any():
            choice.missing_codes[f"{code:.0f}" if abs(code) < 1e6 else "-1.8e308"] += int(
                marked.sum()
            )
            values[marked] = np.nan
    values = np.where(np.isfinite(values), values, np.nan)
    if cells is None:
        values = values * choice.factor + choice.offset
    _judge(values, cells if cells is not None else raw, choice, first_row)
    _sample(choice, values, cells if cells is not None else raw, first_row)
    return values


def _parsed(
    cells: list[str | None], choice: Choice, first_row: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return converted values, and the numbers as they were written."""
    known: dict[str, tuple[float, float] | None] = {}
    values = np.full(len(cells), np.nan)
    raw = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        if cell is None or is_missing(cell):
            if cell:
                choice.missing_codes[cell.strip()] += 1
            continue
        if cell not in known:
            known[cell] = _with_unit(cell, choice)
        found = known[cell]
        if found is None:
            choice.remark(first_row + place, cell, NO_NUMBER)
        else:
            values[place], raw[place] = found
    return values, raw


def _with_unit(cell: str, choice: Choice) -> tuple[float, float] | None:
    parsed = number_and_unit(cell, comma=choice.comma)
    if parsed is None:
        return None
    value, unit = parsed
    factor, offset = choice.factor, choice.offset
    if unit:
        found = convert(unit, choice.target or choice.field.unit) if choice.field.unit else None
        if found is None and choice.field.unit:
            return None
        factor, offset = found or (1.0, 0.0)
        if choice.unit_from in ("", "assumed"):
            choice.unit, choice.unit_from = unit, "cells"
    return value * factor + offset, value


def _judge(values: np.ndarray, cells: Any, choice: Choice, first_row: int) -> None:
    wanted = choice.field
    with np.errstate(invalid="ignore"):
        if wanted.lowest is not None:
            for place in np.flatnonzero(values < wanted.lowest):
                choice.remark(first_row + int(place), cells[place], TOO_LOW)
                values[place] = np.nan
        if wanted.plausible and choice.target in ("", wanted.unit):
            low, high = wanted.plausible
            odd = np.flatnonzero((values < low) | (values > high))
            for place in odd[:LISTED]:
                choice.remark(first_row + int(place), cells[place], NOT_LIKELY)
            if len(odd) > LISTED:
                choice.remark_counts[NOT_LIKELY] += len(odd) - LISTED
    known = values[np.isfinite(values)]
    if len(known):
        choice.low = min(choice.low, float(known.min()))
        choice.high = max(choice.high, float(known.max()))
    choice.rows += len(values)
    choice.missing += len(values) - len(known)


def _sample(choice: Choice, values: np.ndarray, cells: Any, first_row: int) -> None:
    for place in np.flatnonzero(np.isfinite(values))[: SAMPLES - len(choice.samples)]:
        choice.samples.append(
            {
                "row": first_row + int(place),
                "raw": str(cells[place]),
                "value": float(f"{values[place]:.6g}"),
                "unit": choice.target or choice.field.unit,
            }
        )


def words(column: pa.Array, choice: Choice) -> pa.Array:
    """Return the word of a closed set for each cell; what is not known is counted."""
    wanted = choice.field
    table: dict[str, str] = {}
    for word, names in wanted.words:
        for name in (word, *names.split()):
            table.setdefault(skeleton(name), word)
    coded = text_column(column).dictionary_encode()
    places = coded.indices.fill_null(len(coded.dictionary)).to_numpy()
    counts = np.bincount(places, minlength=len(coded.dictionary) + 1).tolist()
    meanings: list[str | None] = []
    for cell, count in zip([*coded.dictionary.to_pylist(), None], counts, strict=True):
        found = _word(cell or "", table)
        if found is None and cell and not is_missing(cell):
            choice.unknown_words[cell[:60]] += count
            found = wanted.otherwise if wanted.otherwise is not None else cell[: wanted.longest]
        elif found is None:
            choice.missing += count
            found = None if wanted.if_missing is None else str(wanted.if_missing)
        meanings.append(found)
    result = pa.array(meanings, pa.string()).take(pa.array(places))
    choice.rows += len(result)
    for cell, word in zip(coded[:LISTED].to_pylist(), result[:LISTED].to_pylist(), strict=True):
        if cell and len(choice.samples) < SAMPLES:
            choice.samples.append({"row": 0, "raw": cell[:60], "value": word, "unit": ""})
    return result


def _word(cell: str, table: dict[str, str]) -> str | None:
    name = skeleton(cell)
    if is_missing(cell) or not name:
        return None
    if name in table:
        return table[name]
    for part in cell.replace("/", " ").replace(",", " ").replace("-", " ").split():
        if skeleton(part) in table and len(part) > 3:
            return table[skeleton(part)]
    return next((word for alias, word in table.items() if len(alias) > 5 and alias in name), None)


def plain_texts(
    column: pa.Array, choice: Choice, first_row: int, refused: dict[int, Any]
) -> pa.Array:
    """Return texts; control signs become spaces, too long ones refuse their row."""
    limit = choice.field.longest
    cells = text_column(column)
    result = pc.utf8_trim_whitespace(cells.fill_null(""))
    mended: dict[int, str] = {}
    for place in _odd(result, limit):
        text = "".join(s if s.isprintable() else " " for s in (cells[place].as_py() or "").strip())
        if len(text) > limit:
            refused.setdefault(
                place, (TOO_LONG, {"column": choice.columns[0], "limit": limit}, choice.columns[0])
            )
        mended[place] = text[:limit]
    result = _replaced(result, mended)
    missing = pc.is_in(pc.utf8_lower(result), value_set=MISSING_TEXTS)
    choice.missing += pc.sum(missing).as_py() or 0
    result = pc.if_else(missing, str(choice.field.if_missing or ""), result)
    for place in np.flatnonzero(~missing.to_numpy(zero_copy_only=False)):
        if len(choice.samples) >= SAMPLES:
            break
        choice.samples.append(
            {"row": first_row + int(place), "raw": cells[place].as_py(),
             "value": result[place].as_py(), "unit": ""}
        )  # fmt: skip
    choice.rows += len(result)
    return result


def ids(column: pa.Array, choice: Choice, refused: dict[int, Any]) -> pa.Array:
    """Return ids as texts; leading zeros stay."""
    name = choice.columns[0]
    cells = text_column(column)
    result = pc.utf8_trim_whitespace(cells.fill_null(""))
    mended: dict[int, str] = {}
    for place in _odd(result, choice.field.longest):
        ref = (cells[place].as_py() or "").replace("\x00", "").strip()
        if not ref:
            refused.setdefault(place, (EMPTY_ID, {}, name))
        elif len(ref) > choice.field.longest:
            refused.setdefault(place, (LONG_ID, {}, name))
        elif not ref.isprintable():
            refused.setdefault(place, (ODD_ID, {}, name))
        mended[place] = ref
    choice.rows += len(result)
    return _replaced(result, mended)


def text_column(column: pa.Array) -> pa.Array:
    """Return cells as texts, as `texts` does, a whole column at once where that is possible."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    if pa.types.is_string(column.type):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            pass  # signs of another encoding
        else:
            return column
    return pa.array(texts(column), pa.string())


def _odd(cells: pa.Array, longest: int) -> list[int]:
    """Return the places of texts that are empty, too long, or hold signs that are not printed."""
    length = pc.utf8_length(cells)
    odd = pc.or_(pc.invert(pc.utf8_is_printable(cells)), pc.greater(length, longest))
    return pc.indices_nonzero(pc.or_(odd, pc.equal(length, 0))).to_pylist()


def _replaced(cells: pa.Array, mended: dict[int, str]) -> pa.Array:
    if not mended:
        return cells
    mask = np.zeros(len(cells), dtype=bool)
    mask[list(mended)] = True
    return pc.replace_with_mask(cells, pa.array(mask), pa.array(mended.values(), pa.string()))


def decide_comma(column: pa.Array, choice: Choice) -> None:
    """Find out, from a sample, whether a comma divides decimals."""
    if is_number(column.type):
        return
    sample = [cell for cell in texts(column) if cell and not is_missing(cell)]
    choice.comma = has_decimal_comma(sample)
    if choice.comma is None and any("," in cell or "." in cell for cell in sample):
        choice.comma_assumed = True
