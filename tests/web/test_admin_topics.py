"""Topics in the browser: proposed in the form, decided on /admin/topics, shown to readers once accepted."""

import re

import pytest

from browsing import post
from form_client import fields_of, replaced
from kmwiki.models import AuditEntry, Topic
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site
from pages import publish_change, send, start, term


def proposed(site: Site, signed_in, change, word: str = "Rope pumps"):
    """The form of a change, saved with a new word."""
    address = f"/changes/{change.id}/edit"
    ada = signed_in("contributor")
    form = fields_of(ada.get(address).text, "new_topic")
    return post(ada, address, data=dict_of(replaced(form, new_topic=word)))


def dict_of(fields):
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if name == "csrf_token":
            continue
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def change(site: Site, people):
    return start(site, people["contributor"], "term", term())


def test_a_new_word_in_the_form_is_ticked_and_said_to_be_proposed(site: Site, signed_in, change) -> None:
    assert proposed(site, signed_in, change).status_code == 303

    form = signed_in("contributor").get(f"/changes/{change.id}/edit").text
    assert re.search(r'value="rope-pumps" checked> <span>Rope pumps \(proposed\)</span>', form)
    seen = signed_in("contributor").get(f"/changes/{change.id}").text
    assert "Rope pumps (proposed)" in seen and "/admin/topics" not in seen


def test_a_word_that_cannot_be_taken_comes_back_with_all_that_was_typed(site: Site, signed_in, change) -> None:
    answer = proposed(site, signed_in, change, "x" * 61)
    assert answer.status_code == 422
    assert "at most 60 characters" in answer.text and f'value="{"x" * 61}"' in answer.text


def test_readers_see_the_word_nowhere_before_it_is_accepted(site: Site, people, signed_in, browser, change) -> None:
    proposed(site, signed_in, change)
    send(site, people["contributor"], change)
    moderator = signed_in("moderator")
    assert 'href="/admin/topics/rope-pumps"' in moderator.get(f"/changes/{change.id}").text
    publish_change(site, people["moderator"], change)
    addresses = (
        "/pages/water-point", "/pages/water-point.md", "/pages/water-point/revisions/1", "/vocabularies/topics",
        "/api/v1/pages/water-point", "/api/v1/vocabularies/topics", "/api/v1/pages/water-point/revisions/1", "/search",
        "/new/term",
    )  # fmt: skip
    for address in addresses:
        for reader in (browser, signed_in("contributor2")):
            assert "ope" + "-pumps" not in (text := reader.get(address).text), address
            assert "Rope pumps" not in text, address

    assert post(moderator, "/admin/topics/rope-pumps/accept").status_code == 303
    assert "Rope pumps" in browser.get("/pages/water-point").text
    assert browser.get("/api/v1/pages/water-point").json["topics"] == ["rope-pumps"]


def test_a_moderator_adds_changes_merges_and_removes_topics(site: Site, signed_in) -> None:
    moderator = signed_in("moderator")
    for label in ("Rope pumps", "Hand pumps", "Not needed"):
        post(moderator, "/admin/topics", data={"label.en": label, "label.fr": ""})
    address = "/admin/topics/hand-pumps"
    form = fields_of(moderator.get(f"{address}?language=es").text, "seen")
    post(moderator, address, data=dict_of(replaced(form, **{"label.es": "Bombas", "other_words.en": "pumps"})))
    post(moderator, "/admin/topics/rope-pumps/merge", data={"into": "hand-pumps"})
    post(moderator, "/admin/topics/not-needed/remove")

    listed = moderator.get("/admin/topics").text
    assert "Not needed</a>" not in listed and "Took in: Rope pumps" in listed
    with site.work(SYSTEM) as uow:
        topic = uow.session.get(Topic, "hand-pumps")
        assert (topic.label, topic.other_words) == (
            {"en": "Hand pumps", "es": "Bombas"}, {"en": ["pumps", "Rope pumps"]},
        )  # fmt: skip
        actions = [entry.action for entry in uow.session.query(AuditEntry).order_by(AuditEntry.at)]
    assert actions == ["topic.add"] * 3 + ["topic.change", "topic.merge", "topic.remove"]


def test_the_second_of_two_moderators_gets_the_text_back_beside_that_of_the_first(site: Site, signed_in) -> None:
    moderator = signed_in("moderator")
    post(moderator, "/admin/topics", data={"label.en": "Hand pumps"})
    form = fields_of(moderator.get("/admin/topics/hand-pumps").text, "seen")
    post(moderator, "/admin/topics/hand-pumps", data=dict_of(replaced(form, **{"meaning.en": "Mine"})))
    late = dict_of(replaced(form, **{"meaning.en": "Yours"}))
    answer = post(signed_in("moderator2"), "/admin/topics/hand-pumps", data=late)

    assert answer.status_code == 409
    assert "changed this topic meanwhile" in answer.text and "Mine" in answer.text and 'value="Yours"' in answer.text


def test_a_declined_word_is_gone(site: Site, signed_in, change) -> None:
    proposed(site, signed_in, change)
    moderator = signed_in("moderator")
    assert "Rope pumps" in moderator.get("/admin/topics").text
    post(moderator, "/admin/topics/rope-pumps/decline")
    assert "“Rope pumps” is not taken." in moderator.get("/admin/topics").text
    assert "Rope pumps" not in moderator.get("/admin/topics").text
    assert moderator.get("/admin/topics/rope-pumps").status_code == 404


def test_faults_of_a_new_topic_stand_at_its_words(signed_in) -> None:
    answer = post(signed_in("moderator"), "/admin/topics", data={"label.en": "", "meaning.en": "Kept"})
    assert answer.status_code == 422
    assert "in one language at least" in answer.text and 'value="Kept"' in answer.text


def test_others_are_refused(browser, signed_in) -> None:
    assert signed_in("contributor").get("/admin/topics").status_code == 403
    assert post(signed_in("contributor"), "/admin/topics/any/accept").status_code == 403
    assert browser.get("/admin/topics").status_code in (302, 303, 401)
