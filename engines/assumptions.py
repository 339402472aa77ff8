"""The numbers a study rests on: table defaults, with what the study sets on top."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engines.errors import InvalidInput
from engines.tables import Entry, registry


@dataclass(frozen=True)
class Assumptions:
    """A frozen, complete set of assumptions; ``a["hub.power_it_kw"]`` gives the number.

    Attributes
    ----------
    entries : mapping of str to Entry
        Every assumption with unit, tag and source, ready to be printed in a report.
    """

    entries: Mapping[str, Entry]

    def __getitem__(self, key: str) -> float:
        try:
            return self.entries[key].value
        except KeyError:
            raise InvalidInput(f"There is no assumption named {key!r}.") from None

    def group(self, prefix: str) -> dict[str, float]:
        """All numbers of one group, by the rest of their name (``group("score")``)."""
        start = f"{prefix}."
        return {
            key.removeprefix(start): entry.value
            for key, entry in self.entries.items()
            if key.startswith(start)
        }


def frozen_assumptions(rows: Iterable[Mapping[str, Any]]) -> Assumptions:
    """Return the assumptions that a stored run was made from, whatever the tables say today.

    Parameters
    ----------
    rows : iterable of mapping
        ``key``, ``value``, ``unit``, ``tag``, ``source`` and ``note`` of each assumption.
    """
    return Assumptions(
        {
            row["key"]: Entry(
                key=row["key"],
                value=float(row["value"]),
                unit=row["unit"],
                minimum=math.nan,
                maximum=math.nan,
                tag=row["tag"],
                source=row["source"],
                as_of="",
                review_by="",
                note=row["note"],
            )
            for row in rows
        }
    )


def build_assumptions(
    overrides: Mapping[str, float] | None = None, source: str = "study"
) -> Assumptions:
    """Return the default assumptions with `overrides` set on top.

    Parameters
    ----------
    overrides : mapping of str to float
        Values by key, in the unit of the default.
    source : str
        Written into the changed entries, whose tag becomes ``U``.

    Raises
    ------
    InvalidInput
        If a key is unknown, a value is not a finite number, or lies outside the stated range.
        The sentence names the key, the value and the range.
    """
    entries = dict(registry("assumptions"))
    for key, value in (overrides or {}).items():
        if key not in entries:
            raise InvalidInput(f"There is no assumption named {key!r}.")
        default = entries[key]
        number_given = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number_given or not math.isfinite(value):
            raise InvalidInput(f"{key} must be a finite number, not {value!r}.")
        if value < default.minimum or value > default.maximum:
            raise InvalidInput(
                f"{key} = {value:g} {default.unit} is outside its range "
                f"{default.minimum:g} to {default.maximum:g} {default.unit}."
            )
        entries[key] = replace(default, value=float(value), tag="U", source=source)
    return Assumptions(entries)
