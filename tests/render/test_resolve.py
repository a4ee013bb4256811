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


PHOTO = FileRef(
    "/files/19/a%20pump.jpg", size_bytes=900_000, width=1500, height=1000, widths=(480, 960), version="ab12",
    alt="A pump",
)  # fmt: skip


def photo_shown(markdown: str) -> str:
    return resolve(render(markdown), {}, {}, {"pump.jpg": PHOTO, "report.pdf": REPORT})


def test_a_large_picture_is_offered_in_its_widths_and_leads_to_the_original() -> None:
    at = "/files/19/a%20pump.jpg"
    html = photo_shown("![A hand pump](pump.jpg)")

    assert f'<a href="{at}"><img src="{at}?width=960&amp;v=ab12" ' in html
    choices = f"{at}?width=480&amp;v=ab12 480w, {at}?width=960&amp;v=ab12 960w, {at}?v=ab12 1500w"
    assert f'srcset="{choices}" sizes="(min-width: 44rem) 42rem, calc(100vw - 2rem)"' in html
    assert 'width="1500" height="1000" alt="A hand pump" loading="lazy"></a>' in html


def test_in_a_link_of_the_author_it_leads_where_that_leads() -> None:
    html = photo_shown("[![A hand pump](pump.jpg)](report.pdf)")

    assert html.count("<a ") == 1 and '<a href="/files/18/report.pdf"><img ' in html


def test_what_the_text_does_not_say_of_a_picture_the_page_of_files_says() -> None:
    assert 'alt="A pump"' in photo_shown("![](pump.jpg)")
    assert 'alt="Mine"' in photo_shown("![Mine](pump.jpg)")


def test_a_wide_original_is_not_among_the_choices() -> None:
    assert "1601w" not in FileRef("/a.jpg", 1, 1601, 900, (480, 960, 1600)).choices()
