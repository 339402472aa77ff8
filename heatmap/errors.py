"""Errors that are theirs: a sentence for the person who can mend it.

The text is fixed and translatable, the values are filled in when it is shown. Everything else is
ours: it is logged with a number, and the page shows the number.
"""

from typing import Any

from django.utils.translation import gettext


class Refusal(Exception):
    """What was asked cannot be done, and this is why."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


def sentence(message: str, values: dict[str, Any]) -> str:
    """Translate a stored sentence and fill in its values."""
    if not message:
        return ""
    text = gettext(message)
    return text % values if values else text
