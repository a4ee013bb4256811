"""Files of pages: put on a change, reviewed and published with it, given out only with a version that one may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.media_types import PICTURES, WIDTHS
from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.change_versions import version_of_change
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.revisions import require_savable
from kmwiki.services.changes.saving import save
from kmwiki.services.files.file_intake import Upload, free_name, take_in
from kmwiki.services.pages.finding import content_of, find_change, find_page_itself, find_publication, find_revision
from kmwiki.site import UnitOfWork

#: What is said of a file: alt, credit, licence, consent; what is None or not named stays as it was.
Description = Mapping[str, str | None]


def attach(
    uow: UnitOfWork,
    change_id: UUID,
    name: str,
    content: bytes,
    alt: str | None = None,
    credit: str | None = None,
    licence: str | None = None,
    consent: str | None = None,
) -> tuple[Change, FileEntry]:
    """Put a file on a change, as a new revision of it; one of the same name is replaced.

    What is not said stays as it was, but for the consent: another picture shows other people.
    Raises TooLarge, Refused (name, type, description), Conflict (closed change).
    """
    change = change_to_save(uow, change_id)
    upload = take_in(name, content)
    said = {"alt": alt, "credit": credit, "licence": licence, "consent": consent}
    return _saved(uow, change, change.head_id, upload.entry.name, said, upload)


def add(
    uow: UnitOfWork, change_id: UUID, name: str, content: bytes, said: Description
) -> tuple[Change, FileEntry]:
    """As attach(), but a name that is taken gets a number, and nothing is replaced but the same bytes."""
    change = change_to_save(uow, change_id)
    upload = take_in(name, content)
    there = content_of(find_revision(uow, change.head_id)).files
    if not any((file.name, file.sha256) == (upload.entry.name, upload.entry.sha256) for file in there):
        upload = upload.renamed(free_name(upload.entry.name, [file.name for file in there]))
    return _saved(uow, change, change.head_id, upload.entry.name, said, upload)


def describe(
    uow: UnitOfWork, change_id: UUID, seen: UUID, name: str, said: Description, content: bytes | None = None
) -> tuple[Change, FileEntry]:
    """Say of a file what it shows and whose it is; with `content`, put other bytes under its name.

    `seen` is the version in which somebody saw it. Raises NotFound, Refused, Conflict (somebody else changed it).
    """
    change = change_to_save(uow, change_id)
    upload = _in_place_of(name, content) if content is not None else None
    return _saved(uow, change, seen, name, said, upload)


def remove(uow: UnitOfWork, change_id: UUID, seen: UUID, name: str) -> Change:
    """Take a file off the change. Earlier versions keep theirs."""
    change = change_to_save(uow, change_id)
    there = _seen_content(uow, change, seen).files
    _entry(there, name)
    _save(uow, change, seen, Edit({"files": [{"name": file.name} for file in there if file.name != name]}))
    return change


def change_to_save(uow: UnitOfWork, change_id: UUID) -> Change:
    """The change, if the asker may save it: asked before a file is looked at."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    require_savable(change)
    return change


def _in_place_of(name: str, content: bytes) -> Upload:
    """Other bytes for a file of this name, which stays as it is."""
    ending = name.rpartition(".")[2].lower()
    upload = take_in(f"file.{ending}", content)
    return upload.renamed(name)


def _saved(
    uow: UnitOfWork, change: Change, seen: UUID, name: str, said: Description, upload: Upload | None
) -> tuple[Change, FileEntry]:
    there = {file.name: file for file in _seen_content(uow, change, seen).files}
    before = there.get(name)
    if upload is None and before is None:
        raise NotFound()
    if upload is not None:
        there[name] = upload.entry
    files: list[dict[str, Any]] = [{"name": other} for other in sorted(there) if other != name]
    files.append({"name": name, **_kept_of(before, upload), **_given(said)})
    files.sort(key=lambda file: str(file["name"]))
    _save(uow, change, seen, Edit({"files": files}, uploads=(upload,) if upload else ()))
    now = content_of(find_revision(uow, change.head_id))
    return change, _entry(now.files, name)


def _kept_of(before: FileEntry | None, upload: Upload | None) -> dict[str, str]:
    """What stays said of a file whose bytes are replaced."""
    if before is None or upload is None:
        return {}
    kept = {"alt": before.alt, "credit": before.credit, "licence": before.licence}
    return {**kept, "consent": before.consent if before.sha256 == upload.entry.sha256 else ""}


def _given(said: Description) -> dict[str, str]:
    return {name: " ".join(text.split()) for name, text in said.items() if text is not None}


def _seen_content(uow: UnitOfWork, change: Change, seen: UUID) -> Content:
    revision = find_revision(uow, seen)
    if revision.change_id != change.id:
        raise NotFound()
    return content_of(revision)


def _save(uow: UnitOfWork, change: Change, seen: UUID, edit: Edit) -> None:
    if save(uow, change.id, edit, seen).conflict is not None:
        raise Conflict(_("Somebody else changed this file meanwhile. Look at it again; nothing of yours was stored."))


def _entry(files: tuple[FileEntry, ...], name: str) -> FileEntry:
    entry = next((file for file in files if file.name == name), None)
    if entry is None:
        raise NotFound()
    return entry


# ---- giving out


@dataclass(frozen=True)
class FileToServe:
    """Bytes of a file with the type that was sniffed when it came.

    `is_final`: the same will be answered for these bytes and this width as long as the file is there.
    """

    name: str
    media_type: str
    sha256: str
    content: bytes
    etag: str
    is_final: bool = True


def page_file(
    uow: UnitOfWork, slug: str, name: str, number: int | None = None, width: int | None = None
) -> FileToServe:
    """A file of the published page, or of its version `number`; pictures in a smaller width, if they have it.

    Raises NotFound.
    """
    page = find_page_itself(uow, slug)
    if number is None:
        revision = find_revision(uow, page.published_revision_id)
    else:
        revision = find_publication(uow, page, number)[1]
    return _file_of(uow, revision, name, width)


def change_file(uow: UnitOfWork, change_id: UUID, name: str, width: int | None = None) -> FileToServe:
    """A file of a change that the asker may see. Raises NotFound."""
    change = find_change(uow, change_id)
    return _file_of(uow, find_revision(uow, change.head_id), name, width)


def version_file(
    uow: UnitOfWork, change_id: UUID, revision_id: UUID, name: str, width: int | None = None
) -> FileToServe:
    """A file of an earlier version of a change, for whoever may compare with it. Raises NotFound."""
    return _file_of(uow, version_of_change(uow, change_id, revision_id), name, width)


def _file_of(uow: UnitOfWork, revision: Revision, name: str, width: int | None) -> FileToServe:
    entry = _entry(content_of(revision).files, name)
    store = uow.site.files
    if not store.has(entry.sha256):
        raise NotFound()
    narrow = store.narrow(entry.sha256, width) if width in WIDTHS and entry.media_type in PICTURES else b""
    if narrow:
        narrow_name = f"{name.rpartition('.')[0]}-{width}.webp"
        return FileToServe(narrow_name, "image/webp", entry.sha256, narrow, f"{entry.sha256}-{width}")
    whole = store.get(entry.sha256)
    return FileToServe(name, entry.media_type, entry.sha256, whole, entry.sha256, is_final=narrow is not None)
