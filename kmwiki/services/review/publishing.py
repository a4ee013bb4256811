"""Publishing a change: what was looked at becomes what readers see, combined with what was published meanwhile.

A field that changed on one side only is combined unseen. One that changed on both sides never is, even where its
lines merge cleanly: a merge revision becomes the new head, is shown, and is published by its own id.
"""

import logging
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from kmwiki.domain import fields as field_rules
from kmwiki.domain.content import Content
from kmwiki.domain.merge import Merged, merge
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level
from kmwiki.domain.slugs import free_slug, slug_of
from kmwiki.domain.workflow import State, Verb, next_state
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page, Part, Publication, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.checking import blocking, problems_at
from kmwiki.services.changes.lifecycle import end_share_links, move_state, note_step
from kmwiki.services.changes.page_merging import finish, refuse_stale
from kmwiki.services.changes.requests import carry_out
from kmwiki.services.changes.revisions import add_revision, move_head
from kmwiki.services.changes.rows import highest_row
from kmwiki.services.changes.slug_wishes import is_taken, refuse_bad_slug
from kmwiki.services.pages.checkups import next_check
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.pages.page_deeds import announce
from kmwiki.services.pages.registers import rebuild_links, register_organisations, settle_wanted_links
from kmwiki.services.pages.renderings import render_missing, store_renderings
from kmwiki.services.review.decided import refuse_decided
from kmwiki.services.review.publication_news import tell_of_publication
from kmwiki.services.review.reviewer_answers import Answers, answers_about
from kmwiki.services.review.weighing import keep_weight, weigh_waiting
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of publishing: a publication; or, where the page had moved on, what must be looked at first.

    A request about the page is carried out, and has neither.
    `look_at` is the merge revision that is the change's head now. With `conflicts` there is none: somebody has to
    settle them (services/combining.py).
    """

    change: Change
    publication: Publication | None = None
    look_at: Revision | None = None
    both_changed: tuple[str, ...] = ()
    conflicts: Merged | None = None

    @property
    def is_done(self) -> bool:
        """Whether the change came to its end, with nothing to be looked at first."""
        return self.publication is not None or bool(self.change.request)


def publish(
    uow: UnitOfWork,
    change_id: UUID,
    revision_id: UUID,
    *,
    onto: UUID | None = None,
    comment: str = "",
    slug: str | None = None,
    answers: Answers | None = None,
) -> Outcome:
    """Publish the head of a submitted change, which the moderator names to show that she looked at it.

    What a request asks is done instead.

    `onto` names the published revision that she compared with, where she wants to be refused if it moved. `answers`
    are those to the questions for the reviewer.
    Raises Conflict (another head, state or archived page; address taken), Forbidden (four eyes), Refused.
    """
    change = find_change(uow, change_id)
    require(uow.actor, "change.publish", change)
    refuse_decided(uow, change)
    next_state(State(change.state), Verb.PUBLISH)
    if change.head_id != revision_id:
        raise Conflict(_("The author saved again after you looked. Please look at the newest text first."))
    if change.request:
        _refuse_moved(change.page, onto)
        carry_out(uow, change, comment)
        return Outcome(change)
    said = Said(comment, answers_about(uow, change, answers or {}))
    return publish_head(uow, change, onto=onto, said=said, slug=slug)


@dataclass(frozen=True)
class Said:
    """What a moderator says when she publishes: a word to the author, answers to the questions for the reviewer."""

    comment: str = ""
    answers: Answers = field(default_factory=dict)


def publish_head(
    uow: UnitOfWork, change: Change, *, onto: UUID | None = None, said: Said | None = None, slug: str | None = None
) -> Outcome:
    """Publish the change's head as it is; the caller has asked who may."""
    ready = ready_to_publish(uow, change, onto=onto, said=said, slug=slug)
    return ready if isinstance(ready, Outcome) else publish_ready(uow, ready)


