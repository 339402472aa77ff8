"""Gathers heat demand of any shape in 100 m cells of the equal-area storage grid."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import shapely
from pyproj import Transformer

from heatmap.ingest.reader.place import STORAGE_CRS, STORAGE_SRID

CELL_M = 100.0
MOST_CELLS = 4_000_000
M2_PER_HA = 1e4


@dataclass
class Cells:
    """Demand [MWh/a] and number of buildings by cell."""

    town_srid: int
    demand: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    buildings: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    has_buildings: bool = False

    def add(
        self, shapes: np.ndarray, demand: np.ndarray, per: str, buildings: np.ndarray | None
    ) -> None:
        """Spread each row over the cells it touches, by its share of length or area.

        `per` is "" where the value is the row's own, "m" or "ha" where it is a density.
        """
        if per == "m":
            demand = demand * shapely.length(shapely.transform(shapes, self._to_town))
        elif per == "ha":
            demand = demand * shapely.area(shapes) / M2_PER_HA
        low = np.floor(shapely.bounds(shapes)[:, :2] / CELL_M).astype(np.int64)
        high = np.floor(shapely.bounds(shapes)[:, 2:] / CELL_M).astype(np.int64)
        within = (low == high).all(axis=1)
        self._gather(low[within], demand[within], None if buildings is None else buildings[within])
        for place in np.flatnonzero(~within):
            self._spread(
                shapes[place], low[place], high[place], demand[place],
                None if buildings is None else buildings[place],
            )  # fmt: skip

    def _gather(self, cells: np.ndarray, demand: np.ndarray, buildings: np.ndarray | None) -> None:
        keys, where = np.unique(_key(cells), return_inverse=True)
        for key, value in zip(keys.tolist(), np.bincount(where, demand).tolist(), strict=True):
            self.demand[key] += value
        if buildings is not None:
            self.has_buildings = True
            counts = np.bincount(where, np.nan_to_num(buildings))
            for key, value in zip(keys.tolist(), counts.tolist(), strict=True):
                self.buildings[key] += value

    def _spread(
        self,
        shape: shapely.Geometry,
        low: np.ndarray,
        high: np.ndarray,
        demand: float,
        buildings: float | None,
    ) -> None:
        count = int(np.prod(high - low + 1))
        if count > MOST_CELLS:
            raise MemoryError
        columns, lines = np.meshgrid(
            np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1), indexing="ij"
        )
        cells = np.column_stack([columns.ravel(), lines.ravel()])
        boxes = shapely.box(*(cells * CELL_M).T, *((cells + 1) * CELL_M).T)
        parts = shapely.intersection(shape, boxes)
        dimension = shapely.get_dimensions(shape)
        size = (
            shapely.area(parts) if dimension == 2
            else shapely.length(parts) if dimension == 1
            else shapely.get_num_coordinates(parts)
        )  # fmt: skip
        if size.sum() <= 0:
            return
        share = size / size.sum()
        touched = share > 0
        self._gather(
            cells[touched],
            demand * share[touched],
            None if buildings is None else buildings * share[touched],
        )

    def add_values(self, east: np.ndarray, north: np.ndarray, demand: np.ndarray) -> None:
        """Add demand [MWh/a] of points, such as the middles of raster pixels."""
        cells = np.floor(np.column_stack([east, north]) / CELL_M).astype(np.int64)
        self._gather(cells, demand, None)

    def fields(self) -> dict[str, pa.Array]:
        """Return the cells with demand, in order, as rows of the database."""
        keys = np.array(
            sorted(key for key, value in self.demand.items() if value > 0), dtype=np.int64
        )
        columns, lines = keys >> 32, (keys & 0xFFFFFFFF) - 2**31
        shapes = shapely.box(
            columns * CELL_M, lines * CELL_M, (columns + 1) * CELL_M, (lines + 1) * CELL_M
        )
        true = shapely.transform(shapes, self._to_town)
        values = self.demand, self.buildings if self.has_buildings else {}
        demand, buildings = ([of.get(key) for key in keys.tolist()] for of in values)
        return {
            "row_no": pa.array(range(1, len(keys) + 1), pa.int64()),
            "ref": pa.array([f"{c}-{n}" for c, n in zip(columns, lines, strict=True)], pa.string()),
            "name": pa.array([""] * len(keys), pa.string()),
            "geom": pa.array(
                shapely.to_wkb(shapely.set_srid(shapes, STORAGE_SRID), include_srid=True),
                pa.binary(),
            ),
            "heat_demand_mwh_per_a": pa.array(demand, pa.float64()),
            "buildings": pa.array([None if b is None else round(b) for b in buildings], pa.int32()),
            "area_m2": pa.array(shapely.area(true)),
            "length_m": pa.nulls(len(keys), pa.float64()),
        }

    def _to_town(self, points: np.ndarray) -> np.ndarray:
        transformer = Transformer.from_crs(STORAGE_CRS, self.town_srid, always_xy=True)
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


def _key(cells: np.ndarray) -> np.ndarray:
    return (cells[:, 0] << 32) + cells[:, 1] + 2**31
