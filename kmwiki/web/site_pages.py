"""Site pages (about, house rules, privacy …) drawn as pages are, and their links in the foot of every page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, g
from markupsafe import Markup

from kmwiki.http.current import current_site, work
from kmwiki.permissions import ANONYMOUS
from kmwiki.render.markdown import render
from kmwiki.render.resolve import resolve
from kmwiki.services.upkeep.site_pages import NAMES, SiteText, shipped_site_text, site_titles, title_of

_SECTION = re.compile(r"^## +(.+)$", re.MULTILINE)

Links = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class SitePage:
    """A site page: its title, what stands first, and sections of (heading, HTML)."""

    language: str
    title: str
    introduction: Markup
    sections: Sequence[tuple[str, Markup]]


@lru_cache(maxsize=64)
def drawn(language: str, text: str) -> SitePage:
    """The text as its readers see it; drawn once for every text."""
    _title, _line_end, rest = text.partition("\n")
    introduction, *parts = _SECTION.split(rest)
    sections = [
        (heading.strip(), _html(body, f"s{number}-"))
        for number, (heading, body) in enumerate(zip(parts[::2], parts[1::2], strict=True))
    ]
    return SitePage(language, title_of(text), _html(introduction, "s-"), sections)


def _html(text: str, prefix: str) -> Markup:
    return Markup(resolve(render(text.strip("\n"), prefix), {}, {}, {}))


def site_page_links(language: str) -> Links:
    """The links in the foot of every page: asked for once a language, until somebody writes a page or a setting."""
    if g.get("has_crashed"):
        return _links([shipped_site_text(name, language) for name in NAMES])
    settings = current_site().settings_number
    kept: tuple[int, dict[str, Links]] = current_app.extensions.get("kmwiki_site_pages", (-1, {}))
    if kept[0] != settings:
        kept = current_app.extensions["kmwiki_site_pages"] = (settings, {})
    if language not in kept[1]:
        with work(ANONYMOUS) as uow:
            kept[1][language] = _links(site_titles(uow, language))
    return kept[1][language]


def _links(texts: Sequence[SiteText]) -> Links:
    return [{"label": text.title, "url": f"/about/{text.name}"} for text in texts]
