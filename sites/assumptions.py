"""The assumptions of a study as people read them: value, unit, tag, source, by group."""

from typing import Any

from engines.assumptions import build_assumptions
from engines.errors import EngineError
from engines.tables import catalogue
from heatmap.quantities import PRINTED_UNITS
from sites.assumption_words import assumption_label
from sites.choices import Source
from sites.models import Study
from sites.models.study import POWER
from sites.sentences import said
from sites.words import group_label, plain

CATALOGUES = (
    ("technology", "hub_technologies"),
    ("miner", "miners"),
    ("tariff", "tariffs"),
    ("heat_pump_tariff", "tariffs"),
)


def catalogue_labels(study: Study) -> dict[str, str]:
    """Return the names of what the study chose from the engines' tables."""
    return {field: catalogue_label(table, getattr(study, field)) for field, table in CATALOGUES}


def catalogue_label(table: str, key: object) -> str:
    """Return what a row of one of the engines' tables is called in the reader's language."""
    row = catalogue(table).get(str(key or ""))
    return said(row["label"]) if row else plain(key)


def displaced_labels(study: Study) -> list[str]:
    """Return the sources that a study names by month, each once in the order of the year."""
    stated = dict.fromkeys(study.money.get("displaced_by_month") or [])
    return [str(Source(source).label) for source in stated]


def assumption_groups(study: Study) -> list[dict[str, Any]]:
    """Group the complete set of numbers by the first word of their key."""
    try:
        entries = build_assumptions(study.overrides).entries
    except (EngineError, OSError):
        return []
    groups: dict[str, dict[str, Any]] = {}
    for key, entry in entries.items():
        if key == POWER and study.stated_kw is None:
            continue  # nobody's size: each place takes its best one
        first = key.split(".")[0]
        group = groups.setdefault(first, {"label": group_label(first), "rows": [], "changed": 0})
        unit = PRINTED_UNITS.get(entry.unit, entry.unit).replace("degC", "°C")
        group["rows"].append({"name": assumption_label(key), "unit": unit, "entry": entry})
        group["changed"] += key in study.overrides
    return list(groups.values())
