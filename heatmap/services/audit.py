"""Adds to the log of acts. It is part of the act's transaction: both happen, or neither."""

from typing import Any

from heatmap.asking import asker
from heatmap.models import AuditEntry, Municipality


def record(
    action: str, municipality: Municipality | None = None, subject: object = "", **values: Any
) -> None:
    """Write down who does what, to what, from where. Values never hold a secret."""
    who = asker()
    AuditEntry.objects.create(
        municipality_id=municipality.pk if municipality else None,
        user_id=who.user_id,
        user_name=who.name[:200],
        address=who.address,
        action=action,
        subject=str(subject)[:200],
        values=values,
    )
