"""Tiles: right content, right headers, nothing for strangers, never cut off."""

import gzip
import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import make_person, make_town, make_version
from mvt import decoded

from heatmap import tile_grid, tiles
from heatmap.choices import DataClass, Role
from heatmap.identity import acting_as
from heatmap.layers import BY_KIND
from heatmap.models import LayerVersion, Membership, TileCell
from heatmap.services import tile_cells
from heatmap.tile_cache import forget_tiles, kept_tile, sweep
from heatmap.tiles import tile_bytes

pytestmark = pytest.mark.django_db
LON, LAT, ZOOM = 6.0470, 50.7881, 15


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    # slippy-map numbering: x by longitude, y by the Mercator latitude
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return int((lon + 180) / 360 * 2**zoom), int(y)


@pytest.fixture
def parcels(town):
    with acting_as(municipality=town.slug):
        found = LayerVersion.objects.filter(layer__kind="parcels", published_at__isnull=False)
        return found.order_by("-number")[0]


def address(version, kind="parcels", zoom=ZOOM):
    x, y = tile_at(LON, LAT, zoom)
    return f"/tiles/{kind}/{version.pk}/{zoom}/{x}/{y}.mvt"


def test_a_tile_of_the_town_holds_its_features_and_may_be_kept_for_ever(member_client, parcels):
    response = member_client.get(address(parcels))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    shown = decoded(response.content)["parcels"]
    assert shown
    assert all({"ref", "area_m2"} <= set(feature) for feature in shown)


def test_a_tile_that_was_kept_is_compressed_and_not_sent_again(member_client, parcels):
    plain = member_client.get(address(parcels))
    small = member_client.get(address(parcels), headers={"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    again = member_client.get(address(parcels), headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_kept_tile_is_for_those_who_may_see_it_at_this_moment(client, parcels, town):
    person = make_person("viewer")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=person, municipality=town, role=Role.VIEWER)
    client.force_login(person)
    first = client.get(address(parcels))
    assert first.status_code == 200
    assert kept_tile(parcels.pk, parcels.content_hash, ZOOM, *tile_at(LON, LAT, ZOOM)) is not None
    with acting_as(municipality=town.slug):
        Membership.objects.filter(user=person).delete()
    assert client.get(address(parcels)).status_code == 404
    assert client.get(address(parcels), headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_a_session_that_was_ended_or_outdated_opens_no_tile(client, parcels, town):
    person = make_person("viewer")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=person, municipality=town, role=Role.VIEWER)
    client.force_login(person)
    assert client.get(address(parcels)).status_code == 200
    person.set_password("another one, long enough")
    person.save()
    assert client.get(address(parcels)).status_code == 401
    person.is_active = False
    person.save()
    client.force_login(person)
    assert client.get(address(parcels)).status_code == 401


def test_a_restricted_layer_shows_no_tile_to_a_viewer_but_to_a_planner(client):
    planner, viewer = make_person("planner"), make_person("viewer")
    town = make_town(member=planner)
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=viewer, municipality=town, role=Role.VIEWER)
    version = make_version(town, "pipes", data_class=DataClass.RESTRICTED)
    middle = town.extent.centroid.transform(4326, clone=True)
    x, y = tile_at(middle.x, middle.y, 15)
    answers = {}
    for person in (planner, viewer, planner):
        client.force_login(person)
        # the middle may lie at the edge of a tile; one of the four around it holds the feature
        found = [
            client.get(f"/tiles/pipes/{version.pk}/15/{i}/{j}.mvt").status_code
            for i in (x, x + 1)
            for j in (y, y + 1)
        ]
        answers.setdefault(person.pk, set()).update(found)
    assert 200 in answers[planner.pk]
    assert answers[viewer.pk] == {404}


def test_a_tile_far_away_is_empty_not_missing(member_client, parcels):
    response = member_client.get(f"/tiles/parcels/{parcels.pk}/15/0/0.mvt")
    assert (response.status_code, response.content) == (204, b"")


def test_a_stranger_and_a_wrong_kind_get_nothing(stranger_client, parcels):
    assert stranger_client.get(address(parcels)).status_code == 404


@pytest.mark.parametrize(
    "path", ["streets/{v}/15/0/0", "nothing/{v}/15/0/0", "parcels/{v}/3/8/0", "parcels/{v}/30/0/0"]
)
def test_addresses_that_cannot_exist_are_not_found(member_client, parcels, path):
    assert member_client.get(f"/tiles/{path.format(v=parcels.pk)}.mvt").status_code == 404


