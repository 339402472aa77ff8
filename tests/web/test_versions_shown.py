"""The map shows what a run was made from, not what came later."""

import pytest
from django.core.files import File
from shapefiles import zipped

from heatmap.identity import acting_as
from heatmap.models import LayerVersion
from heatmap.services import uploads

pytestmark = pytest.mark.django_db


def test_a_newer_parcel_layer_does_not_change_the_map_of_a_run(
    member_client, town, finished_run, tmp_path
):
    used = finished_run.inputs["layers"]["parcels"]["version_id"]
    with acting_as(municipality=town.slug), zipped(tmp_path).open("rb") as handle:
        received = uploads.receive(town, None, kind="parcels", file=File(handle), name="new.zip")
    newer = uploads.process(received.job_id).version
    page = member_client.get(f"/m/{town.slug}/?run={finished_run.pk}").content.decode()
    assert f'"version": {used},' in page
    assert f'"version": {newer.pk},' not in page
    with acting_as(municipality=town.slug):
        assert LayerVersion.objects.filter(layer__kind="parcels").count() == 2
