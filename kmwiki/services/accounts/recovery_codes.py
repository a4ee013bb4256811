"""Recovery codes: ten words that each stand in for the second factor once. Shown once; kept as SHA-256."""

import secrets
from uuid import UUID

from sqlalchemy import delete, func, select, update

from kmwiki.domain.ids import new_id
from kmwiki.models import RecoveryCode
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.site import UnitOfWork

NUMBER = 10
#: Without letters and digits that look alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def make(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """New ones for this account; those before end."""
    codes = [_new_code() for _code in range(NUMBER)]
    remove(uow, user_id)
    uow.session.add_all(RecoveryCode(id=new_id(), user_id=user_id, code_hash=_hash(code)) for code in codes)
    return codes


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(4)) for _group in range(3))


def use(uow: UnitOfWork, user_id: UUID, code: str) -> bool:
    """Whether it is one of theirs that was not used yet; it is used then, also where two come at the same moment."""
    this_one = (
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    )  # fmt: skip
    if uow.session.scalar(select(RecoveryCode.id).where(*this_one)) is None:
        return False
    used = uow.session.execute(update(RecoveryCode).where(*this_one).values(used_at=uow.now))
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def count_left(uow: UnitOfWork, user_id: UUID) -> int:
    """How many were not used yet."""
    left = select(func.count()).select_from(RecoveryCode)
    return uow.session.scalar(left.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))) or 0


def remove(uow: UnitOfWork, user_id: UUID) -> None:
    """None of theirs works any more."""
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _hash(code: str) -> str:
    """As people type it: with or without dashes and spaces, large or small."""
    return hashed("".join(c for c in code.lower() if c.isalnum()))
