"""Style, script and signs leave compressed: on a slow line they weigh more than the page itself."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

_TEXT = ("text/", "image/svg+xml", "application/javascript")


def compress_static(app: Flask) -> None:
    """Hang it on the static files of this app; each is compressed once in a process."""

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or not _may_be_compressed(response):
            return response
        path = safe_join(app.static_folder or "", (request.view_args or {})["filename"])
        assert path is not None  # it was served
        response.set_data(_compressed(path, Path(path).stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{response.get_etag()[0]}-gzip")
        response.headers.pop("Accept-Ranges", None)
        return response.make_conditional(request)  # type: ignore[return-value]


def _may_be_compressed(response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and "gzip" in request.accept_encodings
        and response.content_type.startswith(_TEXT)
    )


@lru_cache(maxsize=64)
def _compressed(path: str, _written: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
