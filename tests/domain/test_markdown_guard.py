"""The guard that refuses a text before it is saved."""

import time

import pytest

from kmwiki.domain.markdown_guard import (
    FAULTS_MAX,
    NESTED_MARKS_MAX,
    TEXT_CHARACTERS_MAX,
    TEXT_WORK_MAX,
    MarkdownFault,
    faults,
)

EVERYDAY = """# Water points

We **visited** [twelve villages](https://example.org/list) and [[water-points#n2|their pumps]]:

- [x] the pump works[^1]
  1. since 2019
  2. with parts from `Kisumu`

| village | pumps |
|---------|------:|
| A       |     2 |

----------------------------------------------------------------------

[^1]: Measured twice.
"""


@pytest.mark.parametrize("text", ["", " \n", "one line", EVERYDAY, EVERYDAY * 40, "word " * 25_000])
def test_what_people_write_has_no_faults(text: str) -> None:
    assert faults(text) == []


def test_a_long_list_of_links_has_no_faults() -> None:
    assert faults("- [a village](https://example.org/villages/17)\n" * 900) == []


def test_a_long_table_has_no_faults() -> None:
    assert faults("| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 600) == []


def test_a_text_that_is_too_long_is_refused_where_the_limit_is() -> None:
    line = "x" * 99 + "\n"

    found = faults(line * (TEXT_CHARACTERS_MAX // 100 + 7))

    assert [fault.line for fault in found] == [TEXT_CHARACTERS_MAX // 100 + 1]
    assert f"{TEXT_CHARACTERS_MAX:,}" in found[0].reason


def test_a_text_with_too_many_marks_is_refused_where_they_become_too_many() -> None:
    found = faults("words\n" * 10 + "*a* " * TEXT_WORK_MAX)

    assert [fault.line for fault in found] == [11]
    assert "list items, table cells, links" in found[0].reason


def test_lists_that_begin_too_many_levels_in_one_line_are_refused() -> None:
    found = faults("fine\n- a\n" + "- " * (NESTED_MARKS_MAX + 1) + "a\n")

    expected = f"More than {NESTED_MARKS_MAX} lists or quotes begin in this line. Please use fewer levels."
    assert found == [MarkdownFault(3, expected)]


@pytest.mark.parametrize("mark", ["- ", "1. ", "12) ", "> ", ">", "> - ", "* + ", "  * "])
def test_every_mark_of_lists_and_quotes_counts_as_a_level(mark: str) -> None:
    assert faults(mark * (NESTED_MARKS_MAX + 1) + "a")


@pytest.mark.parametrize("line", ["- " * 100, "*" * 300, "-" * 300, "* * " * 40, "=" * 300, "1.2.3.4" * 20])
def test_lines_that_only_look_nested_are_allowed(line: str) -> None:
    assert faults(line) == []


def test_the_first_faults_are_reported_in_the_order_of_lines() -> None:
    found = faults(">" * 30 + "a\n" + "\n" + "".join(">" * 30 + f"{number}\n" for number in range(50)))

    assert len(found) == FAULTS_MAX
    assert [fault.line for fault in found[:3]] == [1, 3, 4]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_line_end(line_end: str) -> None:
    found = faults(f"a{line_end}{line_end}" + "> " * 30 + "b")

    assert [fault.line for fault in found] == [3]


@pytest.mark.parametrize("unit", ["[", "- ", ">", "a", "\n", " ", "\t", "1.", "`", "*a", "|", "www.", ":", "\\"])
def test_the_guard_itself_is_linear(unit: str) -> None:
    before = time.process_time()

    faults(unit * (1_000_000 // len(unit)))

    assert time.process_time() - before < 1
