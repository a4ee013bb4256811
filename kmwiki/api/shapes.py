"""Pages, changes, versions, comparisons, problems as JSON: the one place that says which members each has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from kmwiki.domain.compare import FieldComparison, View
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.fields import title_of
from kmwiki.domain.merge import Merged
from kmwiki.domain.row_compare import RowComparison
from kmwiki.domain.word_compare import Op
from kmwiki.models import Change, Comment, Page, Part, Publication, Review
from kmwiki.services.changes.requests import successors
from kmwiki.services.changes.saving import problems_of
from kmwiki.services.pages.finding import content_of, find_revision
from kmwiki.services.pages.labels import as_readers_see
from kmwiki.services.pages.plain_reading import PlainContent, plain, slugs_of
from kmwiki.services.pages.reading import PublishedVersion, VersionNote
from kmwiki.services.talk.conversations import Thread, conversation
from kmwiki.site import Site, UnitOfWork

Json = dict[str, Any]


def moment(time: datetime | None) -> str | None:
    """A time in UTC, to the second."""
    return time.isoformat(timespec="seconds").replace("+00:00", "Z") if time else None


def address(site: Site, path: str) -> str:
    """The whole address where the site knows its own, else a path; never one from a forged Host."""
    return site.config.base_url.rstrip("/") + path


def page_address(site: Site, slug: str | None) -> str | None:
    return address(site, f"/pages/{slug}") if slug else None


# ---- pages


def page_summary(site: Site, page: Page) -> Json:
    """A page as lists have it."""
    return {
        "id": str(page.id),
        "slug": page.slug,
        "type": page.type,
        "depth": page.depth,
        "title": page.title,
        "summary": page.summary,
        "state": page.state,
        "revision_id": str(page.published_revision_id),
        "published_at": moment(page.published_at),
        "language": page.language,
        "url": page_address(site, page.slug),
    }


def page_json(uow: UnitOfWork, version: PublishedVersion) -> Json:
    """One version of a page, whole."""
    page, publication = version.page, version.publication
    shown = plain(uow, as_readers_see(uow, content_of(version.revision)))
    return {
        "id": str(page.id),
        "slug": page.slug,
        "type": page.type,
        "edition": shown.content.edition,
        "depth": publication.depth,
        "title": _title(uow, shown.content),
        "state": page.state,
        "number": publication.number,
        "revision_id": str(publication.revision_id),
        **_publication(publication),
        **_content(shown),
        "files": files_json(uow.site, page, version),
        "archived": _archived(uow, page),
        "url": page_address(uow.site, page.slug),
    }


def _title(uow: UnitOfWork, content: Content) -> str:
    page_type = uow.site.page_type(content.type, content.edition)
    return title_of(page_type, content.fields, uow.now.astimezone(uow.site.config.timezone).date())


def _publication(publication: Publication) -> Json:
    credits = publication.credits
    return {
        "published_at": moment(publication.published_at),
        "approved_by": list(credits["approved_by"]),
        "authors": list(credits["authors"]),
        "origin": credits.get("origin"),
    }


def _content(shown: PlainContent) -> Json:
    content = shown.content
    return {
        "language": content.language,
        "licence": content.licence,
        "translation_of": shown.translation_of,
        "replaces": shown.replaces,
        "topics": list(content.topics),
        "fields": dict(shown.fields),
    }


def files_json(site: Site, page: Page, version: PublishedVersion) -> list[Json]:
    """The files of this version, each with the address of its bytes."""
    is_current = version.publication.revision_id == page.published_revision_id
    of_version = "" if is_current else f"/revisions/{version.publication.number}"
    return [
        {**file.to_json(), "url": address(site, f"/pages/{page.slug}{of_version}/files/{quote(file.name)}")}
        for file in content_of(version.revision).files
    ]


def _archived(uow: UnitOfWork, page: Page) -> Json | None:
    if page.state != "archived":
        return None
    successor = page.successor_id and slugs_of(uow, [page.successor_id]).get(page.successor_id)
    return {"reason": page.archived_reason, "successor": successor}


def publication_json(publication: Publication, note: VersionNote) -> Json:
    """A published version as the history lists it."""
    return {
        "number": publication.number,
        "revision_id": str(publication.revision_id),
        **_publication(publication),
        "depth": publication.depth,
        "summary": note.summary,
        "is_hidden": note.is_hidden,
    }


# ---- changes


def change_summary(site: Site, change: Change, title: str, successors: Mapping[UUID, Page]) -> Json:
    """A change as lists have it; `successors`: what requests.successors() gave for it."""
    return {
        "id": str(change.id),
        "page": change.page.slug,
        "page_id": str(change.page_id),
        "type": change.page.type,
        "state": change.state,
        "returned": change.is_returned,
        "base": _id(change.base_id),
        "head": str(change.head_id),
        "title": title,
        "author": change.author.username,
        "coauthors": _people(change, Part.COAUTHOR),
        "invited": _people(change, Part.INVITED),
        "summary": change.summary,
        "depth": change.depth,
        "request": _request(change, successors.get(change.id)),
        "together": _id(change.together_id),
        "created_at": moment(change.created_at),
        "updated_at": moment(change.updated_at),
        "submitted_at": moment(change.submitted_at),
        "url": address(site, f"/changes/{change.id}"),
    }


def _request(change: Change, successor: Page | None) -> Json | None:
    """What the change asks to be done with its page, null for one that changes the text."""
    if not change.request:
        return None
    named = {"slug": change.request["slug"]} if "slug" in change.request else {}
    follows = {"successor": successor.slug if successor else None} if "successor" in change.request else {}
    return {"verb": change.request["verb"], "reason": change.note_to_reviewer, **named, **follows}


def change_json(uow: UnitOfWork, change: Change) -> Json:
    """A change, whole: its newest text, what is still wrong with it, what was said about it."""
    head = content_of(find_revision(uow, change.head_id))
    shown = plain(uow, head)
    return {
        **change_summary(uow.site, change, _title(uow, head), successors(uow, [change])),
        "edition": head.edition,
        **_content(shown),
        "files": [change_file_json(uow.site, change, file) for file in head.files],
        "slug": change.slug,
        "note_to_reviewer": change.note_to_reviewer,
        "acknowledged": change.acknowledged,
        "problems": [problem.to_json() for problem in problems_of(uow, change)],
        "conversation": [_said(entry) for entry in conversation(uow, change)],
    }


def change_file_json(site: Site, change: Change, file: FileEntry) -> Json:
    """A file of a change, with the address of its bytes for those who may see the change."""
    url = address(site, f"/api/v1/changes/{change.id}/files/{quote(file.name)}")
    return {**file.to_json(), "url": url}


def change_title(uow: UnitOfWork, change: Change, content: Content | None) -> str:
    """What a list calls a change; the page's title where its own text is hidden."""
    return _title(uow, content) if content else change.page.title


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _people(change: Change, part: Part) -> list[str]:
    return sorted(person.user.username for person in change.people if person.part == part)


