"""Which language somebody reads the interface in: chosen, remembered in a cookie, else the browser's."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from kmwiki.i18n import INTERFACE_LANGUAGES

LANGUAGE_COOKIE = "lang"
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def interface_language(cookies: Mapping[str, str], accept_language: str) -> str:
    """The code of the interface language for these cookies and this Accept-Language header."""
    chosen = cookies.get(LANGUAGE_COOKIE, "")
    if chosen in INTERFACE_LANGUAGES:
        return chosen
    accepted = parse_accept_header(accept_language[:200], LanguageAccept)
    return accepted.best_match(INTERFACE_LANGUAGES) or INTERFACE_LANGUAGES[0]


def cookies_of(header: str) -> dict[str, str]:
    """Cookies by name from a raw header, for the front that stands before Flask."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def direction(language: str) -> str:
    """ltr or rtl."""
    return "rtl" if language.split("-")[0].split("_")[0] in _RIGHT_TO_LEFT else "ltr"
