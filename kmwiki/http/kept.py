"""What somebody typed into a form that could not be taken is given back, ready to be sent again.

A form that grew too old, and a post of somebody who is no longer signed in, are answered alike: with everything
that was in the form. Passwords and codes are never given back, and nothing is where another site sent the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, g, make_response, render_template, request

from kmwiki.http.current import browser_actor, current_site
from kmwiki.http.kept_labels import labels_of
from kmwiki.http.own_paths import own_path

#: The form that signs in and carries another form along (web/kept.py).
SIGN_IN_AND_KEEP = "/account/kept"
#: The names under which it is carried.
URL, NAMES, VALUES = "kept.url", "kept.name", "kept.value"
#: More answers than any form has: beyond it the texts are shown to be copied, and that is all.
_MOST_VALUES = 5_000
_WORTH_SHOWING_CHARACTERS = 20
#: What the page itself had put into the form.
_NOT_TYPED = frozenset({"head", "token", "resolves", "revision", "onto", "uid"})


@dataclass(frozen=True)
class CarriedForm:
    """A form on its way: where it was to go, and what was in it."""

    url: str
    values: Sequence[tuple[str, str]]

    @property
    def texts(self) -> list[Mapping[str, str]]:
        """What is long enough to be a loss, under the words of its question."""
        label_of = labels_of(self.url)
        return [
            {"label": label_of(name), "text": text}
            for name, text in self.values
            if len(text) > _WORTH_SHOWING_CHARACTERS and name.rpartition(".")[2] not in _NOT_TYPED
        ]

    @property
    def can_be_sent(self) -> bool:
        return len(self.values) <= _MOST_VALUES


def carried_form() -> CarriedForm:
    """The form of this request; that inside, where the request was the form that carries one."""
    if request.path == SIGN_IN_AND_KEEP:
        names, values = request.form.getlist(NAMES), request.form.getlist(VALUES)
        return CarriedForm(own_path(request.form.get(URL, "")), _allowed(zip(names, values, strict=False)))
    return CarriedForm(request.full_path.rstrip("?"), _allowed(request.form.items(multi=True)))


def _allowed(values: object) -> list[tuple[str, str]]:
    return [(name, text) for name, text in values if _may_be_given_back(name)]  # type: ignore[attr-defined]


def _may_be_given_back(name: str) -> bool:
    return name not in ("csrf_token", "current", "code") and "password" not in name


def kept_page(
    message: str, status: int, *, username: str = "", error: str = "", wants_code: bool = False
) -> Response:
    """The text given back: with a button that sends it again, or with a sign-in that carries it along."""
    form = carried_form()
    usable = form.can_be_sent and not came_from_elsewhere()
    signed_in = browser_actor().is_signed_in
    html = render_template(
        "errors/kept.html",
        message=message,
        kept=form.texts if not came_from_elsewhere() else [],
        retry={"url": form.url, "values": form.values} if usable and signed_in else None,
        sign_in={
            "url": form.url, "values": form.values, "username": username, "error": error, "wants_code": wants_code
        }
        if usable and not signed_in
        else None,
        request_id=g.get("request_id", ""),
    )
    return make_response(html, status)


def came_from_elsewhere() -> bool:
    """Whether the browser says that another site sent this form: then it is nobody's own text."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("cross-site", "same-site")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    base_url = current_site().config.base_url
    own = {request.host, urlsplit(base_url).netloc if base_url else request.host}
    return urlsplit(origin).netloc not in own  # "null", as a sandboxed page sends it, is nobody's own
