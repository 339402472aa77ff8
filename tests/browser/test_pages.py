"""The pages in a real browser: nothing broken in the console, accessible, list and map linked."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import sync_playwright

from heatmap.choices import UploadStep
from heatmap.identity import acting_as
from heatmap.ingest.samples import sample_csv
from heatmap.models import LayerVersion
from heatmap.services import uploads

AXE = Path("node_modules/axe-core/axe.min.js")
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
IDLE = "#map[data-state=idle]"
STUDY_FORMS = ("rules", "money", "assumptions")
HARMLESS = ("WebGL", "GPU stall")


def brought(town, kind: str, step: str) -> str:
    """The number of an upload that has come as far as `step`."""
    content = ContentFile(sample_csv(kind, 6.05, 50.77).encode())
    with acting_as(municipality=town.slug):
        upload = uploads.receive(
            town, None, kind=kind, file=content, name=f"{kind}.csv", step=UploadStep.INSPECT
        )
    upload = uploads.process(upload.job_id)
    if step != UploadStep.INSPECT:
        with acting_as(municipality=town.slug):
            upload = uploads.next_step(upload, step, None)
        upload = uploads.process(upload.job_id)
    assert upload.job.state == "done", upload.job.sentence
    return str(upload.pk)


@pytest.fixture(scope="module")
def addresses(town, finished_run) -> dict[str, str]:
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.get(rank=1).ref
        layer = LayerVersion.objects.filter(layer__kind="parcels").first().layer_id
    answers = brought(town, "pipes", UploadStep.INSPECT)
    report = brought(town, "parcels", UploadStep.CHECK)
    series = brought(town, "series", UploadStep.CHECK)
    base, study = f"/m/{town.slug}/", finished_run.study_id
    return {
        "map": base, "data": f"{base}data/", "studies": f"{base}studies/",
        "reports": f"{base}reports/", "run": f"{base}runs/{finished_run.pk}/",
        "parcel": f"{base}runs/{finished_run.pk}/parcels/{ref}/", "work": f"{base}work/",
        "kinds": f"{base}kinds/", "answers": f"{base}uploads/{answers}/",
        "report": f"{base}uploads/{report}/", "series": f"{base}uploads/{series}/",
        "layer": f"{base}layers/{layer}/", "compare": f"{base}layers/{layer}/compare/",
        "edit": f"{base}layers/{layer}/edit/", "table": f"{base}layers/{layer}/table/",
        **{f"study-{name}": f"{base}studies/{study}/{name}" for name in STUDY_FORMS},
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser(addresses):
    # after the addresses: while the browser's event loop runs, Django refuses the database
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def page(browser, live_url, theme):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=theme, reduced_motion="reduce",
        locale="en-GB",
    )  # fmt: skip
    opened = context.new_page()
    opened.troubles = []
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            opened.troubles.append(said.text)
            if said.type == "error" and not any(word in said.text for word in HARMLESS)
            else None
        ),
    )
    opened.goto(f"{live_url}/login/")
    opened.click("form[action='/demo-sign-in/'] button")
    yield opened
    assert opened.troubles == []
    context.close()


def violations(page) -> list:
    # through the debugger, so that the page's own content policy stays as strict as it is
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    return page.evaluate(
        "async () => (await axe.run()).violations.map(v => [v.id, v.nodes[0].html.slice(0, 160)])"
    )


PAGES = (
    "map", "data", "studies", "reports", "run", "parcel", "work", "layer", "compare", "edit",
    "table", "kinds", "answers", "report", "series",
    "study-rules", "study-money", "study-assumptions",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_never_wider_than_the_window(
    page, live_url, addresses, name, width
):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_url + addresses[name])
    if name == "series":
        page.wait_for_selector("html[data-charts=drawn]", timeout=30000)
    if name in ("map", "parcel", "edit"):
        page.wait_for_selector(IDLE, timeout=30000)
    if name.startswith("study-"):
        # what is folded away is judged too
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_list_and_map_are_linked_both_ways(page, live_url, addresses):
    page.goto(live_url + addresses["map"])
    page.wait_for_selector(IDLE, timeout=30000)
    row = page.locator(".ranking button").first
    row.click()
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE, timeout=30000)
    assert row.get_attribute("aria-current") == "true"
    assert page.locator("#inspector").is_visible()
    page.keyboard.press("Escape")
    assert row.get_attribute("aria-current") is None
    # the list centred the parcel in what the card leaves free: 300 px on the left are covered
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 300 + (box["width"] - 300) / 2, box["y"] + box["height"] / 2)
    assert row.get_attribute("aria-current") == "true"


def test_the_rules_of_a_study_are_set_with_the_keyboard_alone(page, live_url, addresses):
    page.goto(live_url + addresses["study-rules"])
    summary = page.locator("#weights > summary")
    summary.focus()
    page.keyboard.press("Enter")
    weight = page.locator("[name='n-score.npv_per_kw_weight']")
    assert weight.is_visible()
    page.keyboard.press("Tab")
    assert weight.evaluate("field => field === document.activeElement")
    page.keyboard.press("Control+A")
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    # the section that holds the mistake is open, the field tells what is wrong with it
    said = page.locator("#weights .error")
    assert "is no number" in said.inner_text()
    assert weight.get_attribute("aria-invalid") == "true"
    assert said.get_attribute("id") in weight.get_attribute("aria-describedby")
    assert weight.input_value() == "much"
    assert violations(page) == []


def test_the_parcel_page_draws_its_year(page, live_url, addresses):
    page.goto(live_url + addresses["parcel"])
    page.wait_for_selector("html[data-charts=drawn]", timeout=30000)
    assert page.locator("[data-chart=year] canvas").count() > 0


def test_the_contents_of_a_long_page_lead_to_every_part(page, live_url, addresses):
    page.goto(live_url + addresses["parcel"])
    page.wait_for_selector("html[data-charts=drawn]", timeout=30000)
    links = page.locator(".contents a")
    assert links.count() > 8
    for i in range(links.count()):
        part = page.locator(links.nth(i).get_attribute("href"))
        assert part.count() == 1
    last_but_some = links.nth(links.count() - 4)
    last_but_some.click()
    page.wait_for_function("document.querySelector('.contents [aria-current]') !== null")
    # the part begins below the list, which says where one is
    title = page.locator(last_but_some.get_attribute("href")).locator("h2").first.bounding_box()
    strip = page.locator(".contents").bounding_box()
    assert strip["y"] + strip["height"] <= title["y"] < strip["y"] + strip["height"] + 200
    assert last_but_some.get_attribute("aria-current") == "location"


def test_the_page_keeps_the_chosen_theme(page, theme):
    page.click("[data-switch-theme]")
    other = {"light": "dark", "dark": "light"}[theme]
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == other
