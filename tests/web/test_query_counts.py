"""How many queries a page takes is kept in a file, so that a loop over queries is noticed.

After a wanted change: bin/test tests/web/test_query_counts.py, with HEATHUB_REGOLD=1 set.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heatmap.identity import acting_as
from heatmap.models import LayerVersion

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "query_counts.json"


@pytest.fixture
def addresses(town, finished_run):
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.get(rank=1).ref
        parcels = LayerVersion.objects.filter(layer__kind="parcels").order_by("-number")[0]
    run = [town.slug, finished_run.pk]
    return {
        "data": reverse("data", args=[town.slug]),
        "hours": reverse("hourly", args=[*run, ref]),
        "job": reverse("job", args=[town.slug, finished_run.job_id]),
        "map": reverse("map", args=[town.slug]),
        "notices": reverse("notices", args=[town.slug]),
        "parcel": reverse("parcel", args=[*run, ref]),
        "ranking_csv": reverse("ranking_csv", args=run),
        "reports": reverse("reports", args=[town.slug]),
        "run": reverse("run", args=run),
        "run_document": reverse("api_run", args=[finished_run.pk]),
        "studies": reverse("studies", args=[town.slug]),
        "tile": reverse("tile", args=["parcels", parcels.pk, 15, 16934, 11000]),
        "work": reverse("work", args=[town.slug]),
    }


def test_pages_take_as_many_queries_as_they_did(member_client, addresses):
    member_client.get(addresses["map"])  # session and caches of the process are there now
    member_client.get(addresses["tile"])  # and this tile is kept: what is left is who may see it
    counts = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            assert member_client.get(address).status_code in (200, 204)
        counts[name] = len(queries)
    if os.environ.get("HEATHUB_REGOLD"):
        GOLDEN.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(GOLDEN.read_text())
