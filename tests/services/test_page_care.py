"""What moderators do to whole pages."""

from datetime import timedelta

import pytest
from sqlalchemy import func, null, select

from kmwiki.domain.ids import new_id
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from kmwiki.models import (
    AuditEntry,
    Change,
    Enquiry,
    EnquiryMessage,
    EnquiryPerson,
    Link,
    Notification,
    Opinion,
    Page,
    Publication,
    Rendering,
    Report,
    Revision,
    Watch,
)
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import actor_of, set_trusted
from kmwiki.services.changes import lifecycle
from kmwiki.services.files.attachments import attach, remove
from kmwiki.services.pages import page_care, reading
from kmwiki.services.pages.finding import find_change
from kmwiki.services.pages.history_compare import compare_versions
from kmwiki.services.review import small_edits
from kmwiki.services.talk import enquiries, reports
from kmwiki.services.talk.readers_words import Origin
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import Site
from kmwiki.worker import drain, empty_bin
from pages import change_page, practice, publish_change, published, send, term
from photos import photo

pytestmark = pytest.mark.database


def three_versions(site: Site, people: dict[str, Actor]) -> Page:
    page = published(site, people, "term", term())
    for text in ("Second text.", "Third text."):
        change = send(
            site, people["contributor"], change_page(site, people["contributor"], "water-point", {"definition": text})
        )
        publish_change(site, people["moderator"], change)
    return page


def read(site: Site, actor: Actor, slug: str) -> reading.PageView:
    with site.work(actor) as uow:
        return reading.read_page(uow, slug)


@pytest.mark.parametrize("verb", ["archive", "bin_page", "purge"])
def test_taking_a_page_away_needs_a_reason(site: Site, people: dict[str, Actor], verb: str) -> None:
    published(site, people, "term", term())

    with pytest.raises(Refused), site.work(people["moderator"]) as uow:
        getattr(page_care, verb)(uow, "water-point", "")
    assert read(site, Actor(), "water-point").page.state == "published"


@pytest.mark.parametrize("name", ["contributor", "reader", "anonymous"])
def test_only_moderators_care_for_pages(site: Site, people: dict[str, Actor], name: str) -> None:
    published(site, people, "term", term())
    attempts = [
        lambda uow: page_care.archive(uow, "water-point", "why"),
        lambda uow: page_care.bin_page(uow, "water-point", "why"),
        lambda uow: page_care.rename(uow, "water-point", "well"),
        lambda uow: page_care.protect(uow, "water-point"),
        lambda uow: page_care.revert(uow, "water-point", 1),
        lambda uow: page_care.hide_version(uow, "water-point", 1, "why"),
        lambda uow: page_care.purge(uow, "water-point", "why"),
    ]
    for attempt in attempts:
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            attempt(uow)


def test_an_archived_page_stays_readable_and_takes_no_publication(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    change = send(
        site, people["contributor"], change_page(site, people["contributor"], "water-point", {"definition": "New."})
    )
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Out of date.")

    assert read(site, Actor(), "water-point").page.archived_reason == "Out of date."
    with pytest.raises(Conflict):
        publish_change(site, people["moderator"], change)
    with site.work(people["moderator"]) as uow:
        page_care.restore(uow, "water-point")
    assert publish_change(site, people["moderator"], change).publication is not None


def test_a_page_in_the_bin_is_not_there_and_comes_back_with_its_changes(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "New."})
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, "water-point", "By mistake.")

    for name in ("anonymous", "contributor"):
        with pytest.raises(NotFound):
            read(site, people[name], "water-point")
    with pytest.raises(NotFound), site.work(people["contributor"]) as uow:
        find_change(uow, change.id)
    with site.work(people["moderator"]) as uow:
        page_care.unbin(uow, "water-point")
    assert read(site, Actor(), "water-point").page.state == "published"
    with site.work(people["contributor"]) as uow:
        assert find_change(uow, change.id).state == "draft"


