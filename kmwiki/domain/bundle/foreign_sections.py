"""A foreign Markdown file cut into sections, and the sections put together to fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kmwiki.domain.bundle.foreign_map import BEGINNING, heading_key
from kmwiki.domain.bundle.foreign_scan import Heading

_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Section:
    """Lines of a file from `first` to before `end`; `body` is the first line after the heading.

    `field` is None where the map does not name the heading. The text before the first heading has none.
    """

    heading: Heading | None
    field: str | None
    first: int
    body: int
    end: int


def cut(headings: Sequence[Heading], start: int, end: int, fields: Mapping[str, str]) -> list[Section]:
    """The sections from line `start` to `end`; `fields` goes from heading_key() to the field.

    The map's headings are looked for at one level, the highest at which one of them stands: headings below it
    belong to their section, those at it or above begin one.
    """
    levels = [heading.level for heading in headings if heading_key(heading.text) in fields]
    level = min(levels, default=6)
    borders = [heading for heading in headings if heading.level <= level]
    first = borders[0].first if borders else end
    sections = [Section(None, fields.get(BEGINNING), start, start, first)]
    for heading, stop in zip(borders, [*(border.first for border in borders[1:]), end], strict=False):
        field = fields.get(heading_key(heading.text))
        sections.append(Section(heading, field, heading.first, heading.end, stop))
    return sections


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading, without the number that it puts behind repeated ones."""
    return _NOT_IN_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def text_of(lines: Sequence[str]) -> str:
    """The lines without empty ones at the beginning and the end."""
    kept = list(lines)
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)
