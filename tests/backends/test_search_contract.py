"""What every search backend does, whoever it is made with."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.documents import document
from kmwiki.backends.memory_search import MemorySearch
from kmwiki.backends.search import FACETS, SearchQuery
from kmwiki.backends.whoosh_search import WhooshSearch


def ids(search, words="", **options):
    return list(search.search(SearchQuery(words, **options)).ids)


def found(search, words, **options):
    return set(ids(search, words, **options))


class TestWriting:
    def test_what_is_put_is_found_at_once(self, search):
        search.put([document("a", "Solar pumps")])

        assert ids(search, "solar") == ["a"]

    def test_putting_again_replaces(self, search):
        search.put([document("a", "Solar pumps")])
        search.put([document("a", "Wind mills")])

        assert ids(search, "solar") == []
        assert ids(search) == ids(search, "wind") == ["a"]

    def test_of_one_id_twice_in_a_batch_the_last_counts(self, search):
        search.put([document("a", "Solar pumps"), document("a", "Wind mills")])

        assert ids(search) == ids(search, "wind") == ["a"]

    def test_what_is_deleted_is_gone_and_an_unknown_id_does_no_harm(self, search):
        search.put([document("a", "Solar pumps"), document("b", "Solar lamps")])
        search.delete(["a", "nobody"])

        answer = search.search(SearchQuery("solar"))

        assert (answer.total, answer.ids) == (1, ("b",))
        assert answer.facets["type"] == {"case": 1}

    def test_putting_and_deleting_nothing_is_nothing(self, search):
        search.put([])
        search.delete([])

        assert ids(search) == []

    def test_replacing_all_leaves_nothing_of_before(self, search):
        search.put([document("a", "Solar pumps")])
        search.replace_all(iter([document("b", "Wind mills")]))

        assert ids(search) == ["b"]
        assert search.healthy()

    def test_the_ids_of_all_that_is_in_can_be_told(self, search):
        search.put([document("a", "Solar pumps"), document("b", "Wind mills"), document("c", "Wells")])
        search.put([document("b", "Wind mills again")])
        search.delete(["c"])

        assert search.all_ids() == {"a", "b"}

    def test_tidying_changes_no_answer(self, search):
        for number in range(12):
            search.put([document(str(number), f"Solar {number}", day=number)])
        before = search.search(SearchQuery("solar"))
        search.tidy()

        assert search.search(SearchQuery("solar")) == before


class TestWords:
    def test_all_words_are_required_in_whatever_field(self, search):
        search.put([document("a", "Solar", body="water"), document("b", "Solar"), document("c", body="water")])

        assert found(search, "water solar") == {"a"}

    @pytest.mark.parametrize("field", ["title", "summary", "questions", "body"])
    def test_a_word_is_found_in_each_field(self, search, field):
        search.put([document("a", **{field: "about irrigation here"})])

        assert ids(search, "irrigation") == ["a"]

    def test_forms_of_a_word_are_one(self, search):
        search.put([document("a", "Training teachers")])

        assert ids(search, "trained teacher") == ["a"]

    def test_case_and_accents_do_not_matter(self, search):
        search.put([document("a", "Educación básica", language="es"), document("b", "ÉCOLE", language="fr")])

        assert ids(search, "educacion basica") == ["a"]
        assert ids(search, "ecole") == ids(search, "École") == ["b"]

    def test_each_page_is_stemmed_in_its_language_and_found_in_any(self, search):
        search.put(
            [
                document("en", "Schools"),
                document("fr", "Les écoles rurales", language="fr"),
                document("ru", "Сельские школы", language="ru"),
                document("ar", "المدارس الريفية", language="ar"),
            ]
        )

        assert ids(search, "school") == ["en"]
        assert ids(search, "école rurale") == ["fr"]
        assert ids(search, "школа") == ["ru"]
        assert ids(search, "مدارس") == ["ar"]

    def test_chinese_is_found_by_parts_that_stand_side_by_side(self, search):
        search.put([document("a", "农村教育部门", language="zh"), document("b", "教师培育", language="zh")])

        assert ids(search, "教育") == ["a"]
        assert found(search, "育") == {"a", "b"}

    def test_a_phrase_needs_its_words_side_by_side(self, search):
        search.put([document("a", body="the state of the art"), document("b", body="art of the state")])

        assert ids(search, '"state of the art"') == ids(search, "“state of the art”") == ["a"]
        assert found(search, "state of the art") == {"a", "b"}

    def test_a_phrase_does_not_run_from_one_field_into_the_next(self, search):
        search.put([document("a", "Clean water", body="pumps")])

        assert ids(search, '"water pumps"') == []

    def test_words_joined_by_a_hyphen_are_a_phrase(self, search):
        search.put([document("a", body="well-being of all"), document("b", body="being well")])

        assert ids(search, "well-being") == ["a"]

    def test_a_minus_excludes_a_word_or_phrase(self, search):
        search.put([document("a", "Solar pumps"), document("b", "Solar lamps"), document("c", "Street lamps")])

        assert ids(search, "solar -lamps") == ["a"]
        assert found(search, '-"street lamps"') == {"a", "b"}

    def test_words_that_say_nothing_are_passed_over(self, search):
        search.put([document("a", "Solar pumps")])

        assert ids(search, "what is the solar") == ["a"]

    def test_a_query_of_nothing_but_such_words_looks_for_them(self, search):
        search.put([document("a", "To be or not to be"), document("b", "Solar pumps")])

        assert ids(search, "to be") == ["a"]

    def test_no_more_than_eight_words_count(self, search):
        search.put([document("a", "one two three four five six seven eight")])

        assert ids(search, "one two three four five six seven eight nine") == ["a"]

    @pytest.mark.parametrize(
        "words",
        ['"', '""', "-", '-"', "!!!", "a AND (b", "title:", "*", "x~2", "[a TO", "\\", "\0", "'", "´`", "_"],
    )
    def test_odd_syntax_is_answered(self, search, words):
        search.put([document("a", "Solar pumps")])

        assert search.search(SearchQuery(words)).total in (0, 1)

    def test_a_query_without_words_browses_newest_first(self, search):
        search.put([document("old", day=1), document("new", day=3), document("middle", day=2)])

        assert ids(search) == ids(search, "?!") == ["new", "middle", "old"]


class TestOrder:
    def test_the_exact_title_comes_first(self, search):
        search.put(
            [
                document("long", "Water water water everywhere", summary="water", body="water " * 50, day=5),
                document("exact", "Water!"),
            ]
        )

        assert ids(search, "water") == ["exact", "long"]

    def test_title_weighs_more_than_summary_and_summary_more_than_body(self, search):
        search.put(
            [
                document("body", body="irrigation"),
                document("title", "About irrigation"),
                document("summary", summary="irrigation"),
            ]
        )

        assert ids(search, "irrigation") == ["title", "summary", "body"]

    def test_a_rare_word_weighs_more_than_a_common_one(self, search):
        common = [document(str(number), body="water") for number in range(10)]
        search.put([*common, document("a", body="water water pump"), document("b", body="water pump pump")])

        assert ids(search, "water pump") == ["b", "a"]

    def test_of_two_alike_the_fuller_and_then_the_newer_comes_first(self, search):
        search.put(
            [
                document("old", body="pump", day=1),
                document("new", body="pump", day=2),
                document("full", body="pump", depth="full"),
            ]
        )

        assert ids(search, "pump") == ["full", "new", "old"]

    def test_sorted_by_title_accents_and_case_do_not_count(self, search):
        search.put([document("3", "zebra"), document("2", "École", language="fr"), document("1", "apple")])

        assert ids(search, sort="title") == ["1", "2", "3"]

    def test_sorted_by_date_the_newest_comes_first(self, search):
        search.put([document("title", "Pump"), document("new", body="pump", day=1)])

        assert ids(search, "pump", sort="newest") == ["new", "title"]

    def test_pages_follow_each_other_without_gap_or_repetition(self, search):
        search.put([document(str(number), "Pump", day=number) for number in range(7)])

        pages = [ids(search, "pump", page=page, per_page=3) for page in (1, 2, 3, 4)]

        assert pages == [["6", "5", "4"], ["3", "2", "1"], ["0"], []]

    @pytest.mark.parametrize(("page", "per_page"), [(0, 0), (-5, -1), (10**12, 20), (1, 10**9)])
    def test_senseless_pages_are_answered(self, search, page, per_page):
        search.put([document("a")])

        assert search.search(SearchQuery(page=page, per_page=per_page)).total == 1


class TestFacets:
    def test_a_page_with_two_countries_counts_for_each(self, search):
        search.put([document("a", country=["KE", "UG"]), document("b", country="KE"), document("c")])

        assert search.search(SearchQuery()).facets["country"] == {"KE": 2, "UG": 1}

    def test_a_value_given_twice_counts_once(self, search):
        search.put([document("a", country=["KE", "KE"])])

        assert search.search(SearchQuery()).facets["country"] == {"KE": 1}

    def test_every_answer_names_all_facets(self, search):
        assert search.search(SearchQuery()).facets == {name: {} for name in FACETS}

    def test_type_language_and_depth_are_facets_by_themselves(self, search):
        search.put([document("a", language="fr", depth="full", type="good-practice")])

        facets = search.search(SearchQuery()).facets

        assert facets["type"] == {"good-practice": 1}
        assert facets["language"] == {"fr": 1}
        assert facets["depth"] == {"full": 1}

    def test_values_of_one_facet_are_or_and_facets_are_and(self, search):
        search.put(
            [
                document("a", country="KE", sector="water"),
                document("b", country="UG", sector="water"),
                document("c", country="KE", sector="health"),
                document("d", country="TZ", sector="water"),
            ]
        )

        assert found(search, "", filters={"country": ("KE", "UG"), "sector": ("water",)}) == {"a", "b"}

    def test_a_facets_counts_leave_out_its_own_filter(self, search):
        search.put(
            [
                document("a", "Pump", country="KE", sector="water"),
                document("b", "Pump", country="UG", sector="water"),
                document("c", "Pump", country="UG", sector="health"),
                document("d", "Lamp", country="UG", sector="water"),
            ]
        )

        answer = search.search(SearchQuery("pump", {"country": ("UG",), "sector": ("water",)}))

        assert answer.ids == ("b",)
        assert answer.facets["country"] == {"KE": 1, "UG": 1}
        assert answer.facets["sector"] == {"water": 1, "health": 1}
        assert answer.facets["type"] == {"case": 1}

    @pytest.mark.parametrize("filters", [{"country": ("XX",)}, {"colour": ("red",)}])
    def test_an_unknown_value_or_facet_finds_nothing(self, search, filters):
        search.put([document("a", country="KE")])

        assert search.search(SearchQuery(filters=filters)).total == 0

    def test_a_filter_without_values_is_none(self, search):
        search.put([document("a")])

        assert ids(search, filters={"country": ()}) == ["a"]

    def test_a_facet_of_an_own_page_type_is_counted_too(self, search):
        search.put([document("a", season=["dry", "wet"])])

        assert search.search(SearchQuery()).facets["season"] == {"dry": 1, "wet": 1}


class TestSuggestions:
    def test_a_misspelt_word_is_suggested_as_titles_spell_it(self, search):
        search.put([document("a", "Irrigation by gravity")])

        assert search.search(SearchQuery("irigation")).suggestion == "irrigation"

    def test_only_the_wrong_word_is_replaced(self, search):
        search.put([document("a", "École primaire", language="fr", questions="solaire ou non")])

        assert search.search(SearchQuery('"ecole  primaore" -vent')).suggestion == '"ecole  primaire" -vent'

    def test_nothing_is_suggested_where_something_was_found(self, search):
        search.put([document("a", "Irrigation"), document("b", "Irritation")])

        assert search.search(SearchQuery("irritation")).suggestion is None

    def test_nothing_is_suggested_that_finds_nothing(self, search):
        search.put([document("a", "Irrigation", country="KE"), document("b", "Lamps", country="UG")])

        assert search.search(SearchQuery("irigation lamps")).suggestion is None
        assert search.search(SearchQuery("irigation", {"country": ("UG",)})).suggestion is None

    def test_a_word_with_digits_is_never_corrected(self, search):
        search.put([document("a", "Covid20 and model t34b")])

        assert search.search(SearchQuery("covid19")).suggestion is None

    def test_a_word_of_a_deleted_page_is_not_suggested(self, search):
        search.put([document("a", "Irrigation"), document("b", "Lamps")])
        search.delete(["a"])

        assert search.search(SearchQuery("irigation")).suggestion is None


WORDS = ["water", "waters", "pump", "school", "schools", "the", "of", "solar", "école", "health", "training"]


def random_document(dice, name):
    text = lambda most: " ".join(dice.choices(WORDS, k=dice.randint(0, most)))  # noqa: E731
    return document(
        str(name),
        text(4),
        summary=text(6),
        questions=text(6),
        body=text(40),
        language=dice.choice(["en", "en", "fr"]),
        depth=dice.choice(["short", "full", "draft"]),
        day=name,
        country=dice.sample(["KE", "UG", "TZ", "FR"], dice.randint(0, 3)),
        sector=dice.sample(["water", "health"], dice.randint(0, 2)),
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same 120 documents in Whoosh, with several segments and deletions, and in memory."""
    dice = random.Random(7)
    whoosh, memory = WhooshSearch(tmp_path_factory.mktemp("search") / "index"), MemorySearch()
    for search in (whoosh, memory):
        search.replace_all([])
    for first in range(0, 120, 20):
        names = [dice.choice([number, number // 2]) for number in range(first, first + 20)]
        batch = [random_document(dice, name) for name in names]
        gone = [str(dice.randrange(first + 1)) for _ in range(3)]
        for search in (whoosh, memory):
            search.put(batch)
            search.delete(gone)
    return whoosh, memory


part = st.builds(
    lambda minus, quote, words: minus + quote + " ".join(words) + quote,
    st.sampled_from(["", "", "-"]),
    st.sampled_from(["", '"']),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
)
queries = st.builds(
    SearchQuery,
    words=st.lists(part, max_size=3).map(" ".join),
    filters=st.dictionaries(
        st.sampled_from(["country", "sector", "depth"]),
        st.lists(st.sampled_from(["KE", "UG", "water", "full", "short"]), max_size=2).map(tuple),
        max_size=2,
    ),
    sort=st.sampled_from(["relevance", "newest", "title"]),
    page=st.integers(1, 3),
    per_page=st.integers(1, 30),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries)
def test_whoosh_answers_as_the_plain_look_at_every_document_does(both, query):
    whoosh, memory = both

    assert whoosh.search(query) == memory.search(query)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=250))
def test_any_text_at_all_can_be_searched_for(both, words):
    for search in both:
        search.search(SearchQuery(words))
