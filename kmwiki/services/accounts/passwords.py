"""Passwords: argon2id, 10 to 200 characters, no rules of composition, common ones refused."""

import threading
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _

SHORTEST, LONGEST = 10, 200

# OWASP's least memory for argon2id: a small server answers several sign-ins without running out of memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# One hash at a time a process, so that a flood of sign-ins cannot take all memory and processors.
_one_at_a_time = threading.Lock()
_COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
# Verified against for unknown names: the same work, so that the time does not tell who has an account.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to be stored."""
    with _one_at_a_time:
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long for an account that does not exist (hash None)."""
    with _one_at_a_time:
        try:
            return _hasher.verify(password_hash or _NOBODY, password[:LONGEST]) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def require_password(password: str, password_hash: str | None) -> None:
    """Whoever changes what guards an account shows its password again. Raises Refused."""
    if not is_right(password, password_hash):
        message = _("This is not your present password.")
        raise Refused(message, [Problem(field="current", level=Level.DRAFT, message=message)])


def refuse_weak(password: str, *known: str) -> None:
    """Raises Refused for a password that is too short, too long, common, or one of the known words (the name)."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = _("A password has {least} to {most} characters.").format(least=SHORTEST, most=LONGEST)
    elif password.lower() in _COMMON or password.lower() in {word.lower() for word in known if word}:
        message = _("Many people use this password, or it is your name. Please choose another one.")
    else:
        return
    raise Refused(message, [Problem(field="password", level=Level.DRAFT, message=message)])
