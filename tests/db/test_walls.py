"""Row-level security, tried as the web role on a raw connection."""

import os
import uuid

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from factories import make_person, make_town

from heatmap.choices import JobKind
from heatmap.identity import acting_as
from heatmap.models import AuditEntry, Building, Job, Layer, LayerVersion, Municipality

WALL_QUERY = """
SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def town_tables() -> set[str]:
    """Every table with a row per town, found from the models."""
    return {
        model._meta.db_table
        for model in apps.get_models()
        if model in {Municipality, AuditEntry}
        or any(field.name == "municipality" for field in model._meta.concrete_fields)
    }


def raw() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def test_every_table_with_a_town_stands_behind_a_forced_wall():
    with raw() as web:
        walls = dict(web.execute(WALL_QUERY).fetchall())
    assert len(town_tables()) >= 15
    assert [table for table in sorted(town_tables()) if not walls[table]] == []


def test_the_web_role_can_neither_bypass_the_wall_nor_change_tables():
    with raw() as web:
        role = web.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        owned = web.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        ).fetchone()
        assert role == (False, False, False, False)
        assert owned == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("ALTER TABLE heatmap_building DISABLE ROW LEVEL SECURITY")


def test_a_raw_connection_without_identity_sees_no_town(town):
    with raw() as web:
        for table in sorted(town_tables()):
            assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_stranger_sees_nothing_of_the_town_and_a_member_sees_it(town, planner, stranger):
    def buildings_seen(user_id: int) -> int:
        with raw() as web, web.transaction():
            web.execute("SELECT set_config('heathub.user_id', %s, true)", [str(user_id)])
            return web.execute(
                "SELECT count(*) FROM heatmap_building WHERE municipality_id = %s", [town.pk]
            ).fetchone()[0]

    assert buildings_seen(stranger.pk) == 0
    assert buildings_seen(planner.pk) == 125  # the extract has 125 buildings


def test_an_identity_ends_with_its_transaction(town, planner):
    with raw() as web:
        with web.transaction():
            web.execute("SELECT set_config('heathub.user_id', %s, true)", [str(planner.pk)])
            assert web.execute("SELECT count(*) FROM heatmap_building").fetchone()[0] > 0
        assert web.execute("SELECT count(*) FROM heatmap_building").fetchone()[0] == 0


@pytest.mark.django_db
def test_a_stranger_cannot_write_into_the_town(town, stranger):
    with pytest.raises(ProgrammingError, match="row-level"), acting_as(user_id=stranger.pk):
        Layer.objects.create(municipality_id=town.pk, kind="parcels", name="planted")


@pytest.mark.django_db
def test_a_job_sees_its_own_town_and_no_other(town):
    other = make_town(member=make_person("other"))
    with acting_as(municipality=other.slug):
        job = Job.objects.create(municipality=other, kind=JobKind.RUN)
    with acting_as(job_id=job.pk):
        assert list(Municipality.objects.values_list("pk", flat=True)) == [other.pk]
    with acting_as(job_id=uuid.uuid4()):
        assert not Municipality.objects.exists()


@pytest.mark.django_db
def test_a_published_version_and_its_features_never_change(town, planner):
    with acting_as(user_id=planner.pk):
        version = LayerVersion.objects.filter(layer__kind="buildings").first()
        assert version.published_at is not None
        assert LayerVersion.objects.filter(pk=version.pk).update(source="changed") == 0
        assert Building.objects.filter(version=version).update(use="changed") == 0
        assert Building.objects.filter(version=version)._raw_delete("default") == 0
    with pytest.raises(ProgrammingError, match="row-level"), acting_as(user_id=planner.pk):
        Building.objects.create(
                municipality=town, version=version, ref="planted", use="office",
                is_heated=True, geom="SRID=3035;POINT(4000000 3000000)",
            )  # fmt: skip


def test_the_planner_uses_the_spatial_index_behind_the_wall(town, planner):
    # PostGIS' box test is marked leakproof at set-up; without that the planner may not run it
    # before the wall's own test, and reads the whole table.
    with raw() as web, web.transaction():
        web.execute("SELECT set_config('heathub.user_id', %s, true)", [str(planner.pk)])
        web.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(
            row[0]
            for row in web.execute(
                "EXPLAIN SELECT id FROM heatmap_street"
                " WHERE geom && ST_MakeEnvelope(4030000, 3080000, 4030100, 3080100, 3035)"
            )
        )
    assert "Index Scan using heatmap_street_geom" in plan, plan
    assert "Index Cond: (geom &&" in plan, plan
    assert "Filter: ((municipality_id = ANY ($0)) AND (version_id <> ALL ($1)))" in plan, plan


@pytest.mark.django_db
def test_nested_identities_give_back_the_outer_one(town, planner):
    with acting_as(user_id=planner.pk):
        with acting_as(municipality="nowhere"):
            assert not Municipality.objects.exists()
        assert Municipality.objects.filter(pk=town.pk).exists()
    assert connection.vendor == "postgresql"
    assert settings.DATABASES["default"]["USER"] == "heathub_web"


@pytest.mark.django_db
def test_a_draft_cannot_go_while_rows_of_it_are_there():
    """What a foreign key would say; features have none (`walls.features_follow_drafts`)."""
    town = make_town()
    with acting_as(municipality=town.slug):
        layer = Layer.objects.create(municipality=town, kind="buildings", name="x")
        draft = LayerVersion.objects.create(
            municipality=town, layer=layer, number=1, source="s", licence="l", crs_delivered="c",
            content_hash="h", data_class="public", nature="measured", rows_read=1, rows_refused=0,
        )  # fmt: skip
        Building.objects.create(
            municipality=town, version=draft, ref="a", use="office", is_heated=True,
            geom=town.extent,
        )  # fmt: skip
        with connection.cursor() as cursor:
            delete = ["DELETE FROM heatmap_layerversion WHERE id = %s", [draft.pk]]
            with pytest.raises(IntegrityError, match="still has rows"), transaction.atomic():
                cursor.execute(*delete)
            Building.objects.filter(version=draft).delete()
            cursor.execute(*delete)
            assert cursor.rowcount == 1
