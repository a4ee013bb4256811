"""Addresses that are links by themselves: `<https://…>`, `https://…`, `www.…`, `name@host.org`.

Source: GFM 0.29, sections 6.8 and 6.9, and cmark-gfm for what may stand before an address.
"""

import re

from kmwiki.render.gfm.inline_reader import InlineReader
from kmwiki.render.gfm.links import link
from kmwiki.render.gfm.plain_marks import read_tag

_POINTED = re.compile(r"<(?P<address>[A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>\x00-\x20]*+)>")
_POINTED_MAIL = re.compile(r"<(?P<mail>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}+@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)*+)>")
_WEB = re.compile(r"(?P<start>https?://|(?=www\.))(?P<host>[\w-]++(?:\.[\w-]++)*+)(?P<path>[^\s<]*+)", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9.+_-]{1,64}+@[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)++")
_SENTENCE_MARKS = frozenset("?!.,:*_~'\"")


def read_pointed(reader: InlineReader) -> bool:
    """An address between `<` and `>`; else an HTML tag, shown as text."""
    if match := _POINTED.match(reader.text, reader.position):
        reader.add(link(match["address"], [match["address"]]))
    elif match := _POINTED_MAIL.match(reader.text, reader.position):
        reader.add(link(f"mailto:{match['mail']}", [match["mail"]]))
    else:
        return read_tag(reader)
    reader.position = match.end()
    return True


def read_web_address(reader: InlineReader) -> bool:
    match = _WEB.match(reader.text, reader.position)
    if not match or "_" in "".join(match["host"].rstrip("_").split(".")[-2:]):
        return False
    stop = reader.text.find("]", match.start(), match.end()) if reader.brackets else -1
    end = _trimmed(reader.text, match.start(), match.end() if stop < 0 else stop)
    words = reader.text[match.start() : end]
    if "." not in words.removeprefix("www.") and not match["start"]:
        return False
    reader.add(link(words if match["start"] else f"http://{words}", [words]))
    reader.position = end
    return True


def read_mail_address(reader: InlineReader) -> bool:
    match = _MAIL.match(reader.text, reader.position)
    if not match or (match[0][-1] in "-_" and not _is_between_underscores(match)):
        return False
    words = match[0].rstrip("_")
    reader.add(link(f"mailto:{words}", [words]))
    reader.position += len(words)
    return True


def _is_between_underscores(match: re.Match[str]) -> bool:
    return match[0].endswith("_") and match.string[: match.start()].endswith("_")


def _trimmed(text: str, start: int, end: int) -> int:
    """Where the address ends without the marks of the sentence around it."""
    surplus = text.count(")", start, end) - text.count("(", start, end)
    while end > start:
        last = text[end - 1]
        if last == ";":
            end = _entity_start(text, start, end - 1)
        elif last in _SENTENCE_MARKS or (last == ")" and surplus > 0):
            surplus -= last == ")"
            end -= 1
        else:
            break
    return end


def _entity_start(text: str, start: int, semicolon: int) -> int:
    """Where `&name;` begins, or the semicolon if that is no character reference."""
    place = semicolon
    while place > start and text[place - 1].isalnum():
        place -= 1
    return place - 1 if start < place < semicolon and text[place - 1] == "&" else semicolon
