"""Pictures without what their makers did not mean to publish: position, serial numbers, names, earlier versions.

Works on the parts of a file and leaves the picture itself alone, so that nothing is lost of it. Kept is only what is
needed to show it: colour profile, transparency, animation, resolution. Everything else goes, known or unknown
(EXIF, XMP, IPTC, comments, thumbnails, what stands after the end of the picture).

Sources: ITU-T T.81 annex B (JPEG), PNG third edition, WebP container specification, GIF89a specification.
"""

from collections.abc import Callable, Iterator, Mapping

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs hIST sPLT acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_NAMED_IN_HEADER = 0b00001100  # EXIF and XMP
_GIF_KEPT_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


class BrokenPicture(ValueError):
    """The parts of the file do not fit together."""


def without_metadata(content: bytes, media_type: str) -> bytes:
    """The same picture without metadata. Raises BrokenPicture; other types are given back as they are."""
    strip = _STRIPPERS.get(media_type)
    if strip is None:
        return content
    try:
        return strip(content)
    except IndexError as error:
        raise BrokenPicture("the file ends before the picture does") from error


def _number(content: bytes, start: int, length: int, order: str = "big") -> int:
    part = content[start : start + length]
    if len(part) < length:
        raise BrokenPicture("the file ends before the picture does")
    return int.from_bytes(part, "big" if order == "big" else "little")


# ---- JPEG


def _jpeg(content: bytes) -> bytes:
    return b"".join([b"\xff\xd8", *_jpeg_parts(content), b"\xff\xd9"])


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """Segments that are kept, up to the end of the first picture; what cameras put after it is left out."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise BrokenPicture("a marker is missing")
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before any marker
            at += 1
            continue
        if marker == _EOI:
            return
        end = at + 2 if marker in _WITHOUT_LENGTH else at + 2 + _number(content, at + 2, 2)
        if marker == _SOS:
            end = _end_of_scan(content, end)
        if end > len(content):
            raise BrokenPicture("the file ends before the picture does")
        if _is_needed(marker, content[at + 4 : at + 20]):
            yield content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart inside the scan."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise BrokenPicture("the file ends before the picture does")
        if content[at + 1] not in (0x00, 0xFF) and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _is_needed(marker: int, beginning: bytes) -> bool:
    if marker == _COM:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    kept = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker)
    return kept is not None and beginning.startswith(kept)


# ---- PNG


def _png(content: bytes) -> bytes:
    return _PNG_SIGNATURE + b"".join(_png_chunks(content))


def _png_chunks(content: bytes) -> Iterator[bytes]:
    at = len(_PNG_SIGNATURE)
    while True:
        end = at + 12 + _number(content, at, 4)
        if end > len(content):
            raise BrokenPicture("the file ends before the picture does")
        name = content[at + 4 : at + 8]
        if name in _PNG_KEPT:
            yield content[at:end]
        if name == b"IEND":
            return
        at = end


# ---- WebP


def _webp(content: bytes) -> bytes:
    body = b"WEBP" + b"".join(_webp_chunks(content))
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    at, whole = 12, min(len(content), 8 + _number(content, 4, 4, "little"))
    while at + 8 <= whole:
        name, length = content[at : at + 4], _number(content, at + 4, 4, "little")
        end = at + 8 + length + length % 2
        if end > len(content) + 1:
            raise BrokenPicture("the file ends before the picture does")
        chunk = content[at:end]
        if name == b"VP8X" and len(chunk) > 8:
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_NAMED_IN_HEADER]) + chunk[9:]
        if name in _WEBP_KEPT:
            yield chunk if len(chunk) % 2 == 0 else chunk + b"\0"
        at = end


# ---- GIF


def _gif(content: bytes) -> bytes:
    flags = content[10]
    start = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    return b"".join([content[:start], *_gif_blocks(content, start), b";"])


def _gif_blocks(content: bytes, at: int) -> Iterator[bytes]:
    while content[at] != 0x3B:
        start = at
        if content[at] == 0x21:
            at = _end_of_sub_blocks(content, at + 2)
            is_kept = _is_needed_extension(content[start:at])
        elif content[at] == 0x2C:
            flags = content[at + 9]
            at = _end_of_sub_blocks(content, at + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
            is_kept = True
        else:
            raise BrokenPicture("a block is of no known kind")
        if is_kept:
            yield content[start:at]


def _end_of_sub_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1


def _is_needed_extension(block: bytes) -> bool:
    if block[1] == 0xFF:
        return block[3:14] in _GIF_KEPT_APPLICATIONS
    return block[1] == 0xF9


_STRIPPERS: Mapping[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
