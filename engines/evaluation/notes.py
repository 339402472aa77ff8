"""Notes of an evaluation that was made in parts."""

from collections.abc import Iterable, Sequence

from engines.economics import project
from engines.message import Message, message
from engines.thermal import connection

COUNTS = {"no_pipe": (connection.NOTES, "parcels"), "no_heat_sold": (project.NOTES, "without")}
"""Notes that count parcels: their texts, and the number that the parts add up to."""


def merged_notes(parts: Iterable[Sequence[Message]], parcels: int) -> tuple[Message, ...]:
    """Say of the whole what the parts say of themselves, each thing once.

    Parameters
    ----------
    parts : iterable of sequences of Message
        Notes of the parts, in their order.
    parcels : int
        Number of parcels of all parts.
    """
    whole: dict[str, Message] = {}
    counted: dict[str, int] = {}
    for part in parts:
        for note in part:
            whole.setdefault(note.key, note)
            if note.key in COUNTS:
                number = int(note.numbers[COUNTS[note.key][1]])
                counted[note.key] = counted.get(note.key, 0) + number
    for key, number in counted.items():
        templates, name = COUNTS[key]
        numbers = dict(whole[key].numbers) | {name: number}
        if "projects" in numbers:
            numbers["projects"] = parcels
        whole[key] = message(templates, key, **numbers)
    return tuple(whole.values())
