"""How long the map of the demo town takes until it can be used, in headless Chromium."""

import os
import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
TIMES = 5
MARK = "name => performance.getEntriesByName(name)[0].startTime / 1000"


def first_paint(served: Callable[..., AbstractContextManager[int]]) -> dict[str, Any]:
    """Seconds from asking for the page until it can be used, and until the tiles are drawn.

    The first useful paint shows ranking and map: the town's layers in their colours, as the first
    look draws them, at the place where the map draws the same from its tiles.

    Cold is a browser that has never been here, warm the same page once more. The tiles of the
    server are warm in both: other people look at the town too.
    """
    from playwright.sync_api import sync_playwright

    prepare()
    seen: dict[str, list[float]] = {"cold": [], "warm": []}
    drawn: dict[str, list[float]] = {"cold": [], "warm": []}
    page_ms: list[float] = []
    with served(HEATHUB_DEMO="1") as port, sync_playwright() as playwright:
        url = f"http://127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for _ in range(TIMES + 1):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(f"{url}/login/")
            page.click("form[action='/demo-sign-in/'] button")
            # signing in leads to the map: a browser that has been nowhere else starts anew
            session = context.cookies()
            context.close()
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies(session)
            page = context.new_page()
            for name in seen:
                page.goto(f"{url}/m/aachen-melaten/")
                # by the page itself: looking again and again from outside would cost it time
                page.wait_for_selector("#map[data-state=idle]", timeout=30_000)
                seen[name].append(page.evaluate(MARK, "map-seen"))
                drawn[name].append(page.evaluate(MARK, "map-drawn"))
            page_ms.append(
                page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
            )
            context.close()
        browser.close()
    print("painted", file=sys.stderr)
    # the first browser warms the server
    return {
        "first_useful_paint_s": _medians(seen),
        "all_tiles_drawn_s": _medians(drawn),
        "page_answered_ms": round(statistics.median(page_ms[1:])),
        "times": TIMES,
    }


def _medians(times: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(statistics.median(all_times[1:]), 2) for name, all_times in times.items()}


def prepare() -> None:
    """Load the demo town and score it."""
    from heatmap.identity import acting_as
    from heatmap.models import Municipality
    from heatmap.services.demo import DEMO_TOWNS, demo_user, load_town
    from sites.services import scoring
    from sites.services.studies import first_study

    os.environ.setdefault("HEATHUB_DEMO", "1")
    demo_user()
    load_town(DEMO_TOWNS[0], lambda line: print(line, file=sys.stderr))
    with acting_as(municipality=DEMO_TOWNS[0].slug):
        run = scoring.create_run(first_study(Municipality.objects.get()), None)
    scoring.execute(run.job_id)
