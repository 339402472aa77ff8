"""A grid model comes as a file, is kept whole beside its features, and goes with its version."""

import json

import pandapower
import pandapower.networks
import pytest
from django.core.files.base import ContentFile
from factories import make_person, make_town

from heatmap.choices import DataClass, JobState, LayerKind, Role
from heatmap.identity import acting_as
from heatmap.ingest.samples import sample_model
from heatmap.models import GridModel, GridModelPart, Upload
from heatmap.services import uploads, versions
from heatmap.services.municipalities import let_in

pytestmark = [
    pytest.mark.django_db,
    # pandapower warns of its own old file
    pytest.mark.filterwarnings("ignore:tap_dependency_table"),
]
MIDDLE = (6.05, 50.77)


@pytest.fixture
def town():
    return make_town(member=make_person("planner"))


def bring(town, text: str, **answers) -> Upload:
    with acting_as(municipality=town.slug):
        received = uploads.receive(
            town, None, kind=LayerKind.GRID_MODEL, file=ContentFile(text.encode()),
            name="grid.json", **answers,
        )  # fmt: skip
    return uploads.process(received.job_id)


def test_features_and_tables_are_published_together_and_restricted(town):
    done = bring(town, sample_model("grid_model", *MIDDLE))
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.version.data_class == DataClass.RESTRICTED
    with acting_as(municipality=town.slug):
        parts = GridModelPart.objects.filter(version=done.version)
        kinds = sorted(parts.values_list("part_kind", "voltage_kv", "rating_kva"))
        # sqrt(3) * 20 kV * 0.362 A
        line = pytest.approx(12_540.0, rel=1e-4)
        assert kinds == [
            ("bus", 20.0, None), ("bus", 20.0, None), ("bus", 110.0, None),
            ("line", 20.0, line), ("trafo", 110.0, 25_000.0),
        ]  # fmt: skip
        tables = GridModel.objects.get(version=done.version).tables
        assert tables["load"]["columns"]["p_mw"] == [1.0]


def test_what_pandapower_writes_of_its_example_is_read(town):
    net = pandapower.networks.mv_oberrhein()
    # the example lies on the Rhine; here it is moved to the town
    for table in ("bus", "line"):
        net[table]["geo"] = net[table]["geo"].map(_moved)
    done = bring(town, pandapower.to_json(net))
    assert done.job.state == JobState.DONE, done.job.sentence
    # 179 buses, 181 lines, 2 transformers
    assert (done.report["rows_used"], done.report["rows_refused"]) == (362, 0)


def _moved(text: str) -> str:
    shape = json.loads(text)
    points = [shape["coordinates"]] if shape["type"] == "Point" else shape["coordinates"]
    moved = [[lon - 7.85 + MIDDLE[0], lat - 48.4 + MIDDLE[1]] for lon, lat in points]
    shape["coordinates"] = moved[0] if shape["type"] == "Point" else moved
    return json.dumps(shape)


def test_a_viewer_sees_neither_features_nor_tables(town):
    done = bring(town, sample_model("grid_model", *MIDDLE))
    viewer = make_person("viewer")
    with acting_as(municipality=town.slug):
        let_in(town, viewer, Role.VIEWER)
    for person in (viewer, make_person("stranger")):
        with acting_as(user_id=person.pk):
            assert not GridModel.objects.filter(version=done.version).exists()
            assert not GridModelPart.objects.filter(version=done.version).exists()


def test_a_restored_version_has_its_tables_and_a_deleted_one_none(town):
    first = bring(town, sample_model("grid_model", *MIDDLE)).version
    bring(town, sample_model("grid_model", MIDDLE[0] + 0.01, MIDDLE[1]))
    with acting_as(municipality=town.slug):
        restored = versions.restore(first, None)
        assert (
            GridModel.objects.get(version=restored).tables
            == GridModel.objects.get(version=first).tables
        )
    chief = make_person("chief")
    with acting_as(municipality=town.slug):
        let_in(town, chief, Role.ADMINISTRATOR)
    with acting_as(user_id=chief.pk):
        versions.delete_for_good(first)
    with acting_as(municipality=town.slug):
        assert not GridModel.objects.filter(version_id=first.pk).exists()
        assert not GridModelPart.objects.filter(version_id=first.pk).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"part_kind": "bus"},
             "geometry": {"type": "Point", "coordinates": list(MIDDLE)}}]}),
         "not as a table of features"),
        ('{"_class": "pandapowerNet", "_object": {"bus": {"_module": "os", "_class": "system"}}}',
         "not a grid model"),
        ('{"_class": "pandapowerNet"' + "[" * 50_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_hostile_and_other_files_are_refused_with_a_sentence(town, text, said):
    done = bring(town, text)
    assert done.job.state == JobState.REFUSED
    assert said in done.job.sentence


def test_a_grid_model_without_a_town_nearby_is_told_where_it_lies(town):
    done = bring(town, sample_model("grid_model", 11.0, 48.0))
    assert done.job.state == JobState.REFUSED
    assert "outside the municipality" in done.job.sentence
