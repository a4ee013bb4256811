"""Pages that Flask answers itself leave compressed: a long form weighs six times as much otherwise.

What is compressed together with a secret can be guessed at by its length (BREACH). Cookies are SameSite=Lax, so no
other site can make a browser ask a hundred times; and a random number of bytes hides the length, as Django does.
"""

import gzip
import io
import secrets
import string

from flask import Flask, Response, request

#: The front compresses what it keeps; it says so here.
BY_THE_FRONT = "kmwiki.front"
_FROM_BYTES = 500
_LEVEL = 5
_MOST_RANDOM_BYTES = 100


def compress_pages(app: Flask) -> None:
    """Hang it on the HTML answers of this app."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _may_be_compressed(response):
            return response
        response.set_data(_compressed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        return response


def _may_be_compressed(response: Response) -> bool:
    return (
        response.mimetype == "text/html"
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and "gzip" in request.accept_encodings
        and BY_THE_FRONT not in request.environ
        and len(response.get_data()) >= _FROM_BYTES
    )


def _compressed(body: bytes) -> bytes:
    made = io.BytesIO()
    name = "".join(secrets.choice(string.ascii_letters) for _ in range(secrets.randbelow(_MOST_RANDOM_BYTES)))
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=_LEVEL, fileobj=made, mtime=0) as file:
        file.write(body)
    return made.getvalue()
