"""The assumptions of a study as people read them: value, unit, tag, source, by group."""

from typing import Any

from engines.assumptions import build_assumptions
from engines.errors import EngineError
from engines.tables import catalogue
from heatmap.quantities import PRINTED_UNITS
from sites.models import Study
from sites.words import group_label, plain

CATALOGUES = (
    ("technology", "hub_technologies"),
    ("miner", "miners"),
    ("tariff", "tariffs"),
    ("heat_pump_tariff", "tariffs"),
)


def catalogue_labels(study: Study) -> dict[str, str]:
    """Return the names of what the study chose from the engines' tables."""
    labels = {}
    for field, table in CATALOGUES:
        key = getattr(study, field)
        row = catalogue(table).get(key)
        labels[field] = str(row["label"]) if row else plain(key)
    return labels


def assumption_groups(study: Study) -> list[dict[str, Any]]:
    """Group the complete set of numbers by the first word of their key."""
    try:
        entries = build_assumptions(study.overrides).entries
    except (EngineError, OSError):
        return []
    groups: dict[str, dict[str, Any]] = {}
    for key, entry in entries.items():
        first = key.split(".")[0]
        group = groups.setdefault(first, {"label": group_label(first), "rows": [], "changed": 0})
        name = key.split(".", 1)[-1].replace("_", " ")
        unit = PRINTED_UNITS.get(entry.unit, entry.unit).replace("degC", "°C")
        group["rows"].append({"name": name, "unit": unit, "entry": entry})
        group["changed"] += key in study.overrides
    return list(groups.values())