def _said(entry: Review | Comment) -> Json:
    return comment_json(entry) if isinstance(entry, Comment) else _step_json(entry)


def comment_json(comment: Comment) -> Json:
    """A comment; `resolved` is said of the one that its thread begins with."""
    settled = {"by": comment.resolved_by, "at": moment(comment.resolved_at)} if comment.resolved_at else None
    return {
        "id": str(comment.id),
        "kind": "comment",
        "thread": str(comment.thread_id or comment.id),
        "by": comment.author_name,
        "at": moment(comment.created_at),
        "field": comment.field,
        "text": comment.text,
        "edited": moment(comment.edited_at),
        "gone": comment.gone or None,
        "resolved": settled,
    }


def thread_json(thread: Thread) -> Json:
    return {**comment_json(thread.beginning), "answers": [comment_json(answer) for answer in thread.answers]}


def _step_json(review: Review) -> Json:
    return {
        "id": str(review.id),
        "kind": "step",
        "by": review.actor_name,
        "at": moment(review.at),
        "step": review.step,
        "text": review.reason,
        "revision": _id(review.revision_id),
    }


def conflicts_json(uow: UnitOfWork, merged: Merged) -> list[Json]:
    """What change (`mine`) and page (`theirs`) contradict each other in, with what both began from."""
    sides = {
        side: plain(uow, _with_values(merged, {c.field: getattr(c, side) for c in merged.conflicts}))
        for side in ("base", "mine", "theirs")
    }
    return [
        {
            "field": conflict.field,
            **{side: _value(shown, conflict.field, getattr(conflict, side)) for side, shown in sides.items()},
        }
        for conflict in merged.conflicts
    ]


def _with_values(merged: Merged, values: Mapping[str, Any]) -> Content:
    """A content of nothing but these values: plain() then gives them as the asker may see them."""
    references = {name: values.get(name) for name in ("translation_of", "replaces")}
    return merged.content.replace(fields={name: v for name, v in values.items() if v is not None}, **references)


def _value(shown: PlainContent, name: str, stored: object) -> object:
    if name in ("translation_of", "replaces"):
        return getattr(shown, name)
    return shown.fields.get(name) if stored is not None else None


# ---- comparisons


def comparison_json(comparisons: Sequence[FieldComparison]) -> list[Json]:
    """Parts that differ, in form order: words, rows (those that are the same left out) or both values."""
    return [_comparison(comparison) for comparison in comparisons]


def _comparison(comparison: FieldComparison) -> Json:
    shape: Json = {"field": comparison.field, "shape": comparison.shape.value}
    if comparison.shape is View.WORDS:
        return shape | {"words": [{"op": piece.op.value, "text": piece.text} for piece in comparison.words]}
    if comparison.shape is View.ROWS:
        return shape | {"rows": [_row(row) for row in comparison.rows if row.op is not Op.SAME]}
    return shape | {"old": comparison.old, "new": comparison.new}


def _row(row: RowComparison[FieldComparison]) -> Json:
    named = row.new or row.old or {}
    return {
        "id": named.get("id"),
        "op": row.op.value,
        "moved": row.moved,
        "old": dict(row.old) if row.old is not None else None,
        "new": dict(row.new) if row.new is not None else None,
        "cells": comparison_json(row.cells),
    }
