"""Attributes of features in words: their names, and their values with units."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.ingest.kinds import BY_NAME
from heatmap.layers import BY_KIND, WORDS
from heatmap.quantities import quantity


def attribute_labels(kind: str) -> dict[str, str]:
    """Return column -> name in the language of the reader."""
    fields = BY_NAME[kind].fields if kind in BY_NAME else ()
    labels = {field.name: _(field.label) for field in fields}
    record = BY_KIND.get(kind)
    return labels | {p.column: str(p.label) for p in (record.properties if record else ())}


def attribute_text(kind: str, column: str, value: Any) -> str:
    """Write a value as the map does: with its unit, or the word for it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return "; ".join(attribute_text(kind, column, each) for each in value)
    record = BY_KIND.get(kind)
    known = {p.column: p for p in (record.properties if record else ())}
    if isinstance(value, bool):
        return str(WORDS[str(value)])
    if isinstance(value, int | float):
        unit = known[column].unit if column in known else _unit(kind, column)
        return quantity(value, unit)
    return str(WORDS.get(value, value)) if column in known and known[column].words else str(value)


def _unit(kind: str, column: str) -> str:
    field = BY_NAME[kind].field(column) if kind in BY_NAME else None
    return field.unit if field else ""
