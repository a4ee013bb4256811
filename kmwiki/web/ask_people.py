"""/pages/<slug>/ask-people: a question to the people behind a page; /asked/<token>: the answer, without an account."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request

from kmwiki.errors import Conflict, Refused, TooManyTries
from kmwiki.http.current import base_url, browser_actor, client_address, work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.talk import enquiries
from kmwiki.services.talk.enquiry_links import token_of
from kmwiki.services.talk.enquiry_lists import conversation
from kmwiki.services.talk.readers_words import Origin
from kmwiki.web.enquiries import conversation_values
from kmwiki.web.form_input import first, posted
from kmwiki.web.frame import moved_to
from kmwiki.web.saving import Answer, errors_by_field

blueprint = Blueprint("ask_people", __name__)

_NAMES = ("name", "email", "text", "website")


@blueprint.get("/pages/<slug>/ask-people")
def form(slug: str) -> Answer:
    """Name, address for the answer, question. Raises NotFound, Conflict (archived)."""
    return _form(slug, {}, {})


@blueprint.post("/pages/<slug>/ask-people")
def ask(slug: str) -> Answer:
    """Pass the question on; where it is refused, the form comes back with what was typed."""
    given = {name: first(posted(), name) for name in _NAMES}
    origin = Origin(client_address(), given["website"])
    try:
        with work() as uow:
            enquiry = enquiries.ask(uow, slug, given["text"], origin, name=given["name"], email=given["email"])
            token = token_of(uow, enquiry.id)
    except (Refused, TooManyTries) as error:
        return _form(slug, given, errors_by_field(error)), error.status
    is_held = enquiry.state == enquiries.HELD
    flash(_("Thank you. A moderator looks at your question, then it is passed on.") if is_held
          else _("Thank you. Your question is on its way."), "done")  # fmt: skip
    return redirect(f"/enquiries/{enquiry.id}" if browser_actor().is_signed_in else f"/asked/{token}?new=1", 303)


def _form(slug: str, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> Answer:
    with work() as uow:
        page = enquiries.askable_page(uow, slug)
        mail = bool(uow.site.config.mail_url)
    if page.slug != slug and request.method == "GET":
        return moved_to(str(page.slug))
    asker = browser_actor()
    return render_template(
        "pages/ask_people.html",
        page={"slug": page.slug, "title": page.title, "language": page.language},
        as_name=asker.name if asker.is_signed_in else None, mail=mail, typed=typed, errors=errors,
        limit=enquiries.MESSAGE_LIMIT,
    )  # fmt: skip


# ---- the conversation of somebody without an account


@blueprint.get("/asked/<token>")
def asked(token: str) -> str:
    """The conversation; `new`: it was begun just now, and its address is shown to be kept. Raises NotFound."""
    return _asked(token, {}, {})


@blueprint.post("/asked/<token>")
def write(token: str) -> Answer:
    text = first(posted(), "text")
    try:
        with work(ANONYMOUS) as uow:
            enquiries.write_by_token(uow, token, text)
    except (Refused, Conflict, TooManyTries) as error:
        return _asked(token, {"text": text}, errors_by_field(error)), error.status
    flash(_("Sent."), "done")
    return redirect(f"/asked/{token}", 303)


@blueprint.post("/asked/<token>/close")
def close(token: str) -> Answer:
    try:
        with work(ANONYMOUS) as uow:
            enquiries.close_by_token(uow, token)
    except Conflict as error:
        return _asked(token, {}, errors_by_field(error)), error.status
    flash(_("Closed. Your address is forgotten after {days} days.").format(days=enquiries.ADDRESS_DAYS), "done")
    return redirect(f"/asked/{token}", 303)


def _asked(token: str, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    with work(ANONYMOUS) as uow:
        view = conversation(uow, enquiries.find_by_token(uow, token), by_token=True)
        values = conversation_values(uow, view, f"/asked/{token}")
        mailed = bool(view.enquiry.sender_email) and bool(uow.site.config.mail_url)
    link = f"{base_url()}/asked/{token}" if request.args.get("new") else None
    return render_template(
        "enquiries/enquiry.html", link=link, mailed=mailed, typed=typed, errors=errors, is_private=True, **values
    )


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """What the link opens is for nobody's cache and for no search engine; the form is for no cache, either."""
    response.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/asked/"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
