"""The map handled as people handle it: in a real browser, on real tiles."""

import io
import json
import re
import sqlite3
from pathlib import Path

import pytest
from map_page import ARGUMENTS, SECONDS, hash_of, middle, opened, rows_of, settled, until
from PIL import Image
from playwright.sync_api import expect, sync_playwright

AXE = Path("node_modules/axe-core/axe.min.js")


@pytest.fixture(scope="module")
def browser(town, finished_run):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser, live_url, town):
    page = opened(browser, live_url, town)
    settled(page)
    yield page
    assert page.troubles == []
    page.context.close()


def tools(page, menu, button):
    page.get_by_label(menu, exact=True).click()
    page.locator(f"[data-do={button}]").click()


def colours(page) -> int:
    """How many colours the picture of the map has: a map that draws nothing has one."""
    shot = Image.open(io.BytesIO(page.locator("#map canvas").screenshot())).convert("RGB")
    return len(shot.resize((160, 100)).getcolors(maxcolors=16_000))


def test_the_map_is_dragged_and_the_address_follows(page):
    before = hash_of(page)["map"] if "map" in page.evaluate("location.hash") else ""
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 160, y - 90, steps=8)
    page.mouse.up()
    settled(page)
    after = hash_of(page)["map"]
    assert after != before
    page.reload()
    settled(page)
    assert hash_of(page)["map"] == after


def test_layers_are_switched_faded_ordered_and_undone(page):
    first = rows_of(page)
    parcels = next(row for row in first if row.startswith("parcels-"))
    row = page.locator(f"[data-layer-row='{parcels}']")
    row.locator("[data-layer]").uncheck()
    assert f"{parcels},0,100" in hash_of(page)["l"]
    row.locator("summary").click()
    row.locator("[data-opacity]").fill("40")
    assert f"{parcels},0,40" in hash_of(page)["l"]
    handle = row.locator("[data-move]")
    handle.press("ArrowUp")
    moved = rows_of(page)
    assert moved.index(parcels) == first.index(parcels) - 1
    expect(page.locator("[data-map-status]")).to_contain_text("from the top")
    expect(handle).to_be_focused()
    for _ in range(3):
        page.locator("[data-do=undo]").click()
    assert rows_of(page) == first
    expect(row.locator("[data-layer]")).to_be_checked()
    assert row.locator("[data-opacity]").input_value() == "100"
    page.keyboard.press("Control+y")
    expect(row.locator("[data-layer]")).not_to_be_checked()
    page.keyboard.press("Control+z")
    expect(row.locator("[data-layer]")).to_be_checked()
    assert "l" not in hash_of(page)


def test_a_layer_is_dragged_to_another_place(page):
    first = rows_of(page)
    handle = page.locator(f"[data-layer-row='{first[0]}'] [data-move]").bounding_box()
    target = page.locator(f"[data-layer-row='{first[1]}']").bounding_box()
    page.mouse.move(handle["x"] + 4, handle["y"] + 6)
    page.mouse.down()
    page.mouse.move(handle["x"] + 4, target["y"] + target["height"] - 6, steps=10)
    page.mouse.up()
    assert rows_of(page)[:2] == [first[1], first[0]]


def test_kinds_are_filtered_and_classes_are_changed(page):
    buildings = next(row for row in rows_of(page) if row.startswith("buildings-"))
    row = page.locator(f"[data-layer-row='{buildings}']")
    row.locator("summary").click()
    words = row.locator("[data-words] input")
    expect(words.first).to_be_visible()
    # every kind that the layer has, with its number, wherever the map looks
    counted = [int(text.replace(",", "")) for text in row.locator(".word .muted").all_inner_texts()]
    assert counted == sorted(counted, reverse=True)
    assert len(counted) == words.count() > 1
    words.first.uncheck()
    assert hash_of(page)["f"].startswith(f"{buildings}:use~")
    legend = row.locator("[data-legend]")
    before = legend.inner_text()
    row.locator("[data-method]").select_option("quantiles")
    assert legend.inner_text() != before
    settled(page)
    page.locator("[data-do=undo]").click()
    page.locator("[data-do=undo]").click()
    expect(words.first).to_be_checked()
    assert legend.inner_text() == before


