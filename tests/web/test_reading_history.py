"""Earlier versions: the list, each of them, and what changed between two."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kmwiki.permissions import Actor
from kmwiki.services.pages.page_care import hide_version
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, send, term
from query_counter import counted_queries

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]


def publish_again(site: Site, people: People, slug: str, fields: dict[str, Any]) -> None:
    change = change_page(site, people["contributor"], slug, fields)
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)


@pytest.fixture
def twice(site: Site, people: People) -> None:
    """A term with two versions."""
    published(site, people, "term", term())
    publish_again(site, people, "water-point", {"definition": "A place where people fetch clean water."})


@pytest.mark.usefixtures("twice")
def test_the_history_lists_versions_newest_first(browser: FlaskClient) -> None:
    html = browser.get("/pages/water-point/history").text

    assert html.index("Version 2</a>") < html.index("Version 1</a>")
    assert "/pages/water-point/compare?from=1&amp;to=2" in html
    assert "Contributor" in html and "approved by Moderator" in html and "UTC" in html


@pytest.mark.usefixtures("twice")
def test_an_earlier_version_is_shown_as_such(browser: FlaskClient) -> None:
    earlier = browser.get("/pages/water-point/revisions/1").text
    newest = browser.get("/pages/water-point/revisions/2").text

    assert "This is version 1" in earlier and "a tap or a spring" in earlier
    assert "This is version" not in newest and "clean water" in newest
    assert '<link rel="canonical" href="http://localhost/pages/water-point">' in earlier


@pytest.mark.usefixtures("twice")
def test_a_comparison_marks_words_with_signs_that_are_read_aloud(browser: FlaskClient) -> None:
    html = browser.get("/pages/water-point/compare?from=1&to=2").text

    assert '<ins><span class="vh">[added: </span>clean ' in html
    assert "[removed:" in html
    assert "parts are the same." in html


@pytest.mark.usefixtures("twice")
def test_a_comparison_begins_with_the_newest_two(browser: FlaskClient) -> None:
    asked, given = browser.get("/pages/water-point/compare"), browser.get("/pages/water-point/compare?from=1&to=2")

    mains = [answer.text.partition("<main")[2].partition("</main>")[0] for answer in (asked, given)]
    assert mains[0] == mains[1] and "clean" in mains[0]


def test_rows_and_codes_are_compared_in_words(site: Site, people: People, browser: FlaskClient) -> None:
    page = published(site, people, "good-practice", practice())
    rows = [
        {"id": "r1", "result": "Pumps stand still for 4 days", "evidence": "users-told-us"},
        {"result": "Stores last", "evidence": "own-monitoring"},
    ]
    publish_again(site, people, str(page.slug), {"results": rows, "countries": ["MW", "ZM"]})

    html = browser.get(f"/pages/{page.slug}/compare").text

    assert "Malawi, Zambia" in html and "Users told us" in html and "new row" in html and "Stores last" in html
    assert "users-told-us" not in html


def test_a_hidden_version_shows_nothing_of_its_text(
    site: Site, people: People, browser: FlaskClient, twice: None
) -> None:
    with site.work(people["moderator"]) as uow:
        hide_version(uow, "water-point", 1, "Names a person.")

    history = browser.get("/pages/water-point/history")
    answers = [browser.get(f"/pages/water-point/{rest}") for rest in ("revisions/1", "compare?from=1&to=2")]

    assert "text hidden by a moderator" in history.text and "revisions/1" not in history.text
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("a tap or a spring" not in answer.text for answer in (*answers, history))


def test_history_takes_the_same_queries_however_long_it_is(
    site: Site, people: People, signed_in: SignIn, twice: None
) -> None:
    browser = signed_in("contributor")
    browser.get("/pages/water-point/history")
    with counted_queries(site.engine) as few:
        browser.get("/pages/water-point/history")
    for number in range(3):
        publish_again(site, people, "water-point", {"definition": f"Place number {number}."})

    with counted_queries(site.engine) as many:
        browser.get("/pages/water-point/history")

    assert len(few) == len(many) <= 6


def test_moderators_may_take_an_earlier_version_back(signed_in: SignIn, browser: FlaskClient, twice: None) -> None:
    address = "/pages/water-point/compare?from=1&to=2"

    assert 'action="/pages/water-point/revert"' in signed_in("moderator").get(address).text
    assert "revert" not in signed_in("contributor").get(address).text
    assert "revert" not in browser.get(address).text and "csrf" not in browser.get(address).text
