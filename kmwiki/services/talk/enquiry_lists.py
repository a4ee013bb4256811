"""Questions to the people behind pages as they are shown: one conversation, and one's own lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from kmwiki.errors import Unauthenticated
from kmwiki.i18n import gettext as _
from kmwiki.models import Enquiry, EnquiryMessage, EnquiryPerson, Page
from kmwiki.permissions import may, visible
from kmwiki.services.talk.enquiries import HELD, OPEN, is_sender
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class Conversation:
    """What was asked and answered; `by_sender`: whoever looks at it is the one who asked."""

    enquiry: Enquiry
    page: Page
    messages: Sequence[EnquiryMessage]
    by_sender: bool
    may_decide: bool

    @property
    def is_open(self) -> bool:
        return self.enquiry.state == OPEN


def conversation(uow: UnitOfWork, found: tuple[Enquiry, Page], by_token: bool = False) -> Conversation:
    """What enquiries.find_enquiry() or, `by_token`, find_by_token() found, with its messages, the oldest first."""
    enquiry, page = found
    said = select(EnquiryMessage).where(EnquiryMessage.enquiry_id == enquiry.id)
    messages = uow.session.scalars(said.order_by(EnquiryMessage.at, EnquiryMessage.id)).all()
    decides = enquiry.state == HELD and not by_token and may(uow.actor, "enquiry.moderate")
    return Conversation(enquiry, page, messages, by_token or is_sender(uow, enquiry), decides)


@dataclass(frozen=True)
class Listed:
    """A question in a list; `is_answered`: the last word is an answer."""

    enquiry: Enquiry
    page: Page
    is_answered: bool


def asked_of_me(uow: UnitOfWork, page: int, per_page: int) -> tuple[int, Sequence[Listed]]:
    """Questions that were put to whoever looks, the newest first: (how many, one page of them)."""
    _require_signed_in(uow)
    mine = select(EnquiryPerson.enquiry_id).where(EnquiryPerson.user_id == uow.actor.user_id)
    return _listed(uow, Enquiry.id.in_(mine), page, per_page)


def asked_by_me(uow: UnitOfWork, page: int, per_page: int) -> tuple[int, Sequence[Listed]]:
    """Questions that whoever looks asked with their account."""
    _require_signed_in(uow)
    return _listed(uow, Enquiry.sender_id == uow.actor.user_id, page, per_page)


def _require_signed_in(uow: UnitOfWork) -> None:
    if not uow.actor.is_signed_in:
        raise Unauthenticated(_("Sign in to do this."))


def _listed(uow: UnitOfWork, which: ColumnElement[bool], page: int, per_page: int) -> tuple[int, Sequence[Listed]]:
    shown = which & visible(uow.actor, "page.read")
    of_readable = select(func.count()).select_from(Enquiry).join(Page, Page.id == Enquiry.page_id).where(shown)
    last = (
        select(EnquiryMessage.is_answer).where(EnquiryMessage.enquiry_id == Enquiry.id)
        .order_by(EnquiryMessage.at.desc(), EnquiryMessage.id.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    found = uow.session.execute(
        select(Enquiry, Page, last).join(Page, Page.id == Enquiry.page_id).where(shown)
        .order_by(Enquiry.created_at.desc(), Enquiry.id).offset((page - 1) * per_page).limit(per_page)
    )  # fmt: skip
    listed = [Listed(enquiry, of_page, bool(answered)) for enquiry, of_page, answered in found]
    return uow.session.scalar(of_readable) or 0, listed
