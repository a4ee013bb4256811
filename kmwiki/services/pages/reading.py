"""What readers see: published pages with everything around them, the same for everybody who may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from kmwiki.domain.content import Content
from kmwiki.domain.media_types import widths_below
from kmwiki.domain.page_type import PageType
from kmwiki.errors import NotFound
from kmwiki.models import Blob, Change, Generation, Link, Page, Publication, Revision
from kmwiki.permissions import may, visible
from kmwiki.render.resolve import FileRef, markers
from kmwiki.services.pages.finding import (
    content_of,
    family_of,
    find_page,
    find_page_itself,
    find_publication,
    pages_by_slug,
    readable_pages,
    rows_in_kept_page,
)
from kmwiki.services.pages.labels import TopicWord, accepted_only, topic_words
from kmwiki.services.pages.link_targets import Targets
from kmwiki.services.pages.renderings import rendered_fields
from kmwiki.services.talk.conversations import open_threads
from kmwiki.services.telling.unread import Numbers, unread_count, waiting_count
from kmwiki.services.telling.watching import watching
from kmwiki.site import UnitOfWork

#: So many characters of its digest name the bytes of a file in an address.
VERSION_LENGTH = 12
#: Links to a page are shown this many at a time.
BACKLINKS_SHOWN = 50


@dataclass(frozen=True)
class Backlink:
    """A published page that leads to this one."""

    page: Page
    field: str
    relation: str
    row: str
    note: str


@dataclass(frozen=True)
class VersionView:
    """One version of a page, ready to be laid out.

    `html` holds marks for links and files; `text_pages` and `files` are what resolve() puts in for them.
    """

    page_type: PageType
    content: Content
    html: Mapping[str, str]
    targets: Targets
    text_pages: Mapping[str, Page]
    files: Mapping[str, FileRef]
    topics: Mapping[str, TopicWord]


@dataclass(frozen=True)
class PageView:
    """A published page and what stands around it."""

    page: Page
    publication: Publication
    revision: Revision
    version: VersionView
    backlinks: Sequence[Backlink]
    backlinks_total: int
    open_threads: int
    translations: Sequence[Page]
    successor: Page | None


def generation(uow: UnitOfWork) -> int:
    """The number that changes whenever readers would see something else."""
    return uow.session.scalar(select(Generation.number).where(Generation.id == 1)) or 0


def publication_now(uow: UnitOfWork, page: Page) -> tuple[Publication, Revision]:
    """The version of a page that its readers see. Raises NotFound."""
    found = uow.session.execute(
        select(Publication, Revision)
        .join(Revision, Revision.id == Publication.revision_id)
        .where(Publication.revision_id == page.published_revision_id)
    ).first()
    if found is None:
        raise NotFound()
    publication, revision = found
    return publication, revision


def read_page(uow: UnitOfWork, slug: str) -> PageView:
    """The published page at this address; `page.slug` differs from `slug` where it was renamed. Raises NotFound."""
    page = find_page(uow, slug)
    publication, revision = publication_now(uow, page)
    version = version_view(uow, content_of(revision), f"/pages/{page.slug}/files/")
    total, threads = _around(uow, page.id)
    return PageView(
        page=page,
        publication=publication,
        revision=revision,
        version=version,
        backlinks=backlinks(uow, page.id, 1, BACKLINKS_SHOWN),
        backlinks_total=total,
        open_threads=threads,
        translations=_translations(uow, page),
        successor=_successor(uow, page),
    )


def _successor(uow: UnitOfWork, page: Page) -> Page | None:
    successor = uow.session.get(Page, page.successor_id) if page.successor_id else None
    return successor if successor is not None and may(uow.actor, "page.read", successor) else None


def version_view(uow: UnitOfWork, content: Content, files_at: str, with_proposals: bool = False) -> VersionView:
    """Any version as its readers see it; `files_at` is the address in front of its files' names.

    `with_proposals`: topics that nobody has accepted yet are among its own, for those who see a change.
    """
    page_type = uow.site.page_type(content.type, content.edition)
    html = rendered_fields(uow, page_type, content)
    names = markers("".join(html.values())).pages
    topics = topic_words(uow, content.topics, with_proposals)
    return VersionView(
        page_type=page_type,
        content=content if with_proposals else accepted_only(content, topics),
        html=html,
        targets=Targets.of_content(uow, page_type, content),
        text_pages=pages_by_slug(uow, sorted(names)),
        files=file_references(uow, content, files_at),
        topics={**topics, **{word.code: word for word in topics.values()}},
    )


def file_references(uow: UnitOfWork, content: Content, files_at: str) -> Mapping[str, FileRef]:
    """Address, size and description of each file of this version by its name, in one query."""
    digests = {file.sha256 for file in content.files}
    blobs = {blob.sha256: blob for blob in uow.session.scalars(select(Blob).where(Blob.sha256.in_(digests)))}
    return {
        file.name: FileRef(
            address=files_at + quote(file.name),
            size_bytes=blobs[file.sha256].size_bytes,
            width=blobs[file.sha256].width,
            height=blobs[file.sha256].height,
            widths=widths_below(file.media_type, blobs[file.sha256].width),
            version=file.sha256[:VERSION_LENGTH],
            alt=file.alt,
        )
        for file in content.files
        if file.sha256 in blobs
    }


@dataclass(frozen=True)
class Standing:
    """What a page is to one person who is signed in, and the numbers in the frame around it."""

    own_change: UUID | None
    others_at_work: bool
    is_watched: bool
    numbers: Numbers


def standing(uow: UnitOfWork, page_id: UUID) -> Standing:
    """All of it in one query: it is asked on every page that somebody reads who is signed in."""
    is_open = (Change.page_id == page_id) & Change.state.in_(("draft", "submitted"))
    own = select(Change.id).where(is_open, Change.author_id == uow.actor.user_id).limit(1)
    others = exists().where(is_open, Change.author_id != uow.actor.user_id)
    asked = select(
        own.scalar_subquery(), others, watching(page_id, uow.actor.user_id), unread_count(uow), waiting_count(uow)
    )
    own_change, others_at_work, is_watched, unread, waiting = uow.session.execute(asked).one()
    others_at_work = bool(others_at_work) and may(uow.actor, "change.start")
    return Standing(own_change, others_at_work, bool(is_watched), Numbers(unread, waiting))


def backlinks(uow: UnitOfWork, page_id: UUID, page: int, per_page: int) -> Sequence[Backlink]:
    """Published pages that lead to this one, newest first; several links of one page count once a field."""
    found = uow.session.execute(
        select(Page, Link)
        .join(Link, Link.source_id == Page.id)
        .where(Link.target_id.in_(family_of(page_id)), Page.state == "published", Page.id != page_id)
        .order_by(Page.published_at.desc(), Page.id, Link.id)
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return [
        Backlink(source, link.field, link.relation, _row_here(uow, link, page_id), link.note) for source, link in found
    ]


def _row_here(uow: UnitOfWork, link: Link, page_id: UUID) -> str:
    """The row that a link leads to; one to a page that became part of this one leads to what became of its row."""
    if link.target_id in (None, page_id) or not link.target_row:
        return link.target_row
    return rows_in_kept_page(uow, link.target_id).get(link.target_row, link.target_row)


def _around(uow: UnitOfWork, page_id: UUID) -> tuple[int, int]:
    """How many links lead to a page, and how many threads about it are open, in one query."""
    source = aliased(Page)
    counted = (
        select(func.count())
        .select_from(Link)
        .join(source, source.id == Link.source_id)
        .where(Link.target_id.in_(family_of(page_id)), source.state == "published", source.id != page_id)
    )
    links, threads = uow.session.execute(select(counted.scalar_subquery(), open_threads(page_id))).one()
    return links, threads


def _translations(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    """The same page in other languages: siblings by the page that they all translate."""
    original = page.id
    if page.translation_of is not None:
        original = next((kept.id for kept in readable_pages(uow, [page.translation_of]).values()), page.translation_of)
    return uow.session.scalars(
        select(Page)
        .where(Page.translation_of.in_(family_of(original)) | (Page.id == original), Page.id != page.id)
        .where(Page.state == "published")
        .order_by(Page.language)
        .limit(50)
    ).all()


def became_part(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    """Pages that became part of this one: their earlier versions, and who wrote them, stand at their own addresses."""
    found = select(Page).where(Page.merged_into_id == page.id, visible(uow.actor, "page.read")).order_by(Page.title)
    return uow.session.scalars(found.limit(50)).all()


# ---- lists


def newest_pages(uow: UnitOfWork, type_name: str | None, page: int, per_page: int) -> tuple[int, Sequence[Page]]:
    """Published pages, the latest publication first: (how many, one page of them)."""
    shown = Page.state == "published"
    if type_name:
        shown = shown & (Page.type == type_name)
    total = uow.session.scalar(select(func.count()).select_from(Page).where(shown)) or 0
    ordered = select(Page).where(shown).order_by(Page.published_at.desc(), Page.id)
    return total, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()


def counts_by_type(uow: UnitOfWork) -> Mapping[str, int]:
    """How many published pages there are of each type."""
    counted = select(Page.type, func.count()).where(Page.state == "published").group_by(Page.type)
    return {name: number for name, number in uow.session.execute(counted)}


def titles_beginning_with(uow: UnitOfWork, words: str, limit: int = 10) -> Sequence[Page]:
    """Published pages for completion: titles that begin with the words, then those that contain them."""
    if not words.strip():
        return []
    text = words.strip().lower()[:100]
    title = func.lower(Page.title)
    first = title.startswith(text, autoescape=True)
    return uow.session.scalars(
        select(Page)
        .where(Page.state == "published", title.contains(text, autoescape=True))
        .order_by(first.desc(), Page.title, Page.id)
        .limit(limit)
    ).all()


# ---- history


def history(uow: UnitOfWork, slug: str, page: int = 1, per_page: int = 50) -> tuple[Page, int, Sequence[Publication]]:
    """Published versions of a page, newest first: (page, how many, one page of them)."""
    found = find_page_itself(uow, slug)
    rows = uow.session.execute(
        select(Publication, func.count().over())
        .where(Publication.page_id == found.id)
        .order_by(Publication.number.desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    ).all()
    if not rows and page > 1:  # past the end: how many there are is told with those that there are
        return found, history(uow, slug, 1, 1)[1], []
    return found, rows[0][1] if rows else 0, [version for version, _total in rows]


@dataclass(frozen=True)
class PublishedVersion:
    """One published version of a page."""

    page: Page
    publication: Publication
    revision: Revision


@dataclass(frozen=True)
class VersionNote:
    """What a list of versions says of one: its author's summary of the change, and whether its text is hidden."""

    summary: str
    is_hidden: bool


