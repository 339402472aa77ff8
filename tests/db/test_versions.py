"""Versions compared, restored, deleted for good; layers derived from layers."""

import pytest
from django.contrib.gis.geos import LineString, Point, Polygon
from django.db import connection, transaction
from django.db.utils import DatabaseError
from factories import make_person, make_town

from heatmap.choices import DataClass, LayerKind, Nature, Role
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import (
    AuditEntry,
    Building,
    HeatLine,
    LayerVersion,
    Membership,
    Parcel,
    Substation,
)
from heatmap.services import derived, layer_work, versions
from heatmap.services.layers import Provenance, publish_features
from heatmap.version_selectors import compare, mark_stale, newer_inputs, versions_in_use

pytestmark = pytest.mark.django_db
MUNICIPAL = DataClass.MUNICIPAL


@pytest.fixture
def anna():
    return make_person("anna")


@pytest.fixture
def small_town(anna):
    return make_town(member=anna)


def square(town, east: float, size: float = 50.0) -> str:
    middle = town.extent.centroid
    west = middle.x + east
    return Polygon.from_bbox((west, middle.y, west + size, middle.y + size)).hex.decode()


def line(town, east: float, length: float, north: float = -10.0) -> str:
    at = town.extent.centroid
    start = (at.x + east, at.y + north)
    return LineString(start, (start[0] + length, start[1]), srid=3035).hex.decode()


def published(town, kind, rows, *, nature=Nature.MEASURED, data_class=MUNICIPAL, name="layer"):
    origin = Provenance(
        source="survey", licence="internal", crs_delivered="EPSG:3035", data_class=data_class,
        nature=nature,
    )  # fmt: skip
    with acting_as(municipality=town.slug):
        return publish_features(town, LayerKind(kind), name, rows, origin)


def parcel(ref: str, wkb: str, zoning: str = "GE") -> dict:
    return {"ref": ref, "wkb": wkb, "parcel_kind": "uploaded", "zoning": zoning}


@pytest.fixture
def two_versions(small_town):
    """a stays, b changes its zoning, c moves 30 m east and grows, d goes, e comes."""
    first = published(small_town, "parcels", [
        parcel("a", square(small_town, 0)), parcel("b", square(small_town, 100)),
        parcel("c", square(small_town, 200)), parcel("d", square(small_town, 400)),
    ])  # fmt: skip
    second = published(small_town, "parcels", [
        parcel("a", square(small_town, 0)), parcel("b", square(small_town, 100), "GI"),
        parcel("c", square(small_town, 230, 60)), parcel("e", square(small_town, 500)),
    ])  # fmt: skip
    return first, second


def test_a_comparison_tells_added_removed_and_changed_features_by_their_ids(
    small_town, two_versions
):
    with acting_as(municipality=small_town.slug):
        found = compare(*two_versions)
    assert found.counts == {"added": 1, "removed": 1, "changed": 2}
    assert (found.before, found.after, found.unchanged) == (4, 4, 1)  # a alone is the same
    by_ref = {row["ref"]: row for row in found.rows}
    assert by_ref["b"]["attributes"] == [{"column": "zoning", "before": "GE", "after": "GI"}]
    assert not by_ref["b"]["reshaped"]
    assert by_ref["c"]["attributes"] == []
    # the middle goes from (225, 25) to (260, 30): sqrt(35^2 + 5^2) = 35.36 m
    assert by_ref["c"]["moved_m"] == pytest.approx(35.36, abs=0.01)
    # areas are taken in the town's own grid (UTM 32), which is 0.04 % off the equal-area one
    assert by_ref["c"]["area_before_m2"] == pytest.approx(2500, rel=2e-3)
    assert by_ref["c"]["area_after_m2"] == pytest.approx(3600, rel=2e-3)


def test_a_comparison_can_be_read_page_by_page_and_kind_by_kind(small_town, two_versions):
    with acting_as(municipality=small_town.slug):
        pages = [compare(*two_versions, limit=2, offset=at).rows for at in (0, 2, 4)]
        removed = compare(*two_versions, acts=("removed",))
    assert [[row["ref"] for row in page] for page in pages] == [["e", "b"], ["c", "d"], []]
    assert [row["ref"] for row in removed.rows] == ["d"]
    assert removed.counts["changed"] == 2  # what is not listed is still counted


