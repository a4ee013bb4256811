"""The program that opens pictures of strangers: a process of its own, with bounded memory and time.

Started by pictures.py as a file, so that it loads nothing but Pillow; it knows nothing of kmwiki. The picture comes
on standard input. What comes out is told at each action. Exit codes: 0 done, 65 the picture cannot be read.

    picture_work.py MEGABYTES SECONDS upright FORMAT
    picture_work.py MEGABYTES SECONDS narrow FORMAT QUALITY WIDTH [WIDTH …]
"""

import os
import resource
import struct
import sys
from io import BytesIO

from PIL import Image, ImageOps, JpegImagePlugin

UNREADABLE = 65
#: A profile that is larger describes a printer; without it a screen shows the picture nearly the same.
_LARGEST_PROFILE_BYTES = 10_000
_ORIENTATION = 0x0112


def main(megabytes: str, seconds: str, action: str, kind: str, *rest: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (int(megabytes) * 1024**2,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    os.nice(5)
    Image.MAX_IMAGE_PIXELS = None  # bounded by who calls, from the header
    content = sys.stdin.buffer.read()
    try:
        parts = upright(content, kind) if action == "upright" else narrow(content, kind, *map(int, rest))
    except (OSError, ValueError, SyntaxError, MemoryError, struct.error, IndexError, KeyError, TypeError):
        return UNREADABLE  # whatever Pillow raises of a broken file
    sys.stdout.buffer.write(b"".join(parts))
    return 0


def upright(content: bytes, kind: str) -> list[bytes]:
    """Width and height as they are seen, length of what follows; the picture turned, or nothing where it stands."""
    with Image.open(BytesIO(content), formats=[kind]) as picture:
        picture.load()  # a picture that ends too early is found out here
        turned = picture.getexif().get(_ORIENTATION, 1) in range(2, 9) and not _moves(picture)
        made = _stored(ImageOps.exif_transpose(picture), picture, content) if turned else b""
        width, height = picture.size
    if made:
        with Image.open(BytesIO(made)) as stored:
            width, height = stored.size
    return [struct.pack(">III", width, height, len(made)), made]


def _moves(picture: Image.Image) -> bool:
    """Whether it is animated; the second picture in a JPEG of a telephone is none that anybody sees."""
    return picture.format not in ("JPEG", "MPO") and bool(getattr(picture, "is_animated", False))


def _stored(turned: Image.Image, original: Image.Image, content: bytes) -> bytes:
    """The turned picture in the format that it came in, as good as that can be."""
    out = BytesIO()
    profile = original.info.get("icc_profile")
    if original.format in ("JPEG", "MPO"):
        sampling = JpegImagePlugin.get_sampling(original)
        turned.save(
            out, "JPEG", quality=92, subsampling=sampling if sampling >= 0 else 2, icc_profile=profile,
            progressive=bool(original.info.get("progressive")),
        )  # fmt: skip
    elif original.format == "WEBP":
        turned.save(out, "WEBP", quality=92, lossless=b"VP8L" in content[:64], icc_profile=profile, exif=b"")
    else:
        turned.save(out, original.format, icc_profile=profile, exif=b"")
    return out.getvalue()


def narrow(content: bytes, kind: str, quality: int, *widths: int) -> list[bytes]:
    """For each width, the widest first: length and bytes of the picture as WebP; length 0 where there can be none."""
    parts = []
    with Image.open(BytesIO(content), formats=[kind]) as picture:
        if _moves(picture):
            return [struct.pack(">I", 0)] * len(widths)
        whole_width, whole_height = picture.size
        profile = picture.info.get("icc_profile", b"") if picture.mode in ("RGB", "RGBA") else b""
        picture.draft("RGB", (max(widths), max(1, max(widths) * whole_height // whole_width)))
        small: Image.Image = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    for width in sorted(widths, reverse=True):
        size = (width, max(1, round(width * whole_height / whole_width)))
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        made = _as_webp(small, quality, profile if len(profile) <= _LARGEST_PROFILE_BYTES else b"")
        parts += [struct.pack(">I", len(made)), made]
    return parts


def _as_webp(picture: Image.Image, quality: int, profile: bytes) -> bytes:
    if max(picture.size) > 16_383:  # more cannot be said in WebP
        return b""
    out = BytesIO()
    picture.save(out, "WEBP", quality=quality, method=4, icc_profile=profile)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
