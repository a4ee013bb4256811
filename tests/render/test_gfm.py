"""Everyday Markdown as GitHub renders it: the cases of data/gfm_cases.txt.

What GFM does not say (direction, ids, wrappers of tables, classes for alignment) is taken off before the
comparison; headings begin at h3, as the page has h1 and h2. Deviations are tested below, one by one.
"""

import re
from pathlib import Path

import pytest

from kmwiki.render.markdown import render

_CASE = re.compile(r"^@@ (?P<name>.+)\n(?P<markdown>(?s:.*?))\n@@ html\n(?P<html>(?s:.*?))\n@@ end$", re.MULTILINE)
CASES = [
    (case["name"], case["markdown"].replace("→", "\t").replace("␠", " "), case["html"].replace("→", "\t"))
    for case in _CASE.finditer((Path(__file__).parent / "data" / "gfm_cases.txt").read_text("utf-8"))
]


_OURS = re.compile(
    r' (?:dir="auto"|id="[^"]*"|rel="[^"]*"|class="task(?:-box)?")|<div class="table-scroll"[^>]*>|</div>'
)
_ALIGNMENT = re.compile(r' class="align-(\w+)"')
_LINE_BEFORE_BLOCK = re.compile(r"\n(?=</?(?:ul|ol|li|p|blockquote)\b|<pre)")


def as_github(html: str) -> str:
    """Our HTML without what GFM leaves open."""
    return _LINE_BEFORE_BLOCK.sub("", _ALIGNMENT.sub(r' align="\1"', _OURS.sub("", html)))


@pytest.mark.parametrize(("markdown", "html"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_everyday_markdown_renders_as_on_github(markdown: str, html: str) -> None:
    assert as_github(render(markdown)) == html


def test_the_table_of_cases_is_long_enough_to_mean_something() -> None:
    assert len(CASES) >= 120


def test_html_is_shown_as_it_was_written() -> None:
    assert as_github(render('a <b>c</b> <img src="d_e_f.png">')) == (
        '<p>a &lt;b&gt;c&lt;/b&gt; &lt;img src="d_e_f.png"&gt;</p>'
    )


def test_a_block_of_html_is_shown_as_it_was_written() -> None:
    assert as_github(render("<div>\n*a*\n</div>")) == "<p>&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;</p>"


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("# a\n## b", ["h3", "h4"]),
        ("## a\n### b", ["h3", "h4"]),
        ("#### a\n# b", ["h6", "h3"]),
        ("# a\n###### b", ["h3", "h6"]),
        ("> ### a", ["h3"]),
    ],
)
def test_headings_begin_below_those_of_the_page(markdown: str, levels: list[str]) -> None:
    assert re.findall(r"<(h\d)", render(markdown)) == levels


def test_headings_have_prefixed_ids_and_links_find_them() -> None:
    html = render("# What we *did*\n# What we did\n[up](#what-we-did)", "practice-")

    assert re.findall(r' (?:id|href)="([^"]*)"', html) == [
        "practice-heading-what-we-did",
        "practice-heading-what-we-did-1",
        "#practice-heading-what-we-did",
    ]


def test_blocks_of_words_follow_their_script() -> None:
    html = render("# a\n\nb\n\n- c\n\n> d\n\n| e |\n|---|\n| f |")

    assert re.findall(r'<(\w+) [^>]*dir="auto"', html) == ["h3", "p", "li", "blockquote", "p", "th", "td"]


def test_tables_scroll_by_themselves_and_can_be_reached_by_keyboard() -> None:
    assert render("|a|\n|-|").startswith('<div class="table-scroll" tabindex="0" role="region"><table>')


