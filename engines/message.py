"""Sentences as data: a key to translate, the numbers to fill in, and the English default."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Message:
    """One sentence for a reader.

    Attributes
    ----------
    key : str
        Stable name, under which translations are kept.
    numbers : mapping of str to float or str
        What stands in the gaps; names end in their unit.
    text : str
        The English sentence with its gaps filled.
    """

    key: str
    numbers: Mapping[str, float | str]
    text: str


def message(templates: Mapping[str, str], key: str, **numbers: float | str) -> Message:
    """Fill the template named `key`."""
    return Message(key, MappingProxyType(numbers), templates[key].format(**numbers))
