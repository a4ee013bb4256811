"""Which addresses a text may lead to, and which of them are files of the page itself."""

import re
from urllib.parse import unquote

SCHEMES = frozenset({"http", "https", "mailto"})

# Browsers ignore tabs and newlines anywhere and blanks around; bidi and zero-width marks hide things.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+")
_SCHEME = re.compile(r"([^/?#\\]*?):")
_ELSEWHERE = re.compile(r"https?:", re.IGNORECASE)
_NO_FILE_NAME = re.compile(r"[/\\:?#\x00-\x1f\x7f]|^\.*$")


def is_safe(address: str) -> bool:
    """Whether an address, with its entities decoded, is http, https, mailto or relative to this site.

    `//host` counts as neither: it looks like a path and leads elsewhere.
    """
    bare = _IGNORED.sub("", address).lower()
    if bare[:2].replace("\\", "/") == "//":
        return False
    scheme = _SCHEME.match(bare)
    return scheme is None or scheme[1] in SCHEMES


def leads_elsewhere(address: str) -> bool:
    """Whether a safe address leads to another host."""
    return bool(_ELSEWHERE.match(address))


def file_name(address: str) -> str | None:
    """The plain file name that an address is (no folder, no scheme), decoded; None if it is none."""
    name = unquote(address.partition("#")[0].partition("?")[0])
    return None if _NO_FILE_NAME.search(name) else name
