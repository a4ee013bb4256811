"""Markdown fields with the script: toolbar, keys, lists, completion, tables, the preview, and what is pasted."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from browser.looking import serious_by_axe, too_wide
from browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLIPBOARD = Path(__file__).parent / "clipboard"


@pytest.fixture
def writer(person) -> Person:
    """Somebody in front of a new term."""
    contributor = person("contributor2")
    contributor.go("/new/term")
    return contributor


def text_of(writer: Person) -> Locator:
    return writer.page.locator("[name=definition]")


def type_in(writer: Person, text: str) -> None:
    text_of(writer).focus()
    writer.page.keyboard.type(text)


def paste(writer: Person, html: str, plain: str = "plain words") -> None:
    """As the browser hands a clipboard over; the clipboard itself is not to be had without a window."""
    text_of(writer).focus()
    writer.page.evaluate(
        """([html, plain]) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          data.setData("text/plain", plain);
          const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          if (document.activeElement.dispatchEvent(paste)) document.execCommand("insertText", false, plain);
        }""",
        [html, plain],
    )


def tool(writer: Person, name: str) -> Locator:
    return writer.main.get_by_role("toolbar").first.get_by_role("button", name=name, exact=True)


def test_buttons_and_keys_put_marks_around_words_and_take_them_back(writer: Person) -> None:
    type_in(writer, "deep well")
    keyboard = writer.page.keyboard
    keyboard.press("Control+Shift+ArrowLeft")
    keyboard.press("Control+b")
    expect(text_of(writer)).to_have_value("deep **well**")
    keyboard.press("Control+z")
    expect(text_of(writer)).to_have_value("deep well")

    keyboard.press("End")
    keyboard.press("Control+Shift+ArrowLeft")
    tool(writer, "Italic").click()
    expect(text_of(writer)).to_have_value("deep _well_")
    expect(text_of(writer)).to_be_focused()


def test_the_toolbar_is_walked_with_arrows_and_pressed_once(writer: Person) -> None:
    type_in(writer, "word")
    writer.page.keyboard.press("Control+a")
    writer.page.keyboard.press("Shift+Tab")
    expect(tool(writer, "Bold")).to_be_focused()
    writer.page.keyboard.press("ArrowRight")
    expect(tool(writer, "Italic")).to_be_focused()
    writer.page.keyboard.press("ArrowLeft")
    writer.page.keyboard.press("Enter")

    expect(text_of(writer)).to_have_value("**word**")


def test_a_list_goes_on_and_ends(writer: Person) -> None:
    type_in(writer, "1. first\nsecond\n\nnext words")

    expect(text_of(writer)).to_have_value("1. first\n2. second\nnext words")


def test_two_brackets_offer_pages_and_link_one(writer: Person) -> None:
    type_in(writer, "See [[Coaching each")
    offer = writer.main.get_by_role("listbox", name="Pages").get_by_role("option").first
    expect(offer).to_contain_text("Coaching each other")
    assert serious_by_axe(writer.page) == []
    writer.page.keyboard.press("Enter")
    writer.page.keyboard.type(" now.")

    value = text_of(writer).input_value()
    assert value.startswith("See [[peer-coaching-circles-teachers|Coaching each other"), value
    assert value.endswith("]] now.")
    expect(writer.main.get_by_role("listbox", name="Pages")).to_have_count(0)


def test_a_table_is_asked_for_and_walked_with_tab(writer: Person) -> None:
    text_of(writer).focus()
    tool(writer, "Table").click()
    dialog = writer.page.get_by_role("dialog")
    expect(dialog.get_by_label("Rows")).to_be_focused()
    dialog.get_by_label("Rows").fill("1")
    dialog.get_by_label("Columns").fill("2")
    writer.page.keyboard.press("Enter")
    for words in ("Depth", "Wells", "20 m", "14"):
        writer.page.keyboard.type(words)
        writer.page.keyboard.press("Tab")

    assert text_of(writer).input_value().startswith("| Depth | Wells |\n| --- | --- |\n| 20 m")
    expect(text_of(writer)).not_to_be_focused()


def test_the_preview_is_what_readers_get(writer: Person) -> None:
    type_in(writer, "# Kinds\n\nA **well**, see [[peer-coaching-circles-teachers]] and <script>alert(1)</script>.")
    writer.page.keyboard.press("Shift+Tab")
    writer.main.get_by_role("tab", name="As readers see it").first.click()
    pane = writer.main.get_by_role("tabpanel").first

    expect(pane.locator("h3")).to_have_text("Kinds")
    expect(pane.get_by_role("link")).to_contain_text("Coaching each other")
    expect(pane.locator("script")).to_have_count(0)
    expect(text_of(writer)).to_be_hidden()
    assert serious_by_axe(writer.page) == []
    writer.page.keyboard.press("ArrowLeft")
    expect(text_of(writer)).to_be_visible()


def test_what_cannot_be_saved_is_told_with_its_line(writer: Person) -> None:
    text_of(writer).fill("one\n" + "> " * 40 + "deep")
    writer.main.get_by_role("tab", name="As readers see it").first.click()

    expect(writer.main.get_by_role("tabpanel").first).to_contain_text("line 2")


@pytest.mark.parametrize("name", sorted(path.stem for path in CLIPBOARD.glob("*.html")))
def test_what_is_pasted_becomes_markdown_and_is_taken_back_at_once(writer: Person, name: str) -> None:
    type_in(writer, "Before.")
    paste(writer, (CLIPBOARD / f"{name}.html").read_text(encoding="utf-8"))

    expect(text_of(writer)).to_have_value(
        "Before.\n\n" + (CLIPBOARD / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")
    )
    writer.page.keyboard.press("Control+z")
    expect(text_of(writer)).to_have_value("Before.")


def test_what_says_no_more_than_its_words_is_pasted_as_it_is(writer: Person) -> None:
    paste(
        writer,
        '<meta charset="utf-8"><div style="font-family: Consolas"><span>**bold** 1. x_y</span></div>',
        "**bold** 1. x_y",
    )

    expect(text_of(writer)).to_have_value("**bold** 1. x_y")


def test_control_shift_v_pastes_plain_words(writer: Person) -> None:
    text_of(writer).focus()
    writer.page.evaluate(
        """() => document.activeElement.dispatchEvent(
             new KeyboardEvent("keydown", {key: "V", code: "KeyV", ctrlKey: true, shiftKey: true, bubbles: true}))"""
    )
    paste(writer, "<p><b>bold</b></p>", "bold")

    expect(text_of(writer)).to_have_value("bold")


def test_an_address_over_words_makes_a_link(writer: Person) -> None:
    type_in(writer, "handbook")
    writer.page.keyboard.press("Control+a")
    paste(writer, "", "https://example.org/handbook")

    expect(text_of(writer)).to_have_value("[handbook](https://example.org/handbook)")


def test_pictures_are_offered_to_whoever_takes_them(writer: Person) -> None:
    writer.page.evaluate(
        """() => {
          const area = document.querySelector("[name=definition]"), data = new DataTransfer();
          area.addEventListener("kmwiki:pictures", e => {
            e.preventDefault(); area.value = e.detail.files.map(f => f.name).join();
          });
          data.items.add(new File(["x"], "well.png", {type: "image/png"}));
          area.focus();
          area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )

    expect(text_of(writer)).to_have_value("well.png")


