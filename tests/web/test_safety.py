"""Strangers' words are shown, never run; files go out as files; every write carries its token."""

import csv
import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import make_person, make_town
from shapefiles import zipped

from heatmap.choices import JobKind, JobState
from heatmap.identity import acting_as
from heatmap.models import Job, Upload
from heatmap.services import uploads
from heatmap.services.jobs import create_job
from heatmap.services.queue import LOST
from sites.models import Candidate, Run
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db
IMG = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(2)</script>"
FORMULA = '=HYPERLINK("x")'


@pytest.fixture
def marked(finished_run, town):
    """A copy of the finished run in which parcels bear the names of an attacker."""
    with acting_as(municipality=town.slug):
        job = Job.objects.create(municipality=town, kind=JobKind.RUN, state=JobState.DONE)
        run = Run.objects.create(
            id=job.pk, job=job, municipality=town, study=finished_run.study,
            inputs=finished_run.inputs, result=finished_run.result,
        )  # fmt: skip
        names = [(IMG, SCRIPT), (SCRIPT, IMG), (FORMULA, "@SUM(1)")]
        for i, candidate in enumerate(finished_run.candidates.filter(rank__lte=3)):
            ref, name = names[i]
            Candidate.objects.create(
                municipality=town, run=run, parcel_id=candidate.parcel_id, ref=ref,
                rank=candidate.rank, score=candidate.score,
                result=candidate.result | {"ref": ref, "name": name}, hourly=candidate.hourly,
            )  # fmt: skip
        Upload.objects.create(
            municipality=town, job=create_job(town, JobKind.IMPORT, None), kind="parcels",
            original_name=f"{IMG}.zip",
            report={"rows_read": 1, "rows_used": 0, "rows_refused": 1, "refused": [
                {"row": 1, "ref": SCRIPT, "column": IMG, "message": "%(name)s is wrong",
                 "values": {"name": IMG}}]},
        )  # fmt: skip
    return run


def test_markup_in_names_is_shown_as_text_everywhere(member_client, town, marked):
    base = f"/m/{town.slug}/"
    run = f"{base}runs/{marked.pk}/"
    pages = [
        base,
        f"{base}?run={marked.pk}",
        run,
        f"{base}data/",
        f"{base}studies/",
        f"{run}map.html",
    ]
    pages += [reverse("parcel", args=[town.slug, marked.pk, ref]) for ref in (IMG, FORMULA)]
    for path in pages:
        response = member_client.get(path)
        assert response.status_code == 200, path
        page = response.content.decode()
        assert IMG not in page, path
        assert SCRIPT not in page, path
        assert "<script>alert" not in page, path


