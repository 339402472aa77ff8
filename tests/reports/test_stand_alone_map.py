"""The map that is mailed: one file, no network, nothing of it read as markup."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from report_town import document, shapes

from heatmap.render.folium_map import render_map

HOSTILE = "<img src=x onerror=alert(1)></script>{{ 7*7 }}{% raw %}"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def features() -> dict:
    """The town of the report near Aachen; a degree is about 71 by 111 km there."""
    found = []
    for shape in shapes().shapes:

        def there(part):
            return [[6.04 + x / 71_000, 50.77 + y / 111_000] for x, y in part]

        if shape.rings:
            geometry = {"type": "Polygon", "coordinates": [there(r) for r in shape.rings]}
        elif shape.lines:
            geometry = {"type": "MultiLineString", "coordinates": [there(p) for p in shape.lines]}
        else:
            geometry = {"type": "Point", "coordinates": there(shape.points)[0]}
        properties = {"kind": shape.kind, "ref": shape.ref, **shape.properties}
        found.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": found}


def hostile_document() -> dict:
    doc = document()
    doc["municipality"]["name"] = HOSTILE
    doc["parcels"][0]["name"] = HOSTILE
    doc["layers"][0]["source"] = HOSTILE
    return doc


@pytest.fixture(scope="module")
def hostile() -> str:
    town = features()
    town["features"][15]["properties"]["name"] = HOSTILE
    return render_map(hostile_document(), town)


def test_the_same_run_gives_the_same_map():
    assert render_map(document(), features()) == render_map(document(), features())


def test_features_may_come_as_a_list_and_as_collections():
    town = features()
    assert render_map(document(), town["features"]) == render_map(document(), town)
    parcel = town["features"][-1]
    parcel["geometry"] = {"type": "GeometryCollection", "geometries": [parcel["geometry"]]}
    town["features"].append({"type": "Feature", "geometry": None, "properties": {"kind": "plants"}})
    assert '"type": "GeometryCollection"' not in render_map(document(), town)


def test_nothing_is_fetched_from_elsewhere():
    written = render_map(document(), features())
    assert not re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=""", written)
    assert not re.findall(
        r"url\(\s*['\"]?(?!#)", re.sub(r"<script.*?</script>", "", written, flags=re.S)
    )
    assert "cdn" not in written.lower()


def test_hostile_names_stay_text(hostile):
    assert "<img src=x" not in hostile
    assert "49" not in re.findall(r"<title>(.*?)</title>", hostile, re.S)[0]
    assert "&lt;img src=x" in hostile


def test_run_licences_and_watermark_are_on_it():
    written = render_map(document(), features(), "de")
    assert document()["run"] in written
    assert "ODbL 1.0" in written
    assert "Methodendemonstration, keine Empfehlung für diesen Ort" in written
    real = document()
    real["municipality"]["is_demo"] = False
    assert "Methodendemonstration" not in render_map(real, features(), "de")


def test_it_opens_without_a_network_and_without_errors(hostile, tmp_path: Path):
    path = tmp_path / "map.html"
    path.write_text(hostile, encoding="utf-8")
    troubles, asked = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        view = browser.new_page()
        view.on("console", lambda message: troubles.append(message.text))
        view.on("pageerror", lambda error: troubles.append(str(error)))
        view.on("dialog", lambda dialog: troubles.append(dialog.message))
        view.on("request", lambda request: asked.append(request.url))
        view.goto(path.as_uri())
        view.wait_for_selector("path.leaflet-interactive")
        drawn = view.locator("path.leaflet-interactive").count()
        view.locator('path[stroke-width="3"][fill^="#"]').last.hover(force=True)
        shown = view.locator(".leaflet-tooltip").inner_text()
        browser.close()
    assert troubles == []
    assert asked == [path.as_uri()]
    assert drawn > 90
    assert HOSTILE in shown
