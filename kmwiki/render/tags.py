"""Reads the tags of HTML that `sanitise` let out: well formed, every value quoted."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?:\s++[a-z-]++(?:=(?:"[^"]*+"|'[^']*+'))?+)*+)>"""
)
_ATTRIBUTE = re.compile(r"""(?P<name>[a-z-]++)(?:=(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'))?""")


@dataclass(frozen=True)
class Tag:
    """One tag as it stands in the source, its attributes decoded."""

    name: str
    source: str
    is_end: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, match: re.Match[str]) -> "Tag":
        attributes = {
            found["name"]: html.unescape(found["double"] or found["single"] or "")
            for found in _ATTRIBUTE.finditer(match["attributes"])
        }
        return cls(match["name"], match[0], bool(match["end"]), attributes)


def start_tag(name: str, attributes: Mapping[str, str | int | None]) -> str:
    """A tag with the attributes that are given, escaped."""
    given = (f' {key}="{html.escape(str(value))}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{''.join(given)}>"
