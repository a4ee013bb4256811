"""Moderators and what waits: taking, what each of them takes, narrowing, deciding several at once, reminders."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from kmwiki import worker
from kmwiki.config import with_settings
from kmwiki.domain.events import Event
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.models import Change, ChangeFacet, OutboxJob, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.requests import ask
from kmwiki.services.review import desk
from kmwiki.services.review.deciding_many import MOST_AT_ONCE, Ticked, decide_many
from kmwiki.services.review.desk_filters import DeskFilter, Group, Kind, Show
from kmwiki.services.review.desk_list import look_at_desk
from kmwiki.services.review.reminding import remind_some
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, save_fields, send, start, term
from query_counter import counted_queries

pytestmark = pytest.mark.database
People = dict[str, Actor]


def sent(site: Site, actor: Actor, title: str = "Water point", **members: object) -> Change:
    """A new term that waits."""
    return send(site, actor, start(site, actor, "term", term(title), **members))


def edited(site: Site, people: People, title: str, by: str = "contributor2") -> Change:
    """A small edit of a published term that waits."""
    page = published(site, people, "term", term(title))
    change = change_page(site, people[by], str(page.slug), {"definition": f"A place to fetch water: {title}.\n"})
    return send(site, people[by], change)


def now(site: Site, change: Change) -> Change:
    with site.work(SYSTEM) as uow:
        return uow.session.get_one(Change, change.id)


def looks_at(site: Site, change: Change) -> str | None:
    with site.work(SYSTEM) as uow:
        return desk.taken(uow.session.get_one(Change, change.id), uow.now)


def later(site: Site, **time: float) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


def names(site: Site, actor: Actor, **asked: object) -> set[str]:
    """Titles of what a desk shows."""
    with site.work(actor) as uow:
        view = look_at_desk(uow, DeskFilter(**asked))  # type: ignore[arg-type]
        return {item.head.title for group in view.groups.values() for item in group.items}


# ---- taking


def test_of_two_who_take_it_one_wins_and_the_other_is_told_who(site: Site, people: People) -> None:
    change = sent(site, people["contributor"])
    with site.work(people["moderator"]) as first, site.work(people["moderator2"]) as second:
        lifecycle.find_change(second, change.id)  # looked at before the other one took it
        desk.take(first, change.id)
        first.session.commit()
        with pytest.raises(Conflict, match="Moderator is looking at this already"):
            desk.take(second, change.id)

    assert looks_at(site, change) == "Moderator"


def test_what_is_taken_is_free_after_a_day_and_when_it_is_left_to_others(site: Site, people: People) -> None:
    change = sent(site, people["contributor"])
    with site.work(people["moderator"]) as uow:
        desk.take(uow, change.id)
    with site.work(people["moderator2"]) as uow, pytest.raises(Conflict):
        desk.release(uow, change.id)
    later(site, hours=25)
    assert looks_at(site, change) is None
    with site.work(people["moderator2"]) as uow:
        desk.take(uow, change.id)
        assert desk.taken(desk.release(uow, change.id), uow.now) is None


def test_taking_keeps_nobody_from_deciding_and_ends_with_the_decision(site: Site, people: People) -> None:
    change = sent(site, people["contributor"])
    with site.work(people["moderator"]) as uow:
        desk.take(uow, change.id)
    publish_change(site, people["moderator2"], change)

    assert now(site, change).taken_by_id is None
    with site.work(people["moderator"]) as uow, pytest.raises(Conflict, match="does not wait any more"):
        desk.take(uow, change.id)


def test_only_moderators_take_and_only_what_they_see(site: Site, people: People) -> None:
    change, draft = sent(site, people["contributor"]), start(site, people["contributor2"], "term", term("Draft"))
    for name, found, error in (
        ("contributor", change, Forbidden), ("contributor2", change, NotFound), ("moderator", draft, NotFound),
    ):  # fmt: skip
        with site.work(people[name]) as uow, pytest.raises(error):
            desk.take(uow, found.id)


# ---- what each of them takes


def take_on(site: Site, actor: Actor, **takes: list[str]) -> None:
    with site.work(actor) as uow:
        desk.set_takes(uow, takes)


def test_the_desk_opens_on_what_its_owner_takes_and_counts_the_others(site: Site, people: People) -> None:
    sent(site, people["contributor"], "Nowhere in particular")
    for title, country in (("Malawi", "MW"), ("Zambia", "ZM")):
        draft = start(site, people["contributor"], "needs-analysis", need(title, countries=[country]))
        send(site, people["contributor"], draft)
    take_on(site, people["moderator"], country=["MW", "TZ"], language=["en"])

    assert names(site, people["moderator"]) == {"Nowhere in particular", "Malawi"}
    assert names(site, people["moderator2"]) == {"Nowhere in particular", "Malawi", "Zambia"}
    assert names(site, people["moderator"], show=Show.ALL) == names(site, people["moderator2"])
    with site.work(people["moderator"]) as uow:
        assert look_at_desk(uow).others == 1


def test_what_is_not_in_the_lists_cannot_be_taken(site: Site, people: People) -> None:
    with site.work(people["moderator"]) as uow, pytest.raises(Refused) as refused:
        desk.set_takes(uow, {"country": ["MW", "Atlantis"], "sector": ["140"]})
    assert [(problem.field, problem.message) for problem in refused.value.problems] == [
        ("country", "“Atlantis” is not in the list.")
    ]
    with site.work(people["contributor"]) as uow, pytest.raises(Forbidden):
        desk.set_takes(uow, {"country": ["MW"]})


def test_a_change_concerns_who_takes_it_or_all_where_nobody_does(site: Site, people: People) -> None:
    change = send(site, people["moderator"], start(site, people["moderator"], "needs-analysis", need()))
    take_on(site, people["moderator2"], country=["ZM"])
    take_on(site, people["admin"], country=["MW"])

    def concerned() -> list[str]:
        with site.work(SYSTEM) as uow:
            return [user.username for user in desk.moderators_for(uow, uow.session.get_one(Change, change.id))]

    assert concerned() == ["admin"]
    take_on(site, people["admin"], sector=["111"])
    assert concerned() == ["admin", "moderator2"]


# ---- narrowing


def test_the_desk_is_narrowed(site: Site, people: People) -> None:
    edit, new = edited(site, people, "Well"), sent(site, people["contributor"], "Spring")
    sent(site, people["contributor2"], "Source", language="fr", translation_of="well")
    published(site, people, "term", term("Pump"))
    with site.work(people["contributor"]) as uow:
        ask(uow, "pump", "archive", "Nobody uses it.")
    with site.work(SYSTEM) as uow:
        old = site.clock() - timedelta(days=8)
        uow.session.execute(update(Change).where(Change.id == new.id).values(submitted_at=old))
    with site.work(people["moderator"]) as uow:
        desk.take(uow, edit.id)
    mo = people["moderator"]

    assert names(site, mo) == {"Well", "Spring", "Source", "Pump"}
    assert names(site, mo, kind=Kind.NEW) == {"Spring", "Source"}
    assert names(site, mo, kind=Kind.TRANSLATION) == {"Source"}
    assert names(site, mo, kind=Kind.SMALL) == names(site, mo, group=Group.QUICK) == {"Well"}
    assert names(site, mo, kind=Kind.EDIT) == set()
    assert names(site, mo, kind=Kind.ARCHIVE) == names(site, mo, group=Group.ASKED) == {"Pump"}
    assert names(site, mo, language="fr") == {"Source"}
    assert names(site, mo, author="contributor2") == {"Well", "Source"}
    assert names(site, mo, is_late=True) == {"Spring"}
    assert names(site, mo, show=Show.MINE) == {"Well"}
    assert names(site, mo, type="good-practice") == names(site, mo, sector="140") == set()


def test_what_there_is_to_choose_from_is_counted(site: Site, people: People) -> None:
    sent(site, people["contributor"])
    send(site, people["contributor2"], start(site, people["contributor2"], "good-practice", practice()))
    with site.work(people["moderator"]) as uow:
        there = look_at_desk(uow).choices

    assert there.types == {"term": 1, "good-practice": 1}
    assert there.facets == {"language": {"en": 2}, "country": {"MW": 1}, "sector": {"140": 1}}
    assert there.authors == {"contributor": ("Contributor", 1), "contributor2": ("Contributor2", 1)}


def test_the_numbers_of_the_desk(site: Site, people: People) -> None:
    published(site, people, "term", term("Well"))
    sent(site, people["contributor"], "First")
    later(site, days=5)
    sent(site, people["contributor"], "Second")
    with site.work(people["moderator"]) as uow:
        numbers = look_at_desk(uow).numbers

    assert (numbers.waiting, list(numbers.ages), numbers.decided) == (2, [1, 0, 1, 0, 0], 1)
    assert (numbers.moderators, numbers.median_days is not None) == (3, True)


def test_the_desk_asks_as_often_for_many_as_for_few(site: Site, people: People) -> None:
    def queries() -> int:
        with counted_queries(site.engine) as counted, site.work(people["moderator"]) as uow:
            look_at_desk(uow)
        return len(counted)

    for number in range(4):
        sent(site, people[("contributor", "contributor2")[number % 2]], f"Few {number}")
    edited(site, people, "Well")
    few = queries()
    for number in range(12):
        sent(site, people[("contributor", "contributor2")[number % 2]], f"Many {number}")
    for number in range(3):
        edited(site, people, f"Well {number}")

    assert queries() == few


# ---- several at once


def ticked(site: Site, *changes: Change) -> list[Ticked]:
    return [Ticked(change.id, now(site, change).head_id) for change in changes]


def test_several_are_published_at_once(site: Site, people: People) -> None:
    changes = [edited(site, people, title) for title in ("Well", "Spring")]
    with site.work(people["moderator"]) as uow:
        decide_many(uow, "publish", ticked(site, *changes))

    assert [now(site, change).state for change in changes] == ["published", "published"]
    assert all(now(site, change).page.published_revision_id == now(site, change).head_id for change in changes)


def test_several_are_sent_back_with_one_reason(site: Site, people: People) -> None:
    changes = [sent(site, people["contributor"], title) for title in ("Well", "Spring")]
    with site.work(people["moderator"]) as uow:
        decide_many(uow, "return", ticked(site, *changes), "Please say where.")

    assert [(now(site, c).state, now(site, c).is_returned) for c in changes] == [("draft", True)] * 2


def refused_many(site: Site, actor: Actor, verb: str, them: list[Ticked], reason: str = "") -> dict[str, str]:
    """What is in the way, by change or field; nothing was done."""
    before = [now(site, Change(id=each.change_id)).state for each in them]
    with site.work(actor) as uow, pytest.raises(Refused) as refused:
        decide_many(uow, verb, them, reason)  # type: ignore[arg-type]
    assert [now(site, Change(id=each.change_id)).state for each in them] == before
    return {problem.row or problem.field: problem.message for problem in refused.value.problems}


def test_every_obstacle_is_named_and_nothing_is_done(site: Site, people: People) -> None:
    good, own = edited(site, people, "Well"), edited(site, people, "Spring", by="moderator")
    new, gone = sent(site, people["contributor"], "Pump"), edited(site, people, "Tap")
    saved, moved = edited(site, people, "River"), edited(site, people, "Lake")
    them = ticked(site, good, own, new, gone, saved, moved)
    with site.work(people["moderator2"]) as uow:
        decide_many(uow, "return", ticked(site, gone), "No.")
    save_fields(site, people["contributor2"], saved, now(site, saved).head_id, {"definition": "Something else.\n"})
    other = send(site, people["contributor"], change_page(site, people["contributor"], "lake", {"definition": "L.\n"}))
    publish_change(site, people["moderator"], other)
    found = refused_many(site, people["moderator"], "publish", them)

    assert str(good.id) not in found
    assert "four eyes" in found[str(own.id)]
    assert "it is a new page" in found[str(new.id)]
    assert "sent this back to its author" in found[str(gone.id)]
    assert "saved again after you looked" in found[str(saved.id)]
    assert "published anew since it began" in found[str(moved.id)]


def test_two_changes_of_one_page_are_not_published_together(site: Site, people: People) -> None:
    first = edited(site, people, "Well")
    second = send(site, people["contributor"], change_page(site, people["contributor"], "well", {"definition": "W.\n"}))

    found = refused_many(site, people["moderator"], "publish", ticked(site, first, second))
    assert list(found) == [str(second.id)] and "changes the same page" in found[str(second.id)]


def test_nothing_without_a_reason_without_ticks_or_of_too_many(site: Site, people: People) -> None:
    mo, change = people["moderator"], sent(site, people["contributor"])

    assert list(refused_many(site, mo, "return", ticked(site, change))) == ["reason"]
    assert refused_many(site, mo, "publish", []) == {"": "Tick at least one change first."}
    many = ticked(site, change) * (MOST_AT_ONCE["return"] + 1)
    assert "At most" in refused_many(site, mo, "return", many, "No.")[""]


def test_one_that_is_not_there_or_not_mine_to_see_refuses_all_alike(site: Site, people: People) -> None:
    good, draft = edited(site, people, "Well"), start(site, people["contributor"], "term", term("Draft"))
    for foreign in (draft.id, uuid4()):
        with site.work(people["moderator"]) as uow, pytest.raises(NotFound):
            decide_many(uow, "publish", [*ticked(site, good), Ticked(foreign, draft.head_id)])
    with site.work(people["contributor"]) as uow, pytest.raises(Forbidden):
        decide_many(uow, "publish", ticked(site, good))

    assert now(site, good).state == "submitted"


# ---- reminders


def reminders(site: Site) -> list[tuple[str, int]]:
    """Remind of what is due; of which changes after how many days."""
    with site.work(SYSTEM) as uow:
        remind_some(uow)
    with site.work(SYSTEM) as uow:
        jobs = uow.session.scalars(select(OutboxJob).where(OutboxJob.name == "tell").order_by(OutboxJob.id))
        waits = [job.payload for job in jobs if job.payload["event"] == Event.CHANGE_WAITS]
        return [(payload["change_id"], payload["days"]) for payload in waits]


def test_each_change_is_reminded_of_once_for_each_day_that_is_chosen(site: Site, people: People) -> None:
    site.config = with_settings(site.config, reminder_days=(3, 10))
    change = sent(site, people["contributor"])
    later(site, days=2)
    assert reminders(site) == []
    later(site, days=2)
    assert reminders(site) == reminders(site) == [(str(change.id), 3)]
    later(site, days=7)
    assert reminders(site) == reminders(site) == [(str(change.id), 3), (str(change.id), 10)]


def test_sent_again_a_change_waits_anew(site: Site, people: People) -> None:
    site.config = with_settings(site.config, reminder_days=(3, 10))
    change = sent(site, people["contributor"])
    later(site, days=30)
    assert reminders(site) == [(str(change.id), 10)]
    with site.work(people["contributor"]) as uow:
        lifecycle.withdraw(uow, change.id)
    send(site, people["contributor"], change)
    later(site, days=4)

    assert reminders(site) == [(str(change.id), 10), (str(change.id), 3)]


def test_what_a_moderator_takes_goes_with_the_account(site: Site, people: People) -> None:
    take_on(site, people["moderator"], country=["MW"], sector=[])
    with site.work(SYSTEM) as uow:
        user = uow.session.get_one(User, people["moderator"].user_id)
        assert user.desk_takes == {"country": ["MW"]}


def test_the_worker_reminds_and_weighs_what_came_by_another_way(site: Site, people: People) -> None:
    change = sent(site, people["contributor"])
    with site.work(SYSTEM) as uow:
        uow.session.execute(delete(ChangeFacet))
    later(site, days=8)
    worker.care_for_desk(site)

    assert reminders(site) == [(str(change.id), 7)]
    assert names(site, people["moderator"], language="en") == {"Water point"}