def test_the_toolbar_fits_a_phone(person) -> None:
    contributor = person("contributor2", width=360)
    contributor.go("/new/term")
    contributor.press("Next question")  # on a phone one question stands in sight
    expect(contributor.page.locator("markdown-toolbar").first).to_be_visible()
    sizes = contributor.page.locator("markdown-toolbar button").evaluate_all(
        """all => all.map(e => e.getBoundingClientRect())
                     .filter(box => box.width).map(box => Math.min(box.width, box.height))"""
    )

    assert min(sizes) >= 24
    assert too_wide(contributor.page, 360) == []


def test_typing_in_a_long_text_stays_fluid(writer: Person) -> None:
    """A field of 100 kB: each key is painted within 50 ms of the script's and the layout's time."""
    line = "Water points are looked after by committees that meet each month and keep a book. "
    text_of(writer).fill((line * 6 + "\n\n") * 200)
    text_of(writer).focus()
    writer.page.keyboard.press("Control+Home")
    took = writer.page.evaluate(
        """async () => {
          const took = [], frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          for (let key = 0; key < 30; key += 1) {
            const start = performance.now();
            document.execCommand("insertText", false, "a");
            document.activeElement.offsetHeight;
            took.push(performance.now() - start);
            await frame();
          }
          return took.sort((a, b) => a - b);
        }"""
    )

    assert took[len(took) // 2] < 50, took
