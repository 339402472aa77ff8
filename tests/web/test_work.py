"""The page of all work, the notices, and the signs of life."""

import json
import logging
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from factories import make_person, make_town

from heatmap.choices import JobKind, JobState, Role
from heatmap.identity import acting_as
from heatmap.logs import JsonLines, job_context
from heatmap.models import Job, SignOfLife, Upload
from heatmap.services import jobs, queue
from heatmap.services.municipalities import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make_person("anna")


@pytest.fixture
def small_town(anna):
    return make_town(member=anna)


@pytest.fixture
def page(client, anna):
    client.force_login(anna)
    return client


def put(town, person, **values):
    """A job in any state."""
    given = {"kind": JobKind.RUN, "title": "First look", "queued_at": timezone.now()} | values
    with acting_as(municipality=town.slug):
        return Job.objects.create(municipality=town, created_by=person, **given)


def ended(town, person, state=JobState.DONE, **values):
    return put(town, person, state=state, finished_at=timezone.now(), **values)


def test_the_page_shows_who_does_what_and_how_far_it_is(page, small_town, anna):
    put(small_town, anna, state=JobState.RUNNING, stage="reading the file", progress_share=0.42)
    put(small_town, anna, title="kataster.zip", kind=JobKind.IMPORT)
    done = ended(small_town, anna)
    ended(small_town, anna, JobState.BROKEN, message=queue.LOST)
    shown = page.get(reverse("work", args=[small_town.slug])).content.decode()
    for words in ("reading the file", "42 %", "Import: kataster.zip", queue.LOST, "in the queue",
                  anna.username, "No worker has answered"):  # fmt: skip
        assert words in shown, words
    assert reverse("run", args=[small_town.slug, done.pk]) in shown
    assert 'hx-trigger="every 2s"' in shown
    assert re.search(r'id="work-count" class="count">2<', shown)


def test_nothing_is_asked_often_when_nothing_happens(page, small_town):
    shown = page.get(reverse("work", args=[small_town.slug])).content.decode()
    assert 'hx-trigger="every 10s"' in shown
    assert "Nothing is running." in shown


def test_cancel_and_start_again_from_the_page(page, small_town, anna):
    job = put(small_town, anna)
    cancel = reverse("job_cancel", args=[small_town.slug, job.pk])
    answer = page.post(cancel, headers={"HX-Request": "true", "HX-Target": "work"})
    assert 'id="work"' in answer.content.decode()
    restart = reverse("job_restart", args=[small_town.slug, job.pk])
    assert restart in answer.content.decode()
    page.post(restart)
    with acting_as(municipality=small_town.slug):
        job.refresh_from_db()
    assert (job.state, job.cancel_requested, job.attempts_allowed) == (JobState.QUEUED, False, 3)
    shown = page.post(restart, follow=True).content.decode()
    assert "Only work that failed or was cancelled" in shown


def test_who_only_looks_can_neither_cancel_nor_start_again(client, small_town, anna):
    viewer = make_person("viewer")
    with acting_as(municipality=small_town.slug):
        let_in(small_town, viewer, Role.VIEWER)
    waiting, failed = put(small_town, anna), ended(small_town, anna, JobState.BROKEN)
    client.force_login(viewer)
    shown = client.get(reverse("work", args=[small_town.slug])).content.decode()
    assert "/cancel" not in shown
    assert "/restart" not in shown
    for name, job in (("job_cancel", waiting), ("job_restart", failed)):
        assert client.post(reverse(name, args=[small_town.slug, job.pk])).status_code == 403


def test_a_notice_is_shown_until_it_was_seen_and_then_never_again(page, small_town, anna):
    job = ended(small_town, anna, JobState.BROKEN, message=queue.LOST)
    address = reverse("notices", args=[small_town.slug])
    for _ in range(2):  # asking alone changes nothing
        assert queue.LOST in page.get(address).content.decode()
    assert page.post(reverse("job_seen", args=[small_town.slug, job.pk])).status_code == 204
    assert queue.LOST not in page.get(address).content.decode()


