"""The map page and what it fetches: lean, exact, and of the run that is shown."""

import copy
import re

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import make_person, make_town, make_version
from pyproj import Transformer

from heatmap.choices import DataClass
from heatmap.identity import acting_as
from heatmap.layers import BY_KIND, PETA_CLASSES
from heatmap.local_grid import local_grid
from heatmap.map_looks import classes_of
from heatmap.middleware import content_security_policy
from heatmap.models import LayerVersion
from heatmap.services.map_classes import breaks_of
from sites.map_selectors import all_scores, best_rows, verdicts_of
from sites.models import Candidate
from sites.services.map_hours import map_hours

pytestmark = pytest.mark.django_db


def test_the_page_reads_no_document_of_a_parcel_whole(member_client, town, finished_run):
    with CaptureQueriesContext(connection) as queries:
        page = member_client.get(f"/m/{town.slug}/")
    assert page.status_code == 200
    for query in queries:
        assert '"siting_candidate"."result",' not in query["sql"]
        assert '"siting_candidate"."hourly"' not in query["sql"]


def test_scores_and_list_are_those_of_the_run(member_client, town, finished_run):
    scores = member_client.get(f"/m/{town.slug}/runs/{finished_run.pk}/scores.json").json()
    with acting_as(municipality=town.slug):
        stored = {c.ref: c for c in Candidate.objects.filter(run=finished_run)}
        rows = best_rows(finished_run)
        assert all_scores(finished_run) == scores
        verdicts = dict(verdicts_of(finished_run))
    assert dict(zip(scores["refs"], scores["scores"], strict=True)) == {
        ref: c.score if c.rank else None for ref, c in stored.items()
    }
    assert [row["ref"] for row in rows] == [
        c.ref for c in sorted(stored.values(), key=lambda c: c.rank or 999) if c.rank
    ]
    counted: dict[str, int] = {}
    for candidate in stored.values():
        if candidate.rank:
            verdict = candidate.result["verdict"]
            counted[verdict] = counted.get(verdict, 0) + 1
    assert verdicts == counted
    # of runs from before the counts were stored, the documents are asked
    status = dict(finished_run.result["status"])
    del status["verdicts"]
    finished_run.result = finished_run.result | {"status": status}
    with acting_as(municipality=town.slug):
        assert dict(verdicts_of(finished_run)) == counted


def test_one_parcel_says_what_the_run_knows_and_nothing_of_what_it_lacks(
    member_client, town, finished_run
):
    with acting_as(municipality=town.slug):
        best = Candidate.objects.get(run=finished_run, rank=1)
    address = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{best.ref}/brief.json"
    brief = member_client.get(address).json()
    assert (brief["rank"], brief["score"]) == (1, best.score)
    assert brief["route"] == best.result.get("route")
    assert brief["noise_radius_m"] == best.result.get("noise_radius_m")


def test_the_hours_of_the_year_are_means_of_the_engine_s_year(member_client, town, finished_run):
    hours = member_client.get(f"/m/{town.slug}/runs/{finished_run.pk}/hours.json").json()
    demand = np.array(hours["demand"])
    assert demand.shape == (12, 24)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    # relative to the mean of the year: months weighted by their days give one
    assert (demand.mean(axis=1) * days).sum() / 365 == pytest.approx(1.0, abs=1e-3)
    assert demand[0].mean() > 2 * demand[6].mean()  # January against July
    with acting_as(municipality=town.slug):
        best = Candidate.objects.get(run=finished_run, rank=1)
    for quantity, series in (("absorbable", "absorbable_kw"), ("headroom", "headroom_kw")):
        table = np.array(hours["parcels"][quantity][best.ref])
        whole_kwh = sum(best.hourly[series])
        assert (table.sum(axis=1) * days).sum() == pytest.approx(whole_kwh, rel=1e-3, abs=1)
    assert hours["missing"] == {}


def test_a_run_made_by_other_engines_says_why_it_has_no_hours(town, finished_run):
    old = copy.copy(finished_run)
    old.inputs = finished_run.inputs | {"engine_version": "0"}
    with acting_as(municipality=town.slug):
        hours = map_hours(old)
    assert hours["demand"] is None
    assert set(hours["missing"]) == {"demand", "absorbable", "headroom"}
    assert "Run the study again" in hours["missing"]["demand"]


def test_the_page_opens_the_versions_that_a_link_names(member_client, town, finished_run):
    with acting_as(municipality=town.slug):
        version = LayerVersion.objects.filter(layer__kind="streets").latest("number")
    page = member_client.get(f"/m/{town.slug}/", {"versions": str(version.pk)}).content.decode()
    rows = re.findall(r'data-layer-row="([^"]+)"', page)
    assert rows == [f"streets-{version.pk}"]


