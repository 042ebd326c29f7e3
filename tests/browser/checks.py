"""What every page must be for everybody; each check tells its faults, and none when all is well."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKING: Final = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
AXE: Final = Axe()
# All rules that are not experiments, and the size of what a finger must hit, which axe leaves out unless it is asked.
RULES: Final = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
USUAL, HEIGHT = 1280, 720
WIDTHS: Final = (USUAL, USUAL // 2, USUAL // 4)  # CSS pixels, in a window that is zoomed to 100, 200 and 400 %


def look(page: Page, at: str) -> Any:
    return page.evaluate(f"{LOOKING}.{at}()")


def faults(page: Page, *, header: bool = True) -> dict[str, list[str]]:
    """Of the page as it is now, by the name of the check; the focus and the window's width are put about.

    A page without a header that could be skipped needs no link past it.
    """
    checks = [structure, axe, focus, *([skip_link] if header else []), zoom]
    found = {check.__name__: check(page) for check in checks}
    return {name: told for name, told in found.items() if told}


def axe(page: Page) -> list[str]:
    violations = AXE.run(page, options=RULES).response["violations"]
    return [f"{each['id']} ({each['help']}): {node['target']}" for each in violations for node in each["nodes"]]


def structure(page: Page) -> list[str]:
    """Language, and every word in it; title; the landmark of the content; headings without a gap in their levels."""
    levels = look(page, "headings")
    told = list(look(page, "foreign"))
    if page.get_by_role("main").count() != 1:
        told.append("not one content that can be jumped to")
    if page.locator("html").get_attribute("lang") != "ru":
        told.append("the page does not say that it is Russian")
    if not page.title():
        told.append("no title")
    if levels[:1] != [1] or levels.count(1) != 1:
        told.append(f"not one first heading: {levels}")
    if any(after - before > 1 for before, after in pairwise(levels)):
        told.append(f"headings leave out a level: {levels}")
    return told


def focus(page: Page) -> list[str]:
    """Tab reaches everything that can be used, in order, and it is seen where one is."""
    told = []
    for place in range(look(page, "start")):
        page.keyboard.press("Tab")
        now = look(page, "focused")
        if now["place"] != place:
            return [*told, f"Tab leads to {now['name']}, place {now['place']} and not {place}"]
        if now["fault"]:
            told.append(f"{now['name']} {now['fault']}")
    return told


def skip_link(page: Page) -> list[str]:
    """The first thing that Tab reaches leads past the header."""
    look(page, "start")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.getAttribute('href')") != "#main":
        return ["the first Tab does not reach a link to the content"]
    page.keyboard.press("Enter")
    arrived = page.evaluate("document.activeElement.tagName")
    return [] if arrived == "MAIN" else [f"the link to the content leads to {arrived}"]


def zoom(page: Page) -> list[str]:
    """Nothing is cut off, torn apart, tiny or scrolled to sideways, nor is it when its reader spaces the text out."""
    told = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        told += [f"at {width}: {each}" for at in ("wide", "small", "broken") for each in look(page, at)]
    look(page, "spaceOut")
    told += [f"at {width} and spaced out: {each}" for each in look(page, "wide")]
    page.evaluate("document.adoptedStyleSheets = []")
    page.set_viewport_size({"width": USUAL, "height": HEIGHT})
    return told
