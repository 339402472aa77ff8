"""The zoning gate: what the plan says of the place (``data/zoning.csv``)."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from engines.message import message
from engines.scoring.gates import GREEN, UNKNOWN, Gate
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


def zoning_gate(zone: str) -> Gate:
    """Judge the zoning code of a parcel; a code that is not listed is unknown, never green."""
    row = catalogue("zoning").get(zone.strip().upper())
    if row is None:
        state = UNKNOWN
        key = "zoning_unknown" if zone in ("", "unknown") else "zoning_unlisted"
        hint = message(ZONING_HINTS, key, zone=zone)
    else:
        state = str(row["state_text"])
        key = "passes" if state == GREEN else f"zoning_{state}"
        hint = message(ZONING_HINTS, key, zone=zone, label=str(row["label"]))
    return Gate("zoning", state, math.nan, "-", math.nan, hint.key, hint.numbers, hint.text)
