"""Reviewing one change in a browser: what it changes, what changed since, the questions, corrections, what is told."""

import re

import pytest
from flask.testing import FlaskClient

from browsing import form_as_sent, hidden, led_to, post
from kmwiki.models import Change, Page, Revision, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.files.attachments import attach, describe
from kmwiki.services.review import moderation
from kmwiki.site import Site
from pages import change_page, practice, published, save_fields, send, start, term
from photos import photo

People = dict[str, Actor]
AT = "/changes/"


def now(site: Site, change: Change) -> Change:
    with site.work(SYSTEM) as uow:
        return uow.session.get(Change, change.id)


def sent(site: Site, people: People, **fields: object) -> Change:
    return send(site, people["contributor"], start(site, people["contributor"], "term", term(**fields)))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---- looking


def test_what_changed_is_seen_as_readers_saw_it_and_would_see_it(site: Site, people: People, signed_in) -> None:
    published(site, people, "good-practice", practice())
    change = change_page(site, people["contributor2"], "training-water-committees", {"summary": "They lend parts."})
    bo, at = signed_in("contributor2"), f"{AT}{change.id}"

    before, after = (bo.get(f"{at}?view={view}").text for view in ("before", "after"))

    assert "Committees keep their own store of spare parts." in before and "They lend parts." not in before
    assert "They lend parts." in after and "Committees keep their own store" not in after
    first, rest = after.index("They lend parts."), after.index("The rest, which is the same")
    assert first < rest < after.index("Second paragraph")
    assert "<ins>" in bo.get(at).text and "<ins>" not in after
    assert bo.get(f"{at}?view=invented").status_code == 200


def test_a_hidden_version_is_not_shown_as_what_was_there_before(site: Site, people: People, signed_in) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor2"], "water-point", {"definition": "A tap."})
    with site.work(SYSTEM) as uow:
        base = uow.session.get(Revision, change.base_id)
        base.content, base.is_hidden = None, True
    bo, at = signed_in("contributor2"), f"{AT}{change.id}"

    for address in (at, f"{at}?view=before", f"{at}?view=after"):
        shown = bo.get(address)
        assert shown.status_code == 200 and "where people fetch water" not in shown.text
    assert bo.get(f"{at}?since={change.base_id}").status_code == 404


def test_pictures_are_compared_as_pictures_with_what_is_said_of_them(site: Site, people: People, signed_in) -> None:
    ada = people["contributor"]
    with_picture = start(site, ada, "term", term())
    said = {"alt": "A pump", "credit": "Ada", "licence": "CC-BY-4.0", "consent": "none"}
    with site.work(ada) as uow:
        attach(uow, with_picture.id, "pump.jpg", photo(), **said)
    send(site, ada, now(site, with_picture))
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, with_picture.id, "Another picture, please.")
    seen = now(site, with_picture).head_id
    with site.work(ada) as uow:
        other = {"alt": "A rope pump", "licence": "CC-BY-SA-4.0", "consent": "adults-agreed"}
        describe(uow, with_picture.id, seen, "pump.jpg", other, photo(size=(640, 480)))
    send(site, ada, now(site, with_picture))
    mo = signed_in("moderator")

    shown = mo.get(f"{AT}{with_picture.id}?since={seen}").text
    pictures = re.findall(r'<img src="([^"?]+)[^"]*" width="\d+" height="\d+" alt="([^"]*)"', shown)

    old = f"{AT}{with_picture.id}/revisions/{seen}/files/pump.jpg"
    assert [(old, "A pump"), (f"{AT}{with_picture.id}/files/pump.jpg", "A rope pump")] == pictures[:2]
    assert "another file under the same name" in shown
    assert "CC-BY-SA-4.0" not in text_of(shown) and "adults-agreed" not in text_of(shown)
    assert mo.get(old).status_code == 200
    assert signed_in("contributor2").get(old).status_code == 404


# ---- since it was sent back


