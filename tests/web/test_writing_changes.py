"""The page of a change: from draft to published, who sees which button, and what is refused comes back."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from browsing import hidden, led_to, post
from kmwiki.models import Change, Comment, Page, Review, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, save_fields, send, start, term

TICKS = {f"confirmed.{name}": "1" for name in ("agreed", "people", "safe", "licence")}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def now(site: Site, change: Change) -> Change:
    with site.work(SYSTEM) as uow:
        return uow.session.get(Change, change.id)


def test_the_loop_from_draft_to_published(site: Site, people: dict[str, Actor], signed_in, browser) -> None:
    ada, mo = signed_in("contributor"), signed_in("moderator")
    at = led_to(post(ada, "/new/term", {"title": "Water point", "definition": "A well.", "do": "next"}))
    refused = post(ada, f"{at}/submit", {"as": "short", **TICKS})
    assert refused.status_code == 422 and "is missing" in refused.text

    form = ada.get(f"{at}/edit").text
    post(ada, f"{at}/edit", {
        "head": hidden(form, "head"), "title": "Water point", "definition": "A well.", "language": "en",
        "organisation.name": "Lakeside Water Network", "contact": "through-site",
    })  # fmt: skip
    assert led_to(post(ada, f"{at}/submit", {"as": "short", **TICKS})) == at
    assert at in mo.get("/review").text
    post(mo, f"{at}/return", {"reason": "Is a spring one, too?"})
    assert "Is a spring one, too?" in ada.get(f"{at}/edit").text

    form = ada.get(f"{at}/edit").text
    post(ada, f"{at}/edit", {
        "head": hidden(form, "head"), "title": "Water point", "definition": "A well or a spring.", "language": "en",
        "organisation.name": "Lakeside Water Network", "contact": "through-site",
    })  # fmt: skip
    post(ada, f"{at}/submit", {"as": "short", **TICKS})
    page = mo.get(at).text
    answer = post(mo, f"{at}/publish", {"revision": hidden(page, "revision"), "comment": "Thank you.", "slug": ""})

    assert led_to(answer) == at
    assert "A well or a spring." in browser.get("/pages/water-point").text
    assert "Thank you." in ada.get(at).text


def test_sending_needs_every_tick(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    answer = post(
        signed_in("contributor"), f"/changes/{change.id}/submit", {"as": "short", "read_by": "My colleague Zoe"}
    )

    assert answer.status_code == 422
    assert "My colleague Zoe" in answer.text
    assert now(site, change).state == "draft"


def test_what_was_confirmed_is_shown_to_the_moderator(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    post(signed_in("contributor"), f"/changes/{change.id}/submit", {"as": "short", "read_by": "Zoe", **TICKS})
    page = signed_in("moderator").get(f"/changes/{change.id}").text

    assert "Also read by: Zoe" in page
    assert "No private address" in page


def test_publishing_names_the_very_version_that_was_shown(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    mo = signed_in("moderator")
    revision = hidden(mo.get(f"/changes/{change.id}").text, "revision")
    save_fields(site, people["contributor"], change, change.head_id, {"definition": "Behind her back."})
    answer = post(mo, f"/changes/{change.id}/publish", {"revision": revision, "comment": "Well done, all of you."})

    assert answer.status_code == 409
    assert "Well done, all of you." in answer.text and "Behind her back." in answer.text
    assert now(site, change).state == "submitted"


def test_the_comparison_marks_what_changed(site: Site, people: dict[str, Actor], signed_in) -> None:
    published(site, people, "term", term())
    change = change_page(
        site, people["contributor2"], "water-point", {"definition": "A place where people draw water."}
    )
    page = signed_in("contributor2").get(f"/changes/{change.id}").text

    assert re.search(r"<ins>.*draw", page) and "<del>" in page


def test_a_correction_is_the_moderators_edit_of_what_was_sent(site: Site, people, signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    mo = signed_in("moderator")
    form = mo.get(f"/changes/{change.id}/edit").text
    assert "You correct what somebody else wrote" in form
    post(mo, f"/changes/{change.id}/edit", {
        "head": hidden(form, "head"), "title": "Water point", "definition": "Corrected.", "language": "en",
        "organisation.name": "Lakeside Water Network", "contact": "through-site",
    })  # fmt: skip
    page = mo.get(f"/changes/{change.id}").text
    answer = post(mo, f"/changes/{change.id}/publish", {"revision": hidden(page, "revision")})

    assert led_to(answer) == f"/changes/{change.id}"
    assert now(site, change).state == "published"


def test_nobody_publishes_what_they_wrote(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["moderator"], start(site, people["moderator"], "term", term()))
    mo = signed_in("moderator")
    page = mo.get(f"/changes/{change.id}").text

    assert f'action="/changes/{change.id}/publish"' not in page and "four eyes" in page
    assert post(mo, f"/changes/{change.id}/publish", {"revision": str(change.head_id)}).status_code == 403


@pytest.mark.parametrize("verb", ["return", "reject"])
def test_a_decision_needs_a_reason(site: Site, people: dict[str, Actor], signed_in, verb: str) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    assert post(signed_in("moderator"), f"/changes/{change.id}/{verb}", {"reason": " "}).status_code == 422
    assert now(site, change).state == "submitted"


def test_the_authors_verbs(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    ada, at = signed_in("contributor"), f"/changes/{change.id}"
    states = []
    for verb in ("withdraw", "discard", "undiscard"):
        assert led_to(post(ada, f"{at}/{verb}")) == at
        states.append(now(site, change).state)
    send(site, people["contributor"], change)
    post(signed_in("moderator"), f"{at}/reject", {"reason": "Not a term."})
    assert led_to(post(ada, f"{at}/reopen")) == at

    assert states == ["draft", "discarded", "draft"]
    assert now(site, change).state == "draft"


def test_what_does_not_fit_the_state_is_said_on_the_change(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    answer = post(signed_in("contributor"), f"/changes/{change.id}/withdraw")

    assert answer.status_code == 409
    assert "draft" in answer.text


def test_comments_stand_at_their_question_and_a_refused_one_comes_back(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, at = signed_in("contributor"), f"/changes/{change.id}"
    post(ada, f"{at}/comments", {"comment": "Is this right?", "field": "definition"})
    refused = post(ada, f"{at}/comments", {"comment": "", "field": "definition"})

    page = ada.get(at).text
    assert "Is this right?" in page and 'href="#field-definition"' in page
    assert refused.status_code == 422
    with site.work(SYSTEM) as uow:
        assert [said.field for said in uow.session.scalars(select(Comment))] == ["definition"]


def test_writing_together_and_handing_over(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, bo, at = signed_in("contributor"), signed_in("contributor2"), f"/changes/{change.id}"
    assert post(ada, f"{at}/coauthors", {"username": "nobody-here"}).status_code == 422
    post(ada, f"{at}/coauthors", {"username": "contributor2"})
    assert bo.get(f"{at}/edit").status_code == 403
    assert led_to(post(bo, f"{at}/accept")) == at
    assert bo.get(f"{at}/edit").status_code == 200
    post(ada, f"{at}/handover", {"username": "contributor2"})

    assert now(site, change).author_id == people["contributor2"].user_id


def test_a_file_is_put_on_a_change_and_given_out_with_it(site: Site, people, signed_in, browser) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, at = signed_in("contributor"), f"/changes/{change.id}"
    sent = {"file": (io.BytesIO(PNG), "pump.png"), "alt": "A pump"}
    assert led_to(post(ada, f"{at}/files", sent, content_type="multipart/form-data")) == f"{at}/files"
    bad = {"file": (io.BytesIO(b"MZ\x00"), "virus.exe"), "alt": "kept words"}
    refused = post(ada, f"{at}/files", bad, content_type="multipart/form-data")

    given = ada.get(f"{at}/files/pump.png")
    assert given.data == PNG and "sandbox" in given.headers["Content-Security-Policy"]
    assert refused.status_code == 422 and "kept words" in refused.text
    assert browser.get(f"{at}/files/pump.png").status_code == 404
    assert signed_in("contributor2").get(f"{at}/files/pump.png").status_code == 404


# ---- the page moved on


def moved(site: Site, people: dict[str, Actor], mine: dict, theirs: dict) -> Change:
    """A sent change of contributor2; meanwhile one of contributor was published."""
    published(site, people, "good-practice", practice())
    slug = "training-water-committees"
    change = change_page(site, people["contributor2"], slug, mine)
    other = change_page(site, people["contributor"], slug, theirs)
    send(site, people["contributor"], other)
    publish_change(site, people["moderator"], other)
    return send(site, people["contributor2"], change)


def publish_shown(client, change: Change):
    page = client.get(f"/changes/{change.id}").text
    return post(
        client, f"/changes/{change.id}/publish", {"revision": hidden(page, "revision"), "onto": hidden(page, "onto")}
    )


def test_a_combination_is_looked_at_before_it_is_published(site: Site, people: dict[str, Actor], signed_in) -> None:
    text = str(practice()["practice"])
    change = moved(
        site,
        people,
        {"practice": text.replace("Third", "My third")},
        {"practice": text.replace("First", "Their first")},
    )
    mo = signed_in("moderator")
    assert led_to(publish_shown(mo, change)) == f"/changes/{change.id}"
    assert now(site, change).state == "submitted"
    assert "Both were combined" in mo.get(f"/changes/{change.id}").text

    assert led_to(publish_shown(mo, change)) == f"/changes/{change.id}"
    assert now(site, change).state == "published"


@pytest.mark.parametrize(
    ("choice", "result"),
    [("mine", "Mine."), ("theirs", "Theirs."), ("both", "Mine. / Theirs."), ("edit", "Ours.")],
)
def test_a_real_clash_with_the_page_is_settled_first(
    site: Site, people: dict[str, Actor], signed_in, choice: str, result: str
) -> None:
    change = moved(site, people, {"summary": "Mine."}, {"summary": "Theirs."})
    mo = signed_in("moderator")
    at = led_to(publish_shown(mo, change))
    page = mo.get(at).text
    assert at == f"/changes/{change.id}/combine" and "Mine." in page and "Theirs." in page
    assert post(mo, at, {"head": hidden(page, "head")}).status_code == 422
    form = {"head": hidden(page, "head"), "keep.summary.0": choice, "own.summary.0": "Ours."}
    assert led_to(post(mo, at, form)) == f"/changes/{change.id}"
    assert led_to(publish_shown(mo, change)) == f"/changes/{change.id}"
    assert now(site, change).state == "published"

    with site.work(SYSTEM) as uow:
        page_row = uow.session.scalars(select(Page)).one()
        revision = uow.session.get(Revision, page_row.published_revision_id)
        assert revision.content["fields"]["summary"] == result


def test_a_clash_in_one_paragraph_keeps_what_they_changed_in_another(site: Site, people, signed_in) -> None:
    text = str(practice()["practice"])
    change = moved(
        site, people, {"practice": text.replace("Third", "My third")},
        {"practice": text.replace("First", "Their first").replace("Third", "Their third")},
    )  # fmt: skip
    mo = signed_in("moderator")
    at = led_to(publish_shown(mo, change))
    post(mo, at, {"head": hidden(mo.get(at).text, "head"), "keep.practice.0": "mine"})

    with site.work(SYSTEM) as uow:
        head = uow.session.get(Revision, now(site, change).head_id)
    assert head.content["fields"]["practice"] == text.replace("First", "Their first").replace("Third", "My third")


def test_the_box_for_publishing_says_whether_what_is_seen_is_what_is_published(
    site: Site, people: dict[str, Actor], signed_in
) -> None:
    change = start(site, people["contributor"], "term", term("A tap"))
    send(site, people["contributor"], change)
    later = moved(site, people, {"summary": "Mine."}, {"conditions": "Theirs."})
    mo = signed_in("moderator")

    assert "You publish exactly what you see here." in mo.get(f"/changes/{change.id}").text
    box = mo.get(f"/changes/{later.id}").text
    assert "exactly what you see" not in box
    assert "both are combined first" in box


def test_nothing_to_combine_is_not_there(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    assert signed_in("contributor").get(f"/changes/{change.id}/combine").status_code == 404


# ---- small edits


def test_a_small_edit_goes_live_and_is_looked_at(site: Site, people: dict[str, Actor], signed_in) -> None:
    page = published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        accounts.set_trusted(uow, "contributor2", True)
    change = change_page(
        site, people["contributor2"], "water-point", {"definition": str(term()["definition"]) + "Or a pump.\n"}
    )
    post(signed_in("contributor2"), f"/changes/{change.id}/submit", {"as": "short", **TICKS})
    mo = signed_in("moderator")
    assert "Published, please look" in mo.get("/review").text
    assert led_to(post(mo, f"/changes/{change.id}/take-back")) == f"/changes/{change.id}"

    with site.work(SYSTEM) as uow:
        revision = uow.session.get(Revision, uow.session.get(Page, page.id).published_revision_id)
    assert "pump" not in revision.content["fields"]["definition"]


def test_a_small_edit_may_stand(site: Site, people: dict[str, Actor], signed_in) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        accounts.set_trusted(uow, "contributor2", True)
    change = change_page(
        site, people["contributor2"], "water-point", {"definition": str(term()["definition"]) + "Or a pump.\n"}
    )
    post(signed_in("contributor2"), f"/changes/{change.id}/submit", {"as": "short", **TICKS})
    post(signed_in("moderator"), f"/changes/{change.id}/looked")

    assert now(site, change).needs_look is False


# ---- share links


def test_a_share_link_opens_one_draft_without_an_account(site: Site, people, signed_in, browser) -> None:
    change = start(site, people["contributor"], "term", term())
    other = start(site, people["contributor"], "term", term("Other"))
    ada, at = signed_in("contributor"), f"/changes/{change.id}"
    post(ada, f"{at}/shares")
    page = ada.get(at).text
    token = re.search(r"/shared/([\w-]+)", page)[1]
    shown = browser.get(f"/shared/{token}")
    assert "Water point" in shown.text and "not for circulation" in shown.text
    assert shown.headers["Cache-Control"] == "no-store" and "noindex" in shown.headers["X-Robots-Tag"]
    assert post(browser, f"/shared/{token}", {"comment": "Good."}).status_code == 422
    post(browser, f"/shared/{token}", {"comment": "Good.", "name": "Zoe"})
    assert "Zoe" in ada.get(at).text

    for path in (at, f"/changes/{other.id}", "/review"):
        assert browser.get(path).status_code in (303, 404)
    end = re.search(r'formaction="([^"]+/end)"', ada.get(at).text)[1]
    post(ada, end)
    assert browser.get(f"/shared/{token}").status_code == 404


def test_a_share_link_shows_neither_notes_nor_steps(site: Site, people, signed_in, browser) -> None:
    change = start(site, people["contributor"], "term", term(), note_to_reviewer="The chief is a difficult man.")
    send(site, people["contributor"], change)
    ada = signed_in("contributor")
    post(ada, f"/changes/{change.id}/shares")
    token = re.search(r"/shared/([\w-]+)", ada.get(f"/changes/{change.id}").text)[1]
    page = browser.get(f"/shared/{token}").text

    assert "difficult man" not in page and "Sent for review" not in page


def test_an_invented_share_link_is_not_there(browser) -> None:
    assert browser.get("/shared/invented").status_code == 404
    assert post(browser, "/shared/invented", {"comment": "x", "name": "y"}).status_code == 404


# ---- whole pages


def test_a_moderator_looks_after_a_page(site: Site, people: dict[str, Actor], signed_in, browser) -> None:
    published(site, people, "term", term())
    mo = signed_in("moderator")
    at = "/pages/water-point"
    assert mo.get(f"{at}/care").status_code == 200
    assert post(mo, f"{at}/archive", {"reason": "", "successor": "well"}).status_code == 422
    assert led_to(post(mo, f"{at}/archive", {"reason": "No longer true."})) == at
    assert "No longer true." in browser.get(at).text
    assert led_to(post(mo, f"{at}/restore")) == at
    assert led_to(post(mo, f"{at}/protect", {"protect": "1"})) == at
    assert led_to(post(mo, f"{at}/rename", {"slug": "well"})) == "/pages/well"
    assert browser.get(at).status_code == 301
    assert led_to(post(mo, "/pages/well/bin", {"reason": "By mistake."})) == "/pages/well"
    assert browser.get("/pages/well").status_code == 404
    assert led_to(post(mo, "/pages/well/unbin")) == "/pages/well"
    assert browser.get("/pages/well").status_code == 200


@pytest.mark.parametrize("verb", ["archive", "restore", "bin", "unbin", "rename", "protect", "revert", "hide", "purge"])
def test_nobody_but_moderators_does_so(site: Site, people: dict[str, Actor], signed_in, verb: str) -> None:
    published(site, people, "term", term())
    data = {"reason": "Because.", "slug": "other", "number": "1", "confirmed": "water-point"}
    assert post(signed_in("contributor"), f"/pages/water-point/{verb}", data).status_code == 403
    with site.work(SYSTEM) as uow:
        page = uow.session.scalars(select(Page)).one()
    assert (page.state, page.slug, page.is_protected) == ("published", "water-point", False)


def test_an_earlier_version_is_published_again_and_another_hidden(site: Site, people, signed_in, browser) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "Worse."})
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    mo = signed_in("moderator")
    assert led_to(post(mo, "/pages/water-point/revert", {"number": "1"})) == "/pages/water-point"
    assert "Worse." not in browser.get("/pages/water-point").text
    assert (
        led_to(post(mo, "/pages/water-point/hide", {"number": "2", "reason": "A name."}))
        == "/pages/water-point/history"
    )
    assert post(mo, "/pages/water-point/revert", {"number": "x"}).status_code == 422


def test_publishing_a_first_change_can_let_its_author_in(site: Site, people, waiting, signed_in) -> None:
    change = send(site, waiting, start(site, waiting, "term", term()))
    mo = signed_in("moderator")
    assert "approve_account" in mo.get(f"/changes/{change.id}").text

    post(mo, f"/changes/{change.id}/publish", {"revision": str(change.head_id), "approve_account": "1"})

    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "newcomer").state == "active"


def test_publishing_alone_lets_nobody_in(site: Site, people, waiting, signed_in) -> None:
    change = send(site, waiting, start(site, waiting, "term", term()))

    post(signed_in("moderator"), f"/changes/{change.id}/publish", {"revision": str(change.head_id)})

    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "newcomer").state == "waiting"


def test_whoever_sends_is_told_who_answers_and_how_long_it_took(site: Site, people, signed_in) -> None:
    began = site.clock()
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    site.clock = lambda: began + timedelta(days=3)
    publish_change(site, people["moderator"], change)
    draft = start(site, people["contributor"], "term", term("Pump"))

    page = signed_in("contributor").get(f"/changes/{draft.id}").text

    assert "Usually this is Moderator. Lately it took about 3 days." in page


def test_a_moderator_hides_a_version_from_the_history(site: Site, people, signed_in, browser) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "Better."})
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    mo = signed_in("moderator")
    assert "care?version=1#hide" in mo.get("/pages/water-point/history").text
    assert "care?version" not in signed_in("contributor").get("/pages/water-point/history").text
    assert 'name="number" value="1"' in mo.get("/pages/water-point/care?version=1").text

    refused = post(mo, "/pages/water-point/hide", {"number": "first", "reason": "A name."})
    assert (refused.status_code, "A name." in refused.text) == (422, True)
    post(mo, "/pages/water-point/hide", {"number": "1", "reason": "A name."})

    assert "care?version" not in mo.get("/pages/water-point/history").text
    assert browser.get("/pages/water-point/revisions/1").status_code != 200


def test_a_page_is_removed_for_good_once_its_address_is_typed(site: Site, people, signed_in, browser) -> None:
    published(site, people, "term", term())
    mo = signed_in("moderator")

    careless = post(mo, "/pages/water-point/purge", {"reason": "Personal data.", "confirmed": "yes"})
    assert (careless.status_code, "Personal data." in careless.text) == (422, True)
    assert browser.get("/pages/water-point").status_code == 200

    assert led_to(post(mo, "/pages/water-point/purge", {"reason": "Personal data.", "confirmed": "water-point"})) == "/"
    assert browser.get("/pages/water-point").status_code == 404


def test_the_reason_of_a_return_is_kept_as_said(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    post(signed_in("moderator"), f"/changes/{change.id}/return", {"reason": "Line one.\r\nLine <b>two</b>."})
    page = signed_in("contributor").get(f"/changes/{change.id}").text

    assert "Line &lt;b&gt;two&lt;/b&gt;." in page
    with site.work(SYSTEM) as uow:
        steps = uow.session.scalars(select(Review.reason).where(Review.step == "returned")).all()
    assert steps == ["Line one.\nLine <b>two</b>."]
