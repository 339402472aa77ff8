"""Starts, runs, stops and restarts background work. One row, three kinds of ending.

*Done*, *refused* (their data or wish; the sentence says how to mend it), *broken* (ours: logged
under the job's id, which the person sees). What fails for a while only, such as a database that
stopped, is no ending: the job goes back into the queue, as often as its attempts allow.
"""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from engines.errors import EngineError
from heatmap.asking import OPERATOR, Asker, asked_by
from heatmap.background import TimeIsUp
from heatmap.choices import ENDED_JOB_STATES, RESTARTABLE_JOB_STATES, JobKind, JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.logs import job_context, request_id
from heatmap.models import Job, JobStopped, Municipality
from heatmap.models.job import ATTEMPTS
from heatmap.services.attempts import Attempt, take, watching
from heatmap.services.audit import record

logger = logging.getLogger(__name__)

BROKEN = gettext_noop(
    "Something failed on our side. Nothing was changed. Please tell the administrator this "
    "number: %(job)s."
)
AGAIN = gettext_noop("The database stopped answering meanwhile; the work is taken up again.")
STOPPED = gettext_noop(
    "The database stopped answering each time this was tried. Nothing was changed; start it again, "
    "and tell the administrator if it lasts."
)
TOO_LONG = gettext_noop(
    "This took longer than the longest time that one piece of work may take, and was stopped. "
    "Nothing was changed; try it with fewer parcels or a smaller file."
)
MOST_OF_PERSON = 10
MOST_OF_TOWN = 60
PATIENCE_S = 20.0
"""How long an ending waits for a database that is away; after that the watcher finds the job."""

ACTS = {
    JobKind.IMPORT: "uploaded",
    JobKind.RUN: "run_started",
    JobKind.REPORT: "report_asked_for",
    JobKind.LAYER: "layer_work_asked_for",
    JobKind.VERIFY: "second_opinion_asked_for",
}
"""What the log of acts calls the start of each kind of work."""

JOBS_LOCK = 7301
"""Names our locks among the advisory locks of the database."""


def create_job(
    municipality: Municipality,
    kind: JobKind,
    user: User | None,
    *,
    title: str = "",
    expected_s: float = 1.0,
) -> Job:
    """Write down what is to be done. Call it inside an identity.

    Raises
    ------
    Refusal
        If the person, or the town, has too much unfinished work already.
    """
    if user is not None:
        _refuse_too_many(municipality, user)
    record(ACTS[kind], municipality, title)
    return Job.objects.create(
        municipality=municipality,
        kind=kind,
        created_by=user,
        title=title[:255],
        expected_s=expected_s,
        request_id=request_id(),
    )


def _refuse_too_many(municipality: Municipality, user: User) -> None:
    with connection.cursor() as cursor:
        # what one person starts at the same moment is counted one by one
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [JOBS_LOCK, user.pk])
        cursor.execute("SELECT expected_s FROM heathub_queue_load()")
        minutes = max(1, round(cursor.fetchone()[0] / 60))
    unfinished = Job.objects.exclude(state__in=ENDED_JOB_STATES)
    if unfinished.filter(created_by=user).count() >= MOST_OF_PERSON:
        raise Refusal(
            gettext_noop(
                "You have %(count)s pieces of work waiting or running, and no more are taken at "
                "once. The queue holds about %(minutes)s min of work; start this when some of "
                "yours has ended, or cancel what you no longer need."
            ),
            count=MOST_OF_PERSON,
            minutes=minutes,
        )
    if unfinished.filter(municipality=municipality).count() >= MOST_OF_TOWN:
        raise Refusal(
            gettext_noop(
                "This town has %(count)s pieces of work waiting or running, and no more are taken "
                "at once. The queue holds about %(minutes)s min of work; start this later."
            ),
            count=MOST_OF_TOWN,
            minutes=minutes,
        )


def queue(job_id: UUID) -> None:
    """Let workers take the job as soon as the present transaction is there for sure."""
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(queued_at=Now())


