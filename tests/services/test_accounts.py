"""Accounts, sign-in, limits, one-time links and tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kmwiki.config import with_settings
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import ApiToken, LoginSession, OneTimeLink, OutboxJob, Role, User, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, api_tokens, handed_links, one_time_links, registering, sessions, sign_in
from kmwiki.services.accounts.accounts import actor_of
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.accounts.profile import update_profile
from kmwiki.site import Site

PASSWORD = "a long enough secret"


@pytest.fixture
def ada(site: Site) -> User:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        user.password_hash = hash_password(PASSWORD)
        return user


def later(site: Site, **time: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


@pytest.mark.parametrize("password", ["short", "x" * 201, "password123", "Password123", "newcomer-name"])
def test_weak_passwords_are_refused(site: Site, password: str) -> None:
    with pytest.raises(Refused), site.work(Actor()) as uow:
        registering.register(uow, "newcomer-name", password)


def test_whoever_registers_waits_for_approval(site: Site, people: dict[str, Actor]) -> None:
    with site.work(Actor()) as uow:
        user = registering.register(uow, "Amina", PASSWORD, name="Amina B.", organisation="Lakeside")
    assert (user.username, user.state, user.role) == ("amina", "waiting", "contributor")

    with site.work(people["moderator"]) as uow:
        accounts.approve(uow, "amina")
        assert accounts.find_user(uow, "amina").state == "active"
    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        accounts.approve(uow, "amina")


@pytest.mark.parametrize(("registration", "state"), [("open", "active"), ("approval", "waiting")])
def test_registration_is_as_the_site_has_it(site: Site, registration: str, state: str) -> None:
    site.config = with_settings(site.config, registration=registration)
    with site.work(Actor()) as uow:
        assert registering.register(uow, "amina", PASSWORD).state == state


def test_a_closed_site_takes_no_registrations(site: Site) -> None:
    site.config = with_settings(site.config, registration="closed")
    with pytest.raises(Forbidden), site.work(Actor()) as uow:
        registering.register(uow, "amina", PASSWORD)


@pytest.mark.parametrize("username", ["", "a", "two words", "x" * 41, "-dash", "naïve", "contributor", "Contributor"])
def test_bad_and_taken_names_are_refused(site: Site, username: str) -> None:
    with pytest.raises(Refused), site.work(Actor()) as uow:
        registering.register(uow, username, PASSWORD)


def test_a_right_password_starts_a_session_on_the_server(site: Site, ada: User) -> None:
    with site.work(Actor()) as uow:
        token = sign_in.sign_in(uow, "Contributor", PASSWORD).token
    with site.work(Actor()) as uow:
        found = sessions.user_of_session(uow, token)
        assert found is not None and found.id == ada.id
        assert token not in uow.session.scalars(select(LoginSession.token_hash)).all()
        sessions.sign_out(uow, token)
    with site.work(Actor()) as uow:
        assert sessions.user_of_session(uow, token) is None


@pytest.mark.parametrize(("username", "password"), [("contributor", "wrong password"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    site: Site, ada: User, username: str, password: str
) -> None:
    with pytest.raises(Unauthenticated, match="Name or password is not right"), site.work(Actor()) as uow:
        sign_in.sign_in(uow, username, password)


@pytest.mark.parametrize(("time", "alive"), [({"days": 13}, True), ({"days": 15}, False)])
def test_an_idle_session_ends(site: Site, ada: User, time: dict[str, int], alive: bool) -> None:
    with site.work(Actor()) as uow:
        token = sessions.start_session(uow, ada)
    later(site, **time)
    with site.work(Actor()) as uow:
        assert (sessions.user_of_session(uow, token) is not None) is alive


def test_a_session_ends_after_ninety_days_however_busy_it_is(site: Site, ada: User) -> None:
    with site.work(Actor()) as uow:
        token = sessions.start_session(uow, ada)
    for _week in range(13):
        later(site, days=7)
        with site.work(Actor()) as uow:
            last = sessions.user_of_session(uow, token)
    assert last is None


def test_a_closed_account_is_out_at_once(site: Site, ada: User, people: dict[str, Actor]) -> None:
    with site.work(Actor()) as uow:
        token = sessions.start_session(uow, ada)
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)
    with site.work(Actor()) as uow:
        assert sessions.user_of_session(uow, token) is None
    with pytest.raises(Unauthenticated), site.work(Actor()) as uow:
        sign_in.sign_in(uow, "contributor", PASSWORD)


def test_a_new_role_ends_the_sessions(site: Site, ada: User, people: dict[str, Actor]) -> None:
    with site.work(Actor()) as uow:
        token = sessions.start_session(uow, ada)
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "contributor", Role.MODERATOR)
    with site.work(Actor()) as uow:
        assert sessions.user_of_session(uow, token) is None


def test_nobody_raises_their_own_role(site: Site, people: dict[str, Actor]) -> None:
    for name in ("contributor", "moderator", "admin"):
        with pytest.raises(Forbidden), site.work(people[name]) as uow:
            accounts.set_role(uow, name, Role.ADMIN)


def test_the_last_administrator_stays(site: Site) -> None:
    with pytest.raises(Conflict), site.work(SYSTEM) as uow:
        accounts.set_role(uow, "admin", Role.READER)


def test_tries_are_counted_for_each_account(site: Site) -> None:
    for _try in range(sign_in.TRIES_PER_ACCOUNT):
        with site.work(Actor()) as uow:
            sign_in.count_attempt(uow, "10.0.0.1", "contributor")
    with pytest.raises(TooManyTries), site.work(Actor()) as uow:
        sign_in.count_attempt(uow, "10.0.0.2", "Contributor ")
    with site.work(Actor()) as uow:
        sign_in.count_attempt(uow, "10.0.0.1", "contributor2")
    later(site, minutes=16)
    with site.work(Actor()) as uow:
        sign_in.count_attempt(uow, "10.0.0.1", "contributor")


def test_tries_are_counted_for_each_address(site: Site) -> None:
    for number in range(sign_in.TRIES_PER_ADDRESS):
        with site.work(Actor()) as uow:
            sign_in.count_attempt(uow, "10.0.0.1", f"name{number}")
    with pytest.raises(TooManyTries), site.work(Actor()) as uow:
        sign_in.count_attempt(uow, "10.0.0.1", "another")


def test_the_set_up_link_works_once_and_is_closed_for_good(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.delete(accounts.find_user(uow, "admin"))
        uow.session.flush()
        token = handed_links.make_setup_link(uow)
    with site.work(Actor()) as uow:
        assert handed_links.set_up(uow, token, "first", PASSWORD).role == "admin"
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.set_up(uow, token, "second", PASSWORD)
    with pytest.raises(Refused), site.work(SYSTEM) as uow:
        handed_links.make_setup_link(uow)


@pytest.mark.database
def test_of_two_who_set_up_the_site_at_the_same_moment_one_is_refused(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.delete(accounts.find_user(uow, "admin"))
        uow.session.flush()
        token = handed_links.make_setup_link(uow)
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        link = handed_links.look_at_setup_link(uow, token)
        with site.work(Actor()) as quicker:
            handed_links.set_up(quicker, token, "first", PASSWORD)
        one_time_links.use_up(uow, link)

    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(User.username).where(User.role == Role.ADMIN)).all() == ["first"]


def test_the_set_up_link_is_closed_by_an_administrator_who_came_another_way(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.delete(accounts.find_user(uow, "admin"))
        uow.session.flush()
        token = handed_links.make_setup_link(uow)
    with site.work(SYSTEM) as uow:
        accounts.add_user(uow, "root", None, Role.ADMIN)
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.set_up(uow, token, "second", PASSWORD)


def test_what_happens_to_an_account_is_told_without_words_of_it(site: Site, people: dict[str, Actor]) -> None:
    with site.work(Actor()) as uow:
        amina = registering.register(uow, "amina", PASSWORD, name="Amina B.", email="amina@example.org")
    with site.work(Actor()) as uow:
        registering.register(uow, "bola", PASSWORD)
    with site.work(people["moderator"]) as uow:
        accounts.approve(uow, "amina")
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "amina", Role.MODERATOR)
        accounts.set_state(uow, "bola", UserState.ACTIVE)

    with site.work(SYSTEM) as uow:
        told = select(OutboxJob.payload).where(OutboxJob.name == "tell").order_by(OutboxJob.id)
        payloads = uow.session.scalars(told).all()
    of_amina = [payload["event"] for payload in payloads if payload["user_id"] == str(amina.id)]
    assert of_amina == ["account-waits", "account-approved", "role-changed"]
    of_bola = [payload["event"] for payload in payloads if payload["user_id"] != str(amina.id)]
    assert of_bola == ["account-waits", "account-approved"]
    assert "amina" not in str(payloads).lower()


def test_an_open_site_tells_nobody_that_somebody_waits(site: Site) -> None:
    site.config = with_settings(site.config, registration="open")
    with site.work(Actor()) as uow:
        registering.register(uow, "amina", PASSWORD)
        assert uow.session.scalars(select(OutboxJob)).all() == []


def test_a_sign_in_link_works_once_within_a_week(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["admin"]) as uow:
        token = handed_links.make_sign_in_link(uow, "contributor")
        old = handed_links.make_sign_in_link(uow, "contributor2")
    with site.work(Actor()) as uow:
        assert handed_links.use_sign_in_link(uow, token, PASSWORD).user.username == "contributor"
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.use_sign_in_link(uow, token, PASSWORD)
    later(site, days=8)
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.use_sign_in_link(uow, old, PASSWORD)
    with site.work(SYSTEM) as uow:
        sign_in.forget_old_attempts_and_sessions(uow)
        assert uow.session.scalars(select(OneTimeLink)).all() == []


def test_a_link_of_a_closed_account_opens_nothing(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["admin"]) as uow:
        token = handed_links.make_sign_in_link(uow, "contributor")
        accounts.set_state(uow, "contributor", UserState.DISABLED)
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.use_sign_in_link(uow, token, PASSWORD)


def test_a_token_is_its_owner_as_they_are_now(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["moderator"]) as uow:
        _row, token = api_tokens.add_token(uow, "my script")
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "moderator", Role.READER)
    with site.work(SYSTEM) as uow:
        row = api_tokens.user_of_token(uow, token)
        assert actor_of(row.user, is_token=True).role is Role.READER
        assert token not in uow.session.scalars(select(ApiToken.token_hash)).all()


def test_a_token_ends_with_its_time_and_with_its_owner(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["contributor"]) as uow:
        _row, short = api_tokens.add_token(uow, "short", days=1)
        _row, long = api_tokens.add_token(uow, "long")
    later(site, days=2)
    with pytest.raises(Unauthenticated), site.work(SYSTEM) as uow:
        api_tokens.user_of_token(uow, short)
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)
    with pytest.raises(Unauthenticated), site.work(SYSTEM) as uow:
        api_tokens.user_of_token(uow, long)


def test_a_token_makes_no_tokens(site: Site, ada: User) -> None:
    with pytest.raises(Forbidden), site.work(actor_of(ada, is_token=True)) as uow:
        api_tokens.add_token(uow, "another")


def test_tokens_of_others_are_not_there(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["contributor"]) as uow:
        row, _token = api_tokens.add_token(uow, "mine")
    with pytest.raises(NotFound), site.work(people["contributor2"]) as uow:
        api_tokens.remove_token(uow, row.id)


def test_a_profile_takes_nothing_but_what_it_shows(site: Site, people: dict[str, Actor]) -> None:
    with site.work(people["contributor"]) as uow:
        user = update_profile(
            uow, {"name": " Amina\n B. ", "organisation": "Lakeside", "languages": ["sw", "en"], "role": "admin"}
        )
    assert (user.name, user.organisation) == ("Amina B.", "Lakeside")
    assert (user.languages, user.role) == (["sw", "en"], "contributor")
    with pytest.raises(Refused), site.work(people["contributor"]) as uow:
        update_profile(uow, {"languages": ["xx-unknown"]})
