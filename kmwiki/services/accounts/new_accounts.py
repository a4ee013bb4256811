"""What accounts that nobody knows yet may do at once: enough to write, too little to flood a site.

Counted as new is an account that waits for approval, and one that registered by itself, for its first three days or
until something of it is published. Accounts that somebody here made or invited are not.
"""

from datetime import timedelta

from sqlalchemy import exists, func, select

from kmwiki.domain.workflow import OPEN_STATES, State
from kmwiki.errors import TooManyTries
from kmwiki.i18n import gettext as _
from kmwiki.models import AuditEntry, Change, Role, User, UserState
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

NEW_FOR = timedelta(days=3)
OPEN_CHANGES = 5
COMMENTS_A_DAY = 20
_DAY = timedelta(days=1)
#: The note of a registration is written in the same unit of work as the account.
_SAME_MOMENT = timedelta(minutes=1)


def is_new(uow: UnitOfWork, user: User) -> bool:
    """Whether nobody here knows this account yet."""
    if user.state == UserState.WAITING:
        return True
    if uow.now - user.created_at >= NEW_FOR or user.role != Role.CONTRIBUTOR:
        return False
    published = exists().where(Change.author_id == user.id, Change.state == State.PUBLISHED)
    return not uow.session.scalar(select(published)) and _registered_by_itself(uow, user)


def _registered_by_itself(uow: UnitOfWork, user: User) -> bool:
    notes = select(AuditEntry.details).where(
        AuditEntry.action == "user.register",
        AuditEntry.at.between(user.created_at - _SAME_MOMENT, user.created_at + _SAME_MOMENT),
    )
    return any(details.get("user") == user.username for details in uow.session.scalars(notes))


def refuse_more_changes(uow: UnitOfWork) -> None:
    """Bound what a new account has under way at a time. Raises TooManyTries."""
    if not _asker_is_new(uow):
        return
    under_way = select(func.count()).select_from(Change).where(
        Change.author_id == uow.actor.user_id, Change.state.in_(OPEN_STATES)
    )  # fmt: skip
    if (uow.session.scalar(under_way) or 0) >= OPEN_CHANGES:
        message = _("Your account is new, and {number} texts of yours are under way. Finish one, or put one away.")
        raise TooManyTries(message.format(number=OPEN_CHANGES))


def count_comment(uow: UnitOfWork) -> None:
    """Bound how much a new account says in a day. Raises TooManyTries."""
    if _asker_is_new(uow):
        message = _("Your account is new: it can say {number} things a day. Please go on tomorrow.")
        key = f"comments of a new account {uow.actor.user_id}"
        count_try(uow, key, COMMENTS_A_DAY, _DAY, message.format(number=COMMENTS_A_DAY))


def _asker_is_new(uow: UnitOfWork) -> bool:
    if not uow.actor.is_signed_in or uow.actor.has_role(Role.MODERATOR):
        return False
    return is_new(uow, user_by_id(uow, uow.actor.user_id))
