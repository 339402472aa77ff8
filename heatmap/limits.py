"""How often one person may use a costly door.

Counted in the database, so that the count holds for all web processes and does not depend on the
broker; in a statement of its own, before the request's transaction, so that a refused request is
counted too and no row stays locked while the work is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

ATTRIBUTE = "heathub_limit"
View = TypeVar("View", bound=Callable[..., Any])

COUNT = """
INSERT INTO heatmap_tally AS t (key, window_ends_at, count)
VALUES (%(key)s, now() + make_interval(secs => %(seconds)s), 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.window_ends_at <= now() THEN 1 ELSE t.count + 1 END,
    window_ends_at = CASE WHEN t.window_ends_at <= now()
        THEN now() + make_interval(secs => %(seconds)s) ELSE t.window_ends_at END
RETURNING count, ceil(extract(epoch FROM window_ends_at - now()))
"""
SWEEP = "DELETE FROM heatmap_tally WHERE window_ends_at < now() - interval '1 day'"


@dataclass(frozen=True)
class Limit:
    """At most `most` requests of one person, or of one address, within `seconds`."""

    name: str
    most: int
    seconds: int
    methods: frozenset[str]


def limited(
    name: str, most: int, *, seconds: int = 3600, methods: tuple[str, ...] = ("POST",)
) -> Callable[[View], View]:
    """Mark a view as costly; `middleware.LimitMiddleware` does the counting."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, Limit(name, most, seconds, frozenset(methods)))
        return view

    return mark


def seconds_to_wait(limit: Limit, who: str) -> int:
    """Count one request; 0 if it may go on, else when the next one may."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": f"{limit.name}:{who}"[:120], "seconds": limit.seconds})
        count, left = cursor.fetchone()
        if count == 1:
            cursor.execute(SWEEP)
    return int(left) if count > limit.most else 0