def test_a_tile_that_is_kept_takes_one_question(member_client, parcels):
    member_client.get(address(parcels))
    with CaptureQueriesContext(connection) as queries:
        assert member_client.get(address(parcels)).status_code == 200
    assert len(queries) == 1
    assert "heathub_tile_door" in queries[0]["sql"]


def test_the_spatial_index_is_used_behind_row_level_security(town, planner, parcels):
    with acting_as(user_id=planner.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT ref FROM heatmap_street WHERE geom && "
            "ST_Transform(ST_TileEnvelope(15, 16934, 11000), 3035)"
        )
        assert "geom" in "\n".join(row[0] for row in cursor.fetchall())


MISSED = """
WITH {box}{straight}, both_ways AS (
    SELECT (ST_DumpPoints(ST_Transform(f.geom, 3857))).geom AS exact,
           (ST_DumpPoints({near})).geom AS near
    FROM heatmap_building f, straight
    WHERE version_id = %(version)s AND f.geom && (SELECT searched FROM box)
)
SELECT count(*), max(ST_Distance(exact, near)) FROM both_ways, box
WHERE ST_Intersects(exact, box.shown)
"""


@pytest.mark.parametrize("zoom", [14, 15, 17])
def test_corners_are_drawn_where_they_are_to_half_a_unit_of_the_tile(town, zoom):
    x, y = tile_at(LON, LAT, zoom)
    query = MISSED.format(box=tiles.BOX, straight=tiles.STRAIGHT, near=tiles.NEAR)
    with acting_as(municipality=town.slug), connection.cursor() as cursor:
        version = LayerVersion.objects.filter(layer__kind="buildings").latest("number")
        values = {"z": zoom, "x": x, "y": y, "margin": 64 / 4096, "srid": 3035}
        cursor.execute(query, values | {"version": version.pk})
        corners, missed_m = cursor.fetchone()
    unit_m = 2 * tile_grid.HALF_EQUATOR_M / 2**zoom / 4096
    assert corners > 20
    assert missed_m / unit_m < 0.5


# --- too many for one tile ------------------------------------------------------------------------


@pytest.fixture
def crowd(monkeypatch):
    """A town with 45 buildings of 10 MWh/a, 5 of them unknown; a tile takes no more than 20."""
    for module in (tile_grid, tiles, tile_cells):
        monkeypatch.setattr(module, "FEATURE_LIMIT", 20)
    person = make_person("planner")
    town = make_town(member=person)
    rows = [{"heat_demand_mwh_per_a": None if i < 5 else 10.0} for i in range(45)]
    version = make_version(town, "buildings", data_class=DataClass.MUNICIPAL, rows=rows)
    middle = town.extent.centroid.transform(4326, clone=True)
    return town, version, (middle.x, middle.y)


def _around(version, zoom, place):
    """The nine tiles around a place, decoded; each feature may lie in several of them."""
    x, y = tile_at(*place, zoom)
    for i in (x - 1, x, x + 1):
        for j in (y - 1, y, y + 1):
            yield decoded(tile_bytes(BY_KIND["buildings"], version.pk, zoom, i, j))


def test_a_tile_with_too_many_features_shows_their_sums_and_says_so(crowd):
    town, version, place = crowd
    with acting_as(municipality=town.slug):
        # 45 squares 100 m apart fit into the two tiles of zoom 12 (6 km wide here) around them
        tiles_12 = list(_around(version, 12, place))
    cells = [cell for tile in tiles_12 for cell in tile.get("buildings_cells", [])]
    assert [tile for tile in tiles_12 if "buildings" in tile and "buildings_cells" in tile] == []
    alone = [feature for tile in tiles_12 for feature in tile.get("buildings", [])]
    assert cells
    assert all(cell["aggregated"] is True for cell in cells)
    # nothing is lost: every building stands in a sum, or in a tile that shows it by itself
    assert sum(cell["features"] for cell in cells) + len({f["ref"] for f in alone}) >= 45
    assert sum(cell["features"] for cell in cells) <= 45
    if not alone:
        assert sum(cell["known"] for cell in cells) == 40
        assert sum(cell["heat_demand_mwh_per_a"] for cell in cells) == pytest.approx(400)


def test_cells_of_all_levels_hold_every_feature_once(crowd):
    town, version, _place = crowd
    with acting_as(municipality=town.slug):
        for level in range(tile_grid.COARSEST_LEVEL, tile_grid.FINEST_LEVEL + 1):
            cells = list(TileCell.objects.filter(version=version, level=level))
            assert sum(cell.features for cell in cells) == 45
            assert sum(cell.known for cell in cells) == 40
            assert sum(cell.total or 0 for cell in cells) == pytest.approx(400)
            # 45 squares of 50 m by 50 m, measured in the town's own grid
            assert sum(cell.area_m2 for cell in cells) == pytest.approx(45 * 2500, rel=2e-3)


