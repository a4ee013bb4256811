"""Headers of every answer: a strict content policy, and nothing that leaks."""

import secrets

from flask import Flask, Response, g, request

from kmwiki.http.current import on_shared_computer

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
#: For files that people attached: nothing in them may run, wherever they are opened.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def add_headers(app: Flask) -> None:
    """Hang the headers on every answer of this app."""

    @app.before_request
    def number_the_request() -> None:
        g.request_id = secrets.token_hex(6)

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("X-Request-Id", g.get("request_id", ""))
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store" if on_shared_computer() else "no-cache")
        response.vary.update(("Cookie", "Accept-Encoding", "Accept-Language"))
        return response
