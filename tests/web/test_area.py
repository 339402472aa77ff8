"""Sums over a part of the town, the search, and the files to take home, behind the walls."""

import csv
import io
import json
import sqlite3

import numpy as np
import pytest
from django.contrib.gis.geos import Polygon
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, Role
from heatmap.identity import acting_as
from heatmap.models import Building, LayerVersion, Membership, Pipe
from heatmap.polyline import UnreadableError, decoded
from heatmap.services.municipalities import let_in

pytestmark = pytest.mark.django_db


def encoded(points) -> str:
    """Google's encoded polyline with six decimals, written from its description."""
    text, last = "", (0, 0)
    for lon, lat in points:
        now = (round(lat * 1e6), round(lon * 1e6))
        for value in (now[0] - last[0], now[1] - last[1]):
            bits = ~(value << 1) if value < 0 else value << 1
            while bits >= 32:
                text += chr((32 | (bits & 31)) + 63)
                bits >>= 5
            text += chr(bits + 63)
        last = now
    return text


WORLD_AROUND_AACHEN = encoded([(6.0, 50.7), (6.1, 50.7), (6.1, 50.9), (6.0, 50.9)])


def test_a_ring_is_read_as_it_was_written():
    # the example of Google's description has five decimals: (38.5, -120.2), (40.7, -120.95),
    # (43.252, -126.453); read with six, every number is a tenth
    points = decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@")
    expected = [(-12.02, 3.85), (-12.095, 4.07), (-12.6453, 4.3252)]
    assert np.array(points) == pytest.approx(np.array(expected), abs=1e-9)
    ring = [(6.047, 50.788), (6.0481234, 50.7), (-0.5, 0.000001)]
    read = [(6.047, 50.788), (6.048123, 50.7), (-0.5, 1e-6)]
    assert np.array(decoded(encoded(ring))) == pytest.approx(np.array(read), abs=1e-9)


@pytest.mark.parametrize("text", ["_", "ÄÖ", "_p~iF", "~" * 30, "_p~iF~ps|U" * 1500])
def test_what_is_no_ring_is_not_read(text):
    with pytest.raises(UnreadableError):
        decoded(text)


def sums(client, town, **query):
    answer = client.get(f"/m/{town.slug}/area.json", query)
    assert answer.status_code == 200, answer.content[:300]
    found = answer.json()
    return found | {"by_kind": {each["kind"]: each for each in found["layers"]}}


def test_sums_over_the_whole_town_are_the_sums_of_its_layers(member_client, town):
    found = sums(member_client, town, ring=WORLD_AROUND_AACHEN)
    with acting_as(municipality=town.slug):
        newest = {
            v.layer.kind: v
            for v in LayerVersion.objects.filter(published_at__isnull=False).order_by("number")
        }
        buildings = list(Building.objects.filter(version=newest["buildings"]))
        pipes_m = sum(p.length_m for p in Pipe.objects.filter(version=newest["pipes"]))
    demand = sum(b.heat_demand_mwh_per_a or 0 for b in buildings)
    by_kind = found["by_kind"]
    assert by_kind["buildings"]["sums"]["count"] == 125
    assert by_kind["buildings"]["sums"]["heat_demand_mwh_per_a"] == pytest.approx(demand)
    assert by_kind["pipes"]["sums"]["length_m"] == pytest.approx(pipes_m, rel=1e-6)
    # demand of the cells was gathered from the buildings
    cells = by_kind["heat_demand"]["sums"]["heat_demand_mwh_per_a"]
    assert cells == pytest.approx(demand, rel=1e-6)
    assert found["linear_density_mwh_per_m_a"] == pytest.approx(demand / pipes_m, rel=1e-6)


def test_two_halves_add_up_to_the_whole(member_client, town):
    whole = sums(member_client, town, ring=WORLD_AROUND_AACHEN)["by_kind"]
    west = encoded([(6.0, 50.7), (6.0455, 50.7), (6.0455, 50.9), (6.0, 50.9)])
    east = encoded([(6.0455, 50.7), (6.1, 50.7), (6.1, 50.9), (6.0455, 50.9)])
    left, right = (sums(member_client, town, ring=ring)["by_kind"] for ring in (west, east))
    for kind, key in (
        ("buildings", "count"), ("buildings", "heat_demand_mwh_per_a"), ("parcels", "count"),
        ("substations", "count"), ("pipes", "length_m"), ("heat_demand", "heat_demand_mwh_per_a"),
    ):  # fmt: skip
        parts = [side[kind]["sums"][key] or 0 for side in (left, right)]
        assert min(parts) > 0 or kind == "substations", kind
        assert sum(parts) == pytest.approx(whole[kind]["sums"][key], rel=1e-4), (kind, key)


