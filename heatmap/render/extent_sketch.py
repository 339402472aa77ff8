"""A sketch of where a file may lie beside its town: rectangles on a plain ground, no map needed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 460.0, 280.0, 22.0
SMALLEST, WIDE_ENOUGH = 8.0, 24.0
KM_PER_DEG = 111.2
"""Length of a degree of latitude (mean sphere, 6371 km)."""
SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in the units of the sketch; `number` is 0 for the town."""

    number: int
    x: float
    y: float
    width: float
    height: float

    @property
    def label_x(self) -> float:
        """Where its number stands: inside, or beside it if it is too narrow."""
        return self.x if self.width >= WIDE_ENOUGH else self.x + self.width


@dataclass(frozen=True)
class Sketch:
    """Rectangles of the town and of the extents, and a bar that tells their size."""

    rectangles: list[Rectangle]
    bar: float
    bar_km: float
    width: float = WIDTH
    height: float = HEIGHT


def sketch(town: Sequence[float], extents: Sequence[Sequence[float] | None]) -> Sketch:
    """Place the town and the measured extents (west, south, east, north in degrees)."""
    boxes = [(0, town), *((n, box) for n, box in enumerate(extents, start=1) if box)]
    west, south = min(box[0] for _, box in boxes), min(box[1] for _, box in boxes)
    east, north = max(box[2] for _, box in boxes), max(box[3] for _, box in boxes)
    squeeze = math.cos(math.radians((town[1] + town[3]) / 2))
    scale = min(
        (WIDTH - 2 * EDGE) / max((east - west) * squeeze, 1e-6),
        (HEIGHT - 2 * EDGE) / max(north - south, 1e-6),
    )
    left = (WIDTH - (east - west) * squeeze * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2

    def placed(number: int, box: Sequence[float]) -> Rectangle:
        width, height = (box[2] - box[0]) * squeeze * scale, (box[3] - box[1]) * scale
        x, y = left + (box[0] - west) * squeeze * scale, top + (north - box[3]) * scale
        wide, high = max(width, SMALLEST), max(height, SMALLEST)
        return Rectangle(
            number, round(x - (wide - width) / 2, 1), round(y - (high - height) / 2, 1),
            round(wide, 1), round(high, 1),
        )  # fmt: skip

    per_km = scale / KM_PER_DEG
    bar_km = max((km for km in SCALES_KM if km * per_km <= WIDTH / 3), default=SCALES_KM[0])
    return Sketch([placed(*box) for box in boxes], round(bar_km * per_km, 1), bar_km)
