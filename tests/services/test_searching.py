"""What the worker puts into the index is what readers may see, also when things happen while it is rebuilt."""

from collections.abc import Iterable

import pytest

from kmwiki import worker
from kmwiki.backends.search import SearchDocument, SearchQuery
from kmwiki.backends.whoosh_search import WhooshSearch
from kmwiki.permissions import Actor
from kmwiki.services.pages import page_care
from kmwiki.services.pages.searching import Found, search
from kmwiki.services.upkeep import verifying
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, send, start, term


def find(site: Site, words: str, **filters: tuple[str, ...]) -> Found:
    with site.work(Actor()) as uow:
        return search(uow, SearchQuery(words, filters))


def titles(found: Found) -> list[str]:
    return [hit.page.title for hit in found.hits]


def differences(site: Site) -> list[str]:
    with site.look(Actor()) as uow:
        return list(verifying.differences(uow))


def test_a_publication_is_found_after_the_workers_next_round(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    assert titles(find(site, "spring")) == []

    worker.drain(site)

    found = find(site, "spring")
    assert titles(found) == ["Water point"]
    assert [piece.text for piece in found.hits[0].excerpt if piece.is_marked] == ["spring"]


def test_drafts_and_archived_pages_are_not_found(site: Site, people: dict[str, Actor]) -> None:
    start(site, people["contributor"], "term", term("Secret"))
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Old.")
    worker.drain(site)

    assert find(site, "").total == 0


def test_a_page_archived_a_moment_ago_is_not_shown(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    worker.drain(site)
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Old.")

    assert titles(find(site, "spring")) == []


def test_facets_count_each_value_of_a_list(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "good-practice", practice(countries=["MW", "ZM"]))
    published(site, people, "good-practice", practice("Another practice", countries=["MW"], sectors=["140", "311"]))
    worker.drain(site)

    facets = find(site, "").facets
    assert (facets["country"], facets["sector"]) == ({"MW": 2, "ZM": 1}, {"140": 2, "311": 1})
    assert titles(find(site, "", country=("ZM",))) == ["Training water committees"]


def test_a_change_is_found_by_its_new_words_only(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "A borehole."})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    worker.drain(site)

    assert (find(site, "spring").total, find(site, "borehole").total) == (0, 1)


def test_what_is_published_while_the_index_is_rebuilt_is_in_the_new_one(
    site: Site, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.search = WhooshSearch(site.config.index_folder)
    published(site, people, "term", term())
    replace_all = site.search.replace_all

    def publish_meanwhile(documents: Iterable[SearchDocument]) -> None:
        documents = list(documents)
        published(site, people, "term", term("Well"))
        worker.drain(site)
        replace_all(documents)

    monkeypatch.setattr(site.search, "replace_all", publish_meanwhile)
    worker.reindex(site)
    worker.drain(site)

    assert differences(site) == []
    assert find(site, "well").total >= 1
