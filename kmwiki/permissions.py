"""Who may do what: one table, told once for one thing (Python) and once for lists of things (SQL).

Each condition carries both tellings; a property test holds them equal. Services ask require() before they act
and visible() when they list; nobody else decides. State ("only a submitted change can be published") is the
business of domain/workflow.py: rights come first, then state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import object_session

from kmwiki.errors import Forbidden, NotFound, Unauthenticated
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, Page, Part, Publication, Revision, Role, UserState

_RANK = {Role.READER: 0, Role.CONTRIBUTOR: 1, Role.MODERATOR: 2, Role.ADMIN: 3}
#: Whoever has one of these can decide about changes.
MODERATING_ROLES = (Role.MODERATOR, Role.ADMIN)
_READABLE_PAGE_STATES = ("published", "archived")
#: A change that was in a moderator's hands stays visible to moderators, also when it went back to its author.
_SEEN_BY_MODERATORS = ("submitted", "published", "rejected")


@dataclass(frozen=True)
class Actor:
    """Who asks: what the table needs to know of the asker, and whether four eyes rule here.

    `shared_change_id` is the change that a share link opens to its holder. `is_members_site`: only members read here.
    """

    user_id: UUID | None = None
    name: str = ""
    role: Role | None = None
    state: UserState = UserState.ACTIVE
    is_trusted: bool = False
    four_eyes: bool = True
    is_read_only: bool = False
    is_token: bool = False
    shared_change_id: UUID | None = None
    is_members_site: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    def has_role(self, role: Role) -> bool:
        """Whether the asker has this role or a higher one, with an account that is in order."""
        return self.role is not None and self.state is UserState.ACTIVE and _RANK[self.role] >= _RANK[role]


ANONYMOUS = Actor()

#: kmwiki itself: the worker, commands run by whoever owns the machine. Never made from a request.
SYSTEM = Actor(name="kmwiki", role=Role.ADMIN, four_eyes=False)


@dataclass(frozen=True)
class Condition:
    """A statement about asker and thing, in both tellings."""

    name: str
    holds: Callable[[Actor, Any], bool]
    where: Callable[[Actor], ColumnElement[bool]]


def _asker(name: str, holds: Callable[[Actor], bool]) -> Condition:
    """A condition on the asker alone."""
    return Condition(name, lambda actor, _thing: holds(actor), lambda actor: true() if holds(actor) else false())


def _has_part(change: Change, actor: Actor, *parts: Part) -> bool:
    return any(person.user_id == actor.user_id and person.part in parts for person in change.people)


def _has_part_sql(actor: Actor, *parts: Part) -> ColumnElement[bool]:
    return exists(
        select(ChangePerson.user_id).where(
            ChangePerson.change_id == Change.id,
            ChangePerson.user_id == actor.user_id,
            ChangePerson.part.in_(parts),
        )
    )


anyone = _asker("anyone", lambda actor: True)
signed_in = _asker("signed in", lambda actor: actor.is_signed_in and actor.state is not UserState.DISABLED)
may_write = _asker(
    "may write",
    lambda actor: actor.has_role(Role.CONTRIBUTOR)
    or (actor.is_signed_in and actor.state is UserState.WAITING),
)
moderator = _asker("moderator", lambda actor: actor.has_role(Role.MODERATOR))
admin = _asker("admin", lambda actor: actor.has_role(Role.ADMIN))
writes = _asker("not with a read-only token", lambda actor: not actor.is_read_only)
reads_here = _asker(
    "reads here (on a members' site: whose account is in order)",
    lambda actor: not actor.is_members_site or actor.has_role(Role.READER),
)
by_hand = _asker("not with a token", lambda actor: not actor.is_token)

page_is_readable = Condition(
    "page is published or archived",
    lambda actor, page: page.state in _READABLE_PAGE_STATES,
    lambda actor: Page.state.in_(_READABLE_PAGE_STATES),
)
page_is_binned = Condition(
    "page is in the bin", lambda actor, page: page.state == "binned", lambda actor: Page.state == "binned"
)


def _wrote_published_sql(actor: Actor) -> ColumnElement[bool]:
    if actor.user_id is None:
        return false()
    return exists(
        select(Publication.revision_id)
        .join(Revision, Revision.id == Publication.revision_id)
        .join(Change, Change.id == Revision.change_id)
        .where(Publication.page_id == Page.id)
        .where((Change.author_id == actor.user_id) | _has_part_sql(actor, Part.COAUTHOR))
    )


def _wrote_published(actor: Actor, page: Page) -> bool:
    """One page does not know its publications: the database is asked for this one."""
    session = object_session(page)
    mine = exists(select(Page.id).where(Page.id == page.id, _wrote_published_sql(actor)))
    return session is not None and bool(session.scalar(select(mine)))


wrote_published_change = Condition(
    "wrote a published change of it", _wrote_published, _wrote_published_sql
)
is_author = Condition(
    "author",
    lambda actor, change: actor.user_id is not None and change.author_id == actor.user_id,
    lambda actor: Change.author_id == actor.user_id if actor.user_id else false(),
)
is_coauthor = Condition(
    "co-author",
    lambda actor, change: actor.user_id is not None and _has_part(change, actor, Part.COAUTHOR),
    lambda actor: _has_part_sql(actor, Part.COAUTHOR) if actor.user_id else false(),
)
is_invited = Condition(
    "invited as co-author",
    lambda actor, change: actor.user_id is not None and _has_part(change, actor, Part.INVITED),
    lambda actor: _has_part_sql(actor, Part.INVITED) if actor.user_id else false(),
)
was_asked = Condition(
    "asked for an opinion",
    lambda actor, change: actor.user_id is not None and _has_part(change, actor, Part.ASKED),
    lambda actor: _has_part_sql(actor, Part.ASKED) if actor.user_id else false(),
)
holds_share_link = Condition(
    "holds a share link to it",
    lambda actor, change: actor.shared_change_id is not None and change.id == actor.shared_change_id,
    lambda actor: Change.id == actor.shared_change_id if actor.shared_change_id else false(),
)
moderators_may_see_it = Condition(
    "it was sent for review",
    lambda actor, change: change.state in _SEEN_BY_MODERATORS or (change.state == "draft" and change.is_returned),
    lambda actor: Change.state.in_(_SEEN_BY_MODERATORS) | ((Change.state == "draft") & Change.is_returned),
)
is_submitted = Condition(
    "waits for review",
    lambda actor, change: change.state == "submitted",
    lambda actor: Change.state == "submitted",
)
is_not_staged = Condition(
    "not an import under way",
    lambda actor, change: change.state != "staged",
    lambda actor: Change.state != "staged",
)
page_is_not_binned = Condition(
    "page is not in the bin",
    lambda actor, change: change.page.state != "binned",
    lambda actor: ~exists(select(Page.id).where(Page.id == Change.page_id, Page.state == "binned")),
)
#: Four eyes: the author, accepted co-authors and whoever saved it while it was a draft do not publish it.
is_not_barred = Condition(
    "did not write it (where four eyes rule)",
    lambda actor, change: not actor.four_eyes
    or (
        change.author_id != actor.user_id
        and not _has_part(change, actor, Part.COAUTHOR, Part.DRAFT_SAVER)
    ),
    lambda actor: true()
    if not actor.four_eyes
    else (Change.author_id != actor.user_id) & ~_has_part_sql(actor, Part.COAUTHOR, Part.DRAFT_SAVER),
)

Alternative = tuple[Condition, ...]

_READ_CHANGE: tuple[Alternative, ...] = (
    (signed_in, is_author, is_not_staged, page_is_not_binned),
    (signed_in, is_coauthor, is_not_staged, page_is_not_binned),
    (signed_in, is_invited, is_not_staged, page_is_not_binned),
    (signed_in, was_asked, is_submitted, page_is_not_binned),
    (moderator, moderators_may_see_it),
    (holds_share_link, is_not_staged, page_is_not_binned),
)
_AUTHORS_VERB: tuple[Alternative, ...] = ((may_write, writes, is_author),)
_MODERATORS_VERB: tuple[Alternative, ...] = ((moderator, writes),)
_ADMINS_VERB: tuple[Alternative, ...] = ((admin, writes),)

#: action → alternatives; one alternative whose conditions all hold grants it.
RIGHTS: Mapping[str, tuple[Alternative, ...]] = {
    "site.read": ((reads_here,),),
    "page.read": ((reads_here, page_is_readable), (moderator, page_is_binned)),
    "page.archive": _MODERATORS_VERB,
    "page.restore": _MODERATORS_VERB,
    "page.bin": _MODERATORS_VERB,
    "page.unbin": _MODERATORS_VERB,
    "page.rename": _MODERATORS_VERB,
    "page.protect": _MODERATORS_VERB,
    "page.hide": _MODERATORS_VERB,
    "page.revert": _MODERATORS_VERB,
    "page.purge": _MODERATORS_VERB,
    "page.merge": _MODERATORS_VERB,
    "page.check-again": (*_MODERATORS_VERB, (may_write, writes, wrote_published_change)),
    "page.ask": ((reads_here, writes),),
    "page.report": ((reads_here, writes),),
    "page.comment": ((may_write, writes),),
    "page.resolve-comment": _MODERATORS_VERB,
    "page.remove-comment": _MODERATORS_VERB,
    "change.start": ((may_write, writes),),
    "change.read": _READ_CHANGE,
    "change.save": (
        (may_write, writes, is_author),
        (may_write, writes, is_coauthor),
        (moderator, writes, is_submitted),
    ),
    "change.comment": (
        (may_write, writes, is_author),
        (may_write, writes, is_coauthor),
        (moderator, writes, moderators_may_see_it),
        (may_write, writes, was_asked, is_submitted),
        (holds_share_link,),
    ),
    "change.opinion": ((may_write, writes, was_asked, is_submitted), (holds_share_link,)),
    "change.ask-opinion": _MODERATORS_VERB,
    "change.take": _MODERATORS_VERB,
    "change.resolve-comment": (
        (may_write, writes, is_author),
        (may_write, writes, is_coauthor),
        (moderator, writes, moderators_may_see_it),
    ),
    "change.remove-comment": ((moderator, writes, moderators_may_see_it),),
    "change.accept-invitation": ((may_write, writes, is_invited),),
    "change.submit": _AUTHORS_VERB,
    "change.withdraw": _AUTHORS_VERB,
    "change.discard": _AUTHORS_VERB,
    "change.undiscard": _AUTHORS_VERB,
    "change.reopen": _AUTHORS_VERB,
    "change.coauthors": _AUTHORS_VERB,
    "change.shares": _AUTHORS_VERB,
    "change.handover": ((may_write, writes, is_author), (admin, writes)),
    "change.publish": ((moderator, writes, is_not_barred),),
    "change.return": _MODERATORS_VERB,
    "change.reject": _MODERATORS_VERB,
    "protected-page.submit": ((moderator, writes),),
    "small-edit.publish": ((may_write, writes, _asker("trusted", lambda actor: actor.is_trusted)),),
    "desk.read": ((moderator,),),
    "token.manage": ((signed_in, by_hand),),
    "profile.manage": ((signed_in, by_hand),),
    "users.read": ((moderator,),),
    "users.approve": _MODERATORS_VERB,
    "users.trust": _MODERATORS_VERB,
    "users.invite": _MODERATORS_VERB,
    "users.stop": _MODERATORS_VERB,
    "users.manage": _ADMINS_VERB,
    "watch.manage": ((signed_in, by_hand),),
    "report.settle": _MODERATORS_VERB,
    "enquiry.moderate": _MODERATORS_VERB,
    "audit.read": ((admin,),),
    "site.health": ((admin,),),
    "site.jobs": _ADMINS_VERB,
    "site.settings": _ADMINS_VERB,
    "site.pages": _ADMINS_VERB,
    "site.forms": _ADMINS_VERB,
    "site.reasons": _ADMINS_VERB,
    "site.webhooks": _ADMINS_VERB,
    "site.import": _ADMINS_VERB,
    "site.topics": _MODERATORS_VERB,
    "export": ((anyone,),),
}


def may(actor: Actor, action: str, thing: Page | Change | None = None) -> bool:
    """Whether the asker may do this to this thing (None for what concerns the site as a whole)."""
    return any(all(condition.holds(actor, thing) for condition in group) for group in RIGHTS[action])


def visible(actor: Actor, action: str) -> ColumnElement[bool]:
    """The same as a WHERE over Page or Change, for lists and counts."""
    answer: ColumnElement[bool] = false()
    for group in RIGHTS[action]:
        together: ColumnElement[bool] = true()
        for condition in group:
            together = together & condition.where(actor)
        answer = answer | together
    return answer


def require(actor: Actor, action: str, thing: Page | Change | None = None) -> None:
    """Go on only if the asker may.

    Raises NotFound where the asker may not even see the thing (as if it were not there), Unauthenticated for
    somebody who is not signed in, else Forbidden with what would help.
    """
    if thing is not None and not may(actor, _reading(thing), thing):
        raise NotFound()
    if may(actor, action, thing):
        return
    if not actor.is_signed_in and actor.shared_change_id is None:
        raise Unauthenticated(_("Sign in to do this."))
    raise Forbidden(_why_not(actor, action, thing))


def _reading(thing: Page | Change) -> str:
    return "page.read" if isinstance(thing, Page) else "change.read"


def _why_not(actor: Actor, action: str, thing: Page | Change | None) -> str:
    if actor.is_read_only:
        return _("This token may only read.")
    if action == "change.publish" and actor.has_role(Role.MODERATOR):
        return _("You wrote part of this change. Somebody else has to look at it and publish it (four eyes).")
    if actor.state is UserState.DISABLED:
        return _("This account is closed. An administrator can open it again.")
    if actor.state is UserState.WAITING:
        return _("Your account waits for approval; until then you may write and send a first change.")
    return _("Your role does not allow this. A moderator or an administrator can help.")
