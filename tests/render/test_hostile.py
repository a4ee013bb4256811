"""No text takes a second of CPU, and none raises."""

import random
import time
from bisect import bisect_left
from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest
from markdown import Markdown

from kmwiki.domain.markdown_guard import TEXT_CHARACTERS_MAX, faults
from kmwiki.render import markdown as renderer
from kmwiki.render.budget import is_too_heavy
from kmwiki.render.gfm.extension import Gfm
from kmwiki.render.markdown import render
from kmwiki.render.resolve import markers, plain_text, resolve
from kmwiki.render.sanitise import sanitise

CPU_SECONDS_MAX = 1.0

# What was seen to keep Python-Markdown busy for seconds, or to end its recursion.
NAMED = ["[", "![", "[[", "[a](", "[[a](b)", "<![CDATA[", "<a ", "[^1]", "- ", "1. ", "a\n: b\n"]

# What might do so here.
# fmt: off
NASTY = [
    "[", "![", "[[", "]", "](", "[a](", "[a](<b", "[a](b ", '[a](b "', "[a](b)", "![a](b)", "[a][",
    "[a][b]", "[]", "<![CDATA[", "<a ", '<a b="', "<a b='", "<!--", "<?", "<", "</", "<a@b", "<http://",
    "<a:", "<a b=c ", "*", "**", "***a", "**a*b", "*a_", "_a", "a_", "a*", "*a **b ", "~", "~~a", "*a* ",
    "**a** ", "~~a~~ ", "*_", "`", "``a", "`a", "`a``b", "`a` ", "\\", "\\`", "\\\n", "&", "&#", "&amp;",
    "&#x;", "&a;", "&;", ";", "[^1]", "[^1]: a\n", "[^a", "[a]: b\n", "[a]: b '", "[a]: <b\n", "[a\n",
    "[a]:\n", "http://", "http://a ", "www.", "www.a.b ", "www.a_", "a@", "a.", "a@b.c ", "a@b_",
    "http://a)", "(http://a", "www.a;", "- ", "- a\n", "-\n", "* ", "1. ", "1. a\n", "+ 1. ", "  - a\n",
    "- - a\n", "> ", ">", "> a\n", "> - ", "- > ", ">\n", "- [ ] a\n", "- a\n\n", "    a\n", "\ta\n",
    "\t", " ", "  \n", "a  \n", "a\\\n", "\n", "a\n", "a\n\n", "a\n: b\n", "# a\n", "#", "# ", "# # ",
    "a\n===\n", "===\n", "---\n", "***\n", "- - -\n", "```\n", "```", "~~~\n", "~~~a", "|", "|-",
    "|-|-|\n", "|a|b|\n", "a|b\n-|-\n", "|\\", "| a ", ":-:|", "a|\n", "[[a|b]]", "[[a|", "[[a]]",
]
# fmt: on

ALPHABET = [
    *("[", "](", "![", "*", "_", "`", "<", ">", "&", "\\", "|", "~", ":", "#", "-", "1.", "[^1]", "***a"),
    *("**a*b", "<a", "<!--", "&#", "http://", "www.", "|-", "a@b.c", "[[", "]]", ")", '"', "'"),
    *("\n", "\n\n", "  ", "\t", "    ", "a", "- ", "> ", "# ", "|-|\n", "é", "```\n"),
]

# A page can hold it, and it costs most: each kind of block, and what bleach is slow at.
COSTLY = [
    *("# a\n", "a\n\n", "- [ ] a\n", "> a\n\n", "|-|-|\n", "1. - # a\n", "- - - a\n", "[^1]: a\n\n[^1] "),
    *("***a", "<", "[", "www.a.b ", "[a](https://b) "),
]


def seconds_of(work: Callable[[], object]) -> float:
    """CPU time of this process, in seconds."""
    before = time.process_time()
    work()
    return time.process_time() - before


