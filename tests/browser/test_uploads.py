"""Pictures and files on a weak line: pieces, breaks, reloads; made smaller first; put into a text while one writes."""

import base64
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from browser.looking import faults_of
from browser.people import Person, script_complaints_of
from kmwiki.services.files.file_intake import take_in
from photos import SECRETS, is_red, opened, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW = {"offline": False, "latency": 10, "uploadThroughput": 150_000, "downloadThroughput": 1_000_000}
BROKEN = {"offline": True, "latency": 0, "uploadThroughput": 0, "downloadThroughput": 0}
GOOD = {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": -1}
#: Hands files over as the browser does when they are dropped or pasted.
HAND_OVER = """(place, [kind, files]) => {
    const data = new DataTransfer();
    for (const [name, type, text] of files) {
        const bytes = typeof text === "number" ? new Uint8Array(text)
            : Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
        data.items.add(new File([bytes], name, {type, lastModified: 1}));
    }
    const given = {bubbles: true, cancelable: true};
    place.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", {...given, dataTransfer: data})
        : new ClipboardEvent("paste", {...given, clipboardData: data}));
}"""


@pytest.fixture
def window_of(chromium, demo: str, state_of):
    """A window of somebody; requests may fail in it, scripts may not."""
    contexts, complaints = [], []

    def open_window(name: str = "contributor") -> Person:
        context = chromium.new_context(base_url=demo, storage_state=state_of(name), locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        script_complaints_of(page, complaints)
        return Person(page)

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def writer(window_of) -> Person:
    """Somebody at the files of a new term."""
    person = window_of()
    person.go("/new/term")
    person.write(title="Hand pump", definition="A pump.")
    change = person.save_and_look()
    person.go(f"{change}/files")
    return person


def noise(seed: int, side: int = 300) -> bytes:
    """A picture that no format makes smaller."""
    out = BytesIO()
    Image.frombytes("RGB", (side, side), Random(seed).randbytes(side * side * 3)).save(out, "PNG")
    return out.getvalue()


def hand_over(place: Locator, kind: str, files: dict[str, bytes | int]) -> None:
    """A number stands for so many bytes of nothing."""
    types = {"jpg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml"}
    given = [
        [name, types.get(name[-3:], ""), content if isinstance(content, int) else base64.b64encode(content).decode()]
        for name, content in files.items()
    ]
    place.evaluate(HAND_OVER, [kind, given])


def drop(person: Person, **files: bytes | int) -> None:
    hand_over(person.page.locator("body"), "drop", {name.replace("_", "."): c for name, c in files.items()})


def line_is(person: Person, conditions: dict) -> None:
    if not hasattr(person, "line"):
        person.line = person.page.context.new_cdp_session(person.page)
        person.line.send("Network.enable")
    person.line.send("Network.emulateNetworkConditions", conditions)


def offsets_sent(person: Person) -> list[int]:
    """Where each piece begins, as they are sent from now on."""
    offsets: list[int] = []

    def of_request(request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    person.page.on("request", of_request)
    return offsets


def card(person: Person, name: str) -> Locator:
    return person.main.locator("li.upload").filter(has_text=name)


def stored(person: Person, name: str) -> bytes:
    """What the site has of a file of the change."""
    answer = person.page.request.get(re.sub(r"/(edit|files)$", "", person.path) + f"/files/{name}")
    assert answer.ok, answer.status
    return answer.body()


def added(person: Person, *names: str) -> None:
    """Every file stands in the list of files, in a page that was loaded anew."""
    for name in names:
        expect(person.main.get_by_role("heading", name=name)).to_be_visible()


def is_whole(person: Person, name: str, content: bytes) -> bool:
    return sha256(stored(person, name)).hexdigest() == take_in(name, content).entry.sha256


def test_three_pictures_come_through_a_line_that_breaks(writer: Person) -> None:
    pictures = {"a_png": noise(1), "b_png": noise(2), "c_png": noise(3)}
    offsets = offsets_sent(writer)
    line_is(writer, SLOW)
    drop(writer, **pictures)
    expect(card(writer, "c.png")).to_contain_text("Waits for its turn")
    expect(card(writer, "a.png")).to_contain_text(re.compile(r"[1-9]\d* KB of 27\d KB have arrived"))
    card(writer, "a.png").get_by_label("What does it show?").fill("A hand pump")
    writer.press("Add")
    writer.see("Still on their way: 3")

    line_is(writer, BROKEN)
    expect(card(writer, "a.png")).to_contain_text("No connection: it goes on by itself")
    before = len(offsets)
    line_is(writer, GOOD)
    added(writer, "a.png", "b.png", "c.png")
    assert offsets[before] > 0
    for name, content in pictures.items():
        assert is_whole(writer, name.replace("_", "."), content)
    expect(writer.main.get_by_label("What does it show?").first).to_have_value("A hand pump")


def test_after_a_reload_the_same_file_goes_on_where_it_was(writer: Person, tmp_path: Path) -> None:
    picture = tmp_path / "d.png"
    picture.write_bytes(noise(4))
    chooser = writer.main.get_by_label("Files", exact=True)
    line_is(writer, {**SLOW, "uploadThroughput": 60_000})
    chooser.set_input_files(picture)
    expect(card(writer, "d.png")).to_contain_text(re.compile(r"[1-9]\d* KB of"))
    writer.page.once("dialog", lambda dialog: dialog.accept())
    writer.page.reload()
    expect(card(writer, "d.png")).to_contain_text("are here from before. Choose the same file again")

    offsets = offsets_sent(writer)
    line_is(writer, GOOD)
    chooser.set_input_files(picture)
    writer.see("All of it has arrived")
    expect(card(writer, "d.png")).to_have_count(1)
    assert offsets[0] > 0
    writer.press("Add")
    added(writer, "d.png")
    assert is_whole(writer, "d.png", noise(4))


def test_a_session_that_ends_on_the_way_costs_a_sign_in_alone(writer: Person) -> None:
    context = writer.page.context
    cookies = context.cookies()
    line_is(writer, SLOW)
    drop(writer, i_png=noise(11))
    expect(card(writer, "i.png")).to_contain_text(re.compile(r"[1-9]\d* KB of"))
    context.clear_cookies()
    expect(card(writer, "i.png")).to_contain_text("You have been signed out: sign in in another tab")
    context.clear_cookies()
    context.add_cookies(cookies)

    expect(card(writer, "i.png")).to_contain_text("All of it has arrived")


def test_a_large_photo_is_made_smaller_and_says_nothing_of_its_place(writer: Person) -> None:
    taken = photo(size=(3000, 2000), orientation=6, quality=100)
    drop(writer, pump_jpg=taken)
    expect(card(writer, "pump.jpg")).to_contain_text(re.compile(r"Made smaller: \d[\d.]* [KM]B → \d[\d.]* KB"))
    sent = []
    writer.page.on("request", lambda request: sent.append(request.method))
    writer.press("Add")
    added(writer, "pump.jpg")
    kept = stored(writer, "pump.jpg")

    assert opened(kept).size == (1067, 1600)
    assert is_red(opened(kept), 0.9, 0.1)
    assert not any(secret in kept for secret in SECRETS)
    assert len(kept) < len(taken)


def test_what_cannot_be_taken_says_why_and_keeps_nothing_else_out(writer: Person) -> None:
    drop(writer, big_txt=22_000_000, page_html=b"<p>words", words_txt=b"Words.", empty_txt=b"")
    expect(card(writer, "big.txt")).to_contain_text("It has 22.0 MB. A file has at most 20 MB.")
    expect(card(writer, "page.html")).to_contain_text("This kind of file cannot be attached")
    expect(card(writer, "empty.txt")).to_contain_text("This file is empty.")
    expect(card(writer, "words.txt")).to_contain_text("All of it has arrived")
    assert faults_of(writer.page) == []

    for name in ("big.txt", "page.html", "empty.txt"):
        card(writer, name).get_by_role("button", name="Cancel").press("Enter")
    expect(writer.main.locator("li.upload")).to_have_count(1)
    card(writer, "words.txt").get_by_label("What is it?").fill("Some words")
    writer.press("Add")
    added(writer, "words.txt")


def test_a_cancelled_file_is_forgotten_on_the_site_too(writer: Person) -> None:
    line_is(writer, SLOW)
    drop(writer, e_png=noise(5))
    expect(card(writer, "e.png")).to_contain_text(re.compile(r"[1-9]\d* KB of"))
    with writer.page.expect_response(lambda answer: answer.request.method == "DELETE") as cancelled:
        card(writer, "e.png").get_by_role("button", name="Cancel").click()
    assert cancelled.value.status == 204
    expect(writer.main.get_by_label("Files", exact=True)).to_be_focused()
    expect(writer.main.get_by_label("What does it show?")).to_be_visible()


# ---- from a text


def in_form(writer: Person) -> Locator:
    """The text of the change, in its form."""
    writer.go(writer.path.replace("/files", "/edit"))
    return writer.page.locator("[name=definition]")


def test_a_picture_pasted_into_a_text_is_described_and_stands_where_it_was_pasted(writer: Person) -> None:
    text = in_form(writer)
    text.press("End")
    hand_over(text, "paste", {"image.png": noise(6, 40)})
    dialog = writer.page.get_by_role("dialog", name="A picture for the text")
    expect(dialog.get_by_label("What does it show?")).to_be_focused()
    assert faults_of(writer.page) == []
    dialog.get_by_label("What does it show?").fill("A pump [old]")
    dialog.get_by_role("button", name="Put it into the text").click()
    expect(text).to_have_value("A pump.\n\n![A pump \\[old\\]](image.png)")
    expect(text).to_be_focused()

    writer.page.get_by_role("tab", name="As readers see it").first.click()
    shown = writer.main.get_by_role("img", name="A pump [old]")
    expect(shown).to_have_js_property("naturalWidth", 40)
    writer.page.get_by_role("tab", name="Write").first.click()
    text.press("Control+z")
    expect(text).to_have_value("A pump.")
    writer.save()
    writer.does_not_see("Somebody else had saved meanwhile")


def test_one_goes_on_writing_while_a_picture_travels(writer: Person) -> None:
    text = in_form(writer)
    line_is(writer, SLOW)
    text.press("End")
    hand_over(text, "drop", {"f.png": noise(7)})
    writer.page.get_by_role("dialog").get_by_label("What does it show?").fill("A well")
    writer.page.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(card(writer, "f.png")).to_be_visible()
    text.press("Control+Home")
    writer.page.keyboard.type("Old: ")
    expect(text).to_have_value("Old: A pump.\n\n![A well](f.png)")
    writer.page.keyboard.type("and new: ")

    expect(text).to_have_value("Old: and new: A pump.\n\n![A well](f.png)")
    expect(card(writer, "f.png")).to_have_count(0)


def test_saving_waits_for_a_picture_that_travels(writer: Person) -> None:
    text = in_form(writer)
    line_is(writer, SLOW)
    text.press("End")
    hand_over(text, "drop", {"h.png": noise(10)})
    writer.page.get_by_role("dialog").get_by_role("button", name="Put it into the text").click()
    writer.press("Save")
    writer.see("Pictures on their way: 1. Saved when they stand in the text")
    writer.see("Saved.")

    expect(text).to_have_value("A pump.\n\n![what it shows](h.png)")


def test_a_picture_that_is_not_wanted_or_cannot_be_taken_leaves_the_text_alone(writer: Person) -> None:
    text = in_form(writer)
    hand_over(text, "drop", {"g.png": noise(8, 40)})
    writer.page.keyboard.press("Escape")
    expect(writer.page.get_by_role("dialog")).to_have_count(0)
    expect(card(writer, "g.png")).to_have_count(0)
    hand_over(text, "drop", {"drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"})
    expect(card(writer, "drawing.svg")).to_contain_text("This kind of file cannot be attached")

    expect(writer.page.get_by_role("dialog")).to_have_count(0)
    expect(text).to_have_value("A pump.")


def test_a_new_page_is_saved_before_it_takes_pictures(window_of) -> None:
    writer = window_of()
    writer.go("/new/term")
    writer.write(title="Rope pump", definition="A pump with a rope.")
    hand_over(writer.page.locator("[name=definition]"), "paste", {"image.png": noise(9, 40)})
    dialog = writer.page.get_by_role("dialog", name="The page is saved first")
    expect(dialog).to_contain_text("then paste or choose the picture again")
    dialog.get_by_role("button", name="Save now").click()

    writer.see("Saved.")
    assert writer.path.endswith("/edit")
    expect(writer.page.locator("[name=definition]")).to_have_value("A pump with a rope.")
