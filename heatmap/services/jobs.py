"""Starts, watches and ends background work. One row, three kinds of ending.

*Done*, *refused* (their data or wish; the sentence says how to mend it), *broken* (ours: logged
under the job's id, which the person sees).
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from engines.errors import EngineError
from heatmap.choices import JobKind, JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import Job, JobCancelled, Municipality

logger = logging.getLogger(__name__)

BROKEN = gettext_noop(
    "Something failed on our side. Nothing was changed. Please tell the administrator this "
    "number: %(job)s."
)
LOST = gettext_noop(
    "The worker stopped answering while this was running. Nothing was changed; start it again."
)
UNSENT = gettext_noop(
    "The work could not be handed over: the queue of the workers does not answer. Nothing was "
    "changed; start it again in a while, and tell the administrator if it lasts."
)
BEAT_S = 5.0
LOST_AFTER = timedelta(seconds=30)


class Progress:
    """Writes stage, share and heartbeat while work goes on, and stops it when asked to."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id

    def __call__(self, stage: str, share: float) -> None:
        with acting_as(job_id=self.job_id):
            job = Job.objects.get(pk=self.job_id)
            # one that was given up for lost, and comes back, must not go on either
            if job.cancel_requested or job.state != JobState.RUNNING:
                raise JobCancelled
            Job.objects.filter(pk=self.job_id).update(
                stage=stage, progress_share=share, heartbeat_at=timezone.now()
            )


def create_job(municipality: Municipality, kind: JobKind, user: User | None) -> Job:
    return Job.objects.create(municipality=municipality, kind=kind, created_by=user)


def request_cancel(job: Job) -> None:
    """Ask for the end of a job: at once if it waits, at its next step if it runs."""
    # the row decides, not what was read of it: a worker may take or end the job meanwhile
    row = Job.objects.filter(pk=job.pk)
    row.filter(state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()
    )
    row.filter(state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()


def run_job(job_id: UUID | str, work: Callable[[Progress], None]) -> Job:
    """Run `work` once for this job, whatever happens, and write its ending.

    A second call for a job that has ended, or that runs already, does nothing.
    """
    job_id = UUID(str(job_id))
    with acting_as(job_id=job_id):
        taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
            state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now()
        )
    if taken:
        try:
            with _heartbeat(job_id):
                work(Progress(job_id))
        except JobCancelled:
            _end(job_id, JobState.CANCELLED)
        except Refusal as refusal:
            _end(job_id, JobState.REFUSED, refusal.message, refusal.values)
        except EngineError as error:
            _end(job_id, JobState.REFUSED, str(error))
        except Exception:
            logger.exception("job %s broke", job_id)
            _end(job_id, JobState.BROKEN, BROKEN, {"job": str(job_id)})
        else:
            _end(job_id, JobState.DONE)
    with acting_as(job_id=job_id):
        return Job.objects.get(pk=job_id)


def end_if_lost(job: Job) -> Job:
    """Give a running job whose heartbeat has stopped its ending. Call it inside an identity."""
    if _end_lost(Job.objects.filter(pk=job.pk)):
        logger.error("job %s was lost by its worker", job.pk)
        job.refresh_from_db()
    return job


def end_lost_jobs(municipality: Municipality) -> int:
    """Do the same for all jobs of a town, in one query; pages call it before they show any."""
    lost = _end_lost(Job.objects.filter(municipality=municipality))
    if lost:
        logger.error("%s jobs of %s were lost by their worker", lost, municipality.slug)
    return lost


def _end_lost(jobs: QuerySet[Job]) -> int:
    silent = jobs.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - LOST_AFTER)
    return silent.update(state=JobState.BROKEN, message=LOST, finished_at=timezone.now())


def end_unsent(job_id: UUID | str) -> None:
    """Give a job that could not be handed to any worker its ending."""
    with acting_as(job_id=job_id):
        Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
            state=JobState.BROKEN, message=UNSENT, finished_at=timezone.now()
        )


@contextmanager
def _heartbeat(job_id: UUID) -> Iterator[None]:
    """Show every few seconds that the work is alive, however long one step takes."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_S):
            try:
                with acting_as(job_id=job_id):
                    Job.objects.filter(pk=job_id).update(heartbeat_at=timezone.now())
            except DatabaseError:
                # one beat is missed; without the next ones the job would be given up for lost
                logger.warning("heartbeat of job %s missed", job_id, exc_info=True)
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _end(
    job_id: UUID, state: JobState, message: str = "", values: dict[str, Any] | None = None
) -> None:
    with acting_as(job_id=job_id):
        changes: dict[str, Any] = {"state": state, "finished_at": timezone.now()}
        if state == JobState.DONE:
            changes |= {"progress_share": 1.0, "stage": ""}
        Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(
            message=message, message_values=values or {}, **changes
        )
