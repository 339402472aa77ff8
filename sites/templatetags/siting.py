"""Words of the siting room for templates."""

from django import template

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
