"""Leaving: the account is emptied, texts stay, drafts go where they were sent, the name goes where that was wished."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, inspect, select

import pages
from kmwiki import worker
from kmwiki.errors import Conflict, Forbidden, Refused, Unauthenticated
from kmwiki.models import (
    ApiToken,
    AuditEntry,
    Change,
    Comment,
    LoginSession,
    Notification,
    OneTimeLink,
    Publication,
    RecoveryCode,
    Review,
    Revision,
    Role,
    SecondFactor,
    User,
    Watch,
    WorkingCopy,
)
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, api_tokens, leaving, registering, second_factor, sessions, sign_in
from kmwiki.services.accounts.leaving import Wishes
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.upkeep import jobs
from kmwiki.site import Site, UnitOfWork

PASSWORD = "a long enough secret"
HASH = hash_password(PASSWORD)
KEEP = Wishes(keeps_name=True)
People = dict[str, Actor]


@pytest.fixture(autouse=True)
def passwords(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        for user in accounts.all_users(uow):
            user.password_hash = HASH
        accounts.find_user(uow, "contributor").email = "ada@example.org"


def left(site: Site, actor: Actor, wishes: Wishes = KEEP, password: str = PASSWORD) -> None:
    leaving.leave(site, actor, wishes, password)
    jobs.drain(site, {"former-name": worker.HANDLERS["former-name"]})


def row(uow: UnitOfWork, actor: Actor) -> User:
    return uow.session.get_one(User, actor.user_id)


@pytest.mark.database
def test_everything_of_the_account_goes_and_nobody_enters_it(site: Site, people: People) -> None:
    ada = people["contributor"]
    with site.work(Actor()) as uow:
        session = sign_in.sign_in(uow, "contributor", PASSWORD).token
    with site.work(ada) as uow:
        _row, token = api_tokens.add_token(uow, "my script")
        accounts.user_by_id(uow, ada.user_id).place = {"country": "ZM"}
    left(site, ada)

    with site.work(SYSTEM) as uow:
        user = row(uow, ada)
        assert (user.state, user.role, user.name) == ("disabled", "reader", "Contributor")
        assert (user.email, user.password_hash, user.place, user.seen_at) == (None, None, {}, None)
        assert user.username.startswith("former-")
        theirs = (LoginSession, ApiToken, OneTimeLink, SecondFactor, RecoveryCode, Watch, Notification, WorkingCopy)
        counts = [
            uow.session.scalar(select(func.count()).select_from(table).where(table.user_id == ada.user_id))
            for table in theirs
        ]
        assert counts == [0] * len(theirs)
        assert sessions.user_of_session(uow, session) is None
    for username in ("contributor", user.username):
        with pytest.raises(Unauthenticated), site.work(Actor()) as uow:
            sign_in.sign_in(uow, username, PASSWORD)
    with pytest.raises(Unauthenticated), site.work(Actor()) as uow:
        api_tokens.user_of_token(uow, token)


def test_the_password_is_asked_and_nothing_is_done_without_it(site: Site, people: People) -> None:
    draft = pages.start(site, people["contributor"], "term", pages.term())
    with pytest.raises(Refused):
        left(site, people["contributor"], password="wrong")

    with site.work(SYSTEM) as uow:
        assert row(uow, people["contributor"]).username == "contributor"
        assert uow.session.get_one(Change, draft.id).state == "draft"


def test_with_a_second_factor_its_code_is_asked_too(site: Site, people: People) -> None:
    ada = people["contributor"]
    with site.work(ada) as uow:
        second_factor.begin(uow, PASSWORD)
    with site.work(ada) as uow:
        totp = pyotp.TOTP(second_factor.own_factor(uow).secret)
        recovery, _token = second_factor.confirm(uow, totp.at(site.clock()))
    with pytest.raises(Refused, match="code"):
        leaving.leave(site, ada, KEEP, PASSWORD, "000000")
    leaving.leave(site, ada, KEEP, PASSWORD, recovery[0])

    with site.work(SYSTEM) as uow:
        assert row(uow, ada).state == "disabled"


def test_the_last_administrator_stays(site: Site, people: People) -> None:
    with pytest.raises(Conflict):
        left(site, people["admin"])
    with site.work(SYSTEM) as uow:
        accounts.add_user(uow, "second", None, Role.ADMIN)

    left(site, people["admin"])


@pytest.mark.database
def test_nobody_gets_the_name_again(site: Site, people: People) -> None:
    left(site, people["contributor"])

    with pytest.raises(Refused, match="taken"), site.work(Actor()) as uow:
        registering.register(uow, "Contributor", PASSWORD)
    with pytest.raises(Refused, match="taken"), site.work(SYSTEM) as uow:
        accounts.add_user(uow, "contributor", None, Role.CONTRIBUTOR)


def test_open_changes_go_to_whom_they_were_given(site: Site, people: People) -> None:
    ada, bo = people["contributor"], people["contributor2"]
    draft = pages.start(site, ada, "term", pages.term())
    sent = pages.send(site, ada, pages.start(site, ada, "term", pages.term("Pump")))
    left(site, ada, Wishes(keeps_name=True, receiver=" Contributor2 "))

    with site.work(SYSTEM) as uow:
        for change_id, state in ((draft.id, "draft"), (sent.id, "submitted")):
            change = uow.session.get_one(Change, change_id)
            assert (change.author_id, change.state) == (bo.user_id, state)
            # Whoever wrote it does not become somebody who may publish it.
            assert (ada.user_id, "coauthor") in {(person.user_id, person.part) for person in change.people}


def test_else_drafts_are_put_away_and_what_was_sent_stays_sent(site: Site, people: People) -> None:
    ada = people["contributor"]
    draft = pages.start(site, ada, "term", pages.term())
    sent = pages.send(site, ada, pages.start(site, ada, "term", pages.term("Pump")))
    left(site, ada)

    with site.work(SYSTEM) as uow:
        assert uow.session.get_one(Change, draft.id).state == "discarded"
        assert uow.session.get_one(Change, sent.id).state == "submitted"


@pytest.mark.parametrize("receiver", ["nobody", "contributor"])
def test_drafts_go_to_somebody_else_who_is_there(site: Site, people: People, receiver: str) -> None:
    pages.start(site, people["contributor"], "term", pages.term())
    with pytest.raises(Refused, match="no account"):
        left(site, people["contributor"], Wishes(keeps_name=True, receiver=receiver))


def test_whoever_has_a_change_of_the_page_already_does_not_get_another(site: Site, people: People) -> None:
    page = pages.published(site, people, "term", pages.term())
    for name in ("contributor", "contributor2"):
        pages.change_page(site, people[name], page.slug, {"definition": f"Said by {name}."})
    with pytest.raises(Refused, match="already has an open change"):
        left(site, people["contributor"], Wishes(keeps_name=True, receiver="contributor2"))

    with site.work(SYSTEM) as uow:
        assert row(uow, people["contributor"]).username == "contributor"


def written_down(uow: UnitOfWork) -> dict[str, list[Any]]:
    """Every value of the tables in which names are, but for what people wrote."""
    found: dict[str, list[Any]] = {}
    for table in (Revision, Review, Comment, AuditEntry, Publication, User):
        for column in inspect(table).columns:
            if column.key != "content":
                found[f"{table.__name__}.{column.key}"] = list(uow.session.scalars(select(column)))
    return found


def holding(words: Mapping[str, list[Any]], name: str) -> set[str]:
    return {column for column, values in words.items() if any(name in str(value) for value in values)}


@pytest.mark.database
def test_where_that_is_wished_the_name_is_gone_from_everything_that_was_written_down(
    site: Site, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kmwiki.services.accounts.former_names.BATCH", 2)
    ada = people["contributor"]
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").name = "Ada Byron"
        accounts.set_trusted(uow, "contributor", True)
        ada = accounts.actor_of(accounts.find_user(uow, "contributor"))
    named = {**people, "contributor": ada}
    page = pages.published(site, named, "term", pages.term())
    pages.published(site, named, "term", pages.term("Pump"))
    pages.say(site, ada, page.slug)
    with site.work(SYSTEM) as uow:
        generation = site.generation()
        before = holding(written_down(uow), "Ada Byron")
        assert {"Revision.author_name", "Review.actor_name", "Comment.author_name", "AuditEntry.actor_name"} < before
        assert "Publication.credits" in before
    left(site, ada, Wishes(keeps_name=False))

    with site.work(SYSTEM) as uow:
        words = written_down(uow)
        assert holding(words, "Ada Byron") == set()
        assert not {"contributor"} & {str(details.get("user")) for details in words["AuditEntry.details"]}
        assert all("Former member" in credits["authors"] for credits in words["Publication.credits"])
        assert holding(words, "Moderator") >= {"Publication.credits"}  # others stay as they are
    assert site.generation() > generation  # readers see it at once


def test_a_name_is_kept_where_that_is_wished(site: Site, people: People) -> None:
    pages.published(site, people, "term", pages.term())
    left(site, people["contributor"])

    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(Publication.credits)).one()["authors"] == ["Contributor"]


def test_somebody_else_of_the_same_name_keeps_it(site: Site, people: People) -> None:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor2").name = "Contributor"
        bo = accounts.actor_of(accounts.find_user(uow, "contributor2"))
    pages.published(site, people, "term", pages.term())
    pages.published(site, {**people, "contributor": bo}, "term", pages.term("Pump"))
    left(site, people["contributor"], Wishes(keeps_name=False))

    with site.work(SYSTEM) as uow:
        authors = [credits["authors"] for credits in uow.session.scalars(select(Publication.credits))]
        assert sorted(authors) == [["Contributor"], ["Former member"]]


def test_nobody_leaves_with_a_token(site: Site, people: People) -> None:
    with pytest.raises(Forbidden):
        left(site, replace(people["contributor"], is_token=True))
    with pytest.raises(Unauthenticated):
        left(site, Actor())
