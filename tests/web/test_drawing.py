"""Parcels edited by hand: what is saved, what is refused, and that nothing else changes."""

import json

import pytest
from django.test import Client
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, Role
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, LayerWork, Membership, Parcel
from heatmap.services import derived, layer_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make_person("anna")


@pytest.fixture
def parcels(anna):
    """Three squares of 50 m, f0 to f2, 100 m apart."""
    town = make_town(member=anna)
    rows = [{"parcel_kind": "uploaded", "zoning": "GE"} for _ in range(3)]
    return make_version(town, "parcels", data_class=DataClass.MUNICIPAL, rows=rows)


@pytest.fixture
def planner_client(anna):
    client = Client()
    client.force_login(anna)
    return client


def address(version, what: str) -> str:
    return f"/m/{version.municipality.slug}/layers/{version.layer_id}/{what}"


def save(client, version, *, put=(), removed=(), base=None):
    document = {"base": base or version.pk, "put": list(put), "removed": list(removed)}
    return client.post(address(version, "save"), json.dumps(document), "application/json")


def newest(version) -> LayerVersion:
    with acting_as(municipality=version.municipality.slug):
        rows = LayerVersion.objects.select_related("municipality", "layer")
        return rows.filter(layer=version.layer_id).latest("number")


def features(version) -> dict[str, Parcel]:
    with acting_as(municipality=version.municipality.slug):
        return {row.ref: row for row in Parcel.objects.filter(version=version)}


def drawn(version, west=0.0, size=0.0005) -> dict:
    """A square of about 35 x 56 m near the middle of the town, in degrees."""
    middle = version.municipality.extent.centroid
    middle.transform(4326)
    x, y = middle.x + west, middle.y - 0.002
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_what_was_drawn_and_typed_becomes_one_new_version(planner_client, parcels):
    answer = save(
        planner_client, parcels,
        put=[{"ref": "f0", "zoning": "GI", "price_eur_per_m2": "80,5"},
             {"ref": "new", "geometry": drawn(parcels)}],
        removed=["f2"],
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    after = newest(parcels)
    assert after.number == 2
    assert after.report["edited_from"] == 1
    before, now = features(parcels), features(after)
    assert set(now) == {"f0", "f1", "new"}
    assert (now["f0"].zoning, now["f0"].price_eur_per_m2) == ("GI", 80.5)
    # a shape that nobody touched is carried over to the last bit
    assert now["f0"].geom.wkb == before["f0"].geom.wkb
    # 0.0005 degrees at 50.78 north: 35.2 m east, 55.6 m north
    assert now["new"].area_m2 == pytest.approx(35.2 * 55.6, rel=0.01)


def test_everything_wrong_is_said_at_once_and_nothing_is_saved(planner_client, parcels):
    bow = drawn(parcels)
    ring = bow["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    far = {"type": "Polygon", "coordinates": [[[1, 1], [1.1, 1], [1.1, 1.1], [1, 1]]]}
    answer = save(planner_client, parcels, put=[
        {"ref": "f0", "price_eur_per_m2": "cheap"}, {"ref": "f1", "geometry": bow},
        {"ref": "far", "geometry": far}, {"ref": "bare"},
    ])  # fmt: skip
    assert answer.status_code == 422
    said = " ".join(answer.json()["errors"])
    for part in ("“cheap” is not a number", "f1 crosses itself", "far lies outside", "bare has no"):
        assert part in said
    assert newest(parcels) == parcels


def test_two_who_edit_at_once_do_not_overwrite_each_other(planner_client, parcels):
    assert save(planner_client, parcels, removed=["f0"]).status_code == 200
    second = save(planner_client, parcels, removed=["f1"])
    assert second.status_code == 409
    assert "appeared while you were editing" in second.json()["errors"][0]
    assert set(features(newest(parcels))) == {"f1", "f2"}


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"base": "x", "put": [1], "removed": 3}'])
def test_what_is_no_document_is_refused_with_a_sentence(planner_client, parcels, body):
    answer = planner_client.post(address(parcels, "save"), body, "application/json")
    assert answer.status_code == 409
    assert "could not be read" in answer.json()["errors"][0]


def test_a_parcel_is_cut_in_two_by_a_line(planner_client, parcels):
    area = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]]}
    through = {"type": "LineString", "coordinates": [[1, -1], [1, 3]]}
    beside = {"type": "LineString", "coordinates": [[1, 1], [2, 1]]}

    def split(line):
        return planner_client.post(
            address(parcels, "split"), json.dumps({"area": area, "line": line}), "application/json"
        )

    widths = [
        max(x for x, _ in part["coordinates"][0]) - min(x for x, _ in part["coordinates"][0])
        for part in split(through).json()["parts"]
    ]
    assert sorted(widths) == [1, 3]
    assert "does not cut" in split(beside).json()["errors"][0]


