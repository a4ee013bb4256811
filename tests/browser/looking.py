"""What is looked at on every kind of page: nothing sticks out at its side, and axe finds nothing serious."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

WIDTHS = (320, 360, 1280)

#: Long lists draw the same line hundreds of times; the first ones stand for all.
_REST_OF_LISTS = (".choices.long label:nth-child(n+6)", ".entries > li:nth-child(n+6)", ".contents li:nth-child(n+6)")


@cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def faults_of(page: Page) -> list[str]:
    """Looked at narrow and light, wide and dark; the width of the page at every width."""
    found = []
    for width in WIDTHS:
        _as_seen(page, width, dark=width == 1280)
        found += too_wide(page, width)
        if width != 360:
            found += serious_by_axe(page)
    return found


def _as_seen(page: Page, width: int, dark: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")


def too_wide(page: Page, width: int) -> list[str]:
    """What sticks out where the page can be scrolled sideways."""
    if page.evaluate("document.documentElement.scrollWidth") <= width:
        return []
    outer = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(e => !e.closest(".vh") && e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 3).map(e => e.outerHTML.slice(0, 150))"""
    )
    return [f"{page.url} at {width} px can be scrolled sideways: {outer}"]


def serious_by_axe(page: Page) -> list[str]:
    """Rules of axe that are broken, with an element each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    answer: dict[str, Any] = page.evaluate(
        "rest => axe.run({exclude: rest.map(one => [one])}, {resultTypes: ['violations']})", _REST_OF_LISTS
    )
    return [
        f"{page.url}: {violation['id']} ({violation['impact']}): {node['html'][:200]}; {node['failureSummary'][:300]}"
        for violation in answer["violations"]
        if violation["impact"] in ("serious", "critical", "moderate")
        for node in violation["nodes"][:2]
    ]
