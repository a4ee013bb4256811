"""Mails about what happened: one notification each, written when it goes and only if it still concerns its owner."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from kmwiki.backends.mail import Letter
from kmwiki.domain.events import GROUP_OF, Event, Group
from kmwiki.i18n import gettext as _
from kmwiki.i18n import language
from kmwiki.models import Change, Notification, Page, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.render.event_words import reason_words
from kmwiki.services.accounts.accounts import actor_of, user_by_id
from kmwiki.services.telling.letter_words import paragraphs
from kmwiki.services.telling.mailing import absolute, deliver_each, language_of
from kmwiki.services.telling.notifications import in_words
from kmwiki.services.telling.telling import concerns
from kmwiki.services.telling.told import When, not_to_be_mailed, stop_token, when
from kmwiki.site import Site, UnitOfWork


def mail_notifications(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> Mapping[int, str]:
    """Job `notify-mail`: mail these notifications, as far as they are still to go; those that could not be go again."""
    site, ids = uow.site, [UUID(payload["notification_id"]) for payload in payloads]
    return deliver_each(
        site, [partial(_letter, site, id) for id in ids], lambda position: note_mailed(site, [ids[position]])
    )


def note_mailed(site: Site, ids: list[UUID]) -> None:
    """In a short unit of work of its own, right after the mail went."""
    with site.work(SYSTEM) as uow:
        not_to_be_mailed(uow, ids)


def _letter(site: Site, notification_id: UUID) -> Letter | None:
    """The mail; None where it went already, was read in the site, or is not to go any more."""
    with site.look(SYSTEM) as uow:
        notification = uow.session.get(Notification, notification_id)
        user = uow.session.get(User, notification.user_id) if notification else None
        if notification is None or user is None or notification.mailed_at is not None:
            return None
        wish = when(user, GROUP_OF[Event(notification.event)])
        is_to_go = wish is When.AT_ONCE and goes_on(uow, notification, user)
        owner = actor_of(user)
    if is_to_go:
        return _written(site, notification_id, owner)
    if wish is not When.DAILY:
        note_mailed(site, [notification_id])
    return None


def goes_on(uow: UnitOfWork, notification: Notification, user: User) -> bool:
    """Whether a mail about it makes sense now: unread, to be written to, and still its owner's to know."""
    page = uow.session.get(Page, notification.page_id) if notification.page_id else None
    change = uow.session.get(Change, notification.change_id) if notification.change_id else None
    is_read = notification.read_at is not None
    return bool(user.email) and not is_read and concerns(uow.site, Event(notification.event), user, page, change)


def _written(site: Site, notification_id: UUID, owner: Actor) -> Letter | None:
    """Written with the eyes of its owner."""
    with site.look(owner) as uow:
        user = user_by_id(uow, owner.user_id)
        notification = uow.session.get_one(Notification, notification_id)
        with language(language_of(user)):
            (told,) = in_words(uow, [notification])
            if told.sentence is None or told.path is None:
                return None
            group = GROUP_OF[Event(notification.event)]
            body = [f"{told.sentence}.", *paragraphs(uow, told), absolute(uow, told.path)]
            key = f"notification-{notification.id}"
            return letter(uow, user, told.sentence, body, key, group, [reason_words(group)])


def letter(
    uow: UnitOfWork, user: User, subject: str, body: Sequence[str], key: str, stops: Group | str, why: Sequence[str]
) -> Letter:
    """A mail of these paragraphs, with the way to get no more of them; `stops` is what its stop link stops."""
    stop = absolute(uow, f"/account/mail/stop/{stop_token(uow, user, stops)}")
    foot = [
        *why,
        _("What you are told of, and how: {address}").format(address=absolute(uow, "/account/told")),
        _("No more mails of this kind: {address}").format(address=stop),
    ]
    text = "\n\n".join(body) + "\n\n-- \n" + "\n".join(foot) + "\n"
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Letter(str(user.email), subject, text, key, language_of(user), headers)