def lasso(page, radius=170):
    tools(page, "Choose an area", "lasso")
    x, y = middle(page)
    steps = [
        (0.7, 0.7),
        (0, 1),
        (-0.7, 0.7),
        (-1, 0),
        (-0.7, -0.7),
        (0, -1),
        (0.7, -0.7),
        (1, 0.02),
    ]
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for dx, dy in steps:
        page.mouse.move(x + radius * dx, y + radius * dy, steps=4)
    page.mouse.up()
    page.wait_for_selector("html[data-area=filled]")


def test_a_lasso_shows_sums_chips_narrow_them_and_files_are_taken_home(page):
    lasso(page)
    card = page.locator("#area")
    expect(card).to_contain_text("heat demand")
    expect(card).to_contain_text("Linear heat density")
    before = card.locator("dl").inner_text()
    card.locator(".chip-button").first.click()
    until(page, "before => document.querySelector('#area dl').innerText !== before", before)
    card.locator(".files summary").click()
    with page.expect_download() as waiting:
        card.locator(".files p", has_text="Buildings").get_by_role("link", name="GeoJSON").click()
    features = json.loads(Path(waiting.value.path()).read_text())["features"]
    assert features
    with page.expect_download() as waiting:
        card.locator(".files p", has_text="Buildings").get_by_role(
            "link", name="GeoPackage"
        ).click()
    with sqlite3.connect(waiting.value.path()) as package:
        (count,) = package.execute("SELECT count(*) FROM buildings").fetchone()
    assert count == len(features)
    page.locator("[data-close-area]").click()
    expect(card).to_be_hidden()
    page.locator("[data-do=undo]").click()
    expect(card).to_be_visible()


def test_rectangle_view_and_surroundings_choose_areas_too(page):
    tools(page, "Choose an area", "box")
    x, y = middle(page)
    page.mouse.move(x - 120, y - 80)
    page.mouse.down()
    page.mouse.move(x + 120, y + 80, steps=5)
    page.mouse.up()
    page.wait_for_selector("html[data-area=filled]")
    box = hash_of(page)["a"]
    tools(page, "Choose an area", "view")
    until(page, "old => !decodeURIComponent(location.hash).includes(old)", box)
    page.wait_for_selector("html[data-area=filled]")
    page.locator(".ranking button").first.click()
    page.get_by_label("Choose an area", exact=True).click()
    page.get_by_label("Distance in metres").fill("60")
    page.locator("[data-do=around]").click()
    until(page, "location.hash.includes('a=o~')")
    page.wait_for_selector("html[data-area=filled]")
    assert hash_of(page)["a"].endswith("~60")


def test_an_area_is_chosen_with_the_keyboard_alone(page):
    tools(page, "Choose an area", "lasso")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the last corner once more ends it
    page.wait_for_selector("html[data-area=filled]")
    assert hash_of(page)["a"].startswith("r~")


def test_lengths_and_areas_are_measured(page):
    tools(page, "Measure", "ring")
    x, y = middle(page)
    for dx, dy in ((0, 0), (140, 0), (140, 140), (0, 140), (0, 0)):
        page.mouse.click(x + dx, y + dy)
    said = page.locator("[data-measured] output").inner_text()
    # a square of 140 points: its side follows from the scale bar, which is a whole number of metres
    bar = page.locator(".maplibregl-ctrl-scale")
    metres = int(re.sub(r"\D", "", bar.inner_text()))
    width = float(re.sub(r"[^\d.]", "", bar.evaluate("e => e.style.width")))
    side = 140 * metres / width
    length = float(re.search(r"Length: ([\d,.]+)", said)[1].replace(",", ""))
    assert abs(length - 4 * side) < 0.03 * 4 * side
    area = re.search(r"Area: ([\d,.]+)\s*(m²|ha)", said)
    m2 = float(area[1].replace(",", "")) * (10_000 if area[2] == "ha" else 1)
    assert abs(m2 - side**2) < 0.06 * side**2
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-measured]")).to_be_hidden()


