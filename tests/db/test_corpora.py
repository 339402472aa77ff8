"""Files that others wrote to test their readers: taken with a report, or refused with a reason."""

import os
from pathlib import Path

import pytest
from corpora import chosen, ready, unpacked
from django.contrib.gis.geos import Polygon
from django.core.files import File
from factories import make_town

from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import FEATURE_MODELS, Municipality, Upload
from heatmap.models.municipality import STORAGE_SRID
from heatmap.services import quality, uploads

pytestmark = pytest.mark.django_db
HOME = Path(os.environ.get("HEATHUB_VAR", "/nonexistent"))
FILES = list(chosen(unpacked(HOME / "corpora", HOME / "corpora-unpacked")))
LAEA_WORLD = (-9e6, -9e6, 17e6, 15e6)
"""All of the world that the storage grid can show [m]."""


@pytest.fixture
def world() -> Municipality:
    extent = Polygon.from_bbox(LAEA_WORLD)
    extent.srid = STORAGE_SRID
    with acting_as(municipality="world"):
        return Municipality.objects.create(
            slug="world", name="World", country="DE", srid=STORAGE_SRID, extent=extent
        )


def begin(town, path: Path, kind: str, step: str, **answers) -> Upload:
    with acting_as(municipality=town.slug), path.open("rb") as handle:
        received = uploads.receive(
            town, None, kind=kind, file=File(handle), name=path.name, step=step, **answers
        )
    return uploads.process(received.job_id)


def check(town, done: Upload) -> None:
    """Accepted whole with a report, or refused with cause and remedy; never broken, never half."""
    assert done.job.state in (JobState.DONE, JobState.REFUSED), done.job.sentence
    if done.job.state == JobState.REFUSED:
        assert done.version is None
        cause, remedy = quality.parts(done.job.message, done.job.message_values)
        assert cause and remedy, done.job.message
        return
    report = done.report
    with acting_as(municipality=town.slug):
        stored = FEATURE_MODELS[done.kind].objects.filter(version=done.version).count()
    assert stored == report["features"] > 0
    assert report["rows_used"] + report["rows_refused"] == report["rows_read"]
    assert quality.as_csv(report)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_of_others_is_taken_with_a_report_or_refused_with_a_reason(path, world, tmp_path):
    file = ready(path, tmp_path)
    try:
        looked = begin(world, file, "parcels", "inspect")
    except Refusal as refusal:
        assert "\n" in refusal.message
        return
    assert looked.job.state in (JobState.DONE, JobState.REFUSED), looked.job.sentence
    layers = looked.proposal.get("layers", []) if looked.job.state == JobState.DONE else []
    for layer in layers[:3]:
        kind = layer["kinds"][0]["kind"] if layer["kinds"] else "parcels"
        srid = None if layer["crs"] and layer["crs"]["srid"] else 4326
        for town in (world, make_town()):
            check(town, begin(town, file, kind, "commit", layer=layer["name"], srid=srid))


def test_the_corpora_are_there_and_many_of_their_files_can_be_read():
    assert len(unpacked(HOME / "corpora", HOME / "corpora-unpacked")) > 250
