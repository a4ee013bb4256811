"""Stored HTML finished for one reader."""

import pytest

from kmwiki.i18n import language
from kmwiki.render.markdown import render
from kmwiki.render.resolve import FileRef, Markers, markers, plain_text, resolve

MAP = FileRef("/files/17/map.png", size_bytes=48_200, width=640, height=480)
REPORT = FileRef("/files/18/report.pdf", size_bytes=1_530_000)
PAGES = {"wells": "wells", "Old name": "wells"}
TITLES = {"wells": "Wells & pumps"}
FILES = {"map.png": MAP, "report.pdf": REPORT}


def shown(markdown: str, *, pictures: bool = True) -> str:
    """The words of one paragraph as a reader gets them."""
    html = resolve(render(markdown), PAGES, TITLES, FILES, pictures=pictures)
    return html.removeprefix('<p dir="auto">').removesuffix("</p>")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[[wells]]", '<a href="/pages/wells">Wells &amp; pumps</a>'),
        ("[[wells|our wells]]", '<a href="/pages/wells">our wells</a>'),
        ("[[wells#n2|need 2]]", '<a href="/pages/wells#n2">need 2</a>'),
        ("[[Old name]]", '<a href="/pages/wells">Wells &amp; pumps</a>'),
        ("[[New & better]]", '<span class="wanted">New &amp; better</span>'),
        ("[[nowhere#n1|words]]", '<span class="wanted">words</span>'),
    ],
)
def test_links_to_pages_lead_there_or_are_wanted(markdown: str, html: str) -> None:
    assert shown(markdown) == html


def test_a_page_that_the_reader_may_not_see_is_a_wanted_page() -> None:
    html = resolve(render("[[secret]]"), {"secret": None}, {"secret": "The secret title"}, {})

    assert html == '<p dir="auto"><span class="wanted">secret</span></p>'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (
            '![A "map"](map.png)',
            '<img src="/files/17/map.png" width="640" height="480" alt="A &quot;map&quot;" loading="lazy">',
        ),
        (
            "![it's \"here\"](map.png 'a > b')",
            '<img src="/files/17/map.png" width="640" height="480" alt="it&#x27;s &quot;here&quot;" '
            'title="a &gt; b" loading="lazy">',
        ),
        ("[the *report*](report.pdf)", '<a href="/files/18/report.pdf">the <em>report</em></a>'),
        ("[the map](map.png)", '<a href="/files/17/map.png">the map</a>'),
        (
            "![A report](report.pdf)",
            '<a href="/files/18/report.pdf" class="picture-link">A report – open file (1.5 MB)</a>',
        ),
        ("![Gone](gone.png)", '<span class="missing-file">Gone</span>'),
        ("![](gone.png)", '<span class="missing-file">gone.png</span>'),
        ("[gone *too*](gone.pdf)", '<span class="missing-file">gone <em>too</em></span>'),
    ],
)
def test_files_are_shown_or_their_words_are(markdown: str, html: str) -> None:
    assert shown(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (
            "![A map](map.png)",
            '<a href="/files/17/map.png" class="picture-link">A map – show picture (48 KB)</a>',
        ),
        (
            "[![A map](map.png)](report.pdf)",
            '<a href="/files/18/report.pdf">A map – show picture (48 KB)</a>',
        ),
        ("![Gone](gone.png)", '<span class="missing-file">Gone</span>'),
    ],
)
def test_without_pictures_their_words_and_size_are_shown(markdown: str, html: str) -> None:
    assert shown(markdown, pictures=False) == html


def test_a_picture_in_a_link_to_a_missing_file_stays() -> None:
    html = shown("[![A map](map.png)](gone.pdf) [[wells]]")

    assert html.startswith('<span class="missing-file"><img src="/files/17/map.png"')
    assert html.endswith('</span> <a href="/pages/wells">Wells &amp; pumps</a>')


def test_other_links_stay_as_they_are() -> None:
    markdown = "[a](https://example.org) [b](/c) **d** `<a data-page=e>`"

    assert resolve(render(markdown), {}, {}, {}) == render(markdown)


def test_things_without_words_get_names_in_the_language_of_the_reader() -> None:
    stored = render("| a |\n|---|\n\n- [ ] b[^1]\n- [x] c\n\n[^1]: d")

    with language("en"):
        html = resolve(stored, {}, {}, {})

    assert [name for name in ("Table", "To do", "Done", "Back to the text") if f'aria-label="{name}"' not in html] == []
    assert "aria-label" not in stored


def test_what_has_to_be_looked_up_is_named_once() -> None:
    stored = render(
        "[[wells]] [[wells#n2]] [[A & B]] ![a](map.png) [b](my%20report.pdf) [c](https://example.org/d.pdf)"
    )

    assert markers(stored) == Markers(
        pages=frozenset({"wells", "A & B"}), files=frozenset({"map.png", "my report.pdf"})
    )


def test_plain_text_has_the_words_and_nothing_else() -> None:
    stored = render(
        "# Wells\nWe *dug* [two](/a) & saw[^1]\n\n- [x] water\n- ![a map](map.png)\n\n"
        "| a | b |\n|---|---|\n| 1 | <c> |\n\n```\nx = 1\n```\n\n[^1]: In `May`."
    )

    assert plain_text(stored).split("\n") == [
        "Wells",
        "We dug two & saw",
        "water",
        "a map",
        "a b",
        "1 <c>",
        "x = 1",
        "In May.",
    ]


def test_plain_text_of_a_source_that_could_not_be_rendered_is_the_source() -> None:
    assert plain_text(render("a < b " * 20_000)) == ("a < b " * 20_000).strip()
