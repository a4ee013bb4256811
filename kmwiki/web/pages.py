"""Published pages: the page, its text as a file, what belongs to the person who reads it."""

from flask import Blueprint, Response, g, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.domain.bundle.page_markdown import write_page
from kmwiki.errors import NotFound
from kmwiki.http.current import base_url, browser_actor, current_site, work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import Actor, may
from kmwiki.services.pages import checkups, reading
from kmwiki.services.pages.finding import find_page
from kmwiki.web.article import Article, find_article
from kmwiki.web.frame import moved_to, pictures_link, pictures_wanted

blueprint = Blueprint("pages", __name__)


@blueprint.get("/pages/<slug>")
def page(slug: str) -> AnyResponse:
    pictures = pictures_wanted()
    article = find_article(slug, pictures)
    if article.slug != slug:
        return moved_to(article.slug)
    return page_response(article, pictures=pictures, mine=_mine(article))


@blueprint.get("/pages/<slug>.md")
def as_markdown(slug: str) -> AnyResponse:
    """The text of the page as a bundle has it."""
    with work() as uow:
        view = reading.read_page(uow, slug)
    if view.page.slug != slug:
        return moved_to(str(view.page.slug))
    text = write_page(view.version.content, view.version.page_type)
    return Response(text, content_type="text/markdown; charset=utf-8")


@blueprint.get("/pages/<slug>.json")
def as_json(slug: str) -> AnyResponse:
    """The shape of the API, where the API gives it."""
    with work() as uow:
        found = find_page(uow, slug)
    return redirect(f"/api/v1/pages/{found.slug}", 302)


@blueprint.get("/pages/<slug>.<any(pdf, docx, epub):kind>")
def as_document(slug: str, kind: str) -> AnyResponse:
    """Not made yet."""
    raise NotFound()


def page_response(article: Article, *, pictures: bool, mine: dict[str, object]) -> Response:
    """The page around an article."""
    response = make_response(
        render_template(
            "pages/page.html",
            article=article,
            crumbs=_crumbs(article),
            mine=mine,
            canonical=f"{base_url()}/pages/{article.slug}",
            description=article.description,
            pictures=pictures_link(article.has_pictures, pictures),
        )
    )
    response.vary.add("Save-Data")
    if article.state == "binned":
        response.headers["Cache-Control"] = "no-store"
    return response


def _crumbs(article: Article) -> list[dict[str, str | None]]:
    plural = str(current_site().page_type(article.type).plural)
    return [
        {"label": plural, "url": f"/search?type={article.type}"},
        {"label": article.title, "url": None},
    ]


def _mine(article: Article) -> dict[str, object]:
    """What the page offers to this person; one query for somebody who is signed in, none for others.

    Three more where the page is to be looked at again.
    """
    asker = browser_actor()
    if not asker.is_signed_in:
        return {"edit": article.state == "published", "edit_label": _("Improve this page")}
    with work() as uow:
        standing = reading.standing(uow, article.page_id)
        offers_check = article.is_overdue and checkups.may_say_it_is_right(uow, article.page_id)
    g.numbers = standing.numbers
    return {
        "edit": article.state == "published" and may(asker, "change.start"),
        "edit_label": _("Go on with your change") if standing.own_change else _("Improve this page"),
        "being_edited": standing.others_at_work,
        "watch": _watch_button(article, standing.is_watched),
        "still_right": f"/pages/{article.slug}/still-right" if offers_check else None,
        "translate": article.translate_url if article.state == "published" and may(asker, "change.start") else None,
        "moderate": _moderators_links(article) if may(asker, "desk.read") else [],
        "ask": f"/pages/{article.slug}/ask" if _may_ask(asker, article) else None,
    }


def _watch_button(article: Article, is_watched: bool) -> dict[str, str]:
    if is_watched:
        return {"label": _("Watch this page no longer"), "url": f"/pages/{article.slug}/unwatch"}
    return {"label": _("Watch this page"), "url": f"/pages/{article.slug}/watch"}


def _may_ask(asker: Actor, article: Article) -> bool:
    """Those who may start a change of it; moderators do themselves what others ask for."""
    return article.state == "published" and may(asker, "change.start") and not may(asker, "page.archive")


def _moderators_links(article: Article) -> list[dict[str, str]]:
    """Where a moderator archives, renames, protects or removes a page."""
    return [{"label": _("Archive, rename, protect, remove"), "url": f"/pages/{article.slug}/care"}]
