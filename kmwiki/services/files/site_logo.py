"""The picture beside the site's name: taken in as any picture of strangers, made small, and given out."""

import hashlib
from dataclasses import dataclass
from typing import Any

from kmwiki.backends.pictures import TooManyPixels, narrowed, size_of
from kmwiki.domain.content import FileEntry
from kmwiki.domain.picture_metadata import BrokenPicture
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Setting
from kmwiki.permissions import require
from kmwiki.services.files.file_edits import note_blobs
from kmwiki.services.files.file_intake import Upload, take_in
from kmwiki.site import UnitOfWork

LIMIT_BYTES = 64 * 1024
WIDEST = 480
#: Raster pictures alone: a drawing (SVG) can hold programs.
KINDS = {"image/png": "logo.png", "image/jpeg": "logo.jpg", "image/webp": "logo.webp"}
_SETTING = "logo"


@dataclass(frozen=True)
class Logo:
    """What is known of the picture without reading its bytes."""

    sha256: str
    media_type: str
    width: int
    height: int


def logo(uow: UnitOfWork) -> Logo | None:
    """The site's picture, if it has one; for everybody."""
    row = uow.session.get(Setting, _SETTING)
    return Logo(**row.value) if row is not None and row.value else None


def logo_bytes(uow: UnitOfWork) -> tuple[Logo, bytes]:
    """The picture itself. Raises NotFound."""
    found = logo(uow)
    if found is None or not uow.site.files.has(found.sha256):
        raise NotFound()
    return found, uow.site.files.get(found.sha256)


def prepared(content: bytes, media_type: str | None) -> Upload:
    """A picture as it will be shown: upright, without notes of a camera, narrow, small. Raises Refused."""
    if media_type not in KINDS:
        raise _refused(_("Only pictures of these kinds can be taken: PNG, JPEG, WebP."))
    try:
        taken = take_in(KINDS[media_type], content)
        return _small(taken)
    except Refused as refused:
        raise _refused(str(refused)) from refused
    except (BrokenPicture, TooManyPixels) as error:
        raise _refused(_("This picture is damaged or of a kind that cannot be read.")) from error


def _small(taken: Upload) -> Upload:
    assert taken.width is not None
    if taken.width <= WIDEST and len(taken.content) <= LIMIT_BYTES:
        return taken
    widths = sorted({min(taken.width, width) for width in (WIDEST, WIDEST // 2, WIDEST // 4)}, reverse=True)
    made = narrowed(taken.content, taken.entry.media_type, widths)
    small = next((made[width] for width in widths if 0 < len(made[width]) <= LIMIT_BYTES), None)
    if small is None:
        raise _refused(_("This picture cannot be made small enough. Please take a simpler one."))
    entry = FileEntry(name="logo.webp", sha256=hashlib.sha256(small).hexdigest(), media_type="image/webp")
    return Upload(entry, small, *size_of(small, "image/webp"))


def put_logo(uow: UnitOfWork, upload: Upload) -> None:
    """Show this picture from now on; prepared() was asked before."""
    require(uow.actor, "site.settings")
    before = logo(uow)
    uow.site.files.put(upload.content)
    value = {
        "sha256": upload.entry.sha256, "media_type": upload.entry.media_type,
        "width": upload.width, "height": upload.height,
    }  # fmt: skip
    note_blobs(uow, [upload.blob_row(uow.now)])
    _store(uow, before, value)


def remove_logo(uow: UnitOfWork) -> None:
    """No picture from now on."""
    require(uow.actor, "site.settings")
    if before := logo(uow):
        _store(uow, before, {})


def _store(uow: UnitOfWork, before: Logo | None, value: dict[str, Any]) -> None:
    uow.session.merge(Setting(name=_SETTING, value=value))
    uow.audit("site.setting", name=_SETTING, before=before.sha256 if before else "", after=value.get("sha256", ""))
    uow.settings_changed()


def _refused(message: str) -> Refused:
    return Refused(message, [Problem("logo", Level.DRAFT, message)])