def test_no_cell_of_a_table_starts_a_formula(member_client, town, marked):
    page = member_client.get(f"/m/{town.slug}/runs/{marked.pk}/ranking.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(page)))
    assert {row["ref"] for row in rows} == {IMG, SCRIPT, f"'{FORMULA}"}
    for row in rows:
        assert not (row["ref"] + row["name"]).startswith(("=", "@", "+"))
        assert not row["name"].startswith(("=", "@", "+"))


def test_names_of_uploaded_files_lose_their_folders(town, planner, tmp_path):
    with acting_as(user_id=planner.pk):
        upload = uploads.receive(
            town, planner, kind="parcels", file=ContentFile(b"x"), name="../../etc/passwd.zip"
        )
    assert upload.original_name == "passwd.zip"
    assert "etc" not in upload.file.name
    upload.file.delete(save=False)


def test_files_are_handed_out_as_files_only(member_client, town, finished_run):
    run = f"/m/{town.slug}/runs/{finished_run.pk}/"
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.get(rank=1).ref
    for path in (f"{run}ranking.csv", f"{run}map.html", f"{run}parcels/{ref}/hourly.csv"):
        response = member_client.get(path)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Disposition"].startswith("attachment; filename="), path


def test_every_page_carries_the_protecting_headers(member_client, town, finished_run):
    for path in (f"/m/{town.slug}/", f"/m/{town.slug}/data/", "/login/", "/m/nowhere/"):
        response = member_client.get(path)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_no_write_is_taken_without_its_token(town, planner, finished_run):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(planner)
    base = f"/m/{town.slug}/"
    for path in (
        f"{base}data/", f"{base}studies/first", f"{base}studies/{finished_run.study_id}/run",
        f"{base}runs/{finished_run.pk}/reports/", f"{base}jobs/{finished_run.job_id}/cancel",
        "/demo-sign-in/", "/language/", "/logout/", "/login/",
    ):  # fmt: skip
        assert careful.post(path, {}).status_code == 403, path


def test_the_language_switch_leads_nowhere_else(member_client):
    response = member_client.post(
        "/language/", {"language": "de", "next": "https://elsewhere.example/"}
    )
    assert response.url == "/"


def test_every_proxy_header_closes_the_demo_door(client, settings, planner):
    settings.DEMO = True
    for name in ("X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "X_FORWARDED_HOST"):
        assert client.post("/demo-sign-in/", **{f"HTTP_{name}": "127.0.0.1"}).status_code == 403
    assert client.post("/demo-sign-in/", REMOTE_ADDR="").status_code == 403


def test_the_page_of_a_failure_needs_no_database(rf):
    from heatmap.views.errors import broken

    request = rf.get("/")  # no session, no person: asking for either would fail
    response = broken(request)
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


# --- jobs and their ends, as the pages tell them ---


@pytest.fixture
def broken(town, finished_run):
    """A run that failed."""
    with acting_as(municipality=town.slug):
        run = scoring.create_run(first_study(town), None)
        Job.objects.filter(pk=run.job_id).update(
            state=JobState.BROKEN, message=LOST, finished_at=timezone.now()
        )
    return run


@pytest.mark.parametrize("page", ["jobs/{job}/", "runs/{job}/", "studies/", "work/"])
def test_a_run_that_failed_says_why(member_client, town, broken, page):
    path = f"/m/{town.slug}/{page.format(job=broken.job_id)}"
    assert LOST in member_client.get(path).content.decode()


def test_polling_ends_with_the_job_and_at_the_sign_in(client, member_client, town, broken):
    path = f"/m/{town.slug}/jobs/{broken.job_id}/"
    response = member_client.get(path, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    assert "hx-trigger" not in response.content.decode()
    response = Client().get(path, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_work_waits_for_a_queue_that_does_not_answer(
    member_client, town, finished_run, monkeypatch, django_capture_on_commit_callbacks
):
    from kombu.exceptions import OperationalError

    from heatmap import tasks

    def refuse(*args, **kwargs):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.work, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        response = member_client.post(f"/m/{town.slug}/studies/{finished_run.study_id}/run")
    page = member_client.get(response.url).content.decode()
    assert "in the queue" in page or "Waiting for a free worker" in page


def test_a_town_without_anything_can_be_started(client):
    person = make_person("first")
    empty = make_town(member=person)
    client.force_login(person)
    base = f"/m/{empty.slug}/"
    assert "No layer has been loaded yet." in client.get(base).content.decode()
    assert "Nothing has been loaded yet." in client.get(f"{base}data/").content.decode()
    assert "no study yet" in client.get(f"{base}studies/").content.decode()
    client.post(f"{base}studies/first")
    page = client.get(f"{base}studies/").content.decode()
    assert "First look" in page
    with acting_as(municipality=empty.slug):
        study = first_study(empty)
    page = client.post(f"{base}studies/{study.pk}/run", follow=True).content.decode()
    assert "These layers are missing" in page
    assert client.get(f"{base}reports/").status_code == 200


def test_the_map_of_an_older_run_shows_the_versions_of_that_run(
    member_client, town, finished_run, planner, tmp_path
):
    path = zipped(tmp_path)
    with acting_as(user_id=planner.pk), path.open("rb") as handle:
        upload = uploads.receive(
            town, planner, kind="parcels", file=ContentFile(handle.read()), name=path.name
        )
    assert uploads.process(upload.job_id).version is not None
    response = member_client.get(f"/m/{town.slug}/?run={finished_run.pk}")
    layers = {layer["kind"]: layer for layer in response.context["map_data"]["layers"]}
    assert layers["parcels"]["version"] == finished_run.inputs["layers"]["parcels"]["version_id"]
    assert layers["parcels"]["outdated"]
    assert not layers["buildings"]["outdated"]
    assert "Newer data since this run" in response.content.decode()
    upload.file.delete(save=False)
