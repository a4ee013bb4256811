"""A folder of foreign Markdown: what becomes of its texts, links and pictures."""

import dataclasses
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.bundle.samples import field, page_type
from kmwiki.domain.bundle.foreign import ForeignPage, ForeignReading, read_foreign_folder
from kmwiki.domain.bundle.foreign_folder import MAX_PICTURE_BYTES
from kmwiki.domain.bundle.foreign_map import ForeignMap, read_map
from kmwiki.domain.page_type import Section
from kmwiki.domain.words import Words
from kmwiki.errors import BundleError

FOLDER = Path(__file__).parent / "foreign"
FIELDS = ("title:text", "summary:text", "problem:md", "practice:md", "limits:md", "level:choice", "other:md")


def tip() -> object:
    fields = (*(field(*one.split(":")) for one in FIELDS), field("steps", "rows", "what"))
    return dataclasses.replace(page_type(), sections=(Section("short", Words({"en": "In short"}), fields),))


TIP = tip()
MAP = read_map((FOLDER / "map.yaml").read_text(), "map.yaml", TIP)
PLAIN_MAP = ForeignMap(("**/*.md",), {"problem": "problem", "patlet": "summary", "title": "title"}, rest="other")


def read(folder: Path = FOLDER, foreign_map: ForeignMap = MAP, **here: object) -> ForeignReading:
    return read_foreign_folder(folder, foreign_map, TIP, **here)


def read_one(tmp_path: Path, text: str, foreign_map: ForeignMap = PLAIN_MAP) -> ForeignPage:
    (tmp_path / "one.md").write_text(text)
    return read(tmp_path, foreign_map).pages[0]


def faults_of(folder: Path, foreign_map: ForeignMap = PLAIN_MAP) -> list[str]:
    with pytest.raises(BundleError) as caught:
        read(folder, foreign_map)
    return list(caught.value.faults)


BOX, KEEPER, RAIN = read().pages


def test_each_included_file_is_a_page_with_a_title_and_a_slug_of_it() -> None:
    assert [(page.path, page.title, page.slug) for page in (BOX, KEEPER, RAIN)] == [
        ("tips/box.md", "A box for spare parts", "a-box-for-spare-parts"),
        ("tips/keeper.md", "The keeper of the key", "the-keeper-of-the-key"),
        ("tips/rain water.md", "Rain from the roof", "rain-from-the-roof"),
    ]


def test_a_file_is_the_same_page_at_every_reading() -> None:
    assert read().pages == (BOX, KEEPER, RAIN)
    assert KEEPER.id == "2a149422-a2de-5575-a431-5723472d5a9f"


def test_lines_of_a_one_line_field_are_joined_and_its_links_kept_with_the_rest() -> None:
    assert BOX.fields["summary"] == "A box, a key, a book: the keeper has them."
    assert "## Patlet\n\n- [keeper](/pages/the-keeper-of-the-key#field-other)" in str(BOX.fields["other"])


def test_links_to_headings_lead_to_the_fields_that_they_became() -> None:
    assert BOX.fields["problem"] == (
        "Parts cost 1 200 francs, see [the problem](#field-problem) and [what to do](#field-practice)."
    )


def test_links_and_pictures_of_every_form_lead_where_they_should() -> None:
    assert BOX.fields["practice"] == (
        'Buy a box.\n\n![The pump](pump.png "Our pump")\n\n'
        "```markdown\n## Title of an example\n[not a link](keeper.md)\n```\n\n"
        "1. Find a [keeper][] first.\n\n   ~~~\n   ## Not a heading\n   ~~~\n\n"
        "2. Then [collect the rain](/pages/rain-from-the-roof) or [again](/pages/rain-from-the-roof),"
        " [like this][rain].\n\n"
        '[keeper]: /pages/the-keeper-of-the-key "The keeper"\n'
        "[rain]: /pages/rain-from-the-roof#field-other"
    )


def test_code_and_escaped_brackets_are_no_links_and_names_of_pictures_are_unique() -> None:
    assert BOX.fields["limits"] == (
        "Not where `[code](keeper.md)` stands, nor \\[this](keeper.md).\n\n### Cost\n\n"
        "![Old pump](old-pump-1-.png) ![Other pump](pump-2.png) ![Copy](pump.png)"
    )


