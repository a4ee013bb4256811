"""The moderators' desk with something of everything on it."""

import pytest

from browser.looking import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRACTICE = "/pages/peer-coaching-circles-teachers"
PAGE = "/pages/muraqabat-jawdat-almiyah"


def test_the_desk_with_something_of_everything_and_ticks_that_are_refused(person) -> None:
    reader, author, moderator = person(), person("contributor"), person("moderator")
    reader.go(f"{PRACTICE}/report")
    reader.main.locator("[name=kind][value=harmful]").check()
    reader.main.locator("[name=text]").fill("It names a village.")
    reader.press("Report it")
    reader.go(f"{PRACTICE}/ask-people")
    reader.main.locator("[name=name]").fill("Ann")
    reader.main.locator("[name=text]").fill("Is this the same as https://elsewhere.example.com/circles?")
    reader.press("Send the question")
    author.go(f"{PAGE}/ask")
    author.main.locator("[name=verb][value=archive]").check()
    author.main.locator("textarea[name=reason]").fill("Nobody uses it any more.")
    author.press("Ask for it")

    moderator.go("/review?show=all")
    moderator.see("It could harm somebody")
    moderator.see("held question")
    moderator.see("Asks to archive this page")
    moderator.press("I am looking at it")
    moderator.see("You are looking at it.")
    moderator.main.locator("section[aria-labelledby=group-reading] [name=ids]").first.check()
    moderator.press("Publish them")
    moderator.see("Nothing was done: please look at what is said below.")
    assert moderator.main.locator("[name=ids]:checked").count() == 1
    assert faults_of(moderator.page) == []

    moderator.go("/review/settings")
    assert faults_of(moderator.page) == []
