"""A pilot stands in buildings and at plants: list, map and card know them as candidates."""

from urllib.parse import unquote

import pytest
from map_page import ARGUMENTS, hash_of, middle, opened, rows_of, settled
from playwright.sync_api import expect, sync_playwright

from heatmap.identity import acting_as
from sites.services import scoring
from sites.services.studies import pilot_study


@pytest.fixture(scope="module")
def pilot_run(town, finished_run):
    """A pilot among institutional buildings and plants; gone again for the tests that follow."""
    with acting_as(municipality=town.slug):
        study = pilot_study(town)
        run = scoring.create_run(study, None)
    run = scoring.execute(run.job_id)
    assert run.result is not None, run.job.sentence
    with acting_as(municipality=town.slug):
        best = run.candidates.get(rank=1).ref
    yield run, best
    with acting_as(municipality=town.slug):
        study.delete()


@pytest.fixture(scope="module")
def browser(pilot_run):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield running
        running.close()


def test_places_of_a_pilot_are_found_on_the_map(pilot_run, browser, live_url, town):
    run, best = pilot_run
    page = opened(browser, live_url, town)
    page.goto(f"/m/{town.slug}/?run={run.pk}")
    settled(page)
    kind, ref = best.split(" ", 1)
    layer = next(row for row in rows_of(page) if row.startswith(f"{kind}s-"))
    page.locator(".ranking button").first.click()
    settled(page)
    assert hash_of(page)["c"] == f"{layer}~{ref}"
    # the card says what the run found at this place, and leads to its page
    card = page.locator("#inspector")
    expect(card).to_contain_text("Question this parcel")
    assert unquote(card.locator("a.primary").get_attribute("href")).endswith(f"/{best}/")
    # the same from the map: a click on the building under the number chooses the candidate
    page.locator("[data-close]").click()
    x, y = middle(page)
    page.mouse.click(x + 150, y)
    expect(card).to_contain_text("Question this parcel")
    assert page.troubles == []
    page.context.close()