def test_a_restored_version_has_the_old_content_as_a_new_version(small_town, two_versions, anna):
    first, second = two_versions
    with acting_as(user_id=anna.pk):
        asked = layer_work.ask_to_restore(first, anna)
    done = layer_work.process(asked.job_id)
    with acting_as(user_id=anna.pk):
        new = LayerVersion.objects.get(pk=done.new_id)
        assert (new.number, new.content_hash, new.source) == (3, first.content_hash, "survey")
        assert new.report["restored_from"] == 1
        assert new.created_by == anna
        found = compare(first, new)
        assert (found.rows, found.before, found.after) == ([], 4, 4)
        assert compare(second, new).counts == {"added": 1, "removed": 1, "changed": 2}
        with pytest.raises(Refusal, match="in use"):
            layer_work.ask_to_restore(new, anna)


def administer(town, person) -> None:
    with acting_as(municipality=town.slug):
        Membership.objects.filter(user=person).update(role=Role.ADMINISTRATOR)


def test_a_version_deleted_for_good_is_gone_with_its_features_and_stays_in_the_log(
    small_town, two_versions, anna
):
    first, second = two_versions
    administer(small_town, anna)
    with acting_as(user_id=anna.pk):
        versions.delete_for_good(first)
        assert not LayerVersion.objects.filter(pk=first.pk).exists()
        assert set(Parcel.objects.values_list("version_id", flat=True)) == {second.pk}
        act = AuditEntry.objects.get(action="version_deleted", municipality_id=small_town.pk)
        assert act.values == {"number": 1, "content": first.content_hash}


def test_the_version_in_use_cannot_be_deleted(small_town, two_versions, anna):
    administer(small_town, anna)
    with acting_as(user_id=anna.pk), pytest.raises(Refusal, match="is the one in use"):
        versions.delete_for_good(two_versions[1])


def test_the_database_refuses_to_delete_for_whoever_does_not_administer(
    small_town, two_versions, anna
):
    with (
        pytest.raises(DatabaseError, match="only administrators"),
        acting_as(user_id=anna.pk),  # a planner
    ):
        versions.delete_for_good(two_versions[0])
    with acting_as(user_id=anna.pk):
        assert Parcel.objects.filter(version=two_versions[0]).count() == 4


def test_what_a_run_was_made_from_cannot_be_deleted(town, finished_run, planner):
    used = finished_run.inputs["layers"]["parcels"]["version_id"]
    with acting_as(user_id=planner.pk):
        old = LayerVersion.objects.get(pk=used)
        layer = old.layer
    rows = [parcel("x", square(town, 0))]
    published(town, "parcels", rows, name=layer.name)  # so that it is not the one in use
    with acting_as(user_id=planner.pk):
        with pytest.raises(Refusal, match="a run was made from it"):
            versions.delete_for_good(old)
        assert Parcel.objects.filter(version=old).exists()


def building(ref: str, wkb: str, demand: float | None, **values) -> dict:
    return {
        "ref": ref, "wkb": wkb, "use": "office", "is_heated": True, "storeys": 2.0,
        "heat_demand_mwh_per_a": demand, **values,
    }  # fmt: skip


def derive(town, kind: str) -> LayerVersion:
    with acting_as(municipality=town.slug):
        return derived.derive(town, kind, None)


