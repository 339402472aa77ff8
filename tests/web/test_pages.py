"""Pages say what they must, in both languages, and take bad input with a sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from heatmap.identity import acting_as

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def first(town, finished_run):
    with acting_as(municipality=town.slug):
        return finished_run.candidates.filter(rank=1).get()


def test_the_front_door_leads_to_the_town(member_client, town):
    assert member_client.get("/").url == f"/m/{town.slug}/"


def test_the_map_names_source_licence_and_nature_of_its_layers(member_client, town, finished_run):
    page = text(member_client.get(f"/m/{town.slug}/"))
    for words in ("OpenStreetMap", "ODbL", "derived by a stated method", "Hatched"):
        assert words in page


def test_every_page_follows_the_content_policy(member_client, town, finished_run, first):
    run = f"/m/{town.slug}/runs/{finished_run.pk}/"
    for path in (f"/m/{town.slug}/", run, f"{run}parcels/{first.ref}/", f"/m/{town.slug}/data/"):
        response = member_client.get(path)
        page = text(response)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_parcel_page_has_verdict_energy_balance_and_speculative_compute(
    member_client, town, finished_run, first
):
    page = text(member_client.get(f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{first.ref}/"))
    for words in ("Verdict", "labelled assumptions", "Energy in = used + lost + rejected",
                  "speculative", "Large heat pump", "Gas boiler", "Gates"):  # fmt: skip
        assert words in page


def test_pages_speak_german(member_client, town, finished_run, first):
    path = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{first.ref}/"
    page = text(member_client.get(path, headers={"accept-language": "de"}))
    for words in ('lang="de"', "Großwärmepumpe", "Vorlauf", "Was dafür spricht"):
        assert words in page


def test_hours_come_as_json_and_as_csv_with_units(member_client, town, finished_run, first):
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{first.ref}"
    hours = member_client.get(f"{base}/hourly.json").json()
    assert len(hours["heat_kw"]) == hours["hours"]
    csv = text(member_client.get(f"{base}/hourly.csv")).splitlines()
    assert csv[0].startswith("hour_ending_utc,power_it_kw,heat_kw")
    assert len(csv) == hours["hours"] + 1


def test_the_books_of_a_place_are_on_the_page_and_come_as_csv(
    member_client, town, finished_run, first
):
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{first.ref}"
    page = text(member_client.get(f"{base}/"))
    for words in ("Every euro by line and year", "Electric boiler", "First year by price",
                  "First year by contract", "Who bears it and who gains",
                  "What has to be kept in reserve", "is not free power"):  # fmt: skip
        assert words in page
    assert page.count("gas boiler</td>") == 12  # what the heat replaces, month by month
    run = member_client.get(f"/api/runs/{finished_run.pk}.json").json()
    of_first = next(parcel for parcel in run["parcels"] if parcel["ref"] == first.ref)
    assert len(of_first["books"]["flows_eur"]) == 16
    lines = text(member_client.get(f"{base}/cash-flow.csv")).splitlines()
    head = lines[0].split(",")
    assert head[:3] == ["line", "block", "total_eur"]
    rows = [line.split(",") for line in lines[1:]]
    summed = next(row for row in rows if row[1] == "sum")
    for column in range(3, len(head)):
        parts = sum(float(row[column]) for row in rows if row[1] != "sum")
        assert parts == pytest.approx(float(summed[column]), abs=0.01)
    # the flows of the table come to the present value of the page's headline
    flows = [float(cell) for cell in summed[3:]]
    money = first.result["money"]
    assert sum(eur / 1.06**year for year, eur in enumerate(flows)) == pytest.approx(
        money["npv_eur"], rel=1e-6
    )


def test_a_place_off_the_short_list_has_no_books(member_client, town, finished_run):
    with acting_as(municipality=town.slug):
        other = finished_run.candidates.filter(books__isnull=True).first()
    base = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{other.ref}"
    assert member_client.get(f"{base}/cash-flow.csv").status_code == 404
    assert "Every euro by line and year" not in text(member_client.get(f"{base}/"))


def test_the_refused_are_listed_with_their_gate(member_client, town, finished_run):
    page = text(member_client.get(f"/m/{town.slug}/runs/{finished_run.pk}/"))
    assert "Refused, and why" in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "Choose a file first."),
        ("photo.exe", "photo.exe: Files ending in .exe cannot be read."),
        ("parcels.shp", "A .shp alone is only a part of a shapefile."),
    ],
)
def test_a_bad_upload_gets_a_sentence(member_client, town, name, sentence):
    fields = {"file": SimpleUploadedFile(name, b"x")} if name else {}
    response = member_client.post(f"/m/{town.slug}/data/", fields)
    assert response.status_code == 422
    assert sentence in text(response)


@pytest.mark.parametrize("query", ["?run=nonsense", "?run=0"])
def test_a_nonsensical_run_is_not_found(member_client, town, query):
    assert member_client.get(f"/m/{town.slug}/{query}").status_code == 404


def test_strange_languages_for_a_report_are_refused(member_client, town, finished_run):
    path = f"/m/{town.slug}/runs/{finished_run.pk}/reports/"
    assert member_client.post(path, {"language": "xx"}).status_code == 400
