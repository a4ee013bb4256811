"""Asking that a page be archived, renamed or removed: a change like any other, that a moderator carries out."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from kmwiki.errors import Conflict, Forbidden, KmwikiError, Refused, Unauthenticated
from kmwiki.models import AuditEntry, Change, Page, Publication, Review, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import actor_of, set_trusted
from kmwiki.services.changes import lifecycle, requests
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.changes.writing import change_to_edit
from kmwiki.services.files.attachments import attach
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import find_change
from kmwiki.services.pages.reading import read_page
from kmwiki.services.review import moderation, small_edits
from kmwiki.services.review.desk_filters import Group
from kmwiki.services.review.desk_list import look_at_desk
from kmwiki.services.review.publishing import publish
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import Site
from pages import change_page, publish_change, published, send, term

pytestmark = pytest.mark.database
People = dict[str, Actor]
SLUG = "water-point"


@pytest.fixture
def page(site: Site, people: People) -> Page:
    return published(site, people, "term", term())


def ask(site: Site, actor: Actor, verb: str = "archive", reason: str = "Nobody uses it.", **more: str) -> Change:
    with site.work(actor) as uow:
        return requests.ask(uow, SLUG, verb, reason, **more)


def steps(site: Site, change: Change) -> list[tuple[str, str, str]]:
    with site.work(SYSTEM) as uow:
        found = uow.session.scalars(select(Review).where(Review.change_id == change.id).order_by(Review.at, Review.id))
        return [(review.step, review.actor_name, review.reason) for review in found]


def page_now(site: Site, page_id: UUID) -> Page:
    with site.work(SYSTEM) as uow:
        found = uow.session.get(Page, page_id)
        assert found is not None
        return found


def test_a_request_waits_at_once_and_says_the_same_as_the_page(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"])

    assert (change.state, change.request, change.depth) == ("submitted", {"verb": "archive"}, "")
    assert steps(site, change) == [("asked", "Contributor", "Nobody uses it.")]
    with site.work(people["moderator"]) as uow:
        head, shown = uow.session.get(Revision, change.head_id), uow.session.get(Revision, page.published_revision_id)
        assert head is not None and shown is not None and head.digest == shown.digest
        assert [item.change.id for item in look_at_desk(uow).groups[Group.ASKED].items] == [change.id]


def test_carried_out_it_archives_the_page_and_publishes_nothing(site: Site, people: People, page: Page) -> None:
    other = published(site, people, "term", term("Well"))
    change = ask(site, people["contributor"], successor="well")
    done = publish_change(site, people["moderator"], change, comment="Thank you.")

    assert done.is_done and done.publication is None and done.change.state == "published"
    now = page_now(site, page.id)
    assert (now.state, now.archived_reason, now.successor_id) == ("archived", "Nobody uses it.", other.id)
    assert steps(site, change)[-1] == ("carried-out", "Moderator", "Thank you.")
    with site.work(SYSTEM) as uow:
        of_page = select(func.count()).select_from(Publication).where(Publication.page_id == page.id)
        assert uow.session.scalar(of_page) == 1
        entries = select(AuditEntry.action, AuditEntry.actor_name).where(AuditEntry.change_id == change.id)
        assert sorted(tuple(row) for row in uow.session.execute(entries)) == [
            ("change.asked", "Contributor"), ("change.carried-out", "Moderator"), ("change.start", "Contributor"),
            ("page.archive", "Moderator"),
        ]  # fmt: skip
        assert [fault for fault in differences(uow) if not fault.startswith("search index")] == []


def test_a_page_is_renamed_and_its_old_address_leads_on(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"], "rename", new_slug="place-of-water")
    publish_change(site, people["moderator"], change)

    with site.work(Actor()) as uow:
        assert read_page(uow, SLUG).page.slug == "place-of-water"


def test_a_page_is_put_into_the_bin_and_its_request_with_it(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"], "remove")
    publish_change(site, people["moderator"], change)

    assert page_now(site, page.id).state == "binned"
    with pytest.raises(KmwikiError), site.work(people["contributor"]) as uow:
        find_change(uow, change.id)
    with site.work(people["moderator"]) as uow:
        page_care.unbin(uow, SLUG)
        assert find_change(uow, change.id).state == "published"


@pytest.mark.parametrize("name", ["reader", "anonymous"])
def test_whoever_writes_nothing_asks_nothing(site: Site, people: People, page: Page, name: str) -> None:
    with pytest.raises((Forbidden, Unauthenticated)):
        ask(site, people[name])


def test_whoever_asks_does_not_carry_it_out(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["moderator"])

    with pytest.raises(Forbidden):
        publish_change(site, people["moderator"], change)
    assert publish_change(site, people["moderator2"], change).is_done


@pytest.mark.parametrize(
    ("verb", "more", "fields"),
    [
        ("archive", {"reason": " "}, {"reason"}),
        ("archive", {"successor": "nowhere"}, {"successor"}),
        ("archive", {"successor": SLUG}, {"successor"}),
        ("rename", {"new_slug": ""}, {"slug"}),
        ("rename", {"new_slug": "Not An Address"}, {"slug"}),
        ("rename", {"new_slug": "well", "reason": ""}, {"slug", "reason"}),
        ("rename", {"new_slug": SLUG}, {"slug"}),
        ("burn", {}, {"verb"}),
    ],
)
def test_what_cannot_be_asked_is_refused_where_it_stands(
    site: Site, people: People, page: Page, verb: str, more: dict[str, str], fields: set[str]
) -> None:
    published(site, people, "term", term("Well"))

    with pytest.raises(Refused) as refused:
        ask(site, people["contributor"], verb, **more)

    assert {problem.field for problem in refused.value.problems} == fields
    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(Change).where(Change.state != "published")) == 0


def test_an_address_that_the_page_had_before_may_be_asked_for(site: Site, people: People, page: Page) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, SLUG, "well")

    change = ask(site, people["contributor"], "rename", new_slug=SLUG)

    assert publish_change(site, people["moderator"], change).change.page.slug == SLUG


def test_a_person_has_one_open_change_of_a_page_requests_included(site: Site, people: People, page: Page) -> None:
    draft = change_page(site, people["contributor"], SLUG, {"definition": "New."})
    with pytest.raises(OpenChangeExists) as told:
        ask(site, people["contributor"])
    assert told.value.change_id == draft.id

    ask(site, people["contributor2"])
    with pytest.raises(OpenChangeExists):
        change_page(site, people["contributor2"], SLUG, {"definition": "New."})


def test_no_text_is_saved_into_a_request(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"])
    attempts: list[Any] = [
        lambda uow: save(uow, change.id, Edit({"fields": {"definition": "Other."}}), change.head_id),
        lambda uow: attach(uow, change.id, "note.txt", b"A note."),
        lambda uow: change_to_edit(uow, change.id),
        lambda uow: moderation.clash_with_page(uow, change.id),
    ]
    for name in ("contributor", "moderator"):
        for attempt in attempts:
            with pytest.raises(Conflict), site.work(people[name]) as uow:
                attempt(uow)


def test_taken_back_it_can_be_sent_again_or_put_away(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"])
    with site.work(people["contributor"]) as uow:
        assert lifecycle.withdraw(uow, change.id).state == "draft"
    assert send(site, people["contributor"], change).state == "submitted"
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, change.id, "It is still needed. Is it not?")
    with site.work(people["contributor"]) as uow:
        lifecycle.discard(uow, change.id)

    assert [step for step, _who, _why in steps(site, change)] == [
        "asked", "withdrawn", "submitted", "returned", "discarded"
    ]  # fmt: skip
    assert ask(site, people["contributor"]).state == "submitted"


def test_turned_down_it_leaves_the_page_as_it_is(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"], "remove")
    with site.work(people["moderator"]) as uow:
        moderation.reject(uow, change.id, "Others need it.")

    assert page_now(site, page.id).state == "published"


def test_what_does_not_fit_any_more_is_told_and_not_done(site: Site, people: People, page: Page) -> None:
    archive = ask(site, people["contributor"])
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, SLUG, "Of our own accord.")
    with pytest.raises(Conflict, match="archived"):
        publish_change(site, people["moderator"], archive)
    assert page_now(site, page.id).archived_reason == "Of our own accord."
    with site.work(people["moderator"]) as uow:
        assert find_change(uow, archive.id).state == "submitted"
        page_care.restore(uow, SLUG)
        page_care.bin_page(uow, SLUG, "Twice.")
    with pytest.raises(Conflict, match="in the bin"):
        publish_change(site, people["moderator"], archive)


def test_an_address_taken_meanwhile_and_a_page_in_the_bin_are_told(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"], "rename", new_slug="well")
    other = published(site, people, "term", term("Well"))
    with pytest.raises(Conflict, match="taken"):
        publish_change(site, people["moderator"], change)
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, str(other.slug), "deep-well")
        page_care.bin_page(uow, SLUG, "Twice.")
    with pytest.raises(Conflict, match="in the bin"):
        publish_change(site, people["moderator"], change)


def test_a_successor_that_went_meanwhile_is_told(site: Site, people: People, page: Page) -> None:
    published(site, people, "term", term("Well"))
    change = ask(site, people["contributor"], successor="well")
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "well", "It must go.")

    with pytest.raises(Conflict, match="not there any more"):
        publish_change(site, people["moderator"], change)


def test_nothing_is_asked_of_a_page_that_is_archived_or_protected(site: Site, people: People, page: Page) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.protect(uow, SLUG)
    with pytest.raises(Forbidden):
        ask(site, people["contributor"])
    with site.work(people["moderator"]) as uow:
        page_care.protect(uow, SLUG, False)
        page_care.archive(uow, SLUG, "Old.")
    with pytest.raises(Conflict, match="archived"):
        ask(site, people["contributor"])


def test_the_head_that_was_looked_at_is_named_and_so_is_the_page(site: Site, people: People, page: Page) -> None:
    change = ask(site, people["contributor"])
    edit = send(site, people["contributor2"], change_page(site, people["contributor2"], SLUG, {"definition": "New."}))
    publish_change(site, people["moderator"], edit)

    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        publish(uow, change.id, change.head_id, onto=page.published_revision_id)
    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        assert page.published_revision_id is not None
        publish(uow, change.id, page.published_revision_id)


def test_a_trusted_contributors_request_waits_too(site: Site, people: People, page: Page) -> None:
    with site.work(people["moderator"]) as uow:
        trusted = actor_of(set_trusted(uow, "contributor2", True))
    change = ask(site, trusted)
    with site.work(trusted) as uow:
        assert small_edits.publish_if_small(uow, find_change(uow, change.id)) is None

    assert page_now(site, page.id).state == "published"


def test_somebody_who_waits_for_approval_asks_one_thing(site: Site, people: People, page: Page, waiting: Actor) -> None:
    ask(site, waiting)
    published(site, people, "term", term("Well"))

    with pytest.raises(Forbidden), site.work(waiting) as uow:
        requests.ask(uow, "well", "archive", "Old.")
