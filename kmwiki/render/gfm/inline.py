"""The inline stage as Python-Markdown's tree processor "inline": each text becomes elements."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from kmwiki.render.gfm.autolinks import read_mail_address, read_pointed, read_web_address
from kmwiki.render.gfm.block import Definitions, Source
from kmwiki.render.gfm.brackets import close_bracket, open_bracket
from kmwiki.render.gfm.code_spans import read_code
from kmwiki.render.gfm.emphasis import read_run, resolve
from kmwiki.render.gfm.footnotes import Footnotes
from kmwiki.render.gfm.inline_reader import InlineReader, Knowledge, Rule
from kmwiki.render.gfm.pieces import Piece, fill
from kmwiki.render.gfm.plain_marks import read_backslash, read_entity, read_newline
from kmwiki.render.gfm.wiki_links import read_bracket

ADDED_CHARACTERS_MAX = 100_000  # by link definitions, in one text

RULES: Mapping[str, Rule] = {
    "\\": read_backslash,
    "\n": read_newline,
    "&": read_entity,
    "`": read_code,
    "<": read_pointed,
    "[": read_bracket,
    "![": open_bracket,
    "]": close_bracket,
    "*": read_run,
    "_": read_run,
    "~": read_run,
    "web": read_web_address,
    "mail": read_mail_address,
}


class InlineStage(Treeprocessor):
    """Parses every text that the block stage left as source, then the footnotes that were used."""

    def __init__(self, md: Markdown, definitions: Definitions, id_prefix: str) -> None:
        super().__init__(md)
        self._definitions = definitions
        self._id_prefix = id_prefix

    def run(self, root: Element) -> None:
        notes = Footnotes(self._definitions.notes, self._id_prefix)
        knowledge = Knowledge(self._definitions.links, notes, ADDED_CHARACTERS_MAX)
        _parse_below(root, knowledge)
        for note in notes.build(root):
            _parse_below(note, knowledge)
        notes.add_ways_back()


def _parse_below(root: Element, knowledge: Knowledge) -> None:
    for element, after, text in list(_sources(root)):
        fill(element, _parsed(text, knowledge), after)


def _sources(root: Element) -> Iterator[tuple[Element, Element | None, str]]:
    """Each source text with its element and, if it stands behind one, the child before it."""
    for element in root.iter():
        if isinstance(element.text, Source):
            yield element, None, element.text
        for child in element:
            if isinstance(child.tail, Source):
                yield element, child, child.tail


def _parsed(text: str, knowledge: Knowledge) -> list[Piece]:
    return resolve(InlineReader(text, knowledge, RULES).read())
