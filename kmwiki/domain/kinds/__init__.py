"""Kinds of field: one small class each, which reads, checks and tells values of its kind.

What belongs here: the shape of a value, and its ways in and out (form, JSON Schema, plain text). What does
not: HTML, the merging and comparing of values, and anything that knows a page type or a field by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kmwiki.domain.kinds.amount import Amount
from kmwiki.domain.kinds.choice import Choice, Choices
from kmwiki.domain.kinds.date import Date, Period
from kmwiki.domain.kinds.kind import Context, Kind
from kmwiki.domain.kinds.links import Links
from kmwiki.domain.kinds.number import Number
from kmwiki.domain.kinds.organisation import Organisation
from kmwiki.domain.kinds.place import Place
from kmwiki.domain.kinds.row import Row
from kmwiki.domain.kinds.rows import Rows
from kmwiki.domain.kinds.target import Target
from kmwiki.domain.kinds.text import Markdown, Text
from kmwiki.domain.kinds.yes_no import YesNo

_COLUMN_KINDS: tuple[Kind, ...] = (
    Text(),
    Markdown(),
    Choice(),
    Choices(),
    Organisation(),
    Number(),
    Amount(),
    Date(),
    Period(),
    Place(),
    YesNo(),
    Row(),
    Target(),
)
#: What a column of rows may be.
COLUMN_KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _COLUMN_KINDS})
#: What a field may be.
KINDS: Mapping[str, Kind] = MappingProxyType({**COLUMN_KINDS, "rows": Rows(COLUMN_KINDS), "links": Links()})

__all__ = ["COLUMN_KINDS", "KINDS", "Context", "Kind"]
