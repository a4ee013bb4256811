"""Atom feeds of a search and of a page."""

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from kmwiki import worker
from kmwiki.permissions import Actor
from kmwiki.services.pages.page_care import hide_version, rename
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, send, term

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def titles(browser: FlaskClient, address: str) -> list[str]:
    answer = browser.get(address)
    assert answer.status_code == 200 and answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert address in str(feed.find("a:link[@rel='self']", ATOM).get("href"))  # type: ignore[union-attr]
    return [entry.findtext("a:title", "", ATOM) for entry in feed.findall("a:entry", ATOM)]


def test_every_search_has_a_feed(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    published(site, people, "good-practice", practice())
    published(site, people, "needs-analysis", need())
    published(site, people, "term", term())
    worker.drain(site)

    assert titles(browser, "/feed.atom?q=water&type=good-practice") == ["Training water committees"]
    assert set(titles(browser, "/feed.atom?country=MW")) == {
        "How can offices plan for drought?", "Training water committees",
    }  # fmt: skip
    assert 'href="/feed.atom?q=water&amp;country=MW"' in browser.get("/search?country=MW&q=water").text


def test_one_search_is_one_feed_however_its_address_is_written(
    site: Site, people: dict[str, Actor], browser: FlaskClient
) -> None:
    published(site, people, "good-practice", practice())
    worker.drain(site)

    ids = {
        ElementTree.fromstring(browser.get(f"/feed.atom?{query}").data).findtext("a:id", "", ATOM)
        for query in ("type=term&type=good-practice&q=water", "q=water&type=good-practice&type=term&sort=title&page=4")
    }

    assert len(ids) == 1 and ids != {
        ElementTree.fromstring(browser.get("/feed.atom").data).findtext("a:id", "", ATOM)
    }


def test_a_page_has_a_feed_of_its_versions(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    page = published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "A tap.\n"})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    with site.work(people["moderator"]) as uow:
        hide_version(uow, "water-point", 1, "It holds personal data.")

    answer = browser.get("/pages/water-point/feed.atom")
    entries = ElementTree.fromstring(answer.data).findall("a:entry", ATOM)

    assert [entry.findtext("a:title", "", ATOM) for entry in entries] == [
        "Water point: Version 2", "Water point: Version 1",
    ]  # fmt: skip
    assert entries[0].findtext("a:author/a:name", "", ATOM) == "Contributor"
    assert entries[1].findtext("a:summary", "", ATOM) == "text hidden by a moderator"
    assert page.slug == "water-point"


def test_a_renamed_page_takes_its_feed_along(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        rename(uow, "water-point", "well")

    assert browser.get("/pages/water-point/feed.atom").location == "/pages/well/feed.atom"


@pytest.mark.parametrize("address", ["/pages/nothing/feed.atom", "/feed.atom?q=" + "x" * 400])
def test_what_is_not_there_has_no_feed(browser: FlaskClient, address: str) -> None:
    assert browser.get(address).status_code in (404, 422)
