"""Markdown as the words that it shows, for search, extracts and summaries: no marks, no addresses.

It need not be exact: nothing is rendered from it. Linear in the length of the text.
"""

import re

#: [[slug]], [[slug#n2]], [[slug|words]]: the words, or the slug where there are none.
_WIKI_LINK = re.compile(r"\[\[([^\[\]|#]{1,200})(?:#[^\[\]|]{0,40})?(?:\|([^\[\]]{1,500}))?\]\]")
#: [words](address "title"), ![alt](address): the words.
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,80}\]:?")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}[-|: \t]*$", re.MULTILINE)
_LINE_MARK = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+)", re.MULTILINE
)
_CELL = re.compile(r"[ \t]*\|[ \t]*")
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")


def plain_words(markdown: str) -> str:
    """The words of a Markdown text, line by line."""
    text = _WIKI_LINK.sub(lambda match: match[2] or match[1], markdown)
    text = _LINK.sub(r"\1", text)
    text = _FOOTNOTE.sub("", text)
    text = _TABLE_RULE.sub("", text)
    text = _LINE_MARK.sub("", text)
    return _MARKS.sub("", _CELL.sub(" ", text))
