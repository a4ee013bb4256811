"""Invitations: a role that is the inviter's to give, once, within 14 days; also where registration is closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kmwiki.config import with_settings
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import Invitation, OutboxJob, Role, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, invitations, new_accounts
from kmwiki.site import Site

PASSWORD = "a long enough secret"
People = dict[str, Actor]


def later(site: Site, **time: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


def invited(site: Site, by: Actor, role: Role = Role.CONTRIBUTOR, **more: str) -> str:
    with site.work(by) as uow:
        return invitations.invite(uow, role, **more)[1]


def accepted(site: Site, token: str, username: str = "amina", **more: str) -> User:
    with site.work(Actor()) as uow:
        return invitations.accept(uow, token, username, PASSWORD, **more)


@pytest.mark.database
@pytest.mark.parametrize("registration", ["open", "approval", "closed"])
def test_whoever_is_invited_is_in_at_once_with_that_role(site: Site, people: People, registration: str) -> None:
    site.config = with_settings(site.config, registration=registration)
    user = accepted(site, invited(site, people["moderator"], Role.READER), name="Amina B.")

    assert (user.role, user.state, user.name) == ("reader", UserState.ACTIVE, "Amina B.")
    with site.work(SYSTEM) as uow:
        assert not new_accounts.is_new(uow, user)  # somebody here knows them
        row = uow.session.scalars(select(Invitation)).one()
        assert row.used_by_id == user.id and row.used_at is not None


@pytest.mark.parametrize(
    ("name", "roles"),
    [("admin", set(Role)), ("moderator", {Role.READER, Role.CONTRIBUTOR}), ("contributor", set()), ("reader", set())],
)
def test_nobody_invites_to_more_than_is_theirs_to_give(site: Site, people: People, name: str, roles: set[Role]) -> None:
    for role in Role:
        if role in roles:
            invited(site, people[name], role)
        else:
            with pytest.raises((Forbidden, Refused)):
                invited(site, people[name], role)
    with pytest.raises((Forbidden, Refused)):
        invited(site, people[name], "owner")  # type: ignore[arg-type]
    with pytest.raises(Unauthenticated):
        invited(site, Actor())


@pytest.mark.database
def test_of_two_who_use_an_invitation_at_the_same_moment_one_is_refused(site: Site, people: People) -> None:
    token = invited(site, people["moderator"])
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        kept = invitations.look_at_invitation(uow, token)  # not used yet, as far as this one knows
        accepted(site, token, "amina")
        assert kept.used_at is None
        invitations.accept(uow, token, "bola", PASSWORD)

    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(User).where(User.username == "bola")) is None


def test_a_used_withdrawn_or_old_invitation_is_not_there(site: Site, people: People) -> None:
    used, old, withdrawn = (invited(site, people["moderator"]) for _each in range(3))
    accepted(site, used)
    with site.work(people["moderator"]) as uow:
        rows = {row.token_hash: row.id for row, _name in invitations.open_invitations(uow)}
        invitations.withdraw(uow, rows[invitations.hashed(withdrawn)])
    later(site, days=15)

    for token in (used, old, withdrawn, "made-up"):
        with pytest.raises(NotFound):
            accepted(site, token, "somebody-else")


def test_what_a_bad_name_costs_is_another_try(site: Site, people: People) -> None:
    token = invited(site, people["moderator"])
    with pytest.raises(Refused):
        accepted(site, token, "contributor")

    assert accepted(site, token, "amina").username == "amina"


def test_an_invitation_ends_with_the_rights_of_whoever_made_it(site: Site, people: People) -> None:
    by_moderator, by_admin = invited(site, people["moderator"]), invited(site, people["admin"], Role.MODERATOR)
    with site.work(SYSTEM) as uow:
        accounts.set_state(uow, "moderator", UserState.DISABLED)
        accounts.add_user(uow, "root", None, Role.ADMIN)
    with site.work(SYSTEM) as uow:
        accounts.set_role(uow, "admin", Role.MODERATOR)

    for token in (by_moderator, by_admin):
        with pytest.raises(NotFound):
            accepted(site, token)


def test_a_moderator_sees_and_withdraws_her_own_an_administrator_all(site: Site, people: People) -> None:
    invited(site, people["moderator"], note="Ada")
    invited(site, people["moderator2"], note="Bo")

    def seen(name: str) -> dict[str, Invitation]:
        with site.work(people[name]) as uow:
            return {row.note: row for row, _by in invitations.open_invitations(uow)}

    assert set(seen("moderator")) == {"Ada"}
    assert set(seen("admin")) == {"Ada", "Bo"}
    with pytest.raises(Forbidden):
        seen("contributor")
    with pytest.raises(NotFound), site.work(people["moderator"]) as uow:
        invitations.withdraw(uow, seen("admin")["Bo"].id)
    with site.work(people["admin"]) as uow:
        invitations.withdraw(uow, seen("admin")["Bo"].id)
    assert set(seen("admin")) == {"Ada"}


def test_one_moderator_has_so_many_waiting_and_no_more(site: Site, people: People) -> None:
    for _number in range(invitations.OPEN_AT_ONCE):
        invited(site, people["moderator"])
    with pytest.raises(Conflict):
        invited(site, people["moderator"])
    invited(site, people["moderator2"])
    later(site, days=15)
    invited(site, people["moderator"])


def test_tries_with_one_invitation_are_counted(site: Site, people: People) -> None:
    token = invited(site, people["moderator"])
    with pytest.raises(TooManyTries):
        for _try in range(invitations.USES + 1):
            with site.work(Actor()) as uow:
                invitations.count_use(uow, token)


def test_it_goes_out_by_mail_where_the_site_sends_mail_and_knows_its_address(site: Site, people: People) -> None:
    def mails() -> list[dict]:
        with site.work(SYSTEM) as uow:
            return list(uow.session.scalars(select(OutboxJob.payload).where(OutboxJob.name == "mail")))

    invited(site, people["moderator"], email="amina@example.org")
    site.config = with_settings(site.config, mail_url="smtp://localhost")
    invited(site, people["moderator"], email="amina@example.org")
    assert mails() == []

    site.config = with_settings(site.config, base_url="https://wiki.example.org")
    token = invited(site, people["moderator"], email="Amina@Example.org", note="As we said\nat the market")
    assert [mail["to"] for mail in mails()] == ["amina@example.org"]
    assert f"https://wiki.example.org/account/invited/{token}\n" in mails()[0]["text"]
    assert "As we said at the market\n" in mails()[0]["text"]
    with pytest.raises(Refused):
        invited(site, people["moderator"], email="a@b\nBcc: c@d")