def grown(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


@pytest.mark.parametrize("unit", NAMED)
@pytest.mark.parametrize("size", [2_000, 4_000, 10_000, 100_000])
def test_what_stalls_other_wikis_renders_quickly(unit: str, size: int) -> None:
    text = grown(unit, size)

    assert seconds_of(lambda: render(text)) < CPU_SECONDS_MAX


@pytest.mark.parametrize("unit", NASTY)
@pytest.mark.parametrize("size", [10_000, 100_000])
def test_a_nasty_text_renders_quickly_even_if_nobody_asked_the_guard(unit: str, size: int) -> None:
    text = grown(unit, size)

    assert seconds_of(lambda: render(text)) < CPU_SECONDS_MAX


@pytest.mark.parametrize("unit", NASTY)
@pytest.mark.parametrize("size", [4_000, 40_000])
def test_what_the_guard_lets_through_is_rendered(unit: str, size: int) -> None:
    text = grown(unit, size)

    assert faults(text) or not is_too_heavy(text)


def test_generated_texts_render_quickly() -> None:
    generator = random.Random(17)
    units = {"".join(generator.choices(ALPHABET, k=generator.randint(2, 4))) for _ in range(60)}

    took = {unit: seconds_of(lambda unit=unit: render(grown(unit, 4_000))) for unit in units}

    assert {unit: seconds for unit, seconds in took.items() if seconds >= CPU_SECONDS_MAX} == {}


@pytest.mark.parametrize("unit", COSTLY)
def test_the_heaviest_text_that_is_not_refused_renders_quickly(unit: str) -> None:
    sizes = range(500, 60_000, 500)
    fitting = sizes[bisect_left(sizes, True, key=lambda size: bool(faults(grown(unit, size)))) - 2]
    words = "water point " * (TEXT_CHARACTERS_MAX // 12)
    text = grown(unit, fitting) + "\n" + words[: TEXT_CHARACTERS_MAX - fitting - 1]

    seconds = seconds_of(lambda: render(text))

    assert faults(text) == []
    assert "unrendered" not in render(text)
    assert seconds < CPU_SECONDS_MAX


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3_000 + "](b)" * 3_000,
        "[" * 3_000 + "a" + "]" * 3_000,
        "*a " * 2_000 + " a*" * 2_000,
        "*" * 5_000 + "a" + "*" * 5_000,
        "a**b" + "c* " * 3_000,
        "".join("`" * number + " " for number in range(1, 400)),
        "[a]: /" + "b" * 3_000 + "\n\n" + "[a]" * 2_000,
        "|" + "a|" * 99 + "\n|" + "-|" * 99 + "\n" + "a\n" * 2_000,
        "|a|b|\n|-|-|\n" + "%>\n" * 4_000,
        "|a|b|\n|-|-|\n" + "a\n" * 3_000,
        "".join("  " * depth + "- a\n" for depth in range(200)),
        "".join("   " * depth + "1. a\n" for depth in range(150)),
        "- a\n" + "\n".join("  " * depth + "> - a" for depth in range(100)),
        ">" * 24 + " a\n" + ("\n" + ">" * 24 + " a") * 200,
        "a" * 150_000,
        " " * 150_000,
        "é\u0301\u200d" * 50_000,
        "[^1]: a[^2]\n[^2]: b[^1]\n\n" + "[^1]" * 1_000,
        "".join(f"[^{number}]: a[^{number + 1}]\n" for number in range(400)) + "\n[^0]",
        "# " + "a " * 50_000 + "\n" + "# a\n" * 500,
        "# a" + " " * 100_000 + "b",
        "[a](" + "(" * 50_000,
        "[a](/b '" + "c" * 100_000,
        "<a " + "b " * 50_000,
        "www." + ";" * 100_000,
        "www.a" + ")" * 100_000,
        "http://" + "a." * 50_000,
        "a@" + "b." * 50_000,
        ("a" * 63 + ".") * 1_500,
    ],
)
def test_texts_made_to_be_slow_render_quickly(text: str) -> None:
    assert seconds_of(lambda: render(text)) < CPU_SECONDS_MAX


@pytest.mark.parametrize("unit", ["[", "- ", "<", "*a", "|-|-|\n", "# a\n", "[[a]]", "![a](b)", "<a b='"])
def test_the_work_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    small, large = grown(unit, 4_000), grown(unit, 32_000)
    stages = Markdown(extensions=[Gfm()]), Markdown(extensions=[Gfm()])

    small_seconds = min(seconds_of(lambda: sanitise(stages[0].reset().convert(small))) for _ in range(3))
    large_seconds = seconds_of(lambda: sanitise(stages[1].convert(large)))

    assert large_seconds < 24 * (small_seconds + 0.01)


@pytest.mark.parametrize("unit", ["<a data-file='b'>", "[[a]]", "<", '<a href="', "\"'", "<img "])
def test_finishing_a_stored_text_is_quick(unit: str) -> None:
    stored = render(grown(unit, 9_000)) * 5

    assert seconds_of(lambda: (resolve(stored, {}, {}, {}), markers(stored), plain_text(stored))) < CPU_SECONDS_MAX


@pytest.mark.parametrize("text", ["[" * 200_000, "*a* " * 50_000, "word " * 40_000])
def test_a_text_that_is_too_heavy_is_shown_as_it_was_written(text: str) -> None:
    html = render(text)

    assert html.startswith('<pre class="unrendered">')
    assert plain_text(html) == " ".join(text.split())


@pytest.mark.parametrize("failure", [RecursionError, ValueError, IndexError, KeyError, AssertionError])
def test_a_text_that_the_parser_fails_on_is_shown_as_it_was_written(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Markdown, source: str) -> Element:
        raise failure

    monkeypatch.setattr(renderer.Markdown, "convert", fail)

    assert render("*a* <b>") == '<pre class="unrendered">*a* &lt;b&gt;</pre>'


def test_deep_nesting_leaves_room_on_the_stack() -> None:
    text = "".join("  " * depth + "- *a **b\n" for depth in range(180)) + " b** a*" * 200

    def render_far_down(calls: int) -> str:
        return render(text) if calls == 0 else render_far_down(calls - 1)

    assert "unrendered" not in render_far_down(500)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800", "\x02wzxhzdk:0\x03", "\x1b[31m", "\ufffe", "\u202e", "\r", "\x0c"]
)
def test_odd_characters_render_as_something_that_can_be_sent(text: str) -> None:
    assert "\x00" not in render(text).encode("utf-8").decode("utf-8")
