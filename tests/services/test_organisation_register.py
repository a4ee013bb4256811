"""The register of organisations names what pages that can be read name, and nothing that a page took with it."""

import pages
from kmwiki import worker
from kmwiki.permissions import ANONYMOUS, Actor
from kmwiki.services.pages import page_care, registers
from kmwiki.site import Site

People = dict[str, Actor]


def _names(site: Site) -> list[str]:
    worker.drain(site)
    with site.work(ANONYMOUS) as uow:
        return [found.name for found in registers.organisations(uow, "", 1, 100)[1]]


def test_a_name_goes_into_the_bin_with_its_page_and_comes_back_with_it(site: Site, people: People) -> None:
    page = pages.published(site, people, "term", pages.term(organisation={"name": "Hill Network"}))
    pages.published(site, people, "term", pages.term("Tap"))
    assert _names(site) == ["Hill Network", "Lakeside Water Network"]

    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, page.slug, "A reason.")
    assert _names(site) == ["Lakeside Water Network"]

    with site.work(people["moderator"]) as uow:
        page_care.unbin(uow, page.slug)
    assert _names(site) == ["Hill Network", "Lakeside Water Network"]


def test_a_name_that_another_page_names_stays_when_one_is_removed(site: Site, people: People) -> None:
    page = pages.published(site, people, "term", pages.term())
    pages.published(site, people, "term", pages.term("Tap"))

    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, page.slug, "It named people.")

    assert _names(site) == ["Lakeside Water Network"]
