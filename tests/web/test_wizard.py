"""The pages that lead a file from the drop to a version, with real files and the real reader."""

import json
import re

import geopandas
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import make_person, make_town
from shapefiles import SQUARES, zipped

from heatmap.choices import DataClass, JobState, UploadStep
from heatmap.identity import acting_as
from heatmap.ingest.kinds import BROUGHT, KINDS
from heatmap.ingest.samples import sample_csv
from heatmap.ingest.units import OFFERED_UNITS, convert
from heatmap.models import LayerVersion, Parcel, Plant, Upload
from heatmap.services import uploads

pytestmark = pytest.mark.django_db
ABOUT = {"source": "Kataster", "licence": "internal", "data_class": "municipal"}


@pytest.fixture
def town():
    """A town of its own; its planner's client hangs on it."""
    person = make_person("planner")
    home = make_town(member=person)
    home.client = Client()
    home.client.force_login(person)
    return home


def the_upload(town) -> Upload:
    with acting_as(municipality=town.slug):
        return Upload.objects.select_related("job", "version").order_by("-created_at")[0]


def worked(town) -> Upload:
    """Do what a worker would do."""
    return uploads.process(the_upload(town).job_id)


def drop(town, name: str, content: bytes):
    response = town.client.post(
        f"/m/{town.slug}/data/", {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 302, response.content.decode()
    worked(town)
    return response.url


def text(response) -> str:
    body = response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", body)


def given(page: str) -> dict[str, str]:
    """The answers as the form proposes them, as a browser would send them."""
    form = page.split('<form method="post"', 1)[1]
    fields = {}
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form):
        options = re.findall(r"<option([^>]*)>([^<]*)</option>", inside)
        chosen = next((o for o in options if "selected" in o[0]), options[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        fields[name] = value.group(1) if value else chosen[1]
    for tag in re.findall(r"<input [^>]*>", form):
        kind = (re.search(r'type="(\w+)"', tag) or [None, ""])[1]
        name = (re.search(r'name="([^"]+)"', tag) or [None, ""])[1]
        if name and (kind not in ("radio", "checkbox") or "checked" in tag):
            fields[name] = (re.search(r'value="([^"]*)"', tag) or [None, ""])[1]
    return fields


def answer(town, url: str, do: str = "check", **changes):
    """Correct the proposed answers and send them."""
    page = text(town.client.get(f"{url}?answers=1"))
    fields = given(page) | ABOUT | changes | {"do": do}
    response = town.client.post(url, fields)
    if response.status_code == 302:
        worked(town)
    return response


def versions(town, kind: str) -> list[LayerVersion]:
    with acting_as(municipality=town.slug):
        return list(LayerVersion.objects.filter(layer__kind=kind).order_by("number"))


def test_a_shapefile_goes_through_all_steps_to_a_version(town, tmp_path):
    far = shapely.box(400_000, 5_700_000, 400_010, 5_700_010)
    columns = {"FLURSTUECK": ["1", "2", "3"], "NAME": ["Süd", "Öst", "Weit"]}
    path = zipped(tmp_path, shapes=[*SQUARES, far], columns=columns)
    url = drop(town, path.name, path.read_bytes())
    page = text(town.client.get(url))
    assert '<option value="parcels" selected>' in page
    assert "ETRS89 / UTM zone 32N (EPSG:25832)" in page and "the file says so" in page
    assert "<option selected>FLURSTUECK</option>" in page
    assert "Without zoning the legal check of these parcels stays unknown." in page
    assert answer(town, url, data_class="restricted", data_date="2025-12-31").status_code == 302
    report = text(town.client.get(url))
    assert "Nothing has been changed yet." in report
    assert "the shape lies outside the municipality" in report
    assert versions(town, "parcels") == []
    csv = text(town.client.get(f"{url}report.csv"))
    assert "outside the municipality" in csv
    assert town.client.post(url, {"do": "commit"}).status_code == 302
    worked(town)
    done = text(town.client.get(url))
    assert "in use from now on" in done
    (version,) = versions(town, "parcels")
    assert version.data_class == DataClass.RESTRICTED
    assert (version.data_date, version.source) == ("2025-12-31", "Kataster")
    assert (version.rows_read, version.rows_refused) == (3, 1)


def test_a_page_tells_how_far_the_work_is_and_can_be_left(town, tmp_path):
    path = zipped(tmp_path)
    response = town.client.post(
        f"/m/{town.slug}/data/", {"file": SimpleUploadedFile(path.name, path.read_bytes())}
    )
    assert "hx-get" in text(town.client.get(response.url))
    assert town.client.get(f"{response.url}?answers=1").status_code == 200
    # answers before it has been looked at are not taken
    town.client.post(response.url, {"do": "check", "kind": "parcels"})
    assert the_upload(town).step == UploadStep.INSPECT


def test_several_files_become_a_wizard_each(town, tmp_path):
    files = [
        SimpleUploadedFile(f"{kind}.csv", sample_csv(kind, 6.05, 50.77).encode())
        for kind in ("parcels", "plants")
    ]
    response = town.client.post(f"/m/{town.slug}/data/", {"file": files})
    assert response.url.endswith("/data/#uploads")
    with acting_as(municipality=town.slug):
        assert sorted(Upload.objects.values_list("original_name", flat=True)) == [
            "parcels.csv", "plants.csv",
        ]  # fmt: skip


def test_without_a_reference_system_the_candidates_are_offered_and_one_is_taken(town, tmp_path):
    path = zipped(tmp_path, without=(".prj",), srid=31466)
    url = drop(town, path.name, path.read_bytes())
    page = text(town.client.get(url))
    assert "no .prj file" in page and 'value="31466-0"' in page
    assert page.count('class="extent"') >= 1 and 'class="town-extent"' in page
    assert answer(town, url, place="31466-0").status_code == 302
    assert the_upload(town).srid == 31466
    report = text(town.client.get(url))
    assert "Publish this version" in report


def test_exchanged_axes_are_offered_as_a_candidate(town):
    rows = "id,x,y\nA,50.77,6.05\nB,50.771,6.051\n"
    url = drop(town, "trafo.csv", rows.encode())
    page = text(town.client.get(url))
    assert "x and y exchanged" in page
    swapped = re.search(r'value="(4326-1|found)" checked', page)
    assert swapped, page
    assert answer(town, url, kind="substations").status_code == 302
    assert the_upload(town).job.state == JobState.DONE, the_upload(town).job.sentence


@pytest.mark.parametrize("place", ["other", "99-0", ""])
def test_a_system_that_is_none_gets_a_sentence_and_keeps_the_answers(town, tmp_path, place):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    response = answer(town, url, place=place, srid="abc")
    assert response.status_code == 422
    assert "write its EPSG code" in text(response)
    assert the_upload(town).step == UploadStep.INSPECT


def test_what_the_file_cannot_say_is_asked_for_and_the_choice_stays(town, tmp_path):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    response = answer(town, url, source="", **{"column-name": ""})
    page = text(response)
    assert response.status_code == 422 and "Say who made the data." in page
    name = re.search(r'name="column-name">(.*?)</select>', page).group(1)
    assert "selected" not in name  # left out, as she said


def test_a_unit_is_corrected_and_looked_at_again(town):
    rows = "id;name;Leistung;lon;lat\n1;HW;12,5;6.05;50.77\n2;HW2;4,0;6.051;50.771\n"
    url = drop(town, "heizwerke.csv", rows.encode())
    page = text(town.client.get(url))
    assert '<option value="plants" selected>' in page and "kW (assumed)" in page
    answer(town, url, "look", **{"unit-capacity_kw": "MW"})
    again = text(town.client.get(url))
    # 12.5 MW are 12,500 kW
    assert "12500.0 kW" in again
    assert "<option selected>MW</option>" in again
    answer(town, url)
    town.client.post(url, {"do": "commit"})
    done = worked(town)
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        assert sorted(Plant.objects.values_list("capacity_kw", flat=True)) == [4000, 12500]


def test_a_field_that_is_left_out_stays_empty(town, tmp_path):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    answer(town, url, **{"column-name": ""})
    town.client.post(url, {"do": "commit"})
    worked(town)
    with acting_as(municipality=town.slug):
        assert set(Parcel.objects.values_list("name", flat=True)) == {""}


def test_months_in_twelve_columns_are_one_answer(town):
    url = drop(town, "plants.csv", sample_csv("plants", 6.05, 50.77).encode())
    page = text(town.client.get(url))
    assert '<option value="*" selected>marginal_cost_eur_per_mwh_01 … ' in page
    answer(town, url)
    town.client.post(url, {"do": "commit"})
    worked(town)
    with acting_as(municipality=town.slug):
        # 62 EUR/MWh in the middle, a fifth dearer in January: 62 * 1.2 = 74.4
        assert Plant.objects.get(ref="0012/7").marginal_cost_eur_per_mwh[0] == 74.4


def test_the_layer_of_a_geopackage_is_chosen_and_brings_its_own_fields(town, tmp_path):
    path = tmp_path / "stadt.gpkg"
    frame = geopandas.GeoDataFrame({"FLURSTUECK": ["1", "2"]}, geometry=SQUARES, crs=25832)
    frame.to_file(path, layer="flurstuecke")
    points = geopandas.GeoDataFrame({"sr_kva": [630.0]}, geometry=[SQUARES[0].centroid], crs=25832)
    points.to_file(path, layer="trafo")
    url = drop(town, path.name, path.read_bytes())
    page = text(town.client.get(f"{url}?answers=1&layer=trafo"))
    assert '<option value="trafo" selected>' in page
    assert '<option value="substations" selected>' in page and "sr_kva" in page
    town.client.post(url, given(page) | ABOUT | {"do": "check"})
    done = worked(town)
    assert (done.kind, done.report["layer"], done.report["rows_used"]) == (
        "substations",
        "trafo",
        1,
    )


def test_answers_are_remembered_for_the_next_file_of_the_same_make(town, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    columns = {"KENNUNG": ["a", "b"], "BEMERKUNG": ["GE", "WR"]}
    first = zipped(tmp_path / "a", columns=columns)
    url = drop(town, first.name, first.read_bytes())
    answer(town, url, **{"column-zoning": "BEMERKUNG"}, source="Liegenschaften")
    town.client.post(url, {"do": "commit"})
    worked(town)
    second = zipped(tmp_path / "b", columns=columns)
    page = text(town.client.get(drop(town, "x.zip", second.read_bytes())))
    assert "A file with the same columns was brought before" in page
    assert 'value="Liegenschaften"' in page
    zoning = re.search(r'name="column-zoning">(.*?)</select>', page).group(1)
    assert "<option selected>BEMERKUNG</option>" in zoning


def test_a_refusal_shows_its_sentence_and_other_answers_mend_it(town, tmp_path):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    answer(town, url, place="other", srid="25833")
    page = text(town.client.get(url))
    assert the_upload(town).job.state == JobState.REFUSED
    assert "Back to the answers" in page and "Publish this version" not in page
    assert "outside the municipality" in page
    assert answer(town, url, place="other", srid="25832").status_code == 302
    assert "Publish this version" in text(town.client.get(url))


def test_a_file_that_cannot_be_read_says_why_and_can_be_discarded(
    town, django_capture_on_commit_callbacks
):
    url = drop(town, "kaputt.gpkg", b"this is no GeoPackage")
    page = text(town.client.get(url))
    assert "This could not be done" in page and "Discard this file" in page
    stored = the_upload(town).file
    with django_capture_on_commit_callbacks(execute=True):
        town.client.post(f"{url}discard")
    assert town.client.get(url).status_code == 404
    assert not stored.storage.exists(stored.name)


def test_a_version_is_not_discarded_with_its_file(town, tmp_path):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    answer(town, url)
    town.client.post(url, {"do": "commit"})
    worked(town)
    town.client.post(f"{url}discard")
    assert town.client.get(url).status_code == 200 and len(versions(town, "parcels")) == 1
    # and nothing is published twice
    town.client.post(url, {"do": "commit"})
    assert len(versions(town, "parcels")) == 1


def test_nothing_is_published_before_it_was_checked(town, tmp_path):
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    town.client.post(url, {"do": "commit"})
    assert the_upload(town).step == UploadStep.INSPECT


def test_a_series_shows_its_year_and_the_hours_that_were_filled(town):
    lines = sample_csv("series", 6.05, 50.77).splitlines()
    del lines[101]  # the hour that begins on 5 January at 04:00
    url = drop(town, "preise.csv", "\n".join(lines).encode())
    page = text(town.client.get(url))
    assert '<option value="series" selected>' in page and "Date and time" in page
    assert answer(town, url).status_code == 302
    report = text(town.client.get(url))
    assert "1 hour was missing" in report and "2023-01-05 05:00 UTC" in report
    chart = json.loads(re.search(r'id="chart-data"[^>]*>(.*?)</script>', report).group(1))
    assert len(chart["values"]) == 365 and chart["unit"] == "EUR/MWh"
    town.client.post(url, {"do": "commit"})
    assert worked(town).version_id


def test_an_extract_asks_only_what_it_holds(town, tmp_path):
    from heatmap.ingest.data_wheels import unpack_member

    path = unpack_member("uesgraphs", "uesgraphs/data/campus_melaten.osm", tmp_path)
    url = drop(town, "melaten.osm", path.read_bytes())
    page = text(town.client.get(f"{url}?answers=1&kind=streets"))
    assert "ODbL" in page and 'name="licence"' not in page
    town.client.post(url, {"do": "check", "kind": "streets", "layer": "", "source": "OSM"})
    assert worked(town).report["rows_used"] > 50
    assert "Publish this version" in text(town.client.get(url))


@pytest.mark.parametrize("target", sorted(OFFERED_UNITS))
def test_every_unit_that_is_offered_can_be_converted(target):
    for unit in OFFERED_UNITS[target]:
        assert convert(unit, target) is not None, unit


def test_the_kinds_page_tells_every_kind_and_hands_out_what_it_promises(town):
    page = text(town.client.get(f"/m/{town.slug}/kinds/"))
    for kind in KINDS:
        assert f'id="{kind.name}"' in page
        assert all(f"<td>{field.name}</td>" in page for field in kind.fields)
    links = re.findall(r'href="(/m/[^"]+/kinds/[^"#]+\.[a-z]+)"', page)
    # a template and two samples of each kind; two templates and two samples of series; a grid model
    assert len(links) == 3 * (len(BROUGHT) - 2) + 4 + 1
    for link in links:
        response = town.client.get(link)
        assert response.status_code == 200 and response.content, link
    for wrong in ("series/sample.geojson", "cats/sample.csv", "parcels/other.csv"):
        assert town.client.get(f"/m/{town.slug}/kinds/{wrong}").status_code == 404


def test_all_of_it_speaks_german(town, tmp_path):
    town.client.cookies["django_language"] = "de"
    path = zipped(tmp_path)
    url = drop(town, path.name, path.read_bytes())
    page = text(town.client.get(url))
    for english in ("What is it?", "Where is it?", "not in the file", "Check every row", "guessed"):
        assert english not in page
    assert answer(town, url).status_code == 302
    report = text(town.client.get(url))
    for english in ("Quality report", "Publish this version", "Rows refused", "Discard"):
        assert english not in report
