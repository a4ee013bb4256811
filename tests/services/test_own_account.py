"""What guards one's account: mail address, password, sessions; each asks for what an open browser does not have."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmwiki.config import with_settings
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.models import LoginSession, OutboxJob, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, own_account, sessions
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "a long enough secret"
People = dict[str, Actor]


@pytest.fixture(autouse=True)
def ada(site: Site, people: People) -> Actor:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        user.email, user.password_hash = "ada@example.org", hash_password(PASSWORD)
    return people["contributor"]


def with_mail(site: Site) -> None:
    site.config = with_settings(site.config, mail_url="smtp://localhost", base_url="https://wiki.example.org")


def email_of(site: Site) -> str | None:
    with site.work(SYSTEM) as uow:
        return accounts.find_user(uow, "contributor").email


def mails(site: Site) -> list[dict]:
    with site.work(SYSTEM) as uow:
        jobs = select(OutboxJob).where(OutboxJob.name == "mail").order_by(OutboxJob.created_at, OutboxJob.id)
        return [job.payload for job in uow.session.scalars(jobs)]


def change(site: Site, actor: Actor, email: str, password: str = PASSWORD) -> bool:
    with site.work(actor) as uow:
        return own_account.change_email(uow, password, email)


def link_in(mail: dict) -> str:
    return mail["text"].split("https://wiki.example.org/account/email/")[1].split()[0]


def confirm(site: Site, token: str) -> None:
    with site.work(Actor()) as uow:
        own_account.confirm_email(uow, token)


def test_without_mail_a_new_address_holds_at_once_after_the_password(site: Site, ada: Actor) -> None:
    with pytest.raises(Refused):
        change(site, ada, "new@example.org", "wrong")
    assert change(site, ada, " New@Example.org ")
    assert email_of(site) == "new@example.org"
    assert change(site, ada, "") and email_of(site) is None


@pytest.mark.database
def test_with_mail_it_holds_once_the_link_was_opened_and_the_old_one_hears_of_it(site: Site, ada: Actor) -> None:
    with_mail(site)
    assert not change(site, ada, "new@example.org")
    assert email_of(site) == "ada@example.org"
    assert [mail["to"] for mail in mails(site)] == ["new@example.org"]

    confirm(site, link_in(mails(site)[0]))
    assert email_of(site) == "new@example.org"
    assert [mail["to"] for mail in mails(site)] == ["new@example.org", "ada@example.org"]
    with pytest.raises(NotFound):
        confirm(site, link_in(mails(site)[0]))


def test_a_second_wish_ends_the_first(site: Site, ada: Actor) -> None:
    with_mail(site)
    change(site, ada, "one@example.org")
    change(site, ada, "two@example.org")

    with pytest.raises(NotFound):
        confirm(site, link_in(mails(site)[0]))
    confirm(site, link_in(mails(site)[1]))
    assert email_of(site) == "two@example.org"


def test_a_link_ends_after_a_day_and_with_the_account(site: Site, ada: Actor, people: People) -> None:
    with_mail(site)
    change(site, ada, "new@example.org")
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)
    with pytest.raises(NotFound):
        confirm(site, link_in(mails(site)[0]))
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.ACTIVE)
    clock = site.clock
    site.clock = lambda: clock() + timedelta(hours=25)
    with pytest.raises(NotFound):
        confirm(site, link_in(mails(site)[0]))


def test_an_address_of_somebody_else_is_refused_when_asked_and_when_confirmed(
    site: Site, ada: Actor, people: People
) -> None:
    with_mail(site)
    change(site, ada, "new@example.org")
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "moderator").email = "new@example.org"

    with pytest.raises(Conflict):
        confirm(site, link_in(mails(site)[0]))
    for email in ("new@example.org", "nonsense", "a@b\nBcc: c@d"):
        with pytest.raises(Refused):
            change(site, ada, email)


def test_a_session_says_where_it_is_and_when_it_was_seen(site: Site, ada: Actor) -> None:
    with site.work(SYSTEM) as uow:
        token = sessions.start_session(uow, accounts.find_user(uow, "contributor"), "Fire\r\nfox" * 100)
    clock = site.clock
    for hours in (1, 7):
        site.clock = lambda hours=hours: clock() + timedelta(hours=hours)
        with site.work(Actor()) as uow:
            sessions.user_of_session(uow, token)

    with site.work(ada) as uow:
        row = sessions.own_sessions(uow)[0]
        user = uow.session.get_one(User, ada.user_id)
        assert len(row.device) == 200 and row.device.isprintable()
        assert row.seen_at == user.seen_at and user.seen_at > clock() + timedelta(hours=6)


def test_looking_at_pages_does_not_write_each_time(site: Site, ada: Actor) -> None:
    with site.work(SYSTEM) as uow:
        token = sessions.start_session(uow, accounts.find_user(uow, "contributor"))
    clock = site.clock
    site.clock = lambda: clock() + timedelta(hours=5)
    with site.work(Actor()) as uow:
        sessions.user_of_session(uow, token)
        assert not uow.session.dirty


def test_one_ends_ones_own_sessions_and_nobody_elses(site: Site, ada: Actor, people: People) -> None:
    with site.work(SYSTEM) as uow:
        mine = [sessions.start_session(uow, accounts.find_user(uow, "contributor")) for _device in range(3)]
        other = sessions.start_session(uow, accounts.find_user(uow, "moderator"))
    with pytest.raises(NotFound), site.work(ada) as uow:
        sessions.end_own_session(uow, sessions.hashed(other))
    with site.work(ada) as uow:
        sessions.end_own_session(uow, sessions.hashed(mine[0]))
    with site.work(ada) as uow:
        sessions.end_other_sessions(uow, mine[1])

    with site.work(SYSTEM) as uow:
        assert set(uow.session.scalars(select(LoginSession.token_hash))) == {
            sessions.hashed(mine[1]), sessions.hashed(other)
        }  # fmt: skip
        assert uow.session.scalar(select(func.count()).select_from(LoginSession)) == 2