@dataclass(frozen=True)
class ReadyToPublish:
    """A change that nothing stands in the way of, and what is written when it is published.

    All that takes its time is done by then, and the write lock is not taken yet.
    """

    change: Change
    page_type: PageType
    head: Revision
    content: Content
    said: Said
    renderings: list[dict[str, str]]
    address: str
    number: int
    authors: list[str]


def ready_to_publish(
    uow: UnitOfWork, change: Change, *, onto: UUID | None = None, said: Said | None = None, slug: str | None = None
) -> ReadyToPublish | Outcome:
    """Look whether the change's head can be published; where something must be looked at first, what became of it."""
    page = change.page
    _refuse_closed_page(page)
    refuse_stale(uow, change)
    head = find_revision(uow, change.head_id)
    page_type = uow.site.page_type(page.type, content_of(head).edition)
    _refuse_moved(page, onto)
    combined = combination(uow, change, page_type, head)
    if combined is not None and combined.conflicts:
        return Outcome(change, both_changed=combined.both_changed, conflicts=combined)
    if combined is not None and combined.both_changed:
        weight = weigh_waiting(uow, change, combined.content, page.published_revision_id)
        merged = _store_merge(uow, change, combined.content, head)
        keep_weight(uow, change, weight)
        return Outcome(change, look_at=merged, both_changed=combined.both_changed)
    content = combined.content if combined else content_of(head)
    _refuse_incomplete(uow, content, Level(change.depth or Level.SHORT))
    return ReadyToPublish(
        change, page_type, head, content, said or Said(), render_missing(uow, page_type, content),
        address=page.slug or _address(uow, change, content, slug), number=_next_number(uow, page),
        authors=_authors(uow, change),
    )  # fmt: skip


def publish_ready(uow: UnitOfWork, ready: ReadyToPublish) -> Outcome:
    """Publish what is ready. Raises Conflict where something moved since it was looked at."""
    change, page, page_type, head, content = ready.change, ready.change.page, ready.page_type, ready.head, ready.content
    if content != content_of(head):
        head = _store_merge(uow, change, content, head)
    move_state(uow, change, State.PUBLISHED, decided_at=uow.now)
    publication = _record(uow, ready, head)
    _move_page(uow, page, page_type, content, head, ready.address, change.depth or Level.SHORT)
    store_renderings(uow, ready.renderings)
    finish(uow, change, page_type, content)
    rebuild_links(uow, page, page_type, content)
    settle_wanted_links(uow, page)
    register_organisations(uow, page_type, content)
    end_share_links(uow, change)
    note_step(uow, change, "published", ready.said.comment, ready.said.answers)
    announce(uow, page)
    tell_of_publication(uow, change, publication, page_type, content)
    log.info("published page=%s revision=%s actor=%s", page.id, head.id, uow.actor.user_id)
    return Outcome(change, publication)


def _refuse_closed_page(page: Page) -> None:
    if page.state == "archived":
        raise Conflict(_("This page is archived. Restore it before you publish a change of it."))
    if page.state not in ("new", "published"):
        raise Conflict(_("This page is in the bin. Take it out before you publish a change of it."))


def _refuse_moved(page: Page, onto: UUID | None) -> None:
    if onto is not None and onto != page.published_revision_id:
        raise Conflict(_("Somebody published another version of this page meanwhile. Please compare again."))


def combination(uow: UnitOfWork, change: Change, page_type: PageType, head: Revision) -> Merged | None:
    """The change and what was published since it began, combined; None where nothing was."""
    published_id = change.page.published_revision_id
    if published_id is None or published_id == change.base_id:
        return None
    base, theirs = (
        field_rules.in_edition(page_type, content_of(find_revision(uow, id))) for id in (change.base_id, published_id)
    )
    return merge(page_type, base, content_of(head), theirs)


def _store_merge(uow: UnitOfWork, change: Change, content: Content, head: Revision) -> Revision:
    """Make the combination the head of the change, based on what is published now."""
    published_id = change.page.published_revision_id
    merged = add_revision(uow, change, content, parent_id=head.id, kind="merge", merged_from_id=published_id)
    uow.session.flush()
    if not move_head(uow, change, head.id, merged.id, base_id=published_id):
        raise Conflict(_("Somebody else changed this at the same moment. Please look at it again."))
    note_step(uow, change, "combined")
    return merged