def test_the_slider_shows_month_and_hour(page):
    page.locator("#map ~ [data-hours] > summary").click()
    page.wait_for_selector("html[data-hours-state=loaded]", timeout=30 * SECONDS)
    legend = page.locator("[data-layer-row^=buildings-] [data-legend]")
    assert "MWh/a" in legend.inner_text()
    page.locator("[data-hours-month]").fill("1")
    page.locator("[data-hours-hour]").fill("8")
    expect(page.locator("[data-hours-month-text]")).to_have_text("January")
    assert ", kW" in legend.inner_text()
    january = page.locator("[data-hours-why]").inner_text()
    page.locator("[data-hours-month]").fill("7")
    assert page.locator("[data-hours-why]").inner_text() != january
    assert hash_of(page)["t"] == "6,7,demand"
    for quantity, words in (("absorbable", "network can then take"), ("headroom", "grid can then")):
        page.locator("[data-hours-quantity]").select_option(quantity)
        expect(page.locator("[data-hours-why]")).to_contain_text(words)
        assert hash_of(page)["t"] == f"6,7,{quantity}"
    page.locator(".ranking button").first.click()
    expect(page.locator("#inspector")).to_contain_text("Grid headroom then")


def test_the_search_is_used_with_the_keyboard(page):
    search = page.get_by_role("combobox", name="Search for a parcel, a street, a substation")
    search.fill("seffenter")
    expect(page.locator("#search-list li").first).to_be_visible()
    search.press("ArrowDown")
    assert search.get_attribute("aria-activedescendant") == "found-0"
    search.press("Enter")
    expect(page.locator("#search-list")).to_be_hidden()
    settled(page)
    assert hash_of(page)["c"].startswith("streets-")
    expect(page.locator("#inspector")).to_contain_text("Seffenter Weg")


def test_a_link_restores_exactly_what_one_sees(page, browser, live_url, town):
    rows = rows_of(page)
    page.locator(f"[data-layer-row='{rows[-1]}'] [data-layer]").uncheck()
    page.locator(f"[data-layer-row='{rows[2]}'] [data-move]").press("ArrowDown")
    page.locator(".ranking button").nth(1).click()
    settled(page)
    lasso(page, 100)
    page.locator("[data-do=tilt]").click()
    settled(page)
    page.locator("[data-do=link]").click()
    expect(page.locator("[data-map-status]")).to_contain_text("link")
    address = page.evaluate("navigator.clipboard.readText()")
    other = opened(browser, live_url, town)
    other.goto(address)
    settled(other)
    other.wait_for_selector("html[data-area=filled]")
    assert rows_of(other) == rows_of(page)
    assert hash_of(other) == hash_of(page)
    expect(other.locator(f"[data-layer-row='{rows[-1]}'] [data-layer]")).not_to_be_checked()
    expect(other.locator("[data-do=tilt]")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#inspector")).to_be_visible()
    assert other.locator("#area dl").inner_text() == page.locator("#area dl").inner_text()
    assert other.troubles == []
    other.context.close()


def test_the_map_is_printed_with_legend_sources_and_date(page):
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.locator("[data-do=print]").click()
    until(page, "window.printed === true")
    sheet = page.locator("#print-sheet")
    text = sheet.evaluate("e => e.textContent")
    for words in (
        "Map of Aachen-Melaten",
        "Printed on",
        "Sources",
        "OpenStreetMap",
        "Firm headroom",
    ):
        assert words in text
    picture = sheet.locator("img").evaluate("e => [e.naturalWidth, e.naturalHeight]")
    assert min(picture) > 300
    page.emulate_media(media="print")
    assert page.locator(".map-page").evaluate("e => getComputedStyle(e).display") == "none"
    assert sheet.evaluate("e => getComputedStyle(e).display") == "block"


def test_coordinates_are_those_of_the_towns_own_grid(page):
    field = page.locator("[data-coords]")
    east, north = (int(n.replace(",", "")) for n in re.findall(r"[\d,]{6,}", field.inner_text()))
    assert 285_000 < east < 300_000
    assert 5_620_000 < north < 5_635_000
    field.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"\d{6}\.\d 56\d{5}\.\d", copied)


