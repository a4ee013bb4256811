"""The one gate for HTML that comes from people: bleach, last of all, with a list of what may pass.

What is not listed here is shown as text or dropped. Nothing may be added to the HTML behind this
gate but by `resolve.py`, which knows the exact shapes that come out of it.
"""

import html
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.sanitizer import Cleaner

from kmwiki.render.addresses import SCHEMES, is_safe
from kmwiki.render.tree_walk import TreeWalk

TAGS = frozenset(
    {"blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "img", "input", "li", "ol"}
    | {"p", "pre", "section", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "a"}
)
ATTRIBUTES = {
    "a": {"href", "title", "rel", "id", "class", "data-page", "data-row", "data-file"},
    "img": {"alt", "title", "loading", "data-file"},
    "input": {"type", "disabled", "checked", "class"},
    "ol": {"start"},
    "li": {"dir", "id", "class"},
    "code": {"class"},
    "div": {"class", "tabindex", "role"},
    "section": {"class"},
    "sup": {"class"},
    "th": {"dir", "class"},
    "td": {"dir", "class"},
    **{tag: {"dir"} for tag in ("p", "blockquote")},
    **{tag: {"dir", "id"} for tag in ("h3", "h4", "h5", "h6")},
}
CLASSES = frozenset(
    {"align-left", "align-center", "align-right", "table-scroll", "task", "task-box"}
    | {"footnotes", "footnote-ref", "footnote-back"}
)
LANGUAGE_CLASS = re.compile(r"language-[a-z0-9+#-]{1,20}")
IDS = r"(?:heading|note|noteref)-[^\s\"'<>&]{1,100}"
_ONLY_VALUES = {
    "dir": "auto",
    "loading": "lazy",
    "tabindex": "0",
    "role": "region",
    "type": "checkbox",
    "disabled": "",
    "checked": "",
}
_NUMBER = re.compile(r"[0-9]{1,9}")


def sanitise(source: str, id_prefix: str = "") -> str:
    """The HTML with nothing in it that runs, loads from elsewhere or reaches outside its place.

    Addresses are http, https, mailto or relative; ids begin with the prefix and one of our words,
    so that they cannot be taken for ids of the page; pictures have no address until resolved.
    """
    cleaner = Cleaner(
        tags=TAGS,
        attributes=partial(_is_allowed, re.compile(re.escape(id_prefix) + IDS)),
        protocols=SCHEMES,
        filters=[_OnlyBoxes],
    )
    cleaner.walker = TreeWalk  # type: ignore[assignment]
    return cleaner.clean(source)


class _OnlyBoxes(Filter):  # type: ignore[misc]
    """Makes each input a box that cannot be ticked: one without `type` would take words."""

    def __iter__(self) -> Iterator[Any]:
        for token in super().__iter__():
            if token.get("name") == "input" and "data" in token:
                token["data"].update({(None, "type"): "checkbox", (None, "disabled"): ""})
            yield token


def _is_allowed(ids: re.Pattern[str], tag: str, name: str, value: str) -> bool:
    """Whether a tag may have the attribute with that value; bleach hands the value over undecoded."""
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    value = html.unescape(value)
    match name:
        case "href":
            return is_safe(value)
        case "id":
            return bool(ids.fullmatch(value))
        case "class":
            return value in CLASSES or bool(tag == "code" and LANGUAGE_CLASS.fullmatch(value))
        case "start":
            return bool(_NUMBER.fullmatch(value))
        case _:
            return value == _ONLY_VALUES.get(name, value)
