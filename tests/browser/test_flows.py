"""A planner's day, in a real browser, against a real server and a real worker.

The town is a copy of Aachen-Melaten of its own: what is uploaded and scored here changes nothing
that other tests look at.
"""

import dataclasses
import os
import re
import signal
import zipfile
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import expect, sync_playwright
from shapefiles import SQUARES, zipped

from heatmap.identity import acting_as
from heatmap.services.demo import DEMO_TOWNS, load_town

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
IDLE = "#map[data-state=idle]"
SLUG = "flow-town"
HERE = f"/m/{SLUG}/"
FAR_AWAY = shapely.box(300_000, 5_700_000, 300_040, 5_700_030)
SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)  # a worker on a busy machine takes its time


@pytest.fixture(scope="module")
def flow_town(committed, planner, stranger):
    from sites.services.studies import first_study

    plan = dataclasses.replace(DEMO_TOWNS[0].plan, slug=SLUG, name="Flußstadt")
    load_town(dataclasses.replace(DEMO_TOWNS[0], plan=plan), lambda line: None)
    with acting_as(municipality=SLUG):
        from heatmap.models import Municipality

        town = Municipality.objects.get()
        first_study(town)
    return town


@pytest.fixture(scope="module")
def browser(flow_town, town, finished_run, worker, live_url):
    # after everything that needs the database: while the browser's loop runs, Django refuses it
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def page(browser, live_url):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce",
        accept_downloads=True, base_url=live_url,
    )  # fmt: skip
    context.set_default_timeout(30 * SECONDS)
    opened = context.new_page()
    opened.goto("/login/")
    opened.click("form[action='/demo-sign-in/'] button")
    yield opened
    context.close()


