"""Site pages (about, house rules, privacy …): Markdown files, one for each language, drawn as pages are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

import kmwiki
from kmwiki.errors import NotFound
from kmwiki.i18n import INTERFACE_LANGUAGES
from kmwiki.render.markdown import render
from kmwiki.render.resolve import resolve

_FOLDER = Path(kmwiki.__file__).parent / "site_pages"
#: Linked in the foot of every page, in this order; those that are not named here are reached by their address.
LINKED = ("about", "house-rules", "privacy", "imprint", "accessibility")
_SECTION = re.compile(r"^## +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class SitePage:
    """A site page: its title, what stands first, and sections of (heading, HTML)."""

    name: str
    language: str
    title: str
    introduction: Markup
    sections: Sequence[tuple[str, Markup]]


@cache
def site_page(name: str, language: str) -> SitePage:
    """The site page in this language, else in English. Raises NotFound."""
    for code in dict.fromkeys((language, *INTERFACE_LANGUAGES)):
        if f"{name}.{code}" in _names():
            return _read(name, code)
    raise NotFound()


@cache
def site_page_links(language: str) -> Sequence[Mapping[str, str]]:
    """The links in the foot of every page."""
    return [{"label": site_page(name, language).title, "url": f"/about/{name}"} for name in LINKED]


@cache
def _names() -> frozenset[str]:
    return frozenset(path.stem for path in _FOLDER.glob("*.md"))


def _read(name: str, language: str) -> SitePage:
    text = (_FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")
    first, _line_end, rest = text.partition("\n")
    introduction, *parts = _SECTION.split(rest)
    sections = [
        (heading.strip(), _html(body, f"s{number}-"))
        for number, (heading, body) in enumerate(zip(parts[::2], parts[1::2], strict=True))
    ]
    return SitePage(name, language, first.removeprefix("#").strip(), _html(introduction, "s-"), sections)


def _html(text: str, prefix: str) -> Markup:
    return Markup(resolve(render(text.strip("\n"), prefix), {}, {}, {}))
