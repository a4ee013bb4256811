"""A second factor: codes of an app, each once; recovery codes, each once; wrong ones are counted."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from kmwiki.config import with_settings
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import AuditEntry, LoginSession, OneTimeLink, RecoveryCode, Role, SecondFactor, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, handed_links, recovery_codes, second_factor, sign_in
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "a long enough secret"
HASH = hash_password(PASSWORD)
AppOf = Callable[[str], "App"]


class App:
    """An authenticator app that shows codes of this key at the site's time."""

    def __init__(self, site: Site, secret: str, recovery: list[str]) -> None:
        self.site, self.secret, self.recovery = site, secret, recovery

    def code(self, seconds: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.site.clock() + timedelta(seconds=seconds))


def later(site: Site, **time: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


@pytest.fixture
def app_of(site: Site, people: dict[str, Actor]) -> AppOf:
    """Give somebody password and second factor, as they would themselves; the code that did it is a minute old."""

    def set_up(name: str) -> App:
        with site.work(SYSTEM) as uow:
            accounts.find_user(uow, name).password_hash = HASH
        with site.work(people[name]) as uow:
            second_factor.begin(uow, PASSWORD)
        with site.work(people[name]) as uow:
            app = App(site, second_factor.own_factor(uow).secret, [])
            app.recovery, _token = second_factor.confirm(uow, app.code())
        later(site, minutes=2)
        return app

    return set_up


def entered(site: Site, name: str = "contributor") -> sign_in.Entry:
    with site.work(Actor()) as uow:
        return sign_in.sign_in(uow, name, PASSWORD)


def took(site: Site, step: str, code: str) -> sign_in.Entry:
    with site.work(Actor()) as uow:
        sign_in.count_code(uow, step)
    with site.work(Actor()) as uow:
        return sign_in.take_code(uow, step, code)


def sessions(site: Site) -> int:
    with site.work(SYSTEM) as uow:
        return len(uow.session.scalars(select(LoginSession)).all())


@pytest.mark.database
def test_a_right_password_opens_no_session_before_the_code(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    before = sessions(site)
    entry = entered(site)
    assert entry.wants_code and sessions(site) == before

    through = took(site, entry.token, app.code())

    assert not through.wants_code and through.user.username == "contributor" and sessions(site) == before + 1
    with pytest.raises(Unauthenticated):
        took(site, entry.token, app.code(30))


@pytest.mark.database
def test_a_code_is_never_taken_twice(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    took(site, entered(site).token, app.code())

    with pytest.raises(Refused, match="used already"):
        took(site, entered(site).token, app.code())
    with pytest.raises(Refused):
        took(site, entered(site).token, app.code(-30))  # one before the last that was taken
    took(site, entered(site).token, app.code(30))


@pytest.mark.database
def test_of_two_uses_of_a_code_at_the_same_moment_one_is_refused(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    first, second = entered(site).token, entered(site).token
    with site.work(Actor()) as uow:
        slow = uow.session.scalars(select(SecondFactor)).one()  # read before the other takes the code
        took(site, first, app.code())
        assert slow.last_step < int(site.clock().timestamp()) // 30 - 1
        with pytest.raises(Refused):
            sign_in.take_code(uow, second, app.code())


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_wrong_by_half_a_minute(site: Site, app_of: AppOf, seconds: int, right: bool) -> None:
    app = app_of("contributor")
    step = entered(site).token
    if right:
        took(site, step, app.code(seconds))
    else:
        with pytest.raises(Refused):
            took(site, step, app.code(seconds))


@pytest.mark.database
def test_a_recovery_code_stands_in_once_however_it_is_typed(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    assert len(set(app.recovery)) == recovery_codes.NUMBER == 10
    took(site, entered(site).token, app.recovery[0].upper().replace("-", " "))

    with pytest.raises(Refused):
        took(site, entered(site).token, app.recovery[0])
    with site.work(SYSTEM) as uow:
        kept = uow.session.scalars(select(RecoveryCode)).all()
        assert not {row.code_hash for row in kept} & set(app.recovery)
        assert sum(row.used_at is not None for row in kept) == 1


def test_after_five_wrong_codes_the_account_rests_whatever_the_step(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    for _try in range(second_factor.WRONG_CODES):
        with pytest.raises(Refused):
            took(site, entered(site).token, "000000")

    with pytest.raises(TooManyTries):
        took(site, entered(site).token, app.code())
    later(site, minutes=16)
    took(site, entered(site).token, app.code())


def test_right_codes_are_not_counted(site: Site, app_of: AppOf) -> None:
    app = app_of("contributor")
    for _time in range(second_factor.WRONG_CODES + 2):
        later(site, minutes=1)
        took(site, entered(site).token, app.code())


def test_the_second_step_ends_after_ten_minutes_and_with_a_closed_account(
    site: Site, people: dict[str, Actor], app_of: AppOf
) -> None:
    app = app_of("contributor")
    slow = entered(site).token
    later(site, minutes=11)
    with pytest.raises(Unauthenticated, match="too long"):
        took(site, slow, app.code())

    closed = entered(site).token
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", accounts.UserState.DISABLED)
    with pytest.raises(Unauthenticated):
        took(site, closed, app.code())


def test_a_link_of_another_kind_is_no_second_step(site: Site, people: dict[str, Actor], app_of: AppOf) -> None:
    app = app_of("contributor")
    with site.work(people["admin"]) as uow:
        link = handed_links.make_sign_in_link(uow, "contributor")

    with pytest.raises(Unauthenticated):
        took(site, link, app.code())
    with pytest.raises(NotFound), site.work(Actor()) as uow:
        handed_links.use_sign_in_link(uow, entered(site).token, "another long secret")


def test_a_sign_in_link_does_not_go_round_it(site: Site, people: dict[str, Actor], app_of: AppOf) -> None:
    app = app_of("contributor")
    with site.work(people["admin"]) as uow:
        link = handed_links.make_sign_in_link(uow, "contributor")
    with site.work(Actor()) as uow:
        entry = handed_links.use_sign_in_link(uow, link, "another long secret")

    assert entry.wants_code
    assert not took(site, entry.token, app.code()).wants_code


def test_it_counts_from_the_first_right_code_on(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = HASH
    with pytest.raises(Refused), site.work(ada) as uow:
        second_factor.begin(uow, "not the password")
    with site.work(ada) as uow:
        second_factor.begin(uow, PASSWORD)
    with pytest.raises(Refused), site.work(ada) as uow:
        second_factor.confirm(uow, "000000")

    assert not entered(site).wants_code


def test_a_key_that_was_begun_and_left_open_is_forgotten(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = HASH
    with site.work(ada) as uow:
        second_factor.begin(uow, PASSWORD)
    with site.work(ada) as uow:
        app = App(site, second_factor.own_factor(uow).secret, [])
    later(site, minutes=61)
    with pytest.raises(Conflict), site.work(ada) as uow:
        assert second_factor.own_factor(uow) is None
        second_factor.confirm(uow, app.code())
    with site.work(ada) as uow:
        second_factor.begin(uow, PASSWORD)


def test_switching_it_on_ends_the_sessions_before(site: Site, app_of: AppOf, people: dict[str, Actor]) -> None:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = HASH
    entered(site)
    app_of("contributor")

    assert sessions(site) == 1  # the one in which it was switched on
    with pytest.raises(Conflict), site.work(people["contributor"]) as uow:
        second_factor.begin(uow, PASSWORD)


def test_switching_it_off_asks_password_and_code(site: Site, app_of: AppOf, people: dict[str, Actor]) -> None:
    app, ada = app_of("contributor"), people["contributor"]
    for password, code in (("wrong", app.code()), (PASSWORD, "000000")):
        with pytest.raises(Refused), site.work(ada) as uow:
            second_factor.switch_off(uow, password, code)
    with site.work(ada) as uow:
        second_factor.switch_off(uow, PASSWORD, app.code())

    assert not entered(site).wants_code
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(RecoveryCode)).all() == []


def test_new_recovery_codes_end_those_before(site: Site, app_of: AppOf, people: dict[str, Actor]) -> None:
    app, ada = app_of("contributor"), people["contributor"]
    with site.work(ada) as uow:
        new = second_factor.make_recovery_codes(uow, app.recovery[3])
    with site.work(ada) as uow:
        assert second_factor.codes_left(uow) == 10

    with pytest.raises(Refused):
        took(site, entered(site).token, app.recovery[4])
    took(site, entered(site).token, new[0])


def test_an_administrator_takes_it_away_and_nobody_else(site: Site, app_of: AppOf, people: dict[str, Actor]) -> None:
    app_of("moderator")
    entered(site, "moderator")
    for name in ("contributor", "moderator"):
        with pytest.raises(Forbidden), site.work(people[name]) as uow:
            second_factor.reset(uow, "moderator")
    with site.work(people["admin"]) as uow:
        second_factor.reset(uow, "moderator")

    assert sessions(site) == 0
    assert not entered(site, "moderator").wants_code
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(OneTimeLink)).all() == []
        steps = select(AuditEntry.details).where(AuditEntry.action == "user.second-factor")
        assert {"user": "moderator", "state": "reset"} in uow.session.scalars(steps).all()


def test_nobody_sets_it_up_with_a_token(site: Site, people: dict[str, Actor]) -> None:
    with site.work(SYSTEM) as uow:
        user: User = accounts.find_user(uow, "contributor")
    with pytest.raises(Forbidden), site.work(accounts.actor_of(user, is_token=True)) as uow:
        second_factor.begin(uow, PASSWORD)


@pytest.mark.parametrize(
    ("setting", "role", "missing"),
    [
        ("optional", Role.ADMIN, False), ("moderators", Role.CONTRIBUTOR, False), ("moderators", Role.READER, False),
        ("moderators", Role.MODERATOR, True), ("moderators", Role.ADMIN, True),
    ],
)  # fmt: skip
def test_the_site_says_who_needs_one(site: Site, setting: str, role: Role, missing: bool) -> None:
    site.config = with_settings(site.config, second_factor=setting)
    with site.work(SYSTEM) as uow:
        user = accounts.add_user(uow, "somebody", None, role)
        assert second_factor.is_missing(uow, user) is missing
