"""Talking about pages and changes in the browser: read by everybody who may, answered, edited, settled, folded."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from browsing import led_to, post
from kmwiki.models import Change, Comment
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import cooperation
from kmwiki.services.pages import page_care
from kmwiki.services.talk import comment_bounds, comments
from kmwiki.site import Site
from pages import published, say, send, start, term
from query_counter import counted_queries

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
AT = "/pages/water-point/discussion"


@pytest.fixture
def page(site: Site, people: People) -> str:
    return str(published(site, people, "term", term()).slug)


@pytest.fixture
def change(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term())


def all_said(site: Site) -> list[Comment]:
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(Comment).order_by(Comment.created_at)))


def share(site: Site, people: People, change: Change) -> str:
    with site.work(people["contributor"]) as uow:
        return f"/shared/{cooperation.share(uow, change.id)[1]}"


# ---- pages


def test_a_page_leads_to_what_is_said_about_it_and_everybody_reads_it(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    assert f'href="{AT}"' in browser.get("/pages/water-point").text
    assert "Nothing has been said yet." in browser.get(AT).text
    ada = signed_in("contributor2")
    answer = post(ada, AT, {"comment": "Is a **tap** one?", "field": "definition"})
    (said,) = all_said(site)

    assert answer.headers["Location"].endswith(f"{AT}#comment-{said.id}")
    shown = browser.get(AT).text
    assert f'id="comment-{said.id}"' in shown and "<strong>tap</strong>" in shown and "Contributor2" in shown
    assert '<a href="/pages/water-point#field-definition">' in shown
    assert "one open conversation" in browser.get("/pages/water-point").text


def test_anonymous_readers_see_each_comment_at_their_next_request_and_no_form(
    site: Site, people: People, page: str, browser: FlaskClient
) -> None:
    assert "Set-Cookie" not in browser.get(AT).headers
    assert "/account/login?next=" in browser.get(AT).text and "<textarea" not in browser.get(AT).text
    said = say(site, people["contributor"], page, "First words")
    assert "First words" in browser.get(AT).text
    with site.work(people["contributor"]) as uow:
        comments.edit(uow, said, "Better words")
    assert "Better words" in browser.get(AT).text and "First words" not in browser.get(AT).text
    with site.work(people["contributor"]) as uow:
        comments.resolve(uow, said)
    assert "settled" in browser.get(AT).text
    assert "open conversation" not in browser.get("/pages/water-point").text
    with site.work(people["contributor"]) as uow:
        comments.delete(uow, said)
    assert "Better words" not in browser.get(AT).text


def test_what_a_signed_in_person_sees_is_kept_for_nobody_else(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    say(site, people["contributor"], page)
    mine = signed_in("contributor").get(AT).text
    assert "Delete it for good" in mine and "Your comment" in mine
    assert "Delete it for good" not in browser.get(AT).text
    assert "Delete it for good" not in signed_in("contributor2").get(AT).text
    assert "<textarea" not in signed_in("reader").get(AT).text


def test_the_page_is_read_with_as_few_queries_as_before(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    def queries(client: FlaskClient, address: str) -> int:
        with counted_queries(site.engine) as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    reader = signed_in("reader")
    drawn = queries(reader, "/pages/water-point")
    for number in range(5):
        first = say(site, people["contributor"], page, f"See [[water-point]], {number}")
        say(site, people["contributor2"], page, "Yes.", answers=first)
        if number == 0:
            few = queries(reader, AT)

    assert queries(reader, "/pages/water-point") <= drawn
    assert queries(reader, "/pages/water-point") <= 3
    browser.get("/pages/water-point")
    assert queries(browser, "/pages/water-point") == 0
    assert queries(reader, AT) == few <= 8


def test_answers_edits_and_refusals_stand_where_they_were_typed(
    site: Site, people: People, page: str, signed_in: SignIn
) -> None:
    first = say(site, people["contributor"], page, "Is a tap one?")
    ada = signed_in("contributor")
    assert led_to(post(ada, AT, {"comment": "It is.", "answers": str(first)})) == AT
    deep = "Well.\n" + "> " * 30 + "kept words"
    refused = post(ada, AT, {"comment": deep, "answers": str(first)})
    assert refused.status_code == 422 and "Line 2:" in refused.text and "kept words" in refused.text
    assert f'id="f-answer-{first}-fault"' in refused.text
    refused = post(ada, f"/comments/{first}/edit", {"comment": deep})
    assert refused.status_code == 422 and f'id="f-edit-{first}-fault"' in refused.text and "kept words" in refused.text
    refused = post(ada, AT, {"comment": deep, "field": "definition"})
    assert refused.status_code == 422 and '<option value="definition" selected>' in refused.text
    assert led_to(post(ada, f"/comments/{first}/edit", {"comment": "Is a *tap* one?"})) == AT

    shown = ada.get(AT).text
    assert "<em>tap</em>" in shown and re.search(r"<span>edited \d", shown)
    assert [(c.text, c.thread_id) for c in all_said(site)] == [("Is a *tap* one?", None), ("It is.", first)]


def test_an_answer_to_what_is_gone_or_settled_meanwhile_is_not_lost(
    site: Site, people: People, page: str, change: Change, signed_in: SignIn
) -> None:
    gone, settled = (say(site, people["contributor"], page, text) for text in ("Gone", "Settled"))
    with site.work(people["contributor"]) as uow:
        comments.delete(uow, gone)
        comments.resolve(uow, settled)
    elsewhere = say(site, people["contributor"], change.id, "Secret draft")
    bo = signed_in("contributor2")

    for answers, status in ((gone, 422), (settled, 409), (elsewhere, 422)):
        refused = post(bo, AT, {"comment": "kept words", "answers": str(answers)})
        assert refused.status_code == status and "kept words</textarea>" in refused.text
        assert "Secret draft" not in refused.text


def test_settled_conversations_are_folded_and_opened_again(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    said = say(site, people["contributor2"], page, "Is a tap one?")
    mo = signed_in("moderator")
    assert led_to(post(mo, f"/comments/{said}/resolve")) == AT
    folded = browser.get(AT).text
    assert re.search(r'<details class="thread">\s*<summary>.*settled.*Is a tap one\?', folded)
    assert "Marked as settled by Moderator" in folded
    assert post(signed_in("contributor"), f"/comments/{said}/unresolve").status_code == 403
    assert led_to(post(signed_in("contributor2"), f"/comments/{said}/unresolve")) == AT
    assert '<details class="thread"' not in browser.get(AT).text


def test_a_comment_that_was_answered_leaves_its_place(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    mine, others = say(site, people["contributor"], page, "Mine"), say(site, people["contributor2"], page, "Theirs")
    for said in (mine, others):
        say(site, people["contributor2"], page, "An answer", answers=said)
    assert led_to(post(signed_in("contributor"), f"/comments/{mine}/delete")) == AT
    assert post(signed_in("contributor"), f"/comments/{others}/delete").status_code == 403
    assert led_to(post(signed_in("moderator"), f"/comments/{others}/delete", {"reason": "Rude."})) == AT

    shown = browser.get(AT).text
    assert "Deleted by its author." in shown and "Removed by a moderator." in shown and "Theirs" not in shown
    assert shown.count("An answer") >= 2


def test_a_page_in_the_bin_takes_its_discussion_along(
    site: Site, people: People, page: str, signed_in: SignIn, browser: FlaskClient
) -> None:
    say(site, people["contributor"], page, "Still here?")
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, page, "point-of-water")
    moved = browser.get(AT)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/pages/point-of-water/discussion")
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, "point-of-water", "Wrong.")

    assert browser.get("/pages/point-of-water/discussion").status_code == 404
    seen = signed_in("moderator").get("/pages/point-of-water/discussion")
    assert "Still here?" in seen.text and seen.headers["Cache-Control"] == "no-store"


def test_many_conversations_come_in_pages_and_one_stays_on_the_page_that_one_was_on(
    site: Site, people: People, page: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = say(site, people["contributor"], page, "The oldest")
    for number in range(20):
        say(site, people["contributor2"], page, f"Number {number}")
    ada = signed_in("contributor")

    assert "The oldest" not in ada.get(AT).text and "The oldest" in ada.get(f"{AT}?page=2").text
    answered = post(ada, AT, {"comment": "Yes.", "answers": str(first), "page": "2"})
    assert re.search(rf"{AT}\?page=2#comment-", answered.headers["Location"])
    assert ada.get(f"{AT}?page=3").status_code == 404


def test_somebody_who_is_signed_out_gets_the_text_back(site: Site, people: People, page: str, app) -> None:
    answer = app.test_client().post(AT, data={"comment": "Words that took me a long time to find."})

    assert answer.status_code in (400, 401) and "Words that took me a long time to find." in answer.text
    assert all_said(site) == []


# ---- changes


def test_a_change_shows_conversations_beside_what_happened_to_it(
    site: Site, people: People, change: Change, signed_in: SignIn
) -> None:
    send(site, people["contributor"], change)
    at = f"/changes/{change.id}"
    chosen = signed_in("moderator").get(f"{at}?field=definition").text
    assert f'href="{at}?field=definition#say"' in chosen and '<option value="definition" selected>' in chosen
    asked = post(signed_in("moderator"), f"{at}/comments", {"comment": "A source?", "field": "definition"})
    (said,) = all_said(site)
    assert asked.headers["Location"].endswith(f"{at}#comment-{said.id}")
    ada = signed_in("contributor")
    shown = ada.get(at).text
    assert '<a href="#field-definition">' in shown and 'id="field-definition"' in shown
    assert "What happened so far" in shown and "Sent for review" in shown
    assert led_to(post(ada, f"/comments/{said.id}/resolve")) == at
    refused = post(ada, f"{at}/comments", {"comment": "kept words", "answers": str(said.id)})
    assert refused.status_code == 409 and "kept words</textarea>" in refused.text


def test_each_question_of_the_form_leads_to_the_box_with_that_question_chosen(
    site: Site, people: People, change: Change, signed_in: SignIn
) -> None:
    ada = signed_in("contributor")

    assert f'href="/changes/{change.id}?field=definition#say"' in ada.get(f"/changes/{change.id}/edit").text
    assert "Talk about this" not in ada.get("/new/term").text


def test_comments_of_a_draft_are_not_there_for_others(
    site: Site, people: People, change: Change, signed_in: SignIn
) -> None:
    said = say(site, people["contributor"], change.id)
    for name in ("contributor2", "moderator"):
        for deed in ("edit", "delete", "resolve", "unresolve"):
            assert post(signed_in(name), f"/comments/{said}/{deed}", {"comment": "x"}).status_code == 404


# ---- share links


def test_the_holder_of_a_share_link_comments_and_answers_under_a_name(
    site: Site, people: People, change: Change, browser: FlaskClient
) -> None:
    asked = say(site, people["contributor"], change.id, "What do you think?")
    at = share(site, people, change)
    assert f'href="{at}?field=definition#say"' in browser.get(at).text
    refused = post(browser, at, {"comment": "Good.", "answers": str(asked)})
    assert refused.status_code == 422 and f'id="f-name-{asked}-fault"' in refused.text
    said = post(browser, at, {"comment": "Good.", "answers": str(asked), "name": "Zoe"})
    shown = browser.get(at).text

    assert led_to(said) == at and "Zoe" in shown
    assert "/comments/" not in shown and "Mark as settled" not in shown
    for deed in ("edit", "delete", "resolve"):
        assert post(browser, f"/comments/{asked}/{deed}", {"comment": "x"}).status_code == 401


def test_a_share_link_that_is_used_very_often_says_so_and_keeps_the_text(
    site: Site, people: People, change: Change, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_bounds, "LINK_HOURLY", 1)
    at = share(site, people, change)
    post(browser, at, {"comment": "One.", "name": "Zoe"})
    refused = post(browser, at, {"comment": "kept words", "name": "Zoe"})

    assert refused.status_code == 429
    assert "Please wait an hour" in refused.text and "kept words</textarea>" in refused.text and "Zoe" in refused.text
