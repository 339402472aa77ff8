"""A version goes, or something is made from it, never both: two who act at the same moment."""

import threading

import pytest
from django.contrib.gis.geos import Polygon
from django.db import connection
from factories import make_person, make_town

from heatmap.choices import DataClass, LayerKind, Nature, Role
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Membership
from heatmap.services import derived, versions
from heatmap.services.layers import Provenance, publish_features
from sites.services.scoring import create_run
from sites.services.studies import first_study


@pytest.fixture
def small_town(committed):
    anna = make_person("anna")
    town = make_town(member=anna)
    with acting_as(municipality=town.slug):
        Membership.objects.filter(user=anna).update(role=Role.ADMINISTRATOR)
    return town, anna


def buildings(town) -> LayerVersion:
    middle = town.extent.centroid
    square = Polygon.from_bbox((middle.x, middle.y, middle.x + 50, middle.y + 50)).hex.decode()
    row = {"ref": "a", "wkb": square, "use": "office", "is_heated": True,
           "heat_demand_mwh_per_a": 10.0}  # fmt: skip
    origin = Provenance("s", "l", "c", DataClass.PUBLIC, Nature.MEASURED)
    with acting_as(municipality=town.slug):
        return publish_features(town, LayerKind.BUILDINGS, "b", [row], origin)


def test_what_is_being_derived_from_cannot_be_deleted_meanwhile(small_town):
    town, anna = small_town
    old = buildings(town)
    deriving, said = threading.Event(), []

    def delete() -> None:
        deriving.wait(10)
        buildings(town)  # so that the old one is no longer in use
        try:
            with acting_as(user_id=anna.pk):
                versions.delete_for_good(old)
        except Refusal as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    other = threading.Thread(target=delete)
    other.start()
    with acting_as(municipality=town.slug):
        new = derived.derive(town, "heat_demand", None)
        deriving.set()
        other.join(1.5)
        assert other.is_alive(), "it did not wait for what is made from the version"
    other.join(10)
    assert new.inputs == [old.pk]
    assert len(said) == 1
    assert "a derived layer was made from it" in said[0]
    with acting_as(municipality=town.slug):
        assert LayerVersion.objects.filter(pk=old.pk).exists()


def test_a_run_keeps_the_versions_of_its_town_from_the_moment_it_looks_at_them(town, planner):
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    held += " AND classid = %s AND objid = %s AND mode = 'ShareLock'"

    class Enough(Exception):
        pass

    with pytest.raises(Enough), acting_as(user_id=planner.pk), connection.cursor() as cursor:
        create_run(first_study(town), planner)
        cursor.execute(held, [versions.KEEPING, town.pk])
        assert cursor.fetchone()[0] == 1
        raise Enough  # nothing of it stays
