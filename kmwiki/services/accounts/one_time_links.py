"""Links that work once: made, looked at, used up. What each brings about is said where it is used.

A token is random and shown once; the database keeps its SHA-256. Using one is a compare-and-set, so of two uses at
the same moment one is refused. Not every one is a link: the step between password and code is kept here, too.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from kmwiki.errors import NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import OneTimeLink
from kmwiki.site import UnitOfWork


class Purpose(StrEnum):
    """What a link is for; one of another purpose is as good as none."""

    SETUP = "setup"
    SIGN_IN = "sign-in"
    RESET = "reset"
    EMAIL = "email"
    SECOND_STEP = "second-step"


#: Those that open an account: they end when its password changes.
OPENING = (Purpose.SIGN_IN, Purpose.RESET, Purpose.SECOND_STEP)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(
    uow: UnitOfWork, purpose: Purpose, user_id: UUID | None, lasts: timedelta, details: Mapping[str, Any] | None = None
) -> str:
    """The token of a new one. The caller has asked who may."""
    token = secrets.token_urlsafe(32)
    uow.session.add(
        OneTimeLink(
            token_hash=hashed(token), purpose=purpose, user_id=user_id, details=dict(details or {}),
            created_at=uow.now, expires_at=uow.now + lasts,
        )
    )  # fmt: skip
    return token


def look_at_link(uow: UnitOfWork, purpose: Purpose, token: str) -> OneTimeLink:
    """Raises NotFound where it is unknown, used, of another purpose or past its time."""
    link = uow.session.get(OneTimeLink, hashed(token))
    if link is None or link.purpose != purpose or link.expires_at < uow.now:
        raise NotFound(_("This link was used already, or its time is over. Ask for a new one."))
    return link


def use_up(uow: UnitOfWork, link: OneTimeLink) -> None:
    """Nobody uses it again. Raises NotFound where somebody else did at this moment."""
    gone = uow.session.execute(
        delete(OneTimeLink)
        .where(OneTimeLink.token_hash == link.token_hash)
        .execution_options(synchronize_session=False)
    )
    uow.session.expunge(link)
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(_("This link was used already, or its time is over. Ask for a new one."))


def end_links(uow: UnitOfWork, user_id: UUID, purposes: Iterable[Purpose]) -> None:
    """The links of an account for these purposes work no more."""
    uow.session.execute(
        delete(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.purpose.in_(list(purposes)))
    )
