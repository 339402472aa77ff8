"""Features as a GeoPackage: the one place where such files are written."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from pyogrio.raw import write


def geopackage(
    layer: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], srid: int
) -> bytes:
    """Return a file with one layer; each row holds the values of the columns, then WKB."""
    buffer = BytesIO()
    fields, masks = [], []
    for at in range(len(columns)):
        values = [row[at] for row in rows]
        fields.append(_column(values))
        masks.append(np.array([value is None for value in values], dtype=bool))
    write(
        buffer,
        geometry=np.array([bytes(row[-1]) for row in rows], dtype=object),
        field_data=fields,
        fields=list(columns),
        field_mask=masks,
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs=f"EPSG:{srid}",
    )
    return buffer.getvalue()


def _column(values: Sequence[Any]) -> np.ndarray:
    """Return an array of one type; gaps, which the mask names, hold something harmless."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return np.array([bool(value) for value in values], dtype=bool)
    if known and all(isinstance(value, int | float) for value in known):
        return np.array([0.0 if value is None else value for value in values], dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
