"""Reads a pandapower network as a layer: buses as points, lines and transformers between them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from heatmap.ingest.reader.grid_tables import GridTables, grid_tables
from heatmap.ingest.reader.layers import Batch, LayerInfo, note
from heatmap.ingest.reader.messages import gettext_noop
from heatmap.ingest.reader.sniff import Source

LAYER = "grid_model"
FORMAT = "pandapower"
COLUMNS = ["ref", "name", "part_kind", "voltage_kv", "rating_kva"]
Row = tuple[list[str], Any]


class GridModel:
    """One network file."""

    can_lack_crs = False

    def __init__(self, source: Source) -> None:
        self.found: GridTables = grid_tables(source.path.read_bytes())
        self.rows = [*_buses(self.found), *_lines(self.found), *_transformers(self.found)]

    def document(self) -> dict[str, Any]:
        """The checked tables, to be kept beside the features."""
        return self.found.tables

    def layers(self) -> list[LayerInfo]:
        shapes = [shape for _, shape in self.rows if shape is not None]
        in_degrees = bool(shapes) and _are_degrees(shapely.total_bounds(shapes))
        notes = []
        if self.found.ignored:
            notes.append(
                note(
                    gettext_noop("These parts of the grid model are not used: %(names)s."),
                    names=", ".join(sorted(self.found.ignored)[:30]),
                )
            )
        return [
            LayerInfo(
                LAYER,
                list(COLUMNS),
                geometry="Unknown",
                features=len(self.rows),
                crs="EPSG:4326" if in_degrees else "",
                notes=notes,
            )
        ]

    def batches(self, layer: str, options: dict[str, Any]) -> Iterator[Batch]:
        step = int(options.get("batch_rows") or 5000)
        for start in range(0, len(self.rows), step):
            part = self.rows[start : start + step]
            columns = zip(*(cells for cells, _ in part), strict=True)
            yield Batch(
                first_row=start + 1,
                columns={
                    name: pa.array(list(cells), pa.string())
                    for name, cells in zip(COLUMNS, columns, strict=True)
                },
                wkb=np.array(
                    [None if shape is None else shapely.to_wkb(shape) for _, shape in part],
                    dtype=object,
                ),
            )


def _are_degrees(bounds: Any) -> bool:
    west, south, east, north = bounds
    return bool(west >= -180.0 and east <= 180.0 and south >= -90.0 and north <= 90.0)


def _bus_places(found: GridTables) -> dict[int, list[float]]:
    places = {
        number: points[0]
        for number, points in zip(
            found.tables["bus"]["index"], found.column("bus", "geo"), strict=True
        )
        if points
    }
    # before version 3 the places stood in a table of their own
    older = found.tables.get("bus_geodata", {"index": ()})["index"]
    xs, ys = found.column("bus_geodata", "x"), found.column("bus_geodata", "y")
    return {number: [x, y] for number, x, y in zip(older, xs, ys, strict=True)} | places


def _text(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _buses(found: GridTables) -> Iterator[Row]:
    places = _bus_places(found)
    names, voltages = found.column("bus", "name"), found.column("bus", "vn_kv")
    for number, name, kv in zip(found.tables["bus"]["index"], names, voltages, strict=True):
        shape = shapely.Point(places[number]) if number in places else None
        yield [f"bus {number}", _text(name), "bus", _text(kv), ""], shape


def _lines(found: GridTables) -> Iterator[Row]:
    places = _bus_places(found)
    voltage = dict(zip(found.tables["bus"]["index"], found.column("bus", "vn_kv"), strict=True))
    for number, name, start, end, ka, parallel, geo in zip(
        found.tables.get("line", {"index": ()})["index"],
        *(
            found.column("line", column)
            for column in ("name", "from_bus", "to_bus", "max_i_ka", "parallel", "geo")
        ),
        strict=True,
    ):
        rating = 3.0**0.5 * voltage[start] * ka * (parallel or 1) * 1000.0
        points = geo or [places[bus] for bus in (start, end) if bus in places]
        cells = [f"line {number}", _text(name), "line", _text(voltage[start]), _text(rating)]
        yield cells, _between(points)


def _transformers(found: GridTables) -> Iterator[Row]:
    """A transformer stands at its upper bus: both of its buses are one place."""
    places = _bus_places(found)
    for number, name, bus, mva, parallel, kv in zip(
        found.tables.get("trafo", {"index": ()})["index"],
        *(
            found.column("trafo", column)
            for column in ("name", "hv_bus", "sn_mva", "parallel", "vn_hv_kv")
        ),
        strict=True,
    ):
        rating = mva * (parallel or 1) * 1000.0
        shape = shapely.Point(places[bus]) if bus in places else None
        yield [f"trafo {number}", _text(name), "trafo", _text(kv), _text(rating)], shape


def _between(points: list[list[float]]) -> Any:
    distinct = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return shapely.LineString(distinct) if len(distinct) > 1 else None
