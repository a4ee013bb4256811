"""Talking about a page, by hand and without script; looked at on a phone and on a desk."""

import re

import pytest

from browser.looking import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "/pages/teachers-large-classes-multilingual"


def test_a_conversation_about_a_page_without_script(person) -> None:
    asker, other = person("contributor", javascript=False), person("contributor2", width=360, javascript=False)
    asker.go(PAGE)
    asker.main.get_by_role("link", name=re.compile("Talk about this page")).click()
    asker.main.get_by_label("Your comment").last.fill("Which **classes** are meant?")
    asker.main.get_by_label("About").select_option(index=2)
    asker.press("Add comment")
    asker.see("Your comment stands below.")

    other.go(f"{PAGE}/discussion")
    other.main.get_by_text("Answer", exact=False).locator("visible=true").first.click()
    other.main.get_by_label("Your answer").fill("Those of grade 3.")
    other.press("Add answer")
    other.see("Those of grade 3.")

    asker.go(f"{PAGE}/discussion")
    asker.press("Mark as settled")
    asker.see("Marked as settled.")


def test_how_a_discussion_looks(person) -> None:
    writer, reader = person("contributor"), person()
    writer.go(f"{PAGE}/discussion")
    table = "| and | a table |\n|--|--|\n| 1 | 2 |"
    for text in ("One question, with a very-long-word-" + "x" * 200, f"Another, with\n\n- a list\n\n{table}"):
        writer.main.get_by_label("Your comment").last.fill(text)
        writer.press("Add comment")
        writer.see("Your comment stands below.")
    writer.main.get_by_text("Mark as settled").first.click()
    writer.see("Marked as settled.")
    for summary in writer.main.locator("summary").all():
        summary.evaluate("e => e.parentElement.open = true")

    assert faults_of(writer.page) == []
    reader.go(f"{PAGE}/discussion")
    assert faults_of(reader.page) == []


def test_how_conversations_about_a_change_look(person) -> None:
    moderator = person("moderator")
    moderator.go("/review")
    moderator.main.locator("ol.entries h3 a").first.click()
    moderator.main.get_by_label("Your comment").last.fill("A source for this?")
    moderator.press("Add comment")
    moderator.see("Your comment stands below.")
    for summary in moderator.main.locator("summary").all():
        summary.evaluate("e => e.parentElement.open = true")

    assert faults_of(moderator.page) == []
