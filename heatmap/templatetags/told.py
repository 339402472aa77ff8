"""Sentences that were stored with their values."""

from typing import Any

from django import template

from heatmap.errors import sentence

register = template.Library()


@register.filter
def told(row: dict[str, Any]) -> str:
    """What is wrong with a refused row, in the language of the reader."""
    return sentence(row.get("message") or "", row.get("values") or {})
