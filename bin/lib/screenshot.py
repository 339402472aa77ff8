"""Takes the pictures of README.md and docs/user-guide.md from a running demo.

Needs chromium and the packages of bin/test. Colours are reduced to a palette: small files, the
same look.
"""

import argparse
import io
import math
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
    # without these the map comes out with holes on machines that have no graphics card
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
TOWN = "aachen-melaten"
IDLE = "#map[data-state=idle]"
CALM_MS = 600
MAX_BYTES = 400_000


def settle(page: Page) -> None:
    page.wait_for_timeout(CALM_MS)
    page.wait_for_selector(IDLE, timeout=30_000)


def save(page: Page, path: Path) -> None:
    shot = Image.open(io.BytesIO(page.screenshot()))
    palette = shot.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size / 1000:.0f} kB")
    if size > MAX_BYTES:
        raise SystemExit(f"{path.name} is larger than {MAX_BYTES / 1000:.0f} kB")


def choose_area(page: Page) -> None:
    """Draw a lasso around the middle of the town."""
    page.goto(page.url.split("#")[0])
    page.wait_for_selector(IDLE, timeout=30_000)
    page.get_by_label("Choose an area", exact=True).click()
    page.locator("[data-do=lasso]").click()
    box = page.locator("#map").bounding_box()
    x, y, wide, high = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 120, 150
    page.mouse.move(x + wide, y)
    page.mouse.down()
    for step in range(1, 60):
        turn = 2 * math.pi * step / 60
        page.mouse.move(x + wide * math.cos(turn), y + high * math.sin(turn))
    page.mouse.up()
    page.wait_for_selector("html[data-area=filled]")
    settle(page)


def take(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/login/")
    page.click("form[action='/demo-sign-in/'] button")
    page.goto(f"{url}/m/{TOWN}/")
    page.wait_for_selector(IDLE, timeout=30_000)
    page.locator(".ranking button").first.click()
    settle(page)
    save(page, folder / "map.png")
    choose_area(page)
    save(page, folder / "map-area.png")
    page.locator(".ranking button").first.click()
    page.click("#inspector a.button")
    page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    settle(page)
    save(page, folder / "parcel.png")
    page.goto(f"{url}/m/{TOWN}/data/#bring")
    page.wait_for_timeout(CALM_MS)
    save(page, folder / "data.png")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--folder", type=Path, default=ROOT / "docs" / "images")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="light", locale="en-GB",
            reduced_motion="reduce",
        )  # fmt: skip
        take(context.new_page(), given.url.rstrip("/"), given.folder.resolve())
        browser.close()


if __name__ == "__main__":
    main()