@pytest.mark.parametrize(
    ("step", "state", "says"),
    [
        ("inspect", JobState.DONE, "Answer its questions"),
        ("check", JobState.DONE, "See the report"),
        ("check", JobState.REFUSED, "See what is wrong"),
    ],
)
def test_the_end_of_an_import_leads_to_the_step_where_the_file_waits(
    page, small_town, anna, step, state, says
):
    job = ended(small_town, anna, state, kind=JobKind.IMPORT, title="kataster.zip")
    with acting_as(municipality=small_town.slug):
        file = Upload.objects.create(
            municipality=small_town, job=job, step=step, original_name="kataster.zip"
        )
    there = reverse("upload", args=[small_town.slug, file.pk])
    for name in ("notices", "work"):
        shown = page.get(reverse(name, args=[small_town.slug])).content.decode()
        assert re.search(rf'href="{there}">\s*{says}\s*</a>', shown), name


def test_nobody_is_told_of_the_work_of_others_or_of_what_she_cancelled(page, small_town, anna):
    colleague = make_person("colleague")
    other = ended(small_town, colleague, title="hers")
    ended(small_town, anna, JobState.CANCELLED, title="stopped")
    ended(small_town, anna, title="long ago")
    with acting_as(municipality=small_town.slug):
        then = timezone.now() - timedelta(days=2)
        Job.objects.filter(title="long ago").update(finished_at=then)
    shown = page.get(reverse("notices", args=[small_town.slug])).content.decode()
    assert "data-notice" not in shown
    page.post(reverse("job_seen", args=[small_town.slug, other.pk]))
    with acting_as(municipality=small_town.slug):
        assert Job.objects.get(pk=other.pk).seen_at is None


def test_too_much_work_is_refused_on_the_page_with_the_length_of_the_queue(
    member_client, planner, finished_run, monkeypatch
):
    monkeypatch.setattr(jobs, "MOST_OF_PERSON", 0)
    address = reverse("run_create", args=["aachen-melaten", finished_run.study_id])
    shown = member_client.post(address, follow=True).content.decode()
    assert "The queue holds about" in shown


# --- signs of life ---


def test_readiness_names_who_gives_no_sign(client, committed):
    # the check looks through a connection of its own: nothing has given a sign before the worker
    # of the later tests is started
    names = {"worker", "watcher"} - set(SignOfLife.objects.values_list("kind", flat=True))
    assert set(client.get("/readyz").json()["reasons"]) >= names


def test_metrics_are_for_this_machine_or_the_holder_of_the_token(
    client, settings, small_town, anna
):
    put(small_town, anna)
    shown = client.get("/metrics").content.decode()
    assert re.search(r'heathub_jobs\{kind="run",state="queued"\} [1-9]', shown)
    assert "heathub_queue_oldest_seconds" in shown
    assert small_town.slug not in shown
    far = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/metrics", **far).status_code == 403
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403
    assert client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer ").status_code == 403
    settings.METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer wrong").status_code == 403
    assert (
        client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer a-long-token").status_code == 200
    )


def test_requests_are_counted_by_view_and_never_by_path(page, small_town):
    for _ in range(2):
        page.get(reverse("data", args=[small_town.slug]))
    shown = page.get("/metrics").content.decode()
    assert re.search(r'requests_total\{method="GET",status="200",view="data"\} [1-9]', shown)
    assert re.search(r'request_seconds_count\{view="data"\} [1-9]', shown)


def test_the_number_of_a_request_is_on_its_answer_its_job_and_its_log_lines(page, small_town, anna):
    answer = page.get(reverse("work", args=[small_town.slug]))
    number = answer["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    assert page.get(reverse("work", args=[small_town.slug]))["X-Request-ID"] != number
    record = logging.LogRecord("heatmap", logging.INFO, __file__, 1, "did %s", ("it",), None)
    with job_context("j-1", number):
        line = json.loads(JsonLines().format(record))
        with acting_as(municipality=small_town.slug):
            made = jobs.create_job(small_town, JobKind.RUN, anna)
    assert (line["message"], line["job"], line["request"]) == ("did it", "j-1", number)
    assert made.request_id == number
