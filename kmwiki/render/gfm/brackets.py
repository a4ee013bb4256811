"""Links and pictures in brackets: `[words](address "title")`, `[words][label]`, `![words](name.png)`.

Source: GFM 0.29, sections 6.6 and 6.7.
"""

import re
from dataclasses import dataclass

from kmwiki.render.gfm.block import folded
from kmwiki.render.gfm.emphasis import resolve
from kmwiki.render.gfm.escapes import unescaped
from kmwiki.render.gfm.inline_reader import Bracket, InlineReader
from kmwiki.render.gfm.links import link, picture
from kmwiki.render.gfm.pieces import without_links

LABEL_CHARACTERS_MAX = 999  # GFM 0.29, section 6.6
PARENTHESES_MAX = 32  # nested in an address; GFM 0.29 asks for three at least

_POINTED = re.compile(r"<((?:\\.|[^<>\n\\])*+)>")
_PLAIN_STOP = re.compile(r"\\[!-/:-@\[-`{-~]|[()\x00-\x20]")
_TITLE = re.compile(
    r"""[ \t\n]++
    (?:"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'|\((?P<round>(?:\\.|[^()\\])*+)\))""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"[ \t\n]*+")
_LABEL = re.compile(r"\[((?:\\.|[^\[\]\\]){0,999}+)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, and where it ends in the source."""

    address: str
    title: str
    end: int


def open_bracket(reader: InlineReader) -> bool:
    """Note a `[` or `![`; whether it begins a link is seen at its `]`."""
    is_picture = reader.text[reader.position] == "!"
    mark = "![" if is_picture else "["
    if reader.brackets:
        reader.brackets[-1].holds_bracket = True
    reader.position += len(mark)
    reader.brackets.append(Bracket(len(reader.pieces), reader.position, is_picture))
    reader.add(mark)
    return True


def close_bracket(reader: InlineReader) -> bool:
    """Make a link or picture of what stands between here and the last open bracket."""
    if not reader.brackets:
        return False
    bracket = reader.brackets.pop()
    is_closed = len(reader.brackets) < reader.closed_brackets
    reader.closed_brackets = min(reader.closed_brackets, len(reader.brackets))
    if is_closed and not bracket.is_picture:
        return False
    target = _target_here(reader.text, reader.position + 1) or _target_by_label(reader, bracket)
    if target is None:
        return False
    _make(reader, bracket, target)
    return True


def _make(reader: InlineReader, bracket: Bracket, target: Target) -> None:
    inner = reader.pieces[bracket.place + 1 :]
    del reader.pieces[bracket.place :]
    if bracket.is_picture:
        reader.add(picture(target.address, resolve(inner), target.title))
    else:
        reader.add(link(target.address, resolve(without_links(inner)), target.title))
        reader.closed_brackets = len(reader.brackets)  # no link in a link
    reader.position = target.end


def _target_here(text: str, position: int) -> Target | None:
    """The target in parentheses that begins at the position."""
    if not text.startswith("(", position):
        return None
    start = _end(_SPACE, text, position + 1)
    pointed = _POINTED.match(text, start)
    end = pointed.end() if pointed else _plain_end(text, start)
    if end is None:
        return None
    title = _TITLE.match(text, end)
    close = _end(_SPACE, text, title.end() if title else end)
    if not text.startswith(")", close):
        return None
    address = pointed[1] if pointed else text[start:end]
    return Target(unescaped(address), unescaped(_title(title)), close + 1)


def _plain_end(text: str, start: int) -> int | None:
    """Where an address without pointed brackets ends: at a space, or at the `)` that is not its own."""
    depth = 0
    if text.startswith("<", start):
        return None
    for match in _PLAIN_STOP.finditer(text, start):
        if match[0] == "(":
            depth += 1
        elif match[0] == ")" and depth:
            depth -= 1
        elif len(match[0]) == 1:
            return match.start() if not depth else None
        if depth > PARENTHESES_MAX:
            return None
    return None


def _target_by_label(reader: InlineReader, bracket: Bracket) -> Target | None:
    """The target that a definition gives for the label behind the words, or for the words."""
    match = _LABEL.match(reader.text, reader.position + 1)
    label = match[1] if match else ""
    if not label:
        if bracket.holds_bracket or reader.position - bracket.position > LABEL_CHARACTERS_MAX:
            return None
        label = reader.text[bracket.position : reader.position]
    address, title = reader.knowledge.links.get(folded(label), (None, ""))
    if address is None or not reader.knowledge.may_add(len(address) + len(title)):
        return None
    return Target(address, title, match.end() if match else reader.position + 1)


def _title(match: re.Match[str] | None) -> str:
    return next(filter(None, match.groups()), "") if match else ""


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
