"""Reads a whole layer, row by row, into a spool file that the database can COPY."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from heatmap.ingest.kinds import AS_MODEL, BY_NAME, Kind
from heatmap.ingest.reader import place
from heatmap.ingest.reader.ahead import ahead
from heatmap.ingest.reader.cells import Cells
from heatmap.ingest.reader.grid_model import FORMAT, GridModel
from heatmap.ingest.reader.guess import choose_columns
from heatmap.ingest.reader.layers import Batch, note
from heatmap.ingest.reader.messages import FileRefused, Remarks, emit, emit_now, gettext_noop
from heatmap.ingest.reader.neighbours import Neighbours
from heatmap.ingest.reader.opening import (
    Opened,
    check_shapes,
    choose_layer,
    open_layers,
    sample_of,
)
from heatmap.ingest.reader.shapes import Fitted, Fitting, read_shapes
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.spool import Spool
from heatmap.ingest.reader.values import Choice, ids, numbers, plain_texts, words

PER = {"MWh/a": "", "MWh/(m a)": "m", "MWh/(ha a)": "ha"}
LARGEST_WHOLE = 2_000_000_000


@dataclass
class Loading:
    """One layer on its way into the spool."""

    kind: Kind
    opened: Opened
    choices: list[Choice]
    fitting: Fitting
    spool: Spool
    cells: Cells | None
    neighbours: Neighbours
    remarks: Remarks = field(default_factory=Remarks)
    rows_read: int = 0
    rows_used: int = 0
    notes: list[dict[str, Any]] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    double: int = 0

    def take(self, batch: Batch, fitted: Fitted) -> None:
        """Check one batch and write what can be used."""
        values = self._values(batch)
        for row, (message, content, column) in sorted(batch.refused.items()):
            ref = values["ref"][row].as_py() if "ref" in values else f"row {batch.first_row + row}"
            cell = batch.columns.get(column)
            shown = "" if cell is None else str(cell[row].as_py() or "")
            self.remarks.refuse(
                batch.first_row + row, str(ref or ""), message, content,
                column=column, value=shown,
            )  # fmt: skip
        kept = batch.usable()
        self.rows_read += len(batch)
        if kept.any():
            if self.cells is None:
                self.rows_used += int(kept.sum())
                self.spool.write(self._fields(batch, fitted, values, kept))
            else:
                self._gather(batch, fitted.shapes, values, kept)

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

    def _fields(
        self, batch: Batch, fitted: Fitted, values: dict[str, Any], kept: np.ndarray
    ) -> dict[str, pa.Array]:
        shapes = fitted.shapes[kept]
        row_numbers = np.arange(batch.first_row, batch.first_row + len(batch))[kept]
        wkb = shapely.to_wkb(shapely.set_srid(shapes, place.STORAGE_SRID), include_srid=True)
        made = {
            "row_no": pa.array(row_numbers, pa.int64()),
            "geom": pa.array(wkb, pa.binary()),
            "area_m2": pa.array(fitted.area_m2[kept], from_pandas=True),
            "length_m": pa.array(fitted.length_m[kept], from_pandas=True),
        }
        if "ref" not in values:
            made["ref"] = pa.array([f"row {row}" for row in row_numbers.tolist()], pa.string())
        for name in self.spool.columns:
            if name not in made:
                made[name] = self._column(name, values, kept)
        self.neighbours.add(row_numbers, made["ref"], shapes, wkb)
        return made

    def _column(self, name: str, values: dict[str, Any], kept: np.ndarray) -> pa.Array:
        known = self.kind.field(name)
        count = int(kept.sum())
        if name not in values:
            default = dict(self.kind.constants).get(name)
            if default is None and known is not None and known.if_missing is not None:
                default = known.if_missing
            if default is None and (name == "name" or (known and known.type in ("text", "words"))):
                default = ""
            return pa.array([default] * count)
        found = values[name]
        if not isinstance(found, np.ndarray):
            return found.filter(pa.array(kept))
        chosen = found[kept]
        if chosen.ndim == 2:
            whole = ~np.isfinite(chosen).all(axis=1)
            return pa.FixedSizeListArray.from_arrays(
                pa.array(chosen.ravel()), chosen.shape[1], mask=pa.array(whole)
            )
        if known is not None and known.type == "whole":
            chosen = np.where(np.abs(chosen) < LARGEST_WHOLE, np.round(chosen), np.nan)
            return pa.array(chosen, pa.float64(), from_pandas=True).cast(pa.int32())
        return pa.array(chosen, pa.float64(), from_pandas=True)

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


NO_MODEL = gettext_noop(
    "A grid model comes as a network of pandapower (.json), not as a table of features.\nWrite it "
    "with pandapower.to_json, or bring substations and feeders."
)
NO_DEMAND = gettext_noop("the heat demand is missing\nFill it in, or leave the row out.")


def _months(parts: list[np.ndarray]) -> np.ndarray:
    """Return (rows, 12); one value stands for all months."""
    return np.column_stack(parts * 12 if len(parts) == 1 else parts)


def read(sources: list[Source], request: Mapping[str, Any]) -> None:
    """Read a layer into the spool and print what was learned of it."""
    kind = BY_NAME[request["kind"]]
    town = place.Town(
        shapely.from_wkb(bytes.fromhex(request["extent_wkb"])), request["town_srid"], kind.margin_m
    )
    opened = choose_layer(
        open_layers(sources, request.get("encoding") or ""), request.get("layer") or "", kind.name
    )
    if kind.name in AS_MODEL and opened.source.format != FORMAT:
        raise FileRefused(NO_MODEL)
    asked = request.get("columns") or {}
    sample = sample_of(opened, asked)
    by_id = bool(request.get("merge"))
    points = place.sample_points(sample.shapes)
    if not by_id:
        check_shapes(opened, sample, kind)
    if by_id and not len(points):
        placement = place.stated(town.srid)  # of shapes that may come further down
    else:
        placement = place.choose(
            opened.info, opened.source.format, opened.reader.can_lack_crs, points, town,
            srid=request.get("srid"), swap=bool(request.get("swap_axes")),
        )  # fmt: skip
    choices = choose_columns(
        kind, opened.info, asked, sample.columns, guess=bool(request.get("guess", True))
    )
    _check_needed(kind, choices, opened)
    loading = Loading(
        kind, opened, choices, Fitting(kind.shapes, placement, town, shapes_optional=by_id),
        Spool(Path(request["spool"]), ["row_no", *request["spool_columns"]]),
        Cells(town.srid) if kind.name == "heat_demand" else None,
        # a file that changes a layer is compared with the rest of it, by the database
        Neighbours(kind.checks_overlaps, fits=not by_id and kind.name != "heat_demand"),
    )  # fmt: skip
    for batch, fitted in ahead(_fitted(loading, asked)):
        loading.take(batch, fitted)
        emit_now("progress", rows=loading.rows_read, features=opened.info.features)
    if loading.rows_used == 0 and loading.fitting.handling.outside:
        points = np.vstack(loading.fitting.handling.outside_points)
        if len(points):
            raise place.diagnose(points, placement, town)
    if loading.cells is not None and loading.rows_used:
        _spool_cells(loading)
    loading.spool.close()
    _tell(loading)


def _fitted(loading: Loading, asked: dict[str, Any]) -> Iterator[tuple[Batch, Fitted]]:
    """Yield the batches of the layer and their shapes, placed and repaired."""
    opened = loading.opened
    options = {"columns": asked, "shapes_optional": loading.fitting.shapes_optional}
    for batch, raw in ahead(_delivered(opened.reader.batches(opened.info.name, options))):
        yield batch, loading.fitting.fit(raw, batch)


def _delivered(batches: Iterator[Batch]) -> Iterator[tuple[Batch, np.ndarray]]:
    for batch in batches:
        yield batch, read_shapes(batch)


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
    loading.spool.write(loading.cells.fields())


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
        neighbours=loading.neighbours.document(),
        model=loading.opened.reader.document()
        if isinstance(loading.opened.reader, GridModel) and loading.kind.name in AS_MODEL
        else None,
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