def test_chips_narrow_the_sums_to_their_words(member_client, town):
    found = sums(member_client, town, ring=WORLD_AROUND_AACHEN)["by_kind"]["buildings"]
    words = {each["word"]: each["count"] for each in found["words"]}
    assert sum(words.values()) == 125
    one = next(iter(words))
    query = {"ring": WORLD_AROUND_AACHEN, "only": f"buildings:{one}"}
    narrowed = sums(member_client, town, **query)["by_kind"]
    assert narrowed["buildings"]["sums"]["count"] == words[one]
    # the chips themselves stay, and other layers are not narrowed
    assert {each["word"]: each["count"] for each in narrowed["buildings"]["words"]} == words
    assert narrowed["parcels"]["sums"]["count"] == 32


def test_around_a_feature_is_a_buffer_in_the_town_s_own_metres(client):
    person = make_person("planner")
    town = make_town(member=person)
    # squares of 50 m, their west sides 100 m apart: the middle of the second is 75 m away,
    # so it counts within 80 m and not within 60 m
    version = make_version(town, "parcels", data_class=DataClass.MUNICIPAL, rows=({}, {}, {}))
    client.force_login(person)
    layer = f"parcels-{version.pk}:f0"
    near = sums(client, town, around=layer, metres=60)
    far = sums(client, town, around=layer, metres=80)
    assert near["by_kind"]["parcels"]["sums"]["count"] == 1
    assert far["by_kind"]["parcels"]["sums"]["count"] == 2
    # a square of 50 m with 60 m around it: 50^2 + 4 x 50 x 60 + pi x 60^2 = 25,810 m2; the square
    # was drawn in the storage grid, which is a thousandth off, and the arcs are of 32 corners
    assert near["area_m2"] == pytest.approx(25_810, rel=5e-3)
    assert near["outline"]["type"] == "Polygon"


def test_what_is_unknown_is_counted_as_unknown(client):
    person = make_person("planner")
    town = make_town(member=person)
    rows = [{"heat_demand_mwh_per_a": None}, {"heat_demand_mwh_per_a": 7.0}]
    make_version(town, "buildings", data_class=DataClass.MUNICIPAL, rows=rows)
    client.force_login(person)
    box = town.extent.transform(4326, clone=True).extent
    ring = encoded(Polygon.from_bbox(box).coords[0][:-1])
    found = sums(client, town, ring=ring)["by_kind"]
    assert found["buildings"]["sums"]["count"] == 2
    assert found["buildings"]["sums"]["known"] == 1
    assert found["buildings"]["sums"]["heat_demand_mwh_per_a"] == 7.0


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"ring": "nonsense!"},
        {"ring": encoded([(6, 50), (6.1, 50)])},
        {"ring": encoded([(-170, -80), (170, -80), (170, 80), (-170, 80)])},
        {"around": "parcels-0:x", "metres": "10"},
        {"around": "parcels:x", "metres": "ten"},
    ],
)
def test_an_area_that_is_none_is_refused_with_a_sentence(member_client, town, query):
    answer = member_client.get(f"/m/{town.slug}/area.json", query)
    assert answer.status_code == 400
    assert answer.json()["error"]


# --- files ----------------------------------------------------------------------------------------


def test_what_lies_in_the_area_is_taken_home_in_three_formats(member_client, town):
    here = f"/m/{town.slug}/area/parcels"
    geojson = json.loads(
        member_client.get(f"{here}.geojson", {"ring": WORLD_AROUND_AACHEN}).content
    )
    table = member_client.get(f"{here}.csv", {"ring": WORLD_AROUND_AACHEN})
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    package = member_client.get(f"{here}.gpkg", {"ring": WORLD_AROUND_AACHEN}).content
    refs = {feature["id"] for feature in geojson["features"]}
    assert len(refs) == 32
    assert {row["ref"] for row in rows} == refs
    assert package.startswith(b"SQLite format 3")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(package)
    assert {row[0] for row in connection.execute("SELECT ref FROM parcels")} == refs
    (srid,) = connection.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
    assert srid == 25832  # the town's own grid
    (price,) = connection.execute("SELECT price_eur_per_m2 FROM parcels LIMIT 1").fetchone()
    assert price is None  # unknown, not zero