def test_footnotes_stand_below_in_the_order_of_their_use() -> None:
    html = render("a[^y] b[^x] c[^y]\n\n[^x]: First *note*.\n[^y]: Second.\n\n    With more.", "f-")

    assert as_github(html) == (
        '<p>a<sup class="footnote-ref"><a href="#f-note-1">1</a></sup>'
        ' b<sup class="footnote-ref"><a href="#f-note-2">2</a></sup>'
        ' c<sup class="footnote-ref"><a href="#f-note-1">1</a></sup></p>'
        '<section class="footnotes"><ol><li><p>Second.</p><p>With more.'
        '<a class="footnote-back" href="#f-noteref-1">↩</a>'
        '<a class="footnote-back" href="#f-noteref-1-2">↩</a></p></li>'
        '<li><p>First <em>note</em>.<a class="footnote-back" href="#f-noteref-2">↩</a></p></li>'
        "</ol></section>"
    )


def test_a_note_may_use_another_note_and_itself() -> None:
    html = render("a[^1]\n\n[^1]: b[^2]\n[^2]: c[^1]")

    assert re.findall(r'<li id="([^"]*)"', html) == ["note-1", "note-2"]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[[water-points]]", '<a data-page="water-points">water-points</a>'),
        ("[[water-points|our & pumps]]", '<a data-page="water-points">our &amp; pumps</a>'),
        ("[[water-points#n2]]", '<a data-page="water-points" data-row="n2">water-points</a>'),
        ("[[water-points#n2|b]]", '<a data-page="water-points" data-row="n2">b</a>'),
        ("[[ Not yet written ]]", '<a data-page="Not yet written">Not yet written</a>'),
        ("[[Wasser für alle]]", '<a data-page="Wasser für alle">Wasser für alle</a>'),
        ("**[[a]]**", '<strong><a data-page="a">a</a></strong>'),
        ("`[[a]]`", "<code>[[a]]</code>"),
        ("\\[[a]]", "[[a]]"),
        ("[[]] [[ ]] [[a", "[[]] [[ ]] [[a"),
    ],
)
def test_links_to_pages_are_marked_for_later(markdown: str, html: str) -> None:
    assert as_github(render(markdown)) == f"<p>{html}</p>"


def test_the_bar_of_a_link_to_a_page_parts_no_cells() -> None:
    assert '<td dir="auto"><a data-page="a">b</a></td><td' in render("| x | y |\n|---|---|\n| [[a|b]] | c |")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("![a map](map.png)", '<img data-file="map.png" alt="a map" loading="lazy">'),
        ('![a](my%20map.png "b")', '<img data-file="my map.png" alt="a" loading="lazy" title="b">'),
        ("![a *b*](map.png)", '<img data-file="map.png" alt="a b" loading="lazy">'),
        ("[a](report.pdf)", '<a data-file="report.pdf">a</a>'),
        ("[a](<my report.pdf>)", '<a data-file="my report.pdf">a</a>'),
        ("[![a](b.png)](c.pdf)", '<a data-file="c.pdf"><img data-file="b.png" alt="a" loading="lazy"></a>'),
        ("[a](b)", '<a href="b">a</a>'),
        ("[a](#b)", '<a href="#b">a</a>'),
    ],
)
def test_plain_file_names_are_files_of_the_page(markdown: str, html: str) -> None:
    assert as_github(render(markdown)) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("![a](https://example.org/b.png)", '<a href="https://example.org/b.png">a</a>'),
        (
            "![](https://example.org/b.png)",
            '<a href="https://example.org/b.png">https://example.org/b.png</a>',
        ),
        ("![a](/b.png)", '<a href="/b.png">a</a>'),
        ("[![a](https://example.org/b.png)](/c)", '<a href="/c">a</a>'),
    ],
)
def test_pictures_of_other_places_are_links(markdown: str, html: str) -> None:
    assert as_github(render(markdown)) == f"<p>{html}</p>"


def test_links_to_other_hosts_tell_them_nothing_and_gain_them_nothing() -> None:
    html = render("[a](https://example.org) <http://example.org> www.example.org [b](/c) x@example.org")

    assert html.count(' rel="nofollow noopener noreferrer"') == 3


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_every_line_end_will_do(line_end: str) -> None:
    assert render(f"a{line_end}{line_end}- b{line_end}- c") == render("a\n\n- b\n- c")


@pytest.mark.parametrize("markdown", ["", " ", "\n\n", "\t\n"])
def test_nothing_renders_as_nothing(markdown: str) -> None:
    assert render(markdown) == ""
