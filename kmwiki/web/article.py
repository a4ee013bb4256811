"""The article of a page: all that is the same for everybody who reads it, drawn once and kept.

What depends on the person (continue one's own change, a moderator's tools) is put beside it by pages.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from flask import current_app
from markupsafe import Markup

from kmwiki.domain.bundle.page_markdown import write_page
from kmwiki.errors import NotFound
from kmwiki.http.body_cache import BodyCache
from kmwiki.http.current import base_url, browser_actor, current_site, work
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language, ngettext
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Publication
from kmwiki.permissions import ANONYMOUS
from kmwiki.render.dates import day_in_words, day_of, size_in_words
from kmwiki.render.values import FactWord
from kmwiki.services.pages import reading
from kmwiki.services.pages.reading import PageView
from kmwiki.site import Site
from kmwiki.web.backlinks import link_groups, links_by_row
from kmwiki.web.version import Fact, ShownVersion, page_link, row_ids, shown_version, type_words

SHARE_CHARACTERS = 600
_DESCRIPTION_CHARACTERS = 300


@dataclass(frozen=True)
class Article:
    """The drawn parts of a page, and what its frame needs to know of it."""

    page_id: UUID
    slug: str
    type: str
    title: str
    description: str
    language: str
    direction: str
    state: str
    is_protected: bool
    is_overdue: bool
    has_pictures: bool
    heading: Markup
    card: Markup
    text: Markup
    after: Markup
    translate_url: str | None = None

    @property
    def size_bytes(self) -> int:
        return 2_000 + sum(len(part.encode()) for part in (self.heading, self.card, self.text, self.after))


def article_cache() -> BodyCache[Article]:
    cache: BodyCache[Article] = current_app.extensions.setdefault("kmwiki_articles", BodyCache[Article]())
    return cache


def find_article(slug: str, pictures: bool) -> Article:
    """The published page as everybody sees it, from memory where it was drawn since the last publication.

    A page that only the asker may see (in the bin) is drawn for her alone. Raises NotFound.
    """
    with work(ANONYMOUS) as uow:
        generation = reading.generation(uow)
    key = (base_url(), slug, current_language(), generation, pictures, datetime.now(UTC).date())
    kept = article_cache().get(key)
    if kept is not None:
        return kept
    try:
        with work(ANONYMOUS) as uow:
            article = draw_page(current_site(), reading.read_page(uow, slug), pictures)
    except NotFound:
        if not browser_actor().is_signed_in:
            raise
        with work() as uow:
            return draw_page(current_site(), reading.read_page(uow, slug), pictures)
    if article.slug == slug:
        article_cache().put(key, article)
    return article


def draw_page(site: Site, view: PageView, pictures: bool) -> Article:
    """Draw a published page."""
    shown = shown_version(
        site, view.version, title=view.page.title, pictures=pictures, rows=links_by_row(site, view.backlinks)
    )
    rows = row_ids(view.version.page_type, view.version.content)
    further = view.backlinks_total - len(view.backlinks)
    drawn = draw(
        site, view.page, view.publication, shown,
        archived=_archived(site, view),
        outdated=_outdated(site, view.page),
        linked_here=link_groups(site, view.backlinks, rows),
        linked_further=_further(further) if further > 0 else None,
        discussion=_discussion(view.open_threads),
        translations=[_translation(site, page) for page in view.translations],
        downloads=[*shown.files, _as_markdown(view)],
        has_pictures=any(file.width for file in view.version.files.values()),
    )  # fmt: skip
    return replace(drawn, translate_url=_translate_url(view))


def draw(
    site: Site,
    page: Page,
    publication: Publication,
    shown: ShownVersion,
    *,
    has_pictures: bool = False,
    downloads: object = (),
    **around: object,
) -> Article:
    """Draw a version of a page with what stands around it (the further values of components/article.html)."""
    words = page_words(site, page, publication, shown)
    values: dict[str, object] = {
        "version": replace(shown, facts=[*shown.facts, *_approval(words)]),
        "page": words,
        "language": current_language(),
        "direction": direction(current_language()),
        "site_name": site.config.site_name,
        "downloads": downloads,
        **around,
    }
    parts = current_app.jinja_env.get_template("components/article.html").module
    return Article(
        page_id=page.id, slug=page.slug or "", type=page.type, title=shown.title,
        description=_cut(shown.summary or page.summary, _DESCRIPTION_CHARACTERS),
        language=shown.language, direction=shown.direction, state=page.state, is_protected=page.is_protected,
        is_overdue=bool(around.get("outdated")),
        has_pictures=has_pictures,
        heading=_part(parts, "heading", values), card=_part(parts, "card", values),
        text=_part(parts, "text", values), after=_part(parts, "after", values),
    )  # fmt: skip


def _part(parts: object, name: str, values: dict[str, object]) -> Markup:
    return Markup(getattr(parts, name)(values))


def page_words(site: Site, page: Page, publication: Publication, shown: ShownVersion) -> dict[str, object]:
    """What the article says of the page itself."""
    sign, label = type_words(site, page.type)
    short_url = f"{base_url()}/p/{page.id}"
    return {
        "slug": page.slug,
        "title": shown.title,
        "sign": sign,
        "type_label": label,
        "short": publication.depth == "short",
        "published": day_of(publication.published_at, site.config.timezone),
        "number": publication.number,
        "short_url": short_url,
        "share": share_text(shown.title, shown.summary or page.summary, short_url),
        **credits_of(publication),
    }


def _approval(page: Mapping[str, object]) -> list[Fact]:
    """Who approved the page and when, for the fact card."""
    approved = page["approved_by"]
    names = [FactWord(str(name), keep=True) for name in approved] if isinstance(approved, list) else []
    return [Fact(_("Approved by"), [*names, FactWord(str(page["published"]))])] if names else []


def credits_of(publication: Publication) -> dict[str, object]:
    """Names of authors and of who approved it; names from another site say from where."""
    credits = publication.credits
    origin = (credits.get("origin") or {}).get("site_name")
    at = " " + _("(at {site})").format(site=origin) if origin else ""
    return {
        "authors": [f"{name}{at}" for name in credits.get("authors", [])],
        "approved_by": [f"{name}{at}" for name in credits.get("approved_by", [])],
    }


def share_text(title: str, summary: str, address: str) -> str:
    """Title, summary and address as plain text, short enough for a messenger."""
    room = SHARE_CHARACTERS - len(address) - 2
    head = _cut(title, room)
    rest = _cut(summary, room - len(head))
    return "\n".join(filter(None, (head, rest, address)))


def _cut(text: str, characters: int) -> str:
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    return line[: characters - 1].rpartition(" ")[0] + "…" if characters > 20 else ""


def _archived(site: Site, view: PageView) -> dict[str, object] | None:
    page = view.page
    if page.state == "binned":
        title = _("In the bin: only moderators see this page, and it will be removed for good.")
        return {"title": title, "reason": "", "successor": None}
    if page.state != "archived":
        return None
    return {
        "title": _("Archived: this page is kept, but no longer looked after."),
        "reason": page.archived_reason,
        "successor": page_link(site, view.successor) if view.successor and view.successor.slug else None,
    }


def _outdated(site: Site, page: Page) -> str | None:
    today = site.clock().astimezone(site.config.timezone).date()
    if page.check_again_on is None or page.check_again_on > today:
        return None
    return _("To be looked at again since {day}.").format(day=day_in_words(page.check_again_on))


def _further(number: int) -> str:
    return ngettext("{number} more page leads here.", "{number} more pages lead here.", number).format(number=number)


def _discussion(open_threads: int) -> str:
    if not open_threads:
        return _("Talk about this page")
    text = ngettext("Talk about this page: one open conversation", "Talk about this page: {number} open conversations",
                    open_threads)  # fmt: skip
    return text.format(number=open_threads)


def _translation(site: Site, page: Page) -> dict[str, object]:
    label = site.vocabularies["languages"].label_of(page.language)
    return {"code": page.language, "label": label, "title": page.title, "url": f"/pages/{page.slug}"}


def _translate_url(view: PageView) -> str | None:
    """Where the page is translated into the reader's language; None where it is there in that language."""
    there = {page.language.partition("-")[0] for page in (view.page, *view.translations)}
    if current_language() in there:
        return None
    original = next((page for page in view.translations if page.id == view.page.translation_of), view.page)
    return f"/new/{view.page.type}?translation_of={original.slug}"


def _as_markdown(view: PageView) -> dict[str, str]:
    text = write_page(view.version.content, view.version.page_type)
    label = _("Text with its facts (Markdown)")
    return {"label": label, "url": f"/pages/{view.page.slug}.md", "size": size_in_words(len(text.encode()))}

