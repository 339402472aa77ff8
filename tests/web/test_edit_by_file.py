"""A file changes a layer by the ids of its features: counted first, then published."""

import io
import re

import geopandas
import openpyxl
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from factories import make_person, make_town
from shapefiles import SQUARES

from heatmap.choices import DataClass, JobState, LayerKind, Nature
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Parcel, Plant, Upload
from heatmap.services import uploads
from heatmap.services.layers import Provenance, publish_features

pytestmark = pytest.mark.django_db
TABLE_HEAD = "ref,name,zoning,ownership,price_eur_per_m2,area_stated_m2,slope_percent"
NEW_SHAPE = shapely.box(293_000, 5_629_000, 293_030, 5_629_030)
ABOUT = {"source": "Kataster", "licence": "internal", "data_class": "municipal"}


@pytest.fixture
def town():
    person = make_person("planner")
    home = make_town(member=person)
    home.client = Client()
    home.client.force_login(person)
    return home


@pytest.fixture
def parcels(town, tmp_path) -> LayerVersion:
    """Two parcels, 0012/7 and 0013, as the cadastre delivered them."""
    table = {"ref": ["0012/7", "0013"], "zoning": ["GE", "GE"], "price_eur_per_m2": [80.0, 90.0]}
    path = tmp_path / "first.gpkg"
    geopandas.GeoDataFrame(table, geometry=SQUARES, crs=25832).to_file(path)
    return imported(town, path)


def imported(town, path, *extra: str) -> LayerVersion:
    call_command("import_layer", town.slug, "parcels", str(path), *extra, stdout=io.StringIO())
    return newest(town)


def newest(town) -> LayerVersion:
    with acting_as(municipality=town.slug):
        rows = LayerVersion.objects.select_related("layer").filter(published_at__isnull=False)
        return rows.latest("published_at")


def features(town, version, model=Parcel) -> dict:
    with acting_as(municipality=town.slug):
        return {row.ref: row for row in model.objects.filter(version=version)}


def worked(town, url: str) -> Upload:
    """Do what a worker would do with the file of this page."""
    with acting_as(municipality=town.slug):
        job = Upload.objects.get(pk=int(url.rstrip("/").rsplit("/", 1)[1])).job_id
    return uploads.process(job)


