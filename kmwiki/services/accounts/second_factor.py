"""The second factor of an account: codes of an authenticator app (RFC 6238), and recovery codes in its stead.

A code counts for its half minute and the ones beside it, and never twice: `last_step` only rises. The key counts
from the first right code on, so that nobody locks themselves out with an app that was not set up.
"""

import hmac
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import SecondFactor, User
from kmwiki.permissions import MODERATING_ROLES, require
from kmwiki.services.accounts import recovery_codes
from kmwiki.services.accounts.accounts import end_sessions, find_user, user_by_id
from kmwiki.services.accounts.one_time_links import Purpose, end_links
from kmwiki.services.accounts.passwords import require_password
from kmwiki.services.accounts.sessions import start_session
from kmwiki.services.upkeep.limits import count_try, forget_tries
from kmwiki.site import UnitOfWork

STEP_SECONDS = 30
#: Clocks of telephones go wrong by half a minute.
WINDOW = 1
WRONG_CODES = 5
#: From the password to the first code.
SET_UP_WITHIN = timedelta(hours=1)
_WINDOW_OF_TRIES = timedelta(minutes=15)


def is_on(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether this account signs in with a code."""
    found = uow.session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id))
    return found is not None


def is_missing(uow: UnitOfWork, user: User) -> bool:
    """Whether the site wants a second factor of this account, and it has none: it may do nothing else before."""
    wanted = uow.site.config.second_factor == "moderators" and user.role in MODERATING_ROLES
    return wanted and not is_on(uow, user.id)


# ---- setting it up


def begin(uow: UnitOfWork, password: str) -> None:
    """A new key for oneself; it does not count before confirm(). Raises Refused, Conflict where one is on."""
    user = _own(uow)
    if is_on(uow, user.id):
        raise Conflict(_("Your account has a second factor already."))
    require_password(password, user.password_hash)
    uow.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    uow.session.add(SecondFactor(user_id=user.id, secret=pyotp.random_base32(), last_step=0, created_at=uow.now))


def own_factor(uow: UnitOfWork) -> SecondFactor | None:
    """One's own, on or being set up; a key that was begun long ago is forgotten, so that nobody else ends it."""
    factor = uow.session.get(SecondFactor, _own(uow).id)
    is_over = factor is not None and factor.confirmed_at is None and uow.now - factor.created_at > SET_UP_WITHIN
    return None if is_over else factor


def address_for_app(uow: UnitOfWork, factor: SecondFactor) -> str:
    """What an authenticator app reads from the picture: `otpauth://…`."""
    name = _own(uow).username
    return pyotp.TOTP(factor.secret).provisioning_uri(name=name, issuer_name=uow.site.config.site_name)


def confirm(uow: UnitOfWork, code: str, device: str = "") -> tuple[list[str], str]:
    """Switch it on by a first code: the recovery codes, shown once, and the token of a new session.

    All sessions before end: they were opened by the password alone. Raises Refused for a wrong code, Conflict.
    """
    user, factor = _own(uow), own_factor(uow)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(_("Please begin again."))
    if not _is_right_step(uow, factor, code):
        raise wrong_code()
    factor.confirmed_at = uow.now
    end_sessions(uow, user)
    codes = recovery_codes.make(uow, user.id)
    uow.audit("user.second-factor", user=user.username, state="on")
    return codes, start_session(uow, user, device)


def make_recovery_codes(uow: UnitOfWork, code: str) -> list[str]:
    """Ten new ones for oneself; the ones before end. Asks a code. Raises Refused, Conflict."""
    user = _own(uow)
    take(uow, user.id, code)
    codes = recovery_codes.make(uow, user.id)
    uow.audit("user.second-factor", user=user.username, state="new codes")
    return codes


def codes_left(uow: UnitOfWork) -> int:
    """How many recovery codes of one's own were not used yet."""
    return recovery_codes.count_left(uow, _own(uow).id)


# ---- using it


def count_code(uow: UnitOfWork, user_id: UUID) -> None:
    """Count a try at a code of this account. Raises TooManyTries; a right code forgets the count."""
    message = _("Too many wrong codes. Please wait a quarter of an hour.")
    count_try(uow, f"code {user_id}", WRONG_CODES, _WINDOW_OF_TRIES, message)


def take(uow: UnitOfWork, user_id: UUID, code: str) -> None:
    """Use up a code of the app, or a recovery code. Raises Refused for a wrong or used one."""
    factor = uow.session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        raise Conflict(_("Please begin again."))
    if not (_is_right_step(uow, factor, code) or recovery_codes.use(uow, user_id, code)):
        raise wrong_code()
    forget_tries(uow, f"code {user_id}")


def _is_right_step(uow: UnitOfWork, factor: SecondFactor, code: str) -> bool:
    """Whether the code is one of now; its step is taken for good, also where two come at the same moment."""
    typed = "".join(code.split())
    now = int(uow.now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(factor.secret)
    for step in range(now - WINDOW, now + WINDOW + 1):
        if step > factor.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            taken = uow.session.execute(
                update(SecondFactor)
                .where(SecondFactor.user_id == factor.user_id, SecondFactor.last_step < step)
                .values(last_step=step)
            )
            return bool(taken.rowcount == 1)  # type: ignore[attr-defined]
    return False


def wrong_code() -> Refused:
    message = _("This code is not right, or it was used already. Wait for the next one.")
    return Refused(message, [Problem(field="code", level=Level.DRAFT, message=message)])


# ---- switching it off


def switch_off(uow: UnitOfWork, password: str, code: str) -> None:
    """Sign in without it from now on. Asks password and code. Raises Refused, Conflict."""
    user = _own(uow)
    require_password(password, user.password_hash)
    take(uow, user.id, code)
    _remove(uow, user)
    uow.audit("user.second-factor", user=user.username, state="off")


def reset(uow: UnitOfWork, username: str) -> User:
    """Take somebody's second factor away who lost telephone and codes; they are signed out everywhere."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    _remove(uow, user)
    end_sessions(uow, user)
    uow.audit("user.second-factor", user=user.username, state="reset")
    return user


def _remove(uow: UnitOfWork, user: User) -> None:
    uow.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    recovery_codes.remove(uow, user.id)
    end_links(uow, user.id, [Purpose.SECOND_STEP])


def _own(uow: UnitOfWork) -> User:
    require(uow.actor, "profile.manage")
    return user_by_id(uow, uow.actor.user_id)


def in_groups(secret: str) -> Sequence[str]:
    """The key in groups of four, to be typed."""
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]
