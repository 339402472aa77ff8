"""A parcel is drawn, named, and saved as a new version, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import shapely
from factories import make_town, make_version
from playwright.sync_api import Page, sync_playwright

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


@contextmanager
def editing(url: tuple[str, str], troubles: list[str]) -> Iterator[Page]:
    """The page to draw on, ready; what the browser complains about is gathered."""
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
        yield page
        browser.close()


def click_on_map(page: Page, x: float, y: float) -> None:
    """Click so many pixels east and north of the lower left corner of the map."""
    box = page.locator("#map").bounding_box()
    at = box["x"] + 60 + x, box["y"] + box["height"] - 120 - y
    page.mouse.move(*at)
    page.mouse.click(*at)
    page.wait_for_timeout(150)


def rows(page: Page, count: int) -> None:
    page.wait_for_function(f"document.querySelectorAll('[data-rows] tr').length === {count}")


def save(page: Page, number: int) -> None:
    page.click("[data-act=save]")
    page.wait_for_selector(f"#version-{number}", timeout=30000)


def draw_and_save(url: tuple[str, str]) -> list[str]:
    """Draw a square, call it X-1, save it; return what the browser complained about."""
    troubles: list[str] = []
    with editing(url, troubles) as page:
        rows(page, 3)
        page.click("[data-mode=polygon]:not([data-what])")
        for corner in ((0, 0), (80, 0), (80, 80), (0, 80)):
            click_on_map(page, *corner)
        page.keyboard.press("Enter")
        rows(page, 4)
        page.locator("[data-rows] tr").last.locator("input[name=ref]").fill("X-1")
        page.locator("[data-rows] tr").last.locator("input[name=zoning]").fill("GI")
        page.keyboard.press("Tab")
        save(page, 2)
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


@pytest.fixture(scope="module")
def ring_and_islands(committed, planner):
    """A yard around a pond (60 m with a hole of 20 m), and two islands of 30 m that are one."""
    town = make_town(member=planner)
    at = town.extent.centroid
    hole = shapely.box(at.x + 20, at.y + 20, at.x + 40, at.y + 40).exterior.coords
    yard = shapely.Polygon(shapely.box(at.x, at.y, at.x + 60, at.y + 60).exterior.coords, [hole])
    islands = shapely.MultiPolygon(
        [shapely.box(at.x + x, at.y, at.x + x + 30, at.y + 30) for x in (100, 150)]
    )
    given = [
        {"parcel_kind": "uploaded", "wkb": shapely.to_wkb(shape, hex=True)}
        for shape in (yard, islands)
    ]
    return make_version(town, "parcels", data_class=DataClass.MUNICIPAL, rows=given)


def shapes(version, number: int) -> dict:
    with acting_as(municipality=version.municipality.slug):
        made = LayerVersion.objects.get(layer=version.layer_id, number=number)
        return {
            row.ref: shapely.from_wkb(bytes(row.geom.wkb))
            for row in Parcel.objects.filter(version=made)
        }


def test_holes_and_parts_are_drawn_and_typed_and_nothing_else_is_lost(live_url, ring_and_islands):
    path = f"/m/{ring_and_islands.municipality.slug}/layers/{ring_and_islands.layer_id}/edit/"
    troubles: list[str] = []
    with editing((live_url, path), troubles) as page:
        rows(page, 2)
        page.locator("summary", has_text="Draw without a mouse").click()
        # the second island gets a corner 10 m further north, the first stays
        page.locator("[data-rows] tr").nth(1).locator("input[name=ref]").focus()
        typed = page.locator("#corners").input_value()
        one, two = typed.split("\n\n")
        longitude, latitude = max(
            (line.split() for line in two.splitlines()), key=lambda line: float(line[1])
        )
        moved = f"{longitude} {float(latitude) + 0.00009:.7f}"  # 10 m
        page.locator("#corners").fill(f"{one}\n\n{two}".replace(f"{longitude} {latitude}", moved))
        page.click("[data-act=applyCorners]")
        # the yard gets another part, drawn; its hole stays
        page.locator("[data-rows] tr").nth(0).locator("input[name=ref]").focus()
        page.click("[data-what=part]")
        for corner in ((0, 0), (60, 0), (60, 40), (0, 40)):
            click_on_map(page, *corner)
        # the colours change while it is being drawn
        page.click("[data-switch-theme]")
        page.wait_for_selector("#map[data-state=idle]")
        click_on_map(page, 0, 40)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        rows(page, 2)
        # and a feature is added by its corners, with a hole
        page.locator("#corners").fill(
            "6.0500 50.7750\n6.0510 50.7750\n6.0510 50.7760\n6.0500 50.7760\n\n"
            "6,0503 50,7753\n6,0506 50,7753\n6,0506 50,7756\n6,0503 50,7756"
        )
        page.click("[data-act=addCorners]")
        rows(page, 3)
        save(page, 2)
    assert troubles == []
    before, now = shapes(ring_and_islands, 1), shapes(ring_and_islands, 2)
    assert set(now) == {"f0", "f1", "New-1"}
    islands = sorted(now["f1"].geoms, key=lambda part: part.bounds[0])
    assert islands[0].equals_exact(sorted(before["f1"].geoms, key=lambda p: p.bounds[0])[0], 0.02)
    # the corner of a 30 m square pulled 10 m away from it adds a triangle of 30 m x 10 m / 2
    assert islands[1].area == pytest.approx(900 + 150, rel=0.03)
    yard = max(now["f0"].geoms, key=lambda part: len(part.interiors))
    assert len(now["f0"].geoms) == 2
    assert yard.equals_exact(before["f0"], 0.02)
    # 0.001 by 0.001 degrees at 50.78 north is 70.4 m x 111.3 m; the hole has nine hundredths of it
    assert now["New-1"].area == pytest.approx(70.4 * 111.3 * 0.91, rel=0.01)
    assert len(now["New-1"].interiors) == 1


def test_what_was_drawn_survives_other_colours_and_leaving_is_asked_about(
    live_url, ring_and_islands
):
    path = f"/m/{ring_and_islands.municipality.slug}/layers/{ring_and_islands.layer_id}/edit/"
    asked, troubles = [], []
    with editing((live_url, path), troubles) as page:
        count = page.locator("[data-rows] tr").count()
        page.click("[data-mode=polygon]:not([data-what])")
        for corner in ((0, 0), (80, 0), (80, 80)):
            click_on_map(page, *corner)
        page.keyboard.press("Enter")
        rows(page, count + 1)
        for _ in range(2):
            page.click("[data-switch-theme]")
            page.wait_for_timeout(500)
            page.wait_for_selector("#map[data-state=idle]")
        # its edge is where it was drawn: a click there chooses it
        page.click("[data-mode=select]")
        click_on_map(page, 60, 20)
        page.wait_for_selector("[data-rows] tr.chosen input[name=ref]")
        chosen = page.locator("[data-rows] tr.chosen input[name=ref]").input_value()
        assert chosen.startswith("New")
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(live_url + "/")
    assert asked == ["beforeunload"]
    assert troubles == []
