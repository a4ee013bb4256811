"""Pages that belong together: sent in one go, all or nothing, and shown to each other ever after.

A need and the practice that answers it, a page and its translations. Publishing stays one by one: each is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.domain.fields import title_of
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import PUBLISHABLE_STATES, State
from kmwiki.errors import Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page, UserState
from kmwiki.permissions import require, visible
from kmwiki.services.changes.lifecycle import ReadyToSend, ready_to_send, send
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.pages.link_targets import links_of
from kmwiki.services.pages.plain_reading import heads_of
from kmwiki.services.review.head_titles import head_titles
from kmwiki.site import UnitOfWork

#: So many pages at most are sent in one go, and so many drafts offered for it.
MOST_TOGETHER = 20


def submit_together(
    uow: UnitOfWork,
    change_ids: Sequence[UUID],
    as_level: str | None = None,
    acknowledged: Mapping[str, str] | None = None,
    of_all: Mapping[str, str] | None = None,
) -> Sequence[Change]:
    """Send several of one's drafts for review, all or none of them.

    Level and reasons are those of the first. Each other one goes at the highest level that holds, with the reasons
    it was sent with before. `of_all` is noted of every one. Raises Refused with the problems of all, those of the
    others at the field `together`, the row being the change; Conflict and Forbidden as submit() does for the first.
    """
    first, *others = dict.fromkeys(change_ids)
    shared = of_all or {}
    _refuse_several_of_waiting_account(uow, others)
    problems: list[Problem] = []
    messages: list[str] = []
    ready = []
    try:
        ready.append(ready_to_send(uow, first, as_level, {**(acknowledged or {}), **shared}))
    except Refused as refused:
        messages.append(str(refused))
        problems.extend(refused.problems)
    for change_id in others:
        ready.extend(_other(uow, change_id, shared, problems))
    if messages or problems:
        raise Refused(messages[0] if messages else problems[0].message, problems)
    together = new_id() if others else None
    return [send(uow, each, together_id=together) for each in ready]


def _refuse_several_of_waiting_account(uow: UnitOfWork, others: Sequence[UUID]) -> None:
    if others and uow.actor.state is UserState.WAITING:
        raise Forbidden(_("Your account waits for approval: send one page first. The others can wait."))
    if len(others) >= MOST_TOGETHER:
        message = _("At most {number} pages are sent together.").format(number=MOST_TOGETHER)
        raise Refused(message, [_problem("", message)])


def _other(
    uow: UnitOfWork, change_id: UUID, shared: Mapping[str, str], problems: list[Problem]
) -> Sequence[ReadyToSend]:
    """One of those that go with the first, or what stands in its way."""
    try:
        change = find_change(uow, change_id)
        require(uow.actor, "change.submit", change)
    except (NotFound, Forbidden):
        problems.append(_problem(str(change_id), _("Only drafts of your own can be sent with it.")))
        return []
    title = draft_title(uow, content_of(find_revision(uow, change.head_id)))
    if change.state != State.DRAFT or change.request:
        message = _("“{title}”: only drafts can be sent with it.")
        problems.append(_problem(str(change_id), message.format(title=title)))
        return []
    try:
        return [ready_to_send(uow, change_id, None, {**change.acknowledged, **shared})]
    except Forbidden as error:
        problems.append(_problem(str(change_id), _named(title, str(error))))
    except Refused as refused:
        problems.extend(
            Problem(field="together", level=p.level, row=str(change_id), message=_named(title, p.message), code=p.code)
            for p in refused.problems
        )
    return []


def _problem(change_id: str, message: str) -> Problem:
    return Problem(field="together", level=Level.DRAFT, row=change_id or None, message=message)


def _named(title: str, message: str) -> str:
    return _("“{title}”: {message}").format(title=title, message=message)


def draft_title(uow: UnitOfWork, content: Content) -> str:
    """What a draft is called."""
    page_type = uow.site.page_type(content.type, content.edition)
    return title_of(page_type, content.fields, uow.now.astimezone(uow.site.config.timezone).date())


# ---- showing


@dataclass(frozen=True)
class Companion:
    """A change that belongs, or may belong, to another one; `is_linked`: one of both leads to the other."""

    change: Change
    title: str
    is_linked: bool = False


def sent_together(uow: UnitOfWork, changes: Sequence[Change]) -> Mapping[UUID, Sequence[Companion]]:
    """What each of these changes was sent with, as far as the asker may see it: by change, in two queries."""
    wanted = {change.together_id for change in changes if change.together_id}
    if not wanted:
        return {}
    found = uow.session.scalars(
        select(Change)
        .where(Change.together_id.in_(wanted), visible(uow.actor, "change.read"))
        .order_by(Change.created_at, Change.id)
    ).all()
    titles = head_titles(uow, found)
    return {
        change.id: [
            Companion(other, titles[other.id].title)
            for other in found
            if other.together_id == change.together_id and other.id != change.id
        ]
        for change in changes
        if change.together_id
    }


def drafts_to_go_with(uow: UnitOfWork, change: Change, content: Content) -> Sequence[Companion]:
    """The author's other drafts, those that this one links to or that link to it first."""
    mine = (
        select(Change)
        .join(Page, Page.id == Change.page_id)
        .where(Change.author_id == uow.actor.user_id, Change.state == State.DRAFT, Change.id != change.id)
        .where(Page.state.in_(PUBLISHABLE_STATES))
        .order_by(Change.updated_at.desc(), Change.id)
        .limit(5 * MOST_TOGETHER)
    )
    drafts = [draft for draft in uow.session.scalars(mine) if not draft.request]
    contents = heads_of(uow, drafts)
    leads_to = _targets(uow, content)
    found = [
        Companion(
            draft, draft_title(uow, text), str(draft.page_id) in leads_to or str(change.page_id) in _targets(uow, text)
        )
        for draft in drafts
        if (text := contents.get(draft.id)) is not None
    ]
    return sorted(found, key=lambda companion: not companion.is_linked)[: MOST_TOGETHER - 1]


def _targets(uow: UnitOfWork, content: Content) -> set[str]:
    page_type = uow.site.page_type(content.type, content.edition)
    return {link["page"] for _field, link in links_of(content, page_type) if "page" in link}
