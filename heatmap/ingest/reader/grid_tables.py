"""The tables of a pandapower network that are known here, and what their columns may hold.

A network file can name classes of Python that its own loader would build. Here it is plain JSON:
only these tables and columns are taken, every value is checked, and nothing is looked up by a name
that stands in the file.
"""

import json
import math
from dataclasses import dataclass, field
from typing import Any

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

NUMBER, COUNT, FLAG, TEXT, BUS, PLACE = "number", "count", "flag", "text", "bus", "place"
LARGEST = 1e9
LONGEST_TEXT = 120
MOST_ROWS = 50_000
MOST_BYTES = 64 * 2**20
BRANCH = {"in_service": FLAG, "name": TEXT, "parallel": COUNT, "df": NUMBER}
INJECTION = {
    "bus": BUS, "p_mw": NUMBER, "q_mvar": NUMBER, "scaling": NUMBER, "in_service": FLAG,
    "name": TEXT,
}  # fmt: skip
TAP = {
    "tap_side": TEXT, "tap_neutral": NUMBER, "tap_min": NUMBER, "tap_max": NUMBER,
    "tap_step_percent": NUMBER, "tap_step_degree": NUMBER, "tap_pos": NUMBER,
}  # fmt: skip
COLUMNS: dict[str, dict[str, str]] = {
    "bus": {"name": TEXT, "vn_kv": NUMBER, "type": TEXT, "in_service": FLAG, "geo": PLACE},
    "load": INJECTION
    | {
        f"const_{kind}_{of}_percent": NUMBER for kind in "zi" for of in "pq"
    },
    "sgen": INJECTION,
    "gen": INJECTION | {"vm_pu": NUMBER},
    "ext_grid": {
        "bus": BUS, "vm_pu": NUMBER, "va_degree": NUMBER, "in_service": FLAG, "name": TEXT,
    },
    "line": BRANCH
    | {
        "from_bus": BUS, "to_bus": BUS, "length_km": NUMBER, "r_ohm_per_km": NUMBER,
        "x_ohm_per_km": NUMBER, "c_nf_per_km": NUMBER, "g_us_per_km": NUMBER,
        "max_i_ka": NUMBER, "geo": PLACE,
    },
    "trafo": BRANCH
    | TAP
    | {
        "hv_bus": BUS, "lv_bus": BUS, "sn_mva": NUMBER, "vn_hv_kv": NUMBER, "vn_lv_kv": NUMBER,
        "vk_percent": NUMBER, "vkr_percent": NUMBER, "pfe_kw": NUMBER, "i0_percent": NUMBER,
        "shift_degree": NUMBER, "tap_changer_type": TEXT,
    },
    "trafo3w": {"in_service": FLAG, "name": TEXT}
    | TAP
    | {
        f"{name}_{side}_{unit}": NUMBER
        for side in ("hv", "mv", "lv")
        for name, unit in (("vn", "kv"), ("sn", "mva"), ("vk", "percent"), ("vkr", "percent"))
    }
    | {
        "hv_bus": BUS, "mv_bus": BUS, "lv_bus": BUS, "pfe_kw": NUMBER, "i0_percent": NUMBER,
        "shift_mv_degree": NUMBER, "shift_lv_degree": NUMBER, "tap_changer_type": TEXT,
    },
    "switch": {
        "bus": BUS, "element": COUNT, "et": TEXT, "closed": FLAG, "type": TEXT, "name": TEXT,
        "z_ohm": NUMBER,
    },
    "shunt": {
        "bus": BUS, "p_mw": NUMBER, "q_mvar": NUMBER, "vn_kv": NUMBER, "step": COUNT,
        "in_service": FLAG, "name": TEXT,
    },
    "bus_geodata": {"x": NUMBER, "y": NUMBER},
}  # fmt: skip
"""Tables and columns that are taken; everything else in the file is listed and left out."""
NEEDED = {
    "bus": ("vn_kv",),
    "load": ("bus", "p_mw"),
    "sgen": ("bus", "p_mw"),
    "gen": ("bus", "p_mw"),
    "ext_grid": ("bus",),
    "line": ("from_bus", "to_bus", "length_km", "r_ohm_per_km", "x_ohm_per_km", "max_i_ka"),
    "trafo": ("hv_bus", "lv_bus", "sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent", "vkr_percent"),
    "trafo3w": ("hv_bus", "mv_bus", "lv_bus"),
    "switch": ("bus", "element", "et", "closed"),
    "shunt": ("bus", "p_mw", "q_mvar"),
    "bus_geodata": ("x", "y"),
}
SWITCHED = {"l": "line", "t": "trafo", "t3": "trafo3w", "b": "bus"}
DAMAGED = gettext_noop(
    "The grid model cannot be read as JSON, or is nested too deeply.\nWrite it anew with "
    "pandapower.to_json."
)
NOT_A_NETWORK = gettext_noop(
    "The file is not a grid model of pandapower with tables for buses, lines or transformers, and "
    "a connection to the grid above.\nWrite it with pandapower.to_json."
)


