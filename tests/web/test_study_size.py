"""The size of a study: stated on the page of studies, or left to each place."""

import pytest

from heatmap.identity import acting_as
from sites.models import Candidate, Study
from sites.services import scoring


@pytest.fixture
def study(town, finished_run):
    with acting_as(municipality=town.slug):
        source = Study.objects.get(pk=finished_run.study_id)
        source.pk, source.name, source.overrides = None, "Sizes", {"grid.green_ratio": 2.0}
        source.save()
    yield source
    with acting_as(municipality=town.slug):
        source.delete()


def stored(town, study) -> Study:
    with acting_as(municipality=town.slug):
        return Study.objects.get(pk=study.pk)


def test_a_size_is_stated_and_taken_back_and_nothing_else_moves(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/size"
    assert stored(town, study).stated_kw is None
    assert member_client.post(address, {"power_it_kw": "250"}).status_code == 302
    after = stored(town, study)
    assert (after.stated_kw, after.size_kind) == (250.0, "stated")
    assert after.overrides == study.overrides | {"hub.power_it_kw": 250.0}
    page = member_client.get(f"/m/{town.slug}/studies/").content.decode()
    assert 'value="250"' in page
    assert "the best size of each place" in page  # the town's first study
    member_client.post(address, {"power_it_kw": ""})
    assert stored(town, study).overrides == study.overrides


@pytest.mark.parametrize("wrong", ["5", "20000", "much"])
def test_a_size_that_no_hub_has_is_refused_with_a_sentence(member_client, town, study, wrong):
    address = f"/m/{town.slug}/studies/{study.pk}/size"
    page = member_client.post(address, {"power_it_kw": wrong}, follow=True).content.decode()
    assert "from 10 to 10,000 kW" in page
    assert stored(town, study).stated_kw is None


def test_only_planners_set_it(client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/size"
    assert client.post(address, {"power_it_kw": "250"}).status_code in (302, 403, 404)
    assert stored(town, study).stated_kw is None


def test_an_unused_size_is_not_among_the_assumptions(member_client, town, study):
    page = member_client.get(f"/m/{town.slug}/studies/").content.decode()
    assert "hub.power_it_kw" not in page
    with acting_as(municipality=town.slug):
        run = scoring.create_run(stored(town, study), None)
    row = next(r for r in run.inputs["assumptions"] if r["key"] == "hub.power_it_kw")
    assert row["note"] == "Not used: each place takes its best size."


def test_pages_and_files_say_at_which_size_a_place_is_scored(member_client, town, finished_run):
    with acting_as(municipality=town.slug):
        best = Candidate.objects.get(run=finished_run, rank=1)
    power = best.result["hub"]["power_it_kw"]
    base = f"/m/{town.slug}/runs/{finished_run.pk}"
    brief = member_client.get(f"{base}/parcels/{best.ref}/brief.json").json()
    assert brief["power_it_kw"] == power
    lines = member_client.get(f"{base}/ranking.csv").content.decode().splitlines()
    column = lines[0].split(",").index("power_it_kw")
    assert float(lines[1].split(",")[column]) == power
    page = member_client.get(f"{base}/parcels/{best.ref}/").content.decode()
    assert "scored here" in page
    assert "A larger hub ends at:" in page
    document = member_client.get(f"/api/runs/{finished_run.pk}.json").json()
    assert document["study"]["size"] == "best"
    assert document["parcels"][0]["sizes"]["best_kw"] == power
