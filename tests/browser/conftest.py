"""One Chromium and one demo site for all browser tests; every test fails on what the browser complains about."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser.people import CHROMIUM_OPTIONS, Person, complaints_of, signed_in_state
from cli.processes import Running

WAIT_MILLISECONDS = 20_000


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """The browser. Without one the tests are skipped, or fail where KMWIKI_REQUIRE_BROWSER=1."""
    program = _chromium()
    if program is None:
        if os.environ.get("KMWIKI_REQUIRE_BROWSER") == "1":
            pytest.fail("A browser is required here (KMWIKI_REQUIRE_BROWSER=1) and no chromium was found")
        pytest.skip("Chromium is not installed: nothing was looked at in a browser")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo site that runs with its real processes."""
    folder: Path = tmp_path_factory.mktemp("demo") / "data"
    with Running(folder, "demo") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def state_of(chromium, demo: str) -> Callable[[str], object]:
    """The cookies of somebody who signed in; signed in once for all tests."""
    known: dict[str, object] = {}

    def state(name: str) -> object:
        if name not in known:
            known[name] = signed_in_state(chromium, demo, name)
        return known[name]

    return state


@pytest.fixture
def person(chromium, demo: str, state_of: Callable[[str], object]):
    """person("contributor", width=360, dark=True, javascript=False): a window of that person, "" of nobody."""
    contexts, complaints = [], []

    def open_window(name: str = "", *, width: int = 1280, dark: bool = False, javascript: bool = True) -> Person:
        context = chromium.new_context(
            base_url=demo, storage_state=state_of(name) if name else None, java_script_enabled=javascript,
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", locale="en-GB",
            reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(WAIT_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        complaints_of(page, complaints)
        return Person(page)

    yield open_window
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(autouse=True)
def short_write_transactions() -> Iterator[None]:
    """The server has its own processes; nothing is written in this one."""
    yield
