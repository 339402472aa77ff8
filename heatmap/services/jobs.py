"""Starts, watches and ends background work. One row, three kinds of ending.

*Done*, *refused* (their data or wish; the sentence says how to mend it), *broken* (ours: logged
under the job's id, which the person sees).
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
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


class Progress:
    """Writes stage, share and heartbeat while work goes on, and stops it when asked to."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id

    def __call__(self, stage: str, share: float) -> None:
        with acting_as(job_id=self.job_id):
            job = Job.objects.get(pk=self.job_id)
            if job.cancel_requested:
                raise JobCancelled
            Job.objects.filter(pk=self.job_id).update(
                stage=stage, progress_share=share, heartbeat_at=timezone.now()
            )


def create_job(municipality: Municipality, kind: JobKind, user: AbstractBaseUser | None) -> Job:
    return Job.objects.create(municipality=municipality, kind=kind, created_by=user)


def request_cancel(job: Job) -> None:
    """Ask for the end of a job: at once if it waits, at its next step if it runs."""
    job.cancel_requested = True
    if job.state == JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, timezone.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])


def run_job(job_id: UUID, work: Callable[[Progress], None]) -> Job:
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


def _end(
    job_id: UUID, state: JobState, message: str = "", values: dict[str, Any] | None = None
) -> None:
    with acting_as(job_id=job_id):
        changes: dict[str, Any] = {"state": state, "finished_at": timezone.now()}
        if state == JobState.DONE:
            changes |= {"progress_share": 1.0, "stage": ""}
        Job.objects.filter(pk=job_id).update(
            message=message, message_values=values or {}, **changes
        )
