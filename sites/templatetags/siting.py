"""Words of the siting room for templates."""

from django import template

from heatmap import quantities
from heatmap.layers import WORDS
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
def gate_value(gate: dict, field: str) -> str:
    return sentences.gate_value(gate, field)


@register.filter
def score(value: float | None) -> str:
    return quantities.score(value)


@register.filter
def percent(share: float | None) -> str:
    """Two figures are enough for a share on a page."""
    return quantities.quantity(share, "share", 2)


@register.filter
def said(text: str) -> str:
    """Names that Heathub gave itself are translated; other people's names stay as they are."""
    return sentences.said(text)
