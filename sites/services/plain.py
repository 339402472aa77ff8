"""Numbers and sentences as plain JSON."""

import math
from typing import Any

from engines.message import Message


def number(value: Any) -> float | None:
    """Return a float for JSON; a gap is null, never zero."""
    result = float(value)
    return result if math.isfinite(result) else None


def message_document(sentence: Message) -> dict[str, Any]:
    return {"key": sentence.key, "numbers": dict(sentence.numbers), "text": sentence.text}