def request_cancel(job: Job) -> None:
    """Ask for the end of a job: at once if it waits, within two seconds if it runs."""
    # the row decides, not what was read of it: a worker may take or end the job meanwhile
    row = Job.objects.filter(pk=job.pk)
    row.filter(state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=Now()
    )
    row.filter(state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    if job.cancel_requested:
        record("job_cancelled", job.municipality, job.title)


def restart(job: Job, user: User) -> None:
    """Put a job that failed or was cancelled back into the queue; it goes on where it stopped.

    Raises
    ------
    Refusal
        If it did not end that way, or too much work is unfinished already.
    """
    _refuse_too_many(job.municipality, user)
    restarted = Job.objects.filter(pk=job.pk, state__in=RESTARTABLE_JOB_STATES).update(
        state=JobState.QUEUED,
        attempts_allowed=F("attempt") + ATTEMPTS,
        cancel_requested=False,
        message="",
        queued_at=Now(),
        handed_over_at=None,
        finished_at=None,
        seen_at=None,
        created_by=user,
        request_id=request_id(),
    )
    if not restarted:
        raise Refusal(gettext_noop("Only work that failed or was cancelled can be started again."))


def mark_seen(user: User, job: Job) -> None:
    """Remember that the person was told how her work ended."""
    mine = Job.objects.filter(pk=job.pk, created_by=user, state__in=ENDED_JOB_STATES)
    mine.filter(seen_at=None).update(seen_at=Now())


def run_job(job_id: UUID | str, work: Callable[[Attempt], None]) -> Job:
    """Run `work` for this job if it waits, and write its ending.

    A call for a job that has ended, or that runs already, does nothing.
    """
    job_id = UUID(str(job_id))
    attempt = take(job_id)
    if attempt is not None:
        with acting_as(job_id=job_id):
            job = Job.objects.select_related("created_by").get(pk=job_id)
        with job_context(str(job_id), job.request_id), asked_by(_starter_of(job)):
            start = time.monotonic()
            ended = _run(attempt, work)
            seconds = round(time.monotonic() - start, 2)
            # a command tells by itself how it went
            level = logging.INFO if job.queued_at else logging.DEBUG
            logger.log(level, "attempt %s: %s", attempt.number, ended, extra={"seconds": seconds})
    with acting_as(job_id=job_id):
        return Job.objects.get(pk=job_id)


def _starter_of(job: Job) -> Asker:
    """Whose act it is when a worker does what somebody asked for."""
    if job.created_by is None:
        return OPERATOR
    return Asker(job.created_by.pk, job.created_by.get_username())


def _run(attempt: Attempt, work: Callable[[Attempt], None]) -> str:
    try:
        with watching(attempt):
            work(attempt)
    except JobStopped:
        return _end(attempt, JobState.CANCELLED, only_if_asked=True)
    except Refusal as refusal:
        return _end(attempt, JobState.REFUSED, refusal.message, refusal.values)
    except EngineError as error:
        return _end(attempt, JobState.REFUSED, str(error))
    except TimeIsUp:
        return _end(attempt, JobState.BROKEN, TOO_LONG)
    except (OperationalError, InterfaceError):
        logger.warning("the database was away", exc_info=True)
        return _give_back(attempt)
    except Exception:
        logger.exception("the work broke")
        return _end(attempt, JobState.BROKEN, BROKEN, {"job": str(attempt.job_id)})
    return _end(attempt, JobState.DONE, progress_share=1.0, stage="")


def _end(
    attempt: Attempt,
    state: JobState,
    message: str = "",
    values: dict[str, Any] | None = None,
    *,
    only_if_asked: bool = False,
    **more: Any,
) -> str:
    def write() -> str:
        with acting_as(job_id=attempt.job_id):
            if only_if_asked and not attempt.row().filter(cancel_requested=True).exists():
                return "given to another worker"
            attempt.end(state, message=message, message_values=values or {}, **more)
        return str(state)

    return _patiently(write)


def _give_back(attempt: Attempt) -> str:
    """Return a job to the queue by ourselves; sooner than the watcher, which has to wait."""

    def write() -> str:
        with acting_as(job_id=attempt.job_id):
            mine = attempt.row().filter(queued_at__isnull=False, cancel_requested=False)
            again = mine.filter(attempt__lt=F("attempts_allowed"))
            if again.update(state=JobState.QUEUED, message=AGAIN, handed_over_at=None):
                return "given back"
            attempt.end(JobState.BROKEN, message=STOPPED)
        return str(JobState.BROKEN)

    return _patiently(write)


def _patiently(write: Callable[[], str]) -> str:
    """Write although the database may be away; if it stays away, the watcher ends the job."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                logger.exception("the ending could not be written")
                return "left to the watcher"
        try:
            connection.close()
        except DatabaseError:
            logger.warning("a lost connection could not be closed", exc_info=True)
        time.sleep(0.5)
