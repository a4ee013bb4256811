"""Who is behind a page: its writers, else its organisation, else the moderators; accounts in order alone."""

import pytest
from sqlalchemy import select

from kmwiki.models import User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import cooperation
from kmwiki.services.pages.finding import find_page
from kmwiki.services.pages.page_people import people_behind
from kmwiki.site import Site
from pages import change_page, publish_change, published, send, term

pytestmark = pytest.mark.database
SLUG = "water-point"


def behind(site: Site) -> list[str]:
    with site.work(SYSTEM) as uow:
        return sorted(user.username for user in people_behind(uow, find_page(uow, SLUG)))


def set_user(site: Site, name: str, **values: object) -> None:
    with site.work(SYSTEM) as uow:
        user = uow.session.scalars(select(User).where(User.username == name)).one()
        for attribute, value in values.items():
            setattr(user, attribute, value)


def test_authors_and_co_authors_of_what_was_published_are_behind_a_page(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    assert behind(site) == ["contributor"]
    change = change_page(site, people["contributor2"], SLUG, {"definition": "New."})
    assert behind(site) == ["contributor"]  # a draft makes nobody its author

    with site.work(people["contributor2"]) as uow:
        cooperation.invite_coauthor(uow, change.id, "reader")
    with site.work(people["contributor2"]) as uow:
        cooperation.invite_coauthor(uow, change.id, "moderator2")
    with site.work(people["moderator2"]) as uow:
        cooperation.accept_invitation(uow, change.id)
    publish_change(site, people["moderator"], send(site, people["contributor2"], change))

    assert behind(site) == ["contributor", "contributor2", "moderator2"]


def test_where_its_writers_have_left_it_is_their_organisation_then_the_moderators(
    site: Site, people: dict[str, Actor]
) -> None:
    published(site, people, "term", term())
    set_user(site, "contributor", state=UserState.DISABLED)
    assert behind(site) == ["admin", "moderator", "moderator2"]

    set_user(site, "reader", organisation="lakeside water Network")
    set_user(site, "contributor2", organisation="Another one")
    assert behind(site) == ["reader"]
