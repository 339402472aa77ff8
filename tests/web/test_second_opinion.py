"""The grid on the parcel page, and the second opinion: asked for by planners, worked out once."""

import pytest
from django.urls import reverse
from factories import make_person

from heatmap.choices import JobState, Role
from heatmap.identity import acting_as
from heatmap.services.municipalities import let_in
from sites import tasks
from sites.models import Candidate, SecondOpinion
from sites.services import second_opinions

pytestmark = pytest.mark.django_db


def best(town, run) -> str:
    with acting_as(municipality=town.slug):
        return Candidate.objects.get(run=run, rank=1).ref


def page(town, run, name: str = "parcel") -> str:
    return reverse(name, args=[town.slug, run.pk, best(town, run)])


def test_the_page_says_what_the_grid_gives_and_who_shares_it(client, town, finished_run, planner):
    client.force_login(planner)
    text = client.get(page(town, finished_run)).content.decode()
    assert 'id="parcel-grid"' in text
    assert "Always free (firm)" in text and "Usual time to get it" in text
    assert "other ranked parcels hang on this substation" in text
    assert text.count('data-chart="headroom"') == 1


def test_a_planner_asks_a_worker_answers_and_the_page_shows_it(client, town, finished_run, planner):
    client.force_login(planner)
    asked = client.post(page(town, finished_run, "parcel_verify"))
    assert asked.status_code == 302 and asked["Location"].endswith("#second-opinion")
    with acting_as(municipality=town.slug):
        opinion = SecondOpinion.objects.get(run=finished_run)
    again = client.post(page(town, finished_run, "parcel_verify"), follow=True)
    assert "This is being done already" in again.content.decode()
    done = second_opinions.execute(opinion.job_id)
    assert done.job.state == JobState.DONE, done.job.sentence
    winter = done.result["heat"]["hours"][0]
    # the engine beside pandapipes: within two per cent of the flow and a tenth of a kelvin
    assert winter["flow_apart_share"] < 0.02
    assert winter["supply_apart_k"] < 0.1
    text = client.get(page(town, finished_run)).content.decode()
    assert "Hour of the highest demand" in text
    assert "There is no grid model of this town" in text
    # a second call for one that is there does nothing
    assert second_opinions.execute(opinion.job_id).result == done.result


def test_a_viewer_neither_asks_nor_sees_and_a_stranger_finds_nothing(
    client, town, finished_run, planner
):
    viewer, stranger = make_person("viewer"), make_person("stranger")
    with acting_as(municipality=town.slug):
        let_in(town, viewer, Role.VIEWER)
    client.force_login(viewer)
    assert 'id="second-opinion"' not in client.get(page(town, finished_run)).content.decode()
    assert client.post(page(town, finished_run, "parcel_verify")).status_code in (403, 404)
    client.force_login(stranger)
    assert client.post(page(town, finished_run, "parcel_verify")).status_code == 404
    with acting_as(user_id=stranger.pk):
        assert not SecondOpinion.objects.exists()


def test_a_cancelled_opinion_leaves_nothing(client, town, finished_run, planner):
    client.force_login(planner)
    client.post(page(town, finished_run, "parcel_verify"))
    with acting_as(municipality=town.slug):
        opinion = SecondOpinion.objects.get(run=finished_run)
    client.post(reverse("job_cancel", args=[town.slug, opinion.job_id]))
    done = second_opinions.execute(opinion.job_id)
    assert (done.job.state, done.result) == (JobState.CANCELLED, None)


def test_the_first_parcels_of_a_run_are_checked_without_being_asked_for(
    town, finished_run, settings
):
    settings.CHECKED_PARCELS = 3
    with acting_as(municipality=town.slug):
        ranked = Candidate.objects.filter(run=finished_run, rank__isnull=False).order_by("rank")
        first = [candidate.ref for candidate in ranked[:3]]
    # a run that is done already is not done again, and what follows is asked for once
    for _ in range(2):
        tasks.score(finished_run.job_id)
    with acting_as(municipality=town.slug):
        asked = list(SecondOpinion.objects.filter(run=finished_run).select_related("job"))
    assert sorted(each.ref for each in asked) == sorted(first)
    assert {each.job.state for each in asked} == {JobState.QUEUED}
    assert {each.job.created_by for each in asked} == {None}
