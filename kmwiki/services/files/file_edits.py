"""Files as part of an edit: what each of them shows and whose it is, and what a page may have of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from kmwiki.db import insert_missing
from kmwiki.domain.bundle.names import clashes
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.media_types import widths_below
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Blob
from kmwiki.services.files.file_intake import BlobRow, Upload
from kmwiki.site import UnitOfWork

FILES_PER_PAGE = 100
PAGE_LIMIT_BYTES = 100 * 1024 * 1024
DESCRIPTIONS = ("alt", "credit", "licence", "consent")
_LONGEST_LINE = 1_000


def edited_files(
    uow: UnitOfWork, seen: Content, given: Any, uploads: Sequence[Upload], problems: list[Problem]
) -> tuple[FileEntry, ...]:
    """The files after an edit: those that came in, described as `given`. One that is not named there is taken off.

    Without `given`, all stay as they are.
    """
    there = {file.name: file for file in seen.files} | {upload.entry.name: upload.entry for upload in uploads}
    if given is None and uploads:
        return tuple(sorted(there.values(), key=lambda file: file.name))
    if not isinstance(given, list) or len(given) > 2 * FILES_PER_PAGE or not all(isinstance(i, Mapping) for i in given):
        problems.append(_problem(_("Files are given as a list, each with its name.")))
        return seen.files
    entries = []
    for item in given:
        file = there.get(str(item.get("name")))
        if file is None:
            message = _("There is no file “{name}” on this page. Upload it first.")
            problems.append(_problem(message.format(name=str(item.get("name"))[:80])))
            continue
        entries.append(_described(uow, file, item, problems))
    return tuple(entries)


def _described(uow: UnitOfWork, file: FileEntry, item: Mapping[str, Any], problems: list[Problem]) -> FileEntry:
    texts = {name: str(item.get(name, getattr(file, name)) or "") for name in DESCRIPTIONS}
    for name, vocabulary in (("licence", "licences"), ("consent", "consent")):
        if texts[name] and texts[name] not in uow.site.vocabularies[vocabulary]:
            message = _("“{value}” is not in the list.").format(value=texts[name][:60])
            problems.append(_problem(message, file.name, name))
    for name in ("alt", "credit"):
        if len(texts[name]) > _LONGEST_LINE or not texts[name].isprintable():
            message = _("Describe a file in one line of at most 1,000 characters.")
            problems.append(_problem(message, file.name, name))
    return FileEntry(name=file.name, sha256=file.sha256, media_type=file.media_type, **texts)


def refuse_too_many(uow: UnitOfWork, content: Content, before: Content, uploads: Sequence[Upload]) -> None:
    """Raises Refused where the files of a page would be too many or too large, or their names hide each other."""
    if content.files == before.files:
        return
    problems = []
    if len(content.files) > FILES_PER_PAGE:
        problems.append(_problem(_("A page has at most {number} files.").format(number=FILES_PER_PAGE)))
    problems += [_problem(clash_words(name), name) for name in clashes(file.name for file in content.files)]
    if _bytes_of(uow, content, uploads) > PAGE_LIMIT_BYTES:
        message = _("The files of a page have at most {number} MB together. Make pictures smaller, or leave some out.")
        problems.append(_problem(message.format(number=PAGE_LIMIT_BYTES // 1024 // 1024)))
    if problems:
        raise Refused(problems[0].message, problems)


def clash_words(name: str) -> str:
    return _("Another file differs from “{name}” in capitals or accents alone. Give it another name.").format(name=name)


def _bytes_of(uow: UnitOfWork, content: Content, uploads: Sequence[Upload]) -> int:
    digests = {file.sha256 for file in content.files}
    new = {upload.entry.sha256: len(upload.content) for upload in uploads if upload.entry.sha256 in digests}
    stored = select(func.sum(Blob.size_bytes)).where(Blob.sha256.in_(digests - set(new)))
    return sum(new.values()) + int(uow.session.scalar(stored) or 0)


# ---- bytes


def keep_bytes(uow: UnitOfWork, uploads: Sequence[Upload]) -> None:
    """Before the write: a file that is kept and not used is swept, one that is used and not kept would be lost."""
    for upload in uploads:
        uow.site.files.put(upload.content)


def note_files(uow: UnitOfWork, uploads: Sequence[Upload]) -> None:
    """With the revision that names them."""
    note_blobs(uow, [upload.blob_row(uow.now) for upload in uploads])


def note_blobs(uow: UnitOfWork, rows: Sequence[BlobRow]) -> None:
    """What the bytes are; pictures are to be made narrower."""
    insert_missing(uow.session, Blob, rows)
    for row in rows:
        width = row["width"]
        if isinstance(width, int) and widths_below(str(row["media_type"]), width):
            uow.enqueue("widths", sha256=row["sha256"])


def _problem(message: str, name: str | None = None, column: str | None = None) -> Problem:
    return Problem(field="files", level=Level.DRAFT, message=message, row=name, column=column)
