"""What moderators do to whole pages; each needs a reason where people lose something."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.domain.workflow import PageState, people_page_state
from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.permissions import may, require
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.changes.starting_again import start_from_version
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import find_page_itself, kept_pages
from kmwiki.services.review.ready_reasons import ready_reasons
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer, messages_of

blueprint = Blueprint("care", __name__)
blueprint.before_request(require_signed_in_to_post)


@blueprint.get("/pages/<slug>/care")
def page(slug: str) -> str:
    """Everything that a moderator can do to this page. Raises NotFound, Unauthenticated, Forbidden."""
    return _page(slug, "", [], {})


def _page(slug: str, at: str, errors: list[str], typed: dict[str, str]) -> str:
    with work() as uow:
        found = find_page_itself(uow, slug)
        require(uow.actor, "page.archive", found)
        values = {
            "page": {
                "slug": found.slug,
                "title": found.title,
                "state": found.state,
                "state_label": people_page_state(PageState(found.state)),
                "is_protected": found.is_protected,
                "part_of": _part_of(uow, found),
            },
            "actions": _actions(uow, found),
            "reasons": ready_reasons(uow, "archive", "bin", "gone"),
        }
    return render_template(
        "pages/care.html", errors={at: errors} if at else {}, typed=_no_words() | {at: typed}, **values
    )


def _part_of(uow: UnitOfWork, found: Page) -> dict[str, object] | None:
    """The page that this one became part of."""
    kept = kept_pages(uow, [found])[found.id]
    return {"title": kept.title, "url": f"/pages/{kept.slug}"} if kept is not found else None


def _no_words() -> dict[str, dict[str, str]]:
    """What the forms show at first: nothing, and the version that a link named."""
    hide = {"number": request.args.get("version", "")}
    return {"archive": {}, "bin": {}, "rename": {}, "purge": {}, "hide": hide}


def _actions(uow: UnitOfWork, found: Page) -> dict[str, bool]:
    states = {
        "archive": ("published",), "restore": ("archived",), "bin": ("published", "archived"), "unbin": ("binned",),
        "merge": ("published",), "rename": ("published", "archived"), "protect": ("published", "archived"),
        "hide": ("published", "archived"), "purge": ("published", "archived", "binned"),
    }  # fmt: skip
    return {name: found.state in wanted and may(uow.actor, f"page.{name}", found) for name, wanted in states.items()}


@blueprint.post("/pages/<slug>/archive")
def archive(slug: str) -> Answer:
    reason, successor = _given("reason"), _given("successor").strip() or None
    return _act(slug, "archive", lambda uow: page_care.archive(uow, slug, reason, successor), _("Archived."))


@blueprint.post("/pages/<slug>/restore")
def restore(slug: str) -> Answer:
    return _act(slug, "restore", lambda uow: page_care.restore(uow, slug), _("The page is back among the others."))


@blueprint.post("/pages/<slug>/bin")
def put_into_bin(slug: str) -> Answer:
    reason, done = _given("reason"), _("In the bin: it is removed for good in 30 days.")
    return _act(slug, "bin", lambda uow: page_care.bin_page(uow, slug, reason), done)


@blueprint.post("/pages/<slug>/unbin")
def unbin(slug: str) -> Answer:
    return _act(slug, "unbin", lambda uow: page_care.unbin(uow, slug), _("Taken out of the bin."))


@blueprint.post("/pages/<slug>/rename")
def rename(slug: str) -> Answer:
    new = _given("slug").strip()
    return _act(slug, "rename", lambda uow: page_care.rename(uow, slug, new), _("Renamed; the old address leads here."))


@blueprint.post("/pages/<slug>/protect")
def protect(slug: str) -> Answer:
    is_on = _given("protect") != "0"
    done = _("Only moderators change this page now.") if is_on else _("Everybody may propose changes again.")
    return _act(slug, "protect", lambda uow: page_care.protect(uow, slug, is_on), done)


@blueprint.post("/pages/<slug>/revert")
def revert(slug: str) -> Answer:
    """Publish an earlier version again at once."""
    done = _("The earlier version is published again.")
    return _act(slug, "", lambda uow: page_care.revert(uow, slug, _number()), done)


@blueprint.post("/pages/<slug>/start-from")
def start_from(slug: str) -> Answer:
    """Begin a change with the text of an earlier version."""
    try:
        with work() as uow:
            change = start_from_version(uow, slug, _number())
    except OpenChangeExists as error:
        return _led_to(error)
    flash(_("The earlier text is in this change now. Look at it, then send it for review."), "done")
    return redirect(f"/changes/{change.id}", 303)


@blueprint.post("/pages/<slug>/hide")
def hide(slug: str) -> Answer:
    """Take the text of an earlier version away from every face."""
    reason = _given("reason")

    def do(uow: UnitOfWork) -> Page:
        page_care.hide_version(uow, slug, _number(), reason)
        return find_page_itself(uow, slug)

    return _act(slug, "hide", do, _("The text of that version is hidden."), f"/pages/{slug}/history")


@blueprint.post("/pages/<slug>/purge")
def purge(slug: str) -> Answer:
    """Remove the page for good; whoever does so types its address."""
    reason, typed = _given("reason"), _given("confirmed").strip()

    def do(uow: UnitOfWork) -> None:
        found = find_page_itself(uow, slug)
        require(uow.actor, "page.purge", found)
        if typed != found.slug:
            raise Refused(_("Type the address of the page, “{slug}”, to say that you mean it.").format(slug=found.slug))
        page_care.purge(uow, slug, reason)

    return _act(slug, "purge", do, _("The page is removed for good, with all its versions."), "/")


def _given(name: str) -> str:
    return first(posted(), name)


def _number() -> int:
    text = _given("number").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Refused(_("A version is named by its number, such as 3."))
    return int(text)


def _act(slug: str, at: str, do: Callable[[UnitOfWork], object], done: str, on: str = "") -> Answer:
    """Do it and show the page; where it is refused, the form comes back with what was typed."""
    try:
        with work() as uow:
            result = do(uow)
    except OpenChangeExists as error:
        return _led_to(error)
    except (Refused, Conflict) as error:
        typed = {name: first(posted(), name) for name in posted()}
        return _page(slug, at or "form", list(messages_of(error)), typed), error.status
    flash(done, "done")
    where = result.slug if isinstance(result, Page) else slug
    return redirect(on or f"/pages/{where}", 303)


def _led_to(error: OpenChangeExists) -> Answer:
    flash(_("You are changing this page yourself. Send or put away that change first."), "warning")
    return redirect(f"/changes/{error.change_id}", 303)
