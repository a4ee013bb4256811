"""The last stage: what the page needs of the tree and GFM does not say.

Tight items lose their paragraphs, headings begin at the level that the page has free and get ids,
blocks follow the direction of their script, and links within the text find its headings.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from kmwiki.render.gfm.paragraphs import TIGHT_TAG

HIGHEST_HEADING = 3  # the page has h1, the label of a field is h2
LOWEST_HEADING = 6
HEADING_ID = "heading-"
ID_CHARACTERS_MAX = 80

_HEADING = re.compile(r"h[1-6]")
_TURNING_TAGS = frozenset({"p", "li", "h3", "h4", "h5", "h6", "td", "th", "blockquote"})
_NOT_IN_ID = re.compile(r"[^\w\- ]+")


class Shape(Treeprocessor):
    """Makes the parsed text fit its place in the page."""

    def __init__(self, md: Markdown, id_prefix: str) -> None:
        super().__init__(md)
        self._id_prefix = id_prefix

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            _unwrap_tight(element)
        _shift_headings(root)
        self._name_headings(root)
        for element in root.iter():
            if element.tag in _TURNING_TAGS:
                element.set("dir", "auto")

    def _name_headings(self, root: Element) -> None:
        """Give headings ids from their words, as GitHub does, and point links at them."""
        ids: dict[str, str] = {}
        counts: dict[str, int] = {}
        for heading in _headings(root):
            words = _id_words("".join(heading.itertext()))
            counts[words] = counts.get(words, -1) + 1
            fragment = f"{words}-{counts[words]}" if counts[words] else words
            ids["#" + fragment] = f"{self._id_prefix}{HEADING_ID}{fragment}"
            heading.set("id", ids["#" + fragment])
        for link in root.iter("a"):
            if (address := unquote(link.get("href", ""))) in ids:
                link.set("href", "#" + quote(ids[address]))


def _unwrap_tight(parent: Element) -> None:
    """Put the words of tight paragraphs straight into the item."""
    if not any(child.tag == TIGHT_TAG for child in parent):
        return
    children = list(parent)
    parent[:] = []
    for child in children:
        if child.tag == TIGHT_TAG:
            _append_text(parent, child.text or "")
            parent.extend(child)
        else:
            parent.append(child)


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _headings(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if _HEADING.fullmatch(element.tag))


def _shift_headings(root: Element) -> None:
    levels = [int(heading.tag[1]) for heading in _headings(root)]
    shift = HIGHEST_HEADING - min(levels, default=0)
    for heading, level in zip(list(_headings(root)), levels, strict=True):
        heading.tag = f"h{min(level + shift, LOWEST_HEADING)}"


def _id_words(words: str) -> str:
    return _NOT_IN_ID.sub("", words.strip().lower()).replace(" ", "-")[:ID_CHARACTERS_MAX]
