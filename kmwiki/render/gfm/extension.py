"""Hangs the stages of this folder into Python-Markdown."""

import re
from xml.etree.ElementTree import Element, tostring

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from kmwiki.render.gfm.block import Definitions, Start
from kmwiki.render.gfm.block_parser import GfmBlockParser
from kmwiki.render.gfm.code_blocks import start_fence, start_indented_code
from kmwiki.render.gfm.footnotes import start_note
from kmwiki.render.gfm.headings import start_break, start_hash_heading, start_underlined_heading
from kmwiki.render.gfm.inline import InlineStage
from kmwiki.render.gfm.lists import start_item
from kmwiki.render.gfm.quotes import start_quote
from kmwiki.render.gfm.shape import Shape
from kmwiki.render.gfm.tables import start_table

# In the order in which they are asked: `- - -` is a break before it is a list.
STARTS: tuple[Start, ...] = (
    start_quote,
    start_hash_heading,
    start_fence,
    start_underlined_heading,
    start_break,
    start_note,
    start_item,
    start_indented_code,
    start_table,
)

_UNKNOWN = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile(r"[\x01-\x08\x0b-\x1f\x7f]")


class Gfm(Extension):
    """GitHub Flavored Markdown with wiki links, for one text: make a new one for each."""

    def __init__(self, id_prefix: str = "") -> None:
        super().__init__()
        self._id_prefix = id_prefix

    def extendMarkdown(self, md: Markdown) -> None:
        definitions = Definitions()
        md.preprocessors.register(NormaliseCharacters(md), "normalize_whitespace", 30)
        md.preprocessors.deregister("html_block")  # HTML is text here
        md.parser = GfmBlockParser(md, STARTS, definitions)
        md.treeprocessors.register(InlineStage(md, definitions, self._id_prefix), "inline", 20)
        md.treeprocessors.register(Shape(md, self._id_prefix), "shape", 15)
        for name in ("prettify", "unescape"):
            md.treeprocessors.deregister(name)
        for name in ("raw_html", "amp_substitute"):
            md.postprocessors.deregister(name)
        md.output_formats = dict.fromkeys(md.output_formats, _serialise)  # type: ignore[misc]


class NormaliseCharacters(Preprocessor):
    """One kind of line end; no characters that XML or a database refuses. Tabs stay, code has them."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        return _CONTROLS.sub("", _UNKNOWN.sub("\N{REPLACEMENT CHARACTER}", text)).split("\n")


def _serialise(root: Element) -> str:
    # Python-Markdown's own lets `&lt;` through that a reader typed as `&amp;lt;`.
    return tostring(root, encoding="unicode", method="html")
