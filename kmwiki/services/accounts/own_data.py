"""Everything that this site keeps about somebody, for themselves: a ZIP of JSON files, and a word on what is what.

One's own words alone: nothing of other people's drafts, and of what others did about the account no more than that
it was done.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from sqlalchemy import ColumnElement, Select, select

from kmwiki.db import Base
from kmwiki.i18n import gettext as _
from kmwiki.models import (
    ApiToken,
    AuditEntry,
    Change,
    Comment,
    Enquiry,
    EnquiryMessage,
    Invitation,
    LoginSession,
    Notification,
    Opinion,
    Report,
    Review,
    Revision,
    User,
    Watch,
)
from kmwiki.permissions import require, visible
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.passwords import require_password
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

DOWNLOADS = 3
_WINDOW = timedelta(hours=1)
#: Beyond these the rest is left out, and README.txt says so.
MOST_ROWS = 20_000
MOST_BYTES = 100_000_000
_PROFILE = (
    "username", "name", "email", "role", "state", "is_trusted", "organisation", "languages", "place", "told",
    "desk_takes", "created_at", "seen_at",
)  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """One file: which rows are somebody's own, and what of them is given."""

    file: str
    table: type[Base]
    mine: Callable[[User], ColumnElement[bool]]
    columns: tuple[str, ...]


LISTINGS = (
    Listing("devices", LoginSession, lambda me: LoginSession.user_id == me.id, ("device", "created_at", "seen_at")),
    Listing(
        "tokens", ApiToken, lambda me: ApiToken.user_id == me.id, ("name", "is_read_only", "created_at", "expires_at")
    ),
    Listing(
        "changes", Change, lambda me: Change.author_id == me.id,
        ("id", "page_id", "state", "depth", "summary", "note_to_reviewer", "request", "created_at", "updated_at",
         "submitted_at", "decided_at"),
    ),
    Listing(
        "comments", Comment, lambda me: (Comment.author_id == me.id) & (Comment.gone == ""),
        ("id", "change_id", "page_id", "thread_id", "field", "text", "created_at", "edited_at"),
    ),
    Listing(
        "reviews", Review, lambda me: Review.actor_id == me.id, ("change_id", "step", "reason", "answers", "at")
    ),
    Listing(
        "opinions", Opinion, lambda me: Opinion.user_id == me.id,
        ("change_id", "question", "asked_at", "answer", "answered_at"),
    ),
    Listing("questions", Enquiry, lambda me: Enquiry.sender_id == me.id, ("id", "page_id", "state", "created_at")),
    Listing(
        "messages", EnquiryMessage, lambda me: EnquiryMessage.author_id == me.id,
        ("enquiry_id", "is_answer", "text", "at"),
    ),
    Listing(
        "reports", Report, lambda me: Report.sender_id == me.id,
        ("page_id", "kind", "text", "created_at", "settled_at"),
    ),
    Listing("watches", Watch, lambda me: Watch.user_id == me.id, ("kind", "value", "created_at")),
    Listing(
        "notifications", Notification, lambda me: Notification.user_id == me.id,
        ("event", "page_id", "change_id", "at", "read_at"),
    ),
    Listing(
        "invitations", Invitation, lambda me: Invitation.created_by_id == me.id,
        ("role", "email", "note", "created_at", "expires_at", "used_at"),
    ),
    Listing(
        "done-by-you", AuditEntry, lambda me: AuditEntry.actor_id == me.id,
        ("at", "action", "page_id", "change_id", "reason", "details"),
    ),
    Listing(
        "done-about-you", AuditEntry,
        lambda me: AuditEntry.action.startswith("user.")
        & (AuditEntry.details["user"].as_string() == me.username)
        & AuditEntry.actor_id.is_distinct_from(me.id),
        ("at", "action"),
    ),
)  # fmt: skip


def allow_download(uow: UnitOfWork, password: str) -> None:
    """Ask the password, and count. Raises Refused, TooManyTries where it was asked for often."""
    require(uow.actor, "profile.manage")
    user = user_by_id(uow, uow.actor.user_id)
    require_password(password, user.password_hash)
    message = _("You asked for your data several times. Please wait an hour.")
    count_try(uow, f"own data {user.id}", DOWNLOADS, _WINDOW, message)
    uow.audit("user.download", user=user.username)


def write_own_data(uow: UnitOfWork, file: IO[bytes]) -> None:
    """Write the ZIP into an open file; allow_download() is asked before."""
    require(uow.actor, "profile.manage")
    user = user_by_id(uow, uow.actor.user_id)
    room = MOST_BYTES
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bag:
        for name, data in _files(uow, user):
            text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
            room -= len(text.encode())
            if room < 0:
                break
            bag.writestr(name, text)
        bag.writestr("README.txt", _readme(is_cut=room < 0))


def _files(uow: UnitOfWork, user: User) -> Iterator[tuple[str, object]]:
    yield "profile.json", {name: getattr(user, name) for name in _PROFILE}
    for listing in LISTINGS:
        yield f"{listing.file}.json", [dict(row._mapping) for row in uow.session.execute(_rows(listing, user))]
    for row in uow.session.execute(_own_texts(uow, user).execution_options(yield_per=50)):
        yield f"texts/{row.change_id}/{row.id}.json", dict(row._mapping)


def _rows(listing: Listing, user: User) -> Select[Any]:
    columns = [getattr(listing.table, name) for name in listing.columns]
    return select(*columns).where(listing.mine(user)).limit(MOST_ROWS)


def _own_texts(uow: UnitOfWork, user: User) -> Select[Any]:
    """What somebody wrote in their own changes: in a change of another their versions hold the other's words, too."""
    columns = (
        Revision.id, Revision.page_id, Revision.change_id, Revision.kind, Revision.created_at, Revision.content
    )  # fmt: skip
    own = (Revision.author_id == user.id, Change.author_id == user.id, Revision.content.is_not(None))
    found = select(*columns).join(Change, Change.id == Revision.change_id)
    return found.where(*own, visible(uow.actor, "change.read")).order_by(Revision.id).limit(MOST_ROWS)


def _readme(is_cut: bool) -> str:
    text = _(
        "What this site keeps about you, as of now.\n\n"
        "profile.json: what you said of yourself, and your role.\n"
        "texts/: every version that you wrote in changes of your own; one folder a change, listed in changes.json.\n"
        "comments.json, opinions.json, questions.json, messages.json, reports.json: what you said.\n"
        "reviews.json: what you decided, and every step that you took with a change.\n"
        "devices.json, tokens.json: where you are signed in; passwords and keys are not in here.\n"
        "watches.json, notifications.json: what you wanted to be told, and what you were told.\n"
        "invitations.json: whom you invited.\n"
        "done-by-you.json, done-about-you.json: what the site noted of it.\n\n"
        "The files are JSON: any text editor opens them. Times are in UTC.\n"
        "What other people wrote is not in here, nor what you wrote into changes of theirs.\n"
    )
    cut = _("There was more than fits into one file. Ask an administrator for the rest.")
    return f"{text}\n{cut}\n" if is_cut else text
