"""The link by which whoever asked something without an account comes back, and the mails that hold it.

It is made of the site's key and the question, so that it can be made again; only its hash is kept.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from kmwiki.errors import TooManyTries
from kmwiki.i18n import gettext as _
from kmwiki.i18n import language
from kmwiki.models import Enquiry, EnquiryMessage, Page
from kmwiki.services.talk.readers_words import keyed_hash
from kmwiki.services.telling import mailing
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

#: Mails that one address gets in a day because somebody gave it as theirs.
_DAILY_MAILS = 3


def token_of(uow: UnitOfWork, enquiry_id: UUID) -> str:
    """What opens this conversation to whoever asked without an account."""
    return keyed_hash(uow, f"question {enquiry_id}")[:48]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def mail_link(uow: UnitOfWork, enquiry: Enquiry, page: Page) -> None:
    """The link, where an address was given; not so often that somebody could flood a stranger with it."""
    if enquiry.sender_email is None or not mailing.is_on(uow):
        return
    try:
        count_try(uow, f"links to questions mailed to {enquiry.sender_email}", _DAILY_MAILS, timedelta(days=1), "")
    except TooManyTries:
        return
    text = _("You asked the people behind “{title}” something. Here you read the answer, and can write again:")
    _mail(uow, enquiry, _("Your question about “{title}”").format(title=page.title), text.format(title=page.title),
          f"question-{enquiry.id}")  # fmt: skip


def mail_answer(uow: UnitOfWork, enquiry: Enquiry, page: Page, message: EnquiryMessage) -> None:
    if enquiry.sender_email is None:
        return
    with language(enquiry.language):
        subject = _("An answer to your question about “{title}”").format(title=page.title)
        _mail(uow, enquiry, subject, _("Somebody answered your question. You read it here, and can write again:"),
              f"answer-{message.id}")  # fmt: skip


def _mail(uow: UnitOfWork, enquiry: Enquiry, subject: str, text: str, key: str) -> None:
    address = mailing.absolute(uow, f"/asked/{token_of(uow, enquiry.id)}")
    nobody = _("If you did not ask anything, somebody gave your address by mistake; you need do nothing.")
    mailing.send(uow, str(enquiry.sender_email), subject, f"{text}\n\n{address}\n\n{nobody}\n", key)
