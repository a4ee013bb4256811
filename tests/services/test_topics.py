"""Topics: words that a site owns, proposed by whoever writes, decided by moderators, never shown before."""

from datetime import timedelta

import pytest

from kmwiki import worker
from kmwiki.backends.search import SearchQuery
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.models import Change, OutboxJob, Topic
from kmwiki.permissions import SYSTEM
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import start_page
from kmwiki.services.pages.facet_labels import value_labels
from kmwiki.services.pages.finding import content_of, find_revision
from kmwiki.services.pages.labels import topics
from kmwiki.services.pages.reading import read_page
from kmwiki.services.pages.searching import search
from kmwiki.services.pages.topic_decisions import accept_topic, decline_topic, merge_topic, remove_topic
from kmwiki.services.pages.topics import TopicWords, add_topic, change_topic, find_topic, seen_words, topic_list
from kmwiki.site import Site
from pages import publish_change, published, send, term
from query_counter import counted_queries


def words(*, meaning: str = "", others: str = "", **label: str) -> TopicWords:
    return TopicWords(label, {"en": meaning}, {"en": others})


def add(site: Site, people, given: TopicWords | None = None, **label: str) -> str:
    with site.work(people["moderator"]) as uow:
        return add_topic(uow, given or words(**label)).code


def propose(site: Site, actor, word: str, codes: tuple[str, ...] = (), title: str = "Water point") -> Change:
    with site.work(actor) as uow:
        members = {"fields": term(title), "language": "en", "topics": list(codes)}
        return start_page(uow, "term", Edit(members, new_topic=word)).change


def topics_of(site: Site, change: Change) -> tuple[str, ...]:
    with site.work(SYSTEM) as uow:
        return content_of(find_revision(uow, uow.session.get(Change, change.id).head_id)).topics


def shown(site: Site, actor, slug: str = "water-point") -> list[str]:
    """What a reader sees among the topics of a page."""
    with site.work(actor) as uow:
        version = read_page(uow, slug).version
        return [str(version.topics[code].label) for code in version.content.topics]


def found(site: Site, people, code: str) -> tuple[int, dict[str, int]]:
    """How many pages are found by a topic, and the counts of all topics."""
    worker.drain(site)
    with site.work(people["anonymous"]) as uow:
        by_topic = search(uow, SearchQuery(filters={"topic": (code,)})).total
        return by_topic, dict(search(uow, SearchQuery()).facets.get("topic", {}))


# ---- proposing


def test_a_new_word_becomes_a_topic_that_waits(site: Site, people) -> None:
    change = propose(site, people["contributor"], "  Rope   pumps ")

    assert topics_of(site, change) == ("rope-pumps",)
    with site.work(people["moderator"]) as uow:
        [(topic, who)] = topic_list(uow).proposals
        told = uow.session.query(OutboxJob).filter_by(name="tell").all()
    assert (topic.label, topic.is_accepted, who) == ({"en": "Rope pumps"}, False, "Contributor")
    assert [(job.payload["event"], job.payload["topic"]) for job in told] == [("topic-proposed", "rope-pumps")]


def test_a_word_that_is_there_is_chosen_whatever_its_case_and_language(site: Site, people) -> None:
    add(site, people, words(en="Rope pumps", fr="Pompes à corde", others="Hand pumps, village pumps"))
    for number, typed in enumerate(["rope PUMPS", "pompes à corde", "Village pumps"]):
        assert topics_of(site, propose(site, people["contributor"], typed, title=f"T{number}")) == ("rope-pumps",)
    with site.work(people["moderator"]) as uow:
        assert topic_list(uow).proposals == []


def test_the_same_word_of_two_people_waits_once(site: Site, people) -> None:
    first = propose(site, people["contributor"], "Rope pumps")
    second = propose(site, people["contributor2"], "rope pumps", title="Another")

    assert topics_of(site, first) == topics_of(site, second) == ("rope-pumps",)
    with site.work(people["moderator"]) as uow:
        assert len(topic_list(uow).proposals) == 1


def test_a_proposal_is_saved_with_a_change_and_sent_twice_counts_once(site: Site, people) -> None:
    change = propose(site, people["contributor"], "")
    edit = Edit({"topics": []}, new_topic="Rope pumps")
    for _time in range(2):
        with site.work(people["contributor"]) as uow:
            save(uow, change.id, edit, change.head_id)
    assert topics_of(site, change) == ("rope-pumps",)