@dataclass
class GridTables:
    """The checked tables of a network.

    `tables` maps a name to ``index`` (list of int) and ``columns`` (name to list of values).
    """

    tables: dict[str, dict[str, Any]]
    ignored: list[str] = field(default_factory=list)

    def column(self, table: str, name: str) -> list[Any]:
        """Return a column; gaps where the file does not have it."""
        found = self.tables.get(table)
        if found is None:
            return []
        gaps: list[Any] = [None] * len(found["index"])
        return list(found["columns"].get(name, gaps))


def grid_tables(text: bytes) -> GridTables:
    """Return what is known of a network file.

    Raises
    ------
    FileRefused
        If it is too large, damaged, no network, or holds a value that cannot be.
    """
    if len(text) > MOST_BYTES:
        raise FileRefused(
            gettext_noop(
                "The grid model is larger than %(limit)s MB.\nLeave results and geometry of other "
                "towns out."
            ),
            limit=MOST_BYTES // 2**20,
        )
    net = _json(text)
    content = net.get("_object") if isinstance(net, dict) else None
    if not isinstance(content, dict) or net.get("_class") != "pandapowerNet":
        raise FileRefused(NOT_A_NETWORK)
    found = GridTables({})
    for name, value in content.items():
        if name not in COLUMNS:
            if isinstance(value, dict) and not str(name).startswith(("res_", "_")):
                found.ignored.append(str(name)[:LONGEST_TEXT])
            continue
        table = _table(str(name), value)
        if table["index"]:
            found.tables[str(name)] = table
    _check_whole(found)
    return found