def test_what_the_map_does_not_name_goes_with_its_heading_to_the_rest() -> None:
    assert str(BOX.fields["other"]).partition("\n\n## Further")[2] == (
        " reading\n\n- [Form](../more/form.txt), [missing](missing.md#there), [outside](../../secret.md)\n"
        "- [left out](../more/deep/left-out.md), [drawing](../more/drawing.svg)\n"
        '- ![A chart](chart.jpg) and <img src="gone.png">\n'
        "- [web](https://example.org/keeper.md), [mail](mailto:a@example.org),"
        " [other host](//example.org/x.md)\n"
        "- [chart](chart.jpg), [![nested](pump.png)](/pages/the-keeper-of-the-key)\n\n"
        "<!-- ## Not a heading\n[not a link](keeper.md) -->\n\n[unused]: https://example.org/unused"
    )


def test_headings_are_known_in_every_spelling() -> None:
    assert KEEPER.fields["summary"] == "Somebody whom all trust."
    assert KEEPER.fields["practice"] == "Ask around."
    assert KEEPER.fields["other"] == (
        "An introduction that stands before everything.\n\n## Steps to take\n\n- Meet\n- Choose\n\n"
        "## Who keeps it\n\nAna."
    )


def test_front_matter_gives_the_title_and_is_kept() -> None:
    assert RAIN.fields["other"] == (
        "```yaml\ntitle: Rain from the roof\ntags: [water, roof]\n```\n\n"
        "## Collecting\n\n![tank][tank]\n\n[tank]: pump.png"
    )


def test_defaults_and_what_does_not_apply_fill_only_what_is_empty() -> None:
    assert (RAIN.fields["level"], RAIN.fields["limits"]) == ("local", {"not_applicable": "Not told."})
    assert isinstance(BOX.fields["limits"], str)
    assert RAIN.fields["steps"] == [{"uid": "a29a7796-b02e-5457-b772-4b26165a3ce9", "what": "Read the page"}]


def test_pictures_are_files_of_the_page() -> None:
    reading = read()

    assert [(file.name, file.media_type, file.alt) for file in BOX.files] == [
        ("pump.png", "image/png", "The pump"),
        ("old-pump-1-.png", "image/png", "Old pump"),
        ("pump-2.png", "image/png", "Other pump"),
        ("chart.jpg", "image/jpeg", "A chart"),
    ]
    assert [(file.name, file.alt) for file in RAIN.files] == [("pump.png", "tank")]
    assert {(file.credit, file.licence) for file in BOX.files} == {("The village", "CC0-1.0")}
    assert reading.picture_bytes(BOX.files[2].sha256) == (FOLDER / "more" / "pump.png").read_bytes()


def test_links_that_stay_as_they_are_are_noted_with_their_line() -> None:
    assert list(read().notes) == [
        "tips/box.md:44: “../more/form.txt” is a file that is not imported; the link stays as it is.",
        "tips/box.md:44: “missing.md#there” leads to no file and stays as it is.",
        "tips/box.md:44: “../../secret.md” leads out of the folder and stays as it is.",
        "tips/box.md:45: “../more/deep/left-out.md” is a file that is not imported; the link stays as it is.",
        "tips/box.md:45: “../more/drawing.svg” is a file that is not imported; the link stays as it is.",
        "tips/box.md:46: “gone.png” leads to no file and stays as it is.",
    ]


def words_of(text: str) -> Counter[str]:
    return Counter(
        re.findall(r"\w+", re.sub(r"\]\((?:<[^>]*>|[^)]*)\)|^\[\w+\]:.*$|<img.*?>", "]", text, flags=re.MULTILINE))
    )


@pytest.mark.parametrize("page", [BOX, KEEPER, RAIN], ids=lambda page: page.path)
def test_every_word_of_the_text_is_somewhere_on_the_page(page: ForeignPage) -> None:
    source = words_of((FOLDER / page.path).read_text())
    mapped = words_of("Title Patlet Summary Problem Solution Solutions Limits and dangers")

    result = words_of("\n".join(str(value) for value in page.fields.values()))

    assert source - mapped - result == Counter()


