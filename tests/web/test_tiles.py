"""Tiles: right content, right headers, nothing for strangers."""

import math

import pytest
from django.db import connection

from heatmap.identity import acting_as
from heatmap.models import LayerVersion

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
    for word in (b"parcels", b"ref", b"area_m2"):
        assert word in response.content


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


def test_a_tile_takes_one_query_of_features(member_client, parcels, django_assert_max_num_queries):
    # identity, session, person, version, tile, and the savepoint around them
    with django_assert_max_num_queries(9):
        member_client.get(address(parcels))


def test_the_spatial_index_is_used_behind_row_level_security(town, planner, parcels):
    with acting_as(user_id=planner.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT ref FROM heatmap_street WHERE geom && "
            "ST_Transform(ST_TileEnvelope(15, 16934, 11000), 3035)"
        )
        assert "geom" in "\n".join(row[0] for row in cursor.fetchall())
