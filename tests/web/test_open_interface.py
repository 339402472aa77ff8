"""The open interface: OGC API - Features and Tiles, asked as a program asks."""

import base64
import json
from urllib.parse import urlencode

import pytest
from factories import make_person, make_town, make_version
from mvt import decoded

from heatmap.choices import DataClass, Role
from heatmap.identity import acting_as
from heatmap.models import Building, LayerVersion, Membership, Parcel
from heatmap.services import tokens

pytestmark = pytest.mark.django_db
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def parcels(town):
    with acting_as(municipality=town.slug):
        found = LayerVersion.objects.filter(layer__kind="parcels", published_at__isnull=False)
        return found.order_by("-number")[0]


@pytest.fixture
def path(town, parcels):
    return f"/api/collections/{town.slug}-parcels-{parcels.layer_id}"


def got(client, path, **query):
    answer = client.get(f"{path}?{urlencode(query)}" if query else path)
    assert answer.status_code == 200, answer.content[:300]
    return json.loads(answer.content)


def test_from_the_way_in_a_program_finds_everything(member_client):
    landing = got(member_client, "/api/")
    links = {link["rel"]: link["href"] for link in landing["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= set(links)
    for href in links.values():
        assert member_client.get(href.removeprefix("http://testserver")).status_code == 200
    conforms = got(member_client, "/api/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in conforms


def test_every_layer_of_the_town_with_a_map_is_a_collection(member_client, town):
    listed = got(member_client, "/api/collections")["collections"]
    found = [each for each in listed if each["id"].startswith(f"{town.slug}-")]
    kinds = {each["id"].removeprefix(f"{town.slug}-").rpartition("-")[0] for each in found}
    assert {"buildings", "parcels", "pipes", "streets", "substations", "heat_demand"} <= kinds
    for each in found:
        assert {"extent", "links", "crs", "storageCrs", "title"} <= set(each)
        assert each["storageCrs"] == f"{EPSG}3035"
        assert each["crs"] == [CRS84, f"{EPSG}4326", f"{EPSG}3035", f"{EPSG}25832"]


def test_pages_follow_one_another_and_hold_every_feature_once(member_client, path, town, parcels):
    with acting_as(municipality=town.slug):
        refs = set(Parcel.objects.filter(version=parcels).values_list("ref", flat=True))
    page = got(member_client, f"{path}/items", limit=10)
    assert page["numberMatched"] == len(refs) == 32  # the extract has 32 usable car parks and sites
    seen = [feature["id"] for feature in page["features"]]
    pages = 1
    while onward := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = got(member_client, onward[0].removeprefix("http://testserver"))
        seen += [feature["id"] for feature in page["features"]]
        pages += 1
    assert pages == 4
    assert sorted(seen) == sorted(refs)


def test_one_feature_is_the_one_of_the_page(member_client, path):
    feature = got(member_client, f"{path}/items", limit=1)["features"][0]
    one = got(member_client, f"{path}/items/{feature['id']}")
    assert {key: one[key] for key in ("id", "geometry", "properties")} == {
        key: feature[key] for key in ("id", "geometry", "properties")
    }
    assert member_client.get(f"{path}/items/nowhere").status_code == 404


def corner(feature):
    return feature["geometry"]["coordinates"][0][0]


def test_a_place_is_the_same_in_every_reference_system_in_the_order_of_its_axes(
    member_client, path
):
    answers = {}
    for uri in (CRS84, f"{EPSG}4326", f"{EPSG}25832", f"{EPSG}3035"):
        answer = member_client.get(f"{path}/items?{urlencode({'limit': 1, 'crs': uri})}")
        assert answer["Content-Crs"] == f"<{uri}>"
        answers[uri] = corner(json.loads(answer.content)["features"][0])
    lon, lat = answers[CRS84]
    assert (6.03 < lon < 6.07, 50.76 < lat < 50.80) == (True, True)
    # EPSG:4326 is latitude first
    assert answers[f"{EPSG}4326"] == [lat, lon]
    # 25832 is easting, northing: Aachen lies 210 km west of 9 degrees east, 5,626 km north
    east, north = answers[f"{EPSG}25832"]
    assert (280_000 < east < 300_000, 5_620_000 < north < 5_635_000) == (True, True)
    # 3035 is northing, easting
    north, east = answers[f"{EPSG}3035"]
    assert (3_077_000 < north < 3_087_000, 4_038_000 < east < 4_047_000) == (True, True)


@pytest.mark.parametrize("uri", [CRS84, f"{EPSG}4326", f"{EPSG}25832", f"{EPSG}3035"])
def test_a_box_around_a_feature_finds_it_in_every_reference_system(member_client, path, uri):
    first = got(member_client, f"{path}/items", limit=1, crs=uri)["features"][0]
    a, b = zip(*first["geometry"]["coordinates"][0], strict=True)
    box = f"{min(a)},{min(b)},{max(a)},{max(b)}"
    found = got(member_client, f"{path}/items", bbox=box, **{"bbox-crs": uri})
    assert first["id"] in [feature["id"] for feature in found["features"]]
    assert found["numberMatched"] < 32


@pytest.mark.parametrize(
    ("box", "count"),
    [
        ("-180,-90,180,90", 32),  # the whole world, as some programs ask first
        ("6,50,7,51", 32),
        ("170,50,-170,60", 0),  # over the date line, where no town of ours lies
        ("0,0,1,1", 0),
        ("6,50,0,7,51,100", 32),  # with heights
    ],
)
def test_boxes_far_and_wide_are_answered(member_client, path, box, count):
    assert got(member_client, f"{path}/items", bbox=box)["numberMatched"] == count


def test_features_are_found_by_their_values(member_client, town):
    with acting_as(municipality=town.slug):
        version = LayerVersion.objects.filter(layer__kind="buildings").latest("number")
        expected = Building.objects.filter(version=version, use="university").count()
        all_of_them = Building.objects.filter(version=version).count()
    here = f"/api/collections/{town.slug}-buildings-{version.layer_id}"
    assert 0 < expected < all_of_them
    assert got(member_client, f"{here}/items", use="university")["numberMatched"] == expected
    known = got(member_client, f"{here}/queryables")["properties"]
    assert known["heat_demand_mwh_per_a"]["type"] == "number"
    assert known["is_heated"]["type"] == "boolean"
    heated = got(member_client, f"{here}/items", is_heated="true")["numberMatched"]
    unheated = got(member_client, f"{here}/items", is_heated="false")["numberMatched"]
    assert heated + unheated == all_of_them


def test_a_moment_chooses_the_version_that_was_in_use(client):
    person = make_person("planner")
    town = make_town(member=person)
    old = make_version(town, "parcels", data_class=DataClass.PUBLIC, rows=({},))
    new = make_version(town, "parcels", data_class=DataClass.PUBLIC, rows=({}, {}))
    client.force_login(person)
    here = f"/api/collections/{town.slug}-parcels-{old.layer_id}/items"
    assert got(client, here)["numberMatched"] == 2
    at_first = old.published_at.isoformat()
    assert got(client, here, datetime=at_first)["numberMatched"] == 1
    assert got(client, here, datetime=f"../{at_first}")["numberMatched"] == 1
    assert got(client, here, datetime=f"{at_first}/..")["numberMatched"] == 2
    assert got(client, here, datetime=new.published_at.isoformat())["numberMatched"] == 2
    assert got(client, here, datetime="1990-01-01")["numberMatched"] == 0


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("limit=0", "whole number"),
        ("limit=many", "whole number"),
        ("bbox=1,2,3", "four numbers"),
        ("bbox=1,2,3,nan", "four numbers"),
        ("bbox=6,51,7,50", "lower left"),
        ("bbox-crs=x", "goes with a bbox"),
        ("crs=EPSG:4326", "not offered"),
        ("datetime=yesterday", "not a moment"),
        ("datetime=2026-02-30", "not a moment"),
        ("datetime=2026-01-02/2026-01-01", "ends before"),
        ("area_m2=large", "takes a number"),
        ("colour=red", "not known"),
        ("limit=1&limit=2", "more than once"),
        ("f=html", "JSON alone"),
        ("name=%00", "cannot hold"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(member_client, path, query, says):
    answer = member_client.get(f"{path}/items?{query}")
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_tiles_are_found_from_their_description(member_client, path, parcels):
    tileset = got(member_client, f"{path}/tiles/WebMercatorQuad")
    limits = next(each for each in tileset["tileMatrixSetLimits"] if each["tileMatrix"] == "14")
    (item,) = (link["href"] for link in tileset["links"] if link["rel"] == "item")
    shown = set()
    for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
        for col in range(limits["minTileCol"], limits["maxTileCol"] + 1):
            href = item.format(tileMatrix=14, tileRow=row, tileCol=col)
            answer = member_client.get(href.removeprefix("http://testserver"))
            assert answer.status_code in (200, 204)
            # the address names no version: what is kept is asked for anew
            assert answer["Cache-Control"] == "private, no-cache"
            for feature in decoded(answer.content).get("parcels", []):
                shown.add(feature["ref"])
    assert len(shown) == 32
    assert [layer["id"] for layer in tileset["layers"]] == ["parcels", "parcels_cells"]
    scheme = got(member_client, "/api/tileMatrixSets/WebMercatorQuad")
    # OGC 17-083r4, annex D.1: the scale of zoom 0
    assert scheme["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717)


# --- who sees what --------------------------------------------------------------------------------


@pytest.fixture
def classes():
    """A town with a public, a municipal and a restricted layer, and a planner and a viewer."""
    planner, viewer = make_person("planner"), make_person("viewer")
    town = make_town(member=planner)
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=viewer, municipality=town, role=Role.VIEWER)
    versions = {
        DataClass.PUBLIC: make_version(town, "streets", data_class=DataClass.PUBLIC, rows=[]),
        DataClass.MUNICIPAL: make_version(town, "parcels", data_class=DataClass.MUNICIPAL),
        DataClass.RESTRICTED: make_version(town, "pipes", data_class=DataClass.RESTRICTED),
    }
    return town, planner, viewer, versions


def token_of(town, person, scope):
    with acting_as(user_id=person.pk):
        _token, secret = tokens.create_token(town, person, name="QGIS", scope=scope, days=7)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("role", "scope", "sees_pipes"),
    [
        ("planner", "read", False),
        ("planner", "read,restricted", True),
        ("viewer", "read,restricted", False),
    ],
)
def test_a_token_shows_the_classes_of_its_scope_and_of_its_owner(
    client, classes, role, scope, sees_pipes
):
    town, planner, viewer, versions = classes
    key = token_of(town, {"planner": planner, "viewer": viewer}[role], scope)
    listed = json.loads(client.get("/api/collections", **key).content)["collections"]
    kinds = {each["id"].removeprefix(f"{town.slug}-").rpartition("-")[0] for each in listed}
    assert kinds == {"streets", "parcels"} | ({"pipes"} if sees_pipes else set())
    pipes = versions[DataClass.RESTRICTED]
    here = f"/api/collections/{town.slug}-pipes-{pipes.layer_id}"
    for path in (here, f"{here}/items", f"{here}/items/f0", f"{here}/tiles/WebMercatorQuad",
                 f"{here}/tiles/WebMercatorQuad/14/5500/8467", f"{here}/queryables"):  # fmt: skip
        status = client.get(path, **key).status_code
        assert status in ((200, 204) if sees_pipes else (404,)), path
    # the old way to a tile obeys the same
    tile = client.get(f"/tiles/pipes/{pipes.pk}/14/8467/5500.mvt", **key)
    assert tile.status_code in ((200, 204) if sees_pipes else (404,))


def test_a_token_shows_one_town_though_its_owner_belongs_to_two(client, classes):
    town, planner, _viewer, _versions = classes
    other = make_town(member=planner)
    version = make_version(other, "parcels", data_class=DataClass.PUBLIC)
    key = token_of(town, planner, "read,restricted")
    listed = json.loads(client.get("/api/collections", **key).content)["collections"]
    assert all(each["id"].startswith(town.slug) for each in listed)
    here = f"/api/collections/{other.slug}-parcels-{version.layer_id}"
    assert client.get(here, **key).status_code == 404
    client.force_login(planner)
    assert client.get(here).status_code == 200


def test_programs_that_know_no_bearer_give_the_token_as_password(client, classes):
    town, planner, _viewer, _versions = classes
    secret = token_of(town, planner, "read")["HTTP_AUTHORIZATION"].removeprefix("Bearer ")

    def asked(password: str) -> int:
        written = base64.b64encode(f"anybody:{password}".encode()).decode()
        return client.get("/api/", HTTP_AUTHORIZATION=f"Basic {written}").status_code

    assert asked(secret) == 200
    assert asked("wrong") == asked("") == 401
    for nonsense in ("Basic", "Basic !!", "Basic /////w=="):
        assert client.get("/api/", HTTP_AUTHORIZATION=nonsense).status_code == 401
    # nowhere but at the doors for programs
    written = base64.b64encode(f"a:{secret}".encode()).decode()
    page = client.get(f"/m/{town.slug}/", HTTP_AUTHORIZATION=f"Basic {written}")
    assert page.status_code == 302


def test_who_is_not_known_is_told_in_json(client, path):
    for address in ("/api/", f"{path}/items", "/api/openapi.json"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert "token" in answer.json()["error"]
    assert client.get("/api/", HTTP_AUTHORIZATION="Bearer wrong").status_code == 401


def test_what_is_not_there_is_told_in_json(member_client):
    for address in ("/api/nothing", "/api/collections/x", "/api/collections/a-parcels-1/items"):
        answer = member_client.get(address)
        assert answer.status_code == 404
        assert answer.json()["error"]


def test_the_interface_only_reads(member_client, path):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(member_client, method)(f"{path}/items").status_code == 405
