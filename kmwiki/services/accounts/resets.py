"""A new password for whoever forgot theirs: a link by mail, for an hour, once.

Nobody learns here who has an account: for every name and address that is typed the same row is written, and the
worker finds out whom it is about, if anybody.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kmwiki.i18n import current_language, language
from kmwiki.i18n import gettext as _
from kmwiki.models import User, UserState
from kmwiki.services.accounts.account_mails import can_send_links, send_reset
from kmwiki.services.accounts.handed_links import use_password_link
from kmwiki.services.accounts.one_time_links import Purpose, make_link
from kmwiki.services.accounts.sign_in import Entry
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

LASTS = timedelta(hours=1)
ASKS_PER_ACCOUNT = 3
ASKS_PER_ADDRESS = 20
_WINDOW = timedelta(hours=1)
_LONGEST_ASKED = 320


def count_ask(uow: UnitOfWork, address: str, asked: str) -> None:
    """Count, for the name or address that was typed and for where it comes from. Raises TooManyTries."""
    message = _("That was asked for often. Please wait an hour.")
    count_try(uow, f"reset {_normal(asked)}", ASKS_PER_ACCOUNT, _WINDOW, message)
    count_try(uow, f"reset-from {address}", ASKS_PER_ADDRESS, _WINDOW, message)


def ask(uow: UnitOfWork, asked: str) -> None:
    """Send a link to the account of this name or mail address, if there is one; the worker looks."""
    if can_send_links(uow):
        uow.enqueue("reset", asked=_normal(asked), language=current_language())


def _normal(asked: str) -> str:
    return asked.replace("\0", "").strip().lower()[:_LONGEST_ASKED]


def send_asked(uow: UnitOfWork, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Make and mail the links that were asked for. For the worker."""
    for payload in payloads:
        is_theirs = (User.username == payload["asked"]) | (User.email == payload["asked"])
        wanted = select(User).where(is_theirs, User.email.is_not(None), User.state != UserState.DISABLED)
        for user in uow.session.scalars(wanted):
            with language(payload["language"]):
                send_reset(uow, user, make_link(uow, Purpose.RESET, user.id, LASTS))
            log.info("sent a link for a new password user=%s", user.id)


def use_reset_link(uow: UnitOfWork, token: str, password: str, device: str = "") -> Entry:
    """Set a new password by such a link; all sessions end, and a second factor is asked for all the same."""
    return use_password_link(uow, Purpose.RESET, token, password, device)
