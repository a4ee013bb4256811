"""Asking somebody who knows, in a browser: the boxes, the link that is handed over, what the asked one sees."""

import re

import pytest

from browsing import led_to, post
from kmwiki.models import Change
from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import send, start, term

People = dict[str, Actor]
QUESTION = "Is this what people say at the lake?"


@pytest.fixture
def change(site: Site, people: People) -> Change:
    draft = start(site, people["contributor"], "term", term(), note_to_reviewer="The chief is a difficult man.")
    return send(site, people["contributor"], draft)


def ask(client, change: Change, **given: str):
    return post(client, f"/changes/{change.id}/opinions", {"by": "account", "question": QUESTION, **given})


def test_an_account_is_asked_and_its_answer_stands_beside_the_change(site: Site, signed_in, change: Change) -> None:
    mo, bo, at = signed_in("moderator"), signed_in("contributor2"), f"/changes/{change.id}"
    assert bo.get(at).status_code == 404
    assert led_to(ask(mo, change, who="contributor2")) == at
    assert QUESTION in bo.get("/account/profile").text and at in bo.get("/account/profile").text

    shown = bo.get(at).text
    assert QUESTION in shown and "Your opinion" in shown and "where people fetch water" in shown
    for hidden_from_her in ("difficult man", "Sent for review", "Ask somebody who knows", 'id="decide"', "/edit"):
        assert hidden_from_her not in shown
    assert led_to(post(bo, f"{at}/opinion", {"opinion": "Yes, <b>all</b> of them."})) == at

    for name in ("moderator", "moderator2", "contributor"):
        assert "Yes, &lt;b&gt;all&lt;/b&gt; of them." in signed_in(name).get(at).text
    assert QUESTION not in bo.get("/account/profile").text
    post(mo, f"{at}/publish", {"revision": str(change.head_id)})
    assert bo.get(at).status_code == 404
    assert post(bo, f"{at}/opinion", {"opinion": "Too late."}).status_code == 404


def test_somebody_without_an_account_answers_by_the_link(site: Site, signed_in, browser, change: Change) -> None:
    mo, at = signed_in("moderator"), f"/changes/{change.id}"
    ask(mo, change, by="link", who="Zoe Banda")
    page = mo.get(at).text
    token = re.search(r"/shared/([\w-]+)", page)[1]
    assert token not in mo.get(at).text and "Zoe Banda" in page

    shown = browser.get(f"/shared/{token}").text
    assert QUESTION in shown and "A moderator gave you this link" in shown and "difficult man" not in shown
    assert post(browser, f"/shared/{token}/opinion", {"opinion": " "}).status_code == 422
    assert led_to(post(browser, f"/shared/{token}/opinion", {"opinion": "They do."})) == f"/shared/{token}"
    assert "They do." in browser.get(f"/shared/{token}").text
    assert "They do." in signed_in("contributor").get(at).text

    post(mo, f"{at}/return", {"reason": "Zoe knows more."})
    assert browser.get(f"/shared/{token}").status_code == 404
    assert post(browser, f"/shared/{token}/opinion", {"opinion": "More."}).status_code == 404


def test_a_link_that_the_author_gave_asks_for_no_opinion(site: Site, signed_in, browser, change: Change) -> None:
    ada, at = signed_in("contributor"), f"/changes/{change.id}"
    post(ada, f"{at}/shares")
    token = re.search(r"/shared/([\w-]+)", ada.get(at).text)[1]

    assert "Your opinion" not in browser.get(f"/shared/{token}").text
    assert post(browser, f"/shared/{token}/opinion", {"opinion": "Good."}).status_code == 403


@pytest.mark.parametrize("given", [{"who": "nobody"}, {"who": ""}, {"who": "contributor2", "question": ""}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(site: Site, signed_in, change: Change, given) -> None:
    refused = ask(signed_in("moderator"), change, **given)

    assert refused.status_code == 422
    assert 'class="fault"' in refused.text and (given.get("question") == "" or QUESTION in refused.text)


def test_a_question_is_taken_back(site: Site, signed_in, change: Change) -> None:
    mo, at = signed_in("moderator"), f"/changes/{change.id}"
    ask(mo, change, who="contributor2")
    url = re.search(r'action="([^"]+/take-back)"', mo.get(at).text)[1]
    assert post(signed_in("contributor2"), url).status_code == 403
    assert led_to(post(mo, url)) == at

    assert signed_in("contributor2").get(at).status_code == 404


def test_contributors_ask_nobody(site: Site, signed_in, change: Change) -> None:
    assert ask(signed_in("contributor"), change, who="contributor2").status_code == 403
    assert ask(signed_in("contributor2"), change, who="reader").status_code == 404