BLOCKS = st.sampled_from(
    [
        *(
            "# Alpha",
            "## Problem",
            "## Patlet",
            "### Problem",
            "## Beta",
            "Gamma\n===",
            "Delta\n---",
            "## Title",
        ),
        *(
            "epsilon *zeta*",
            "- eta\n- theta",
            "    iota",
            "```\n## Kappa\n```",
            "```\nlambda",
            "> ## mu",
            "nu\n\n",
        ),
        *(
            "[xi](one.md)",
            "![omicron](gone.png)",
            "[pi][rho]",
            "[rho]: one.md",
            "[rho]: two.md",
            "[sigma]",
            "`",
        ),
        *(
            "<!-- tau",
            "-->",
            "upsilon | phi\n--- | ---",
            "---",
            "1. chi\n\n   psi\n\n       omega",
            "x" * 1100,
        ),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(BLOCKS, max_size=8))
def test_no_word_is_lost_however_a_text_is_built(tmp_path: Path, blocks: list[str]) -> None:
    text = "\n\n".join(blocks)

    page = read_one(tmp_path, text)

    words = set(re.findall(r"\w+", text)) - {"Problem", "Patlet", "Title", "one", "md"}
    result = "\n".join(str(value) for value in page.fields.values())
    assert words <= set(re.findall(r"\w+", result))


def test_pages_that_are_here_keep_their_slugs_and_links_follow() -> None:
    reading = read(slugs_here={KEEPER.id: "key-keeper"}, is_taken=lambda slug: slug == "rain-from-the-roof")

    assert [page.slug for page in reading.pages] == [
        "a-box-for-spare-parts",
        "key-keeper",
        "rain-from-the-roof-2",
    ]
    assert '[keeper]: /pages/key-keeper "The keeper"' in str(reading.pages[0].fields["practice"])
    assert "[collect the rain](/pages/rain-from-the-roof-2)" in str(reading.pages[0].fields["practice"])


def test_two_files_of_one_title_have_two_slugs(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# Same")

    assert [page.slug for page in read(tmp_path, PLAIN_MAP).pages] == ["same", "same-2"]


def test_the_name_of_the_folder_is_the_source_where_the_map_names_none(tmp_path: Path) -> None:
    page = read_one(tmp_path, "# A")

    assert page == read(tmp_path, dataclasses.replace(PLAIN_MAP, source=tmp_path.name)).pages[0]
    assert page.id != read(tmp_path, dataclasses.replace(PLAIN_MAP, source="other")).pages[0].id


def test_several_sections_in_one_field_keep_their_headings(tmp_path: Path) -> None:
    page = read_one(tmp_path, "# T\n\n## Problem\n\none\n\n## Problem\n\n## Problem\n\ntwo")

    assert page.fields["problem"] == "## Problem\n\none\n\n## Problem\n\ntwo"


def test_a_second_or_a_long_section_for_one_line_goes_to_the_rest(tmp_path: Path) -> None:
    page = read_one(tmp_path, f"# T\n\n## Patlet\n\none\n\n## Patlet\n\ntwo\n\n## Patlet\n\n{'x' * 1001}")

    assert page.fields["summary"] == "one"
    assert page.fields["other"] == f"## Patlet\n\ntwo\n\n## Patlet\n\n{'x' * 1001}"
    assert read(tmp_path, PLAIN_MAP).notes[0] == ("one.md:7: “Patlet” does not fit into one line and went to the rest.")


def test_a_reference_in_a_field_of_one_line_is_kept_with_its_address(tmp_path: Path) -> None:
    page = read_one(tmp_path, "# T\n\n## Patlet\n\nSee [words][x].\n\n[x]: https://example.org")

    assert page.fields["summary"] == "See words."
    assert page.fields["other"] == "## Patlet\n\n- [words][x]\n\n[x]: https://example.org"


def test_a_second_definition_of_a_label_is_kept(tmp_path: Path) -> None:
    page = read_one(tmp_path, "# T\n\n[x]\n\n[x]: https://example.org/1\n[X]: https://example.org/2")

    assert page.fields["other"] == "[x]\n\n[x]: https://example.org/1\n[X]: https://example.org/2"


def test_the_text_before_the_first_heading_can_have_a_field(tmp_path: Path) -> None:
    foreign_map = dataclasses.replace(PLAIN_MAP, headings={"": "summary"})

    assert read_one(tmp_path, "# T\n\nIn short.", foreign_map).fields == {
        "title": "T",
        "summary": "In short.",
    }


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "One"),
        ("no heading", "One"),
        ("## Title\n\n```\nx\n```\n\n# Other", "Other"),
        ("---\ntitle: [a]\n---\n", "One"),
        ("---\ntitle: !x a\n---\n", "One"),
        ("---\nnot yaml at all\n---\n", "One"),
        ("# `Code` and *stars* #", "Code and stars"),
        ("# C#", "C#"),
        ("# [Linked](https://example.org)", "Linked"),
        ("# [odd] and [refer][x]\n\n[x]: https://example.org", "[odd] and refer"),
        ("#hash", "One"),
    ],
)
def test_a_title_is_found_where_there_is_one(tmp_path: Path, text: str, title: str) -> None:
    assert read_one(tmp_path, text).title == title


