"""Finds what makes a Markdown text too heavy to show, before it is saved.

Pure: no parser runs here, marks are only counted, in one pass over the text. The renderer asks the same
question, so that a text that came in some other way is shown as it was written and holds up no page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kmwiki.i18n import gettext as _

# Characters; some 25,000 words. Plain words take about 2 µs of CPU each to render and sanitise.
TEXT_CHARACTERS_MAX = 150_000
# Units of work of about 50 µs, see _WEIGHTS: 1,000 list items with a link, or 2,000 cells of a table.
# Both limits together keep the rendering of one text under a second of CPU.
TEXT_WORK_MAX = 10_000
# Lists and quotes begun in one line. Nobody can follow that many, and each costs every line below it.
NESTED_MARKS_MAX = 24
# Reported at a time; who has more wants to read the first ones.
FAULTS_MAX = 10

# What one mark may cost, measured with bleach, which takes most of it: an element with its attributes
# takes 80 to 200 µs, a character that has to be escaped 50 µs.
_WEIGHTS = {"line": 3, "bar": 3, "bracket": 3, "note": 2, "mail": 4, "address": 6, "sign": 1}
_WORK = re.compile(
    r"""(?P<marks>^(?:[ \t]*+(?:>|\#++|(?:[-*+]|[0-9]{1,9}[.)])(?=\s|\Z)))++)
    |(?P<line>\n)
    |(?P<bar>\|)
    |(?P<bracket>\]\(<?https?://|\]\]|\])
    |(?P<note>\[\^)
    |(?P<mail>@)
    |(?P<address>://|\bwww\.)
    |(?P<sign>[*_~`<>&\[])""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_NESTED = re.compile(r"^(?:[ \t]*+(?:>|(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t])))++", re.MULTILINE)
_BLOCK_MARK = re.compile(r">|\#++|[-*+]|[0-9]++[.)]")
_BREAK = re.compile(r"[ \t]*+(?:[-][ \t]*+)++$|[ \t]*+(?:[*][ \t]*+)++$", re.MULTILINE)


@dataclass(frozen=True)
class MarkdownFault:
    """Why a text is refused: the line, counted from 1, and a sentence for its author."""

    line: int
    reason: str


def faults(text: str) -> list[MarkdownFault]:
    """What the author has to change before the text can be saved, by line; empty if all is well."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = [*_too_long(text), *_too_much_work(text), *islice(_nested_too_deep(text), FAULTS_MAX)]
    return sorted(found, key=lambda fault: fault.line)[:FAULTS_MAX]


def _too_long(text: str) -> Iterator[MarkdownFault]:
    if len(text) > TEXT_CHARACTERS_MAX:
        reason = _("The text is longer than {limit} characters. Please put the rest into a page of its own.")
        yield _fault(text, TEXT_CHARACTERS_MAX, reason, TEXT_CHARACTERS_MAX)


def _too_much_work(text: str) -> Iterator[MarkdownFault]:
    work = 0
    for match in _WORK.finditer(text):
        work += _work_of(match)
        if work > TEXT_WORK_MAX:
            reason = _(
                "Up to this line the text has as many list items, table cells, links and other marks as one "
                "text can have. Please put the rest into a page or a file of its own."
            )
            yield _fault(text, match.start(), reason, TEXT_WORK_MAX)
            return


def _work_of(match: re.Match[str]) -> int:
    """Units of work for one hit; of lists in lists each makes two elements."""
    if match.lastgroup == "marks":
        return 4 * len(_BLOCK_MARK.findall(match[0])) - 2
    return _WEIGHTS[match.lastgroup or "sign"]


def _nested_too_deep(text: str) -> Iterator[MarkdownFault]:
    for match in _NESTED.finditer(text):
        marks = len(_BLOCK_MARK.findall(match[0]))
        if marks > NESTED_MARKS_MAX and not _BREAK.match(text, match.start()):
            reason = _("More than {limit} lists or quotes begin in this line. Please use fewer levels.")
            yield _fault(text, match.start(), reason, NESTED_MARKS_MAX)


def _fault(text: str, position: int, reason: str, limit: int) -> MarkdownFault:
    return MarkdownFault(text.count("\n", 0, position) + 1, reason.format(limit=f"{limit:,}"))
