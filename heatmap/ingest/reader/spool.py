"""Writes rows as the database's COPY reads them in binary: no text is made, none is parsed again.

The format is PostgreSQL's (documentation of COPY, "Binary Format"), without the signature in front
and the mark at the end: for each row the number of its fields and for each field its length and its
bytes, all in network order. How many bytes are whole rows is printed as they come, so that the
database takes them while the next ones are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heatmap.ingest.reader.messages import emit_now

NULL = b"\xff\xff\xff\xff"
FLOAT8_TYPE = 701
FIXED = {pa.int64(): ">i8", pa.int32(): ">i4", pa.float64(): ">f8", pa.bool_(): "i1"}


@dataclass
class Spool:
    """The file of rows, with fields in the order of `columns`."""

    path: Path
    columns: list[str]
    rows: int = 0
    _file: IO[bytes] | None = None

    def write(self, fields: Mapping[str, pa.Array]) -> None:
        """Append rows: whole numbers, floats, truths, texts, bytes, and lists of twelve floats."""
        if self._file is None:
            self._file = self.path.open("wb")
        head = pa.scalar(len(self.columns).to_bytes(2, "big"))
        parts = [part for name in self.columns for part in _fields(fields[name])]
        rows = pc.binary_join_element_wise(head, *parts, b"")
        start, end = np.frombuffer(rows.buffers()[1], dtype=np.int32)[[0, len(rows)]]
        self._file.write(memoryview(rows.buffers()[2])[start:end])
        self.rows += len(rows)
        self._file.flush()
        emit_now("spooled", bytes=self._file.tell(), is_all=False)

    def close(self) -> None:
        """Say that no more rows come."""
        size = 0
        if self._file is not None:
            size = self._file.tell()
            self._file.close()
        emit_now("spooled", bytes=size, is_all=True)


def _fields(column: pa.Array) -> list[pa.Array]:
    """Return the bytes of each field, its length in front, in one or two parts."""
    if column.type in FIXED:
        return [
            _fixed(
                column.fill_null(pa.scalar(0).cast(column.type)).to_numpy(zero_copy_only=False),
                column,
            )
        ]
    if pa.types.is_fixed_size_list(column.type):
        return [_lists(column)]
    if pa.types.is_null(column.type):
        return [pa.array([NULL] * len(column), pa.binary())]
    raw = column.cast(pa.binary())
    lengths = pc.fill_null(pc.binary_length(raw), -1).to_numpy().astype(">i4")
    return [_as_bytes(lengths), pc.fill_null(raw, b"")]


def _fixed(values: np.ndarray, column: pa.Array) -> pa.Array:
    wire = np.dtype(FIXED[column.type])
    fields = np.empty(len(values), dtype=[("length", ">i4"), ("value", wire)])
    fields["length"], fields["value"] = wire.itemsize, values
    return _with_nulls(_as_bytes(fields), column)


def _lists(column: pa.Array) -> pa.Array:
    """Arrays of float8: dimensions, flags, type, size, first index, then length and value each."""
    size = column.type.list_size
    cells = np.dtype([("length", ">i4"), ("value", ">f8")])
    fields = np.empty(
        len(column), dtype=[("length", ">i4"), ("head", ">i4", 5), ("v", cells, size)]
    )
    fields["length"] = 20 + 12 * size
    fields["head"] = (1, 0, FLOAT8_TYPE, size, 1)
    fields["v"]["length"] = 8
    flat = column.fill_null([0.0] * size).flatten().to_numpy(zero_copy_only=False)
    fields["v"]["value"] = flat.reshape(-1, size)
    return _with_nulls(_as_bytes(fields), column)


def _as_bytes(fields: np.ndarray) -> pa.Array:
    kind = pa.binary(fields.dtype.itemsize)
    made = pa.Array.from_buffers(kind, len(fields), [None, pa.py_buffer(fields.tobytes())])
    return made.cast(pa.binary())


def _with_nulls(fields: pa.Array, column: pa.Array) -> pa.Array:
    return fields if column.null_count == 0 else pc.if_else(column.is_valid(), fields, NULL)
