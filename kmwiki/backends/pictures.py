"""Pictures of strangers, opened in a process of their own (picture_work.py): bounded memory, bounded time.

Only the header is read in this process. docs/decisions/0006-pictures.md tells why, with what was measured.
"""

import struct
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock

from PIL import Image, UnidentifiedImageError

from kmwiki.domain.picture_metadata import BrokenPicture

#: More is what no camera in use takes and what no screen shows: 50 million are 8,160 × 6,120.
MOST_PIXELS = 50_000_000
MEMORY_MEGABYTES = 768
SECONDS = 30
#: WebP at 78 is not told from the original at the size of a page.
QUALITY = 78
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
_PROGRAM = Path(__file__).with_name("picture_work.py")
#: One at a time in each process: several large pictures at once are more memory than a small machine has.
_one_at_a_time = Lock()


class TooManyPixels(ValueError):
    """A picture larger than MOST_PIXELS, by its header."""


@dataclass(frozen=True)
class Upright:
    """A picture that could be read whole, as it is to be seen; `content` is new where it had to be turned."""

    content: bytes
    width: int
    height: int


def size_of(content: bytes, media_type: str) -> tuple[int, int]:
    """Width and height by the header. Raises BrokenPicture, TooManyPixels."""
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[media_type]]) as picture:
            width, height = picture.size
    except Image.DecompressionBombError as error:
        raise TooManyPixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, IndexError) as error:
        raise BrokenPicture(str(error)) from error
    if width * height > MOST_PIXELS:
        raise TooManyPixels()
    return width, height


def upright(content: bytes, media_type: str) -> Upright:
    """The picture turned as its camera noted that it should be seen. Raises BrokenPicture, TooManyPixels."""
    size_of(content, media_type)
    answer = _work(content, "upright", _FORMATS[media_type])
    width, height, length = struct.unpack(">III", answer[:12])
    return Upright(answer[12:] if length else content, width, height)


def narrowed(content: bytes, media_type: str, widths: list[int]) -> dict[int, bytes]:
    """The picture as WebP in each of these widths; no bytes where there is nothing to be gained.

    Raises BrokenPicture, TooManyPixels.
    """
    size_of(content, media_type)
    widest_first = sorted(widths, reverse=True)
    answer = BytesIO(_work(content, "narrow", _FORMATS[media_type], str(QUALITY), *map(str, widest_first)))
    made = {}
    for width in widest_first:
        (length,) = struct.unpack(">I", answer.read(4))
        small = answer.read(length)
        made[width] = small if len(small) < len(content) else b""
    return made


def _work(content: bytes, *arguments: str) -> bytes:
    command = [sys.executable, "-P", str(_PROGRAM), str(MEMORY_MEGABYTES), str(SECONDS), *arguments]
    with _one_at_a_time:
        try:
            done = subprocess.run(
                command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=2 * SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise BrokenPicture("it takes too long to read") from error
    if done.returncode != 0:
        raise BrokenPicture(f"it cannot be read ({done.returncode})")
    return done.stdout
