"""Backslash escapes and character references in addresses, titles and running text.

Source: GFM 0.29, sections 6.1 and 6.2.
"""

import html
import re
from html.entities import html5
from urllib.parse import quote

ESCAPE = r"\\(?P<escaped>[!-/:-@\[-`{-~])"
ENTITY = r"(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"

_ESCAPE_OR_ENTITY = re.compile(f"{ESCAPE}|{ENTITY}")
_SAFE_IN_ADDRESS = ";/?:@&=+$,-_.!~*'()#%"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def unescaped(text: str) -> str:
    """The text that was meant: `\\*` is an asterisk, `&copy;` a copyright sign."""
    return _ESCAPE_OR_ENTITY.sub(lambda match: match["escaped"] or character(match["entity"]), text)


def character(entity: str) -> str:
    """What a character reference such as `&copy;` stands for; itself if it is unknown."""
    if entity.startswith("&#"):
        return html.unescape(entity) or "\N{REPLACEMENT CHARACTER}"
    return html5.get(entity[1:], entity)


def encoded(address: str) -> str:
    """An address as it may stand in `href`: what is no plain ASCII is percent-encoded."""
    return quote(_STRAY_PERCENT.sub("%25", address), safe=_SAFE_IN_ADDRESS)
