"""Nothing that runs, loads from elsewhere or reaches outside its place comes through."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.render.addresses import is_safe
from kmwiki.render.markdown import render
from kmwiki.render.resolve import FileRef, markers, resolve
from kmwiki.render.sanitise import ATTRIBUTES, CLASSES, TAGS, sanitise

# The tricks that broke other wikis: each is tried as Markdown and as HTML.
TRICKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>a</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>a</math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed;top:0'>a</p>",
    "<p class='button danger' id='main'>a</p>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<input type=text value=a autofocus onfocus=alert(1)>",
    "<input type=image src=https://evil.example/a.png>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<details open ontoggle=alert(1)>a</details>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='java\tscript:alert(1)'>a</a>",
    "<a href=' &#106;avascript:alert(1)'>a</a>",
    "<a href='java&Tab;script&colon;alert(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='//evil.example'>a</a>",
    "<a href='/\\evil.example'>a</a>",
    "<a href='https://example.org' target=_top ping='https://evil.example'>a</a>",
    "<a data-page='forged' data-file='forged.pdf'>a</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](javascript&#58;alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](&#x6A;avascript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](<\x01javascript:alert(1)>)",
    "[a](<java&NewLine;script:alert(1)>)",
    "[a](<&#8203;javascript:alert(1)>)",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example)",
    "[a](///evil.example)",
    "[a](<\\\\evil.example>)",
    "[a](</&#92;evil.example>)",
    "[a](https://example.org\"onmouseover='alert(1)')",
    "[a](/b \"c' onmouseover='alert(1)\")",
    "[a](/b '\"><script>alert(1)</script>')",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "<data:text/html,a>",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![a" onerror="alert(1)](b.png)',
    '![a](b.png "c\\" onerror=\\"alert(1)")',
    '![a](<b.png" onerror="alert(1)>)',
    '[[a" onclick="alert(1)]]',
    "[[a|<img src=x onerror=alert(1)>]]",
    "[[javascript:alert(1)]]",
    '[[a#n1" onclick="alert(1)|b]]',
    '```js" onclick="alert(1)\na\n```',
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n|:--|\n| <img src=x onerror=alert(1)> |",
    '# <script>alert(1)</script>\n# " onclick="alert(1)',
    'a[^"onclick=alert(1)]\n\n[^"onclick=alert(1)]: <script>alert(1)</script>',
    "- [ ] <input type=text>",
    'https://example.org/"onmouseover="alert(1)',
    "www.example.org/<script>",
    'a@example.org"onclick="alert(1)',
]

FORBIDDEN_ADDRESSES = [
    "javascript:alert(1)",
    " JAVASCRIPT:alert(1)",
    "java\nscript:alert(1)",
    "\u200bjavascript:alert(1)",
    "vbscript:a",
    "data:text/html,a",
    "file:///etc/passwd",
    "ftp://example.org",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "x-unknown:a",
]

# Told a second time and in other words than in `addresses.py`, so that a mistake there shows.
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20\x7f]")
_RUNS_OR_LEAVES = re.compile(r"[/\\]{2}|(?!(?:https?|mailto):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Shown(HTMLParser):
    """Every tag as a browser would read it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("?", {}))


def dangers(source: str, id_prefix: str = "") -> list[str]:
    """What should not be in HTML from people, as a browser reads it."""
    found = []
    for tag, attributes in Shown(source).tags:
        if tag not in TAGS:
            found.append(tag)
        if tag == "input" and (attributes.get("type"), "disabled" in attributes) != ("checkbox", True):
            found.append("input that takes words")
        for name, value in attributes.items():
            if not _is_harmless(tag, name, value, id_prefix):
                found.append(f"{tag} {name}={value}")
    return found


