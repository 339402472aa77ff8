"""What workers do for the siting room."""

from uuid import UUID

from django.conf import settings

from heatmap.choices import JobKind, JobState
from heatmap.identity import acting_as
from heatmap.jobs import hand_over
from heatmap.services import queue
from sites.services import reports, scoring, second_opinions


def score(job_id: UUID) -> None:
    """Work a run off, then have its first parcels checked by the other solvers."""
    run = scoring.execute(job_id)
    if run.job.state != JobState.DONE:
        return
    with acting_as(job_id=job_id):
        for asked in second_opinions.create_for_the_first(run, settings.CHECKED_PARCELS):
            hand_over(asked.job_id)


queue.works_on(JobKind.RUN, score)
queue.works_on(JobKind.REPORT, reports.execute)
queue.works_on(JobKind.VERIFY, second_opinions.execute)