def test_the_map_draws_its_town(page):
    assert colours(page) > 20


def test_the_town_is_seen_before_its_tiles_are_there(browser, live_url, town):
    page = browser.new_context(
        base_url=live_url, viewport={"width": 1440, "height": 900}, locale="en-GB"
    ).new_page()
    page.goto("/login/")
    page.click("form[action='/demo-sign-in/'] button")
    page.wait_for_load_state()
    # not a tile comes until we say so
    held = []
    page.route("**/tiles/**", lambda route: held.append(route))
    page.goto(f"/m/{town.slug}/")
    drawing = page.locator(".first-look svg")
    expect(drawing).to_be_visible()
    until(page, "document.querySelectorAll('#map canvas').length > 0")
    seen = page.locator(".map-wrap").screenshot()
    assert len(Image.open(io.BytesIO(seen)).convert("RGB").getcolors(maxcolors=200_000)) > 20
    box = drawing.bounding_box()
    for route in held:
        route.continue_()
    page.unroute_all()
    settled(page)
    expect(drawing).to_have_count(0)
    # the drawing lay where the map draws the same: its bounds are the map's, 16 px from the edge
    room = page.locator("#map").bounding_box()
    scale = min((room["width"] - 32) / box["width"], (room["height"] - 32) / box["height"])
    assert scale == pytest.approx(1, abs=0.01)
    mid = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert mid == pytest.approx(
        [room["x"] + room["width"] / 2, room["y"] + room["height"] / 2], abs=1
    )
    page.context.close()


def test_a_link_to_another_view_shows_no_drawing_of_the_usual_one(page):
    page.locator("[data-layer-row] input[type=checkbox]").first.click()
    settled(page)
    link = page.url
    assert "l=" in link
    page.goto("about:blank")
    page.goto(link)
    settled(page)
    expect(page.locator(".first-look svg")).to_have_count(0)
    assert page.evaluate("performance.getEntriesByName('map-seen').length") == 0


def test_without_webgl_there_is_a_picture_and_the_list(browser, live_url, town):
    context = browser.new_context(
        base_url=live_url, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest); };"
    )
    page.goto("/login/")
    page.click("form[action='/demo-sign-in/'] button")
    page.goto(f"/m/{town.slug}/")
    picture = page.locator("#map img")
    expect(picture).to_be_visible()
    until(page, "document.querySelector('#map img').naturalWidth > 100")
    expect(page.locator("#map")).to_contain_text("WebGL is off")
    page.locator(".ranking button").first.click()
    page.wait_for_url("**/parcels/**")
    context.close()


def test_on_a_phone_everything_is_in_reach(browser, live_url, town):
    page = opened(browser, live_url, town, viewport={"width": 390, "height": 844}, has_touch=True)
    settled(page)
    for button in page.locator(".map-tools > button, .tool-menu > summary").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    page.get_by_role("button", name="Layers").click()
    expect(page.locator("[data-layer-list]")).to_be_visible()
    lasso(page, 90)
    expect(page.locator("#area")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert found == []
    assert page.troubles == []
    page.context.close()


def test_open_panels_are_accessible(page):
    page.locator("#map ~ [data-hours] > summary").click()
    page.wait_for_selector("html[data-hours-state=loaded]", timeout=30 * SECONDS)
    lasso(page)
    page.locator("[data-layer-row^=buildings-] summary").click()
    page.get_by_role("combobox", name="Search for a parcel").fill("p-1")
    expect(page.locator("#search-list li").first).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate(
        "async () => (await axe.run()).violations.map(v => [v.id, v.nodes[0].html.slice(0, 160)])"
    )
    assert found == []