def _is_harmless(tag: str, name: str, value: str, id_prefix: str) -> bool:
    if name not in ATTRIBUTES.get(tag, ()):
        return tag == "pre" and (name, value) == ("class", "unrendered")
    match name:
        case "href":
            return is_safe(value) and not _RUNS_OR_LEAVES.match(_IGNORED_BY_BROWSERS.sub("", value))
        case "id":
            return bool(re.match(re.escape(id_prefix) + "(heading|note|noteref)-", value))
        case "class":
            return value in CLASSES or value.startswith("language-")
        case _:
            return True


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_comes_through_as_markdown(trick: str) -> None:
    assert dangers(render(trick, "field-"), "field-") == []


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_comes_through_as_html(trick: str) -> None:
    assert dangers(sanitise(trick, "field-"), "field-") == []


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_comes_through_when_links_are_resolved(trick: str) -> None:
    stored = render(trick)
    used = markers(stored)

    shown = resolve(
        stored,
        dict.fromkeys(used.pages, "evil\"'<slug>"),
        {"evil\"'<slug>": "<script>alert(1)</script>"},
        dict.fromkeys(used.files, FileRef('/files/1" onerror="alert(1)', 10, 1, 1)),
    )

    assert [tag for tag, _ in Shown(shown).tags if tag not in TAGS] == []
    assert [name for _, found in Shown(shown).tags for name in found if name.startswith("on")] == []


@pytest.mark.parametrize("trick", ["<a data-page='x'>y</a>", "<img data-file='x.png'>", "<a data-file=x>y</a>"])
def test_marks_of_pages_and_files_cannot_be_forged(trick: str) -> None:
    assert not markers(render(trick)).pages
    assert not markers(render(trick)).files


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_dangerous_addresses_are_refused(address: str) -> None:
    assert not is_safe(address)
    assert "href" not in sanitise(f'<a href="{html.escape(address)}">a</a>')


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a:b",
        "http://example.org",
        "mailto:a@example.org",
        "/pages/a",
        "#a",
        "?a=b:c",
        "a/b:c",
        "",
    ],
)
def test_harmless_addresses_pass(address: str) -> None:
    assert is_safe(address)
    assert sanitise(f'<a href="{address}">a</a>') == f'<a href="{address}">a</a>'


def test_ids_that_the_page_might_use_itself_are_dropped() -> None:
    source = '<h3 id="main">a</h3><h3 id="heading-b">b</h3><h3 id="f-heading-c">c</h3>'

    assert sanitise(source, "f-") == '<h3>a</h3><h3>b</h3><h3 id="f-heading-c">c</h3>'


def test_only_known_classes_pass() -> None:
    source = '<td class="align-left">a</td><div class="button"></div><code class="language-c++">b</code>'

    assert 'class="button"' not in sanitise(f"<table><tr>{source}</tr></table>")
    assert sanitise('<code class="language-c++">b</code>') == '<code class="language-c++">b</code>'


def test_an_input_becomes_a_box_that_cannot_be_ticked() -> None:
    assert sanitise("<input>") == '<input type="checkbox" disabled>'


FRAGMENTS = st.one_of(
    st.sampled_from(TRICKS),
    st.sampled_from(
        [
            "\n",
            "\n\n",
            " ",
            "- ",
            "> ",
            "# ",
            "|",
            "|-|\n",
            "```\n",
            "    ",
            "[",
            "](",
            ")",
            "![",
            "[^1]",
            "`",
        ]
    ),
    st.sampled_from(
        [
            "<",
            ">",
            "&",
            '"',
            "'",
            "\\",
            "*",
            "_",
            "~~",
            "[[",
            "]]",
            "javascript:",
            "&#58;",
            "https://",
            "a@b.c",
        ]
    ),
    st.text(max_size=5),
)


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_rendered_html_never_holds_a_script_a_handler_or_a_dangerous_address(markdown: str) -> None:
    assert dangers(render(markdown, "f-"), "f-") == []


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_sanitised_html_never_holds_a_script_a_handler_or_a_dangerous_address(source: str) -> None:
    assert dangers(sanitise(source)) == []


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_sanitising_twice_changes_nothing(source: str) -> None:
    once = sanitise(render(source))

    assert sanitise(once) == once


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_characters_at_all_render_as_something_that_can_be_sent(markdown: str) -> None:
    assert dangers(render(markdown).encode("utf-8").decode("utf-8")) == []
