"""The door for scripts: ``python -m engines.dispatch CASE.json``.

Reads one hub and its year from a JSON object with the fields of `engines.dispatch.hub_year.HubYear`
and prints its best year as JSON. Bad input gives one sentence on standard error, nothing on
standard output, and exit code 2.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import OptimalYear, optimal_year
from engines.errors import EngineError, InvalidInput

STDOUT = 1
USAGE = "usage: python -m engines.dispatch CASE.json"


def read_case(path: str) -> HubYear:
    """Return the hub and year that a file states.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is not a JSON object, or states a field twice or wrongly.
    OutOfValidity
        If the tank cannot end as full as it starts.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        raise InvalidInput(f"{path} cannot be read as a text file.") from None
    try:
        fields = json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        place = f" near line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidInput(f"{path} is not valid JSON{place}.") from None
    if not isinstance(fields, dict):
        raise InvalidInput(f"{path} must hold one JSON object with the fields of a hub.")
    return hub_year(**fields)


def answer(year: OptimalYear) -> dict[str, Any]:
    """Return what the door prints."""
    return {
        "lower_eur": year.lower_eur,
        "upper_eur": year.upper_eur,
        "compute_kw": year.compute_kw.tolist(),
        "heat_sold_kw": year.heat_sold_kw.tolist(),
        "rejected_kw": year.rejected_kw.tolist(),
        "tank_kwh": year.tank_kwh.tolist(),
    }


def main(arguments: list[str]) -> int:
    """Answer one case; returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    if arguments[0] in ("-h", "--help"):
        sys.stdout.write(f"{USAGE}\n")
        return 0
    try:
        hub = read_case(arguments[0])
        with _quiet_libraries():
            year = optimal_year(hub)
    except EngineError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    json.dump(answer(year), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
    return 0


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep off standard output what compiled libraries may print there; it is for the answer."""
    sys.stdout.flush()
    kept = os.dup(STDOUT)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), STDOUT)
        try:
            yield
        finally:
            os.dup2(kept, STDOUT)
            os.close(kept)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"{twice} is stated twice.")
    return fields


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
