"""Gathers heat demand of any shape in 100 m cells of the equal-area storage grid."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import shapely
from pyproj import Transformer

from heatmap.ingest.reader.place import STORAGE_CRS

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
            transformer = Transformer.from_crs(STORAGE_CRS, self.town_srid, always_xy=True)
            true = shapely.transform(
                shapes, lambda p: np.column_stack(transformer.transform(p[:, 0], p[:, 1]))
            )
            demand = demand * shapely.length(true)
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

    def rows(self) -> tuple[list[str], np.ndarray, np.ndarray, list[int | None]]:
        """Return ref, shape, demand and buildings of the cells with demand, in order."""
        keys = np.array(
            sorted(key for key, value in self.demand.items() if value > 0), dtype=np.int64
        )
        columns, lines = keys >> 32, (keys & 0xFFFFFFFF) - 2**31
        shapes = shapely.box(
            columns * CELL_M, lines * CELL_M, (columns + 1) * CELL_M, (lines + 1) * CELL_M
        )
        refs = [f"{column}-{line}" for column, line in zip(columns, lines, strict=True)]
        demand = np.array([self.demand[key] for key in keys.tolist()])
        buildings = [
            round(self.buildings[key]) if self.has_buildings else None for key in keys.tolist()
        ]
        return refs, shapes, demand, buildings


def _key(cells: np.ndarray) -> np.ndarray:
    return (cells[:, 0] << 32) + cells[:, 1] + 2**31
