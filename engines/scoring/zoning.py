"""The zoning gate: what the national plan says of the place (``data/zoning.csv``)."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from engines.message import message
from engines.scoring.states import GREEN, UNKNOWN, Gate
from engines.tables import catalogue

ZONING_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "passes": "Nothing to mend.",
        "zoning_unknown": "The zoning is not known; add the zoning code to the parcels.",
        "zoning_unlisted": "The zoning code {zone} is not in our table; have it judged.",
        "zoning_amber": "{zone} ({label}) allows a hub only by exception; ask the building office.",
        "zoning_red": "{zone} ({label}) does not allow a hub; would qualify with another plan.",
    }
)


def zoning_row(zone: str, country: str) -> Mapping[str, float | str] | None:
    """Return the row of a zoning code in the catalogue of its country.

    The code itself goes first, then the letters it begins with (``T-1`` is a ``T``), then rows
    for all codes with the same first letters (``A*``).
    """
    rows = [row for row in catalogue("zoning").values() if row["country_text"] == country]
    code = " ".join(zone.upper().split())
    letters = re.match(r"[^\W\d_]+", code)
    for wanted in (code, letters.group() if letters else code):
        for row in rows:
            if row["code_text"] == wanted:
                return row
    return next(
        (
            row
            for row in rows
            if str(row["code_text"]).endswith("*")
            and code.startswith(str(row["code_text"]).rstrip("*"))
        ),
        None,
    )


def zoning_gate(zone: str, country: str) -> Gate:
    """Judge the zoning code of a parcel; a code that is not listed is unknown, never green."""
    row = zoning_row(zone, country) if zone.strip() else None
    source = ""
    if row is None:
        state = UNKNOWN
        key = "zoning_unknown" if zone.strip() in ("", "unknown") else "zoning_unlisted"
        hint = message(ZONING_HINTS, key, zone=zone)
    else:
        state, source = str(row["state_text"]), str(row["source"])
        key = "passes" if state == GREEN else f"zoning_{state}"
        hint = message(ZONING_HINTS, key, zone=zone, label=str(row["label"]))
    return Gate("zoning", state, math.nan, "-", math.nan, hint.key, hint.numbers, hint.text, source)
