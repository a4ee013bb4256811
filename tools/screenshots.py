"""Pictures of the demo for README and docs: docs/screenshots/<page>-<width>-<light|dark>.png.

Starts a demo of its own in a temporary folder and needs Chromium and the packages of `pip install -e .[browser]`:

    .venv/bin/python tools/screenshots.py
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser.people import CHROMIUM_OPTIONS, signed_in_state  # noqa: E402
from cli.processes import Running  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
HEIGHT = 1_600
#: Name, address, and who looks at it ("" for nobody in particular).
PAGES = [
    ("front", "/", ""),
    ("practice", "/pages/peer-coaching-circles-teachers", ""),
    ("form", "/pages/teachers-large-classes-multilingual/edit", "contributor"),
    ("comparison", "first change on the desk", "moderator"),
    ("desk", "/review", "moderator"),
    ("search", "/search?q=water", ""),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as folder,
        Running(Path(folder) / "data", "demo") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        base = f"http://127.0.0.1:{server.port}"
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                take_all(browser, base, width, scheme)


def take_all(browser: Browser, base: str, width: int, scheme: str) -> None:
    states = {name: signed_in_state(browser, base, name) for name in ("contributor", "moderator")}
    for name, path, who in PAGES:
        context = browser.new_context(
            base_url=base, storage_state=states.get(who), color_scheme=scheme, locale="en-GB",
            viewport={"width": width, "height": HEIGHT},
        )  # fmt: skip
        page = context.new_page()
        if path.startswith("/"):
            page.goto(path)
        else:
            page.goto("/review")
            # The newest of what waits is an edit of a page that readers know.
            page.locator("#group-quick ~ ol h3 a, #group-reading ~ ol h3 a").first.click()
            page.wait_for_url("**/changes/*")
        store(page.screenshot(), FOLDER / f"{name}-{width}-{scheme}.png")
        context.close()


def store(png: bytes, path: Path) -> None:
    """As a small picture with a palette."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