def test_without_a_field_for_the_rest_nothing_is_imported_that_would_be_lost(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# T\n\n## Story\n\nx")

    assert faults_of(tmp_path, dataclasses.replace(PLAIN_MAP, rest=None)) == [
        "one.md: Some sections fit no field, and the map names none for the rest."
    ]


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes((FOLDER / "pictures" / "pump.png").read_bytes())
    addresses = [
        "../secret.png",
        "%2e%2e/secret.png",
        "a/../../secret.png",
        "..\\secret.png",
        f"{tmp_path}/secret.png",
    ]
    (inside / "one.md").write_text("# T\n\n" + "\n".join(f"![x]({address})" for address in addresses))

    reading = read(inside, PLAIN_MAP)

    assert reading.pages[0].files == ()
    assert len(reading.notes) == len(addresses)


def test_up_and_down_again_inside_the_folder_is_no_way_out(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.md").write_text("# T\n\n[x](../a/../a/./one.md)")

    assert read(tmp_path, PLAIN_MAP).pages[0].fields["other"] == "[x](/pages/t)"


@pytest.mark.parametrize("target", ["link.png", "folder/pump.png"])
def test_a_picture_behind_a_symbolic_link_is_refused(tmp_path: Path, target: str) -> None:
    os.symlink(FOLDER / "pictures" / "pump.png", tmp_path / "link.png")
    os.symlink(FOLDER / "pictures", tmp_path / "folder")
    (tmp_path / "one.md").write_text(f"# T\n\n![x]({target})")

    assert faults_of(tmp_path) == [f"one.md:3: “{target}” is a symbolic link."]


def test_an_included_symbolic_link_is_refused(tmp_path: Path) -> None:
    os.symlink(FOLDER / "tips" / "box.md", tmp_path / "box.md")

    assert faults_of(tmp_path) == ["box.md: A symbolic link is not followed."]


def test_every_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe")
    (tmp_path / "b.md").write_bytes(b"x" * (2**21 + 1))

    assert faults_of(tmp_path) == [
        "a.md: The text is not UTF-8.",
        "b.md: The file is larger than 2097152 bytes.",
    ]


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == ["The map includes no file of this folder."]
    assert faults_of(tmp_path / "none") == ["none is no folder."]


def test_a_picture_that_is_too_large_is_told(tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as picture:
        picture.truncate(MAX_PICTURE_BYTES + 1)
    (tmp_path / "one.md").write_text("# T\n\n![x](a.png)")

    assert faults_of(tmp_path) == [f"a.png: The file is larger than {MAX_PICTURE_BYTES} bytes."]


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmwiki.domain.bundle.foreign_folder.MAX_ENTRIES", 1)
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# A")

    assert faults_of(tmp_path) == ["The folder holds more than 1 files."]


def test_the_alternative_text_of_a_picture_is_the_first_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\none")

    page = read_one(tmp_path, "# T\n\n[words](a.png) ![](a.png) ![first](a.png) ![second](a.png)")

    assert [file.alt for file in page.files] == ["first"]


def test_a_webp_is_a_picture_and_a_text_with_the_name_of_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.webp").write_bytes(b"RIFF\x00\x00\x00\x00WEBPVP8 ")
    (tmp_path / "b.png").write_text("<svg></svg>")

    page = read_one(tmp_path, "# T\n\n![a](a.webp) ![b](b.png)")

    assert [file.media_type for file in page.files] == ["image/webp"]


def test_a_picture_that_changed_since_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\none")
    page = read_one(tmp_path, "# T\n\n![x](a.png)")
    reading = read(tmp_path, PLAIN_MAP)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\ntwo")

    with pytest.raises(BundleError, match="cannot be imported"):
        reading.picture_bytes(page.files[0].sha256)
