"""Whether a text is light enough to be parsed at all.

`domain/markdown_guard.py` weighs a text exactly and tells its author before it is saved; this only counts,
for texts that came round it (an old import, a preview), and never refuses what the guard lets through.
The two cannot share code, as floors side by side do not know each other; `tests/render/test_hostile.py`
keeps them in step.
"""

import re

CHARACTERS_MAX = 150_000
MARKS_MAX = 10_000  # each of them costs the parser and bleach some 50 µs of CPU
_MARKS_OF_LINE = 3  # a line may be a row of a table, which is three elements at least

_MARK = re.compile(r"[|*_`<>&\[\]@~]|://|\bwww\.|(?:^|(?<=[\s>]))(?:[-+]|[0-9]{1,9}[.)])(?=[ \t])", re.MULTILINE)


def is_too_heavy(text: str) -> bool:
    """Whether rendering could take more than about a second of CPU."""
    if len(text) > CHARACTERS_MAX:
        return True
    marks = sum(1 for _mark in _MARK.finditer(text)) + _MARKS_OF_LINE * text.count("\n")
    return marks > MARKS_MAX
