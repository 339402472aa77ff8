"""What stands until the tiles of the map are there: the same features, the same colours."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, LayerKind, Role
from heatmap.identity import acting_as
from heatmap.layer_documents import layer_documents
from heatmap.render import first_look as room
from heatmap.render.first_look import ACROSS, first_look, mercator_m
from heatmap.services.municipalities import let_in
from sites.models import Candidate

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
BOUNDS = [6.0, 50.74, 6.1, 50.82]  # of the town of factories.py


def paths_of(drawing: str) -> dict[str, str]:
    """Path data by colour token."""
    root = ElementTree.fromstring(drawing)  # noqa: S314  our own
    found = {}
    for path in root.iter(f"{SVG}path"):
        paint = path.get("stroke") if path.get("fill") == "none" else path.get("fill")
        found[paint.removeprefix("var(--").removesuffix(")")] = path.get("d")
    return found


def drawn(versions, **given) -> dict[str, str]:
    return paths_of(first_look(layer_documents(versions), BOUNDS, **given))


def test_the_web_map_is_a_square_of_the_equator():
    # EPSG:3857: 180 degrees east are pi times 6378137 m; the map ends where north is as far
    assert mercator_m(180, 0) == pytest.approx((20_037_508.342789244, 0), abs=1e-6)
    assert mercator_m(0, 85.051128779806604)[1] == pytest.approx(20_037_508.342789244)


def test_a_parcel_lies_where_the_map_has_it_in_the_colour_of_its_score():
    town = make_town()
    version = make_version(town, "parcels", data_class=DataClass.PUBLIC, rows=({}, {}, {}, {}))
    # breaks at 0.2, 0.4, 0.6 and 0.8: 0.4 begins the third class; f3 was not in the run
    scores = {"refs": ["f0", "f1", "f2"], "scores": [0.4, 0.95, None]}
    with acting_as(municipality=town.slug):
        found = drawn([version], scores=scores)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ST_XMin(b), ST_YMax(b) FROM (SELECT Box2D(ST_Transform(geom, 3857)) AS b"
                " FROM heatmap_parcel WHERE version_id = %s AND ref = 'f0') boxes",
                [version.pk],
            )
            left, top = cursor.fetchone()
    assert set(found) == {"score-3", "score-5", "refused", "missing"}
    west, south = mercator_m(*BOUNDS[:2])
    east, north = mercator_m(*BOUNDS[2:])
    scale = ACROSS / max(east - west, north - south)
    steps = re.findall(r"-?\d+", found["score-3"])
    corners = [(int(steps[0]), int(steps[1]))]
    for dx, dy in zip(steps[2::2], steps[3::2], strict=True):
        corners.append((corners[-1][0] + int(dx), corners[-1][1] + int(dy)))
    assert min(x for x, _ in corners) == pytest.approx((left - west) * scale, abs=1)
    assert min(y for _, y in corners) == pytest.approx((north - top) * scale, abs=1)


def test_headroom_is_worked_out_as_on_the_map():
    town = make_town()
    # 0.8 x 0.95 x 1000 kVA - 100 kW = 660 kW is enough for 500 kW; nothing known is unknown
    rows = ({"rating_kva": 1000.0, "peak_load_kw": 100.0}, {"firm_headroom_kw": 100.0}, {})
    version = make_version(town, "substations", data_class=DataClass.PUBLIC, rows=rows)
    with acting_as(municipality=town.slug):
        assert set(drawn([version])) == {"good", "warn", "unknown"}


def test_layers_that_are_switched_off_at_first_are_not_drawn():
    town = make_town()
    rows = ({"heat_demand_mwh_per_a": 100.0},)
    version = make_version(town, "heat_demand", data_class=DataClass.PUBLIC, rows=rows)
    with acting_as(municipality=town.slug):
        documents = layer_documents([version])
        assert not documents[0]["visible"]
        assert paths_of(first_look(documents, BOUNDS)) == {}
        documents[0]["visible"] = True
        assert len(paths_of(first_look(documents, BOUNDS))) == 1


def test_a_large_layer_is_drawn_as_the_sums_of_its_tiles(monkeypatch):
    town = make_town()
    rows = tuple({"heat_demand_mwh_per_a": 100.0} for _ in range(12))
    monkeypatch.setattr("heatmap.services.tile_cells.FEATURE_LIMIT", 5)
    monkeypatch.setattr(room, "MOST_FEATURES", 5)
    version = make_version(town, "buildings", data_class=DataClass.PUBLIC, rows=rows)
    with acting_as(municipality=town.slug):
        found = drawn([version])
    squares = "".join(found.values())
    # twelve buildings 100 m apart; a cell is about 9 km / sqrt(4000) = 140 m or coarser
    assert 1 <= squares.count("M") < 12
    assert squares.count("z") == squares.count("M")


def test_the_page_names_a_drawing_that_may_be_kept(member_client, town, finished_run):
    page = member_client.get(f"/m/{town.slug}/").content.decode()
    address = unescape(re.search(r'data-first-look="([^"]+)"', page)[1])
    assert f"run={finished_run.pk}" in address
    answer = member_client.get(address)
    assert answer["Cache-Control"] == "private, max-age=86400, immutable"
    found = paths_of(answer.content.decode())
    with acting_as(municipality=town.slug):
        scored = Candidate.objects.filter(run=finished_run, rank__isnull=False)
        classes = {f"score-{min(5, int(c.score / 0.2) + 1)}" for c in scored}
    assert classes == {colour for colour in found if colour.startswith("score-")}
    assert "refused" in found


def test_a_guest_s_drawing_lacks_what_she_may_not_see(client):
    town = make_town()
    guest, engineer = make_person("guest"), make_person("engineer")
    with acting_as(municipality=town.slug):
        let_in(town, guest, Role.VIEWER)
        let_in(town, engineer, Role.ENGINEER)
    open_, closed = (
        make_version(town, LayerKind.PIPES, data_class=data_class, name=str(data_class))
        for data_class in (DataClass.PUBLIC, DataClass.RESTRICTED)
    )
    address = f"/m/{town.slug}/first-look.svg?versions={open_.pk},{closed.pk}"
    counts = {}
    for person in (guest, engineer):
        client.force_login(person)
        counts[person] = client.get(address).content.decode().count(" d=")
    assert counts == {guest: 1, engineer: 2}


def test_a_run_that_is_none_is_not_found(member_client, town):
    assert member_client.get(f"/m/{town.slug}/first-look.svg?run=none").status_code == 404
