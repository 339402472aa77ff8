"""Who may open what: nobody, a stranger, a member who looks, a member who plans."""

import json

import pytest

from heatmap.choices import Role
from heatmap.identity import acting_as
from heatmap.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(town, finished_run):
    base = f"/m/{town.slug}/"
    run = f"{base}runs/{finished_run.pk}/"
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.first().ref
    return [
        base, f"{base}data/", f"{base}studies/", f"{base}reports/", run, f"{run}ranking.csv",
        f"{run}parcels/{ref}/", f"/api/runs/{finished_run.pk}.json",
        f"{base}jobs/{finished_run.job_id}/", f"{base}work/", f"{base}work/list",
        f"{base}work/notices",
    ]  # fmt: skip


def test_nobody_is_sent_to_sign_in(client, town):
    for path in (f"/m/{town.slug}/", f"/m/{town.slug}/data/", "/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response.url.startswith("/login/")


def test_a_stranger_finds_nothing(stranger_client, addresses):
    assert [stranger_client.get(path).status_code for path in addresses] == [404] * len(addresses)


def test_a_member_finds_everything(member_client, addresses):
    assert [member_client.get(path).status_code for path in addresses] == [200] * len(addresses)


def test_writes_are_not_done_by_get(member_client, town, finished_run):
    base = f"/m/{town.slug}/"
    for path in (
        f"{base}studies/{finished_run.study_id}/run",
        f"{base}runs/{finished_run.pk}/reports/",
        f"{base}jobs/{finished_run.job_id}/cancel",
        f"{base}jobs/{finished_run.job_id}/restart",
        f"{base}jobs/{finished_run.job_id}/seen",
        "/demo-sign-in/",
    ):
        assert member_client.get(path).status_code == 405


def test_a_viewer_may_look_but_not_change(client, town, django_user_model):
    viewer = django_user_model.objects.create_user("viewer-of-the-town")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=viewer, municipality=town, role=Role.VIEWER)
    client.force_login(viewer)
    assert client.get(f"/m/{town.slug}/data/").status_code == 200
    assert client.post(f"/m/{town.slug}/data/", {}).status_code == 403


def test_the_demo_sign_in_is_for_this_machine_only(client, settings, planner):
    settings.DEMO = True
    for extra in (
        {"REMOTE_ADDR": "10.0.0.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ):
        assert client.post("/demo-sign-in/", **extra).status_code == 403
    settings.DEMO = False
    assert client.post("/demo-sign-in/").status_code == 403
    settings.DEMO = True
    assert client.post("/demo-sign-in/").status_code == 302
    assert client.session["_auth_user_id"] == str(planner.pk)


def test_health_needs_no_sign_in_and_readiness_names_its_reasons(client):
    assert client.get("/healthz").content == b"ok\n"
    response = client.get("/readyz")
    answer = json.loads(response.content)
    assert answer["ready"] == (response.status_code == 200)
    assert answer["checks"] == ["database", "migrations", "broker", "worker", "watcher"]
    assert answer["ready"] or answer["reasons"]
