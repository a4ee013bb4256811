"""What is typed and not saved: kept for one person, never overwritten by another window, gone when it is saved."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmwiki.errors import Conflict, NotFound, Refused, TooLarge
from kmwiki.models import Revision, WorkingCopy
from kmwiki.permissions import Actor
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.working_copies import (
    LIMIT_CHARACTERS,
    WrittenElsewhere,
    begun,
    copy_at,
    copy_of_change,
    forget_old,
    forget_saved,
    keep,
    place_of_change,
    place_of_new,
    place_of_page,
    somebody_else_writes,
    throw_away,
)
from kmwiki.services.pages.searching import all_documents
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import Site
from pages import change_page, published, start, term

TOKEN = "token-of-a-new-page"
KEY = f"new:{TOKEN}"
HERE, THERE = "0123456789abcdef", "fedcba9876543210"


def keep_new(site: Site, actor: Actor, text: str, stamp: str, seen: str = "", token: str = TOKEN) -> None:
    with site.work(actor) as uow:
        keep(uow, place_of_new(uow, "term", token), {"title": [text]}, None, stamp, seen)


def text_at(site: Site, actor: Actor, key: str = KEY) -> str | None:
    with site.work(actor) as uow:
        copy = copy_at(uow, [key])
        return copy.form["title"][0] if copy else None


@pytest.mark.database
def test_the_newest_text_of_a_window_is_kept_in_one_row(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    for number, text in enumerate(["W", "Wa", "Wat"], start=1):
        keep_new(site, ada, text, f"{HERE}.{number}")

    assert text_at(site, ada) == "Wat"
    with site.work(ada) as uow:
        assert uow.session.scalar(select(func.count()).select_from(WorkingCopy)) == 1
        assert uow.session.scalar(select(func.count()).select_from(Revision)) == 0


def test_a_text_that_comes_late_replaces_no_newer_one(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    keep_new(site, ada, "Newer", f"{HERE}.2")
    keep_new(site, ada, "Older", f"{HERE}.1")

    assert text_at(site, ada) == "Newer"


@pytest.mark.database
def test_another_window_goes_on_from_what_it_has_seen_and_overwrites_nothing_else(site, people) -> None:
    ada = people["contributor"]
    keep_new(site, ada, "First", f"{HERE}.1")
    with pytest.raises(WrittenElsewhere):
        keep_new(site, ada, "Second", f"{THERE}.1", seen="")
    keep_new(site, ada, "Second", f"{THERE}.2", seen=f"{HERE}.1")
    with pytest.raises(WrittenElsewhere):
        keep_new(site, ada, "First again", f"{HERE}.2", seen=f"{HERE}.1")

    assert text_at(site, ada) == "Second"


def test_nobody_else_sees_it(site: Site, people: dict[str, Actor]) -> None:
    keep_new(site, people["contributor"], "Secret", f"{HERE}.1")

    for name in ("contributor2", "moderator", "admin", "anonymous"):
        assert text_at(site, people[name]) is None
    with site.work(people["admin"]) as uow:
        assert begun(uow) == []
        assert list(all_documents(uow)) == [] and list(differences(uow)) == []


def test_what_is_longer_than_any_page_is_refused_and_what_was_kept_stays(site: Site, people) -> None:
    ada = people["contributor"]
    keep_new(site, ada, "Kept", f"{HERE}.1")
    with pytest.raises(TooLarge):
        keep_new(site, ada, "x" * LIMIT_CHARACTERS, f"{HERE}.2")
    with pytest.raises(Refused):
        keep_new(site, ada, "Whose?", "no stamp")

    assert text_at(site, ada) == "Kept"


def test_nobody_begins_forms_without_end(site: Site, people: dict[str, Actor], monkeypatch) -> None:
    monkeypatch.setattr("kmwiki.services.changes.working_copies.LIMIT_FORMS", 3)
    for number in range(3):
        keep_new(site, people["contributor"], "Begun", f"{HERE}.1", token=f"token-{number}-of-many")
    with pytest.raises(Conflict):
        keep_new(site, people["contributor"], "One too many", f"{HERE}.1", token="token-4-of-many")


def test_only_who_may_save_a_change_keeps_text_for_it(site: Site, people: dict[str, Actor]) -> None:
    draft = start(site, people["contributor"], "term", term())
    for name in ("contributor2", "moderator"):
        with pytest.raises(NotFound), site.work(people[name]) as uow:
            place_of_change(uow, draft.id)


def test_what_was_saved_is_forgotten_and_another_windows_text_is_not(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    keep_new(site, ada, "Typed", f"{HERE}.3")
    with site.work(ada) as uow:
        forget_saved(uow, [KEY], f"{THERE}.9")
        forget_saved(uow, [KEY], "")
    assert text_at(site, ada) == "Typed"
    with site.work(ada) as uow:
        forget_saved(uow, [KEY], f"{HERE}.2")

    assert text_at(site, ada) is None


def test_it_goes_with_the_draft_that_is_put_away_and_by_a_button(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    draft = start(site, ada, "term", term())
    keep_new(site, ada, "Typed", f"{HERE}.1")
    with site.work(ada) as uow:
        keep(uow, place_of_change(uow, draft.id), {"title": ["Typed"]}, draft.head_id, f"{HERE}.1", "")
    with site.work(ada) as uow:
        lifecycle.discard(uow, draft.id)
        throw_away(uow, [KEY])

    assert text_at(site, ada) is None and text_at(site, ada, f"change:{draft.id}") is None


def test_what_nobody_touched_for_a_month_is_swept(site: Site, people: dict[str, Actor]) -> None:
    ada, now = people["contributor"], site.clock()
    site.clock = lambda: now - timedelta(days=31)
    keep_new(site, ada, "Old", f"{HERE}.1")
    site.clock = lambda: now - timedelta(days=29)
    keep_new(site, ada, "Newer", f"{HERE}.1", token="another-token")
    site.clock = lambda: now
    with site.work(ada) as uow:
        forget_old(uow)

    assert text_at(site, ada) is None and text_at(site, ada, "new:another-token") == "Newer"


def test_others_are_told_for_five_minutes_that_somebody_writes(site: Site, people: dict[str, Actor]) -> None:
    ada, bo, now = people["contributor"], people["contributor2"], site.clock()
    page = published(site, people, "term", term())
    with site.work(ada) as uow:
        place = place_of_page(uow, "water-point")
        kept = keep(uow, place, {"title": ["x"]}, page.published_revision_id, f"{HERE}.1", "")
    assert not kept.others and kept.head == page.published_revision_id
    with site.work(bo) as uow:
        assert somebody_else_writes(uow, page.id)
    site.clock = lambda: now + timedelta(minutes=6)
    with site.work(bo) as uow:
        assert not somebody_else_writes(uow, page.id)


def test_what_was_typed_over_a_page_is_found_again_in_a_change_of_it(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor2"]
    page = published(site, people, "term", term())
    with site.work(ada) as uow:
        place = place_of_page(uow, "water-point")
        keep(uow, place, {"title": ["Over the page"]}, page.published_revision_id, f"{HERE}.1", "")
    change = change_page(site, ada, "water-point", {"definition": "From another window."})
    with site.work(ada) as uow:
        assert copy_of_change(uow, change).form == {"title": ["Over the page"]}
    with site.work(ada) as uow:
        keep(uow, place_of_change(uow, change.id), {"title": ["On"]}, change.base_id, f"{THERE}.1", f"{HERE}.1")

    assert text_at(site, ada, f"page:{page.id}") is None and text_at(site, ada, f"change:{change.id}") == "On"
