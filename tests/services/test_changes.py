"""Starting and saving: revisions never change, nothing is lost, a post sent twice is stored once."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from kmwiki.domain.ids import new_id
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from kmwiki.models import AuditEntry, Change, Page, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import OpenChangeExists, start_edit, start_page
from kmwiki.services.pages.finding import find_change
from kmwiki.services.pages.page_care import bin_page
from kmwiki.site import Site
from pages import change_page, need, practice, published, save_fields, send, start, term

pytestmark = pytest.mark.database


def content(site: Site, revision_id: UUID) -> dict[str, object]:
    with site.work(SYSTEM) as uow:
        revision = uow.session.get(Revision, revision_id)
        assert revision is not None and revision.content is not None
        return dict(revision.content["fields"])


def test_a_title_alone_is_a_draft_that_nobody_else_sees(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "needs-analysis", {"title": "Drought"})

    assert change.state == "draft"
    for name in ("contributor2", "moderator", "admin", "anonymous"):
        with site.work(people[name]) as uow, pytest.raises(NotFound):
            find_change(uow, change.id)


def test_nothing_at_all_is_a_draft_too(site: Site, people: dict[str, Actor]) -> None:
    assert start(site, people["contributor"], "term", {}).state == "draft"


def test_rows_are_numbered_by_one_counter_of_the_page_in_form_order(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "needs-analysis", need())

    fields = content(site, change.head_id)

    assert [row["id"] for row in fields["needs"]] == ["n1"]  # type: ignore[attr-defined]
    assert [row["id"] for row in fields["method"]] == ["r2"]  # type: ignore[attr-defined]


def test_a_row_number_is_never_given_twice(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "needs-analysis", need())
    emptied = save_fields(site, ada, change, change.head_id, {"needs": None})
    again = save_fields(site, ada, change, emptied.revision.id, {"needs": need()["needs"]})

    assert [row["id"] for row in content(site, again.revision.id)["needs"]] == ["n3"]  # type: ignore[attr-defined]


def test_a_row_keeps_its_hidden_uid_when_it_is_edited(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "needs-analysis", need())
    before = content(site, change.head_id)["needs"][0]  # type: ignore[index]
    edited = {**need()["needs"][0], "id": "n1", "question": "Which wells fall dry first?"}
    saved = save_fields(site, ada, change, change.head_id, {"needs": [edited]})
    after = content(site, saved.revision.id)["needs"][0]  # type: ignore[index]

    assert (after["id"], after["uid"]) == (before["id"], before["uid"])
    assert after["question"] != before["question"]


def test_an_unknown_row_id_is_refused(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "needs-analysis", need())

    with pytest.raises(Refused) as refused:
        save_fields(site, people["contributor"], change, change.head_id, {"needs": [{"id": "n9", "question": "?"}]})

    assert [(p.field, p.row) for p in refused.value.problems] == [("needs", "n9")]


@pytest.mark.parametrize(
    "members",
    [
        {"fields": {"nonsense": "x"}},
        {"fields": {"maturity": "perfect"}},
        {"fields": {"practice": "bell \x07"}},
        {"fields": {"title": ["a", "list"]}},
        {"fields": "text"},
        {"language": "klingon-latin"},
        {"licence": "mine"},
        {"topics": ["unknown"]},
        {"translation_of": "not-here"},
        {"slug": "Not A Slug"},
        {"state": "published"},
        {"author": "moderator"},
        {"fields": {"addresses": [{"page": "not-here", "relation": "fully"}]}},
    ],
)
def test_bad_input_is_refused_and_stores_nothing(site: Site, people: dict[str, Actor], members: dict) -> None:
    with pytest.raises(Refused) as refused, site.work(people["contributor"]) as uow:
        start_page(uow, "good-practice", Edit({"fields": {}, "language": "en", **members}))

    assert refused.value.problems
    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(Page)) == 0


def test_saving_makes_a_new_revision_and_leaves_the_old_one(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "term", term())
    saved = save_fields(site, ada, change, change.head_id, {"definition": "Another text."})

    assert content(site, change.head_id)["definition"] == term()["definition"]
    assert content(site, saved.revision.id)["definition"] == "Another text."
    assert content(site, saved.revision.id)["title"] == "Water point"


def test_the_same_post_again_stores_nothing_new(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "needs-analysis", {"title": "Drought"})
    first = save_fields(site, ada, change, change.head_id, {"needs": need()["needs"]})
    second = save_fields(site, ada, change, change.head_id, {"needs": need()["needs"]})

    assert second.revision.id == first.revision.id


def test_edits_of_different_fields_from_one_version_are_combined(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "good-practice", practice())
    save_fields(site, ada, change, change.head_id, {"summary": "Mine."})
    saved = save_fields(site, ada, change, change.head_id, {"conditions": "Theirs."})

    fields = content(site, saved.revision.id)
    assert (fields["summary"], fields["conditions"]) == ("Mine.", "Theirs.")
    assert saved.combined == ("summary",)


def test_a_clash_keeps_both_texts_and_shows_them(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "good-practice", practice())
    first = save_fields(site, ada, change, change.head_id, {"summary": "First."})
    second = save_fields(site, ada, change, change.head_id, {"summary": "Second."})

    assert second.conflict is not None
    assert second.conflict.conflicts[0].field == "summary"
    assert content(site, first.revision.id)["summary"] == "First."
    assert content(site, second.revision.id)["summary"] == "Second."
    with site.work(ada) as uow:
        assert find_change(uow, change.id).head_id == first.revision.id


def test_settling_a_clash_names_both_parents(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = start(site, ada, "good-practice", practice())
    first = save_fields(site, ada, change, change.head_id, {"summary": "First."})
    beside = save_fields(site, ada, change, change.head_id, {"summary": "Second."})
    with site.work(ada) as uow:
        edit = Edit({"fields": {"summary": "First and second."}})
        settled = save(uow, change.id, edit, first.revision.id, resolves=beside.revision.id)

    assert settled.revision.kind == "merge"
    assert (settled.revision.parent_id, settled.revision.merged_from_id) == (first.revision.id, beside.revision.id)


def test_one_open_change_for_each_page_and_author(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    first = change_page(site, people["contributor2"], "water-point", {"definition": "A well."})

    with pytest.raises(OpenChangeExists) as error:
        change_page(site, people["contributor2"], "water-point", {"definition": "A tap."})

    assert error.value.change_id == first.id
    assert change_page(site, people["contributor"], "water-point", {"definition": "A tap."}).state == "draft"


def test_the_same_key_starts_one_change_only(site: Site, people: dict[str, Actor]) -> None:
    edit = Edit({"fields": {"title": "Once"}, "language": "en"})
    with site.work(people["contributor"]) as uow:
        first = start_page(uow, "term", edit, "key-1")
    with site.work(people["contributor"]) as uow:
        second = start_page(uow, "term", edit, "key-1")
    with site.work(people["contributor2"]) as uow:
        other = start_page(uow, "term", edit, "key-1")

    assert (second.change.id, second.is_new) == (first.change.id, False)
    assert other.change.id != first.change.id


def test_a_version_of_another_change_is_not_a_base(site: Site, people: dict[str, Actor]) -> None:
    mine = start(site, people["contributor"], "term", term())
    secret = start(site, people["contributor2"], "term", term("Secret"))

    with pytest.raises(NotFound):
        save_fields(site, people["contributor"], mine, secret.head_id, {"title": "x"})
    with pytest.raises(NotFound):
        save_fields(site, people["contributor"], mine, new_id(), {"title": "x"})


def test_a_reader_and_somebody_unknown_start_nothing(site: Site, people: dict[str, Actor]) -> None:
    with pytest.raises(Forbidden), site.work(people["reader"]) as uow:
        start_page(uow, "term", Edit({"fields": {}}))
    with pytest.raises(Unauthenticated), site.work(people["anonymous"]) as uow:
        start_page(uow, "term", Edit({"fields": {}}))


def test_a_moderators_save_of_a_sent_change_is_a_correction(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    saved = save_fields(site, people["moderator"], change, change.head_id, {"definition": "Better."})

    assert saved.revision.kind == "correction"
    with site.work(SYSTEM) as uow:
        assert uow.session.get(Change, change.id).state == "submitted"


def test_a_sent_change_must_stay_complete(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))

    with pytest.raises(Refused) as refused:
        save_fields(site, people["contributor"], change, change.head_id, {"definition": None})

    assert "definition" in {problem.field for problem in refused.value.problems}


def test_an_edit_of_a_page_begins_from_what_readers_see(site: Site, people: dict[str, Actor]) -> None:
    page = published(site, people, "term", term())
    change = change_page(site, people["contributor2"], "water-point", {"definition": "A well."})

    assert change.base_id == page.published_revision_id
    assert content(site, change.head_id)["title"] == "Water point"


def test_a_page_that_is_not_there_cannot_be_changed(site: Site, people: dict[str, Actor]) -> None:
    with pytest.raises(NotFound), site.work(people["contributor"]) as uow:
        start_edit(uow, "not-here", Edit({"fields": {}}))


def test_a_closed_change_takes_no_more_text(site: Site, people: dict[str, Actor]) -> None:
    page = published(site, people, "term", term())
    with site.work(SYSTEM) as uow:
        change = uow.session.scalars(select(Change).where(Change.page_id == page.id)).one()

    with pytest.raises(Conflict):
        save_fields(site, people["contributor"], change, change.head_id, {"definition": "Late."})


def test_every_step_is_in_the_audit_log(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())

    with site.work(SYSTEM) as uow:
        steps = list(uow.session.execute(select(AuditEntry.action, AuditEntry.actor_name).order_by(AuditEntry.id)))
    assert steps == [
        ("change.start", "Contributor"), ("change.submitted", "Contributor"), ("change.published", "Moderator"),
    ]  # fmt: skip


def test_a_page_in_the_bin_is_not_edited(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "Written twice.")

    with pytest.raises(Conflict):
        change_page(site, people["moderator"], "water-point", {"definition": "Nobody would ever see this."})
