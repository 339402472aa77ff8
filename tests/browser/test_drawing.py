"""A parcel is drawn, named, and saved as a new version, in a real browser."""

import pytest
from factories import make_town, make_version
from playwright.sync_api import sync_playwright

from heatmap.choices import DataClass
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Parcel

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
HARMLESS = ("WebGL", "GPU stall")


@pytest.fixture(scope="module")
def parcels(committed, planner):
    town = make_town(member=planner)
    rows = [{"parcel_kind": "uploaded", "zoning": "GE"} for _ in range(3)]
    return make_version(town, "parcels", data_class=DataClass.MUNICIPAL, rows=rows)


def draw_and_save(url: tuple[str, str]) -> list[str]:
    """Draw a square, call it X-1, save it; return what the browser complained about."""
    troubles = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
        ).new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: (
                troubles.append(said.text)
                if said.type == "error" and not any(word in said.text for word in HARMLESS)
                else None
            ),
        )
        page.goto(f"{url[0]}/login/")
        page.click("form[action='/demo-sign-in/'] button")
        page.goto(url[0] + url[1])
        page.wait_for_selector("#map[data-ready][data-state=idle]", timeout=30000)
        assert page.locator("[data-rows] tr").count() == 3
        page.click("[data-mode=polygon]")
        box = page.locator("#map").bounding_box()
        west, south = box["x"] + 60, box["y"] + box["height"] - 120
        for x, y in ((0, 0), (80, 0), (80, -80), (0, -80)):
            page.mouse.move(west + x, south + y)
            page.mouse.click(west + x, south + y)
            page.wait_for_timeout(150)
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelectorAll('[data-rows] tr').length === 4")
        page.locator("[data-rows] tr").last.locator("input[name=ref]").fill("X-1")
        page.locator("[data-rows] tr").last.locator("input[name=zoning]").fill("GI")
        page.keyboard.press("Tab")
        page.click("[data-act=save]")
        page.wait_for_selector("#version-2", timeout=30000)
        browser.close()
    return troubles


def test_a_drawn_parcel_is_saved_as_a_new_version(live_url, parcels):
    slug = parcels.municipality.slug
    path = f"/m/{slug}/layers/{parcels.layer_id}/edit/"
    assert draw_and_save((live_url, path)) == []
    with acting_as(municipality=slug):
        newest = LayerVersion.objects.filter(layer=parcels.layer_id).latest("number")
        rows = {row.ref: row for row in Parcel.objects.filter(version=newest)}
    assert set(rows) == {"f0", "f1", "f2", "X-1"}
    assert rows["X-1"].zoning == "GI"
    # 80 by 80 pixels; the map shows three squares over 250 m on about 800 pixels
    assert 100 < rows["X-1"].area_m2 < 10_000
