"""Words in several languages in a form: which languages are asked, and what was typed by language."""

from collections.abc import Iterable, Sequence

from flask import request

from kmwiki.http.languages import direction
from kmwiki.i18n import INTERFACE_LANGUAGES, current_language
from kmwiki.site import Site
from kmwiki.web.form_input import Form, first


def languages_asked(site: Site, *known: Iterable[str]) -> list[dict[str, str]]:
    """The languages of the interface, those that have words already, and the one that the address names."""
    languages = site.vocabularies["languages"]
    wanted = [*INTERFACE_LANGUAGES, *(code for codes in known for code in codes), request.args.get("language", "")]
    return [
        {"code": code, "label": languages.label_of(code), "direction": direction(code)}
        for code in dict.fromkeys(wanted)
        if code in languages
    ]


def further_languages(site: Site, asked: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Every other language of the site, to be added."""
    languages, there = site.vocabularies["languages"], {language["code"] for language in asked}
    return [
        {"code": entry.code, "label": languages.label_of(entry.code)}
        for entry in languages.in_order(current_language())
        if entry.code not in there
    ]


def by_language(form: Form, name: str) -> dict[str, str]:
    """What was typed under `name.en`, `name.fr` …, by language."""
    start = f"{name}."
    return {given.removeprefix(start): first(form, given) for given in form if given.startswith(start)}
