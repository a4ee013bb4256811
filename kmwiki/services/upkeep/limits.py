"""How often something may be done within a time: counted in the database, so that all processes count together."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select

from kmwiki.domain.ids import new_id
from kmwiki.errors import TooManyTries
from kmwiki.models import LoginAttempt
from kmwiki.site import UnitOfWork

#: Nothing is counted over a longer time: what is older is forgotten.
LONGEST_WINDOW = timedelta(days=1)


def count_try(uow: UnitOfWork, what: str, limit: int, window: timedelta, message: str) -> None:
    """Count one more of this. Raises TooManyTries with the message where there were `limit` within the time already.

    Only the hash of `what` is kept, never the name or address in it.
    """
    mine = (LoginAttempt.key == _key(what)) & (LoginAttempt.at > uow.now - window)
    if (uow.session.scalar(select(func.count()).select_from(LoginAttempt).where(mine)) or 0) >= limit:
        raise TooManyTries(message)
    uow.session.add(LoginAttempt(id=new_id(), key=_key(what), at=uow.now))


def forget_tries(uow: UnitOfWork, what: str) -> None:
    """The count of this begins anew."""
    uow.session.execute(delete(LoginAttempt).where(LoginAttempt.key == _key(what)))


def forget_old_tries(uow: UnitOfWork) -> None:
    """Remove what counts no more. For the worker."""
    uow.session.execute(delete(LoginAttempt).where(LoginAttempt.at < uow.now - LONGEST_WINDOW))


def _key(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()
