"""How much a change changes and what it is about, looked at when it is sent and while it waits."""

import pytest
from sqlalchemy import delete, select, update

from kmwiki import worker
from kmwiki.models import Change, ChangeFacet
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import lifecycle
from kmwiki.services.review import moderation
from kmwiki.services.review.weighing import weigh_one_unweighed
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, save_fields, send, start, term

pytestmark = pytest.mark.database
People = dict[str, Actor]
SLUG = "training-water-committees"


def now(site: Site, change: Change) -> Change:
    with site.work(SYSTEM) as uow:
        return uow.session.get_one(Change, change.id)


def facets(site: Site, change: Change) -> set[tuple[str, str]]:
    with site.work(SYSTEM) as uow:
        rows = uow.session.scalars(select(ChangeFacet).where(ChangeFacet.change_id == change.id))
        return {(row.facet, row.value) for row in rows}


def test_an_edit_is_weighed_when_it_is_sent(site: Site, people: People) -> None:
    published(site, people, "good-practice", practice())
    change = change_page(site, people["contributor2"], SLUG, {"summary": "Committees keep a store of spare parts."})
    assert (change.changed_fields, facets(site, change)) == (0, set())
    send(site, people["contributor2"], change)

    sent = now(site, change)
    assert sent.changed_fields == 1 and 0 < sent.changed_characters < 30
    assert facets(site, change) == {("language", "en"), ("country", "MW"), ("sector", "140")}


def test_saved_while_it_waits_it_is_weighed_anew(site: Site, people: People) -> None:
    published(site, people, "good-practice", practice())
    change = change_page(site, people["contributor2"], SLUG, {"summary": "Committees keep a store."})
    send(site, people["contributor2"], change)
    fields = {"practice": "One.\n\nTwo words.\n\nThree.\n", "countries": ["ZM", "TZ"]}
    save_fields(site, people["moderator"], change, now(site, change).head_id, fields)

    assert now(site, change).changed_fields == 3
    assert ("country", "TZ") in facets(site, change) and ("country", "MW") not in facets(site, change)


def test_a_new_page_weighs_what_it_says_and_its_outside_links_are_counted(site: Site, people: People) -> None:
    site.config = type(site.config)(**{**vars(site.config), "base_url": "https://wiki.example.org"})
    text = "See https://shop.example.com/a, [this](https://shop.example.com/b) and https://wiki.example.org/pages/x.\n"
    change = start(site, people["contributor"], "term", term(definition=text))
    send(site, people["contributor"], change)

    sent = now(site, change)
    assert (sent.outside_links, sent.changed_fields > 3, sent.changed_characters > len(text)) == (2, True, True)


def test_links_that_stood_there_before_are_not_counted(site: Site, people: People) -> None:
    published(site, people, "term", term(definition="See https://a.example.com/ there.\n"))
    text = "See https://a.example.com/ and https://b.example.com/ there.\n"
    change = change_page(site, people["contributor2"], "water-point", {"definition": text})
    send(site, people["contributor2"], change)

    assert now(site, change).outside_links == 1


def test_a_translation_is_known_as_one(site: Site, people: People) -> None:
    published(site, people, "term", term())
    fields = term("Point d’eau")
    change = start(site, people["contributor2"], "term", fields, translation_of="water-point")
    send(site, people["contributor2"], change)

    assert ("kind", "translation") in facets(site, change)


@pytest.mark.parametrize("way", ["withdraw", "return", "publish"])
def test_what_waits_no_longer_is_not_looked_for(site: Site, people: People, way: str) -> None:
    change = start(site, people["contributor"], "term", term())
    send(site, people["contributor"], change)
    if way == "withdraw":
        with site.work(people["contributor"]) as uow:
            lifecycle.withdraw(uow, change.id)
    elif way == "return":
        with site.work(people["moderator"]) as uow:
            moderation.return_change(uow, change.id, "Please say more.")
    else:
        publish_change(site, people["moderator"], change)

    assert facets(site, change) == set()


def test_what_came_to_wait_by_another_way_is_weighed_later(site: Site, people: People) -> None:
    change = start(site, people["contributor"], "term", term())
    send(site, people["contributor"], change)
    with site.work(SYSTEM) as uow:
        uow.session.execute(delete(ChangeFacet))
        uow.session.execute(update(Change).values(changed_fields=0, changed_characters=0))
        uow.enqueue("weigh")  # as an import does
    worker.drain(site)
    with site.work(SYSTEM) as uow:
        assert not weigh_one_unweighed(uow)

    assert now(site, change).changed_fields > 0 and facets(site, change) == {("language", "en")}


def test_a_combination_is_weighed_against_the_version_that_it_is_based_on_now(site: Site, people: People) -> None:
    published(site, people, "term", term(definition="One.\n\nTwo.\n\nThree.\n"))
    mine = change_page(site, people["contributor2"], "water-point", {"definition": "One, mine.\n\nTwo.\n\nThree.\n"})
    send(site, people["contributor2"], mine)
    weight = now(site, mine).changed_characters
    other = change_page(site, people["contributor"], "water-point", {"definition": "One.\n\nTwo.\n\nThree and more.\n"})
    send(site, people["contributor"], other)
    publish_change(site, people["moderator"], other)

    assert publish_change(site, people["moderator"], mine).look_at is not None
    assert now(site, mine).changed_characters == weight
