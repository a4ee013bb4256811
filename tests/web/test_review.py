"""The desk: who sees it, what stands on it and in which order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from browsing import led_to, post
from kmwiki.models import Change, Role
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.review import desk_list
from kmwiki.services.talk import enquiries, reports
from kmwiki.services.talk.readers_words import Origin
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, send, start, term


def test_the_desk_is_for_moderators(signed_in, browser: FlaskClient) -> None:
    assert browser.get("/review").status_code == 303
    assert signed_in("contributor").get("/review").status_code == 403
    assert signed_in("moderator").get("/review").status_code == 200


def test_an_empty_desk_says_what_would_stand_there(signed_in) -> None:
    assert "Nothing waits" in signed_in("moderator").get("/review").text


def test_the_oldest_stands_first_and_says_for_how_long(site: Site, people: dict[str, Actor], signed_in) -> None:
    send(site, people["contributor"], start(site, people["contributor"], "term", term("Older term")))
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=3)
    send(site, people["contributor2"], start(site, people["contributor2"], "term", term("Newer term")))
    page = signed_in("moderator").get("/review").text

    assert page.index("Older term") < page.index("Newer term")
    assert "2 changes wait; the oldest for 3 days." in page


def test_small_edits_are_quick_and_new_pages_need_reading(site: Site, people: dict[str, Actor], signed_in) -> None:
    published(site, people, "good-practice", practice())
    small = change_page(
        site, people["contributor2"], "training-water-committees", {"summary": "Committees keep a store."}
    )
    send(site, people["contributor2"], small)
    send(site, people["contributor"], start(site, people["contributor"], "term", term("A new term")))
    page = signed_in("moderator").get("/review").text
    quick, reading = page.index('id="group-quick"'), page.index('id="group-reading"')

    assert quick < page.index("Training water committees") < reading < page.index("A new term")
    assert "first change" in page


def test_drafts_and_what_they_say_are_not_on_the_desk(site: Site, people: dict[str, Actor], signed_in) -> None:
    start(site, people["contributor"], "term", term("A secret draft"))

    assert "A secret draft" not in signed_in("moderator").get("/review").text


def test_the_only_moderator_is_told_what_that_means(site: Site, people: dict[str, Actor], signed_in) -> None:
    assert "only one moderator" not in signed_in("moderator").get("/review").text
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "moderator2", Role.READER)
        accounts.set_role(uow, "moderator", Role.READER)

    assert "only one moderator" in signed_in("admin").get("/review").text


def test_accounts_that_wait_are_let_in_or_not(site: Site, people: dict[str, Actor], waiting: Actor, signed_in) -> None:
    with site.work(SYSTEM) as uow:
        accounts.add_user(uow, "stranger", None, Role.CONTRIBUTOR, state=accounts.UserState.WAITING)
    mo = signed_in("moderator")
    assert "newcomer" in mo.get("/review").text
    assert led_to(post(mo, "/review/accounts/newcomer/approve")) == "/review"
    assert led_to(post(mo, "/review/accounts/stranger/decline")) == "/review"
    assert post(mo, "/review/accounts/newcomer/decline").status_code == 409

    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "newcomer").state == "active"
        assert accounts.find_user(uow, "stranger").state == "disabled"


def test_nobody_lets_themselves_in(site: Site, waiting: Actor, app, signed_in) -> None:
    for name in ("contributor", "reader"):
        assert post(signed_in(name), "/review/accounts/newcomer/approve").status_code == 403

# ---- who looks at it


def test_who_looks_at_it_is_seen_and_left_to_others_again(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    mo, other = signed_in("moderator"), signed_in("moderator2")
    assert led_to(post(mo, f"/review/{change.id}/take")) == "/review"

    assert "You are looking at it." in mo.get("/review?show=mine").text
    assert "Moderator is looking at it." in other.get("/review").text
    post(other, f"/review/{change.id}/take")
    assert "Moderator is looking at this already." in other.get("/review").text
    post(mo, f"/review/{change.id}/release?show=all")
    assert "is looking at it" not in other.get("/review").text


def test_nobody_else_says_that_they_look_at_it(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    draft = start(site, people["contributor2"], "term", term("Draft"))

    assert post(signed_in("contributor"), f"/review/{change.id}/take").status_code == 403
    assert post(signed_in("contributor2"), f"/review/{change.id}/take").status_code == 404
    assert post(signed_in("moderator"), f"/review/{draft.id}/take").status_code == 404
    assert post(signed_in("moderator"), f"/review/{uuid4()}/take").status_code == 404


# ---- narrowing


def test_the_desk_is_narrowed_by_its_address(site: Site, people: dict[str, Actor], signed_in) -> None:
    send(site, people["contributor"], start(site, people["contributor"], "term", term("A term")))
    send(site, people["contributor2"], start(site, people["contributor2"], "good-practice", practice()))
    page = signed_in("moderator").get("/review?type=good-practice&country=MW&show=all").text

    assert "Training water committees" in page and "A term" not in page
    assert '<option value="MW" selected>Malawi (1)</option>' in page
    assert 'href="/review?show=all&amp;type=good-practice"' in page
    nothing = signed_in("moderator").get("/review?author=nobody").text
    assert "Nothing of this waits" in nothing and "A term" not in nothing


@pytest.mark.parametrize("query", ["show=x&group=y&kind=z&type=" + "a" * 500, "page=2&group=quick", "late=1&page=0"])
def test_an_address_that_asks_for_nothing_that_exists_breaks_nothing(signed_in, query: str) -> None:
    assert signed_in("moderator").get(f"/review?{query}").status_code in (200, 404, 422)


def test_ticks_narrow_the_desk_and_it_says_so(site: Site, people: dict[str, Actor], signed_in) -> None:
    for title, country in (("In Malawi", "MW"), ("In Zambia", "ZM")):
        draft = start(site, people["contributor"], "needs-analysis", need(title, countries=[country]))
        send(site, people["contributor"], draft)
    mo = signed_in("moderator")
    assert led_to(post(mo, "/review/settings", {"country": ["MW"], "language": ["en", "fr"]})) == "/review"
    assert 'value="MW" checked' in mo.get("/review/settings").text
    desk = mo.get("/review").text

    assert "In Malawi" in desk and "In Zambia" not in desk
    assert 'Shown: what you take. <a href="/review?show=all">One other waits.</a>' in desk
    assert "In Zambia" in mo.get("/review?show=all").text


def test_ticks_that_are_in_no_list_are_refused_at_their_list(signed_in) -> None:
    mo = signed_in("moderator")
    refused = post(mo, "/review/settings", {"country": ["Atlantis"], "sector": ["140"]})

    assert refused.status_code == 422 and "“Atlantis” is not in the list." in refused.text
    assert 'value="140" checked' in refused.text and 'value="140" checked' not in mo.get("/review/settings").text
    for name in ("contributor", "reader"):
        assert signed_in(name).get("/review/settings").status_code == 403
        assert post(signed_in(name), "/review/settings", {"country": ["MW"]}).status_code == 403


# ---- several at once


def small_edits(site: Site, people: dict[str, Actor], *titles: str) -> list[Change]:
    changes = []
    for title in titles:
        page = published(site, people, "term", term(title))
        change = change_page(site, people["contributor2"], str(page.slug), {"definition": f"{title}, said anew.\n"})
        changes.append(send(site, people["contributor2"], change))
    return changes


def ticks(*changes: Change) -> dict[str, object]:
    return {"ids": [str(c.id) for c in changes], **{f"revision.{c.id}": str(c.head_id) for c in changes}}


def test_what_is_ticked_is_published(site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient) -> None:
    changes = small_edits(site, people, "Well", "Spring")
    mo = signed_in("moderator")
    shown = mo.get("/review").text
    assert all(f'name="revision.{c.id}" value="{c.head_id}"' in shown for c in changes)
    assert led_to(post(mo, "/review/many?show=all", {"verb": "publish", **ticks(*changes)})) == "/review"

    assert "2 changes are published." in mo.get("/review").text
    assert "Well, said anew." in browser.get("/pages/well").text
    assert "Spring, said anew." in browser.get("/pages/spring").text


def test_one_obstacle_stops_all_keeps_the_ticks_and_is_named_at_its_item(
    site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient
) -> None:
    good, gone = small_edits(site, people, "Well", "Spring")
    new = send(site, people["contributor"], start(site, people["contributor"], "term", term("Pump")))
    publish_change(site, people["moderator2"], gone)
    form = {"verb": "publish", "reason": "Why?", **ticks(good, new, gone)}
    refused = post(signed_in("moderator"), "/review/many", form)

    assert refused.status_code == 422
    assert "Nothing was done" in refused.text and "Why?" in refused.text
    assert f'id="fault-{new.id}"' in refused.text and "it is a new page" in refused.text
    assert f'href="/changes/{gone.id}"' in refused.text and "published this meanwhile" in refused.text
    assert f'value="{good.id}" checked' in refused.text and f'value="{new.id}" checked' in refused.text
    assert "Well, said anew." not in browser.get("/pages/well").text


def test_a_foreign_tick_is_answered_as_if_nothing_were_there(site: Site, people: dict[str, Actor], signed_in) -> None:
    (good,) = small_edits(site, people, "Well")
    draft = start(site, people["contributor"], "term", term("A secret draft"))
    mo = signed_in("moderator")
    for foreign in (str(draft.id), str(uuid4()), "nonsense"):
        answer = post(mo, "/review/many", {"verb": "return", "reason": "No.", "ids": [str(good.id), foreign]})
        assert answer.status_code == 404 and "A secret draft" not in answer.text
    assert post(signed_in("contributor"), "/review/many", {"verb": "publish", **ticks(good)}).status_code == 403

    assert "Well" in mo.get("/review").text


# ---- what else is said


def test_first_changes_show_how_many_links_lead_away(site: Site, people: dict[str, Actor], signed_in) -> None:
    text = "Buy at https://shop.example.com/a and https://shop.example.com/b now.\n"
    send(site, people["contributor"], start(site, people["contributor"], "term", term(definition=text)))

    assert "2 links to other sites" in signed_in("moderator").get("/review").text


def test_what_waits_too_long_is_marked_and_the_age_is_drawn(site: Site, people: dict[str, Actor], signed_in) -> None:
    send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=15)
    page = signed_in("moderator").get("/review").text

    assert "waits 15 days" in page and "(too long)" in page
    assert '<svg class="ages"' in page and '<th scope="row">over 2 weeks</th><td>1</td>' in page
    assert "style=" not in page


def test_long_groups_show_their_oldest_and_lead_to_the_rest(
    site: Site, people: dict[str, Actor], signed_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_list, "FIRST_OF_GROUP", 1)
    for title in ("Older", "Newer"):
        send(site, people["contributor"], start(site, people["contributor"], "term", term(title)))
    page = signed_in("moderator").get("/review").text

    assert "Older" in page and "Newer" not in page and 'href="/review?group=reading"' in page
    assert "Newer" in signed_in("moderator").get("/review?group=reading").text


def test_what_readers_ask_and_report_stands_among_the_quick(
    site: Site, people: dict[str, Actor], signed_in
) -> None:
    published(site, people, "term", term())
    origin = Origin("192.0.2.7")
    with site.work(people["anonymous"]) as uow:
        report = reports.report(uow, "water-point", "harmful", "It names a person.", origin)
        enquiry = enquiries.ask(uow, "water-point", "See https://spam.example.com", origin, name="Ann")
    page = signed_in("moderator").get("/review").text

    assert f'href="/reports/{report.id}"' in page and "It could harm somebody" in page
    assert f'href="/enquiries/{enquiry.id}"' in page
    assert f"/reports/{report.id}" not in signed_in("moderator").get("/review?type=term").text