def test_a_viewer_takes_no_restricted_layer_home_and_sees_none_of_its_sums(client):
    planner, viewer = make_person("planner"), make_person("viewer")
    town = make_town(member=planner)
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=viewer, municipality=town, role=Role.VIEWER)
    pipes = make_version(town, "pipes", data_class=DataClass.RESTRICTED, name="secret pipes")
    box = town.extent.transform(4326, clone=True).extent
    ring = {"ring": encoded(Polygon.from_bbox(box).coords[0][:-1]), "versions": str(pipes.pk)}
    seen = {}
    for person in (planner, viewer):
        client.force_login(person)
        found = client.get(f"/m/{town.slug}/area.json", ring).json()
        file = client.get(f"/m/{town.slug}/area/pipes.geojson", ring).status_code
        feature = client.get(f"/m/{town.slug}/versions/{pipes.pk}/features/f0").status_code
        places = client.get(f"/m/{town.slug}/search.json", {"q": "f0"}).json()["places"]
        seen[person.pk] = ([each["kind"] for each in found["layers"]], file, feature, len(places))
    assert seen[planner.pk] == (["pipes"], 200, 200, 0)  # pipes are not searched
    assert seen[viewer.pk] == ([], 404, 404, 0)


def test_a_formula_in_a_name_stays_a_text_in_the_table(client):
    person = make_person("planner")
    town = make_town(member=person)
    rows = [{"name": "=1+1", "price_eur_per_m2": -5.0}]
    make_version(town, "parcels", data_class=DataClass.MUNICIPAL, rows=rows)
    client.force_login(person)
    box = town.extent.transform(4326, clone=True).extent
    ring = encoded(Polygon.from_bbox(box).coords[0][:-1])
    text = client.get(f"/m/{town.slug}/area/parcels.csv", {"ring": ring}).content.decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"] == "'=1+1"
    assert row["price_eur_per_m2"] == "-5.0"  # a number is no formula


# --- search ---------------------------------------------------------------------------------------


def places(client, town, words):
    return client.get(f"/m/{town.slug}/search.json", {"q": words}).json()["places"]


def test_a_street_of_many_pieces_is_one_place_around_all_of_them(member_client, town):
    (street,) = [p for p in places(member_client, town, "Seffenter Weg") if p["kind"] == "streets"]
    assert street["pieces"] > 1
    west, south, east, north = street["bounds"]
    assert (6.03 < west < east < 6.07, 50.76 < south < north < 50.80) == (True, True)


def test_a_parcel_is_found_by_its_reference_and_what_begins_with_the_words_comes_first(
    member_client, town
):
    found = places(member_client, town, "p-0")
    assert [place["label"] for place in found][:3] == ["P-02", "P-03", "P-04"]
    assert found[0]["layer"].startswith("parcels-")
    assert found[0]["kindLabel"] == "Candidate parcels"


@pytest.mark.parametrize("words", ["", "x", "100% sure", "a_b\\c", "\x00", "' OR 1=1 --", "%%"])
def test_words_that_mean_something_to_a_database_find_nothing(member_client, town, words):
    assert places(member_client, town, words) == []


def test_the_kinds_of_a_layer_are_counted_for_whoever_may_see_it(client):
    town, (guest, engineer) = make_town(), (make_person("guest"), make_person("engineer"))
    with acting_as(municipality=town.slug):
        let_in(town, guest, Role.VIEWER)
        let_in(town, engineer, Role.ENGINEER)
    rows = [{"use": use, "is_heated": True} for use in ("office", "school", "office")]
    buildings = make_version(town, "buildings", data_class=DataClass.RESTRICTED, rows=rows)
    pipes = make_version(town, "pipes", data_class=DataClass.PUBLIC)
    client.force_login(engineer)
    address = f"/m/{town.slug}/versions/{buildings.pk}/kinds.json"
    assert client.get(address).json() == {"column": "use", "kinds": [["office", 2], ["school", 1]]}
    # pipes have no kinds
    assert client.get(f"/m/{town.slug}/versions/{pipes.pk}/kinds.json").status_code == 404
    client.force_login(guest)
    assert client.get(address).status_code == 404
