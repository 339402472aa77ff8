"""A file that does not say where it lies is shown on the town's own map, once for each system."""

import pytest
from django.core.files import File
from factories import make_town, make_version
from playwright.sync_api import sync_playwright
from shapefiles import zipped

from heatmap.choices import DataClass, UploadStep
from heatmap.identity import acting_as
from heatmap.services import uploads

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="module")
def waiting(committed, planner, tmp_path_factory) -> str:
    """The page of a shapefile without its .prj."""
    town = make_town(member=planner)
    make_version(town, "parcels", data_class=DataClass.PUBLIC, rows=[{"parcel_kind": "x"}])
    path = zipped(tmp_path_factory.mktemp("places"), without=(".prj",))
    with acting_as(municipality=town.slug), path.open("rb") as handle:
        upload = uploads.receive(
            town, planner, kind="", file=File(handle), name=path.name, step=UploadStep.INSPECT
        )
    uploads.process(upload.job_id)
    return f"/m/{town.slug}/uploads/{upload.pk}/"


@pytest.mark.parametrize("has_webgl", [True, False])
def test_candidates_are_on_the_map_or_in_the_sketch(live_url, waiting, has_webgl):
    troubles = []
    with sync_playwright() as playwright:
        without = [] if has_webgl else ["--disable-gpu", "--disable-3d-apis"]
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *without]
        )
        page = browser.new_context(locale="en-GB", reduced_motion="reduce").new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{live_url}/login/")
        page.click("form[action='/demo-sign-in/'] button")
        page.goto(live_url + waiting)
        if has_webgl:
            page.wait_for_selector("[data-place-map][data-ready]", timeout=30000)
            assert not page.locator(".sketch > svg").is_visible()
            numbers = page.locator(".candidate-number").all_text_contents()
            # systems with which the file lies at the same place share a sign
            assert "1" in numbers[0].split(", ")
            page.locator("input[name=place]").nth(1).check()
            page.wait_for_selector("[data-place-map][data-state=idle]")
        else:
            page.wait_for_selector(".sketch > svg")
            page.wait_for_timeout(500)
            assert page.locator(".sketch > svg").is_visible()
            assert not page.locator("[data-place-map]").is_visible()
        browser.close()
    assert troubles == []
