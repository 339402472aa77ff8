"""Who is asking: the identity that row-level security reads.

An identity lasts as long as a transaction and no longer, so pooled connections never carry it
over. There are three that see towns: a signed-in person (sees the towns she belongs to), a job
(sees its own town), and a town named by an operator on the command line. A fourth, the queue, sees
no row at all: it may call the functions that hand work to workers (heatmap/queue_sql.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

SETTINGS = (
    "heathub.user_id",
    "heathub.job_id",
    "heathub.municipality",
    "heathub.queue",
    "heathub.only_town",
    "heathub.scope",
)
SET_ALL = "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in SETTINGS)
READ_ALL = "SELECT " + ", ".join("coalesce(current_setting(%s, true), '')" for _ in SETTINGS)


def _set(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        pairs = zip(SETTINGS, values, strict=True)
        cursor.execute(SET_ALL, [part for pair in pairs for part in pair])


def _current() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(READ_ALL, SETTINGS)
        return tuple(cursor.fetchone())


@contextmanager
def acting_as(
    *,
    user_id: int | None = None,
    job_id: UUID | str | None = None,
    municipality: str | None = None,
    queue: bool = False,
    only_town: int | None = None,
    scope: str = "",
) -> Iterator[None]:
    """Open a transaction in which the database shows what this identity may see.

    `only_town` and `scope` narrow a person to what one of her tokens may read.
    """
    given = (user_id, job_id, municipality, "on" if queue else None, only_town, scope)
    values = tuple("" if value is None else str(value) for value in given)
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _current() if nested else None
        _set(values)
        yield
        # a failed inner transaction takes its identity with it when it rolls back
        if before is not None and not connection.needs_rollback:
            _set(before)
