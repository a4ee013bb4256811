"""The way of a page, walked by hand in a browser: written, sent back, corrected, published, found, changed."""

import re

import pytest

from browser.looking import faults_of
from browser.people import published_need

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_need_goes_the_whole_way(person) -> None:
    contributor, moderator, reader = person("contributor"), person("moderator"), person()
    contributor.go("/")
    contributor.page.locator("header nav summary", has_text="Write").click()
    contributor.page.locator("header nav a[href='/new/needs-analysis']").click()
    contributor.write_need_in_short("Which aquifers recover after two dry years?")
    change = contributor.save_and_look()
    contributor.send_in_short()

    moderator.go("/review")
    moderator.follow("Which aquifers recover after two dry years?")
    moderator.main.locator("#return-reason").fill("Which district asked?")
    moderator.press("Send back")
    moderator.see("Sent back")

    contributor.go(f"{change}/edit")
    contributor.see("Which district asked?")
    contributor.write(needs__0__asked_by="Turkana water office")
    contributor.save_and_look()
    contributor.send_in_short()

    moderator.go(change)
    moderator.see("Turkana water office")
    page = moderator.publish()

    reader.go(page)
    reader.see("Turkana water office")
    reader.finds("aquifers recover", "Which aquifers recover after two dry years?")


def test_a_published_page_is_changed_and_compared(person) -> None:
    contributor, moderator, reader = person("contributor"), person("moderator"), person()
    page = published_need(contributor, moderator, "How deep do rope pumps reach?")

    contributor.go(page)
    contributor.page.locator(f"a[href='{page}/edit']").first.click()
    contributor.write(purpose="Offices cannot decide where to drill wells by hand.", summary_of_change="By hand.")
    change = contributor.save_and_look()
    contributor.send_in_short()
    moderator.go(change)
    added = moderator.main.locator("ins").all_inner_texts()
    moderator.publish()

    assert any("by hand" in words for words in added)
    reader.go(page)
    reader.see("Offices cannot decide where to drill wells by hand.")
    reader.go(f"{page}/compare")
    assert any("by hand" in words for words in reader.main.locator("ins").all_inner_texts())


def test_two_who_change_different_answers_are_combined_and_told(person) -> None:
    contributor, contributor2, moderator = person("contributor"), person("contributor2"), person("moderator")
    page = published_need(contributor, moderator, "Who repairs hand pumps in the rains?")
    for author in (contributor, contributor2):
        author.go(f"{page}/edit")

    contributor.write(purpose="Districts cannot plan repairs.", summary_of_change="Purpose.")
    first = contributor.save_and_look()
    contributor.send_in_short()
    contributor2.write(needs__0__asked_by="Pump mechanics", summary_of_change="Who asked.")
    second = contributor2.save_and_look()
    contributor2.send_in_short()
    moderator.go(first)
    moderator.publish()
    moderator.go(second)
    moderator.see("what was published meanwhile is kept and combined with it")
    moderator.publish()

    moderator.see("Districts cannot plan repairs.")
    moderator.see("Pump mechanics")


def test_two_who_change_the_same_answer_see_both_texts(person) -> None:
    contributor, contributor2, moderator = person("contributor"), person("contributor2"), person("moderator")
    page = published_need(contributor, moderator, "What do spare parts cost in each district?")
    for author in (contributor, contributor2):
        author.go(f"{page}/edit")

    contributor.write(purpose="Districts cannot buy parts together.", summary_of_change="Purpose.")
    first = contributor.save_and_look()
    contributor.send_in_short()
    contributor2.write(purpose="Traders do not know what to store.", summary_of_change="Purpose.")
    second = contributor2.save_and_look()
    contributor2.send_in_short()
    moderator.go(first)
    moderator.publish()
    moderator.go(f"{second}/combine")
    moderator.see("Districts cannot buy parts together.")
    moderator.see("Traders do not know what to store.")
    assert faults_of(moderator.page) == []

    moderator.main.locator("input[value=both]").check()
    moderator.press("Save what I chose")
    moderator.page.wait_for_url(f"**{second}")
    moderator.publish()
    moderator.see("Districts cannot buy parts together.")
    moderator.see("Traders do not know what to store.")


def test_two_windows_of_one_author(person) -> None:
    one, two = person("contributor"), person("contributor")
    one.go("/new/term")
    one.write(title="Borehole log", definition="What a driller writes down.")
    change = one.save_and_look()
    for window in (one, two):
        window.go(f"{change}/edit")

    one.write(title="Driller's log")
    one.save()
    two.write(organisation__name="Lakeside Water Network")
    two.press("Save")

    two.see("Both are kept; look at what they changed")
    assert two.page.locator("[name=title]").input_value() == "Driller's log"
    assert two.page.locator("[name='organisation.name']").input_value() == "Lakeside Water Network"

    for window in (one, two):
        window.go(f"{change}/edit")
    one.write(definition="What is written while a well is drilled.")
    one.save()
    two.write(definition="A list of layers, by depth.")
    two.press("Save")

    two.see("What is written while a well is drilled.")
    two.see("A list of layers, by depth.")
    assert faults_of(two.page) == []


def test_a_moderator_cannot_publish_her_own_change(person) -> None:
    moderator, second = person("moderator"), person("moderator2")
    change = moderator.start_need_and_send("How are wells named on maps?")

    assert moderator.main.get_by_role("button", name="Publish", exact=True).count() == 0
    second.go(change)
    second.publish()
    second.see("Where will wells fall dry?")


def test_a_shared_draft_is_read_and_answered_without_an_account(person) -> None:
    contributor, friend = person("contributor"), person()
    contributor.go("/new/term")
    contributor.write(title="Static water level", definition="How deep the water stands while nobody pumps.")
    change = contributor.save_and_look()
    contributor.press("Make a link")
    contributor.see("This link opens the draft")
    link = re.search(r"/shared/[\w-]+", contributor.main.inner_text())

    friend.go(link[0])
    friend.see("How deep the water stands while nobody pumps.")
    assert faults_of(friend.page) == []
    friend.main.get_by_label("Your name").fill("Zoe")
    friend.main.get_by_label("Your comment").fill("Measured from where?")
    friend.press("Add comment")
    friend.see("Measured from where?")
    contributor.go(change)
    contributor.see("Measured from where?")
    assert friend.go(change).status in (401, 404)

    contributor.go(f"{change}/edit")
    contributor.write(definition="How deep below the ground the water stands while nobody pumps.")
    contributor.write(organisation__name="Lakeside Water Network")
    contributor.save_and_look()
    contributor.send_in_short()
    friend.go(link[0])
    friend.see("How deep below the ground")


def test_a_text_survives_a_session_that_ended(person) -> None:
    contributor = person("contributor2")
    contributor.go("/new/term")
    contributor.write(title="Aquifer test", definition="Pumping for a day and watching the level.")
    contributor.page.context.clear_cookies()
    contributor.press("Save")

    contributor.see("Your text is below")
    assert "Pumping for a day and watching the level." in contributor.page.content()
    assert faults_of(contributor.page) == []