def version_notes(uow: UnitOfWork, publications: Sequence[Publication]) -> Mapping[UUID, VersionNote]:
    """The notes of these versions by their revision, in one query."""
    wanted = [publication.revision_id for publication in publications]
    found = uow.session.execute(
        select(Revision.id, Revision.is_hidden, Change.summary)
        .outerjoin(Change, Change.id == Revision.change_id)
        .where(Revision.id.in_(wanted))
    )
    return {revision_id: VersionNote(summary or "", is_hidden) for revision_id, is_hidden, summary in found}


def published_version(uow: UnitOfWork, slug: str, number: int) -> PublishedVersion:
    """Version `number` of a page, as its readers count. Raises NotFound."""
    page = find_page_itself(uow, slug)
    return PublishedVersion(page, *find_publication(uow, page, number))


def changes_of(
    uow: UnitOfWork,
    page: int,
    per_page: int,
    *,
    state: str | None = None,
    is_returned: bool | None = None,
    mine: bool = False,
) -> tuple[int, Sequence[Change]]:
    """Changes that the asker may see, newest first: (how many, one page of them)."""
    wanted = visible(uow.actor, "change.read")
    if state is not None:
        wanted = wanted & (Change.state == state)
    if is_returned is not None:
        wanted = wanted & Change.is_returned.is_(is_returned)
    if mine:
        wanted = wanted & (Change.author_id == uow.actor.user_id)
    total = uow.session.scalar(select(func.count()).select_from(Change).where(wanted)) or 0
    ordered = select(Change).where(wanted).order_by(Change.updated_at.desc(), Change.id)
    return total, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()