@pytest.mark.parametrize(("word", "fault"), [("x" * 61, "at most 60"), ("a\x07b", "plain letters"), ("!?", "letters")])
def test_a_word_that_is_none_is_refused_and_nothing_is_kept(site: Site, people, word, fault) -> None:
    with pytest.raises(Refused) as refused:
        propose(site, people["contributor"], word)
    assert [(p.field, fault in p.message) for p in refused.value.problems] == [("topics", True)]
    with site.work(SYSTEM) as uow:
        assert uow.session.query(Topic).count() == 0


def test_five_words_a_day_are_enough(site: Site, people) -> None:
    for number in range(5):
        propose(site, people["contributor"], f"word {number}", title=f"T{number}")
    with pytest.raises(Refused, match="Nothing was lost"):
        propose(site, people["contributor"], "one more")
    propose(site, people["contributor2"], "one more", title="Of somebody else")
    site.clock = lambda now=site.clock: now() + timedelta(days=1, minutes=1)
    propose(site, people["contributor"], "two more", title="Tomorrow")


def test_at_most_five_topics_the_new_one_among_them(site: Site, people) -> None:
    codes = tuple(add(site, people, en=f"Topic {number}") for number in range(5))
    with pytest.raises(Refused):
        propose(site, people["contributor"], "One more", codes)


def test_what_somebody_else_proposed_cannot_be_chosen_by_its_code(site: Site, people) -> None:
    propose(site, people["contributor"], "Rope pumps")
    with pytest.raises(Refused):
        propose(site, people["contributor2"], "", ("rope-pumps",))


# ---- readers


def test_readers_see_a_proposed_topic_once_it_is_accepted(site: Site, people) -> None:
    change = propose(site, people["contributor"], "Rope pumps")
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    assert shown(site, people["anonymous"]) == []
    assert found(site, people, "rope-pumps") == (0, {})
    with site.work(people["anonymous"]) as uow:
        assert value_labels(uow, "topic", ["rope-pumps"]) == {"rope-pumps": "rope-pumps"}
        assert topics(uow) == []

    with site.work(people["moderator"]) as uow:
        accept_topic(uow, "rope-pumps")

    assert shown(site, people["anonymous"]) == ["Rope pumps"]
    assert found(site, people, "rope-pumps") == (1, {"rope-pumps": 1})


@pytest.mark.database
def test_a_topic_that_became_part_of_another_is_found_under_that_one(site: Site, people) -> None:
    old, new = add(site, people, en="Rope pumps"), add(site, people, en="Hand pumps", fr="Pompes")
    published(site, people, "term", term(), topics=[old])
    assert found(site, people, old) == (1, {old: 1})

    with site.work(people["moderator"]) as uow:
        target = merge_topic(uow, old, new)
        assert target.other_words == {"en": ["Rope pumps"]}

    assert shown(site, people["anonymous"]) == ["Hand pumps"]
    assert found(site, people, new) == (1, {new: 1})
    assert found(site, people, old)[0] == 1, "an address with the old code goes on leading there"
    with site.work(people["anonymous"]) as uow:
        assert [topic.code for topic in topics(uow)] == [new]
        assert read_page(uow, "water-point").revision.content["topics"] == [old]


def test_topics_are_merged_again_and_lead_to_the_last(site: Site, people) -> None:
    a, b, c = (add(site, people, en=name) for name in ("First", "Second", "Third"))
    published(site, people, "term", term(), topics=[a])
    with site.work(people["moderator"]) as uow:
        merge_topic(uow, a, b)
        merge_topic(uow, b, c)
        assert [topic.code for topic in topic_list(uow).merged[c]] == [a, b]
    assert shown(site, people["anonymous"]) == ["Third"]


def test_a_proposal_can_be_another_word_for_a_topic(site: Site, people) -> None:
    target = add(site, people, en="Hand pumps")
    propose(site, people["contributor"], "Rope pumps")
    with site.work(people["moderator"]) as uow:
        merge_topic(uow, "rope-pumps", target)
        assert topic_list(uow).proposals == []
        assert find_topic(uow, target).other_words == {"en": ["Rope pumps"]}


