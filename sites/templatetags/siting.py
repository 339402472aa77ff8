"""Words of the siting room for templates."""

from django import template
from django.utils.translation import gettext

from heatmap.layers import WORDS
from heatmap.quantities import quantity
from sites import sentences, words

register = template.Library()


@register.filter
def word(key: object, subject: str) -> str:
    """``{{ gate.key|word:"gate" }}``."""
    return words.word(key, subject)


@register.filter
def kind_word(key: object) -> str:
    return str(WORDS.get(str(key), words.plain(key)))


@register.filter
def hint(gate: dict) -> str:
    return sentences.hint(gate)


@register.filter
def reason(message: object) -> str:
    return sentences.reason(message)


@register.filter
def percent(share: float | None) -> str:
    """Two figures are enough for a share on a page."""
    return quantity(share, "share", 2)


SHARES = {"temperature", "heat_uptake", "heat_used_share"}


@register.filter
def said(text: str) -> str:
    """Names that Heathub gave itself are translated; other people's names stay as they are."""
    return gettext(text) if text else ""


@register.filter
def gate_value(gate: dict, field: str) -> str:
    """Value or threshold of a gate, in the way people read it."""
    value = gate.get(field)
    if gate["key"] == "municipality" and value is not None:
        return str(WORDS["True" if value else "False"]) if field == "value" else ""
    return quantity(value, "share" if gate["key"] in SHARES else gate.get("unit", ""))
