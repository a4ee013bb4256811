"""Words that somebody types in several languages: what is kept of them, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kmwiki.i18n import gettext as _
from kmwiki.site import Site


@dataclass(frozen=True)
class GivenWords:
    """The words by language, those left empty taken out; `faults` in plain sentences."""

    texts: Mapping[str, str]
    faults: tuple[str, ...] = ()


def given_words(site: Site, given: Mapping[str, str], most_characters: int, needs_english: bool = False) -> GivenWords:
    """What was typed, by language; `needs_english`: where there is any text, there is one in English."""
    texts = {code: text.replace("\r\n", "\n").replace("\r", "\n").strip() for code, text in given.items()}
    texts = {code: text for code, text in texts.items() if text}
    faults = dict.fromkeys(_faults(site, texts, most_characters, needs_english))
    return GivenWords(texts, tuple(faults))


def _faults(site: Site, texts: Mapping[str, str], most: int, needs_english: bool) -> Iterator[str]:
    if needs_english and texts and "en" not in texts:
        yield _("Write it in English, too: it is shown where a language has no words of its own.")
    for code, text in texts.items():
        if code not in site.vocabularies["languages"]:
            yield _("“{value}” is not in the list.").format(value=code[:60])
        if len(text) > most:
            yield _("Write at most {number} characters here.").format(number=most)
        if any((ord(character) < 32 and character not in "\t\n") or character == "\x85" for character in text):
            yield _("This text holds characters that cannot be stored.")
