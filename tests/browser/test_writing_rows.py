"""Cards, links and titles with the script: nothing is loaded anew, and everything is done with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from browser.looking import serious_by_axe
from browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def questions(writer: Person) -> list[str]:
    return writer.page.locator("[name^='needs.'][name$='.question']").evaluate_all("all => all.map(e => e.value)")


def test_cards_are_added_moved_copied_removed_and_brought_back(person) -> None:
    writer = person("contributor2")
    writer.go("/new/needs-analysis")
    writer.write(needs__0__question="First?", needs__0__urgency="stops")
    writer.page.locator("[name='needs.add']").click()
    expect(writer.page.locator("[name='needs.1.question']")).to_be_focused()
    writer.page.keyboard.type("Second?")

    writer.page.locator("[name='needs.1.up']").press("Enter")
    assert questions(writer) == ["Second?", "First?"]
    expect(writer.page.locator("[name='needs.0.down']")).to_be_focused()

    writer.page.locator("[name='needs.1.duplicate']").press("Enter")
    assert questions(writer) == ["Second?", "First?", "First?"]
    expect(writer.page.locator("[name='needs.2.urgency']")).to_have_value("stops")

    writer.page.locator("[name='needs.0.remove']").press("Enter")
    assert questions(writer) == ["First?", "First?"]
    undo = writer.main.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert serious_by_axe(writer.page) == []
    undo.press("Enter")
    assert questions(writer) == ["Second?", "First?", "First?"]
    expect(writer.page.locator("[name='needs.0.remove']")).to_be_focused()


def test_a_copy_has_no_id_of_its_own_and_order_is_saved(person) -> None:
    writer = person("contributor2")
    writer.go("/new/needs-analysis")
    writer.write(title="Who repairs pumps here?", needs__0__question="First?")
    writer.save()
    expect(writer.page.locator("[name='needs.0.id']")).to_have_value("n1")
    writer.page.locator("[name='needs.0.duplicate']").click()
    expect(writer.page.locator("[name='needs.1.id']")).to_have_count(0)
    writer.write(needs__1__question="Second?")
    writer.page.locator("[name='needs.1.up']").click()
    writer.save()

    assert questions(writer) == ["Second?", "First?"]
    expect(writer.page.locator("[name='needs.0.id']")).to_have_value("n2")
    expect(writer.page.locator("[name='needs.1.id']")).to_have_value("n1")


def test_a_link_is_picked_by_typing_with_the_keyboard(person) -> None:
    writer = person("contributor2")
    writer.go("/new/case-study")
    writer.page.locator("#part-found > summary").click()
    box = writer.page.locator("#f-addresses-0-page")
    box.focus()
    writer.page.keyboard.type("teach")
    option = writer.main.get_by_role("listbox", name="Pages").get_by_role("option").first
    expect(option).to_be_visible()
    assert serious_by_axe(writer.page) == []
    title, slug = option.get_attribute("data-title"), option.get_attribute("data-slug")
    writer.page.keyboard.press("ArrowDown")
    writer.page.keyboard.press("Enter")

    expect(box).to_have_value(title)
    expect(writer.page.locator("[name='addresses.0.page']")).to_have_value(slug)
    choice = writer.page.locator("select[name='addresses.0.row']")
    choice.select_option("n1")
    writer.write(title="Circles of teachers in Kasungu")
    writer.save()
    expect(writer.page.locator("#f-addresses-0-page")).to_have_value(title)
    expect(writer.page.locator("select[name='addresses.0.row']")).to_have_value("n1")


def test_what_is_not_there_yet_is_a_choice(person) -> None:
    writer = person("contributor2")
    writer.go("/new/case-study")
    writer.page.locator("#part-found > summary").click()
    writer.page.locator("#f-addresses-0-page").focus()
    writer.page.keyboard.type("A need that nobody wrote down")
    writer.main.get_by_role("option", name="not there yet").click()

    expect(writer.page.locator("[name='addresses.0.wanted']")).to_have_value("A need that nobody wrote down")
    expect(writer.page.locator("[name='addresses.0.page']")).to_have_value("")


def test_a_title_like_another_is_told_while_it_is_typed(person) -> None:
    writer = person("contributor2")
    writer.go("/new/case-study")
    writer.page.locator("[name=title]").focus()
    writer.page.keyboard.type("Community gardens with solar pumps")
    writer.see("Is it one of these?")
    expect(writer.main.get_by_role("link", name="Solar pumps run by", exact=False).first).to_be_visible()
    assert serious_by_axe(writer.page) == []

    writer.press("None of these: go on")
    writer.does_not_see("Is it one of these?")
    expect(writer.page.locator("[name=title]")).to_be_focused()


def test_a_length_is_counted_and_never_refused(person) -> None:
    writer = person("contributor2")
    writer.go("/new/term")
    title = writer.page.locator("[name=title]")
    title.fill("x" * 60)
    writer.see("60 of 120 characters")
    title.fill("x" * 130)
    writer.see("130 of 120 characters")
    writer.save()


def test_a_long_list_is_narrowed_and_ticked_with_the_keyboard(person) -> None:
    writer = person("contributor2")
    writer.go("/new/needs-analysis")
    writer.page.locator("#f-countries-filter").focus()
    writer.page.keyboard.type("cote d'iv")
    writer.page.keyboard.press("Enter")
    writer.page.keyboard.press("ArrowDown")
    writer.page.keyboard.press("Space")

    expect(writer.page.locator("[name=countries][value=CI]")).to_be_checked()
    assert writer.path == "/new/needs-analysis"
    writer.page.keyboard.press("ArrowUp")
    expect(writer.page.locator("#f-countries-filter")).to_be_focused()
    writer.page.keyboard.press("Escape")
    expect(writer.page.locator("#f-countries-filter")).to_have_value("")


def test_a_case_study_is_written_from_nothing_with_the_keyboard(person) -> None:
    writer = person("contributor")
    writer.go("/new/case-study")
    keyboard = writer.page.keyboard

    def to(name: str) -> None:
        """Tab until this control has the focus."""
        for _step in range(60):
            if writer.page.evaluate("document.activeElement.name") == name:
                return
            keyboard.press("Tab")
        raise AssertionError(f"{name} was not reached with Tab")

    for name, keys in {
        "title": "Hand drilling in Salima", "places.0.country": "Malawi", "when.from": "2021",
        "summary": "Six crews drill wells by hand.",
    }.items():  # fmt: skip
        to(name)
        keyboard.type(keys)
    to("outcome")
    keyboard.press("Space")
    to("results.0.result")
    keyboard.type("40 wells")
    to("results.add")
    keyboard.press("Enter")
    keyboard.type("12 repaired")
    writer.page.locator("[name=title]").press("Enter")

    writer.see("Saved.")
    expect(writer.page.locator("[name='results.1.result']")).to_have_value("12 repaired")
    expect(writer.page.locator("[name='places.0.country']")).to_have_value("MW")
