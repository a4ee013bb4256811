"""The page types that kmwiki ships: what pages, bundles and programs of others depend on.

The tables below are the contract. A field is `id kind level`, its columns follow; `*` marks a column that a
row needs.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmwiki.backends.search import FACETS
from kmwiki.domain.page_type import Field, Limit, Notice, PageType, Remedy
from kmwiki.domain.page_type_file import PageTypes, load_page_types
from kmwiki.domain.vocabulary import Vocabularies, load_vocabularies
from kmwiki.domain.words import Words
from kmwiki.i18n import INTERFACE_LANGUAGES

ROOT = Path(__file__).parents[2]
TYPES = ROOT / "kmwiki" / "page_types"
RESULTS = "result* evidence* indicator before after unit when source"
COMMON = {
    "short": {
        "organisation organisation short": "",
        "contact choice short": "",
        "contact_address text short": "",
    },
    "full": {},
    "found": {"materials rows optional": "title* target* kind language"},
}
SHIPPED: dict[str, dict[str, dict[str, str]]] = {
    "needs-analysis": {
        "short": {
            "title text draft": "",
            "purpose md short": "",
            "needs rows short": "question* asked_by* urgency* knowledge_type gap_kind needed_by",
            "countries choices short": "",
            "sectors choices short": "",
            "method rows short": "how* people women when where",
        },
        "full": {
            "summary text full": "",
            "stakeholders rows full": "who* part* organisation_type level gains obstacles asked",
            "sources_now rows full": "source* kind used_by serves trouble",
            "already_there links full": "",
            "analysis md full": "",
            "obstacles choices full": "",
            "access choices full": "",
            "languages choices full": "",
            "interventions rows full": "for_need* what* who period state why",
            "measures rows full": "change* today target by how_checked outcome checked_on",
            "level choice full": "",
        },
        "found": {"context md optional": "", "sdgs choices optional": ""},
    },
    "good-practice": {
        "short": {
            "title text draft": "",
            "summary text short": "",
            "practice md short": "",
            "conditions md short": "",
            "results rows short": RESULTS,
            "countries choices short": "",
            "sectors choices short": "",
            "maturity choice short": "",
        },
        "full": {
            "problem md full": "",
            "addresses links full": "",
            "blocks rows full": "name* what* makes_it_work lesson",
            "inputs rows full": "item* amount unit currency note",
            "actors rows full": "organisation* part* involvement",
            "benefits md full": "",
            "risks md full": "",
            "adapt md full": "",
            "validation rows full": "who* how* when",
            "level choice full": "",
        },
        "found": {"markers rows optional": "marker* score*", "sdgs choices optional": ""},
    },
    "case-study": {
        "short": {
            "title text draft": "",
            "places rows short": "country* place_name lat lon",
            "when period short": "",
            "summary text short": "",
            "outcome choice short": "",
            "results rows short": RESULTS,
            "lessons rows short": "lesson* kind* because for_whom",
            "sectors choices short": "",
            "applies links short": "",
        },
        "full": {
            "challenge md full": "",
            "context md full": "",
            "intervention md full": "",
            "actors rows full": "organisation* part* involvement",
            "not_worked md full": "",
            "basis md full": "",
            "transfer md full": "",
            "level choice full": "",
        },
        "found": {
            "differently md optional": "",
            "addresses links optional": "",
            "funding rows optional": "funder* amount currency iati_activity",
            "sdgs choices optional": "",
        },
    },
    "term": {
        "short": {"title text draft": "", "definition md short": ""},
        "full": {"other_words text optional": "", "not_confused_with md optional": ""},
        "found": {"used_by text optional": "", "related links optional": ""},
    },
}
#: Vocabularies of fields and columns, and the relations of links.
VOCABULARIES = {
    "common": "contact:contact materials.kind:material-kind materials.language:languages",
    "needs-analysis": "needs.urgency:urgency needs.knowledge_type:knowledge-type needs.gap_kind:gap-kind"
    " countries:countries+regions sectors:sectors method.how:method stakeholders.part:knowledge-role"
    " stakeholders.organisation_type:organisation-type stakeholders.level:level stakeholders.gains:gains"
    " stakeholders.obstacles:obstacles sources_now.kind:source-kind sources_now.serves:serves"
    " already_there:fits obstacles:obstacles access:access languages:languages"
    " interventions.what:intervention interventions.state:intervention-state level:level sdgs:sdgs",
    "good-practice": "results.evidence:evidence-kind countries:countries+regions sectors:sectors"
    " maturity:maturity addresses:answers inputs.currency:currencies actors.part:actor-part"
    " validation.how:validation-how level:level markers.marker:markers markers.score:marker-score sdgs:sdgs",
    "case-study": "places.country:countries outcome:outcome results.evidence:evidence-kind"
    " lessons.kind:lesson-kind sectors:sectors applies:applied actors.part:actor-part"
    " actors.involvement:involvement level:level addresses:answers funding.currency:currencies sdgs:sdgs",
    "term": "",
}
MINIMA = {
    "needs-analysis": {
        "needs": 1, "method": 1, "stakeholders": 2, "sources_now": 1, "interventions": 1, "measures": 1,
    },
    "good-practice": {"results": 1, "blocks": 1, "inputs": 1, "actors": 1, "validation": 1},
    "case-study": {"places": 1, "results": 1, "lessons": 1, "actors": 1},
    "term": {},
}  # fmt: skip
FACETS_OF_FIELDS = {
    "countries": "country", "country": "country", "sectors": "sector", "sdgs": "sdg", "maturity": "maturity",
    "outcome": "outcome", "organisation": "organisation",
}  # fmt: skip
CARD = {
    "countries",
    "places",
    "when",
    "sectors",
    "level",
    "maturity",
    "outcome",
    "languages",
    "sdgs",
    "organisation",
}
#: Words of wikis and projects that the people of these pages do not use.
JARGON = (
    r"\b(revision|diff|namespace|submit|driver|intervention|stakeholder|deliverable|capacity building)s?\b"
)


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies([ROOT / "kmwiki" / "vocabularies"])


@pytest.fixture(scope="module")
def page_types(vocabularies: Vocabularies) -> PageTypes:
    return load_page_types([TYPES], vocabularies)


def test_exactly_these_types_are_shipped(page_types: PageTypes) -> None:
    assert set(page_types.names()) == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_type_has_these_fields_in_this_order(page_types: PageTypes, name: str) -> None:
    sections = {section.id: section.fields for section in page_types.get(name).sections}

    assert list(sections) == ["short", "full", "found"]
    for id, fields in sections.items():
        told = {**SHIPPED[name][id], **COMMON[id]}
        assert [f"{field.id} {field.kind} {field.level}" for field in fields] == list(told)


@pytest.mark.parametrize("name", SHIPPED)
def test_rows_have_these_columns_in_this_order(page_types: PageTypes, name: str) -> None:
    for section, told in SHIPPED[name].items():
        for line, columns in (told | COMMON[section]).items():
            field = page_types.get(name).field(line.split()[0])
            found = [f"{column.id}*" if column.required else column.id for column in field.columns]
            assert found == columns.split(), field.id


@pytest.mark.parametrize("name", SHIPPED)
def test_fields_take_their_codes_from_these_vocabularies(page_types: PageTypes, name: str) -> None:
    found = {
        f"{place}:{'+'.join(field.vocabulary) or field.relation}"
        for place, field in places_of(page_types.get(name))
        if field.vocabulary or field.relation
    }

    assert found == set(VOCABULARIES[name].split()) | set(VOCABULARIES["common"].split())


@pytest.mark.parametrize("name", SHIPPED)
def test_rows_are_needed_in_these_numbers(page_types: PageTypes, name: str) -> None:
    rows = page_types.get(name).fields_of_kind("rows")

    assert {field.id: field.minimum for field in rows if field.minimum} == MINIMA[name]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_text_for_people_is_there_in_both_languages(page_types: PageTypes, name: str) -> None:
    for place, words in texts_of(page_types.get(name)):
        assert set(words.to_json()) >= set(INTERFACE_LANGUAGES), place
        assert words.in_language("en").strip() and words.in_language("fr").strip(), place


@pytest.mark.parametrize("name", SHIPPED)
def test_no_text_for_people_speaks_the_jargon_of_wikis(page_types: PageTypes, name: str) -> None:
    for place, words in texts_of(page_types.get(name)):
        assert not re.search(JARGON, words.in_language("en"), re.IGNORECASE), place


@pytest.mark.parametrize("name", SHIPPED)
def test_every_question_is_explained(page_types: PageTypes, name: str) -> None:
    unexplained = [field.id for field in page_types.get(name).fields.values() if field.guidance is None]

    assert unexplained in ([], ["related"])


@pytest.mark.parametrize("name", SHIPPED)
def test_facets_are_those_that_the_search_knows(page_types: PageTypes, name: str) -> None:
    facets = {
        field.id: field.facet for _place, field in places_of(page_types.get(name)) if field.facet is not None
    }

    assert set(facets.values()) <= set(FACETS)
    assert all(facet == FACETS_OF_FIELDS.get(id, id) for id, facet in facets.items())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_coded_question_of_a_facet_feeds_it(page_types: PageTypes, name: str) -> None:
    for field in page_types.get(name).fields.values():
        assert bool(field.facet) == (field.id in {*FACETS_OF_FIELDS, "level"}), field.id


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_holds_facts_and_no_prose(page_types: PageTypes, name: str) -> None:
    fields = page_types.get(name).fields

    assert {id for id, field in fields.items() if field.card} == CARD & set(fields)


@pytest.mark.parametrize("name", SHIPPED)
def test_lengths_are_soft_and_the_same_everywhere(page_types: PageTypes, name: str) -> None:
    for place, field in places_of(page_types.get(name)):
        if field.kind in ("text", "md"):
            expected = {"title": 120, "summary": 500}.get(place, 6000 if field.kind == "md" else 300)
            assert field.length == expected, place


@pytest.mark.parametrize("name", SHIPPED)
def test_rows_of_needs_are_named_n_and_all_others_r(page_types: PageTypes, name: str) -> None:
    for field in page_types.get(name).fields_of_kind("rows"):
        assert field.prefix == ("n" if field.id == "needs" else "r")


def test_pages_are_looked_at_again_after_a_while(page_types: PageTypes) -> None:
    assert {found.name: found.check_again_months for found in page_types.newest()} == {
        "needs-analysis": 12,
        "good-practice": 24,
        "case-study": None,
        "term": None,
    }


def test_signs_tell_the_types_apart(page_types: PageTypes) -> None:
    assert {found.name: found.sign for found in page_types.newest()} == {
        "needs-analysis": "need",
        "good-practice": "practice",
        "case-study": "case",
        "term": "plain",
    }


def test_invitations_are_those_of_the_buttons(page_types: PageTypes) -> None:
    assert {found.name: found.invitation.in_language("en") for found in page_types.newest()} == {
        "needs-analysis": "Ask what you need to know",
        "good-practice": "Describe what works",
        "case-study": "Tell what happened",
        "term": "Explain a word",
    }


def test_a_full_practice_meets_six_questions(page_types: PageTypes) -> None:
    questions = {found.name: len(found.reviewer_questions) for found in page_types.newest()}

    assert questions == {"needs-analysis": 0, "good-practice": 6, "case-study": 0, "term": 0}


def test_new_forms_begin_with_modest_answers(page_types: PageTypes) -> None:
    presets = {
        (found.name, place): field.preset
        for found in page_types.newest()
        for place, field in places_of(found)
        if field.preset is not None and field.id != "contact"
    }

    assert presets == {
        ("needs-analysis", "needs.knowledge_type"): "unsure",
        ("needs-analysis", "needs.gap_kind"): "unsure",
        ("good-practice", "maturity"): "innovation",
        ("case-study", "applies"): {"not_applicable": "None described yet"},
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_contact_goes_through_the_site_unless_the_author_says_otherwise(
    page_types: PageTypes, name: str
) -> None:
    assert page_types.get(name).field("contact").preset == "through-site"


def test_links_lead_to_these_types_and_rows(page_types: PageTypes) -> None:
    links = {
        f"{found.name}.{field.id}": (field.types, field.rows_of)
        for found in page_types.newest()
        for field in found.fields_of_kind("links")
    }

    assert links == {
        "needs-analysis.already_there": (("good-practice", "case-study"), None),
        "good-practice.addresses": (("needs-analysis",), "needs"),
        "case-study.applies": (("good-practice",), None),
        "case-study.addresses": (("needs-analysis",), "needs"),
        "term.related": (("term",), None),
    }


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {"term"}))
def test_there_are_one_to_three_fields_of_work_and_at_most_five_goals(
    page_types: PageTypes, name: str
) -> None:
    fields = page_types.get(name).fields

    assert (fields["sectors"].minimum, fields["sectors"].maximum) == (1, 3)
    assert fields["sdgs"].maximum == 5


@pytest.mark.parametrize(
    ("page_type", "field", "label", "reason"),
    [
        ("needs-analysis", "already_there", "Searched, found nothing", "Where did you search?"),
        ("good-practice", "addresses", "No question fits", "Why does none fit?"),
        ("case-study", "applies", "None described yet", "Why, or which one is missing?"),
        ("case-study", "not_worked", "We found nothing that did not work", "How did you look?"),
    ],
)
def test_having_no_answer_is_asked_in_fitting_words(
    page_types: PageTypes, page_type: str, field: str, label: str, reason: str
) -> None:
    words = page_types.get(page_type).field(field).not_applicable

    assert words is not None
    assert (words.label.in_language("en"), words.reason.in_language("en")) == (label, reason)


@pytest.mark.parametrize("field", ["summary", "obstacles", "interventions", "level"])
def test_what_always_has_an_answer_cannot_be_passed_over(page_types: PageTypes, field: str) -> None:
    assert page_types.get("needs-analysis").field(field).not_applicable is None


def test_measures_count_once_something_is_planned(page_types: PageTypes) -> None:
    when = page_types.get("needs-analysis").field("measures").when

    assert when is not None
    assert (when.field, when.column, when.none_of) == ("interventions", "what", ("none-yet",))


def test_validation_counts_from_a_good_practice_on(page_types: PageTypes) -> None:
    when = page_types.get("good-practice").field("validation").when

    assert when is not None
    assert (when.field, when.any_of) == ("maturity", ("good", "institutionalised"))


def test_a_public_address_is_asked_of_those_who_chose_one(page_types: PageTypes) -> None:
    when = page_types.get("term").field("contact_address").when

    assert when is not None
    assert (when.field, when.any_of) == ("contact", ("public-office",))


def test_rules_across_fields_are_these(page_types: PageTypes) -> None:
    rules = {rule.id: rule for found in page_types.newest() for rule in found.rules}

    assert set(rules) == {"modest-in-short", "someone-seeks", "somebody-asked", "remedy-fits"}
    limit, seeks, asked = rules["modest-in-short"], rules["someone-seeks"], rules["somebody-asked"]
    assert isinstance(limit, Limit) and limit.any_of == ("innovation", "promising")
    assert isinstance(seeks, Notice) and (seeks.column, seeks.any_of) == ("part", ("seeks",))
    assert isinstance(asked, Notice) and (asked.column, asked.any_of) == ("asked", ("yes",))
    assert isinstance(rules["remedy-fits"], Remedy)


@pytest.mark.parametrize("path", sorted(TYPES.glob("*/*.yaml")), ids=lambda path: path.parent.name)
def test_punctuation_is_that_of_print(path: Path) -> None:
    text = re.sub(r"^#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert "'" not in text, "use ’"
    assert not re.findall(r"« | [;:!?»]", text), "use a no-break space"


def test_the_documents_name_every_type_field_and_vocabulary(
    page_types: PageTypes, vocabularies: Vocabularies
) -> None:
    document = (ROOT / "docs" / "page-types.md").read_text(encoding="utf-8")
    fields = {field.id for found in page_types.newest() for field in found.fields.values()}

    unnamed = {name for name in {*page_types.names(), *vocabularies, *fields} if f"`{name}`" not in document}
    assert not unnamed


def test_the_documents_explain_every_member_of_a_type_file(page_types: PageTypes) -> None:
    document = (ROOT / "docs" / "page-types.md").read_text(encoding="utf-8")
    members = {
        member
        for path in TYPES.glob("*/*.yaml")
        for member in re.findall(r"^[ -]*([a-z_]+):", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }

    assert not {member for member in members - set(INTERFACE_LANGUAGES) if f"`{member}" not in document}


def test_the_examples_of_the_documents_are_read(tmp_path: Path, vocabularies: Vocabularies) -> None:
    document = (ROOT / "docs" / "page-types.md").read_text(encoding="utf-8")
    type_text, vocabulary_text, _site_words = re.findall(r"```yaml\n(.*?)```", document, flags=re.DOTALL)
    for path, text in (
        (tmp_path / "types/common/1.yaml", (TYPES / "common/1.yaml").read_text(encoding="utf-8")),
        (tmp_path / "types/term/1.yaml", type_text),
        (tmp_path / "vocabularies/urgency.yaml", vocabulary_text),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    assert load_page_types([tmp_path / "types"], vocabularies).names() == ("term",)
    assert "stops" in load_vocabularies([tmp_path / "vocabularies"])["urgency"]


def test_a_site_adds_codes_and_renames_others(tmp_path: Path) -> None:
    own = tmp_path / "material-kind.yaml"
    own.write_text(
        "vocabulary: material-kind\n"
        "rename: {law: {en: By-law}}\n"
        "entries:\n"
        "  - {code: map, label: {en: Map}, meaning: {en: Shows where}, example: {en: The water points}}\n",
        encoding="utf-8",
    )

    kinds = load_vocabularies([ROOT / "kmwiki" / "vocabularies", tmp_path])["material-kind"].entries

    assert kinds["map"].label.in_language("en") == "Map"
    assert kinds["law"].label.in_language("en") == "By-law"
    assert kinds["law"].label.in_language("fr") == "Loi ou règlement"


def places_of(page_type: PageType) -> Iterator[tuple[str, Field]]:
    """Every field and every column, with `field` or `field.column`."""
    for field in page_type.fields.values():
        yield field.id, field
        for column in field.columns:
            yield f"{field.id}.{column.id}", column


def texts_of(page_type: PageType) -> Iterator[tuple[str, Words]]:
    """Every text of the type that a person reads, with its place."""
    yield from (
        ("label", page_type.label),
        ("plural", page_type.plural),
        ("invitation", page_type.invitation),
    )
    yield from ((section.id, section.label) for section in page_type.sections)
    yield from ((rule.id, rule.message) for rule in page_type.rules)
    yield from ((question.id, question.label) for question in page_type.reviewer_questions)
    for place, field in places_of(page_type):
        words = [field.label, field.guidance, field.example]
        if field.not_applicable:
            words += [field.not_applicable.label, field.not_applicable.reason]
        yield from ((place, text) for text in words if text)
