"""The reader's language and the words of the interface.

Every text that a person sees goes through gettext() here, whether it is said by a view, a service or a check
in the domain. The language is set once for a request, a command or a mail. Must not know Flask or the database.
"""

import gettext as stdlib_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

#: Languages of the interface, the first is the language of the source texts.
INTERFACE_LANGUAGES = ("en", "fr")
LOCALES = Path(__file__).parent / "locales"

_language: ContextVar[str] = ContextVar("language", default="en")


def current_language() -> str:
    """The language code that texts are given in now."""
    return _language.get()


def set_language(code: str) -> None:
    """Give all texts from now on in this language (a request sets it anew each time)."""
    _language.set(code if code in INTERFACE_LANGUAGES else "en")


@contextmanager
def language(code: str) -> Iterator[None]:
    """Give all texts inside the block in this language; one that the interface lacks becomes English."""
    token = _language.set(code if code in INTERFACE_LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str) -> str:
    """The message in the current language, or as it is where nobody has translated it."""
    return _translations(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of the message that fits the number."""
    return _translations(_language.get()).ngettext(singular, plural, number)


@cache
def _translations(code: str) -> stdlib_gettext.NullTranslations:
    path = LOCALES / f"{code}.po"
    if code == "en" or not path.exists():
        return stdlib_gettext.NullTranslations()
    return _Catalogue(path)


class _Catalogue(stdlib_gettext.NullTranslations):
    """A .po file read at first use: no compiled file can then differ from its source."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        with path.open("rb") as file:
            catalogue = read_po(file)
        self._plural = stdlib_gettext.c2py(catalogue.plural_expr)
        #: By the (singular) English text; a text without a plural has one form.
        self._forms = {
            _forms(message.id)[0]: _forms(message.string) for message in catalogue if message.id and message.string
        }

    def gettext(self, message: str) -> str:
        forms = self._forms.get(message, ())
        return (forms[0] if len(forms) == 1 else self._form(forms, 1)) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._form(self._forms.get(msgid1, ()), n) or (msgid1 if n == 1 else msgid2)

    def _form(self, forms: tuple[str, ...], number: int) -> str:
        return str(forms[self._plural(number)]) if len(forms) > 1 and all(forms) else ""


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