def test_linear_density_is_the_demand_along_a_street_over_its_length(small_town):
    buildings = published(small_town, "buildings", [
        building("near", square(small_town, 0), 120.0),
        building("beside", square(small_town, 100), 80.0),
        building("cold", square(small_town, 200), 0.0),
    ])  # fmt: skip
    streets = published(small_town, "streets", [
        {"ref": "s1", "wkb": line(small_town, 0, 200), "street_kind": "residential"},
        {"ref": "s2", "wkb": line(small_town, 0, 300, north=-900), "street_kind": "residential"},
        {"ref": "path", "wkb": line(small_town, 0, 200, north=-1), "street_kind": "footway"},
    ])  # fmt: skip
    version = derive(small_town, "heat_lines")
    assert version.nature == Nature.DERIVED
    assert sorted(version.inputs) == sorted([buildings.pk, streets.pk])
    with acting_as(municipality=small_town.slug):
        rows = {row.ref: row for row in HeatLine.objects.filter(version=version)}
    assert set(rows) == {"s1", "s2"}  # a footway carries no pipe
    # both heated buildings lie 35 m from s1 (10 m to the wall, 25 m to the middle): 200 MWh/a
    # over 200 m; UTM lengths differ from those of the storage grid by about a percent
    assert rows["s1"].heat_demand_mwh_per_a == pytest.approx(200.0)
    assert rows["s1"].linear_density_mwh_per_m_a == pytest.approx(1.0, rel=0.02)
    assert rows["s1"].buildings == 2
    assert (rows["s2"].heat_demand_mwh_per_a, rows["s2"].buildings) == (0.0, 0)


def test_only_missing_demand_is_derived_and_the_measured_layer_stays(small_town):
    measured = published(small_town, "buildings", [
        building("known", square(small_town, 0), 77.0),
        building("gap", square(small_town, 100), None),
    ])  # fmt: skip
    version = derive(small_town, "buildings")
    assert version.layer_id != measured.layer_id
    with acting_as(municipality=small_town.slug):
        found = dict(
            Building.objects.filter(version=version).values_list("ref", "heat_demand_mwh_per_a")
        )
    assert found["known"] == 77.0
    assert found["gap"] > 0
    with acting_as(municipality=small_town.slug), pytest.raises(Refusal, match="lacks"):
        derived.derive(small_town, "buildings", None)  # nothing is missing any more


def test_a_derived_layer_never_takes_the_place_of_a_measured_one(small_town):
    published(small_town, "buildings", [building("a", square(small_town, 0), 10.0)])
    cell = {"ref": "1-1", "wkb": square(small_town, 0, 100), "heat_demand_mwh_per_a": 9.0}
    published(small_town, "heat_demand", [cell])
    with acting_as(municipality=small_town.slug):
        with pytest.raises(Refusal, match="was measured"):
            derived.derive(small_town, "heat_demand", None)
        assert "heat_demand" not in {recipe.kind for recipe in derived.derivable(small_town)}


def test_what_follows_from_restricted_data_is_restricted(small_town):
    published(
        small_town, "buildings", [building("a", square(small_town, 0), 10.0)],
        data_class=DataClass.RESTRICTED,
    )  # fmt: skip
    assert derive(small_town, "heat_demand").data_class == DataClass.RESTRICTED


def test_a_new_input_makes_the_derived_layers_due_until_they_are_derived_anew(small_town):
    published(small_town, "buildings", [building("a", square(small_town, 0), 10.0)])
    old = derive(small_town, "heat_demand")
    newer = published(small_town, "buildings", [building("a", square(small_town, 0), 30.0)])
    with acting_as(municipality=small_town.slug):
        assert derived.follow_ups(newer) == [LayerKind.HEAT_DEMAND]
    new = derive(small_town, "heat_demand")
    assert (new.layer_id, new.number, new.inputs) == (old.layer_id, 2, [newer.pk])
    with acting_as(municipality=small_town.slug):
        assert derived.follow_ups(newer) == []


