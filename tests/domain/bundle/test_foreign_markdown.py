"""Headings, code and links in Markdown as people write it."""

import time

import pytest

from kmwiki.domain.bundle.foreign_folder import _fits, target
from kmwiki.domain.bundle.foreign_links import find_links
from kmwiki.domain.bundle.foreign_plain import plain_line
from kmwiki.domain.bundle.foreign_scan import front_matter_end, scan


def headings(text: str) -> list[tuple[str, int]]:
    return [(heading.text, heading.level) for heading in scan(text.split("\n")).headings]


def addresses(text: str) -> list[str]:
    links, _uses = find_links(text, scan(text.split("\n")).literal)
    return [link.address for link in links]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n## B ##\n   ### C #\n###### D", [("A", 1), ("B", 2), ("C", 3), ("D", 6)]),
        ("####### A\n#B\n    # C\n\\# D", []),
        ("#\n## ##", [("", 1), ("", 2)]),
        ("A\n===\n\nB\n--", [("A", 1), ("B", 2)]),
        ("a\nb\n===", []),
        ("\n---\n\n- a\n---\n\n> a\n---\n\n| a |\n---", []),
        ("```\n# A\n```\n# B", [("B", 1)]),
        ("~~~\n```\n# A\n~~~~\n# B", [("B", 1)]),
        ("```` x\n```\n# A\n````", []),
        ("``` a ` b\n# A", [("A", 1)]),
        ("- a\n\n  ```\n  # A\n  ```\n# B", [("B", 1)]),
        ("- ```\n  # A\n  ```\n\n# B", [("B", 1)]),
        ("1. a\n\n       code\n\n   # A\n", []),
        ("- a\n# B", [("B", 1)]),
        ("a\n\n    # A", []),
        ("    ```\n\n# B", [("B", 1)]),
        ("<!-- a\n# A\n-->\n# B", [("B", 1)]),
        ("<!-- a -->\n# B", [("B", 1)]),
        ("-\n# B", [("B", 1)]),
    ],
)
def test_headings_are_those_of_the_document(text: str, found: list[tuple[str, int]]) -> None:
    assert headings(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md) ![c](d.png)", ["b.md", "d.png"]),
        ('[a](b.md "t") [a](b.md \'t\') [a](b.md (t)) [a](\nb.md\n"t"\n)', ["b.md"] * 4),
        ("[a](<b c.md>) [a](<b (c).md> 't')", ["b c.md", "b (c).md"]),
        ("[a](b_(c).md) [a](b c.md)", ["b_(c).md", "b c.md"]),
        ("[a](b.md?x=1&amp;y=2)", ["b.md?x=1&y=2"]),
        ("[![a](b.png)](c.md)", ["b.png", "c.md"]),
        ("[a [b] c](d.md)", ["d.md"]),
        ("[a\nb](c.md) [a\n\nb](c.md)", ["c.md"]),
        ("`[a](b.md)` ``[a](b`.md)`` ` [a](c.md)", ["c.md"]),
        ("\\[a](b.md) [a\\](b.md) \\\\[a](c.md)", ["c.md"]),
        ("    [a](b.md)", []),
        ("- a\n\n    [a](b.md)", ["b.md"]),
        ("<!-- [a](b.md) -->", []),
        (
            '<img alt=x src="b.png"> <IMG SRC=\'c.png\'/> <img src=d.png> <img alt="e">',
            ["b.png", "c.png", "d.png"],
        ),
        ("[a]: b.md\n[c d]: <e f.md> 't'\n[^1]: g.md\n[h]: i.md and words", ["b.md", "e f.md"]),
        ("[a]() [a](<>) [a] (b.md) ](b.md)", [""]),
    ],
)
def test_addresses_are_found_in_every_form(text: str, found: list[str]) -> None:
    assert addresses(text) == found


def test_uses_of_definitions_are_found() -> None:
    text = "[a][b] [B][] ![b] [b](c.md) [d][e]\n\n[b]: f.md"
    _links, uses = find_links(text, scan(text.split("\n")).literal)

    assert [(use.label, use.words, use.is_image) for use in uses] == [
        ("b", "a", False),
        ("B", "B", False),
        ("b", "b", True),
    ]


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("a\n  b\n\nc", "a b c"),
        ("- a\n* b", "a b"),
        ("**a** *b* _c_ __d__ `e` ***f***", "a b c d e f"),
        ("snake_case_name 2*3*4 a * b * c", "snake_case_name 2*3*4 a * b * c"),
        ("[a](b.md) ![c](d_(e).png) [f] [g][h]", "a c [f] [g][h]"),
        ("```\na\n```", ""),
        ("x" * 1001, ""),
    ],
)
def test_markdown_becomes_one_line_of_words(markdown: str, line: str) -> None:
    assert plain_line(markdown) == line


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["---", "title: A", "", "# a comment", "tags:", "  - b", "- c", "..."], 8),
        (["---", "A sentence.", "---"], 0),
        (["---", "title: A"], 0),
        (["title: A", "---"], 0),
        ([], 0),
    ],
)
def test_front_matter_is_told_from_a_text_between_lines(lines: list[str], end: int) -> None:
    assert front_matter_end(lines) == end


@pytest.mark.parametrize(
    ("address", "path"),
    [
        *(("b.md", "x/b.md"), ("./b.md", "x/b.md"), ("../b.md", "b.md"), ("/b.md", "b.md")),
        *(("y//b.md", "x/y/b.md"), ("../../b.md", None), ("../x/../../b.md", None), ("/../b.md", None)),
        *(("..\\b.md", None), ("b\0.md", None)),
    ],
)
def test_an_address_leads_to_a_path_inside_the_folder_or_nowhere(address: str, path: str | None) -> None:
    assert target("x/a.md", address) == path


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a.md", "*.md", True),
        ("x/a.md", "*.md", False),
        ("x/a.md", "**/*.md", True),
        ("a.md", "**/*.md", True),
        ("x/y/a.md", "x/**", True),
        ("x/a.md", "./x/?.md", True),
        ("x/ab.md", "x/?.md", False),
        ("x/amd", "x/*.md", False),
    ],
)
def test_patterns_fit_paths(path: str, pattern: str, fits: bool) -> None:
    assert _fits(path, pattern) is fits


PIECES = [
    "[",
    "]",
    "[a](",
    "![",
    "`",
    "``` ",
    "[a]: ",
    "<img ",
    "<!--",
    "# ",
    "#  #",
    "- ",
    "(",
    "\\",
    " ",
    "**a",
]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * 40_000)[:80_000]
    start = time.process_time()

    find_links(text, scan(text.split("\n")).literal)
    find_links(f"[a](x {text}", [False] * (text.count("\n") + 1))
    plain_line(text[:2_000])

    assert time.process_time() - start < 2
