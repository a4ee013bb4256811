"""Searching and browsing: words, facets with counts, paging, completion, and an index that is away."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kmwiki import worker
from kmwiki.errors import SearchUnavailable
from kmwiki.permissions import Actor
from kmwiki.services.pages.page_care import archive
from kmwiki.site import Site
from pages import practice, published, start, term
from query_counter import counted_queries

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def filled(site: Site, people: People) -> None:
    """Two practices and a term, in the index."""
    published(site, people, "good-practice", practice(countries=["MW", "ZM"]))
    published(site, people, "good-practice", practice("Seed banks", countries=["ZM"], sectors=["311"]))
    published(site, people, "term", term())
    worker.drain(site)


def main_of(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.usefixtures("filled")
def test_words_are_found_and_marked(browser: FlaskClient) -> None:
    html = main_of(browser, "/search?q=training")

    assert "1 page for “training”" in html
    assert "<mark>Training</mark> water committees" in html
    assert "Seed banks" not in html


@pytest.mark.usefixtures("filled")
def test_without_words_everything_is_listed(browser: FlaskClient) -> None:
    html = main_of(browser, "/search")

    assert "3 pages" in html
    assert all(title in html for title in ("Training water committees", "Seed banks", "Water point"))


@pytest.mark.usefixtures("filled")
def test_facets_show_labels_counts_and_toggle(browser: FlaskClient) -> None:
    html = main_of(browser, "/search?type=good-practice&country=MW")

    assert "1 page" in html
    assert '<a href="/search?type=good-practice" rel="nofollow" aria-current="true">' in html
    both = "/search?type=good-practice&amp;country=MW&amp;country=ZM"
    assert f'<a href="{both}" rel="nofollow"><span>Zambia</span>' in html
    assert '<span>Zambia</span><span class="number">2</span>' in html
    assert '<input type="hidden" name="country" value="MW">' in html


@pytest.mark.usefixtures("filled")
def test_a_kind_of_page_is_browsed_under_its_own_title(browser: FlaskClient) -> None:
    assert "<h1>Good practices</h1>" in main_of(browser, "/search?type=good-practice")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("facet", ["organisation=Lakeside+Water+Network", "depth=short", "level=none", "type=nothing"])
def test_every_facet_may_be_asked_for(browser: FlaskClient, facet: str) -> None:
    assert main_of(browser, f"/search?{facet}")


@pytest.mark.usefixtures("filled")
def test_nothing_found_says_what_to_do(browser: FlaskClient) -> None:
    html = main_of(browser, "/search?q=zeppelin&country=MW")

    assert "Nothing found" in html and 'href="/new/needs-analysis"' in html and "Without filters" in html


@pytest.mark.parametrize(
    "query", ["page=abc", "page=0", "page=-1", "page=99999999", "sort=random", "q=" + "x" * 301,
              "&".join(f"country=C{n}" for n in range(30)), "country=" + "x" * 400, "page=2"],
)  # fmt: skip
def test_odd_values_get_a_clear_answer(browser: FlaskClient, query: str) -> None:
    assert browser.get(f"/search?{query}").status_code in (404, 422)


@pytest.mark.parametrize("query", ["q=%00%ff", "q=*:*+AND+(", "q=<script>", "q=%27%22%3C", "country=%3Cb%3E", "x=y"])
def test_strange_words_are_words(browser: FlaskClient, query: str) -> None:
    answer = browser.get(f"/search?{query}")

    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace('<script type="module"', "") and "<b>" not in answer.text


def test_results_are_paged(site: Site, people: People, browser: FlaskClient) -> None:
    for number in range(21):
        published(site, people, "term", term(f"Well {number}"))
    worker.drain(site)

    first, second = main_of(browser, "/search?q=well&sort=title"), main_of(browser, "/search?q=well&sort=title&page=2")

    assert 'href="/search?q=well&amp;sort=title&amp;page=2" rel="next"' in first and "Page 1 of 2" in first
    assert 'href="/search?q=well&amp;sort=title" rel="prev"' in second
    assert first.count("<h2 lang") == 20 and second.count("<h2 lang") == 1


def test_searching_takes_the_same_queries_however_much_is_found(
    site: Site, people: People, signed_in: SignIn, filled: None
) -> None:
    browser = signed_in("contributor")
    browser.get("/search?q=water")
    with counted_queries(site.engine) as few:
        browser.get("/search?q=water")
    for number in range(5):
        published(site, people, "term", term(f"Water {number}"))
    worker.drain(site)

    with counted_queries(site.engine) as many:
        browser.get("/search?q=water")

    assert len(few) == len(many) <= 6


def test_only_published_pages_are_found_and_completed(
    site: Site, people: People, browser: FlaskClient, filled: None
) -> None:
    start(site, people["contributor"], "term", term("Water secret"))
    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "Old.")

    assert "Water point" not in main_of(browser, "/search?q=water") and "secret" not in main_of(browser, "/search")
    assert [item["slug"] for item in browser.get("/search/suggest?q=water").json["items"]] == [
        "training-water-committees"
    ]


@pytest.mark.usefixtures("filled")
def test_completion_gives_titles_of_the_kinds_that_are_wanted(browser: FlaskClient) -> None:
    items = browser.get("/search/suggest?q=wat&type=term").json["items"]

    assert items == [
        {"slug": "water-point", "title": "Water point", "type": "term", "url": "/pages/water-point",
         "type_label": "Term", "language": "en"}
    ]  # fmt: skip


def test_a_page_is_found_by_everybody_once_it_is_in_the_index(
    site: Site, people: People, browser: FlaskClient
) -> None:
    assert "Nothing found" in browser.get("/search?q=water").text
    published(site, people, "term", term())
    assert "Nothing found" in browser.get("/search?q=water").text  # kept for others, before the worker has come by

    worker.drain(site)

    assert "/pages/water-point" in browser.get("/search?q=water").text


def test_a_rebuilt_index_is_seen_by_everybody(site: Site, browser: FlaskClient, filled: None) -> None:
    site.search.replace_all([])
    assert "Nothing found" in browser.get("/search?q=seed").text

    worker.reindex(site)

    assert "/pages/seed-banks" in browser.get("/search?q=seed").text


def test_while_the_index_is_away_search_says_so_and_nothing_else_breaks(
    site: Site, people: People, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, filled: None
) -> None:
    def away(_query: Any) -> None:
        raise SearchUnavailable("away")

    monkeypatch.setattr(site.search, "search", away)

    answer = browser.get("/search?q=water")

    assert answer.status_code == 503
    assert "put in order again" in answer.text and "Nothing found" not in answer.text
    for address in ("/", "/recent", "/pages/water-point", "/search/suggest?q=water"):
        assert browser.get(address).status_code == 200
    monkeypatch.undo()
    assert "By country" in browser.get("/").text
    assert browser.get("/search?q=water").status_code == 200