@pytest.mark.parametrize("into", ["rope-pumps", "nowhere", "gone", "proposed"])
def test_a_topic_becomes_part_of_one_that_stands(site: Site, people, into) -> None:
    for name in ("Rope pumps", "Gone", "Target"):
        add(site, people, en=name)
    propose(site, people["contributor"], "proposed")
    with site.work(people["moderator"]) as uow:
        merge_topic(uow, "gone", "target")
    with pytest.raises(Refused), site.work(people["moderator"]) as uow:
        merge_topic(uow, "rope-pumps", into)


def test_a_declined_word_goes_and_the_change_can_go_on_being_saved(site: Site, people) -> None:
    change = propose(site, people["contributor"], "Rope pumps")
    with site.work(people["moderator"]) as uow:
        decline_topic(uow, "rope-pumps")
    with site.work(people["contributor"]) as uow:
        save(uow, change.id, Edit({"topics": ["rope-pumps"], "fields": {"title": "W"}}), change.head_id)
    with site.work(people["moderator"]) as uow:
        assert uow.session.get(Topic, "rope-pumps") is None
    with pytest.raises(NotFound), site.work(people["moderator"]) as uow:
        decline_topic(uow, "rope-pumps")


# ---- looking after them


def test_words_are_kept_by_language_and_a_second_moderator_is_told_of_the_first(site: Site, people) -> None:
    code = add(site, people, en="Rope pumps")
    with site.work(people["moderator"]) as uow:
        seen = seen_words(find_topic(uow, code))
        given = TopicWords({"en": "Rope pumps", "es": "Bombas"}, {"fr": "Des pompes"}, {"es": "bomba, bombas,, bomba"})
        topic = change_topic(uow, code, given, seen)
        assert (topic.label, topic.meaning, topic.other_words) == (
            {"en": "Rope pumps", "es": "Bombas"}, {"fr": "Des pompes"}, {"es": ["bomba", "bombas"]},
        )  # fmt: skip
    with pytest.raises(Conflict), site.work(people["moderator2"]) as uow:
        change_topic(uow, code, words(en="Something else"), seen)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (words(), "in one language at least"),
        (words(en="Hand pumps"), "topic of this name already: hand-pumps"),
        (words(en="village PUMPS"), "topic of this name already: hand-pumps"),
        (words(en="x" * 61), "at most 60"),
        (words(en="A", qqq="B"), "not in the list"),
        (words(en="A", others=",".join(f"word {n}" for n in range(21))), "At most 20 other words"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(site: Site, people, given, fault) -> None:
    add(site, people, words(en="Hand pumps", others="village pumps"))
    with pytest.raises(Refused, match=fault):
        add(site, people, given)


def test_only_an_unused_topic_is_removed(site: Site, people) -> None:
    used, draft, free = (add(site, people, en=name) for name in ("Used", "In a draft", "Free"))
    published(site, people, "term", term(), topics=[used])
    propose(site, people["contributor"], "", (draft,), title="A draft")
    for code in (used, draft):
        with pytest.raises(Refused), site.work(people["moderator"]) as uow:
            remove_topic(uow, code)
    with site.work(people["moderator"]) as uow:
        remove_topic(uow, free)
        assert [topic.code for topic in topic_list(uow).topics] == [draft, used]


def test_the_list_counts_pages_and_takes_as_many_queries_for_many_topics_as_for_few(site: Site, people) -> None:
    code = add(site, people, en="Rope pumps")
    published(site, people, "term", term(), topics=[code])
    found(site, people, code)
    with counted_queries(site.engine) as few, site.work(people["moderator"]) as uow:
        assert topic_list(uow).pages == {code: 1}
    for number in range(10):
        add(site, people, en=f"Topic {number}")
    with site.work(people["moderator"]) as uow, counted_queries(site.engine) as many:
        topic_list(uow)
    assert len(many) <= len(few) <= 6


@pytest.mark.parametrize("name", ["anonymous", "reader", "contributor"])
def test_moderators_alone_look_after_topics(site: Site, people, name) -> None:
    with pytest.raises(Exception) as refused, site.work(people[name]) as uow:
        topic_list(uow)
    assert refused.value.status in (401, 403)
    with pytest.raises(Exception) as refused, site.work(people[name]) as uow:
        accept_topic(uow, "anything")
    assert refused.value.status in (401, 403)
    if name == "contributor":
        with pytest.raises(Forbidden), site.work(people[name]) as uow:
            add_topic(uow, words(en="Mine"))
