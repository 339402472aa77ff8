"""A run in parts: stored once, taken up after the last, the same whatever happened on the way."""

import pytest
import shapely
from django.db import OperationalError, connection

from heatmap.choices import JobState, LayerKind
from heatmap.identity import acting_as
from heatmap.models import Job, LayerVersion, Pipe
from heatmap.services.jobs import request_cancel
from heatmap.services.layers import Provenance, publish_features
from sites.models import Candidate, RunPart
from sites.parcel_selectors import parcel_rows
from sites.services import parts, scoring
from sites.services.results import canonical, digest, fingerprint
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db
PART = 10
NO_GRID = dict.fromkeys(("station_low", "station_medium", "feeder_low", "feeder_medium"), [])
"""The demo town has 32 parcels: four parts."""


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "PART", PART)


def new_run(town):
    with acting_as(municipality=town.slug):
        run = scoring.create_run(first_study(town), None)
        Job.objects.filter(pk=run.job_id).update(queued_at=run.created_at)
    return run


def stored(town, run):
    with acting_as(municipality=town.slug):
        return list(RunPart.objects.filter(run=run).values_list("number", "pk"))


def test_an_attempt_goes_on_after_the_last_part_that_is_stored(town, small_parts, monkeypatch):
    undisturbed = scoring.execute(new_run(town).job_id)
    run, really = new_run(town), parts.curves_of
    worked = []

    def fails_in_the_third(*given):
        worked.append(given[0].candidates.refs)
        if len(worked) == 3:
            raise OperationalError("the database stopped")
        return really(*given)

    monkeypatch.setattr(parts, "curves_of", fails_in_the_third)
    assert scoring.execute(run.job_id).job.state == JobState.QUEUED
    first = stored(town, run)
    assert [number for number, _ in first] == [0, 1]
    again = scoring.execute(run.job_id)
    assert again.job.state == JobState.DONE, again.job.sentence
    assert stored(town, run)[:2] == first  # not worked out anew
    # two parts, the failed third, third and fourth
    assert [len(refs) for refs in worked] == [10, 10, 10, 10, 2]
    assert again.digest == undisturbed.digest
    assert again.result == undisturbed.result


def test_the_digest_follows_from_what_is_stored(town, finished_run):
    with acting_as(municipality=town.slug):
        rows = list(Candidate.objects.filter(run=finished_run).order_by("ref"))
    found = digest(
        finished_run.result["town"], [(r.rank, fingerprint(canonical(r.result))) for r in rows]
    )
    assert found == finished_run.digest
    assert sorted(r.rank for r in rows if r.rank) == list(
        range(1, 1 + sum(bool(r.rank) for r in rows))
    )


def test_parts_change_no_result(town, finished_run, small_parts):
    in_parts = scoring.execute(new_run(town).job_id)
    with acting_as(municipality=town.slug):
        whole = {c.ref: c for c in Candidate.objects.filter(run=finished_run)}
        for candidate in Candidate.objects.filter(run=in_parts):
            other = whole[candidate.ref]
            assert candidate.rank == other.rank
            assert candidate.score == pytest.approx(other.score, rel=1e-12)
            assert candidate.hourly == other.hourly
    assert [n["key"] for n in in_parts.result["notes"]] == [
        n["key"] for n in finished_run.result["notes"]
    ]
    assert in_parts.result["status"] == finished_run.result["status"]


def test_a_cancelled_run_leaves_no_part_behind(town, small_parts, monkeypatch):
    run, really = new_run(town), parts.curves_of

    def cancelled_meanwhile(*given):
        with acting_as(municipality=town.slug):
            request_cancel(run.job)
        return really(*given)

    monkeypatch.setattr(parts, "curves_of", cancelled_meanwhile)
    ended = scoring.execute(run.job_id)
    assert (ended.job.state, ended.result) == (JobState.CANCELLED, None)
    with acting_as(municipality=town.slug):
        assert not RunPart.objects.filter(run=run).exists()
        assert not Candidate.objects.filter(run=run).exists()


def test_the_nearest_of_equally_near_pipes_does_not_depend_on_the_planner(town, finished_run):
    # a parcel that touches several pipes is 0 m from each; which scan finds them first may change
    # whenever the database looks at its statistics anew
    versions = {kind: layer["version_id"] for kind, layer in finished_run.inputs["layers"].items()}
    found = []
    with acting_as(municipality=town.slug):
        old = LayerVersion.objects.get(pk=versions["parcels"])
        ends = [pipe.geom.coords[0] for pipe in Pipe.objects.filter(version_id=versions["pipes"])]
        rows = [
            {
                "ref": f"T-{i}",
                "parcel_kind": "parking",
                "wkb": shapely.box(x - 40, y - 40, x + 40, y + 40).wkb_hex,
            }
            for i, (x, y) in enumerate(sorted(set(ends)))
        ]
        origin = Provenance("test", "none", "EPSG:3035", old.data_class, "illustrative")
        touching = publish_features(town, LayerKind.PARCELS, old.layer.name, rows, origin)
        for scan in ("enable_indexscan", "enable_sort"):
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL {scan} = off")
                given = parcel_rows(town, versions | {"parcels": touching.pk}, NO_GRID)
                cursor.execute(f"SET LOCAL {scan} = on")
            found.append([(row.ref, row.pipe_id) for row in given])
    assert len(found[0]) > 20
    assert found[0] == found[1]
