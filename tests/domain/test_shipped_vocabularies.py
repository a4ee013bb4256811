"""The vocabularies that kmwiki ships: complete, in two languages, with meaning and example."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmwiki.domain.vocabulary import Entry, Vocabularies, Vocabulary, load_vocabularies
from kmwiki.domain.words import Words
from kmwiki.i18n import INTERFACE_LANGUAGES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "kmwiki" / "vocabularies"

#: Codes in the order in which a form shows them.
OWN_LISTS = {
    "level": "site local subnational national regional global",
    "urgency": "stops suffers would-help",
    "knowledge-type": "facts method skill experience relationship unsure",
    "gap-kind": "does-not-exist not-reachable not-usable-here only-in-heads contradictory not-shared unsure",
    "method": "own-experience conversation interviews group-discussion survey workshop observation documents",
    "knowledge-role": "seeks holds produces brokers decides funds affected",
    "gains": "mandate results saves recognition learning relationships funding-condition avoids-risk service"
    " voice not-asked none-found",
    "obstacles": "capacity unaware rules money customs language literacy disability connection electricity"
    " time no-incentive trust confidential permission competition safety turnover none-found",
    "source-kind": "person own-office authority website database document training meeting radio-tv"
    " messenger-group",
    "serves": "well partly badly not",
    "fits": "fully partly not-here",
    "answers": "fully partly",
    "access": "line-good line-mobile-data line-intermittent line-none"
    " device-own-computer device-shared-computer device-smartphone device-simple-phone"
    " device-through-somebody form-web form-pdf form-word form-print form-audio form-video form-radio"
    " form-sms form-messenger form-meeting",
    "intervention": "page-here guide-or-tool ask-peers peer-assist after-action-review community-of-practice"
    " training coaching staff-exchange study-visit expert-introduction helpdesk translation policy-brief"
    " radio-or-print data-service agreement rules-or-recognition new-research none-yet",
    "intervention-state": "idea planned under-way done dropped",
    "evidence-kind": "none-yet own-impression users-told-us own-monitoring official-statistics"
    " internal-evaluation independent-evaluation comparison-group research-study",
    "validation-how": "users peers evaluation authority adopted",
    "maturity": "innovation promising good institutionalised",
    "actor-part": "lead partner authority community funder adviser",
    "involvement": "informed asked decided-together led",
    "outcome": "worked in-part did-not-work too-early",
    "lesson-kind": "do avoid depends",
    "applied": "as-described adapted in-part did-not-work",
    "material-kind": "manual form-or-checklist spreadsheet training report video law other",
    "contact": "through-site public-office not",
    "consent": "none adults-agreed children-parents-agreed not-asked",
}
#: Codes are those of others, or follow theirs; the words are ours.
LISTS_OF_OTHERS = {
    "markers": "gender-equality environment governance trade biodiversity climate-mitigation"
    " climate-adaptation desertification maternal-child-health disaster-risk-reduction disability nutrition",
    "marker-score": "1 2",
    "organisation-type": "government local-government other-public international-ngo national-ngo"
    " regional-ngo public-private-partnership multilateral foundation private-sector academic community-group"
    " cooperative indigenous-organisation network media group",
    "licences": "CC-BY-4.0 CC-BY-SA-4.0 CC-BY-NC-4.0 CC-BY-NC-SA-3.0-IGO CC0-1.0 only-with-permission",
    "sectors": "111 112 113 114 121 122 123 130 140 151 152 160 210 220 231 232 233 234 235 236 311 312 313"
    " 240 250 321 322 323 331 332 410 430 720 730 740 510 520 530 600 910 930 998",
    "sdgs": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
}
#: Lists that CLDR names, that a script writes, or that begin empty.
OTHER_LISTS = {"countries", "languages", "currencies", "regions", "topics"}
#: Their other words and their numbers are example enough.
WITHOUT_EXAMPLE = {"sectors", "sdgs"}
GUILLEMETS_AND_MARKS = re.compile(r"« | [;:!?»]")


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies([FOLDER])


def written_entries(vocabularies: Vocabularies) -> Iterator[tuple[Vocabulary, Entry]]:
    """The entries that stand in our files word by word."""
    for name in {**OWN_LISTS, **LISTS_OF_OTHERS}:
        for entry in vocabularies[name].entries.values():
            yield vocabularies[name], entry


def languages_of(words: Words | None) -> set[str]:
    return set(words.to_json()) if words else set()


def test_exactly_these_vocabularies_are_shipped(vocabularies: Vocabularies) -> None:
    assert set(vocabularies) == set(OWN_LISTS) | set(LISTS_OF_OTHERS) | OTHER_LISTS


@pytest.mark.parametrize(("name", "codes"), {**OWN_LISTS, **LISTS_OF_OTHERS}.items())
def test_a_list_has_these_codes_in_this_order(vocabularies: Vocabularies, name: str, codes: str) -> None:
    assert [entry.code for entry in vocabularies[name].in_order("en")] == codes.split()


@pytest.mark.parametrize("name", OWN_LISTS)
def test_an_own_list_names_kmwiki_as_its_source(vocabularies: Vocabularies, name: str) -> None:
    assert vocabularies[name].source == "kmwiki"


def test_every_file_names_source_and_date(vocabularies: Vocabularies) -> None:
    for vocabulary in vocabularies.values():
        assert vocabulary.source
        assert vocabulary.date == "2026-11-22", vocabulary.name
        assert languages_of(vocabulary.label) >= set(INTERFACE_LANGUAGES), vocabulary.name


def test_every_entry_says_what_it_means_in_both_languages(vocabularies: Vocabularies) -> None:
    for vocabulary, entry in written_entries(vocabularies):
        texts = [entry.label, entry.meaning, *([] if vocabulary.name in WITHOUT_EXAMPLE else [entry.example])]
        missing = [words for words in texts if not languages_of(words) >= set(INTERFACE_LANGUAGES)]
        assert not missing, f"{vocabulary.name}: {entry.code}"


def test_an_example_says_more_than_the_meaning(vocabularies: Vocabularies) -> None:
    for vocabulary, entry in written_entries(vocabularies):
        said = [entry.meaning, entry.example]
        assert len(set(said)) == len(said), f"{vocabulary.name}: {entry.code}"


def test_labels_are_told_apart_within_a_list(vocabularies: Vocabularies) -> None:
    for vocabulary in vocabularies.values():
        for language in INTERFACE_LANGUAGES if vocabulary.name not in ("languages", "currencies") else ():
            labels = [entry.label.in_language(language) for entry in vocabulary.entries.values()]
            assert len(set(labels)) == len(labels), f"{vocabulary.name} in {language}"


def test_every_group_is_used(vocabularies: Vocabularies) -> None:
    for vocabulary in vocabularies.values():
        assert {group.code for group in vocabulary.groups} == {
            entry.group for entry in vocabulary.entries.values() if entry.group
        }, vocabulary.name


def test_access_codes_begin_with_their_group(vocabularies: Vocabularies) -> None:
    for entry in vocabularies["access"].entries.values():
        assert entry.group and entry.code.startswith(f"{entry.group}-")


def test_what_could_be_done_says_what_it_suits(vocabularies: Vocabularies) -> None:
    for entry in vocabularies["intervention"].entries.values():
        suits = entry.extra["suits"]
        assert isinstance(suits, list)
        assert set(suits) <= set(vocabularies["knowledge-type"].entries) - {"unsure"}
        assert bool(suits) == (entry.code != "none-yet")


def test_skills_are_suited_by_practice_and_not_by_pages(vocabularies: Vocabularies) -> None:
    remedies = vocabularies["intervention"].entries
    suited = {code for code, remedy in remedies.items() if "skill" in str(remedy.extra["suits"])}

    assert {"training", "coaching", "peer-assist"} <= suited
    assert not {"page-here", "guide-or-tool", "policy-brief", "translation"} & suited


@pytest.mark.parametrize("name", ["organisation-type", "markers"])
def test_exports_find_a_code_of_iati(vocabularies: Vocabularies, name: str) -> None:
    for entry in vocabularies[name].entries.values():
        assert re.fullmatch(r"[0-9]{1,2}", str(entry.extra["iati"])), entry.code


def test_only_one_licence_is_for_pictures_and_materials_alone(vocabularies: Vocabularies) -> None:
    licences = vocabularies["licences"].entries
    alone = [code for code, entry in licences.items() if entry.extra.get("suits_pictures_only") is True]

    assert alone == ["only-with-permission"]


@pytest.mark.parametrize(
    ("word", "language", "sector"),
    [
        ("borehole", "en", "140"),
        ("forage", "fr", "140"),
        ("midwife", "en", "130"),
        ("sage-femme", "fr", "130"),
        ("literacy", "en", "112"),
        ("early warning", "en", "740"),
        ("tontine", "fr", "240"),
    ],
)
def test_other_words_find_the_sector(
    vocabularies: Vocabularies, word: str, language: str, sector: str
) -> None:
    assert word in vocabularies["sectors"].entries[sector].other_words[language]


def test_sectors_have_other_words_in_both_languages(vocabularies: Vocabularies) -> None:
    for entry in vocabularies["sectors"].entries.values():
        assert set(entry.other_words) >= set(INTERFACE_LANGUAGES), entry.code


def test_goals_are_named_in_six_languages(vocabularies: Vocabularies) -> None:
    for entry in vocabularies["sdgs"].entries.values():
        assert languages_of(entry.label) == {"en", "fr", "es", "pt", "ar", "ru"}


def test_countries_are_those_of_iso_3166_and_kosovo(vocabularies: Vocabularies) -> None:
    countries = vocabularies["countries"].entries

    assert len(countries) == 250
    assert {"NO", "XK", "TL", "SS"} <= set(countries)
    assert not {"EU", "UN", "ZZ", "XA", "AC"} & set(countries)
    assert countries["DE"].label.in_language("fr") == "Allemagne"


def test_small_languages_are_there(vocabularies: Vocabularies) -> None:
    assert {"en", "fr", "tet", "bem", "tpi", "zh-Hant", "mis"} <= set(vocabularies["languages"].entries)


def test_currencies_are_those_of_today(vocabularies: Vocabularies) -> None:
    currencies = vocabularies["currencies"].entries

    assert {"XOF", "ZMW", "EUR", "other"} <= set(currencies)
    assert not {"DEM", "FRF", "ZMK", "XAU", "XTS"} & set(currencies)


def test_the_world_holds_every_country(vocabularies: Vocabularies) -> None:
    assert set(countries_in(vocabularies, "001")) == set(vocabularies["countries"].entries)


def test_sub_regions_do_not_overlap_and_lie_in_their_parent(vocabularies: Vocabularies) -> None:
    regions = vocabularies["regions"].entries
    for kind in ("region", "sub-region", "intermediate-region"):
        members = [
            country
            for code, entry in regions.items()
            if entry.extra["kind"] == kind
            for country in countries_in(vocabularies, code)
        ]
        assert len(members) == len(set(members)), kind
    for code, entry in regions.items():
        parent = str(entry.extra.get("parent", "001"))
        assert set(countries_in(vocabularies, code)) <= set(countries_in(vocabularies, parent)), code


@pytest.mark.parametrize(
    ("country", "region"),
    [("MW", "014"), ("MW", "202"), ("NE", "011"), ("NP", "034"), ("PE", "005"), ("TW", "030"), ("XK", "039")],
)
def test_a_country_lies_in_its_region(vocabularies: Vocabularies, country: str, region: str) -> None:
    assert country in countries_in(vocabularies, region)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_french_marks_are_not_torn_off_their_words(path: Path) -> None:
    assert not GUILLEMETS_AND_MARKS.findall(texts_of(path)), "use a no-break space"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_apostrophes_are_curved(path: Path) -> None:
    assert "'" not in texts_of(path)


def countries_in(vocabularies: Vocabularies, region: str) -> list[str]:
    countries = vocabularies["regions"].entries[region].extra["countries"]
    assert isinstance(countries, list)
    return countries


def texts_of(path: Path) -> str:
    """The file without its comments and its line of source."""
    return re.sub(r"^(#|source:).*$| +# .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
