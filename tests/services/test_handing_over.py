"""Drafts of people who have left: an administrator hands them over unread; those of others stay where they are."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from kmwiki.models import AuditEntry, Change, Part, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.changes import cooperation, lifecycle
from kmwiki.services.changes.handing_over import hand_over_left, left_drafts
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review import moderation
from kmwiki.site import Site
from pages import change_page, published, send, start, term

pytestmark = pytest.mark.database
People = dict[str, Actor]


@pytest.fixture
def draft(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term())


def close(site: Site, people: People) -> None:
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)


def seen(site: Site, days_ago: int) -> None:
    with site.work(SYSTEM) as uow:
        user = uow.session.scalars(select(User).where(User.username == "contributor")).one()
        user.seen_at = uow.now - timedelta(days=days_ago)


def listed(site: Site, people: People) -> list[Change]:
    with site.work(people["admin"]) as uow:
        return list(left_drafts(uow, 1, 10)[1])


def test_a_draft_is_left_when_its_authors_account_is_closed_or_silent(
    site: Site, people: People, draft: Change
) -> None:
    assert listed(site, people) == []
    seen(site, 89)
    assert listed(site, people) == []
    seen(site, 91)
    assert [change.id for change in listed(site, people)] == [draft.id]
    seen(site, 1)
    close(site, people)
    assert [change.id for change in listed(site, people)] == [draft.id]


def test_an_administrator_hands_it_over_and_does_not_read_it(site: Site, people: People, draft: Change) -> None:
    close(site, people)
    with site.work(people["admin"]) as uow:
        assert hand_over_left(uow, draft.id, "contributor2").username == "contributor2"

    with pytest.raises(NotFound), site.work(people["admin"]) as uow:
        find_change(uow, draft.id)
    with site.work(people["contributor2"]) as uow:
        mine = find_change(uow, draft.id)
        assert mine.author.username == "contributor2"
        assert [(p.user.username, p.part) for p in mine.people] == [("contributor", Part.COAUTHOR)]
    with site.work(SYSTEM) as uow:
        logged = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "change.handed-over")).one()
    assert logged.actor_name == "Admin"
    assert listed(site, people) == []


def test_what_nobody_left_is_not_handed_over_by_others(site: Site, people: People, draft: Change) -> None:
    with pytest.raises(NotFound), site.work(people["admin"]) as uow:
        hand_over_left(uow, draft.id, "contributor2")
    close(site, people)
    for name in ("anonymous", "reader", "contributor2", "moderator"):
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            hand_over_left(uow, draft.id, "contributor2")
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            left_drafts(uow, 1, 10)
    with pytest.raises(Refused), site.work(people["admin"]) as uow:
        hand_over_left(uow, draft.id, "contributor")  # closed
    with pytest.raises(Refused), site.work(people["admin"]) as uow:
        hand_over_left(uow, draft.id, "nobody-here")


def test_somebody_who_changes_the_page_already_does_not_get_a_second_draft(site: Site, people: People) -> None:
    published(site, people, "term", term())
    mine = change_page(site, people["contributor"], "water-point", {"definition": "Mine."})
    change_page(site, people["contributor2"], "water-point", {"definition": "Theirs."})
    close(site, people)
    with pytest.raises(Conflict), site.work(people["admin"]) as uow:
        hand_over_left(uow, mine.id, "contributor2")
    with site.work(people["admin"]) as uow:
        assert uow.session.get(Change, mine.id).author_id == people["contributor"].user_id


def test_what_an_administrator_can_read_is_no_exception(site: Site, people: People, draft: Change) -> None:
    send(site, people["contributor"], draft)
    with pytest.raises(Forbidden), site.work(people["admin"]) as uow:
        cooperation.hand_over(uow, draft.id, "contributor2")
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, draft.id, "Please say where.")
    seen(site, 100)
    with site.work(people["admin"]) as uow:
        assert cooperation.hand_over(uow, draft.id, "contributor2").author.username == "contributor2"
    with site.work(people["contributor2"]) as uow:
        lifecycle.discard(uow, draft.id)
