"""The samples that are offered for download import as they are."""

import pytest
from django.core.files.base import ContentFile
from factories import make_town

from heatmap.choices import JobState, LayerKind
from heatmap.identity import acting_as
from heatmap.ingest.kinds import BY_NAME
from heatmap.ingest.samples import sample_csv, sample_geojson, template_csv
from heatmap.services import uploads

pytestmark = pytest.mark.django_db
MIDDLE = (6.05, 50.77)


def brought(kind: str, name: str, content: str):
    town = make_town()
    with acting_as(municipality=town.slug):
        received = uploads.receive(
            town, None, kind=kind, file=ContentFile(content.encode()), name=name
        )
    return uploads.process(received.job_id)


@pytest.mark.parametrize("kind", LayerKind.values)
@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_a_sample_imports_whole_with_every_field(kind, ending):
    if kind == "series" and ending == "geojson":
        pytest.skip("a series has no shapes")
    write = {"csv": sample_csv, "geojson": sample_geojson}[ending]
    done = brought(kind, f"{kind}.{ending}", write(kind, *MIDDLE))
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.report["rows_refused"] == 0 and done.report["rows_used"] >= 2
    if kind != "series":
        found = {column["field"] for column in done.report["columns"]}
        assert found == {field.name for field in BY_NAME[kind].fields}
        assert not [c["field"] for c in done.report["columns"] if c["unit_from"] == "assumed"]
        assert done.report["missing"] == []


@pytest.mark.parametrize("kind", LayerKind.values)
def test_a_template_names_the_columns_and_is_refused_while_it_is_empty(kind):
    header = template_csv(kind).splitlines()
    assert len(header) == 1 and len(header[0].split(",")) >= 2
    done = brought(kind, f"{kind}.csv", template_csv(kind))
    assert done.job.state == JobState.REFUSED
    assert done.job.sentence
