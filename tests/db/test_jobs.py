"""Background work that is watched and interrupted while a worker has it in hand."""

import threading
import time

import pytest
from django.db import OperationalError
from factories import make_town

from heatmap.choices import JobKind, JobState
from heatmap.identity import acting_as
from heatmap.models import Job
from heatmap.services import attempts, jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    town = make_town()
    with acting_as(municipality=town.slug):
        return jobs.create_job(town, JobKind.RUN, None)


@pytest.mark.parametrize("seen", [JobState.QUEUED, JobState.RUNNING])
def test_a_cancel_that_comes_too_late_leaves_the_ending_as_it_is(job, seen):
    as_the_person_saw_it = Job(pk=job.pk, state=seen, municipality_id=job.municipality_id)
    ended = jobs.run_job(job.pk, lambda progress: None)
    with acting_as(job_id=job.pk):
        jobs.request_cancel(as_the_person_saw_it)
        now = Job.objects.get(pk=job.pk)
    assert (now.state, now.finished_at) == (JobState.DONE, ended.finished_at)
    assert as_the_person_saw_it.state == JobState.DONE


def test_a_missed_heartbeat_is_not_the_last_one(job, monkeypatch):
    beats = []

    def fails_at_first(**who):
        if threading.current_thread() is not threading.main_thread():
            beats.append(who)
            if len(beats) == 1:
                raise OperationalError("the connection was cut")
        return acting_as(**who)

    monkeypatch.setattr(attempts, "BEAT_S", 0.01)
    monkeypatch.setattr(attempts, "acting_as", fails_at_first)

    def work(progress):
        until = time.monotonic() + 5
        while len(beats) < 3 and time.monotonic() < until:
            time.sleep(0.01)

    jobs.run_job(job.pk, work)
    assert len(beats) >= 3
