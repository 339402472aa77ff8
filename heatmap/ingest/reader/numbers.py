"""Turns what stands in cells into numbers: decimal commas, thousands, units, signs for missing."""

import math
import re

MISSING_WORDS = {
    "", "-", "--", "---", "–", "—", "nan", "na", "n/a", "n.a.", "null", "none", "nil", "?", ".",
    "k.a.", "k. a.", "ka", "keine angabe", "unbekannt", "unknown", "#nv", "#n/a", "#wert!",
    "#value!", "#div/0!", "ei tietoa", "okänd", "ukendt", "inconnu", "nd", "n.d.", "<null>",
}  # fmt: skip
MISSING_NUMBERS = (9999.0, -9999.0, 99999.0, -99999.0, -999.0, -1.7976931348623157e308)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_CELL = re.compile(
    r"^(?P<before>DN|PN|ca\.?|~|≈|[€$])?(?P<number>[+-]?[\d.,]*\d[.,]?(?:[eE][+-]?\d+)?)"
    r"(?P<unit>[^\d.,\-+][^\d]{0,3}[^\s]{0,12})?$",
    re.IGNORECASE,
)


def is_missing(text: str) -> bool:
    return text.strip().casefold() in MISSING_WORDS


def number(text: str, *, comma: bool | None = None) -> float | None:
    """Return the number in a text without unit, or None. `comma` says what divides decimals."""
    found = number_and_unit(text, comma=comma)
    return None if found is None else found[0]


def number_and_unit(text: str, *, comma: bool | None = None) -> tuple[float, str] | None:
    """Return the number and the unit written with it ('' if none), or None."""
    cell = _SPACES.sub("", text)
    match = _CELL.match(cell)
    if not match:
        return None
    digits = match["number"]
    if "e" in digits.lower() and match["unit"] is None:
        digits = digits.replace(",", ".")
    else:
        digits = _decimal_point(digits, comma)
    try:
        value = float(digits)
    except ValueError:
        return None
    return (value, match["unit"] or "") if math.isfinite(value) else None


def _decimal_point(digits: str, comma: bool | None) -> str:
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return (
            digits.replace(".", "").replace(",", ".")
            if digits.rindex(",") > digits.rindex(".")
            else digits.replace(",", "")
        )
    if commas:
        return digits.replace(",", "") if commas > 1 or comma is False else digits.replace(",", ".")
    if dots > 1 or (dots and comma and re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", digits)):
        return digits.replace(".", "")
    return digits


def has_decimal_comma(texts: list[str]) -> bool | None:
    """Return whether a comma divides decimals in a column; None where no value tells."""
    after_dot = after_comma = False
    for text in texts:
        cell = _SPACES.sub("", text)
        if "," in cell and "." in cell:
            return cell.rindex(",") > cell.rindex(".")
        if cell.count(",") == 1 and not re.search(r",\d{3}$", cell):
            after_comma = True
        if cell.count(".") == 1 and not re.search(r"\.\d{3}$", cell):
            after_dot = True
    if after_comma and not after_dot:
        return True
    return False if after_dot else None
