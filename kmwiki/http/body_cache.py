"""Finished parts of pages, kept in this process: the oldest go when too many bytes are held."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar

LIMIT_BYTES = 16 * 1024 * 1024


class Sized(Protocol):
    @property
    def size_bytes(self) -> int: ...


Body = TypeVar("Body", bound=Sized)


class BodyCache(Generic[Body]):
    """Bodies by key, least recently used out first. The key holds the generation: nothing is ever stale."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bodies: OrderedDict[Hashable, Body] = OrderedDict()
        self._size_bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Body | None:
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: Hashable, body: Body) -> None:
        with self._lock:
            before = self._bodies.pop(key, None)
            self._size_bytes += body.size_bytes - (before.size_bytes if before else 0)
            self._bodies[key] = body
            while self._size_bytes > self._limit_bytes:
                _key, gone = self._bodies.popitem(last=False)
                self._size_bytes -= gone.size_bytes
