"""The electricity grid as the database knows it: substations, feeders, what they can give."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import GEOSGeometry

from heatmap.choices import LayerKind
from heatmap.models import FEATURE_MODELS, GridModelPart

COLUMNS = (
    "id",
    "ref",
    "name",
    "rating_kva",
    "firm_capacity_kva",
    "peak_load_kw",
    "voltage_kv",
    "firm_headroom_kw",
    "flexible_headroom_kw",
    "committed_kw",
)


@dataclass(frozen=True)
class NodeRow:
    """A substation or feeder; None where a value is not known."""

    id: int
    ref: str
    name: str
    rating_kva: float | None
    firm_capacity_kva: float | None
    peak_load_kw: float | None
    voltage_kv: float | None
    firm_headroom_kw: float | None
    flexible_headroom_kw: float | None
    committed_kw: float | None


def node_rows(kind: LayerKind, versions: dict[str, int]) -> list[NodeRow]:
    """Return the substations or feeders of these versions. Call it inside an identity."""
    model: Any = FEATURE_MODELS[kind]
    rows = model.objects.filter(version_id=versions.get(kind, -1)).order_by("id")
    return [NodeRow(*row) for row in rows.values_list(*COLUMNS)]


@dataclass(frozen=True)
class NearestBus:
    """A bus of a grid model; `number` is its row in the model."""

    number: int
    name: str
    voltage_kv: float
    distance_m: float


def nearest_bus(
    version_id: int, place: GEOSGeometry | None, volts_kv: tuple[float, float]
) -> NearestBus | None:
    """Return the bus of a voltage that is nearest to a place. Call it inside an identity."""
    low, high = volts_kv
    buses = GridModelPart.objects.filter(
        version_id=version_id, part_kind="bus", voltage_kv__gt=low, voltage_kv__lte=high
    )
    nearest = (
        buses.annotate(distance=Distance("geom", place)).order_by("distance", "ref").first()
        if place is not None
        else None
    )
    if nearest is None or nearest.voltage_kv is None:
        return None
    number = int(nearest.ref.removeprefix("bus "))
    return NearestBus(number, nearest.name, nearest.voltage_kv, nearest.distance.m)
