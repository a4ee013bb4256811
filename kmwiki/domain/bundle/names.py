"""Names inside a bundle: which are refused, and how a name that would be refused is written instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from kmwiki.i18n import gettext as _

ROOT = "kmwiki-bundle/"
MAX_DEPTH = 8
MAX_BYTES = 400
#: Control characters, and what one system or another, or BagIt, cannot have in a name.
_NOT_PORTABLE = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|%\u2028\u2029\ud800-\udfff]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_MAX_NAME_BYTES = 200


def name_fault(path: str) -> str:
    """Why a path inside a bundle is refused, "" if it is not."""
    parts = path.split("/")
    if _CONTROL.search(path):
        return _("The name holds a control character.")
    if "\\" in path or "%" in path:
        return _("The name holds a backslash or a percent sign.")
    if path.startswith("/") or _DRIVE.match(path):
        return _("The name does not begin inside the bundle.")
    if any(part in ("", ".", "..") for part in parts):
        return _("The name leads out of its folder or has an empty part.")
    if len(parts) > MAX_DEPTH or len(path.encode()) > MAX_BYTES:
        return _("The name is too long or lies too deep.")
    return ""


def clashes(paths: Iterable[str]) -> Iterator[str]:
    """The paths that another one hides where case or the form of accents does not count, or folders do."""
    seen: set[str] = set()
    folders: set[str] = set()
    keys = {path: clash_key(path) for path in paths}
    for key in keys.values():
        folders.update(key[:end] for end, letter in enumerate(key) if letter == "/")
    for path, key in keys.items():
        if key in seen or key in folders:
            yield path
        seen.add(key)


def clash_key(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def portable_name(name: str) -> str:
    """The file name itself where every system can have it, else with "_" in place of what one cannot."""
    clean = _NOT_PORTABLE.sub("_", name).strip(" .") or "_"
    if len(clean.encode()) <= _MAX_NAME_BYTES:
        return clean
    stem, dot, suffix = clean.rpartition(".")
    kept = (stem or suffix).encode()[: _MAX_NAME_BYTES - 20].decode(errors="ignore")
    return f"{kept}{dot}{suffix[:10]}" if stem else kept
