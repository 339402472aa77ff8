"""The lines that the reader prints.

Sentences travel as a fixed text plus values, so that the page can translate the text.
"""

import json
import sys
from typing import Any


class FileRefused(Exception):
    """The file as a whole cannot be read. The text says what is wrong and how to mend it."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it here."""
    return text


def emit(line: str, /, **content: Any) -> None:
    sys.stdout.write(json.dumps({"line": line, **content}, ensure_ascii=False) + "\n")


def emit_refused(
    kind: str,
    ref: str,
    message: str,
    values: dict[str, Any] | None = None,
    *,
    row: int | None = None,
    column: str = "",
) -> None:
    emit(
        "refused",
        kind=kind,
        ref=ref,
        row=row,
        column=column,
        message=message,
        values=values or {},
    )
