"""Other weights on the page of a run: the order follows, as the engines would have it."""

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from engines.scoring.aggregate import aggregate
from engines.scoring.value_functions import Criterion
from heatmap.identity import acting_as

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="module")
def ranked(town, finished_run):
    with acting_as(municipality=town.slug):
        rows = finished_run.candidates.filter(rank__isnull=False).order_by("rank")
        return [row.result | {"rank": row.rank} for row in rows]


def expected(ranked, changed: dict[str, float]) -> dict[str, int]:
    """Ranks by the engines, with these weights in per cent and all others as in the study."""
    given = ranked[0]["criteria"]
    rules = [
        Criterion(
            c["key"], c["unit"], c["low"], c["high"], changed.get(c["key"], 100 * c["weight"])
        )
        for c in given
    ]
    values = np.array(
        [[np.nan if c["score"] is None else c["score"] for c in row["criteria"]] for row in ranked]
    )
    refs = [row["ref"] for row in ranked]
    found = aggregate(refs, values, rules, np.ones_like(values, bool), np.zeros(len(refs), bool))
    return dict(zip(refs, found.rank, strict=True))


def shown(page) -> dict[str, int]:
    rows = page.locator("#weights tbody tr")
    return {
        row.get_attribute("data-ref"): int(row.locator("[data-new-rank]").text_content())
        for row in rows.all()
    }


def test_sliders_move_the_order_as_the_engines_would(live_url, town, finished_run, ranked):
    as_studied = expected(ranked, {})
    other = {"npv_per_kw": 0.0, "connection_length": 90.0}
    moved = expected(ranked, other)
    assert moved != as_studied  # else the sliders would prove nothing
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_context(locale="en-GB", reduced_motion="reduce").new_page()
        page.goto(f"{live_url}/login/")
        page.click("form[action='/demo-sign-in/'] button")
        page.goto(f"{live_url}/m/{town.slug}/runs/{finished_run.pk}/")
        assert shown(page) == as_studied == {row["ref"]: row["rank"] for row in ranked}
        for key, weight in other.items():
            page.fill(f"#weight-{key}", str(weight))
        assert shown(page) == moved
        first = page.locator("#weights tbody tr").first.get_attribute("data-ref")
        assert moved[first] == 1  # the table itself is in the new order
        page.click("[data-weights-reset]")
        assert shown(page) == as_studied
        browser.close()
