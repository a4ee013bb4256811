import pytest

from domain.field_values import DATA, VOCABULARIES
from kmwiki.domain.vocabulary import load_vocabularies
from kmwiki.errors import PageTypeError
from kmwiki.i18n import language


def write(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_vocabulary_knows_its_codes_and_their_labels():
    weather = VOCABULARIES["weather"]

    assert "rain" in weather
    assert "snow" not in weather
    assert weather.label_of("rain") == "Rain"
    with language("fr"):
        assert weather.label_of("rain") == "Pluie"


def test_vocabularies_are_a_mapping_of_their_names():
    assert list(VOCABULARIES) == ["knowledge", "places", "weather"]
    assert len(VOCABULARIES) == 3


def test_a_code_that_is_gone_stands_for_itself():
    assert VOCABULARIES["weather"].label_of("snow") == "snow"


def test_an_entry_keeps_what_only_its_vocabulary_has():
    rain = VOCABULARIES["weather"].entries["rain"]

    assert rain.extra == {"suits": ["skill"]}
    assert rain.other_words == {"en": ("downpour", "shower")}
    assert rain.group == "wet"
    assert str(rain.meaning) == "Water falls."


def test_own_entries_stand_in_the_order_of_the_file():
    assert [entry.code for entry in VOCABULARIES["weather"].in_order("en")] == ["rain", "sun", "none-yet"]


def test_entries_of_the_world_stand_by_their_label_in_the_language():
    places = VOCABULARIES["places"]

    assert [entry.code for entry in places.in_order("fr")] == ["ET", "FR", "NE", "NO"]
    assert [entry.code for entry in places.in_order("en")] == ["ET", "FR", "NO", "NE"]


def test_a_union_has_the_entries_of_all_each_in_their_own_order():
    union = VOCABULARIES.union(["places", "weather"])

    assert "NE" in union
    assert "rain" in union
    assert [entry.code for entry in union.in_order("en")] == [
        "ET",
        "FR",
        "NO",
        "NE",
        "rain",
        "sun",
        "none-yet",
    ]
    assert VOCABULARIES.union(["weather"]) is VOCABULARIES["weather"]


def test_a_later_folder_adds_entries_and_renames_labels(tmp_path):
    later = write(
        tmp_path,
        "weather",
        """
        vocabulary: weather
        rename: {sun: {en: Sun}}
        groups: [{code: cold, label: {en: Cold}}]
        entries:
          - {code: snow, label: {en: Snow}, meaning: {en: White.}, example: {en: Skis.}, group: cold}
          - {code: rain, label: {en: Showers}}
        """,
    )

    weather = load_vocabularies([DATA / "vocabularies", later])["weather"]

    assert list(weather.entries) == ["rain", "sun", "none-yet", "snow"]
    assert weather.label_of("sun") == "Sun"
    assert weather.label_of("rain") == "Showers"
    assert weather.entries["rain"].label.in_language("fr") == "Pluie"
    assert str(weather.entries["rain"].meaning) == "Water falls."


HEAD = "vocabulary: v\nlabel: {en: V}\nsource: kmwiki\ndate: '2026'\n"
OTHER = HEAD.replace("kmwiki", "elsewhere")


@pytest.mark.parametrize(
    ("text", "field", "fault"),
    [
        ("vocabulary: w\n", "vocabulary", "does not match the name of the file"),
        ("vocabulary: v\nsource: a\ndate: b\n", "label", "is missing"),
        (HEAD + "entries: [{code: a, label: {en: A}}]", "a", "meaning: is missing"),
        (HEAD + "entries: [{code: a, label: {en: A}, meaning: {en: m}}]", "a", "example: is missing"),
        (OTHER + "entries: [{code: a b, label: {en: A}}]", "a b", "code: is not made of letters"),
        (OTHER + "entries: [{code: a, label: {fr: A}}]", "a", "label: the English words are missing"),
        (OTHER + "entries: [{code: a, label: A}]", "a", "label: is not a mapping"),
        (OTHER + "entries: [{code: a, label: {en: A}}, {code: a, label: {en: A}}]", "a", "stands twice"),
        (OTHER + "entries: [{code: a, label: {en: A}, group: g}]", "a", "there is no group “g”"),
        (OTHER + "entries: [{code: a, label: {en: ' '}}]", "a", "label: is not a mapping"),
        (OTHER + "entries: [{code: a, label: {en: A}, group: [b]}]", "a", "group: is not a text"),
        (
            OTHER + "entries: [{code: a, label: {en: A}, other_words: {en: {b: c}}}]",
            "a",
            "not a list of texts",
        ),
        (OTHER + "entries: {}", "entries", "is not a list"),
        (OTHER + "entries: [a]", "entries 1", "is not a mapping"),
        (OTHER + "rename: {x: {en: X}}", "rename", "there is no code “x”"),
        (OTHER + "entries_from: planets", "entries_from", "is none of territories"),
        (OTHER + "entries_from: territories\nonly: [NE, QQ]", "only", "have no code “QQ”"),
        (OTHER + "entries_from: territories\nleave_out: [QQ]", "leave_out", "have no code “QQ”"),
        (OTHER + "colour: red", "colour", "is not known here"),
        (OTHER + "label: {en: W}", "line 5", "stands twice"),
        (OTHER + "x: &a 1\ny: *a", "line 5", "aliases and tags"),
        (OTHER + "x: !!str 1", "line 5", "aliases and tags"),
        ("a: [1\nb: 2", "line 2", "did not find"),
        ("- a", "file", "is not a mapping"),
    ],
)
def test_a_broken_vocabulary_names_file_field_and_fault(tmp_path, text, field, fault):
    folder = write(tmp_path, "v", text)

    with pytest.raises(PageTypeError) as raised:
        load_vocabularies([folder])

    assert [place[:2] for place in raised.value.faults if fault in place[2]] == [("v.yaml", field)]


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "v.yaml").write_bytes(b"\xff\xfe")

    with pytest.raises(PageTypeError, match=r"v\.yaml: file: cannot be read"):
        load_vocabularies([tmp_path])


def test_the_country_no_is_no_truth_value(tmp_path):
    folder = write(
        tmp_path, "v", OTHER + "entries: [{code: NO, label: {en: Norway}}, {code: 110, label: {en: E}}]"
    )

    assert list(load_vocabularies([folder])["v"].entries) == ["NO", "110"]


def test_all_faults_of_all_files_are_told_at_once(tmp_path):
    write(tmp_path, "v", "vocabulary: v\n")
    write(tmp_path, "w", "vocabulary: x\n")

    with pytest.raises(PageTypeError) as raised:
        load_vocabularies([tmp_path])

    assert {file for file, _field, _fault in raised.value.faults} == {"v.yaml", "w.yaml"}