def test_an_archived_page_comes_back_from_the_bin_archived(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Old.")
        page_care.bin_page(uow, "water-point", "Older.")
        assert page_care.unbin(uow, "water-point").state == "archived"


def test_a_renamed_page_is_found_at_every_address_it_had(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, "water-point", "well")
        page_care.rename(uow, "well", "borehole")

    for slug in ("water-point", "well", "borehole"):
        assert read(site, Actor(), slug).page.slug == "borehole"
    assert published(site, people, "term", term()).slug == "water-point-2"


def test_a_page_can_have_its_old_address_again(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, "water-point", "well")
        page_care.rename(uow, "well", "water-point")

    assert read(site, Actor(), "well").page.slug == "water-point"


@pytest.mark.parametrize("slug", ["new", "Bad Slug", "-", "x" * 81, "../etc"])
def test_a_bad_address_is_refused(site: Site, people: dict[str, Actor], slug: str) -> None:
    published(site, people, "term", term())

    with pytest.raises(Refused), site.work(people["moderator"]) as uow:
        page_care.rename(uow, "water-point", slug)


def test_a_page_is_not_renamed_onto_another(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well"))

    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        page_care.rename(uow, "well", "water-point")


def test_changes_of_a_protected_page_stay_drafts(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.protect(uow, "water-point")
    change = change_page(site, people["contributor"], "water-point", {"definition": "New."})

    with pytest.raises(Forbidden):
        send(site, people["contributor"], change)
    moderators = change_page(site, people["moderator"], "water-point", {"definition": "Newer."})
    assert send(site, people["moderator"], moderators).state == "submitted"


def test_a_revert_publishes_the_earlier_text_again(site: Site, people: dict[str, Actor]) -> None:
    three_versions(site, people)
    with site.work(people["moderator"]) as uow:
        page_care.revert(uow, "water-point", 1)

    view = read(site, Actor(), "water-point")
    assert view.publication.number == 4
    assert view.version.content.fields["definition"] == term()["definition"]


def test_a_version_that_nobody_else_looked_at_is_not_reverted_to_at_once(site: Site, people: dict[str, Actor]) -> None:
    three_versions(site, people)
    with site.work(SYSTEM) as uow:
        for publication in uow.session.scalars(select(Publication).where(Publication.number == 1)):
            publication.under_four_eyes = False

    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        page_care.revert(uow, "water-point", 1)


def test_a_hidden_version_keeps_its_number_and_digest_alone(site: Site, people: dict[str, Actor]) -> None:
    three_versions(site, people)
    with site.work(people["moderator"]) as uow:
        page_care.hide_version(uow, "water-point", 2, "A private address.")

    with site.work(Actor()) as uow:
        version = reading.published_version(uow, "water-point", 2)
        assert (version.revision.content, version.revision.is_hidden) == (None, True)
        assert len(version.revision.digest) == 64
        assert uow.session.scalar(select(func.count()).where(Revision.content.is_(null()))) == 1
        with pytest.raises(Conflict):
            compare_versions(uow, "water-point", 1, 2)
    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        page_care.revert(uow, "water-point", 2)


def test_what_readers_see_is_not_hidden(site: Site, people: dict[str, Actor]) -> None:
    three_versions(site, people)

    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        page_care.hide_version(uow, "water-point", 3, "why")


def test_a_purge_leaves_no_word_of_a_page(site: Site, people: dict[str, Actor]) -> None:
    three_versions(site, people)
    published(site, people, "good-practice", practice(practice="See [[water-point]]."))
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "water-point", "Endangered people.")
        page_care.purge_leftovers(uow, [])

    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(Page.slug)).all() == ["training-water-committees"]
        assert uow.session.scalar(select(func.count()).select_from(Rendering)) == 0
        assert uow.session.scalar(select(func.count()).select_from(Revision)) == 1
        assert uow.session.scalar(select(func.count()).select_from(Change)) == 1
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "page.purge")).one()
    assert (entry.actor_name, entry.reason, len(entry.details["digests"])) == ("Moderator", "Endangered people.", 3)


def test_the_bin_is_emptied_after_thirty_days(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, "water-point", "Not needed.")
    clock = site.clock
    empty_bin(site)
    assert _pages(site) == 1

    site.clock = lambda: clock() + timedelta(days=31)
    empty_bin(site)

    assert _pages(site) == 0


def _pages(site: Site) -> int:
    with site.look(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(Page)) or 0


def test_a_small_edit_of_a_trusted_contributor_goes_live_and_can_be_taken_back(
    site: Site, people: dict[str, Actor]
) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        trusted = actor_of(set_trusted(uow, "contributor2", True))
    change = change_page(site, trusted, "water-point", {"definition": "A place where people fetch clean water."})
    with site.work(trusted) as uow:
        small_edits.publish_if_small(uow, lifecycle.submit(uow, change.id))

    view = read(site, Actor(), "water-point")
    assert (view.publication.number, view.publication.under_four_eyes) == (2, False)
    with site.work(people["moderator"]) as uow:
        small_edits.take_back(uow, change.id)
    assert read(site, Actor(), "water-point").version.content.fields["definition"] == term()["definition"]


