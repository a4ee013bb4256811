"""Errors as both faces answer them: a page with what to do next, or problem+json for the API."""

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from kmwiki.errors import BundleError, KmwikiError, Refused, Unauthenticated
from kmwiki.http.kept import came_from_elsewhere, carried_form, kept_page
from kmwiki.i18n import gettext as _

log = logging.getLogger(__name__)

#: {label, text} of something that was typed.
Kept = Mapping[str, str]

_PAGES = frozenset({401, 403, 404, 409, 412, 413, 422, 429, 500, 503})


def answer_errors(app: Flask) -> None:
    """Hang the error answers on this app."""
    app.register_error_handler(KmwikiError, _answer_kmwiki_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_crash)


def is_for_api() -> bool:
    """Whether a program asks: of the API, or a script of the site's own pages that sends files."""
    return request.path.startswith("/api/") or request.blueprint == "uploads"


def _answer_kmwiki_error(error: KmwikiError) -> WerkzeugResponse:
    if is_for_api():
        return problem(error.status, error.code, str(error), **_members(error))
    if isinstance(error, Unauthenticated):
        return _ask_to_sign_in(error)
    problems = [p.message for p in error.problems] if isinstance(error, Refused) else []
    return error_page(error.status, str(error), problems, _typed_texts())


def _ask_to_sign_in(error: Unauthenticated) -> WerkzeugResponse:
    """Somebody who reads is sent to sign in and comes back; somebody who posted gets the text back first."""
    if request.method in ("GET", "HEAD"):
        return redirect(f"/account/login?next={quote(request.full_path.rstrip('?'))}", 303)
    return kept_page(_("You are not signed in any more. Your text is below, nothing is lost."), error.status)


def _typed_texts() -> Sequence[Mapping[str, str]]:
    """What was posted with the request that failed, to be copied."""
    return carried_form().texts if request.method == "POST" and not came_from_elsewhere() else ()


def _members(error: KmwikiError) -> dict[str, object]:
    if isinstance(error, Refused):
        return {"problems": [p.to_json() for p in error.problems]}
    if isinstance(error, BundleError):
        return {"faults": list(error.faults)}
    return {}


def problem(status: int, code: str, detail: str, **members: object) -> Response:
    """An answer of RFC 9457. `type` is a short name of the kind of error, relative to the API's documentation."""
    response = jsonify(
        {"type": f"/about/api#{code}", "title": code, "status": status, "detail": detail,
         "request_id": g.get("request_id", ""), **members}
    )  # fmt: skip
    response.status_code = status
    response.content_type = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="kmwiki"'
    return response


def error_page(status: int, message: str, problems: Sequence[str] = (), kept: Sequence[Kept] = ()) -> Response:
    """A page that says what happened, that nothing was lost, and what to do; `kept` gives typed text back."""
    name = status if status in _PAGES else 500
    html = render_template(
        f"errors/{name}.html", message=message, problems=problems, kept=kept, request_id=g.get("request_id", "")
    )
    return make_response(html, status)


def _answer_http_error(error: HTTPException) -> WerkzeugResponse:
    """Errors that Flask itself finds: unknown address, wrong method, too large, expired form."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, CSRFError) and not is_for_api():
        return _answer_old_form(error)
    status, message = error.code, _plain_words(error)
    if is_for_api():
        answer = problem(status, (error.name or "error").lower().replace(" ", "-"), message)
    else:
        answer = error_page(status, message)
        answer.status_code = status
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _plain_words(error: HTTPException) -> str:
    return {
        404: _("There is nothing here, or nothing that you may see."),
        405: _("This address does not take that kind of request."),
        413: _("This is larger than what can be taken at once. Nothing was stored."),
        415: _("This kind of content cannot be read here. Send JSON."),
    }.get(error.code or 500, error.description or _("Something went wrong. Nothing was stored."))


def _answer_old_form(error: CSRFError) -> Response:
    """A form whose session or token has ended: what was typed is given back, ready to be sent again."""
    log.info("gave back a form request=%s reason=%s", g.get("request_id", ""), error.description)
    message = _("The form was open for too long, or you were signed out. Your text is below, nothing is lost.")
    return kept_page(message, 400)


def _answer_crash(error: Exception) -> WerkzeugResponse:
    """What nobody foresaw: logged with the request's number, without a traceback for the user."""
    # The kind of address, not the address: that may hold a token, or whatever somebody wants to see in a log.
    log.exception("failed request=%s %s %s", g.get("request_id", ""), request.method, request.url_rule)
    g.has_crashed = True  # the frame of the error page then asks the database for nothing
    message = _("Something went wrong here. What was saved before is safe.")
    return problem(500, "error", message) if is_for_api() else error_page(500, message)
