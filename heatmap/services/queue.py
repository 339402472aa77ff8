"""The queue: whose work is next, what has lost its worker, how long it takes, who is alive.

Work is not sent to a worker; a worker that is told "look" asks here for what is next. So the order
is decided at the last moment, and a hint that gets lost or comes twice does no harm.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from heatmap.background import HARD_LIMIT_S
from heatmap.choices import JobKind, JobState
from heatmap.identity import acting_as
from heatmap.models import SignOfLife
from heatmap.services.jobs import TOO_LONG

logger = logging.getLogger(__name__)

SHORT_S = 30.0
"""Work expected to take no longer is short: one worker is kept free for it."""

RESERVED_S = 5.0
"""A job named to one worker is not named to another for this long."""

SILENT_AFTER_S = 8.0
NEVER_BEGUN_AFTER_S = 120.0
ALIVE_FOR = timedelta(seconds=12)
AGAIN = gettext_noop("The worker stopped answering; the work is taken up again where it stopped.")
LOST = gettext_noop(
    "The worker stopped answering while this was running. Nothing was changed; start it again."
)
NEVER_BEGUN = gettext_noop("The command that was to do this ended before it began.")

Work = Callable[[UUID], Any]
_WORK: dict[JobKind, Work] = {}


def works_on(kind: JobKind, work: Work) -> None:
    """Say how jobs of a kind are worked off."""
    _WORK[kind] = work


def work_on_next(longest_s: float) -> None:
    """Work off the job whose turn it is, if there is one no longer than this."""
    with acting_as(queue=True), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heathub_next_job(%s, %s)", [longest_s, RESERVED_S])
        found = cursor.fetchone()
    if found is not None:
        job_id, kind = found
        _WORK[JobKind(kind)](job_id)


def end_silent_jobs() -> int:
    """Put jobs whose worker is silent back into the queue, or end them with a reason."""
    with acting_as(queue=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM heathub_end_silent_jobs(%s, %s, %s, %s, %s, %s, %s)",
            [
                SILENT_AFTER_S,
                HARD_LIMIT_S,
                NEVER_BEGUN_AFTER_S,
                AGAIN,
                LOST,
                TOO_LONG,
                NEVER_BEGUN,
            ],
        )
        found = cursor.fetchall()
    for job_id, kind, state, attempt in found:
        logger.error(
            "a job lost its worker: %s, attempt %s, now %s", kind, attempt, state,
            extra={"job": str(job_id)},
        )  # fmt: skip
    return len(found)


@dataclass(frozen=True)
class QueueLine:
    """How much work of one kind is in one state, over all towns."""

    kind: str
    state: str
    jobs: int
    expected_s: float
    oldest_s: float


def queue_state() -> list[QueueLine]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heathub_queue_state()")
        return [QueueLine(*row) for row in cursor.fetchall()]


def waiting_now() -> tuple[bool, bool]:
    """Whether anything waits, and whether anything runs."""
    lines = queue_state()
    return (
        any(line.state == JobState.QUEUED for line in lines),
        any(line.state == JobState.RUNNING for line in lines),
    )


@dataclass(frozen=True)
class Place:
    """Where a waiting job stands, and roughly for how long."""

    number: int
    wait_s: float

    @property
    def minutes(self) -> int:
        return max(1, round(self.wait_s / 60))

    @property
    def soon(self) -> bool:
        return self.wait_s < 45


def places() -> dict[UUID, Place]:
    """Places of the waiting jobs that the present identity may see."""
    workers = living(SignOfLife.Kind.WORKER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heathub_queue_places(%s)", [workers])
        return {job_id: Place(place, wait_s) for job_id, place, wait_s in cursor.fetchall()}


def give_sign(kind: SignOfLife.Kind, names: Iterable[str]) -> None:
    """Write down that these processes live."""
    for name in names:
        SignOfLife.objects.update_or_create(name=name, defaults={"kind": kind, "seen_at": Now()})


def forget_old_signs() -> None:
    """Drop names that were not heard of for a day; they do not come back."""
    SignOfLife.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


def last_sign(kind: SignOfLife.Kind) -> datetime | None:
    """Return when a process of this kind was last known to live."""
    signs = SignOfLife.objects.filter(kind=kind).order_by("-seen_at")
    return signs.values_list("seen_at", flat=True).first()


def living(kind: SignOfLife.Kind) -> int:
    """How many processes of a kind have given a sign of life lately."""
    lately = Q(seen_at__gt=Now() - ALIVE_FOR)
    return SignOfLife.objects.filter(lately, kind=kind).count()
