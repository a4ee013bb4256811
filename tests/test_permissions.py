"""The table of rights: both tellings of every condition agree, for everybody, whatever state a thing is in."""

import itertools
from uuid import UUID

import pytest
from sqlalchemy import select

from kmwiki.domain.ids import new_id
from kmwiki.models import Change, ChangePerson, Page, Part, Publication, Revision, Role, UserState
from kmwiki.permissions import RIGHTS, SYSTEM, Actor, may, visible
from kmwiki.site import Site, UnitOfWork, now

CHANGE_STATES = ("draft", "submitted", "published", "rejected", "discarded", "staged")
PAGE_STATES = ("new", "published", "archived", "binned", "staged")


@pytest.fixture
def things(site: Site, people: dict[str, Actor]) -> None:
    """A page in every state; on them changes in every state, returned or not, with every kind of person."""
    author, other, saver = (people[name].user_id for name in ("contributor", "contributor2", "moderator2"))
    with site.work(SYSTEM) as uow:
        for number, state in enumerate(PAGE_STATES):
            uow.session.add(Page(id=_id(number), type="term", state=state, created_at=now(), slug=f"page-{state}"))
    for page, state, returned in itertools.product(range(len(PAGE_STATES)), CHANGE_STATES, (False, True)):
        if state == "submitted" and returned:
            continue
        by = people["moderator"].user_id if returned else people["reader"].user_id if state == "draft" else author
        change = Change(
            id=new_id(), page_id=_id(page), author_id=by, head_id=new_id(), state=state, is_returned=returned,
            created_at=now(), updated_at=now(), acknowledged={},
        )  # fmt: skip
        change.people = [
            ChangePerson(user_id=other, part=Part.COAUTHOR if page % 2 else Part.INVITED, at=now()),
            ChangePerson(user_id=saver, part=Part.DRAFT_SAVER, at=now()),
        ]
        with site.work(SYSTEM) as uow:
            uow.session.add(change)
            if state == "published" and not returned and page < 3:
                uow.session.flush()
                _publish(uow, change)


def _publish(uow: UnitOfWork, change: Change) -> None:
    uow.session.add(Revision(
        id=change.head_id, page_id=change.page_id, change_id=change.id, kind="edit", content=None, digest="",
        author_name="", created_at=now(),
    ))  # fmt: skip
    uow.session.flush()
    uow.session.add(Publication(
        revision_id=change.head_id, page_id=change.page_id, number=1, published_at=now(), under_four_eyes=True,
        depth="short", credits={},
    ))  # fmt: skip


def _id(number: int) -> UUID:
    return UUID(int=number + 1)


def _askers(people: dict[str, Actor], shared: UUID) -> list[Actor]:
    ids = [people[name].user_id for name in ("contributor", "contributor2", "moderator2", "admin")]
    plain = [Actor(user_id=by, role=role, state=state) for by in ids for role in Role for state in UserState]
    reading = [Actor(user_id=by, role=Role.ADMIN, is_read_only=True) for by in ids]
    alone = [Actor(user_id=by, role=Role.MODERATOR, four_eyes=False) for by in ids]
    return [Actor(), Actor(shared_change_id=shared), *plain, *reading, *alone]


@pytest.mark.database
def test_the_two_tellings_of_each_right_agree(site: Site, people: dict[str, Actor], things: None) -> None:
    with site.work(SYSTEM) as uow:
        rows = {Page: uow.session.scalars(select(Page)).all(), Change: uow.session.scalars(select(Change)).all()}
        for asker, action in itertools.product(_askers(people, rows[Change][7].id), RIGHTS):
            kind = Page if action.startswith("page.") else Change
            if not action.startswith(("page.", "change.")):
                continue
            in_python = {thing.id for thing in rows[kind] if may(asker, action, thing)}
            in_sql = set(uow.session.scalars(select(kind.id).where(visible(asker, action))))

            assert in_python == in_sql, (asker, action)


def test_anonymous_sees_published_and_archived_pages_only(site: Site, things: None) -> None:
    with site.work(Actor()) as uow:
        seen = set(uow.session.scalars(select(Page.state).where(visible(Actor(), "page.read"))))
        changes = uow.session.scalars(select(Change).where(visible(Actor(), "change.read"))).all()

    assert seen == {"published", "archived"}
    assert changes == []


def test_nobody_sees_what_an_import_has_staged(site: Site, people: dict[str, Actor], things: None) -> None:
    with site.work(SYSTEM) as uow:
        for asker in people.values():
            assert not uow.session.scalars(
                select(Change.id).where(visible(asker, "change.read"), Change.state == "staged")
            ).all()
            assert not uow.session.scalars(
                select(Page.id).where(visible(asker, "page.read"), Page.state == "staged")
            ).all()


@pytest.mark.parametrize("name", ["contributor", "contributor2", "moderator2"])
def test_whoever_wrote_a_draft_does_not_publish_it(
    site: Site, people: dict[str, Actor], things: None, name: str
) -> None:
    asker = Actor(user_id=people[name].user_id, role=Role.ADMIN)
    with site.work(SYSTEM) as uow:
        change = uow.session.scalars(
            select(Change).where(Change.state == "submitted", Change.page_id == _id(1))
        ).one()

        assert not may(asker, "change.publish", change)
        assert may(Actor(user_id=asker.user_id, role=Role.ADMIN, four_eyes=False), "change.publish", change)


def test_whoever_wrote_what_was_published_says_that_it_is_still_right(
    site: Site, people: dict[str, Actor], things: None
) -> None:
    with site.work(SYSTEM) as uow:
        page = uow.session.get(Page, _id(1))
        may_say_so = {name for name, asker in people.items() if may(asker, "page.check-again", page)}

    assert may_say_so == {"contributor", "contributor2", "moderator", "moderator2", "admin"}