def test_a_moderator_sees_what_changed_since_she_sent_it_back(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    post(mo, f"{at}/return", {"reason": "Is a spring one, too?"})
    first = now(site, change).head_id
    assert "Look at what changed since" not in mo.get(at).text
    save_fields(site, people["contributor"], change, first, {"definition": "A well, a tap or a spring."})
    send(site, people["contributor"], change)

    page = mo.get(at).text
    since = mo.get(f"{at}?since={first}").text
    then = mo.get(f"{at}?since={first}&view=before").text

    assert "You sent this back on" in page and f"{at}?since={first}#changes" in page
    assert "<ins>" not in page and "<ins>" in since and "This is what changed since." in since
    assert "You publish the whole change" in since and "You publish exactly what you see here." in page
    assert "It may be a well, a tap or a spring." in then
    assert signed_in("contributor2").get(f"{at}?since={first}").status_code == 404


@pytest.mark.parametrize("named", ["invented", "00000000-0000-7000-8000-000000000000", "{other}", "{draft}"])
def test_versions_that_are_not_to_be_seen_are_not_there(site: Site, people: People, signed_in, named: str) -> None:
    draft = start(site, people["contributor"], "term", term(definition="Too much."))
    save_fields(site, people["contributor"], draft, draft.head_id, {"definition": "What is sent."})
    send(site, people["contributor"], draft)
    other = sent(site, people, title="A pump")
    revision = named.format(other=other.head_id, draft=draft.head_id)
    mo, at = signed_in("moderator"), f"{AT}{draft.id}"

    for asked in (f"?since={revision}", f"?until={revision}", f"/revisions/{revision}/files/pump.jpg"):
        assert mo.get(at + asked).status_code == 404


def test_the_history_leads_to_the_text_that_was_decided_about(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    ada, at = signed_in("contributor"), f"{AT}{change.id}"
    post(signed_in("moderator"), f"{at}/return", {"reason": "Where?"})
    save_fields(site, people["contributor"], change, change.head_id, {"definition": "At the lake."})

    page = ada.get(at).text
    then = re.search(r'href="([^"]+)">The text at that time', page)[1].replace("&amp;", "&")

    assert "Where?" in page and "What changed since" in page
    assert "It may be a well, a tap or a spring." in ada.get(then).text


def test_what_moved_is_shown_to_whoever_publishes_an_older_version(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    seen = hidden(mo.get(at).text, "revision")
    save_fields(site, people["contributor"], change, change.head_id, {"definition": "Behind her back."})

    refused = post(mo, f"{at}/publish", {"revision": seen})

    assert refused.status_code == 409 and "The author saved again after you looked." in refused.text
    assert re.search(r"<ins>.*Behind her back", refused.text)


# ---- the questions for the reviewer


@pytest.fixture
def in_full(site: Site, people: People) -> Change:
    """A practice that was sent in full; its text is short, which nobody asks of a reviewer here."""
    change = send(site, people["contributor"], start(site, people["contributor"], "good-practice", practice()))
    with site.work(SYSTEM) as uow:
        uow.session.get(Change, change.id).depth = "full"
    return change


def test_six_questions_are_asked_of_a_practice_in_full_alone(site: Site, people: People, signed_in, in_full) -> None:
    mo = signed_in("moderator")
    in_short = send(site, people["contributor"], start(site, people["contributor"], "good-practice", practice("Other")))

    assert mo.get(f"{AT}{in_full.id}").text.count('<fieldset class="asked"') == 6
    assert "review.understandable" not in mo.get(f"{AT}{in_short.id}").text
    assert "review.understandable" not in signed_in("contributor").get(f"{AT}{in_full.id}").text


def test_answers_go_with_the_decision_and_the_author_reads_them(site: Site, signed_in, in_full: Change) -> None:
    mo, at = signed_in("moderator"), f"{AT}{in_full.id}"
    given = {"review.understandable": "yes", "review.borne-out": "not-yet", "reason": "Nearly there."}
    refused = post(mo, f"{at}/return", given)
    assert refused.status_code == 422 and "Say in a line why it is not a yes" in refused.text
    assert "Nearly there." in refused.text and re.search(r'value="not-yet" checked', refused.text)
    assert now(site, in_full).state == "submitted"

    assert led_to(post(mo, f"{at}/return", {**given, "review.borne-out.line": "Who counted the pumps?"})) == at

    page = text_of(signed_in("contributor").get(at).text)
    assert "Can a stranger understand it? yes" in page
    assert "Is the claim borne out by the evidence named? not yet : Who counted the pumps?" in page


# ---- corrections


def corrected(client: FlaskClient, at: str, do: str, **fields: str):
    form = form_as_sent(client.get(f"{at}/edit").text)
    return post(client, f"{at}/edit", {**form, **fields, "do": do})


def test_a_moderator_publishes_with_her_correction_in_one_go(site: Site, people: People, signed_in, browser) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    form = mo.get(f"{at}/edit").text
    assert "Save and look, then publish" in form and "Publish with my correction" in form

    assert led_to(corrected(mo, at, "publish", definition="A well, said shortly.")) == at

    page = browser.get("/pages/water-point").text
    assert "A well, said shortly." in page and "Contributor" in page and "Moderator" in page
    ada = signed_in("contributor").get(at).text
    assert "Corrected by a moderator" in ada
    shown = signed_in("contributor").get(re.search(r'href="([^"]+)">What was corrected', ada)[1].replace("&amp;", "&"))
    assert re.search(r"<ins>.*said shortly", shown.text)


def test_a_correction_is_looked_at_first_where_she_likes(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    assert led_to(corrected(mo, at, "next", definition="A well.")) == at
    page = mo.get(at).text

    assert "Corrected by a moderator" in page and 'name="revision"' in page
    assert now(site, change).state == "submitted"


def test_what_somebody_else_saved_meanwhile_is_not_published_unseen(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    form = form_as_sent(mo.get(f"{at}/edit").text)
    save_fields(site, people["contributor"], change, change.head_id, {"title": "A water point"})

    answer = post(mo, f"{at}/edit", {**form, "definition": "A well.", "do": "publish"})

    assert led_to(answer) == at and now(site, change).state == "submitted"
    assert "Your correction is saved. Somebody else had saved meanwhile" in mo.get(at).text


def test_four_eyes_hold_for_whoever_presses_the_button_all_the_same(site: Site, people: People, signed_in) -> None:
    change = send(site, people["moderator"], start(site, people["moderator"], "term", term()))
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    assert "Publish with my correction" not in mo.get(f"{at}/edit").text

    corrected(mo, at, "publish", definition="Mine alone.")

    assert now(site, change).state == "submitted"
    assert "not published" in mo.get(at).text


# ---- what is told


@pytest.mark.parametrize(
    ("how", "words"),
    [("publish", "is published. Thank you!"), ("return", "needs something more"), ("reject", "was not accepted")],
)
def test_a_text_to_hand_on_is_shown_after_each_decision(
    site: Site, people: People, signed_in, how: str, words: str
) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    assert 'id="told"' not in mo.get(at).text
    answer = post(mo, f"{at}/{how}", {"revision": str(change.head_id), "reason": "Why " * 300})
    assert answer.headers["Location"].endswith(f"{at}#told")

    text = re.search(r'<textarea id="f-told"[^>]*>\n(.*?)</textarea>', mo.get(at).text, re.S)[1]
    assert words in text and len(text) <= 600
    address = f"http://localhost/p/{change.page_id}" if how == "publish" else f"http://localhost{at}"
    assert text.endswith(address)
    assert 'id="told"' not in signed_in("contributor").get(at).text


def test_the_text_is_in_the_language_of_the_author(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    with site.work(SYSTEM) as uow:
        uow.session.get(User, change.author_id).languages = ["sw", "fr", "en"]
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    post(mo, f"{at}/publish", {"revision": str(change.head_id)})

    assert "est publiée" in mo.get(at).text


def test_who_decides_too_late_reads_who_decided_and_keeps_what_was_typed(site: Site, people, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    post(signed_in("moderator2"), f"{at}/publish", {"revision": str(change.head_id)})

    late = post(mo, f"{at}/return", {"reason": "Please say where."})

    assert late.status_code == 409 and "Moderator2 published this meanwhile" in late.text
    with site.work(SYSTEM) as uow:
        assert uow.session.get(Page, change.page_id).state == "published"


def test_who_looks_at_it_is_said_on_the_change(site: Site, people: People, signed_in) -> None:
    change = sent(site, people)
    mo, at = signed_in("moderator"), f"{AT}{change.id}"
    assert led_to(post(mo, f"/review/{change.id}/take", {"back": "change"})) == at

    assert "You are looking at this since" in mo.get(at).text
    assert "Moderator is looking at this since" in signed_in("moderator2").get(at).text
    assert "looking at this" not in signed_in("contributor").get(at).text
