"""From a file to a stored run, through a real worker on a real database."""

import time

import pytest
import shapely
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils import translation
from factories import make_person, make_town
from shapefiles import zipped

from heatmap.choices import JobKind, JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.jobs import hand_over
from heatmap.models import Job
from heatmap.services import uploads
from heatmap.services.jobs import create_job, request_cancel, run_job
from sites.jobs import start_run
from sites.models import Candidate
from sites.services import scoring
from sites.services.studies import first_study


def wait_for(town, job_id, seconds: float = 60.0) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with acting_as(municipality=town.slug):
            job = Job.objects.get(pk=job_id)
        if job.has_ended:
            return job
        time.sleep(0.1)
    raise AssertionError(f"job {job_id} is still {job.state} ({job.stage}) after {seconds} s")


@pytest.fixture
def study(town):
    with acting_as(municipality=town.slug):
        return first_study(town)


def test_a_worker_reads_an_upload_and_the_next_run_scores_it(
    worker, helsinki, planner, tmp_path, committed
):
    # a square of the Helsinki extract, in the Finnish grid; uploaded in WGS 84
    squares = [shapely.box(385_400, 6_671_600, 385_440, 6_671_630)]
    path = zipped(tmp_path, shapes=squares, columns={"id": ["torni"]}, crs=3067, srid=4326)
    with acting_as(user_id=planner.pk), path.open("rb") as handle:
        upload = uploads.receive(
            helsinki, planner, kind="parcels", file=File(handle), name=path.name
        )
        hand_over(upload.job_id)
    job = wait_for(helsinki, upload.job_id)
    assert job.state == JobState.DONE, job.sentence
    with acting_as(user_id=planner.pk):
        run = start_run(first_study(helsinki), planner)
    job = wait_for(helsinki, run.job_id)
    assert job.state == JobState.DONE, job.sentence
    with acting_as(user_id=planner.pk):
        candidates = list(Candidate.objects.filter(run=run))
    assert [candidate.ref for candidate in candidates] == ["torni"]
    assert candidates[0].result["area_m2"] == pytest.approx(1200, rel=1e-3)


def test_the_same_inputs_give_the_same_digest(study, committed):
    digests = set()
    for _ in range(2):
        with acting_as(municipality=study.municipality.slug):
            run = scoring.create_run(study, None)
        digests.add(scoring.execute(run.job_id).digest)
    assert len(digests) == 1


def test_working_a_run_twice_changes_nothing(study, committed):
    with acting_as(municipality=study.municipality.slug):
        run = scoring.create_run(study, None)
    first = scoring.execute(run.job_id)
    with acting_as(municipality=study.municipality.slug):
        before = list(Candidate.objects.filter(run=run).values_list("pk", flat=True))
    again = scoring.execute(run.job_id)
    with acting_as(municipality=study.municipality.slug):
        assert list(Candidate.objects.filter(run=run).values_list("pk", flat=True)) == before
    assert again.job.finished_at == first.job.finished_at


def test_a_cancelled_run_ends_without_a_result(study, committed):
    with acting_as(municipality=study.municipality.slug):
        run = scoring.create_run(study, None)
        request_cancel(run.job)
    run = scoring.execute(run.job_id)
    assert run.job.state == JobState.CANCELLED
    assert run.result is None


def test_a_running_job_stops_at_its_next_step_when_asked(town, committed):
    with acting_as(municipality=town.slug):
        job = create_job(town, JobKind.RUN, None)
    steps = []

    def work(progress):
        progress("first", 0.1)
        steps.append("first")
        with acting_as(job_id=job.pk):
            request_cancel(Job.objects.get(pk=job.pk))
        progress("second", 0.2)
        steps.append("second")

    assert run_job(job.pk, work).state == JobState.CANCELLED
    assert steps == ["first"]


def test_what_we_did_not_foresee_gets_a_number_and_no_exception_text(town, committed):
    with acting_as(municipality=town.slug):
        job = create_job(town, JobKind.RUN, None)

    def work(progress):
        raise ZeroDivisionError("secret detail")

    ended = run_job(job.pk, work)
    assert ended.state == JobState.BROKEN
    assert str(job.pk) in ended.sentence
    assert "secret" not in ended.sentence


def test_a_missing_layer_is_named(planner, committed):
    empty = make_town(member=make_person("empty"))
    with acting_as(municipality=empty.slug), pytest.raises(Refusal, match="missing: pipes"):
        scoring.create_run(first_study(empty), None)


def test_a_file_of_another_town_changes_nothing_here(helsinki, planner, tmp_path, worker):
    path = zipped(tmp_path)  # car parks of Aachen
    with acting_as(user_id=planner.pk):
        with path.open("rb") as handle:
            content = ContentFile(handle.read(), name=path.name)
        upload = uploads.receive(helsinki, planner, kind="parcels", file=content, name=path.name)
        hand_over(upload.job_id)
    job = wait_for(helsinki, upload.job_id)
    assert job.state == JobState.REFUSED
    with translation.override("en"):
        assert "All shapes lie outside the municipality" in job.sentence
