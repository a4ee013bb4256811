"""New accounts write, and cannot flood a site; whoever does is stopped with one click and one reason."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from kmwiki.domain.workflow import State
from kmwiki.errors import Forbidden, Refused, TooManyTries
from kmwiki.models import AuditEntry, Change, Comment, Role, ShareLink, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, new_accounts, spam_care
from kmwiki.services.accounts.accounts import actor_of, find_user
from kmwiki.services.accounts.new_accounts import COMMENTS_A_DAY, OPEN_CHANGES
from kmwiki.services.changes.cooperation import share
from kmwiki.services.changes.lifecycle import discard
from kmwiki.site import Site
from pages import published, say, send, start, term


@pytest.fixture
def spammer(site: Site, people: dict[str, Actor]) -> Actor:
    """Somebody who registered where everybody may, and is let in at once."""
    with site.work(SYSTEM) as uow:
        user = accounts.add_user(uow, "floods", None, Role.CONTRIBUTOR, name="Floods")
        uow.audit("user.register", user="floods")
        return actor_of(user)


def state_of(site: Site, change: Change) -> str:
    with site.work(SYSTEM) as uow:
        found = uow.session.get(Change, change.id)
        assert found is not None
        return found.state


def comments(site: Site) -> list[tuple[str, str]]:
    with site.work(SYSTEM) as uow:
        return [(c.author_name, c.gone or c.text) for c in uow.session.scalars(select(Comment).order_by(Comment.id))]


@pytest.mark.parametrize("who", ["waiting", "spammer"])
def test_a_new_account_has_a_few_changes_under_way_and_goes_on_when_one_is_done(
    site: Site, request: pytest.FixtureRequest, who: str
) -> None:
    newcomer: Actor = request.getfixturevalue(who)
    first, *_others = [start(site, newcomer, "term", term(f"Word {k}")) for k in range(OPEN_CHANGES)]
    with pytest.raises(TooManyTries, match="under way"):
        start(site, newcomer, "term", term("One more"))

    with site.work(newcomer) as uow:
        discard(uow, first.id)
    start(site, newcomer, "term", term("One more"))


def test_accounts_that_are_known_here_are_not_bounded(site: Site, people: dict[str, Actor]) -> None:
    for name in ("contributor", "moderator"):
        for k in range(OPEN_CHANGES + 1):
            start(site, people[name], "term", term(f"Word {k} of {name}"))


def test_an_account_is_new_for_three_days_or_until_something_is_published(
    site: Site, people: dict[str, Actor], spammer: Actor
) -> None:
    def is_new() -> bool:
        with site.work(SYSTEM) as uow:
            return new_accounts.is_new(uow, find_user(uow, "floods"))

    assert is_new()
    with site.work(SYSTEM) as uow:
        find_user(uow, "floods").created_at = uow.now - timedelta(days=3, minutes=1)
    assert not is_new()
    with site.work(SYSTEM) as uow:
        find_user(uow, "floods").created_at = uow.now
    published(site, {**people, "contributor": spammer}, "term", term())
    assert not is_new()


def test_a_new_account_says_so_much_a_day(site: Site, spammer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_accounts, "COMMENTS_A_DAY", 3)
    change = start(site, spammer, "term", term())
    for _k in range(3):
        say(site, spammer, change.id)

    with pytest.raises(TooManyTries, match="a day"):
        say(site, spammer, change.id)
    assert COMMENTS_A_DAY == 20


@pytest.mark.database
def test_stopping_takes_away_what_was_sent_and_said_and_leaves_drafts_unread(
    site: Site, people: dict[str, Actor], spammer: Actor
) -> None:
    page = published(site, people, "term", term("Pump"))
    sent = [send(site, spammer, start(site, spammer, "term", term(f"Buy {k}"))) for k in range(2)]
    draft = start(site, spammer, "term", term("A draft"))
    with site.work(spammer) as uow:
        share(uow, draft.id)
    answered = say(site, spammer, str(page.slug), "Buy here")
    say(site, people["contributor"], str(page.slug), "What is this?", answers=answered)
    say(site, spammer, str(page.slug), "Buy there")

    stopped = spam_care.stop(site, people["moderator"], "floods", "It sells pumps.")

    assert (stopped.rejected, stopped.removed) == (2, 2)
    assert [state_of(site, change) for change in sent] == [State.REJECTED] * 2
    assert state_of(site, draft) == State.DRAFT
    assert comments(site) == [("Floods", "removed"), ("Contributor", "What is this?")]
    with site.work(SYSTEM) as uow:
        assert find_user(uow, "floods").state == UserState.DISABLED
        assert uow.session.scalars(select(ShareLink)).all() == []
        noted = uow.session.scalars(select(AuditEntry).where(AuditEntry.reason == "It sells pumps.")).all()
        assert sorted(entry.action for entry in noted) == [
            "change.rejected", "change.rejected", "comment.remove", "user.stop"
        ]  # fmt: skip


def test_what_was_broken_off_is_finished_by_doing_it_again(
    site: Site, people: dict[str, Actor], spammer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = send(site, spammer, start(site, spammer, "term", term()))

    def breaks(uow: object, change_id: UUID, reason: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(spam_care, "reject", breaks)
        with pytest.raises(KeyboardInterrupt):
            spam_care.stop(site, people["moderator"], "floods", "It sells pumps.")
    assert state_of(site, change) == State.SUBMITTED

    assert spam_care.stop(site, people["moderator"], "floods", "It sells pumps.").rejected == 1


@pytest.mark.parametrize("name", ["moderator", "moderator2", "admin"])
def test_moderators_and_administrators_are_never_stopped(site: Site, people: dict[str, Actor], name: str) -> None:
    with pytest.raises(Forbidden):
        spam_care.stop(site, people["moderator"], name, "Because.")


def test_only_moderators_stop_and_they_say_why(site: Site, people: dict[str, Actor], spammer: Actor) -> None:
    with pytest.raises(Forbidden):
        spam_care.stop(site, people["contributor"], "floods", "Because.")
    with pytest.raises(Refused):
        spam_care.stop(site, people["moderator"], "floods", " ")
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(User.state).where(User.username == "floods")).one() == UserState.ACTIVE