def drop(page, path: Path) -> None:
    """Drop a file on the data page, as a person does with the mouse."""
    page.goto(f"{HERE}data/")
    content = list(path.read_bytes())
    transfer = page.evaluate_handle(
        "([bytes, name]) => { const t = new DataTransfer();"
        " t.items.add(new File([new Uint8Array(bytes)], name)); return t; }",
        [content, path.name],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def upload(page, path: Path) -> None:
    """Drop a file, answer its questions and have every row checked."""
    drop(page, path)
    page.wait_for_url("**/uploads/*/")
    page.get_by_label("Source", exact=True).fill("Kataster Flußstadt")
    page.get_by_label("Licence", exact=True).fill("internal")
    page.get_by_role("button", name="Check every row").click()


def newest_upload(page):
    return page.locator("#uploads article").first


def run_study(page) -> str:
    page.goto(f"{HERE}studies/")
    page.get_by_role("button", name=re.compile("Run study|Run again")).first.click()
    page.wait_for_url("**/runs/**")
    return page.url


def test_the_demo_sign_in_opens_the_map(page, town):
    page.goto("/")
    page.wait_for_selector(IDLE)
    assert page.url.split("#")[0].endswith(f"/m/{town.slug}/")
    expect(page.locator(".verdict-line")).to_contain_text("not enough data")


def test_a_town_without_runs_says_what_to_do_next(page):
    page.goto(HERE)
    page.get_by_role("link", name="Go to the studies").click()
    expect(page.get_by_text("No run yet.")).to_be_visible()


def test_an_upload_is_reported_and_becomes_the_next_version(page, tmp_path):
    path = zipped(
        tmp_path,
        name="flächen süd",
        shapes=[*SQUARES, FAR_AWAY],
        columns={"FLURSTUECK": ["0012/7", "0013", "0014"], "NAME": ["Süd", "Öst", "Weit weg"]},
    )
    upload(page, path)
    expect(page.locator("h1")).to_have_text("flächen süd.zip")
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    row = page.locator("section", has_text="Refused rows").locator("tbody tr")
    expect(row).to_contain_text("the shape lies outside the municipality")
    page.get_by_role("button", name="Publish this version").click()
    expect(page.get_by_text("in use from now on")).to_be_visible()
    page.get_by_role("link", name="See the data").last.click()
    article = newest_upload(page)
    expect(article).to_contain_text("3 rows read, 2 used, 1 refused.")
    card = page.locator("section.layer-card", has_text="Kataster Flußstadt")
    expect(card.get_by_role("heading")).to_have_text("Candidate parcels")
    expect(card.locator("summary")).to_have_text("2 versions")


def test_the_study_scores_what_was_uploaded(page):
    run_study(page)
    # the page changes by itself from progress to ranking
    expect(page.locator("h1")).to_contain_text("First look:")
    page.get_by_role("link", name="Süd").first.click()
    expect(page.locator("h1")).to_have_text("Süd")
    assert "/parcels/0012/7/" in page.url
    expect(page.locator(".facts")).to_contain_text("1,200")
    page.wait_for_selector(IDLE)
    page.goto(HERE)
    page.wait_for_selector(IDLE)
    assert page.locator("[data-ref='0012/7']").count() == 1
    # the view is that of the town, not of the two parcels
    west, _, east, _ = page.evaluate(
        "JSON.parse(document.getElementById('map-data').textContent).bounds"
    )
    assert east - west > 0.008


def test_a_broken_file_gets_a_sentence_and_the_old_version_stays(page, tmp_path):
    broken = tmp_path / "kaputt.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("liesmich.txt", "kein Shapefile")
    drop(page, broken)
    page.wait_for_url("**/uploads/*/")
    expect(page.get_by_role("alert")).to_contain_text(".shp")
    page.goto(f"{HERE}data/")
    expect(newest_upload(page)).to_contain_text("The version in use before is still in use.")
    card = page.locator("section.layer-card", has_text="Kataster Flußstadt")
    expect(card.locator("summary")).to_have_text("2 versions")


def test_a_lost_connection_and_a_reload_lose_nothing(page, tmp_path):
    """The second part is lost, the page loaded anew: the same file goes on where it stopped."""
    rows = "".join(f"{n},GE,6.0{n % 90:02d},50.77,{'x' * 90}\n" for n in range(60_000))
    path = tmp_path / "gross.csv"
    path.write_text("id,zoning,lon,lat,remark\n" + rows)
    assert path.stat().st_size > 5 * 2**20  # more than one part of 4 MiB
    sent = []

    def cut(route) -> None:
        offset = route.request.headers["upload-offset"]
        sent.append(offset)
        route.abort() if offset != "0" else route.continue_()

    page.route("**/arrivals/*/", lambda r: cut(r) if r.request.method == "PUT" else r.continue_())
    page.goto(f"{HERE}data/")
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-said]")).to_contain_text("The connection is lost")
    page.unroute_all()
    page.goto(f"{HERE}data/")
    expect(page.locator(".coming")).to_contain_text(["", "gross.csv"])
    later = []
    page.on(
        "request",
        lambda r: later.append(r.headers["upload-offset"]) if r.method == "PUT" else None,
    )
    page.set_input_files("input[type=file]", path)
    page.wait_for_url("**/uploads/*/")
    assert sent[0] == "0" and later == [str(4 * 2**20)]
    expect(page.get_by_role("button", name="Check every row")).to_be_visible()
    page.get_by_role("button", name="Discard this file").click()
    page.wait_for_url("**/data/#bring")


def test_something_that_cannot_be_read_is_refused_before_it_is_sent(page, tmp_path):
    other = tmp_path / "bild.exe"
    other.write_bytes(b"not a map")
    drop(page, other)
    expect(page.locator("[data-said]")).to_contain_text("Files ending in .exe cannot be read")


def test_a_waiting_run_says_so_and_can_be_cancelled(page, worker):
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        run_study(page)
        expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
        expect(page.locator("[data-waits]")).to_contain_text(
            "no worker answers at all",
        )
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Cancelled. Nothing was changed.")).to_be_visible()
    finally:
        os.kill(worker.pid, signal.SIGCONT)
    page.get_by_role("link", name="Back to the studies").click()
    expect(page.locator("tbody .chip").filter(has_text="cancelled").first).to_be_visible()


def test_the_end_of_ones_work_is_told_once_on_any_page(page):
    run_study(page)
    page.goto(f"{HERE}data/")
    notice = page.locator("[data-notice]", has_text="Scoring run")
    expect(notice.first).to_contain_text("See the result")
    expect(page.locator("#notices")).to_have_attribute("aria-live", "polite")
    # more may have ended before; every one is closed by hand
    while notice.count():
        notice.first.get_by_role("button", name="Close").click()
    with page.expect_response("**/work/notices"):
        page.goto(f"{HERE}studies/")
    expect(notice).to_have_count(0)