@pytest.mark.parametrize("what", ["edit/", "table/", "attributes.csv"])
def test_a_viewer_may_not_edit(parcels, what):
    viewer = make_person("viewer")
    with acting_as(municipality=parcels.municipality.slug):
        Membership.objects.create(
            user=viewer, municipality=parcels.municipality, role=Role.VIEWER
        )  # fmt: skip
    client = Client()
    client.force_login(viewer)
    assert client.get(address(parcels, what)).status_code == 403


def test_the_history_and_the_comparison_are_shown_and_a_planner_cannot_delete(
    planner_client, parcels
):
    save(planner_client, parcels, put=[{"ref": "f0", "zoning": "GI"}], removed=["f2"])
    page = planner_client.get(address(parcels, "")).content.decode()
    assert 'id="version-1"' in page
    assert 'id="version-2"' in page
    assert "Delete for good" not in page
    found = planner_client.get(address(parcels, "compare/?from=1&to=2"))
    assert found.context["found"].counts == {"added": 0, "removed": 1, "changed": 1}
    answer = planner_client.get(address(parcels, "compare.csv?from=1&to=2"))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[1:] == ["changed,f0,zoning,GE,GI,", "removed,f2,,,,"]
    delete = f"/m/{parcels.municipality.slug}/versions/{parcels.pk}/delete/"
    assert planner_client.post(delete).status_code == 403


def test_any_version_can_be_seen_on_the_map(planner_client, parcels):
    save(planner_client, parcels, removed=["f2"])
    page = planner_client.get(f"/m/{parcels.municipality.slug}/?version={parcels.pk}")
    shown = [layer["version"] for layer in page.context["map_data"]["layers"]]
    assert shown == [parcels.pk]
    wrong = planner_client.get(f"/m/{parcels.municipality.slug}/?version=x")
    assert wrong.status_code == 404


def test_a_restricted_layer_is_not_there_for_a_viewer(anna):
    town = make_town(member=anna)
    version = make_version(town, "parcels", data_class=DataClass.RESTRICTED,
                           rows=[{"parcel_kind": "uploaded"}])  # fmt: skip
    with acting_as(municipality=town.slug):
        Membership.objects.filter(user=anna).update(role=Role.VIEWER)
    client = Client()
    client.force_login(anna)
    for what in ("", "compare/", "compare.csv"):
        assert client.get(address(version, what)).status_code == 404
    assert client.get(f"/m/{town.slug}/?version={version.pk}").status_code == 404


def test_an_outdated_layer_offers_to_be_rebuilt_and_a_worker_is_asked(planner_client, anna):
    town = make_town(member=anna)
    building = {"use": "office", "is_heated": True, "heat_demand_mwh_per_a": 10.0}
    first = make_version(town, "buildings", data_class=DataClass.MUNICIPAL, rows=[building])
    with acting_as(municipality=town.slug):
        derived.derive(town, "heat_demand", None)
    data = f"/m/{town.slug}/data/"
    assert "Rebuild it" not in planner_client.get(data).content.decode()
    make_version(town, "buildings", data_class=DataClass.MUNICIPAL, rows=[building, building])
    shown = planner_client.get(data).content.decode()
    assert shown.count("Rebuild it") == 1
    assert "Outdated: its input has a newer version" in shown
    planner_client.post(f"/m/{town.slug}/derive/heat_demand")
    with acting_as(municipality=town.slug):
        (work,) = LayerWork.objects.filter(act="derive")
    done = layer_work.process(work.job_id)
    assert done.new.number == 2
    assert first.pk not in done.new.inputs
    assert "Rebuild it" not in planner_client.get(data).content.decode()


def test_saving_what_was_drawn_starts_what_follows_as_an_import_does(
    planner_client, parcels, monkeypatch
):
    asked = []
    monkeypatch.setattr(
        "heatmap.jobs.layer_work.ask_what_follows",
        lambda version, user: asked.append((version.number, user.username)) or [],
    )
    save(planner_client, parcels, removed=["f0"])
    (only,) = asked
    assert only[0] == 2
