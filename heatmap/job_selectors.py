"""Questions about background work."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from heatmap.choices import ENDED_JOB_STATES, JobState
from heatmap.models import Job, Municipality

ENDED_SHOWN = 30
STILL_NEWS_FOR = timedelta(days=1)


def unfinished_jobs(town: Municipality) -> QuerySet[Job]:
    """Running ones first, then the waiting ones in the order of their coming."""
    jobs = Job.objects.filter(municipality=town).exclude(state__in=ENDED_JOB_STATES)
    return jobs.select_related("created_by").order_by("-state", "queued_at", "created_at")


def ended_jobs(town: Municipality) -> QuerySet[Job]:
    jobs = Job.objects.filter(municipality=town, state__in=ENDED_JOB_STATES)
    return jobs.select_related("created_by", "upload").order_by("-finished_at")[:ENDED_SHOWN]


def news_for(user: Any, town: Municipality) -> QuerySet[Job]:
    """Work of this person that ended and whose end she has not been shown."""
    ended = Job.objects.filter(
        municipality=town,
        created_by=user,
        seen_at=None,
        state__in=ENDED_JOB_STATES - {JobState.CANCELLED},  # that she did herself
        finished_at__gt=timezone.now() - STILL_NEWS_FOR,
    )
    return ended.select_related("upload").order_by("finished_at")


def has_work(user: Any, jobs: Iterable[Job]) -> bool:
    """Whether one of the jobs is this person's."""
    return any(job.created_by_id == user.pk for job in jobs)
