"""Ids: made once, kept for ever."""

from __future__ import annotations

import secrets
import time
from threading import Lock
from uuid import UUID

_TAIL_BITS = 74
_lock = Lock()
_newest = 0


def new_id() -> UUID:
    """A UUID of version 7: later ones of a process sort after earlier ones, also within a millisecond.

    Source: RFC 9562, sec. 5.7 and 6.2 (method 2; the step is random, so that neighbours cannot be guessed).
    """
    global _newest
    with _lock:
        fresh = time.time_ns() // 1_000_000 << _TAIL_BITS | secrets.randbits(_TAIL_BITS)
        _newest = max(fresh, _newest + 1 + secrets.randbits(32))
        number = _newest
    milliseconds, tail = number >> _TAIL_BITS, number & (1 << _TAIL_BITS) - 1
    high, low = tail >> 62, tail & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def row_id(prefix: str, number: int) -> str:
    """The id of a row, such as "n3"; the number comes from the page's counter and is never used again."""
    return f"{prefix}{number}"
