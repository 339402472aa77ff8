"""The lines that the reader prints.

Sentences travel as a fixed text plus values, so that the page can translate the text. A text has
two parts, divided by a line break: what is wrong, and how to mend it.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LISTED = 1000
"""So many remarks are told one by one; the others are counted."""
LONGEST_VALUE = 80


class FileRefused(Exception):
    """The file as a whole cannot be read. The text says what is wrong and how to mend it."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it here."""
    return text


def emit(line: str, /, **content: Any) -> None:
    # the database keeps no NUL in JSON
    text = json.dumps({"line": line, **content}, ensure_ascii=False).replace("\\u0000", "")
    sys.stdout.write(text + "\n")


def emit_now(line: str, /, **content: Any) -> None:
    """Print a line that somebody is waiting for."""
    emit(line, **content)
    sys.stdout.flush()


def emit_refused(
    kind: str,
    ref: str,
    message: str,
    values: dict[str, Any] | None = None,
    *,
    row: int | None = None,
    column: str = "",
    value: str = "",
) -> None:
    emit(
        "refused",
        kind=kind,
        ref=ref[:LONGEST_VALUE],
        row=row,
        column=column,
        value=value[:LONGEST_VALUE],
        message=message,
        values=values or {},
    )


@dataclass
class Remarks:
    """Counts what was said about rows, and says the first ones in full."""

    refused: int = 0
    by_message: Counter[str] = field(default_factory=Counter)

    def refuse(
        self,
        row: int,
        ref: str,
        message: str,
        values: dict[str, Any] | None = None,
        *,
        column: str = "",
        value: str = "",
    ) -> None:
        self.refused += 1
        self.by_message[message] += 1
        if self.refused <= LISTED:
            emit_refused("", ref, message, values, row=row, column=column, value=value)
