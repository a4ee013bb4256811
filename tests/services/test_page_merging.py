"""Making one page part of another: what is taken over, when the address moves, what leads there, and the way back."""

from typing import Any

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from kmwiki.models import AuditEntry, Change, Link, Page
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import lifecycle, page_merging
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.changes.writing import change_to_edit
from kmwiki.services.files.attachments import attach
from kmwiki.services.pages import page_care, reading
from kmwiki.services.pages.finding import content_of, find_revision, pages_by_slug
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import Site
from kmwiki.worker import drain
from pages import change_page, need, practice, publish_change, published, save_fields, send, term
from photos import photo

pytestmark = pytest.mark.database
People = dict[str, Actor]
ROW = {"asked_by": "District office", "urgency": "stops"}


def begin(site: Site, actor: Actor, slug: str, into: str) -> Change:
    with site.work(actor) as uow:
        return page_merging.begin(uow, slug, into)


def merge(site: Site, people: People, slug: str, into: str) -> Change:
    change = begin(site, people["moderator"], slug, into)
    publish_change(site, people["moderator2"], send(site, people["moderator"], change))
    return change


def read(site: Site, slug: str, actor: Actor | None = None) -> reading.PageView:
    with site.work(actor or Actor()) as uow:
        return reading.read_page(uow, slug)


def fields_of(site: Site, change: Change) -> dict[str, Any]:
    with site.work(SYSTEM) as uow:
        row = uow.session.get(Change, change.id)
        assert row is not None
        return dict(content_of(find_revision(uow, row.head_id)).fields)


@pytest.fixture
def two_terms(site: Site, people: People) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well", definition="A hole with water in it.", related=[{"wanted": "Pump"}]))


def test_nothing_moves_before_the_combined_text_was_looked_at(site: Site, people: People, two_terms: None) -> None:
    change = begin(site, people["moderator"], "well", "water-point")
    assert (change.state, change.summary) == ("draft", "Takes in “Well”")
    fields = fields_of(site, change)
    assert fields["definition"] == term()["definition"].rstrip() + "\n\n### Well\n\nA hole with water in it."
    assert (fields["title"], fields["related"]) == ("Water point", [{"wanted": "Pump"}])

    send(site, people["moderator"], change)
    with pytest.raises(Forbidden):
        publish_change(site, people["moderator"], change)  # four eyes
    assert read(site, "well").page.slug == "well"
    publish_change(site, people["moderator2"], change)

    view = read(site, "well")
    assert view.page.slug == "water-point" and "### Well" in str(view.version.content.fields["definition"])
    with site.work(SYSTEM) as uow:
        gone = uow.session.scalars(select(Page).where(Page.slug == "well")).one()
        assert (gone.state, gone.archived_reason) == ("archived", "It became part of “Water point”.")
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "page.merge")).one()
        assert (entry.page_id, entry.actor_name, entry.change_id) == (gone.id, "Moderator2", change.id)
        drain(site)
        assert list(differences(uow)) == []


def test_its_own_versions_stay_readable_and_restoring_brings_it_back(
    site: Site, people: People, two_terms: None
) -> None:
    merge(site, people, "well", "water-point")
    with site.work(Actor()) as uow:
        assert reading.history(uow, "well")[0].slug == "well"
        version = reading.published_version(uow, "well", 1)
        assert version.revision.content["fields"]["definition"] == "A hole with water in it."
        kept = reading.read_page(uow, "water-point").page
        assert [page.title for page in reading.became_part(uow, kept)] == ["Well"]

    with site.work(people["moderator"]) as uow:
        page_care.restore(uow, "well")
    assert read(site, "well").page.slug == "well"
    assert "### Well" in str(read(site, "water-point").version.content.fields["definition"])


def test_old_addresses_and_links_lead_to_the_page_that_is_kept(site: Site, people: People, two_terms: None) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, "well", "borehole")
    published(site, people, "term", term("Tap", definition="See [[well]].", related=[{"page": "borehole"}]))
    merge(site, people, "borehole", "water-point")

    for slug in ("well", "borehole"):
        assert read(site, slug).page.slug == "water-point"
    with site.work(Actor()) as uow:
        assert pages_by_slug(uow, ["well", "borehole"])["well"].slug == "water-point"
        tap, kept = reading.read_page(uow, "tap"), reading.read_page(uow, "water-point")
        assert [page.slug for page in tap.version.targets.pages.values()] == ["water-point"]
        assert {link.page.slug for link in kept.backlinks} == {"tap"}
        assert kept.backlinks_total == 2


def test_whoever_edits_a_page_that_links_to_it_changes_nothing_by_that(
    site: Site, people: People, two_terms: None
) -> None:
    published(site, people, "term", term("Tap", related=[{"page": "well"}]))
    merge(site, people, "well", "water-point")
    change = change_page(site, people["contributor"], "tap", {"definition": "New."})
    with site.work(people["contributor"]) as uow:
        shown = change_to_edit(uow, change.id)
    before = fields_of(site, change)["related"]
    save_fields(site, people["contributor"], change, change.head_id, {"related": [{"page": "water-point"}]})

    assert shown is not None and fields_of(site, change)["related"] == before