def test_a_layer_of_another_town_is_not_opened_by_a_link(member_client, town):
    other = make_town(member=make_person("planner"))
    version = make_version(other, "streets", data_class=DataClass.PUBLIC, rows=[])
    page = member_client.get(f"/m/{town.slug}/", {"versions": str(version.pk)}).content.decode()
    assert "data-layer-row" not in page


def test_the_picture_shows_what_the_map_shows_without_what_may_not_leave(
    member_client, town, finished_run
):
    answer = member_client.get(f"/m/{town.slug}/picture.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    svg = answer.content.decode()
    assert svg.startswith("<svg")
    assert svg.count("<path") > 100


# --- classes --------------------------------------------------------------------------------------


def test_classes_are_stored_with_the_version_and_paint_and_legend_read_them(town):
    with acting_as(municipality=town.slug):
        versions = {
            v.layer.kind: v
            for v in LayerVersion.objects.filter(published_at__isnull=False).order_by("number")
        }
        buildings = versions["buildings"]
        stored = buildings.classes["methods"]
        cells = classes_of(BY_KIND["heat_demand"], versions["heat_demand"], None)
        shown = classes_of(BY_KIND["buildings"], buildings, None)
    assert set(stored) == {"quantiles", "natural"}
    assert {method["key"]: method["breaks"] for method in shown["methods"]} == stored
    for method in [*shown["methods"], *cells["methods"]]:
        assert len(method["colours"]) == len(method["breaks"]) + 1
        assert len(set(method["colours"])) == len(method["colours"])
    assert cells["methods"][0]["key"] == "norm"
    assert cells["methods"][0]["source"]


def test_the_norm_classes_of_heat_density_are_those_of_the_atlas():
    # 20, 50, 120, 300 TJ/(km2 a); 1 TJ = 277.78 MWh, 1 km2 = 100 ha
    for limit, tj in zip(PETA_CLASSES, (20, 50, 120, 300), strict=True):
        assert limit == pytest.approx(tj * 277.78 / 100, rel=0.01)


def test_quantiles_hold_equal_counts_and_natural_breaks_fall_into_gaps():
    values = np.concatenate([np.linspace(1, 2, 60), np.linspace(100, 101, 60)])
    found = breaks_of(values)
    # sixths of 120 values: 20 each, but for what rounding of the breaks to two digits moves
    counts = np.histogram(values, [0, *found["quantiles"], 1000])[0]
    assert len(counts) == len(found["quantiles"]) + 1
    assert found["quantiles"][1] < 2 <= found["quantiles"][2] < 100
    assert any(2.0 <= limit < 100 for limit in found["natural"])
    assert breaks_of(np.array([1.0, 1.0, 2.0])) == {}


def test_the_need_of_the_shown_run_decides_what_headroom_is_enough(town):
    with acting_as(municipality=town.slug):
        version = LayerVersion.objects.filter(layer__kind="substations").latest("number")
        assert classes_of(BY_KIND["substations"], version, 103.0)["methods"][0]["breaks"][1] == 103
        assert classes_of(BY_KIND["substations"], version, None)["methods"][0]["breaks"][1] == 500


# --- the town's own grid --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("srid", "bounds"),
    [
        (25832, (5.9, 50.6, 6.3, 50.9)),
        (3067, (24.6, 60.0, 25.3, 60.4)),
        (31467, (8.9, 48.6, 9.4, 48.9)),
    ],
)
def test_coordinates_written_by_the_page_are_those_of_the_projection(srid, bounds):
    grid = local_grid(srid, bounds)
    to_grid = Transformer.from_crs(4326, srid, always_xy=True)
    rng = np.random.default_rng(3)
    lon = rng.uniform(bounds[0], bounds[2], 50)
    lat = rng.uniform(bounds[1], bounds[3], 50)
    x, y = (lon - grid["middle"][0]) / grid["half"][0], (lat - grid["middle"][1]) / grid["half"][1]
    powers = [(i, j) for i in range(4) for j in range(4 - i)]
    for coefficients, exact in zip(
        (grid["east"], grid["north"]), to_grid.transform(lon, lat), strict=True
    ):
        written = sum(c * x**i * y**j for c, (i, j) in zip(coefficients, powers, strict=True))
        assert np.abs(written - exact).max() < 0.05


def test_a_grid_that_no_polynomial_fits_is_not_used():
    assert local_grid(25832, (-30.0, 30.0, 40.0, 70.0)) is None


# --- a raster map below ---------------------------------------------------------------------------


def test_pages_load_pictures_from_elsewhere_only_where_a_raster_map_is_set():
    closed = content_security_policy()
    assert "http" not in closed
    opened = content_security_policy("https://tiles.example.org/a/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob: https://tiles.example.org;" in opened
    assert "script-src 'self';" in opened