def test_near_by_every_feature_is_shown_by_itself(crowd):
    town, version, place = crowd
    with acting_as(municipality=town.slug):
        # zoom 16: 390 m wide here, so no tile holds more than five of them
        found = list(_around(version, 16, place))
    assert all("buildings_cells" not in tile for tile in found)
    assert any(tile.get("buildings") for tile in found)


def test_a_tile_of_too_many_bytes_is_added_up_on_the_spot(crowd, monkeypatch):
    town, version, place = crowd
    monkeypatch.setattr(tiles, "MOST_BYTES", 300)
    x, y = tile_at(*place, 15)
    with acting_as(municipality=town.slug):
        shown = [
            decoded(tile_bytes(BY_KIND["buildings"], version.pk, 15, x + i, y)) for i in (0, 1, 2)
        ]
    assert any("buildings_cells" in tile for tile in shown)


def test_the_density_of_a_cell_is_its_sum_over_its_true_area(crowd):
    town, version, place = crowd
    with acting_as(municipality=town.slug):
        found = [c for tile in _around(version, 12, place) for c in tile.get("buildings_cells", [])]
    for cell in found:
        if "heat_demand_mwh_per_a" not in cell:
            assert "per_ha" not in cell  # nothing known: no density, not zero
            continue
        # a cell of zoom 12 is 40,075,017 m / 2^17 = 305.7 m wide at the equator, and shrinks with
        # the cosine of 50.78 degrees: 193.3 m, 3.74 ha
        assert cell["heat_demand_mwh_per_a"] / cell["per_ha"] == pytest.approx(3.74, rel=0.01)


def test_from_far_away_a_tile_carries_what_drawing_needs(town):
    with acting_as(municipality=town.slug):
        version = LayerVersion.objects.filter(layer__kind="streets").latest("number")
        x, y = tile_at(LON, LAT, 12)
        (far,) = decoded(tile_bytes(BY_KIND["streets"], version.pk, 12, x, y)).values()
        x, y = tile_at(LON, LAT, 15)
        (near,) = decoded(tile_bytes(BY_KIND["streets"], version.pk, 15, x, y)).values()
    assert {key for street in far for key in street} == {"ref", "street_kind"}
    assert "footway" not in {street["street_kind"] for street in far}
    assert {"name", "length_m"} <= {key for street in near for key in street}


# --- what is kept on disk ------------------------------------------------------------------------


def test_tiles_on_disk_give_way_when_they_take_too_much_room(
    settings, tmp_path, member_client, parcels
):
    settings.TILE_CACHE_DIR = tmp_path
    member_client.get(address(parcels))
    member_client.get(address(parcels, zoom=16))
    assert len(list(tmp_path.glob("*/*"))) == 2
    settings.TILE_CACHE_MB = 0.000_01  # ten bytes
    sweep()
    assert list(tmp_path.glob("*/*")) == []


def test_tiles_of_a_version_that_is_deleted_for_good_leave_the_disk(
    settings, tmp_path, member_client, parcels
):
    settings.TILE_CACHE_DIR = tmp_path
    member_client.get(address(parcels))
    assert list(tmp_path.glob(f"{parcels.pk}-*"))
    forget_tiles(parcels.pk)
    assert list(tmp_path.iterdir()) == []


def test_without_room_no_tile_is_kept(settings, tmp_path, member_client, parcels):
    settings.TILE_CACHE_DIR, settings.TILE_CACHE_MB = tmp_path, 0
    assert member_client.get(address(parcels)).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_headroom_in_a_tile_is_what_the_engine_says(town):
    from engines.grid.hosting import firm_headroom_kw
    from engines.tables import registry
    from heatmap.models import Substation

    rules = registry("assumptions")
    with acting_as(municipality=town.slug):
        version = LayerVersion.objects.filter(layer__kind="substations").latest("number")
        stations = {s.ref: s for s in Substation.objects.filter(version=version)}
        x, y = tile_at(LON, LAT, 12)
        shown = decoded(tile_bytes(BY_KIND["substations"], version.pk, 12, x, y))["substations"]
    assert shown
    for each in shown:
        station = stations[each["ref"]]
        assert station.firm_headroom_kw is None  # so it follows from rating and load
        expected = firm_headroom_kw(
            [station.rating_kva], [[station.peak_load_kw]], 0.0,
            loading_max_share=rules["grid.loading_max_share"].value,
            power_factor=rules["grid.power_factor"].value,
        )[0]  # fmt: skip
        assert each["firm_headroom_kw"] == pytest.approx(expected)
