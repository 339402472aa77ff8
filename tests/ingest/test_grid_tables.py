"""What a grid model may hold, and what is refused or left out: nothing in the file is ever run."""

import json

import pytest

from heatmap.ingest.reader.grid_tables import COLUMNS, grid_tables
from heatmap.ingest.reader.messages import FileRefused
from heatmap.ingest.samples import sample_model


def network(**changes) -> dict:
    """The sample network; `changes` replace tables by rows, or anything by anything."""
    net = json.loads(sample_model("grid_model", 7.9, 48.5))
    for name, value in changes.items():
        net["_object"][name] = frame(value) if isinstance(value, list) else value
    return net


def frame(rows: list[dict]) -> dict:
    split = {
        "columns": list(rows[0]),
        "index": list(range(len(rows))),
        "data": [list(row.values()) for row in rows],
    }
    return {"_module": "pandas", "_class": "DataFrame", "_object": json.dumps(split)}


def line(**changes) -> dict:
    return {
        "from_bus": 1, "to_bus": 2, "length_km": 1.0, "r_ohm_per_km": 0.1, "x_ohm_per_km": 0.1,
        "max_i_ka": 0.3,
    } | changes  # fmt: skip


def read(net: dict):
    return grid_tables(json.dumps(net).encode())


def test_the_known_tables_come_out_as_plain_columns():
    found = read(network())
    assert found.tables["load"]["columns"]["p_mw"] == [1.0]
    assert found.tables["bus"]["columns"]["vn_kv"] == [110.0, 20.0, 20.0]
    assert found.ignored == []


def test_classes_named_in_the_file_are_never_looked_up():
    evil = {"_module": "os", "_class": "system", "_object": "echo gone"}
    found = read(network(controller=evil, group=evil, measurement=[{"value": 1.0}]))
    assert sorted(found.ignored) == ["controller", "group", "measurement"]
    assert not found.tables.keys() - COLUMNS.keys()
    # in the place of a known table it is no table
    with pytest.raises(FileRefused, match="not a grid model"):
        read(network(load=evil))
    hidden = network(load=[{"bus": 2, "p_mw": evil}])
    with pytest.raises(FileRefused, match="column p_mw holds"):
        read(hidden)


def test_unknown_columns_are_left_out():
    found = read(network(load=[{"bus": 2, "p_mw": 1.0, "object": {"_class": "X"}}]))
    assert found.tables["load"]["columns"].keys() == {"bus", "p_mw"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": [line(to_bus=99)]}, "names a bus in to_bus that does not exist"),
        ({"line": [line(length_km="1; DROP TABLE")]}, "column length_km holds"),
        ({"line": [line(length_km=1e300)]}, "column length_km holds"),
        ({"line": [line(length_km=True)]}, "column length_km holds True"),
        ({"line": [line(length_km=None)]}, "column length_km holds None"),
        ({"line": [{"from_bus": 1, "to_bus": 2}]}, "lacks length_km"),
        ({"load": [{"bus": -1, "p_mw": 1.0}]}, "column bus holds -1"),
        ({"load": [{"bus": 1.5, "p_mw": 1.0}]}, "column bus holds 1.5"),
        ({"switch": [{"bus": 1, "element": 7, "et": "l", "closed": True}]}, "an element that"),
        ({"switch": [{"bus": 1, "element": 0, "et": "x", "closed": True}]}, "an element that"),
        ({"bus": [{"vn_kv": 0.0}] * 3}, "voltage of zero"),
        ({"bus": [{"vn_kv": 20.0, "geo": '{"type": "Point", "coordinates": ["x", 1]}'}] * 3},
         "not a pair of numbers"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_with_their_place(changes, said):
    with pytest.raises(FileRefused, match=said):
        read(network(**changes))


def test_a_table_that_does_not_fit_together_is_refused():
    net = network()
    split = {"columns": ["bus", "p_mw"], "index": [0, 0], "data": [[2, 1.0], [2, 1.0]]}
    net["_object"]["load"]["_object"] = json.dumps(split)
    with pytest.raises(FileRefused, match="stands twice"):
        read(net)
    net["_object"]["load"]["_object"] = json.dumps(split | {"index": [0]})
    with pytest.raises(FileRefused, match="do not fit together"):
        read(net)
    net["_object"]["load"]["_object"] = json.dumps(split | {"index": [{}, []]})
    with pytest.raises(FileRefused, match="number of a row"):
        read(net)
    net["_object"]["load"]["_object"] = '{"0": {"bus": 1}}'
    with pytest.raises(FileRefused, match="columns, index and rows"):
        read(net)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 200_000,
        b'{"_class": "pandapowerNet", "_object": {"bus": ' + b'{"a":' * 100_000,
        b'{"_class": "pandapowerNet", "_object": NaN}',
        b'{"_class": "pandapowerNet"',
        b"\xff\xfe\x00",
    ],
)
def test_damaged_nested_and_impossible_json_is_refused(text):
    with pytest.raises(FileRefused, match="cannot be read as JSON"):
        grid_tables(text)


def test_not_a_number_inside_a_table_is_refused():
    net = network()
    net["_object"]["load"]["_object"] = (
        '{"columns": ["bus", "p_mw"], "index": [0], "data": [[2, NaN]]}'
    )
    with pytest.raises(FileRefused, match="cannot be read as JSON"):
        read(net)


def test_too_many_rows_are_refused():
    with pytest.raises(FileRefused, match="more than 50000 rows"):
        read(network(load=[{"bus": 2, "p_mw": 0.0}] * 50_001))


def test_a_network_without_supply_is_none():
    net = network()
    del net["_object"]["ext_grid"]
    with pytest.raises(FileRefused, match="not a grid model"):
        read(net)
