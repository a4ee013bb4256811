"""Everything can be reached and done with the keyboard, and one always sees where one is."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What has the focus: a name for messages, and whether a line is drawn around it.
_FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {what: e.outerHTML.slice(0, 120), line: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          inSight: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight};
}"""


def test_the_first_key_offers_to_skip_to_the_content(person) -> None:
    reader = person()
    reader.go("/")
    reader.page.keyboard.press("Tab")
    skip = reader.page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    reader.page.keyboard.press("Enter")
    expect(reader.main).to_be_focused()


@pytest.mark.parametrize(("name", "path"), [("", "/"), ("", "/search?q=water"), ("contributor2", "/new/term")])
def test_one_sees_where_one_is(person, name: str, path: str) -> None:
    visitor = person(name)
    visitor.go(path)
    lost = []
    for _step in range(30):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(_FOCUSED)
        if not (focused["line"] and focused["inSight"]):
            lost.append(focused)

    assert lost == []


def test_a_menu_is_opened_left_and_closed(person) -> None:
    contributor = person("contributor2")
    contributor.go("/")
    menu = contributor.page.locator("header nav details.menu")
    menu.locator("summary").focus()
    contributor.page.keyboard.press("Enter")
    expect(menu.locator("a").first).to_be_visible()

    contributor.page.keyboard.press("Tab")
    expect(menu.locator("a").first).to_be_focused()
    contributor.page.keyboard.press("Escape")
    expect(menu.locator("a").first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_form_is_filled_and_saved(person) -> None:
    contributor = person("contributor2")
    contributor.go("/new/term")
    contributor.page.locator("[name=title]").focus()
    contributor.page.keyboard.type("Drawdown")
    contributor.page.keyboard.press("Enter")

    contributor.see("Saved.")
    expect(contributor.page.locator("[name=title]")).to_have_value("Drawdown")


def test_nothing_that_has_the_focus_is_hidden_under_the_save_bar(person) -> None:
    contributor = person("contributor2", width=360)
    contributor.go("/new/term")
    contributor.page.locator("[name=title]").focus()
    covered = []
    for _step in range(25):
        contributor.page.keyboard.press("Tab")
        covered += contributor.page.evaluate(
            """() => {
              const e = document.activeElement, bar = document.querySelector(".save").getBoundingClientRect();
              const box = e.getBoundingClientRect();
              const hidden = !e.closest(".save") && box.top >= bar.top && box.top < Math.min(bar.bottom, innerHeight);
              return hidden ? [e.outerHTML.slice(0, 120)] : [];
            }"""
        )

    assert covered == []
