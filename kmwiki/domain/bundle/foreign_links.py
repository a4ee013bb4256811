"""Where in a Markdown text the addresses of links and pictures stand, and putting others in their place.

Inline links, reference definitions and `<img>`; not what stands in code, in comments or behind a backslash.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

_TITLE = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\((?:[^()\\\n]|\\.)*\))"""
_BARE = r"(?:[^\s()<>\\]|\\.|\([^\s()]*\))+"
_INLINE = re.compile(rf"\(\s*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>{_BARE}))(?:\s+{_TITLE})?\s*\)")
# What people write although it is no CommonMark: an address with blanks in it.
_WITH_BLANKS = re.compile(r"\((?P<bare>[^()<>\n\"]+)\)")
_DEFINITION = re.compile(
    rf"^ {{0,3}}\[(?P<label>[^\]\[\n^][^\]\[\n]*)\]:[ \t]*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>\S+))"
    rf"(?:[ \t]+{_TITLE})?[ \t]*$",
    re.MULTILINE,
)
_IMG = re.compile(r"<img\s[^<>\n]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ESCAPED = re.compile(r"\\[\\`\[\]!<]")
_TICKS = re.compile(r"`+")
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
_FOLLOWING_LABEL = re.compile(r"\[([^\]\[\n]*)\]")


class Form(StrEnum):
    LINK = "link"
    IMAGE = "image"
    DEFINITION = "definition"
    HTML_IMAGE = "html image"


@dataclass(frozen=True)
class Link:
    """An address in a text. Replacing text[start:end] replaces it; for an `<img>` that is the whole tag.

    `address` is as meant, with its entities decoded and without angle brackets; `words` are those of the link
    or the alternative text; `label` is that of a definition.
    """

    form: Form
    start: int
    end: int
    address: str
    words: str
    label: str = ""


@dataclass(frozen=True)
class Use:
    """A place that uses a definition: `[words][label]`, `[label][]` or `[label]`."""

    label: str
    words: str
    is_image: bool


def label_key(label: str) -> str:
    """What two spellings of a label have in common."""
    return " ".join(label.split()).casefold()


def find_links(text: str, literal: Sequence[bool]) -> tuple[list[Link], list[Use]]:
    """All addresses in the order of the text, and all uses of definitions; `literal` is that of the scan."""
    masked = _masked(text, literal)
    definitions = list(_definitions(text, masked))
    known = {label_key(link.label) for link in definitions}
    own_brackets = frozenset(match.start("label") - 1 for match in _DEFINITION.finditer(masked))
    links = definitions + list(_html_images(masked))
    uses = []
    for found in _bracketed(text, masked, own_brackets):
        if isinstance(found, Link):
            links.append(found)
        elif label_key(found.label) in known:
            uses.append(found)
    return sorted(links, key=lambda link: link.start), uses


def replace_addresses(text: str, links: Sequence[Link], new: Callable[[Link], str | None]) -> str:
    """The text with what `new` gives for each link; None leaves it as it is."""
    parts = []
    at = 0
    for link in links:
        put = new(link)
        if put is not None and link.start >= at:
            parts += [text[at : link.start], put]
            at = link.end
    return "".join([*parts, text[at:]])


def path_of(address: str) -> tuple[str, str]:
    """Path and fragment of a relative address, both with URL escapes decoded."""
    path, _hash, fragment = address.partition("#")
    return unquote(path.partition("?")[0]), unquote(fragment)


def _masked(text: str, literal: Sequence[bool]) -> str:
    """The text with code, comments and what is escaped made blank, at the same length."""
    lines = text.split("\n")
    visible = "\n".join(" " * len(line) if hidden else line for line, hidden in zip(lines, literal, strict=True))
    visible = _ESCAPED.sub("  ", visible)
    return _without_code_spans(visible)


def _without_code_spans(text: str) -> str:
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(text)]
    starts: dict[int, list[int]] = {}
    for start, end in runs:
        starts.setdefault(end - start, []).append(start)
    parts = []
    at = 0
    for start, end in runs:
        close = _closing(text, start, end, starts[end - start]) if start >= at else None
        if close is not None:
            parts += [text[at:start], _blank(text[start : close + end - start])]
            at = close + end - start
    return "".join([*parts, text[at:]])


def _closing(text: str, start: int, end: int, starts: Sequence[int]) -> int | None:
    """Where the run that closes a code span begins: of the same length, in the same paragraph."""
    place = bisect_right(starts, start)
    if place == len(starts):
        return None
    close = starts[place]
    return close if "\n\n" not in text[end:close][:10_000] and close - end < 10_000 else None


def _blank(text: str) -> str:
    return "".join("\n" if letter == "\n" else " " for letter in text)


def _definitions(text: str, masked: str) -> Iterator[Link]:
    for match in _DEFINITION.finditer(masked):
        yield _link(Form.DEFINITION, text, match, "", match["label"])


def _link(form: Form, text: str, match: re.Match[str], words: str, label: str = "") -> Link:
    """The link of a match; an address in angle brackets is replaced together with them."""
    group, around = ("angle", 1) if match.groupdict().get("angle") is not None else ("bare", 0)
    start, end = match.span(group)
    address = html.unescape(text[start:end].strip())
    return Link(form, start - around, end + around, address, words, label)


def _html_images(masked: str) -> Iterator[Link]:
    for match in _IMG.finditer(masked):
        attributes = {
            found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(match[0])
        }
        if "src" in attributes:
            alt = html.unescape(attributes.get("alt", ""))
            yield Link(Form.HTML_IMAGE, match.start(), match.end(), html.unescape(attributes["src"]), alt)


def _bracketed(text: str, masked: str, passed_over: frozenset[int]) -> Iterator[Link | Use]:
    """Links and uses of definitions, found by the brackets around their words, but for some brackets."""
    opened: list[int] = []
    label_at = -1
    for bracket in _BRACKET.finditer(masked):
        if bracket[0] == "[":
            opened.append(bracket.start())
        elif bracket[0] != "]":
            opened.clear()
        elif opened and (start := opened.pop()) not in passed_over and start != label_at:
            found, label_at = _one_bracket(text, masked, start, bracket.start())
            yield found


def _one_bracket(text: str, masked: str, start: int, end: int) -> tuple[Link | Use, int]:
    """What the brackets at `start` and `end` are, and where the brackets of the label behind them begin, or -1."""
    words = text[start + 1 : end]
    is_image = start > 0 and masked[start - 1] == "!"
    match = _INLINE.match(masked, end + 1) or _WITH_BLANKS.match(masked, end + 1)
    if match:
        return _link(Form.IMAGE if is_image else Form.LINK, text, match, words), -1
    label = _FOLLOWING_LABEL.match(masked, end + 1)
    return Use((label and label[1].strip()) or words, words, is_image), end + 1 if label else -1