def _json(text: bytes | str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise FileRefused(DAMAGED) from error


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON; pandas writes gaps as null."""
    raise ValueError(name)


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("_class") != "DataFrame":
        raise FileRefused(NOT_A_NETWORK)
    inner = value.get("_object")
    split = _json(inner) if isinstance(inner, str) else inner
    if not isinstance(split, dict):
        raise FileRefused(DAMAGED)
    columns, index, rows = (split.get(key) for key in ("columns", "index", "data"))
    if not (isinstance(columns, list) and isinstance(index, list) and isinstance(rows, list)):
        raise FileRefused(
            gettext_noop(
                "The table %(table)s is not written as columns, index and rows.\nWrite the model "
                "anew with pandapower.to_json."
            ),
            table=name,
        )
    if len(rows) > MOST_ROWS:
        raise FileRefused(
            gettext_noop("The table %(table)s has more than %(limit)s rows.\nSplit the model."),
            table=name,
            limit=MOST_ROWS,
        )
    if len(index) != len(rows) or any(
        not isinstance(row, list) or len(row) != len(columns) for row in rows
    ):
        raise FileRefused(
            gettext_noop(
                "In the table %(table)s rows and columns do not fit together.\nWrite it anew."
            ),
            table=name,
        )
    numbers = [_index(name, each) for each in index]
    if len(set(numbers)) != len(numbers):
        raise FileRefused(
            gettext_noop("In the table %(table)s a number of a row stands twice."), table=name
        )
    known = COLUMNS[name]
    taken = {
        str(column): [_value(name, str(column), known[column], row[place]) for row in rows]
        for place, column in enumerate(columns)
        if isinstance(column, str) and column in known
    }
    missing = [column for column in NEEDED[name] if column not in taken]
    if rows and missing:
        raise FileRefused(
            gettext_noop("The table %(table)s lacks %(columns)s.\nAdd it, or leave the table out."),
            table=name,
            columns=", ".join(missing),
        )
    return {"index": numbers, "columns": taken}


def _index(table: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise FileRefused(
            gettext_noop("In the table %(table)s the number of a row is %(value)s."),
            table=table,
            value=str(value)[:40],
        )
    return value


def _value(table: str, column: str, kind: str, value: Any) -> Any:
    needed = column in NEEDED[table]
    if value is None and not needed:
        return None
    if kind == PLACE:
        return _place(value)
    if kind == TEXT and isinstance(value, str | int | float):
        return str(value)[:LONGEST_TEXT]
    if kind == FLAG and isinstance(value, bool | int):
        return bool(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind in (COUNT, BUS) and is_number and float(value).is_integer() and 0 <= value < 2**31:
        return int(value)
    if kind == NUMBER and is_number and math.isfinite(value) and abs(value) <= LARGEST:
        return float(value)
    raise FileRefused(
        gettext_noop(
            "In the table %(table)s the column %(column)s holds %(value)s, which cannot be.\n"
            "Correct it and write the model anew."
        ),
        table=table,
        column=column,
        value=str(value)[:40],
    )


def _place(value: Any) -> list[list[float]] | None:
    """Return the points of a GeoJSON geometry, which stands as text or as an object."""
    if value == "":
        return None
    shape = _json(value) if isinstance(value, str) else value
    places = shape.get("coordinates") if isinstance(shape, dict) else None
    points = [places] if isinstance(shape, dict) and shape.get("type") == "Point" else places
    if not isinstance(points, list) or not points:
        return None
    for point in points:
        if not (
            isinstance(point, list)
            and len(point) >= 2  # noqa: PLR2004  east and north
            and all(isinstance(c, int | float) and math.isfinite(c) for c in point[:2])
        ):
            raise FileRefused(
                gettext_noop("A place in the grid model is not a pair of numbers.\nCorrect it.")
            )
    return [[float(point[0]), float(point[1])] for point in points]


def _check_whole(found: GridTables) -> None:
    """Refuse a network without supply, and elements at buses or rows that are not there."""
    tables = found.tables
    if "bus" not in tables or "ext_grid" not in tables or not tables.keys() & {"line", "trafo"}:
        raise FileRefused(NOT_A_NETWORK)
    if any(kv <= 0.0 for kv in found.column("bus", "vn_kv")):
        raise FileRefused(gettext_noop("A bus has a voltage of zero or less.\nCorrect it."))
    buses = set(tables["bus"]["index"])
    for name, table in tables.items():
        for column, kind in COLUMNS[name].items():
            if kind == BUS and not buses.issuperset(table["columns"].get(column, ())):
                raise FileRefused(
                    gettext_noop(
                        "The table %(table)s names a bus in %(column)s that does not exist.\n"
                        "Correct it."
                    ),
                    table=name,
                    column=column,
                )
    for kind, element in zip(
        found.column("switch", "et"), found.column("switch", "element"), strict=True
    ):
        there = tables.get(SWITCHED.get(kind, ""), {"index": ()})["index"]
        if element not in set(there):
            raise FileRefused(
                gettext_noop("A switch names an element that does not exist.\nCorrect it.")
            )
