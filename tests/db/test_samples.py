"""The samples that are offered for download import as they are."""

import pytest
from django.core.files.base import ContentFile
from factories import make_town

from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.kinds import AS_MODEL, BROUGHT, BY_NAME
from heatmap.ingest.samples import sample_csv, sample_geojson, sample_model, template_csv
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


@pytest.mark.parametrize("kind", BROUGHT)
@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_a_sample_imports_whole_with_every_field(kind, ending):
    if (kind == "series" and ending == "geojson") or kind in AS_MODEL:
        pytest.skip("a series has no shapes, and a model is no table")
    write = {"csv": sample_csv, "geojson": sample_geojson}[ending]
    done = brought(kind, f"{kind}.{ending}", write(kind, *MIDDLE))
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.report["rows_refused"] == 0 and done.report["rows_used"] >= 2
    if kind != "series":
        found = {column["field"] for column in done.report["columns"]}
        assert found == {field.name for field in BY_NAME[kind].fields}
        assert not [c["field"] for c in done.report["columns"] if c["unit_from"] == "assumed"]
        assert done.report["missing"] == []


@pytest.mark.parametrize("kind", AS_MODEL)
def test_the_sample_of_a_model_imports_whole(kind):
    done = brought(kind, f"{kind}.json", sample_model(kind, *MIDDLE))
    assert done.job.state == JobState.DONE, done.job.sentence
    # three buses, a transformer, a line
    assert (done.report["rows_used"], done.report["rows_refused"]) == (5, 0)


@pytest.mark.parametrize("kind", sorted(set(BROUGHT) - set(AS_MODEL)))
def test_a_template_names_the_columns_and_is_refused_while_it_is_empty(kind):
    header = template_csv(kind).splitlines()
    assert len(header) == 1 and len(header[0].split(",")) >= 2
    done = brought(kind, f"{kind}.csv", template_csv(kind))
    assert done.job.state == JobState.REFUSED
    assert done.job.sentence


def test_a_kind_that_is_only_derived_cannot_be_brought():
    with pytest.raises(Refusal, match="derived from others"):
        brought("heat_lines", "heat_lines.csv", "ref,wkt\n1,POINT(6 50)\n")
