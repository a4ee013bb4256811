"""Addresses that somebody may be sent on to: paths of this site, nothing that leads elsewhere."""

from urllib.parse import urlsplit

_LONGEST = 2_000


def own_path(text: str, default: str = "/") -> str:
    """The address as given where it is a path of this site, else the default.

    No scheme, no host, no `//`, no backslash (browsers read it as a slash), no control character, nothing that
    could end a header.
    """
    if not text.startswith("/") or text.startswith("//") or len(text) > _LONGEST:
        return default
    if "\\" in text or any(not c.isprintable() for c in text):
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc or parts.path.startswith("//") else text
