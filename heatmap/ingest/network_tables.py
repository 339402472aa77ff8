"""Tables of the example networks inside pandapower and pandapipes, read as plain JSON.

The packages are installed for the second opinions; here only files inside them are read, and none
of their code is run. A table is written as text with columns, index and rows.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from typing import Any

POWER = "pandapower/networks"
HEAT = "pandapipes/networks/network_files"


@dataclass(frozen=True)
class Table:
    """One table of a network: rows by index."""

    columns: tuple[str, ...]
    rows: dict[int, dict[str, Any]]

    def __iter__(self) -> Any:
        return iter(self.rows.items())


def installed_file(package: str, member: str) -> str:
    """Return a text file of an installed package."""
    return str(distribution(package).locate_file(member).read_text(encoding="utf-8"))


@cache
def network_tables(package: str, member: str) -> dict[str, Table]:
    """Return all tables of a network file that have rows."""
    content = json.loads(installed_file(package, member))["_object"]
    tables = {}
    for name, value in content.items():
        if isinstance(value, dict) and value.get("_class") == "DataFrame":
            table = json.loads(value["_object"])
            columns = tuple(table["columns"])
            rows = {
                index: dict(zip(columns, row, strict=True))
                for index, row in zip(table["index"], table["data"], strict=True)
            }
            if rows:
                tables[name] = Table(columns, rows)
    return tables
