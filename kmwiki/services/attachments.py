"""Files of pages: put on a change, reviewed and published with it, given out only with a version that one may see."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from kmwiki.db import insert_missing
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.media_types import ENDINGS, PICTURES, fits, sniff
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State, Verb, next_state
from kmwiki.errors import Conflict, NotFound, Refused, TooLarge
from kmwiki.i18n import gettext as _
from kmwiki.models import Blob, Change, Revision
from kmwiki.permissions import require
from kmwiki.services.finding import content_of, find_change, find_page, find_publication, find_revision
from kmwiki.services.revisions import add_revision, move_head, note_draft_saver
from kmwiki.site import UnitOfWork

FILE_LIMIT_BYTES = 20 * 1024 * 1024
FILES_PER_PAGE = 100
_NAME = re.compile(r"[\w][\w .()+,-]{0,118}\.[A-Za-z0-9]{1,5}")


@dataclass(frozen=True)
class FileToServe:
    """Bytes of a file with the type that was sniffed when it came."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def attach(
    uow: UnitOfWork, change_id: UUID, name: str, content: bytes, alt: str = "", credit: str = ""
) -> tuple[Change, FileEntry]:
    """Put a file on a change, as a new revision of it; one of the same name is replaced.

    Raises TooLarge, Refused (name or type), Conflict (closed change).
    """
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    next_state(State(change.state), Verb.SAVE)
    entry = checked_file(name, content, alt, credit)
    blob = blob_row(uow.now, entry, content)
    uow.site.files.put(content)  # before the write lock: an unused file is swept, a missing one is lost
    head = find_revision(uow, change.head_id)
    new = _with_file(content_of(head), entry)
    if new == content_of(head):
        return change, entry
    insert_missing(uow.session, Blob, [blob])
    _store(uow, change, head, new)
    return change, entry


def _store(uow: UnitOfWork, change: Change, head: Revision, content: Content) -> None:
    revision = add_revision(uow, change, content, parent_id=head.id, kind="edit")
    uow.session.flush()
    if not move_head(uow, change, head.id, revision.id):
        raise Conflict(_("Somebody saved this change meanwhile. Please send the file again."))
    note_draft_saver(uow, change)


def _with_file(content: Content, entry: FileEntry) -> Content:
    others = [file for file in content.files if file.name != entry.name]
    if len(others) >= FILES_PER_PAGE:
        raise _refused(_("A page has at most {number} files.").format(number=FILES_PER_PAGE))
    return content.replace(files=tuple(sorted([*others, entry], key=lambda file: file.name)))


def checked_file(name: str, content: bytes, alt: str = "", credit: str = "") -> FileEntry:
    """What a file is, if it may be attached. Raises TooLarge, Refused."""
    if len(content) > FILE_LIMIT_BYTES:
        raise TooLarge(_("A file has at most {number} MB.").format(number=FILE_LIMIT_BYTES // 1024 // 1024))
    clean = unicodedata.normalize("NFC", name.rpartition("/")[2].rpartition("\\")[2]).strip()
    if not _NAME.fullmatch(clean):
        raise _refused(_("A file needs a name such as “report.pdf”: letters, digits, spaces, dots, hyphens."))
    media_type = sniff(content)
    if media_type is None or not fits(media_type, clean):
        endings = ", ".join(sorted({ending for endings in ENDINGS.values() for ending in endings}))
        message = _("This kind of file cannot be attached, or its name does not fit. Allowed: {endings}.")
        raise _refused(message.format(endings=endings))
    return FileEntry(
        name=clean, sha256=_sha256(content), media_type=media_type,
        alt=_one_line(alt), credit=_one_line(credit),
    )  # fmt: skip


def blob_row(now: datetime, entry: FileEntry, content: bytes) -> dict[str, object]:
    """The row of Blob for these bytes. Raises Refused for a picture that cannot be read."""
    width, height = _size(entry, content)
    return {
        "sha256": entry.sha256, "media_type": entry.media_type, "size_bytes": len(content),
        "width": width, "height": height, "created_at": now,
    }  # fmt: skip


def _size(entry: FileEntry, content: bytes) -> tuple[int | None, int | None]:
    if entry.media_type not in PICTURES:
        return None, None
    try:
        with Image.open(BytesIO(content)) as picture:  # reads the header only
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _refused(_("This picture is damaged or of a kind that cannot be read.")) from error


def _refused(message: str) -> Refused:
    return Refused(message, [Problem(field="files", level=Level.DRAFT, message=message)])


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:1_000]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ---- giving out


def page_file(uow: UnitOfWork, slug: str, name: str, number: int | None = None) -> FileToServe:
    """A file of the published page, or of its version `number`. Raises NotFound."""
    page = find_page(uow, slug)
    if number is None:
        revision = find_revision(uow, page.published_revision_id)
    else:
        revision = find_publication(uow, page, number)[1]
    return _file_of(uow, revision, name)


def change_file(uow: UnitOfWork, change_id: UUID, name: str) -> FileToServe:
    """A file of a change that the asker may see. Raises NotFound."""
    change = find_change(uow, change_id)
    return _file_of(uow, find_revision(uow, change.head_id), name)


def _file_of(uow: UnitOfWork, revision: Revision, name: str) -> FileToServe:
    entry = next((file for file in content_of(revision).files if file.name == name), None)
    if entry is None or not uow.site.files.has(entry.sha256):
        raise NotFound()
    return FileToServe(entry.name, entry.media_type, entry.sha256, uow.site.files.get(entry.sha256))
