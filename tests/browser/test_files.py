"""Pictures and files of a change, as people handle them: no script, a phone and a wide screen."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from browser.looking import faults_of
from photos import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_photo_is_added_described_and_loaded_in_the_width_of_a_phone(person, tmp_path: Path) -> None:
    (tmp_path / "Hand pump (1).JPG").write_bytes(photo(size=(2400, 1800), orientation=6))
    (tmp_path / "drawing.svg").write_bytes(b"<svg/>")
    author = person("contributor", javascript=False, width=360)
    author.go("/new/term")
    author.write(title="Hand pump", definition="It lifts water.\n\n![](Hand-pump-1.jpg)\n")
    author.page.locator("button[name=do][value=files]").click()
    change = author.path.removesuffix("/files")

    author.page.set_input_files("#f-file", [str(path) for path in sorted(tmp_path.iterdir())])
    author.page.locator("#f-credit").fill("R. Diallo")
    author.page.locator("form[data-uploads] button.main").click()
    author.see("drawing.svg: This kind of file cannot be attached")
    author.see("Say what “Hand-pump-1.jpg” shows")

    file = author.page.locator("#file-1")
    expect(file.locator("[name=credit]")).to_have_value("R. Diallo")
    file.locator("[name=alt]").fill("A woman at a blue pump")
    file.locator("[name=consent]").select_option("adults-agreed")
    file.locator("[name=alt]").press("Enter")  # saves, and takes nothing off
    author.see("Saved.")
    author.see("![A woman at a blue pump](Hand-pump-1.jpg)")

    reader = person("contributor", width=360)
    assert faults_of(_at(reader, f"{change}/files")) == []
    reader.page.set_viewport_size({"width": 360, "height": 800})
    reader.go(change)
    picture = reader.page.get_by_alt_text("A woman at a blue pump").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert urlsplit(picture.evaluate("img => img.currentSrc")).query.startswith("width=480&")


def _at(person, path: str):
    person.go(path)
    return person.page
