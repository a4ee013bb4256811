"""The words of the interface: every message has a French text that fits it, and plural forms are chosen rightly."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from kmwiki.i18n import LOCALES, _Catalogue, _forms, gettext, language, ngettext

ROOT = Path(__file__).parent.parent
#: As `make messages` has them.
KEYWORDS = parse_keywords(["_", "gettext", "ngettext:1,2"])
#: What programs read is written as they read it, whatever French asks for.
CODE = ("Authorization: Bearer", "![description](nom.png)")


@cache
def used() -> dict[str, tuple[str, ...]]:
    """Every message of code and templates, by its (singular) text: its forms in English."""
    with (LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    forms = [(message,) if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found]
    return {form[0]: form for form in sorted(forms, key=len)}


@cache
def catalogue() -> Catalog:
    with (LOCALES / "fr.po").open("rb") as file:
        return read_po(file)


def french() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The English and French forms of all that is translated."""
    for message in catalogue():
        if message.id and message.string:
            yield _forms(message.id), _forms(message.string)


def names_in(text: str) -> set[str]:
    """The places that are filled later: {name} in code, %(name)s in templates."""
    if re.search(r"%\(\w+\)s", text):
        return set(re.findall(r"%\(\w+\)s", text))
    return {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_has_a_french_text() -> None:
    translated = {english[0]: texts for english, texts in french() if all(texts)}
    missing = [forms for first, forms in used().items() if len(translated.get(first, ())) != min(len(forms), 2)]

    assert missing == []  # `make messages`, then write what is empty in kmwiki/locales/fr.po


def test_no_french_text_is_left_over_or_guessed() -> None:
    ids = {_forms(message.id) for message in catalogue() if message.id}

    assert ids - set(used().values()) == set()
    assert list(catalogue().obsolete) == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_french_texts_are_filled_like_the_english_ones() -> None:
    unlike = []
    for english, texts in french():
        least, most = names_in(english[0]), names_in(english[-1])  # "one page" may be said as "{number} page"
        if not least <= names_in(texts[0]) <= least | most or names_in(texts[-1]) != most:
            unlike.append(texts)

    assert unlike == []


def test_percent_signs_of_templates_are_not_taken_for_places() -> None:
    for english, texts in french():
        if any("%(" in form for form in english):
            for text in texts:
                assert text % {name[2:-2]: "x" for name in names_in(text)}


def test_french_is_set_as_french_is() -> None:
    wrong = {
        "a straight apostrophe or quote": r"['\"“”‘]",
        "an ordinary space before : ; ! ? » or after «": r" [:;!?»]|« ",
        "no space before ; ! ? » or after «": r"[^\s][;!?»]|«[^\s]",
        "no space before :": r"[^\s]:(\s|$)",
        "three dots": r"\.\.\.",
    }
    found = [
        (what, text)
        for _, texts in french()
        for text in texts
        for what, pattern in wrong.items()
        if re.search(pattern, without_code(text))
    ]

    assert found == []


def without_code(text: str) -> str:
    for code in CODE:
        text = text.replace(code, "x")
    return text


def test_marked_texts_of_code_can_be_extracted() -> None:
    """A name, a sum or an f-string between the brackets would never find its French text."""
    lost = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "kmwiki").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (number := {"_": 1, "gettext": 1, "ngettext": 2}.get(node.func.id))
        and not all(isinstance(argument, ast.Constant) for argument in node.args[:number])
    ]

    assert lost == []


def test_marked_texts_of_templates_can_be_extracted() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"])
    lost = [
        f"{path.name}:{call.lineno}"
        for path in (ROOT / "templates").rglob("*.*")
        for call in environment.parse(path.read_text()).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and (number := {"_": 1, "gettext": 1, "ngettext": 2}.get(call.node.name))
        and not all(isinstance(argument, nodes.Const) for argument in call.args[:number])
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("en", 0, "0 pages"),
        ("en", 1, "1 page"),
        ("en", 2, "2 pages"),
        ("fr", 0, "0 page"),
        ("fr", 1, "1 page"),
        ("fr", 2, "2 pages"),
        ("ar", 2, "2 pages"),  # a language without a catalogue is English
    ],
)
def test_each_language_counts_in_its_own_way(code: str, number: int, text: str) -> None:
    with language(code):
        assert ngettext("{number} page", "{number} pages", number).format(number=number) == text


def test_french_is_given_inside_its_block_only() -> None:
    with language("fr"):
        inside = gettext("Sign in")

    assert (inside, gettext("Sign in")) == ("Se connecter", "Sign in")


PO = """\
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "page"
msgid_plural "pages"
msgstr[0] "feuille"
msgstr[1] "feuilles"

msgid "row"
msgid_plural "rows"
msgstr[0] "ligne"
msgstr[1] ""

msgid "word"
msgstr ""
"""


def test_what_is_not_or_half_translated_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text(PO)
    texts = _Catalogue(tmp_path / "fr.po")

    assert [texts.gettext("word"), texts.gettext("unknown"), texts.gettext("")] == ["word", "unknown", ""]
    assert [texts.ngettext("row", "rows", number) for number in (0, 1, 2)] == ["rows", "row", "rows"]
    assert [texts.ngettext("page", "pages", number) for number in (0, 1, 2)] == ["feuille", "feuille", "feuilles"]
    assert texts.gettext("page") == "feuille"
