"""The electricity grid as the database knows it: substations, feeders, what they can give."""

from dataclasses import dataclass
from typing import Any

from heatmap.choices import LayerKind
from heatmap.models import FEATURE_MODELS

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
