"""Forgotten passwords: nobody learns who has an account; a link works once, for an hour, and ends all sessions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmwiki import worker
from kmwiki.config import with_settings
from kmwiki.errors import NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import LoginSession, OneTimeLink, OutboxJob, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, resets, sign_in
from kmwiki.services.accounts.own_account import change_email
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.upkeep import jobs
from kmwiki.site import Site
from query_counter import counted_queries

PASSWORD = "a long enough secret"
ANOTHER = "quite another secret"


@pytest.fixture(autouse=True)
def mail(site: Site) -> None:
    site.config = with_settings(site.config, mail_url="smtp://localhost", base_url="https://wiki.example.org")
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        user.email, user.password_hash = "ada@example.org", hash_password(PASSWORD)


def later(site: Site, **time: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


def asked(site: Site, words: str) -> None:
    with site.work(Actor()) as uow:
        resets.ask(uow, words)
    jobs.drain(site, {"reset": worker.HANDLERS["reset"]})


def mails(site: Site) -> list[dict]:
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(OutboxJob.payload).where(OutboxJob.name == "mail")))


def link(site: Site) -> str:
    """The token of the newest mail."""
    return mails(site)[-1]["text"].split("https://wiki.example.org/account/reset/")[1].split()[0]


@pytest.mark.database
@pytest.mark.parametrize("words", ["contributor", " Contributor", "ada@example.org", "ADA@example.org "])
def test_name_and_address_both_lead_to_a_mail(site: Site, words: str) -> None:
    asked(site, words)

    assert [mail["to"] for mail in mails(site)] == ["ada@example.org"]


@pytest.mark.parametrize("words", ["", "nobody", "moderator", "nobody@example.org", "x" * 5_000, "a\0b", "%"])
def test_whoever_is_not_known_or_has_no_address_gets_nothing(site: Site, words: str) -> None:
    asked(site, words)

    assert mails(site) == []


def test_a_closed_account_gets_nothing(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)
    asked(site, "contributor")

    assert mails(site) == []


def test_asking_costs_the_same_for_known_and_unknown(site: Site) -> None:
    costs = []
    for words in ("contributor", "nobody", "ada@example.org"):
        with counted_queries(site.engine) as queries, site.work(Actor()) as uow:
            resets.ask(uow, words)
            uow.session.flush()
        costs.append(len(queries))

    assert len(set(costs)) == 1
    assert mails(site) == []  # the worker finds out whom it is about


@pytest.mark.database
def test_the_link_sets_a_password_once_and_ends_every_session_and_every_other_link(site: Site) -> None:
    with site.work(Actor()) as uow:
        sign_in.sign_in(uow, "contributor", PASSWORD)
    asked(site, "contributor")
    other = link(site)
    asked(site, "contributor")
    with pytest.raises(Refused), site.work(Actor()) as uow:
        resets.use_reset_link(uow, link(site), "short")
    with site.work(Actor()) as uow:
        entry = resets.use_reset_link(uow, link(site), ANOTHER)

    for token in (link(site), other):
        with pytest.raises(NotFound), site.work(Actor()) as uow:
            resets.use_reset_link(uow, token, "and one more secret")
    with site.work(Actor()) as uow:
        assert uow.session.scalar(select(func.count()).select_from(LoginSession)) == 1
        assert sign_in.sign_in(uow, "contributor", ANOTHER).user.id == entry.user.id
    with pytest.raises(Unauthenticated), site.work(Actor()) as uow:
        sign_in.sign_in(uow, "contributor", PASSWORD)


def test_the_link_ends_after_an_hour_and_is_kept_as_a_hash(site: Site) -> None:
    asked(site, "contributor")
    with site.work(SYSTEM) as uow:
        assert link(site) not in uow.session.scalars(select(OneTimeLink.token_hash)).all()
    later(site, minutes=61)

    with pytest.raises(NotFound), site.work(Actor()) as uow:
        resets.use_reset_link(uow, link(site), ANOTHER)


def test_a_link_ends_when_the_mail_address_changes(site: Site) -> None:
    asked(site, "contributor")
    with site.work(SYSTEM) as uow:
        ada = accounts.actor_of(accounts.find_user(uow, "contributor"))
    token = link(site)
    with site.work(ada) as uow:
        assert change_email(uow, PASSWORD, "")

    with pytest.raises(NotFound), site.work(Actor()) as uow:
        resets.use_reset_link(uow, token, ANOTHER)


def test_asking_is_limited_by_what_is_typed_and_where_from(site: Site) -> None:
    def ask_from(address: str, words: str) -> None:
        with site.work(Actor()) as uow:
            resets.count_ask(uow, address, words)

    for _time in range(resets.ASKS_PER_ACCOUNT):
        ask_from("10.0.0.1", "contributor")
    with pytest.raises(TooManyTries):
        ask_from("10.0.0.2", " Contributor")
    with pytest.raises(TooManyTries):
        for number in range(resets.ASKS_PER_ADDRESS):
            ask_from("10.0.0.1", f"name{number}")


def test_without_mail_nothing_is_asked_of_the_worker(site: Site) -> None:
    site.config = with_settings(site.config, mail_url="")
    with site.work(Actor()) as uow:
        resets.ask(uow, "contributor")

    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(OutboxJob)).all() == []
