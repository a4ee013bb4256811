"""Asking somebody who knows: an account, or anybody by a link; what they answer stands beside the change.

Whoever was asked sees the change as long as it waits for the decision, and can change the answer until then.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, Opinion, Part, ShareLink, User
from kmwiki.permissions import Actor, may, require, visible
from kmwiki.services.changes.cooperation import link_of, make_link, named_user
from kmwiki.services.changes.lifecycle import note_step
from kmwiki.services.changes.revisions import is_writer
from kmwiki.services.pages.finding import find_change
from kmwiki.site import UnitOfWork

#: So many people are asked about one change at most, and so much may be asked and answered.
MOST_ASKED = 20
QUESTION_LIMIT = 1_000
ANSWER_LIMIT = 5_000
_NAME_LIMIT = 200


# ---- asking


def ask(uow: UnitOfWork, change_id: UUID, username: str, question: str) -> Opinion:
    """Ask the owner of an account. Raises Refused (no such account, asked already, writes it), Conflict, Forbidden."""
    change = _waiting(uow, change_id)
    asked = checked_text(question, "question", QUESTION_LIMIT)
    user = named_user(uow, username)
    if user.id == uow.actor.user_id or user.id == change.author_id or _has_part(change, user, Part.COAUTHOR):
        raise _refused("username", _("Ask somebody who does not write this and who is not you."))
    if _has_part(change, user, Part.ASKED):
        raise _refused("username", _("{name} was asked already.").format(name=user.name))
    change.people.append(ChangePerson(change_id=change.id, user_id=user.id, part=Part.ASKED, at=uow.now))
    opinion = _add(uow, change, user.name, asked, user_id=user.id)
    uow.tell(
        Event.OPINION_ASKED, page_id=change.page_id, change_id=change.id,
        opinion_id=str(opinion.id), user_id=str(user.id),
    )  # fmt: skip
    return opinion


def ask_by_link(uow: UnitOfWork, change_id: UUID, name: str, question: str) -> tuple[Opinion, str]:
    """A question for somebody without an account, and the token of the link that is to be handed to them."""
    change = _waiting(uow, change_id)
    asked = checked_text(question, "question", QUESTION_LIMIT)
    called = checked_text(name, "name", _NAME_LIMIT)
    link, token = make_link(uow, change)
    return _add(uow, change, called, asked, share_link_id=link.id), token


def take_back(uow: UnitOfWork, change_id: UUID, opinion_id: UUID) -> Opinion:
    """Ask no longer: whoever was asked sees the change no longer. What was answered already stays."""
    change = _waiting(uow, change_id)
    opinion = uow.session.get(Opinion, opinion_id)
    if opinion is None or opinion.change_id != change.id:
        raise NotFound()
    change.people = [p for p in change.people if p.part != Part.ASKED or p.user_id != opinion.user_id]
    if link := uow.session.get(ShareLink, opinion.share_link_id) if opinion.share_link_id else None:
        uow.session.delete(link)
    if opinion.answered_at is None:
        uow.session.delete(opinion)
    note_step(uow, change, "opinion-unasked")
    return opinion


def _waiting(uow: UnitOfWork, change_id: UUID) -> Change:
    """The change that is asked about. Raises NotFound, Forbidden, Conflict."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.ask-opinion", change)
    _require_waiting(change)
    return change


def _require_waiting(change: Change) -> None:
    if change.state != State.SUBMITTED:
        raise Conflict(_("Opinions are asked and given as long as a change waits for review."))


def _add(
    uow: UnitOfWork, change: Change, name: str, question: str, user_id: UUID | None = None,
    share_link_id: UUID | None = None,
) -> Opinion:  # fmt: skip
    asked_before = select(func.count()).select_from(Opinion).where(Opinion.change_id == change.id)
    if (uow.session.scalar(asked_before) or 0) >= MOST_ASKED:
        raise _refused("question", _("At most {number} people are asked about a change.").format(number=MOST_ASKED))
    assert uow.actor.user_id is not None
    opinion = Opinion(
        id=new_id(), change_id=change.id, user_id=user_id, share_link_id=share_link_id, name=name,
        question=question, asked_by_id=uow.actor.user_id, asked_by_name=uow.actor.name, asked_at=uow.now,
    )  # fmt: skip
    uow.session.add(opinion)
    note_step(uow, change, "opinion-asked")
    return opinion