def test_the_work_page_shows_what_ended_and_leads_to_it(page):
    page.goto(f"{HERE}work/")
    ended = page.locator("section", has=page.get_by_role("heading", name="Ended"))
    item = ended.locator("article", has_text="done").filter(has_text="Scoring run").first
    expect(item).to_contain_text("demo")
    item.get_by_role("link", name="See the result").click()
    page.wait_for_url("**/runs/**")


def test_the_report_is_written_and_taken_home(page):
    page.goto(f"{HERE}studies/")
    page.locator("tr", has_text="done").get_by_role("link").first.click()
    page.get_by_label("Language of the report").select_option("de")
    page.get_by_role("button", name="Write report").click()
    page.wait_for_url("**/reports/")
    link = page.get_by_role("link", name="Download PDF").first
    expect(link).to_be_visible(timeout=60 * SECONDS)
    with page.expect_download() as waiting:
        link.click()
    assert re.fullmatch(
        rf"heathub-{SLUG}-\d{{4}}-\d\d-\d\d-de\.pdf", waiting.value.suggested_filename
    )
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")


def test_the_map_to_mail_and_the_ranking_are_taken_home(page):
    page.goto(f"{HERE}studies/")
    page.locator("tr", has_text="done").get_by_role("link").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Map to mail").click()
    assert waiting.value.suggested_filename == f"heathub-{SLUG}-map.html"
    assert "<html" in Path(waiting.value.path()).read_text()[:2000].lower()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert "Süd" in Path(waiting.value.path()).read_text()


def test_everything_can_be_reached_by_keyboard(page, town):
    page.goto(f"/m/{town.slug}/")
    page.wait_for_selector(IDLE)
    rows = page.locator(".ranking button")
    # from the page's start, by nothing but the tab key
    for _ in range(120):
        page.keyboard.press("Tab")
        if rows.first.evaluate("row => row === document.activeElement"):
            break
    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Question this parcel")
    expect(link).to_be_visible()
    page.keyboard.press("Enter")  # once more: the card has the focus on its link
    page.wait_for_url("**/parcels/**")


def test_the_language_changes_and_the_page_stays(page, town):
    page.goto(f"/m/{town.slug}/")
    page.wait_for_selector(IDLE)
    page.locator(".ranking button").first.click()
    # the address follows when the flight to the parcel has ended
    page.wait_for_function("location.hash.startsWith('#map=16.4')")
    place = page.evaluate("location.hash")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("location.pathname + location.hash") == f"/m/{town.slug}/{place}"
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_stranger_finds_none_of_it(page, browser, live_url, stranger):
    seen = set()
    page.on("response", lambda r: seen.add(r.url.removeprefix(live_url)) if r.ok else None)
    page.goto(HERE)
    page.wait_for_selector(IDLE)
    page.goto(f"{HERE}reports/")
    seen.update(page.locator("a[href*='/file']").evaluate_all("all => all.map(a => a.pathname)"))
    page.goto(f"{HERE}studies/")
    page.locator("tr", has_text="done").get_by_role("link").first.click()
    seen.update(page.locator("main a").evaluate_all("all => all.map(a => a.pathname)"))
    page.locator("tbody th a").first.click()
    page.wait_for_selector(IDLE)
    seen.update(page.locator("main a").evaluate_all("all => all.map(a => a.pathname)"))
    seen = {path for path in seen if path.startswith((HERE, "/tiles/", "/api/"))}
    assert {path for path in seen if ".mvt" in path}
    assert {path for path in seen if path.endswith("/file")}
    context = browser.new_context(base_url=live_url)
    other = context.new_page()
    other.goto("/login/")
    other.get_by_label("User name").fill(stranger.username)
    other.get_by_label("Password").fill("p")
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/m/**")
    answers = {path: context.request.get(path).status for path in sorted(seen)}
    assert answers == dict.fromkeys(sorted(seen), 404)
    assert other.goto(HERE).status == 404
    assert "does not exist, or it belongs to a town" in other.content()
    context.close()
