"""A pinned parcel keeps its hours, whatever its rank."""

import pytest

from heatmap.identity import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(town, finished_run):
    with acting_as(municipality=town.slug):
        return finished_run.candidates.filter(rank__isnull=True).first()


def test_hours_of_a_parcel_off_the_short_list_are_worked_out_on_demand(
    member_client, town, finished_run, refused
):
    assert refused.hourly is None
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{refused.ref}"
    hours = member_client.get(f"{base}/hourly.json").json()
    assert hours["hours"] == 8760 == len(hours["heat_kw"])
    # the sums of the hours, in service 95 % of the time, are the stored yearly energy
    used_mwh = sum(hours["heat_kw"]) * 0.95 / 1000
    assert used_mwh == pytest.approx(refused.result["energy_mwh"]["used"], rel=1e-3)


def test_pinning_keeps_the_hours_and_unpinning_lets_them_go(
    member_client, town, finished_run, refused
):
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{refused.ref}"
    for pinned in (True, False):
        answer = member_client.post(f"{base}/pin", {"pinned": "1" if pinned else "0"})
        assert answer.status_code == 302
        with acting_as(municipality=town.slug):
            refused.refresh_from_db()
        assert refused.is_pinned is pinned
        assert (refused.hourly is not None) is pinned
        assert (refused.foresight is not None) is pinned


def test_the_short_list_keeps_bounds_and_a_realistic_year(member_client, town, finished_run):
    with acting_as(municipality=town.slug):
        best = finished_run.candidates.get(rank=1)
    found = best.foresight
    assert found["lower_eur"] <= found["upper_eur"] <= found["lower_eur"] * (1 + 1e-9)
    assert 0.5 < found["realistic_share"] < 1.0
    assert found["realistic_eur"] / found["upper_eur"] == pytest.approx(
        found["realistic_share"], rel=1e-9
    )
    page = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{best.ref}/"
    assert "Without foresight operation earns" in member_client.get(page).content.decode()


def test_a_stranger_cannot_pin(stranger_client, town, finished_run, refused):
    path = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{refused.ref}/pin"
    assert stranger_client.post(path, {"pinned": "1"}).status_code == 404


def test_hours_are_not_worked_out_with_other_tables_than_the_run_had(
    member_client, town, finished_run, refused
):
    with acting_as(municipality=town.slug):
        changed = finished_run.inputs | {"tables": {"pipe_types.csv": "another"}}
        type(finished_run).objects.filter(pk=finished_run.pk).update(inputs=changed)
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{refused.ref}"
    answer = member_client.post(f"{base}/pin", {"pinned": "1"})
    assert answer.status_code == 409
    assert "Run the study again" in answer.content.decode()
