"""Links of the wiki, `[[page]]`, `[[page#n2|words]]`, and references to footnotes, `[^1]`.

Whether a page exists is not asked here: the marks are resolved when the text is shown.
"""

import re

from kmwiki.render.gfm.brackets import open_bracket
from kmwiki.render.gfm.inline_reader import InlineReader
from kmwiki.render.gfm.links import page_link
from kmwiki.render.gfm.pieces import Node

_PAGE_LINK = re.compile(
    r"\[\[[ \t]*+(?P<page>[^\[\]|#\n\x00-\x1f]{1,200}+)(?:#(?P<row>[A-Za-z]\w{0,39}))?"
    r"(?:\|(?P<words>[^\[\]\n]{1,500}+))?\]\]",
    re.ASCII,
)
_REFERENCE = re.compile(r"\[\^(?P<label>[^\]\[\s]{1,200})\]")


def read_bracket(reader: InlineReader) -> bool:
    """A link to a page, a reference to a footnote, or the beginning of another link."""
    return _read_page_link(reader) or _read_reference(reader) or open_bracket(reader)


def _read_page_link(reader: InlineReader) -> bool:
    match = _PAGE_LINK.match(reader.text, reader.position)
    page = match["page"].strip() if match else ""
    if not match or not page:
        return False
    words = (match["words"] or "").strip()
    _finish(reader, page_link(page, match["row"], words or page), match.end())
    return True


def _read_reference(reader: InlineReader) -> bool:
    match = _REFERENCE.match(reader.text, reader.position)
    reference = reader.knowledge.notes.reference(match["label"]) if match else None
    if not match or reference is None:
        return False
    _finish(reader, Node(reference, depth=2, is_link=True), match.end())
    return True


def _finish(reader: InlineReader, node: Node, end: int) -> None:
    reader.add(node)
    reader.closed_brackets = len(reader.brackets)  # a link cannot stand in a link
    reader.position = end
