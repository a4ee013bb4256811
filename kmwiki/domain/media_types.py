"""What a file is, by its bytes; its name is not believed."""

import zipfile
from io import BytesIO

#: Types that may be attached, with the endings that a file of that type may have.
ENDINGS = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "audio/mpeg": ("mp3",),
    "text/plain": ("txt", "csv", "md"),
}
PICTURES = frozenset(name for name in ENDINGS if name.startswith("image/"))
#: Pictures are also kept in these widths, in pixels, where they are wider.
WIDTHS = (480, 960, 1600)
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
_OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def sniff(content: bytes) -> str | None:
    """The media type of these bytes, None for one that may not be attached (HTML, SVG, programs …)."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return "text/plain" if _is_plain_text(content) else None


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                declared = archive.read("mimetype").decode("ascii", "replace")
                return declared if declared in ENDINGS else None
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, NotImplementedError):
        return None
    return next((media_type for part, media_type in _OFFICE_PARTS.items() if part in names), None)


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    beginning = text[:1_000].lstrip().lower()
    return not beginning.startswith("<") and not any(ord(c) < 32 and c not in "\t\n\r\f" for c in text)


def fits(media_type: str, name: str) -> bool:
    """Whether a file of this type may have this name."""
    return name.rpartition(".")[2].lower() in ENDINGS.get(media_type, ())


def widths_below(media_type: str, width: int | None) -> tuple[int, ...]:
    """The widths in which a picture is kept besides its own; none for drawings that may move."""
    if media_type not in PICTURES or media_type == "image/gif" or width is None:
        return ()
    return tuple(narrower for narrower in WIDTHS if narrower < width)
