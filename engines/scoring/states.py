"""What every gate and protected area can answer, and the record of an answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engines.message import message

GREEN, AMBER, RED, UNKNOWN = "green", "amber", "red", "unknown"
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Gate:
    """The answer of one gate.

    Attributes
    ----------
    key : str
        ``area``, ``connection``, ``temperature``, ``headroom``, ``heat_uptake``,
        ``municipality``, ``constraint:<name>``, or the name of a gate of the land.
    state : str
        ``green``, ``amber``, ``red``, ``unknown``, or ``not_applicable`` where there is nothing
        to judge.
    value, threshold : float
        What was measured, and what is needed: to qualify where the gate is red, to be green
        otherwise [`unit`]; NaN where unknown.
    unit : str
        Printed unit.
    hint_key : str
        Name of the sentence in the table of hints, for translation.
    hint_numbers : mapping
        Numbers in the sentence.
    hint : str
        The sentence in English.
    source : str
        Where the threshold comes from.
    """

    key: str
    state: str
    value: float
    unit: str
    threshold: float
    hint_key: str
    hint_numbers: Mapping[str, float | str]
    hint: str
    source: str = ""


def answer(
    hints: Mapping[str, str],
    key: str,
    state: str,
    measured: tuple[float, str, float],
    hint_key: str = "passes",
    **numbers: float | str,
) -> Gate:
    """Return a gate's answer: value, unit and threshold in `measured`, its sentence filled."""
    value, unit, threshold = measured
    hint = message(hints, hint_key, **numbers)
    return Gate(key, state, value, unit, threshold, hint.key, hint.numbers, hint.text)


def not_applicable(hints: Mapping[str, str], key: str, hint_key: str, unit: str = "-") -> Gate:
    """Return the answer of a gate that has nothing to judge here."""
    return answer(hints, key, NOT_APPLICABLE, (math.nan, unit, math.nan), hint_key)