def test_a_version_that_a_derived_layer_was_made_from_cannot_be_deleted(small_town, anna):
    first = published(small_town, "buildings", [building("a", square(small_town, 0), 10.0)])
    derive(small_town, "heat_demand")
    published(small_town, "buildings", [building("a", square(small_town, 0), 30.0)])
    administer(small_town, anna)
    with acting_as(user_id=anna.pk), pytest.raises(Refusal, match="a derived layer was made"):
        versions.delete_for_good(first)
    # and the database refuses it by itself
    with (
        acting_as(user_id=anna.pk),
        pytest.raises(DatabaseError, match="an input"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT heathub_delete_version(%s)", [first.pk])


def derived_from(town, kind: str, rows, inputs, *, nature=Nature.DERIVED) -> LayerVersion:
    """As an OpenStreetMap extract leaves them: made from buildings while a file was read."""
    origin = Provenance(
        source="OSM", licence="ODbL", crs_delivered="EPSG:4326", data_class=DataClass.PUBLIC,
        nature=nature, method="m", inputs=[version.pk for version in inputs],
    )  # fmt: skip
    with acting_as(municipality=town.slug):
        return publish_features(town, LayerKind(kind), "Made once", rows, origin)


def test_candidate_parcels_lose_the_ground_of_newer_buildings_and_keep_id_and_attributes(
    small_town,
):
    first = published(small_town, "buildings", [building("a", square(small_town, 900), 1.0)])
    whole = square(small_town, 0, 100)
    rows = [parcel("P-01", whole, "GI"), parcel("P-02", square(small_town, 300))]
    rows.append(parcel("P-03", square(small_town, 600, 50)))
    old = derived_from(small_town, "parcels", rows, [first])
    newer = published(small_town, "buildings", [
        building("in", square(small_town, 0, 50), 5.0),
        building("over", square(small_town, 590, 80), 5.0),
    ])  # fmt: skip
    with acting_as(municipality=small_town.slug):
        assert LayerKind.PARCELS in derived.follow_ups(newer)
    version = derive(small_town, "parcels")
    assert (version.layer_id, version.number, version.inputs) == (old.layer_id, 2, [newer.pk])
    assert version.data_class == DataClass.PUBLIC
    with acting_as(municipality=small_town.slug):
        now = {row.ref: row for row in Parcel.objects.filter(version=version)}
        assert derived.follow_ups(newer) == [LayerKind.HEAT_DEMAND]
    # 100 m x 100 m less the 50 m x 50 m of the building; P-03 lies under a building whole
    assert set(now) == {"P-01", "P-02"}
    assert now["P-01"].geom.area == pytest.approx(7500)
    assert now["P-01"].zoning == "GI"
    assert now["P-02"].geom.area == pytest.approx(2500)


def test_illustrative_substations_are_rated_anew_for_newer_buildings(small_town):
    first = published(small_town, "buildings", [building("a", square(small_town, 0, 10), 1.0)])
    at = Point(small_town.extent.centroid.x, small_town.extent.centroid.y, srid=3035)
    row = {"ref": "s", "wkb": at.hex.decode(), "voltage_kv": 10.0, "rating_kva": 400.0}
    derived_from(small_town, "substations", [row], [first], nature=Nature.ILLUSTRATIVE)
    published(small_town, "buildings", [building("a", square(small_town, 0, 200), 1.0)])
    version = derive(small_town, "substations")
    with acting_as(municipality=small_town.slug):
        (now,) = Substation.objects.filter(version=version)
    assert version.nature == Nature.ILLUSTRATIVE
    # 200 m x 200 m on two storeys draw more than the smallest transformer carries
    assert (now.ref, now.voltage_kv) == ("s", 10.0)
    assert now.rating_kva > 400
    # load / (utilisation x power factor) is what the rating must carry
    assert now.peak_load_kw <= now.rating_kva


def test_measured_substations_are_never_rated_by_us(small_town):
    published(small_town, "buildings", [building("a", square(small_town, 0), 1.0)])
    published(small_town, "substations", [{"ref": "s", "wkb": square(small_town, 0)}])
    with acting_as(municipality=small_town.slug), pytest.raises(Refusal, match="could be renewed"):
        derived.derive(small_town, "substations", None)


def test_buildings_filled_from_themselves_are_not_outdated_by_themselves(small_town):
    published(small_town, "buildings", [
        building("known", square(small_town, 0), 77.0),
        building("gap", square(small_town, 100), None),
    ])  # fmt: skip
    filled = derive(small_town, "buildings")
    with acting_as(municipality=small_town.slug):
        in_use = versions_in_use(small_town)
        entry = {"versions": [filled]}
        assert newer_inputs(filled, in_use) == []
        assert mark_stale(small_town, [entry])[0]["stale"] is False
    published(small_town, "buildings", [building("known", square(small_town, 0), 80.0)])
    with acting_as(municipality=small_town.slug):
        assert mark_stale(small_town, [entry])[0]["stale"] is True
