"""Reads a whole layer, row by row, into a spool file that the database can COPY."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely

from heatmap.ingest.kinds import BY_NAME, Kind
from heatmap.ingest.reader import place
from heatmap.ingest.reader.cells import Cells
from heatmap.ingest.reader.guess import choose_columns
from heatmap.ingest.reader.layers import Batch, note
from heatmap.ingest.reader.messages import FileRefused, Remarks, emit, gettext_noop
from heatmap.ingest.reader.opening import (
    Opened,
    check_shapes,
    choose_layer,
    open_layers,
    sample_of,
)
from heatmap.ingest.reader.shapes import Fitting, read_shapes
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.values import Choice, ids, numbers, plain_texts, words

STORAGE_SRID = 3035
PER = {"MWh/a": "", "MWh/(m a)": "m", "MWh/(ha a)": "ha"}
LARGEST_WHOLE = 2_000_000_000


@dataclass
class Spool:
    """The file of rows, as CSV in the order of `columns`."""

    path: Path
    columns: list[str]
    rows: int = 0
    _writer: Any = None

    def write(self, table: pa.Table) -> None:
        if self._writer is None:
            options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
            self._writer = pacsv.CSVWriter(str(self.path), table.schema, write_options=options)
        self._writer.write_table(table)
        self.rows += table.num_rows

    def close(self) -> None:
        if self._writer is None:
            self.path.touch()
        else:
            self._writer.close()


@dataclass
class Loading:
    """One layer on its way into the spool."""

    kind: Kind
    opened: Opened
    choices: list[Choice]
    fitting: Fitting
    spool: Spool
    cells: Cells | None
    remarks: Remarks = field(default_factory=Remarks)
    rows_read: int = 0
    rows_used: int = 0
    notes: list[dict[str, Any]] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    double: int = 0

    def take(self, batch: Batch) -> None:
        """Check one batch and write what can be used."""
        raw = read_shapes(batch)
        shapes = self.fitting.fit(raw, batch)
        values = self._values(batch)
        for row, (message, content, column) in sorted(batch.refused.items()):
            ref = values["ref"][row] if "ref" in values else f"row {batch.first_row + row}"
            cell = batch.columns.get(column)
            shown = "" if cell is None else str(cell[row].as_py() or "")
            self.remarks.refuse(
                batch.first_row + row, str(ref or ""), message, content,
                column=column, value=shown,
            )  # fmt: skip
        kept = np.array([row not in batch.refused for row in range(len(batch))], dtype=bool)
        self.rows_read += len(batch)
        if kept.any():
            if self.cells is None:
                self.rows_used += int(kept.sum())
                self.spool.write(self._table(batch, shapes, values, kept))
            else:
                self._gather(batch, shapes, values, kept)

    def _values(self, batch: Batch) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for choice in self.choices:
            wanted, column = choice.field, batch.columns[choice.columns[0]]
            if wanted.type == "id":
                values["ref"] = ids(column, choice, batch.refused)
            elif wanted.type == "text":
                values[wanted.name] = plain_texts(column, choice, batch.first_row, batch.refused)
            elif wanted.type == "words":
                values[wanted.name] = words(column, choice)
            elif wanted.type == "months":
                parts = [numbers(batch.columns[c], choice, batch.first_row) for c in choice.columns]
                values[wanted.name] = _months(parts)
            else:
                values[wanted.name] = numbers(column, choice, batch.first_row)
        return values

    def _table(
        self, batch: Batch, shapes: np.ndarray, values: dict[str, Any], kept: np.ndarray
    ) -> pa.Table:
        count = len(batch)
        row_numbers = np.arange(batch.first_row, batch.first_row + count)
        hexed = shapely.to_wkb(
            shapely.set_srid(shapes[kept], STORAGE_SRID), hex=True, include_srid=True
        )
        columns: dict[str, pa.Array] = {"row_no": pa.array(row_numbers[kept], pa.int64())}
        for name in self.spool.columns[1:]:
            if name == "geom":
                columns[name] = pa.array(hexed, pa.string())
            elif name == "ref" and "ref" not in values:
                columns[name] = pa.array([f"row {row}" for row in row_numbers[kept]])
            else:
                columns[name] = self._column(name, values, kept)
        return pa.table(columns)

    def _column(self, name: str, values: dict[str, Any], kept: np.ndarray) -> pa.Array:
        known = self.kind.field(name)
        count = int(kept.sum())
        if name not in values:
            default = dict(self.kind.constants).get(name)
            if default is None and known is not None and known.if_missing is not None:
                default = known.if_missing
            if default is None and (name == "name" or (known and known.type in ("text", "words"))):
                default = ""
            return pa.array([default] * count, pa.string() if default is None else None)
        found = values[name]
        if isinstance(found, np.ndarray):
            chosen = found[kept]
            if known is not None and known.type == "whole":
                chosen = np.where(np.abs(chosen) < LARGEST_WHOLE, np.round(chosen), np.nan)
                return pa.array(chosen, pa.float64(), from_pandas=True).cast(pa.int64())
            return pa.array(chosen, pa.float64(), from_pandas=True)
        return pa.array(np.array(found, dtype=object)[kept], pa.string())

    def _gather(
        self, batch: Batch, shapes: np.ndarray, values: dict[str, Any], kept: np.ndarray
    ) -> None:
        if self.cells is None:
            raise AssertionError("only heat demand is gathered in cells")
        demand = values["heat_demand_mwh_per_a"]
        choice = next(c for c in self.choices if c.field.name == "heat_demand_mwh_per_a")
        usable = kept & np.isfinite(demand)
        for row in np.flatnonzero(kept & ~usable):
            self.remarks.refuse(batch.first_row + int(row), "", NO_DEMAND, column=choice.columns[0])
        self.rows_used += int(usable.sum())
        if not usable.any():
            return
        keys = shapely.to_wkb(shapes[usable])
        for key, value in zip(keys, demand[usable].tolist(), strict=True):
            mark = hash((key, value))
            self.double += mark in self.places
            if len(self.places) < 5_000_000:
                self.places.add(mark)
        buildings = values.get("buildings")
        self.cells.add(
            shapes[usable], demand[usable], PER[choice.target or "MWh/a"],
            None if buildings is None else buildings[usable],
        )  # fmt: skip


NO_DEMAND = gettext_noop("the heat demand is missing\nFill it in, or leave the row out.")


def _months(parts: list[np.ndarray]) -> list[str | None]:
    if len(parts) == 1:
        parts = parts * 12
    rows = np.column_stack(parts)
    return [
        None if not np.isfinite(row).all() else "{" + ",".join(f"{v:.6g}" for v in row) + "}"
        for row in rows
    ]


def read(sources: list[Source], request: Mapping[str, Any]) -> None:
    """Read a layer into the spool and print what was learned of it."""
    kind = BY_NAME[request["kind"]]
    town = place.Town(
        shapely.from_wkb(bytes.fromhex(request["extent_wkb"])), request["town_srid"], kind.margin_m
    )
    opened = choose_layer(
        open_layers(sources, request.get("encoding") or ""), request.get("layer") or "", kind.name
    )
    asked = request.get("columns") or {}
    sample = sample_of(opened, asked)
    check_shapes(opened, sample, kind)
    placement = place.choose(
        opened.info, opened.source.format, opened.reader.can_lack_crs,
        place.sample_points(sample.shapes), town,
        srid=request.get("srid"), swap=bool(request.get("swap_axes")),
    )  # fmt: skip
    choices = choose_columns(
        kind, opened.info, asked, sample.columns, guess=bool(request.get("guess", True))
    )
    _check_needed(kind, choices, opened)
    loading = Loading(
        kind, opened, choices, Fitting(kind.shapes, placement, town),
        Spool(Path(request["spool"]), ["row_no", *request["spool_columns"]]),
        Cells(town.srid) if kind.name == "heat_demand" else None,
    )  # fmt: skip
    for batch in _batches(opened, asked):
        loading.take(batch)
        emit("progress", rows=loading.rows_read, features=opened.info.features)
    if loading.rows_used == 0 and loading.fitting.handling.outside:
        points = np.vstack(loading.fitting.handling.outside_points)
        if len(points):
            raise place.diagnose(points, placement, town)
    if loading.cells is not None and loading.rows_used:
        _spool_cells(loading)
    loading.spool.close()
    _tell(loading)


def _batches(opened: Opened, asked: dict[str, Any]) -> Iterator[Batch]:
    return opened.reader.batches(opened.info.name, {"columns": asked})


def _check_needed(kind: Kind, choices: list[Choice], opened: Opened) -> None:
    have = {choice.field.name for choice in choices}
    missing = [field.name for field in kind.fields if field.needed and field.name not in have]
    if missing:
        raise FileRefused(
            gettext_noop(
                "No column holds %(fields)s, without which this kind of layer says nothing. The "
                "file has the columns %(columns)s.\nState which one it is, for example "
                "%(fields)s=COLUMN."
            ),
            fields=", ".join(missing),
            columns=", ".join(opened.info.columns[:40]) or "–",
        )


def _spool_cells(loading: Loading) -> None:
    if loading.cells is None:
        raise AssertionError("only heat demand is gathered in cells")
    refs, shapes, demand, buildings = loading.cells.rows()
    batch_rows = 16_384
    for start in range(0, len(refs), batch_rows):
        part = slice(start, start + batch_rows)
        columns = {
            "row_no": pa.array(range(start + 1, start + 1 + len(refs[part])), pa.int64()),
            "ref": pa.array(refs[part]),
            "name": pa.array([""] * len(refs[part])),
            "geom": pa.array(
                shapely.to_wkb(
                    shapely.set_srid(shapes[part], STORAGE_SRID), hex=True, include_srid=True
                ),
                pa.string(),
            ),
            "heat_demand_mwh_per_a": pa.array(demand[part]),
            "buildings": pa.array(buildings[part], pa.int64()),
        }
        loading.spool.write(pa.table({name: columns[name] for name in loading.spool.columns}))


def _tell(loading: Loading) -> None:
    handling, placement = loading.fitting.handling, loading.fitting.placement
    emit(
        "facts",
        layer=loading.opened.info.name,
        format=loading.opened.source.format,
        crs=placement.name,
        srid=placement.srid,
        crs_from=placement.how,
        axes_swapped=placement.swap,
        encoding=loading.opened.info.encoding,
        rows_read=loading.rows_read,
        rows_used=loading.rows_used,
        rows_refused=loading.remarks.refused,
        refused_counts=dict(loading.remarks.by_message),
        features=loading.spool.rows,
        columns=[choice.document() for choice in loading.choices],
        unused_columns=[
            name for name in loading.opened.info.columns
            if name not in {c for choice in loading.choices for c in choice.columns}
        ][:300],
        ids_are_row_numbers=not any(choice.field.type == "id" for choice in loading.choices),
        handling={
            "flattened": handling.flattened,
            "closed": handling.closed,
            "picked": handling.picked,
            "repaired": handling.repaired,
            "area_changed_m2": round(handling.area_changed_m2, 2),
            "repairs": handling.repairs,
            "outside": handling.outside,
        },
        double_rows=loading.double,
        notes=[*loading.opened.info.notes, *placement.notes, *_assumptions(loading)],
    )  # fmt: skip


def _assumptions(loading: Loading) -> list[dict[str, Any]]:
    notes = []
    for choice in loading.choices:
        if choice.unit_from == "assumed":
            notes.append(
                note(
                    gettext_noop(
                        "Column %(column)s does not say its unit; %(unit)s was assumed for "
                        "%(field)s. Highest value: %(highest)s."
                    ),
                    column=choice.columns[0],
                    unit=choice.unit,
                    field=choice.field.name,
                    highest="–" if choice.low > choice.high else f"{choice.high:.6g}",
                )
            )
        if choice.comma_assumed:
            notes.append(
                note(
                    gettext_noop(
                        "Column %(column)s does not tell whether its commas and points divide "
                        "decimals or thousands; they were read as decimals."
                    ),
                    column=choice.columns[0],
                )
            )
        if choice.field.type == "months" and len(choice.columns) == 1:
            notes.append(
                note(
                    gettext_noop("Column %(column)s was used for all twelve months."),
                    column=choice.columns[0],
                )
            )
    return notes
