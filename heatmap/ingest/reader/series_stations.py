"""Which columns or rows of a series belong to which substation or feeder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from heatmap.ingest.reader.messages import FileRefused, Remarks, gettext_noop
from heatmap.ingest.units import skeleton

LOAD = "load_kw"
STATION_NAMES = (
    "station station_id substation substation_id umspannwerk uw trafostation ortsnetzstation ons "
    "trafo transformator feeder feeder_id abgang muuntamo muuntaja lahto natstation "
    "fordelingsstation poste poste_source depart ref id"
)
MOST_STATIONS = 500
UNKNOWN = gettext_noop(
    "there is no substation or feeder with the id %(ref)s\nCorrect the id, or bring the substation "
    "first."
)
NO_STATIONS = gettext_noop(
    "The file names substations or feeders, but the town has none.\nBring them first; then their "
    "loads."
)
NumberedRows = Iterable[tuple[int, list[Any]]]


@dataclass(frozen=True)
class Station:
    """One substation or feeder of a file: its id, the column of its values, and its rows."""

    ref: str
    column: int
    rows: NumberedRows


def station_columns(
    header: list[str], asked: Mapping[str, Any], known: set[str], times: list[int]
) -> dict[int, str]:
    """Return the columns that are named like a known substation or feeder, each with its id."""
    if asked.get("station") or asked.get(LOAD):
        return {}
    plain = {skeleton(ref): ref for ref in known}
    return {
        place: name if name in known else plain[skeleton(_without_unit(name))]
        for place, name in enumerate(header)
        if place not in times and (name in known or skeleton(_without_unit(name)) in plain)
    }


def _without_unit(name: str) -> str:
    """Leave off a unit in brackets or after the last space or line."""
    for sign in ("[", "(", " "):
        head, found, tail = name.rpartition(sign)
        if found and skeleton(tail.strip("])")) in ("kw", "mw", "w"):
            return head.strip()
    head, _, tail = name.rpartition("_")
    return head if head and skeleton(tail) in ("kw", "mw") else name


def station_column(
    header: list[str],
    asked: Mapping[str, Any],
    known: set[str],
    first: list[list[Any]],
    taken: Iterable[int],
) -> int | None:
    """Return the column that says to which substation or feeder a row belongs, if there is one.

    Raises
    ------
    FileRefused
        If a column was stated that is not there, or the town has no substations.
    """
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    wanted = str((asked.get("station") or {}).get("column", ""))
    if wanted:
        if wanted.casefold() not in by_name:
            raise FileRefused(
                gettext_noop(
                    "There is no column %(column)s for %(field)s.\nThe file has the columns "
                    "%(columns)s."
                ),
                column=wanted,
                field="station",
                columns=", ".join(header[:40]),
            )
        if not known:
            raise FileRefused(NO_STATIONS)
        return by_name[wanted.casefold()]
    names = {skeleton(name) for name in STATION_NAMES.split()}
    for place, name in enumerate(header):
        cells = [cell_text(row, place) for row in first]
        if place not in taken and skeleton(name) in names and known & set(cells):
            return place
    return None


def cell_text(row: list[Any], place: int) -> str:
    cell = row[place] if place < len(row) else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str("" if cell is None else cell).strip()


def by_station(
    rows: NumberedRows, place: int, values: int, name: str, known: set[str], remarks: Remarks
) -> list[Station]:
    """Sort rows by the substation or feeder they name; rows of unknown ones are refused."""
    found: dict[str, list[tuple[int, list[Any]]]] = {}
    for number, row in rows:
        ref = cell_text(row, place)
        if ref in known:
            found.setdefault(ref, []).append((number, row))
        elif any(cell_text(row, other) for other in range(len(row))):
            remarks.refuse(number, ref, UNKNOWN, {"ref": ref or "–"}, column=name, value=ref)
    return [Station(ref, values, found[ref]) for ref in sorted(found)]