def _refuse_incomplete(uow: UnitOfWork, content: Content, level: Level) -> None:
    problems = blocking(problems_at(uow, content, level), level)
    if problems:
        raise Refused(_("Some answers are missing before this can be published."), problems)


def _address(uow: UnitOfWork, change: Change, content: Content, slug: str | None) -> str:
    """The address of a new page. Raises Conflict where the one that was wished for is taken."""
    wish = slug or change.slug
    if wish is None:
        return free_slug(slug_of(str(content.fields.get("title", ""))), lambda name: is_taken(uow, name))
    refuse_bad_slug(wish)
    if is_taken(uow, wish):
        raise _address_taken(wish)
    return wish


def _address_taken(slug: str) -> Conflict:
    return Conflict(_("The address “{slug}” is taken. Choose another one.").format(slug=slug))


def _next_number(uow: UnitOfWork, page: Page) -> int:
    return 1 + (uow.session.scalar(select(func.max(Publication.number)).where(Publication.page_id == page.id)) or 0)


def _record(uow: UnitOfWork, ready: ReadyToPublish, head: Revision) -> Publication:
    change = ready.change
    publication = Publication(
        revision_id=head.id, page_id=change.page_id, number=ready.number, published_at=uow.now,
        approved_by_id=uow.actor.user_id, under_four_eyes=not _wrote_it(uow, change), depth=change.depth,
        credits={"origin": None, "approved_by": [uow.actor.name], "authors": ready.authors}, earlier=[],
    )  # fmt: skip
    uow.session.add(publication)
    return publication


def _wrote_it(uow: UnitOfWork, change: Change) -> bool:
    mine = (p.part for p in change.people if p.user_id == uow.actor.user_id)
    return change.author_id == uow.actor.user_id or any(part not in (Part.INVITED, Part.ASKED) for part in mine)


def _authors(uow: UnitOfWork, change: Change) -> list[str]:
    """Everybody who saved a revision of the change, first the author; moderators who corrected it included."""
    saved = uow.session.execute(
        select(Revision.author_name, Revision.kind)
        .where(Revision.change_id == change.id)
        .order_by(Revision.created_at, Revision.id)
    )
    names = [name for name, kind in saved if kind != "beside"]
    return list(dict.fromkeys([change.author.name, *names]))


def _move_page(
    uow: UnitOfWork, page: Page, page_type: PageType, content: Content, head: Revision, address: str, depth: str
) -> None:
    """Compare-and-set of what readers see. Raises Conflict where somebody else published meanwhile."""
    values = {
        "slug": address, "state": "published", "published_revision_id": head.id, "depth": str(depth),
        "published_row_counter": max(page.published_row_counter, highest_row(page_type, content.fields)),
        **page_facts(uow, page_type, content),
    }  # fmt: skip
    try:
        moved = uow.session.execute(
            update(Page)
            .where(Page.id == page.id, Page.state == page.state)
            .where(Page.published_revision_id.is_not_distinct_from(page.published_revision_id))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        uow.session.flush()
    except IntegrityError as error:
        raise _address_taken(address) from error
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody else published this page at the same moment. Please compare again."))
    for name, value in values.items():
        set_committed_value(page, name, value)  # reading it again would take longer than writing it


def page_facts(uow: UnitOfWork, page_type: PageType, content: Content) -> dict[str, object]:
    """Columns of Page that repeat what its published revision says."""
    today = uow.now.astimezone(uow.site.config.timezone).date()
    return {
        "title": field_rules.title_of(page_type, content.fields, today),
        "summary": field_rules.summary_of(page_type, content.fields),
        "language": content.language,
        "translation_of": UUID(content.translation_of) if content.translation_of else None,
        "published_at": uow.now,
        "check_again_on": next_check(today, page_type.check_again_months),
        "check_again_told": 0,
    }