def test_rows_are_added_with_new_numbers_and_links_to_them_follow(site: Site, people: People) -> None:
    published(site, people, "needs-analysis", need())
    other = need("Where is water?", needs=[{"question": "How deep is it?", **ROW}, need()["needs"][0]])
    published(site, people, "needs-analysis", other)
    published(site, people, "good-practice", practice(addresses=[{"page": "where-is-water", "row": "n1"}]))
    merge(site, people, "where-is-water", "how-can-offices-plan-for-drought")

    view = read(site, "how-can-offices-plan-for-drought")
    rows = {row["id"]: row["question"] for row in view.version.content.fields["needs"]}
    assert sorted(rows.values()) == ["How deep is it?", "Where will wells fall dry?"]  # the same question stands once
    new = next(name for name, question in rows.items() if question == "How deep is it?")
    assert new != "n1"
    assert [link.row for link in view.backlinks] == [new]
    with site.work(Actor()) as uow:
        targets = reading.read_page(uow, "training-water-committees").version.targets
        link = uow.session.scalars(select(Link).where(Link.field == "addresses")).one()
        assert targets.row(link.target_id, "n1") == new


def test_files_come_along_under_names_that_are_free(site: Site, people: People) -> None:
    for title, size in (("Water point", (400, 300)), ("Well", (300, 400))):
        page = published(site, people, "term", term(title))
        change = change_page(site, people["contributor"], str(page.slug), {"definition": "![A well](well.png)"})
        with site.work(people["contributor"]) as uow:
            attach(uow, change.id, "well.png", photo("PNG", size), "A well", consent="none")
        publish_change(site, people["moderator"], send(site, people["contributor"], change))
    merge(site, people, "well", "water-point")

    content = read(site, "water-point").version.content
    assert [file.name for file in content.files] == ["well-2.png", "well.png"]
    assert content.fields["definition"] == "![A well](well.png)\n\n### Well\n\n![A well](well-2.png)"


def test_what_was_published_meanwhile_has_to_be_taken_over_too(site: Site, people: People, two_terms: None) -> None:
    change = send(site, people["moderator"], begin(site, people["moderator"], "well", "water-point"))
    newer = change_page(site, people["contributor"], "well", {"definition": "Deeper."})
    publish_change(site, people["moderator2"], send(site, people["contributor"], newer))
    with pytest.raises(Conflict, match="published anew"):
        publish_change(site, people["moderator2"], change)
    assert read(site, "well").page.slug == "well"

    again = begin(site, people["moderator"], "well", "water-point")
    assert again.id == change.id
    definition = str(fields_of(site, again)["definition"])
    assert "A hole with water in it." in definition and definition.endswith("### Well\n\nDeeper.")
    publish_change(site, people["moderator2"], again)
    assert read(site, "well").page.slug == "water-point"


def test_a_chain_leads_to_its_end_and_none_bites_its_tail(site: Site, people: People, two_terms: None) -> None:
    published(site, people, "term", term("Spring"))
    merge(site, people, "well", "water-point")
    merge(site, people, "water-point", "spring")
    assert {read(site, slug).page.slug for slug in ("well", "water-point", "spring")} == {"spring"}
    with pytest.raises(Refused):
        begin(site, people["moderator"], "spring", "well")  # which leads to itself
    with site.work(people["moderator"]) as uow:
        page_care.restore(uow, "water-point")
    assert read(site, "well").page.slug == "water-point"
    with site.work(SYSTEM) as uow:  # however it came about, it ends
        found = {page.slug: page for page in uow.session.scalars(select(Page))}
        found["spring"].merged_into_id = found["water-point"].id
        found["water-point"].merged_into_id = found["spring"].id
    assert read(site, "well").page.slug in ("spring", "water-point")


def test_where_the_kept_page_is_purged_the_other_stands_for_itself(site: Site, people: People, two_terms: None) -> None:
    merge(site, people, "well", "water-point")
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, "water-point", "It must go.")
    with pytest.raises(NotFound):
        read(site, "well")
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, "water-point", "It must go.")
    assert (read(site, "well").page.slug, read(site, "well").page.state) == ("well", "archived")


def test_what_cannot_be_merged_is_refused_with_a_sentence(site: Site, people: People, two_terms: None) -> None:
    published(site, people, "good-practice", practice())
    for into in ("nowhere", "well", "training-water-committees"):
        with pytest.raises(Refused) as refused:
            begin(site, people["moderator"], "well", into)
        assert [problem.field for problem in refused.value.problems] == ["into"]
    for name in ("anonymous", "reader", "contributor"):
        with pytest.raises((Forbidden, Unauthenticated)):
            begin(site, people[name], "well", "water-point")
    mine = change_page(site, people["moderator"], "water-point", {"definition": "Mine."})
    with pytest.raises(OpenChangeExists):
        begin(site, people["moderator"], "well", "water-point")
    with site.work(people["moderator"]) as uow:
        lifecycle.discard(uow, mine.id)
        page_care.archive(uow, "well", "Old.")
    with pytest.raises(Conflict):
        begin(site, people["moderator"], "well", "water-point")


def test_a_page_that_was_archived_meanwhile_does_not_become_part(site: Site, people: People, two_terms: None) -> None:
    change = send(site, people["moderator"], begin(site, people["moderator"], "well", "water-point"))
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "well", "Old.")
    with pytest.raises(Conflict, match="not published any more"):
        publish_change(site, people["moderator2"], change)
    assert read(site, "water-point").publication.number == 1
