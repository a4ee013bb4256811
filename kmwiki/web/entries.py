"""Pages in lists, and the furniture of lists, in the shapes of templates/components/entries.html."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup

from kmwiki.backends.excerpts import Piece
from kmwiki.errors import NotFound
from kmwiki.http.languages import direction
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.render.dates import day_of
from kmwiki.site import Site
from kmwiki.web.version import language_mark, type_words


@dataclass(frozen=True)
class Entry:
    """One page in a list."""

    url: str
    sign: str
    type_label: str
    title: str | Markup
    language: str
    direction: str
    language_label: str | None
    short: bool
    summary: str | None
    when: str | None
    excerpt: Markup | None = None
    evidence: str | None = None
    facts: Sequence[str] = ()


def entry(
    site: Site, page: Page, title: Markup | None = None, excerpt: Markup | None = None, dated: bool = True
) -> Entry:
    """A published page as lists show it; `title` and `excerpt` with marked words where it was searched for."""
    sign, label = type_words(site, page.type)
    return Entry(
        url=f"/pages/{page.slug}", sign=sign, type_label=label, title=title or page.title, language=page.language,
        direction=direction(page.language), language_label=language_mark(site, page.language),
        short=page.depth == "short", summary=page.summary or None, excerpt=excerpt or None,
        when=day_of(page.published_at, site.config.timezone) if dated and page.published_at else None,
    )  # fmt: skip


def marked(pieces: Sequence[Piece]) -> Markup:
    """Pieces of text as HTML, the words that were searched for marked."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece.text) if piece.is_marked else piece.text for piece in pieces
    )


def pager(total: int, page: int, per_page: int) -> Mapping[str, str | None] | None:
    """Links to the page before and after, on the address that is being asked. Raises NotFound past the end."""
    pages = max(1, -(-total // per_page))
    if page > pages:
        raise NotFound()
    if pages == 1:
        return None
    return {
        "previous": _on_page(page - 1) if page > 1 else None,
        "next": _on_page(page + 1) if page < pages else None,
        "text": _("Page {number} of {total}").format(number=page, total=pages),
    }


def _on_page(number: int) -> str:
    arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    if number > 1:
        arguments.append(("page", str(number)))
    return f"{request.path}?{urlencode(arguments)}" if arguments else request.path
