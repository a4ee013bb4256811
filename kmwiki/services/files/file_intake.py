"""What comes in as a file: its type by its bytes, its name made harmless, pictures upright and without position.

Nothing here touches the database; all of it is done before a write begins.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kmwiki.backends.pictures import MOST_PIXELS, TooManyPixels, size_of, upright
from kmwiki.domain.bundle.names import clash_key
from kmwiki.domain.content import FileEntry
from kmwiki.domain.media_types import ENDINGS, PICTURES, fits, sniff
from kmwiki.domain.picture_metadata import BrokenPicture, without_metadata
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused, TooLarge
from kmwiki.i18n import gettext as _

FILE_LIMIT_BYTES = 20 * 1024 * 1024
#: Names that can be kept; those that are given here are made simpler still.
_NAME = re.compile(r"[\w][\w .()+,-]{0,118}\.[A-Za-z0-9]{1,5}")
_LONGEST_STEM = 80

#: The columns of a row of Blob.
BlobRow = Mapping[str, object]


@dataclass(frozen=True)
class Upload:
    """A file that came in, ready to be stored; width and height of pictures alone."""

    entry: FileEntry
    content: bytes
    width: int | None = None
    height: int | None = None

    def renamed(self, name: str) -> "Upload":
        entry = FileEntry(name=name, sha256=self.entry.sha256, media_type=self.entry.media_type)
        return Upload(entry, self.content, self.width, self.height)

    def blob_row(self, now: datetime) -> BlobRow:
        """The row of Blob for these bytes."""
        return {
            "sha256": self.entry.sha256, "media_type": self.entry.media_type, "size_bytes": len(self.content),
            "width": self.width, "height": self.height, "created_at": now,
        }  # fmt: skip


def take_in(name: str, content: bytes) -> Upload:
    """What somebody gave, as it is to be stored: not the bytes that came, where it is a picture.

    Raises TooLarge, Refused.
    """
    _refuse_too_large(content)
    clean = clean_name(name)
    media_type = _type_of(clean, content)
    if media_type not in PICTURES:
        return Upload(FileEntry(name=clean, sha256=_sha256(content), media_type=media_type), content)
    try:
        seen = upright(content, media_type)
        kept = without_metadata(seen.content, media_type)
    except (BrokenPicture, TooManyPixels) as error:
        raise _bad_picture(error) from error
    return Upload(FileEntry(name=clean, sha256=_sha256(kept), media_type=media_type), kept, seen.width, seen.height)


def clean_name(name: str) -> str:
    """A name that every system, address and text can hold: no path, no spaces, no signs. Raises Refused."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    stem = re.sub(r"[^\w.]+", "-", stem)
    stem = re.sub(r"-*\.[-.]*", ".", stem).strip("-._")[:_LONGEST_STEM].rstrip("-._")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        raise _no_name()
    return f"{stem}.{ending.lower()}"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number where another file has it: telephones call every picture image.jpg."""
    keys = {clash_key(one) for one in taken}
    stem, _dot, ending = name.rpartition(".")
    names = (name if number == 1 else f"{stem}-{number}.{ending}" for number in range(1, len(keys) + 2))
    return next(one for one in names if clash_key(one) not in keys)


# ---- what imports bring, byte for byte


def checked_file(name: str, content: bytes) -> FileEntry:
    """What a file is, if it could be attached as it is. Raises TooLarge, Refused."""
    _refuse_too_large(content)
    if not _NAME.fullmatch(name) or name != unicodedata.normalize("NFC", name):
        raise _no_name()
    return FileEntry(name=name, sha256=_sha256(content), media_type=_type_of(name, content))


def blob_row(now: datetime, entry: FileEntry, content: bytes) -> BlobRow:
    """The row of Blob for bytes that are kept as they are. Raises Refused for a picture that cannot be shown."""
    if entry.media_type not in PICTURES:
        return Upload(entry, content).blob_row(now)
    try:
        return Upload(entry, content, *size_of(content, entry.media_type)).blob_row(now)
    except (BrokenPicture, TooManyPixels) as error:
        raise _bad_picture(error) from error


# ---- plain words


def allowed_endings() -> str:
    return ", ".join(sorted({ending for endings in ENDINGS.values() for ending in endings}))


def refused_file(message: str) -> Refused:
    return Refused(message, [Problem(field="files", level=Level.DRAFT, message=message)])


def refused_type() -> Refused:
    message = _("This kind of file cannot be attached, or its name does not fit. Allowed: {endings}.")
    return refused_file(message.format(endings=allowed_endings()))


def _refuse_too_large(content: bytes) -> None:
    if len(content) > FILE_LIMIT_BYTES:
        raise TooLarge(_("A file has at most {number} MB.").format(number=FILE_LIMIT_BYTES // 1024 // 1024))
    if not content:
        raise refused_file(_("This file is empty."))


def _type_of(name: str, content: bytes) -> str:
    media_type = sniff(content)
    if media_type is not None and fits(media_type, name):
        return media_type
    raise refused_type()


def _no_name() -> Refused:
    return refused_file(_("A file needs a name such as “report.pdf”: letters, digits, spaces, dots, hyphens."))


def _bad_picture(error: Exception) -> Refused:
    if isinstance(error, TooManyPixels):
        message = _("This picture is too large: {number} million pixels is the most. Make it smaller first.")
        return refused_file(message.format(number=MOST_PIXELS // 1_000_000))
    return refused_file(_("This picture is damaged or of a kind that cannot be read."))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
