"""How large the directory of a zip is, before anything reads it into memory.

Source: PKWARE, APPNOTE.TXT 6.3.10, sec. 4.3.14–4.3.16.
"""

from __future__ import annotations

import os
import struct
from typing import IO

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_MAX_COMMENT = 2**16 - 1
_SEE_64 = 2**32 - 1


def directory_size(file: IO[bytes]) -> int:
    """The bytes of the central directory; raises ValueError if the file is no zip."""
    file_size = file.seek(0, os.SEEK_END)
    tail_start = max(0, file_size - _END.size - _MAX_COMMENT)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise ValueError("not a zip")
    size = int(_END.unpack_from(tail, at)[5])
    return max(size, _size_64(file, tail_start + at)) if size == _SEE_64 or _has_locator(tail, at) else size


def _has_locator(tail: bytes, at: int) -> bool:
    return tail[max(0, at - _LOCATOR.size) :].startswith(b"PK\x06\x07")


def _size_64(file: IO[bytes], end: int) -> int:
    start = end - _LOCATOR.size - _END_64.size
    if start < 0:
        return 0
    file.seek(start)
    record = file.read(_END_64.size)
    return int(_END_64.unpack(record)[8]) if record.startswith(b"PK\x06\x06") else 0
