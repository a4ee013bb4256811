"""Everything works in a browser that runs no script."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_page_is_written_with_rows_and_sent(person) -> None:
    contributor = person("contributor", javascript=False)
    contributor.go("/new/needs-analysis")
    contributor.write_need_in_short("Which villages have no water committee?")
    contributor.page.locator("[name='needs.add']").click()
    contributor.write(
        needs__1__question="Who pays the mechanic?", needs__1__asked_by="Committees", needs__1__urgency="stops"
    )
    contributor.page.locator("[name='needs.add']").click()
    contributor.write(needs__2__question="A question that is taken out again")
    contributor.page.locator("[name='needs.2.remove']").click()

    contributor.save_and_look()
    contributor.send_in_short()
    contributor.see("Who pays the mechanic?")
    contributor.does_not_see("A question that is taken out again")


def test_rows_change_places(person) -> None:
    contributor = person("contributor2", javascript=False)
    contributor.go("/new/needs-analysis")
    contributor.write(needs__0__question="The first one?")
    contributor.page.locator("[name='needs.add']").click()
    contributor.write(needs__1__question="The second one?")
    contributor.page.locator("[name='needs.1.up']").click()

    expect(contributor.page.locator("[name='needs.0.question']")).to_have_value("The second one?")
    expect(contributor.page.locator("[name='needs.1.question']")).to_have_value("The first one?")


def test_enter_in_a_field_saves_and_removes_nothing(person) -> None:
    contributor = person("contributor2", javascript=False)
    contributor.go("/new/needs-analysis")
    contributor.write(title="Which wells are tested?", needs__0__question="Who tests them?")
    contributor.page.locator("[name=title]").press("Enter")

    contributor.see("Saved.")
    expect(contributor.page.locator("[name='needs.0.question']")).to_have_value("Who tests them?")


def test_search_and_facets(person) -> None:
    reader = person(javascript=False, width=360)
    reader.go("/search")
    reader.main.locator("input[type=search]").fill("water")
    reader.main.locator("form[role=search] button").click()
    expect(reader.main.locator("mark").first).to_be_visible()
    reader.main.locator(".facets summary").first.click()
    facet = reader.main.locator(".facets details details").first
    facet.locator("summary").click()
    value = facet.locator("li a").first
    count = int(value.locator(".number").inner_text())
    value.click()

    reader.page.wait_for_url("**/search?*type=*")
    assert count > 0
    expect(reader.main.locator(".entries > li")).to_have_count(min(count, 20))


def test_the_menu_opens(person) -> None:
    reader = person(javascript=False, width=360)
    reader.go("/")
    reader.page.locator("header summary").filter(visible=True).first.click()
    reader.page.locator("header a[href='/account/login']").filter(visible=True).first.click()

    expect(reader.main.locator("[name=password]")).to_be_visible()