def brought(town, version, name: str, content: bytes, **answers) -> tuple[str, Upload]:
    """Take a file through the page to its report."""
    at = f"/m/{town.slug}/layers/{version.layer_id}/table/"
    answer = town.client.post(at, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    looked = worked(town, answer.url)
    assert looked.job.state == JobState.DONE, looked.job.sentence
    layer = (looked.proposal["layers"] or [{}])[0]
    columns = {
        f"column-{one['field']}": one["column"]
        for one in layer["mappings"][version.layer.kind]["columns"]
    }
    sent = {"do": "check", "kind": version.layer.kind, "layer": layer["name"], **ABOUT, **columns}
    answer = town.client.post(f"{answer.url}", {**sent, "place": "found", **answers})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url, worked(town, answer.url)


def counts(upload: Upload) -> tuple[int, int, int, int]:
    found = upload.report["against"]
    return found["added"], found["changed"], found["unchanged"], found["removed"]


def test_a_table_changes_attributes_of_known_ids_and_leaves_the_rest(town, parcels):
    given = town.client.get(f"/m/{town.slug}/layers/{parcels.layer_id}/attributes.csv")
    table = given.content.decode("utf-8-sig")
    assert table.splitlines()[0] == TABLE_HEAD
    changed = "ref,zoning\n0012/7,GI\n"
    before = features(town, parcels)
    url, checked = brought(town, parcels, "table.csv", changed.encode())
    assert counts(checked) == (0, 1, 0, 1)
    page = town.client.get(url).content.decode()
    assert re.search(r"<dd data-changed>1</dd>", page)
    assert newest(town) == parcels  # only shown so far
    town.client.post(url, {"do": "commit", "missing": "keep"})
    done = worked(town, url)
    assert done.version.number == 2
    now = features(town, done.version)
    assert {ref: row.zoning for ref, row in now.items()} == {"0012/7": "GI", "0013": "GE"}
    # what the table had no column for, and every shape, is as it was
    assert now["0012/7"].price_eur_per_m2 == 80.0
    assert now["0012/7"].geom.wkb == before["0012/7"].geom.wkb
    assert now["0012/7"].area_m2 == before["0012/7"].area_m2
    history = town.client.get(f"/m/{town.slug}/layers/{parcels.layer_id}/").content.decode()
    assert "Changed by a file from version 1: 0 added, 1 changed, 0 removed" in history


def test_the_table_of_the_page_brought_again_unchanged_changes_nothing(town, parcels):
    at = f"/m/{town.slug}/layers/{parcels.layer_id}/attributes.csv"
    content = town.client.get(at).content
    url, checked = brought(town, parcels, "same.csv", content)
    assert counts(checked) == (0, 0, 2, 0)
    assert "Nothing would change." in town.client.get(url).content.decode()


def test_a_new_id_with_a_shape_is_added_and_one_without_is_refused_with_its_remedy(town, parcels):
    rows = ["ref;zoning;wkt", f"new;GI;{NEW_SHAPE.wkt}", "0013;MK;", "strange;GE;"]
    url, checked = brought(
        town, parcels, "more.csv", "\n".join(rows).encode(), place="other", srid="25832"
    )
    assert counts(checked) == (1, 1, 0, 1)
    (refused,) = checked.report["refused"]
    assert (refused["row"], refused["column"], refused["value"]) == (4, "ref", "strange")
    report = town.client.get(f"{url}report.csv").content.decode()
    assert 'more.csv,4,strange,ref,strange,"the layer has no feature with the id strange' in report
    assert "Bring a shape with it" in report
    town.client.post(url, {"do": "commit", "missing": "remove"})
    now = features(town, worked(town, url).version)
    assert set(now) == {"new", "0013"}
    assert now["new"].area_m2 == pytest.approx(900)  # 30 m x 30 m in the town's own grid
    assert (now["0013"].zoning, now["0013"].price_eur_per_m2) == ("MK", 90.0)


def test_a_file_of_shapes_moves_known_features_and_adds_new_ones(town, parcels, tmp_path):
    moved = shapely.affinity.translate(SQUARES[0], 25, 0)
    path = tmp_path / "moved.geojson"
    frame = geopandas.GeoDataFrame({"ref": ["0012/7", "x"]}, geometry=[moved, NEW_SHAPE], crs=25832)
    frame.to_crs(4326).to_file(path)
    _url, checked = brought(town, parcels, path.name, path.read_bytes())
    assert counts(checked) == (1, 1, 0, 1)
    merged = imported(town, path, "--merge")
    now, before = features(town, merged), features(town, parcels)
    assert set(now) == {"0012/7", "0013", "x"}
    # LAEA is not conformal, so 25 m of UTM are 25 m to about one in a thousand
    shift = now["0012/7"].geom.centroid.distance(before["0012/7"].geom.centroid)
    assert shift == pytest.approx(25, rel=2e-3)
    assert now["0012/7"].zoning == "GE"


def test_shapes_that_only_went_through_another_system_are_as_before(town, parcels, tmp_path):
    path = tmp_path / "again.fgb"
    frame = geopandas.GeoDataFrame({"ref": ["0012/7", "0013"]}, geometry=SQUARES, crs=25832)
    frame.to_crs(3857).to_file(path)
    _url, checked = brought(town, parcels, path.name, path.read_bytes())
    assert counts(checked) == (0, 0, 2, 0)


def test_a_workbook_changes_months_and_numbers_of_plants_too(town, tmp_path):
    origin = Provenance("s", "l", "c", DataClass.MUNICIPAL, Nature.MEASURED)
    at = town.extent.centroid
    row = {
        "ref": "p", "wkb": at.hex.decode(), "plant_kind": "boiler", "fuel": "gas",
        "capacity_kw": 5.0, "marginal_cost_eur_per_mwh": [20.0] * 12,
    }  # fmt: skip
    with acting_as(municipality=town.slug):
        plants = publish_features(town, LayerKind.PLANTS, "Plants", [row], origin)
    book = openpyxl.Workbook()
    book.active.append(["ref", "capacity_kw"])
    book.active.append(["p", 7.5])
    path = tmp_path / "plants.xlsx"
    book.save(path)
    url, checked = brought(town, plants, path.name, path.read_bytes())
    assert counts(checked) == (0, 1, 0, 0)
    town.client.post(url, {"do": "commit"})
    (now,) = features(town, worked(town, url).version, Plant).values()
    assert (now.capacity_kw, now.marginal_cost_eur_per_mwh) == (7.5, [20.0] * 12)


def test_a_file_brought_the_usual_way_is_counted_too_and_may_be_turned_into_changes(
    town, parcels, tmp_path
):
    path = tmp_path / "whole.gpkg"
    geopandas.GeoDataFrame({"ref": ["x"]}, geometry=[NEW_SHAPE], crs=25832).to_file(path)
    page = town.client.post(
        f"/m/{town.slug}/data/", {"file": SimpleUploadedFile(path.name, path.read_bytes())}
    )
    worked(town, page.url)
    sent = {"kind": "parcels", "layer": "whole", "place": "found", "column-ref": "ref", **ABOUT}
    town.client.post(page.url, {**sent, "do": "check"})
    whole = worked(town, page.url)
    assert (counts(whole), whole.report["against"]["by_id"]) == ((1, 0, 0, 2), False)
    assert (
        "2 features that are not in it would be gone" in town.client.get(page.url).content.decode()
    )
    town.client.post(page.url, {"do": "by_id"})
    by_id = worked(town, page.url)
    assert (counts(by_id), by_id.report["against"]["by_id"]) == ((1, 0, 0, 2), True)
    town.client.post(page.url, {"do": "commit", "missing": "keep"})
    assert set(features(town, worked(town, page.url).version)) == {"0012/7", "0013", "x"}


def test_a_version_that_appeared_meanwhile_is_never_overwritten(town, parcels, tmp_path):
    url, _checked = brought(town, parcels, "table.csv", b"ref,zoning\n0012/7,GI\n")
    path = tmp_path / "between.gpkg"
    geopandas.GeoDataFrame({"ref": ["y"]}, geometry=[NEW_SHAPE], crs=25832).to_file(path)
    between = imported(town, path)
    town.client.post(url, {"do": "commit"})
    done = worked(town, url)
    assert done.job.state == JobState.REFUSED
    assert "appeared meanwhile" in done.job.sentence
    assert newest(town) == between


def test_a_file_without_ids_cannot_change_anything_by_ids(town, parcels, tmp_path):
    path = tmp_path / "nameless.csv"
    path.write_text("zoning,price\nGI,3\n")
    with pytest.raises(CommandError, match="No column holds the ids"):
        imported(town, path, "--merge")
