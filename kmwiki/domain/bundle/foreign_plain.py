"""Markdown as one line of plain words, for fields that have no Markdown."""

from __future__ import annotations

import re
from collections.abc import Container

from kmwiki.domain.bundle.foreign_links import Form, Link, Use, find_links, label_key

MAX_CHARACTERS = 1_000
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+)(?<=\S)_(?!\w)")
_CODE = re.compile(r"(`+)([^`\n]+)\1")
_LIST_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\[([^\[\]]*)\]|(\([^()]*(?:\([^()]*\)[^()]*)*\)))?")


def plain_line(markdown: str, labels: Container[str] = ()) -> str:
    """The words without list signs, emphasis and addresses, lines joined by a blank; "" if that is no line.

    `labels` are the keys of the labels that have a definition. A text with a fence, or with more than 1,000
    characters, cannot stand in one line.
    """
    if "```" in markdown or "~~~" in markdown or len(markdown) > 2 * MAX_CHARACTERS:
        return ""
    words = _LINK.sub(lambda match: _words_of(match, labels), _LIST_ITEM.sub("", markdown))
    words = _EMPHASIS.sub(lambda match: match[1] or match[2], _STRONG.sub(r"\2", _CODE.sub(r"\2", words)))
    line = " ".join(words.split())
    return line if len(line) <= MAX_CHARACTERS else ""


def _words_of(match: re.Match[str], labels: Container[str]) -> str:
    """The words of a link; brackets that lead nowhere stay as they are."""
    is_link = match[3] is not None or label_key(match[2] or match[1]) in labels
    return match[1] if is_link else match[0]


def links_as_list(markdown: str, definitions: str) -> str:
    """The links and pictures of a text, each as an item of a list; "" if it has none."""
    whole = f"{markdown}\n\n{definitions}"
    links, uses = find_links(whole, [False] * (whole.count("\n") + 1))
    inline = [_whole(whole, link) for link in links if link.form in (Form.LINK, Form.IMAGE)]
    return "\n".join(f"- {link}" for link in inline + [_reference(use) for use in uses])


def _reference(use: Use) -> str:
    return f"{'!' if use.is_image else ''}[{' '.join(use.words.split())}][{use.label}]"


def _whole(markdown: str, link: Link) -> str:
    sign = "!" if link.form is Form.IMAGE else ""
    return f"{sign}[{' '.join(link.words.split())}]({markdown[link.start : link.end]})"
