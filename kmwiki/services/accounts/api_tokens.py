"""Tokens for programs: random, kept as SHA-256, never wider than their owner is now."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused, Unauthenticated
from kmwiki.i18n import gettext as _
from kmwiki.models import ApiToken, User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.site import UnitOfWork


def add_token(
    uow: UnitOfWork, name: str, *, days: int | None = None, is_read_only: bool = False, owner: User | None = None
) -> tuple[ApiToken, str]:
    """A new API token of one's own (or, for commands, of an account): the row, and the token shown once."""
    if owner is None:
        require(uow.actor, "token.manage")
        owner = user_by_id(uow, uow.actor.user_id)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        message = _("Give the token a name of at most 100 characters.")
        raise Refused(message, [Problem(field="name", level=Level.DRAFT, message=message)])
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        id=new_id(), user_id=owner.id, name=name.strip(), token_hash=hashed(token), is_read_only=is_read_only,
        created_at=uow.now, expires_at=uow.now + timedelta(days=days) if days else None,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit("token.add", user=owner.username, token=str(row.id))
    return row, token


def own_tokens(uow: UnitOfWork) -> Sequence[ApiToken]:
    """One's own tokens, newest first."""
    require(uow.actor, "token.manage")
    return uow.session.scalars(
        select(ApiToken).where(ApiToken.user_id == uow.actor.user_id).order_by(ApiToken.created_at.desc())
    ).all()


def remove_token(uow: UnitOfWork, token_id: UUID) -> None:
    """Revoke one of one's own tokens. Raises NotFound for any other."""
    require(uow.actor, "token.manage")
    row = uow.session.get(ApiToken, token_id)
    if row is None or row.user_id != uow.actor.user_id:
        raise NotFound()
    uow.session.delete(row)
    uow.audit("token.remove", token=str(token_id))


def user_of_token(uow: UnitOfWork, token: str) -> ApiToken:
    """The token's row with its owner, as they are now. Raises Unauthenticated."""
    row = uow.session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed(token)))
    if row is None or row.user.state == UserState.DISABLED or (row.expires_at and row.expires_at < uow.now):
        raise Unauthenticated(_("This token is not known, or its time is over."))
    return row
