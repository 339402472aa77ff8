"""The map page in a browser: how it is opened, and when it has settled."""

from urllib.parse import unquote

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
IDLE = "#map[data-state=idle]"
HARMLESS = ("WebGL", "GPU stall")
SECONDS = 1000


def opened(browser, live_url, town, **how):
    context = browser.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **how},
        reduced_motion="reduce", base_url=live_url,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(20 * SECONDS)
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on(
        "console",
        lambda said: (
            page.troubles.append(said.text)
            if said.type == "error" and not any(word in said.text for word in HARMLESS)
            else None
        ),
    )
    page.goto("/login/")
    page.click("form[action='/demo-sign-in/'] button")
    page.goto(f"/m/{town.slug}/")
    return page


def settled(page):
    page.wait_for_timeout(250)
    page.wait_for_selector(IDLE, timeout=30 * SECONDS)
    page.wait_for_timeout(100)


def until(page, expression, arg=None):
    """As wait_for_function, which the content policy of the pages keeps from looking twice."""
    for _ in range(200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {expression}")


def middle(page):
    box = page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hash_of(page):
    parts = page.evaluate("location.hash.slice(1)").split("&")
    return {key: unquote(value) for key, value in (part.split("=", 1) for part in parts)}


def rows_of(page):
    return page.locator("[data-layer-row]").evaluate_all("all => all.map(a => a.dataset.layerRow)")
