"""Uploads in pieces, for slow lines: begun, gone on with after every break, and put on a change when they are whole.

An upload belongs to who began it, alone; it ends with its change, or after three days. docs/uploads.md is the protocol.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from kmwiki.backends.partial_files import WrongOffset
from kmwiki.domain.content import FileEntry
from kmwiki.domain.ids import new_id
from kmwiki.domain.media_types import ENDINGS
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, PartialUpload
from kmwiki.permissions import SYSTEM
from kmwiki.services.files.attachments import Description, add, attach, change_to_save
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES, clean_name, refused_type
from kmwiki.site import Site, UnitOfWork

PIECE_BYTES = 1024 * 1024
KEPT = timedelta(days=3)
#: What one person may have under way, counted as announced.
BYTES_PER_PERSON = 100 * 1024 * 1024
UPLOADS_PER_PERSON = 20
#: Bytes without a row: of one that ended, or of one that begins at this moment.
_UNKNOWN_SECONDS = 3600


class PieceElsewhere(Conflict):
    """A piece that does not begin where the last one ended; `received` says where."""

    code = "wrong-offset"

    def __init__(self, received: int) -> None:
        super().__init__(_("The next piece begins at byte {number}.").format(number=received))
        self.received = received


def begin(uow: UnitOfWork, change_id: UUID, name: object, size_bytes: object) -> PartialUpload:
    """Announce a file. Raises Refused where it could never be taken, or where too much is under way."""
    change = change_to_save(uow, change_id)
    if not isinstance(name, str) or type(size_bytes) is not int or not 1 <= size_bytes <= FILE_LIMIT_BYTES:
        message = _("Announce a file by its name and its size in bytes, from 1 to {number}.")
        raise _refused("size_bytes", message.format(number=FILE_LIMIT_BYTES))
    ending = clean_name(name).rpartition(".")[2]
    if not any(ending in endings for endings in ENDINGS.values()):
        raise refused_type()
    _refuse_too_much(uow, size_bytes)
    upload = PartialUpload(
        id=new_id(), change_id=change.id, user_id=uow.actor.user_id, name=name[:250], size_bytes=size_bytes,
        created_at=uow.now,
    )  # fmt: skip
    uow.site.partial_files.begin(upload.id)
    uow.session.add(upload)
    return upload


def _refuse_too_much(uow: UnitOfWork, size_bytes: int) -> None:
    mine = PartialUpload.user_id == uow.actor.user_id
    count, total = uow.session.execute(
        select(func.count(), func.coalesce(func.sum(PartialUpload.size_bytes), 0)).where(mine)
    ).one()
    if count >= UPLOADS_PER_PERSON or total + size_bytes > BYTES_PER_PERSON:
        raise _refused("name", _("You have too many files under way. Finish or cancel some first."))


def under_way(uow: UnitOfWork, change_id: UUID) -> Sequence[tuple[PartialUpload, int]]:
    """The asker's own uploads to this change, with the bytes that are there."""
    change = change_to_save(uow, change_id)
    mine = (PartialUpload.change_id == change.id) & (PartialUpload.user_id == uow.actor.user_id)
    found = uow.session.scalars(select(PartialUpload).where(mine).order_by(PartialUpload.created_at)).all()
    return [(upload, uow.site.partial_files.received(upload.id)) for upload in found if _is_there(uow.site, upload.id)]


def find_upload(uow: UnitOfWork, change_id: UUID, upload_id: UUID) -> tuple[PartialUpload, int]:
    """One of the asker's own, with the bytes that are there. Raises NotFound, Conflict (closed change)."""
    change = change_to_save(uow, change_id)
    upload = uow.session.get(PartialUpload, upload_id)
    is_mine = upload is not None and upload.change_id == change.id and upload.user_id == uow.actor.user_id
    if upload is None or not is_mine or uow.now - upload.created_at > KEPT or not _is_there(uow.site, upload_id):
        raise NotFound()
    return upload, uow.site.partial_files.received(upload_id)


def take_piece(uow: UnitOfWork, change_id: UUID, upload_id: UUID, offset: int, piece: bytes) -> int:
    """Add a piece that begins at `offset`; how many bytes are there now. Raises PieceElsewhere, Refused."""
    upload, received = find_upload(uow, change_id, upload_id)
    if offset == received and offset + len(piece) > upload.size_bytes:
        message = _("This is more than the {number} bytes that were announced.")
        raise _refused("size_bytes", message.format(number=upload.size_bytes))
    try:
        return uow.site.partial_files.append(upload_id, offset, piece)
    except WrongOffset as error:
        raise PieceElsewhere(error.received) from error
    except FileNotFoundError as error:
        raise NotFound() from error


def finish(
    uow: UnitOfWork, change_id: UUID, upload_id: UUID, said: Description, *, replace: bool = False
) -> tuple[Change, FileEntry]:
    """Put the whole file on the change, in place of the one of its name if `replace`, else under a free name.

    What has arrived stays until forget_bytes(), or where it is refused. Raises as attach() does, and Conflict where
    bytes are missing.
    """
    upload, received = find_upload(uow, change_id, upload_id)
    if received != upload.size_bytes:
        message = _("{number} bytes are still missing.")
        raise Conflict(message.format(number=upload.size_bytes - received))
    content = uow.site.partial_files.read(upload_id)
    name = upload.name
    put = attach(uow, change_id, name, content, **said) if replace else add(uow, change_id, name, content, said)
    uow.session.execute(delete(PartialUpload).where(PartialUpload.id == upload_id))
    return put


def cancel(uow: UnitOfWork, change_id: UUID, upload_id: UUID) -> None:
    """Throw away what has arrived."""
    upload, _received = find_upload(uow, change_id, upload_id)
    uow.session.delete(upload)


def forget_bytes(site: Site, upload_id: UUID) -> None:
    """After the commit of what ended an upload."""
    site.partial_files.remove(upload_id)


def sweep(site: Site) -> None:
    """Forget what is older than three days, or whose change was published or put away. For the worker."""
    with site.work(SYSTEM) as uow:
        closed = select(Change.id).where(Change.state.not_in(("draft", "submitted")))
        is_over = (PartialUpload.created_at < uow.now - KEPT) | PartialUpload.change_id.in_(closed)
        uow.session.execute(delete(PartialUpload).where(is_over))
    there = list(site.partial_files.ids())
    with site.work(SYSTEM) as uow:
        known = set(uow.session.scalars(select(PartialUpload.id)))
    for upload_id in there:
        if upload_id not in known and site.partial_files.age_seconds(upload_id) > _UNKNOWN_SECONDS:
            site.partial_files.remove(upload_id)


def _is_there(site: Site, upload_id: UUID) -> bool:
    try:
        return site.partial_files.received(upload_id) >= 0
    except FileNotFoundError:
        return False


def _refused(field: str, message: str) -> Refused:
    return Refused(message, [Problem(field=field, level=Level.DRAFT, message=message)])
