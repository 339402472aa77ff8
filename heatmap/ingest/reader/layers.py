"""What all readers hand over: the layers of a file, and their rows in batches of columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa


@dataclass
class LayerInfo:
    """One layer of a file, as far as can be told without reading all of it."""

    name: str
    columns: list[str]
    geometry: str = ""  # as GDAL names it; "" where there is none
    features: int = -1  # -1: unknown until read
    crs: str = ""  # "EPSG:25832" or WKT; "" where the file does not say
    encoding: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Batch:
    """Some rows: texts and numbers by column, and shapes as WKB or ready made."""

    first_row: int
    columns: dict[str, pa.Array]
    wkb: np.ndarray | None = None
    shapes: np.ndarray | None = None
    refused: dict[int, tuple[str, dict[str, Any], str]] = field(default_factory=dict)
    """Place in the batch -> message, values, column: rows that could not be read at all."""

    def __len__(self) -> int:
        rows = self.shapes if self.shapes is not None else self.wkb
        return 0 if rows is None else len(rows)

    def usable(self) -> np.ndarray:
        """Mark the rows that nothing refused so far."""
        mask = np.ones(len(self), dtype=bool)
        mask[list(self.refused)] = False
        return mask


class Reader(Protocol):
    """One file of one format."""

    can_lack_crs: bool
    """Whether files of this format never say their reference system."""

    def layers(self) -> list[LayerInfo]: ...

    def batches(self, layer: str, options: dict[str, Any]) -> Iterator[Batch]: ...


def note(message: str, **values: Any) -> dict[str, Any]:
    return {"message": message, "values": values}
