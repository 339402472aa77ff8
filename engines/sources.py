"""Every default with value, range, tag, source and date, as the tables of a document.

``python -m engines.sources docs/sources.md`` writes them between the marks in that file; a test
holds the file to it.
"""

import math
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from engines.tables import DATA_FOLDER, TAGS, catalogue, registry

START = "<!-- written by python -m engines.sources; do not edit below -->"
END = "<!-- end of what is written -->"
OF_THEIR_OWN = ("assumptions", "tariffs")
"""Tables that are written in another way than a row a thing."""
TEXT_SUFFIX = "_text"


def written(text: str) -> str:
    """Return a document with its tables brought up to date.

    Raises
    ------
    ValueError
        If the marks are missing.
    """
    if START not in text or END not in text:
        raise ValueError(f"The document needs the lines {START!r} and {END!r}.")
    before, rest = text.split(START, 1)
    return f"{before}{START}\n\n{tables()}\n{END}{rest.split(END, 1)[1]}"


def tables() -> str:
    """All defaults as Markdown."""
    parts = []
    entries = registry("assumptions").values()
    ordered = sorted(entries, key=lambda entry: entry.key.split(".")[0])
    for group, members in groupby(ordered, key=lambda entry: entry.key.split(".")[0]):
        rows = [
            (
                f"`{entry.key}`",
                f"{entry.value:g}",
                entry.unit,
                _range(entry.minimum, entry.maximum),
                TAGS[entry.tag],
                entry.source,
                entry.as_of,
                entry.review_by,
            )
            for entry in members
        ]
        head = ("key", "value", "unit", "range", "tag", "source", "as of", "look again")
        parts.append(f"### {group}\n\n{_table(head, rows)}")
    parts.append(f"### Tariffs\n\n{_tariffs()}")
    names = sorted(path.stem for path in DATA_FOLDER.glob("*.csv"))
    parts += [f"### {name}\n\n{_catalogue(name)}" for name in names if name not in OF_THEIR_OWN]
    return "\n".join(parts)


def _range(low: float, high: float) -> str:
    return "" if math.isnan(low) or math.isnan(high) else f"{low:g} to {high:g}"


def _tariffs() -> str:
    """One row for each cell of each tariff, since each has its own source."""
    rows: list[Sequence[str]] = []
    for key, row in catalogue("tariffs").items():
        for name, value in row.items():
            if isinstance(value, str):
                continue
            start = name.removesuffix("_eur_per_mwh").removesuffix("_eur_per_kw_a")
            group = "levies" if start.startswith("lev") else start
            source = str(row.get(f"{group}_source{TEXT_SUFFIX}", ""))
            shown = "unknown" if math.isnan(value) else f"{value:g}"
            rows.append((f"`{key}`", name, shown, source, str(row["as_of"]), str(row["review_by"])))
    return _table(("tariff", "part", "value", "source", "as of", "look again"), rows)


def _catalogue(name: str) -> str:
    rows = [
        (
            f"`{key}`",
            "; ".join(
                f"{column} {value:g}"
                for column, value in row.items()
                if isinstance(value, float) and not math.isnan(value)
            ),
            TAGS.get(str(row.get("tag", "")), ""),
            str(row.get("source", "")),
            str(row.get("as_of", "")),
        )
        for key, row in catalogue(name).items()
    ]
    return _table(("key", "values", "tag", "source", "as of"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
