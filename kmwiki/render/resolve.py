"""Finishes stored HTML for one reader: links to pages and files, and the words of the interface.

The stored HTML names pages and files but does not say whether they exist; this is looked up when the
text is shown (`markers` says what to look up) and put in with one pass over the tags, so that nothing
is rendered anew when a page is renamed or a file replaced. Works only on what `sanitise` let out.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from kmwiki.i18n import gettext as _
from kmwiki.render.labels import with_label
from kmwiki.render.tags import TAG, Tag, start_tag

_BLOCKS = frozenset(
    {
        "blockquote",
        "br",
        "div",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    }
)
_CELLS = frozenset({"td", "th"})
#: Browsers without a choice are given about this width; originals up to the other one are among the choices.
_COMMON_WIDTH, _WIDEST_ORIGINAL = 960, 1600
#: As wide as the column of text (--measure of the style sheet), or as the screen where that is narrower.
_SIZES = "(min-width: 44rem) 42rem, calc(100vw - 2rem)"
_NO_WORDS = frozenset({"footnote-ref", "footnote-back"})  # numbers and arrows


@dataclass(frozen=True)
class FileRef:
    """A file of the page as the reader may fetch it.

    width, height: in pixels; only pictures have them, and only a file with both is shown as one.
    widths: the narrower ones in which it can be fetched, rising. version: names these very bytes in an address, so
    that whoever has them need not ask again. alt: what it shows, where the text does not say it.
    """

    address: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    widths: tuple[int, ...] = ()
    version: str = ""
    alt: str = ""

    def picture(self, width: int | None = None) -> str:
        """The address of the picture itself, narrower where a width is given."""
        query = [f"width={width}"] if width else []
        query += [f"v={self.version}"] if self.version else []
        return self.address + ("?" + "&".join(query) if query else "")

    def choices(self) -> str:
        """What a browser may choose from (srcset): every width, and the original where that is hardly wider."""
        found = [(self.picture(width), width) for width in self.widths]
        if self.width is not None and self.width <= _WIDEST_ORIGINAL:
            found.append((self.picture(), self.width))
        return ", ".join(f"{address} {width}w" for address, width in found)


@dataclass(frozen=True)
class Markers:
    """Names of pages and files that a text uses, as they were written."""

    pages: frozenset[str]
    files: frozenset[str]


def markers(source: str) -> Markers:
    """What has to be looked up before the stored HTML can be resolved."""
    tags = [Tag.of(match) for match in TAG.finditer(source) if "data-" in match[0]]
    return Markers(
        pages=frozenset(tag.attributes["data-page"] for tag in tags if "data-page" in tag.attributes),
        files=frozenset(tag.attributes["data-file"] for tag in tags if "data-file" in tag.attributes),
    )


def resolve(
    source: str,
    pages: Mapping[str, str | None],
    title: Mapping[str, str],
    files: Mapping[str, FileRef],
    *,
    pictures: bool = True,
) -> str:
    """The HTML with links to what exists and plain words for what does not.

    pages: name as written → slug of the page, if the reader may see it; None or absent: a wanted page.
    title: slug → title, for links without words of their own. files: name as written → file.
    pictures: False shows a link with the size instead, for readers who pay for each kilobyte.
    """
    return _Resolver(pages, title, files, pictures).resolve(source)


def plain_text(source: str) -> str:
    """The words of stored HTML, a line for each block, for search and summaries."""
    parts: list[str] = []
    position, skipped = 0, ""
    for match in TAG.finditer(source):
        tag = Tag.of(match)
        parts += "" if skipped else source[position : match.start()], _words_for(tag)
        position = match.end()
        if not skipped and tag.attributes.get("class") in _NO_WORDS:
            skipped = tag.name
        elif tag.is_end and tag.name == skipped:
            skipped = ""
    lines = html.unescape("".join([*parts, source[position:]])).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


class _Resolver:
    """Goes through the tags once; remembers the link it is in, as its end has to fit its beginning."""

    def __init__(
        self,
        pages: Mapping[str, str | None],
        title: Mapping[str, str],
        files: Mapping[str, FileRef],
        pictures: bool,
    ) -> None:
        self._pages, self._title, self._files, self._pictures = pages, title, files, pictures
        self._link_end = ""  # of the link that is open; links do not nest
        self._page_name = ""  # of the link to a page that has just begun

    def resolve(self, source: str) -> str:
        parts: list[str] = []
        position = 0
        for match in TAG.finditer(source):
            parts += self._words(source[position : match.start()]), self._tag(Tag.of(match))
            position = match.end()
        return "".join([*parts, source[position:]])

    def _words(self, words: str) -> str:
        """The words between two tags; the title of a page in place of its name."""
        name, self._page_name = self._page_name, ""
        slug = self._pages.get(name)
        return html.escape(self._title.get(slug, name)) if slug and html.unescape(words) == name else words

    def _tag(self, tag: Tag) -> str:
        match tag.name:
            case "a" if tag.is_end:
                end, self._link_end = self._link_end, ""
                return end
            case "a":
                return self._link(tag)
            case "img":
                return self._picture(tag)
            case "div" | "input":
                return with_label(tag)
            case _:
                return tag.source

    def _link(self, tag: Tag) -> str:
        page, file = tag.attributes.get("data-page"), tag.attributes.get("data-file")
        if page is not None:
            return self._link_to_page(page, tag.attributes.get("data-row"))
        if file is not None:
            return self._link_to_file(file, tag)
        self._link_end = "</a>"
        return with_label(tag)

    def _link_to_page(self, name: str, row: str | None) -> str:
        slug = self._pages.get(name)
        if slug is None:
            return self._open("span", {"class": "wanted"})
        self._page_name = name
        return self._open("a", {"href": f"/pages/{quote(slug)}" + (f"#{quote(row)}" if row else "")})

    def _link_to_file(self, name: str, tag: Tag) -> str:
        file = self._files.get(name)
        if file is None:
            return self._open("span", {"class": "missing-file"})
        return self._open("a", {"href": file.address, "title": tag.attributes.get("title")})

    def _open(self, name: str, attributes: Mapping[str, str | int | None]) -> str:
        self._link_end = f"</{name}>"
        return start_tag(name, attributes)

    def _picture(self, tag: Tag) -> str:
        name, words = tag.attributes.get("data-file", ""), tag.attributes.get("alt", "")
        file = self._files.get(name)
        if file is None:
            return f"{start_tag('span', {'class': 'missing-file'})}{html.escape(words or name)}</span>"
        words = words or file.alt
        if not self._pictures or file.width is None or file.height is None:
            return self._link_instead_of_picture(file, words or name)
        size = {"width": file.width, "height": file.height}
        shown = {"alt": words, "title": tag.attributes.get("title"), "loading": "lazy"}
        if not file.widths:
            return start_tag("img", {"src": file.picture(), **size, **shown})
        common = max((width for width in file.widths if width <= _COMMON_WIDTH), default=None)
        choices = {"srcset": file.choices(), "sizes": _SIZES}
        img = start_tag("img", {"src": file.picture(common), **choices, **size, **shown})
        return img if self._link_end else f"{start_tag('a', {'href': file.address})}{img}</a>"

    def _link_instead_of_picture(self, file: FileRef, words: str) -> str:
        label = html.escape(f"{words} – {_offer(file)}")
        if self._link_end:  # a link cannot stand in a link
            return label
        return f"{start_tag('a', {'href': file.address, 'class': 'picture-link'})}{label}</a>"


def _offer(file: FileRef) -> str:
    sentence = _("show picture ({size})") if file.width else _("open file ({size})")
    return sentence.format(size=_size(file.size_bytes))


def _size(size_bytes: int) -> str:
    kilobytes = max(1, round(size_bytes / 1000))
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{kilobytes} KB"


def _words_for(tag: Tag) -> str:
    if tag.name == "img":
        return html.escape(tag.attributes.get("alt", ""))
    if tag.name in _CELLS:
        return " "
    return "\n" if tag.name in _BLOCKS else ""
