"""The front: finished pages for anonymous readers, given out before Flask is woken.

One primary-key query for the site's generation, then bytes from memory. Whatever a signed-in browser, a token or
an unknown query parameter touches goes through to Flask. Nothing is kept longer than its generation.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from kmwiki.http.compression import BY_THE_FRONT
from kmwiki.http.current import SESSION_COOKIE
from kmwiki.http.languages import cookies_of, interface_language
from kmwiki.render.markdown import RENDERER_VERSION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Query parameters that may be part of a kept page; a request with any other goes to Flask.
KNOWN_PARAMETERS = frozenset(
    {"q", "type", "country", "sector", "sdg", "level", "topic", "language", "maturity", "outcome", "depth",
     "organisation", "sort", "page", "from", "to", "pictures"}
)  # fmt: skip
_NEVER_KEPT = ("/api/", "/account", "/admin", "/static/", "/healthz", "/readyz", "/metrics", "/review",
               "/asked", "/changes", "/new", "/shared", "/language", "/export", "/search/suggest")  # fmt: skip
MEMORY_BYTES = 32 * 1024 * 1024
_LARGEST_PAGE_BYTES = 1024 * 1024
_COMPRESS_FROM_BYTES = 500


@dataclass(frozen=True)
class Kept:
    """A finished answer."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str

    @property
    def size_bytes(self) -> int:
        return len(self.body) + 1_000


class Front:
    """A WSGI application before another one."""

    def __init__(self, application: "WSGIApplication", generation: Callable[[], int]) -> None:
        self._application = application
        self._generation = generation
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._size_bytes = 0
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        kept = self._look_up(key)
        if kept is None:
            return self._ask_and_keep(key, environ, start_response)
        return _answer(kept, environ, start_response)

    def _key(self, environ: "WSGIEnvironment") -> tuple[object, ...] | None:
        """What the answer depends on; None where the request is not for the front."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(_NEVER_KEPT):
            return None
        cookies = cookies_of(environ.get("HTTP_COOKIE", ""))
        if SESSION_COOKIE in cookies or "HTTP_AUTHORIZATION" in environ:
            return None
        query = environ.get("QUERY_STRING", "")
        if len(query) > 1_000 or {name for name, _ in parse_qsl(query)} - KNOWN_PARAMETERS:
            return None
        return (
            path, query, environ.get("wsgi.url_scheme"), environ.get("HTTP_HOST"),
            interface_language(cookies, environ.get("HTTP_ACCEPT_LANGUAGE", "")),
            _takes_gzip(environ), environ.get("HTTP_SAVE_DATA", "") == "on",
            self._generation(), datetime.now(UTC).date(), RENDERER_VERSION,
        )  # fmt: skip

    def _look_up(self, key: tuple[object, ...]) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _ask_and_keep(
        self, key: tuple[object, ...], environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        status, headers, body = _ask(self._application, {**environ, "REQUEST_METHOD": "GET", BY_THE_FRONT: True})
        if not _may_be_kept(status, headers, body):
            start_response(status, headers)
            return [body if environ["REQUEST_METHOD"] == "GET" else b""]
        kept = _finished(status, headers, body, _takes_gzip(environ))
        self._keep(key, kept)
        return _answer(kept, environ, start_response)

    def _keep(self, key: tuple[object, ...], kept: Kept) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = kept
                self._size_bytes += kept.size_bytes
            while self._size_bytes > MEMORY_BYTES:
                _oldest, gone = self._kept.popitem(last=False)
                self._size_bytes -= gone.size_bytes


def _ask(application: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
    answered: list[tuple[str, list[tuple[str, str]]]] = []

    def note(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
        answered.append((status, headers))
        return lambda _data: None

    for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"):
        environ.pop(name, None)  # the kept answer is whole; conditions are met in _answer
    parts = application(environ, note)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return (*answered[-1], body)


def _may_be_kept(status: str, headers: list[tuple[str, str]], body: bytes) -> bool:
    names = {name.lower(): value for name, value in headers}
    return (
        status.startswith(("200", "301"))
        and "set-cookie" not in names
        and not {"no-store", "private"} & set(names.get("cache-control", "").replace(",", " ").split())
        and len(body) <= _LARGEST_PAGE_BYTES
    )


def _finished(status: str, headers: list[tuple[str, str]], body: bytes, compressed: bool) -> Kept:
    etag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
    kept = [(n, v) for n, v in headers if n.lower() not in ("content-length", "etag", "x-request-id")]
    text = any(n.lower() == "content-type" and v.startswith(("text/", "application/")) for n, v in kept)
    if compressed and text and len(body) >= _COMPRESS_FROM_BYTES:
        body = gzip.compress(body, 9, mtime=0)
        kept.append(("Content-Encoding", "gzip"))
    return Kept(status, (*kept, ("ETag", etag), ("Content-Length", str(len(body)))), body, etag)


def _takes_gzip(environ: "WSGIEnvironment") -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def _answer(kept: Kept, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        of_the_body = ("Content-Length", "Content-Type", "Content-Encoding")
        start_response("304 Not Modified", [header for header in kept.headers if header[0] not in of_the_body])
        return []
    start_response(kept.status, list(kept.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]