# ---- answering


def answer(uow: UnitOfWork, change_id: UUID, text: str, link: str = "") -> Opinion:
    """Say what one was asked, or say it anew; `link` is the token of whoever was asked by one.

    Raises NotFound, Forbidden (was not asked), Conflict (decided already), Refused.
    """
    change = find_change(uow, change_id)
    require(uow.actor, "change.opinion", change)
    opinion = asked_of(uow, change, link)
    if opinion is None:
        raise Forbidden(_("You were not asked about this change."))
    _require_waiting(change)
    words = checked_text(text, "opinion", ANSWER_LIMIT)
    is_first = opinion.answered_at is None
    opinion.answer, opinion.answered_at = words, uow.now
    if is_first:
        uow.tell(
            Event.OPINION_GIVEN, page_id=change.page_id, change_id=change.id,
            opinion_id=str(opinion.id), user_id=str(opinion.asked_by_id),
        )  # fmt: skip
    return opinion


def asked_of(uow: UnitOfWork, change: Change, link: str = "") -> Opinion | None:
    """What the asker was asked about this change: by their account, or by the link that they hold."""
    mine = select(Opinion).where(Opinion.change_id == change.id)
    if link:
        found = link_of(uow, link)
        mine = mine.where(Opinion.share_link_id == found.id)
    elif uow.actor.is_signed_in and _is_asked(change, uow.actor):
        mine = mine.where(Opinion.user_id == uow.actor.user_id)
    else:
        return None
    return uow.session.scalars(mine.order_by(Opinion.asked_at.desc(), Opinion.id.desc()).limit(1)).first()


# ---- reading


def opinions_of(uow: UnitOfWork, change: Change) -> Sequence[Opinion]:
    """Everything that was asked about a change, oldest first, for those who write and those who decide."""
    if not may(uow.actor, "change.ask-opinion", change) and not is_writer(uow, change):
        return []
    asked = select(Opinion).where(Opinion.change_id == change.id)
    return uow.session.scalars(asked.order_by(Opinion.asked_at, Opinion.id)).all()


def waiting_for(uow: UnitOfWork) -> Sequence[tuple[Opinion, Change]]:
    """What the asker was asked and has not answered yet, oldest first."""
    if not uow.actor.is_signed_in:
        return []
    is_open = (Opinion.user_id == uow.actor.user_id) & Opinion.answered_at.is_(None)
    found = uow.session.execute(
        select(Opinion, Change)
        .join(Change, Change.id == Opinion.change_id)
        .where(is_open, visible(uow.actor, "change.opinion"))
        .order_by(Opinion.asked_at, Opinion.id)
        .limit(50)
    )
    return [(opinion, change) for opinion, change in found]


def checked_text(text: object, field: str, limit: int) -> str:
    """Plain words of at most so many characters. Raises Refused."""
    words = text.strip().replace("\r\n", "\n") if isinstance(text, str) else ""
    if not words:
        raise _refused(field, _("Please write something here."))
    if len(words) > limit or any(ord(sign) < 32 and sign not in "\t\n" for sign in words):
        raise _refused(field, _("Write plain text of at most {number} characters.").format(number=limit))
    return words


def _refused(field: str, message: str) -> Refused:
    return Refused(message, [Problem(field=field, level=Level.DRAFT, message=message)])


def _has_part(change: Change, user: User, part: Part) -> bool:
    return any(person.user_id == user.id and person.part == part for person in change.people)


def _is_asked(change: Change, actor: Actor) -> bool:
    return any(person.user_id == actor.user_id and person.part == Part.ASKED for person in change.people)