@pytest.mark.parametrize("fields", [{"definition": "x" * 301}, {"contact": "not"}, {"title": "Well", "related": []}])
def test_a_large_or_coded_edit_waits_for_a_moderator(
    site: Site, people: dict[str, Actor], fields: dict[str, object]
) -> None:
    published(site, people, "term", term(related=[{"wanted": "Tap"}]))
    with site.work(people["moderator"]) as uow:
        trusted = actor_of(set_trusted(uow, "contributor2", True))
    change = change_page(site, trusted, "water-point", fields)
    with site.work(trusted) as uow:
        assert small_edits.publish_if_small(uow, lifecycle.submit(uow, change.id)) is None

    assert read(site, Actor(), "water-point").publication.number == 1


def test_the_log_of_a_purged_page_keeps_who_and_when_and_none_of_its_words(
    site: Site, people: dict[str, Actor]
) -> None:
    page = published(site, people, "term", term("Asha Phiri's well"))
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, str(page.slug), "well-of-asha-phiri")
    with site.work(people["moderator2"]) as uow:
        page_care.archive(uow, "well-of-asha-phiri", "Asha Phiri asked for it.")
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "well-of-asha-phiri", "It holds personal data.")

    with site.work(SYSTEM) as uow:
        entries = uow.session.scalars(select(AuditEntry).where(AuditEntry.page_id == page.id)).all()

    assert not any("phiri" in f"{entry.reason} {entry.details}".lower() for entry in entries)
    assert ("page.archive", "Moderator2") in {(entry.action, entry.actor_name) for entry in entries}
    assert [entry.reason for entry in entries if entry.action == "page.purge"] == ["It holds personal data."]


def test_links_to_a_purged_page_do_not_break_the_page_that_has_them(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well", related=[{"page": "water-point"}]))
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "water-point", "It must go.")

    view = read(site, Actor(), "well")
    assert view.version.targets.pages == {}
    with site.work(SYSTEM) as uow:
        assert len(uow.session.scalars(select(Link)).all()) == 1


def test_a_purge_takes_everything_with_it_that_was_said_or_told_of_the_page(
    site: Site, people: dict[str, Actor]
) -> None:
    page = published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "New."})
    with site.work(people["reader"]) as uow:
        enquiries.ask(uow, "water-point", "How deep?", Origin("192.0.2.1"))
        reports.report(uow, "water-point", "wrong", "Deeper.", Origin("192.0.2.1"))
    with site.work(SYSTEM) as uow:
        reader = people["reader"].user_id
        uow.session.add(Notification(id=new_id(), user_id=reader, event="x", key="x", page_id=page.id, at=uow.now))
        uow.session.add(Notification(id=new_id(), user_id=reader, event="x", key="y", change_id=change.id, at=uow.now))
        uow.session.add(Watch(id=new_id(), user_id=reader, kind="page", value=str(page.id), created_at=uow.now))
        uow.session.add(Opinion(
            id=new_id(), change_id=change.id, name="", asked_by_id=people["moderator"].user_id, asked_by_name="",
            asked_at=uow.now,
        ))  # fmt: skip
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "water-point", "It must go.")

    with site.work(SYSTEM) as uow:
        for table in (Enquiry, EnquiryMessage, EnquiryPerson, Report, Notification, Watch, Opinion, Change, Page):
            assert uow.session.scalar(select(func.count()).select_from(table)) == 0, table


def test_a_hidden_version_takes_the_way_there_and_its_pictures_with_it(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor"], "water-point", {"definition": "Ada, +260 11."})
    for name, size in (("face.png", (40, 30)), ("pump.png", (30, 40))):
        with site.work(people["contributor"]) as uow:
            attach(uow, change.id, name, photo("PNG", size), "A pump", consent="none")
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    after = change_page(site, people["contributor"], "water-point", {"definition": "A place."})
    with site.work(people["contributor"]) as uow:
        remove(uow, after.id, after.head_id, "face.png")
    publish_change(site, people["moderator"], send(site, people["contributor"], after))
    assert len(list(site.files.digests())) == 2

    with site.work(people["moderator"]) as uow:
        page_care.hide_version(uow, "water-point", 2, "A private number.")
    drain(site)

    with site.work(SYSTEM) as uow:
        texts = [str(content) for content in uow.session.scalars(select(Revision.content)) if content]
        assert not any("+260 11" in text for text in texts[:-1]) and len(list(site.files.digests())) == 1
        assert list(differences(uow)) == []
    assert [file.name for file in read(site, Actor(), "water-point").version.content.files] == ["pump.png"]
