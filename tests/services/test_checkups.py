"""Pages are looked at again: who is told and how often, who may say that one is still right, and until when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, Forbidden, Unauthenticated
from kmwiki.models import AuditEntry, OutboxJob, Page
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages import checkups, page_care
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, send, term
from query_counter import counted_queries

pytestmark = pytest.mark.database
People = dict[str, Actor]
SLUG = "training-water-committees"


@pytest.fixture
def page(site: Site, people: People) -> Page:
    return published(site, people, "good-practice", practice())


def days_later(site: Site, days: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=days)


def tell(site: Site) -> int:
    with site.work(SYSTEM) as uow:
        return checkups.tell_of_overdue(uow)


def told(site: Site) -> list[int]:
    with site.work(SYSTEM) as uow:
        jobs = uow.session.scalars(select(OutboxJob).where(OutboxJob.name == "tell").order_by(OutboxJob.id))
        return [job.payload["time"] for job in jobs if job.payload["event"] == "check-again"]


def until_its_date(site: Site, page: Page) -> None:
    assert page.check_again_on is not None
    days_later(site, (page.check_again_on - site.clock().date()).days)


@pytest.mark.parametrize(
    ("today", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 22), 24, date(2028, 11, 22)),
        (date(2026, 3, 1), 0, None),
    ],
)
def test_the_next_date_is_so_many_months_away(today: date, months: int, then: date | None) -> None:
    assert checkups.next_check(today, months) == then


def test_the_people_behind_a_page_are_told_three_times_a_month_apart(site: Site, page: Page) -> None:
    assert tell(site) == 0
    until_its_date(site, page)
    assert [tell(site), tell(site)] == [1, 0]
    days_later(site, 29)
    assert tell(site) == 0
    for _month in range(3):
        days_later(site, 30)
        tell(site)
        assert tell(site) == 0
    assert told(site) == [1, 2, 3]


def test_still_right_until_the_next_date_and_told_again_then(site: Site, people: People, page: Page) -> None:
    until_its_date(site, page)
    tell(site)
    with site.work(people["moderator"]) as uow:
        assert [found.id for found in checkups.overdue(uow, 1, 10)[1]] == [page.id]
        assert checkups.overdue(uow, 1, 10, "term") == (0, [])
    before = site.generation()
    with site.work(people["contributor"]) as uow:
        months = uow.site.page_type("good-practice").check_again_months
        now_on = checkups.still_right(uow, SLUG).check_again_on
        assert now_on == checkups.next_check(checkups.today_of(uow), months)
    assert site.generation() == before + 1
    with site.work(people["moderator"]) as uow:
        assert checkups.overdue(uow, 1, 10) == (0, [])
        audited = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "page.checked")).one()
    assert (audited.actor_name, audited.details["before"]) == ("Contributor", str(page.check_again_on))
    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        checkups.still_right(uow, SLUG)
    assert now_on is not None
    days_later(site, (now_on - site.clock().date()).days)
    assert (tell(site), told(site)) == (1, [1, 1])


def test_those_who_did_not_write_it_do_not_say_that_it_is_right(site: Site, people: People, page: Page) -> None:
    until_its_date(site, page)
    change_page(site, people["contributor2"], SLUG, {"summary": "A draft makes nobody its author."})
    for name in ("anonymous", "reader", "contributor2"):
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            checkups.still_right(uow, SLUG)
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            checkups.overdue(uow, 1, 10)


def test_a_new_version_counts_as_looked_at(site: Site, people: People, page: Page) -> None:
    until_its_date(site, page)
    tell(site)
    change = change_page(site, people["contributor"], SLUG, {"summary": "They keep their own store, still."})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    with site.work(people["moderator"]) as uow:
        assert checkups.overdue(uow, 1, 10) == (0, [])
    assert tell(site) == 0


def test_archived_pages_and_types_without_a_date_are_left_alone(site: Site, people: People, page: Page) -> None:
    published(site, people, "term", term())
    until_its_date(site, page)
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, SLUG, "Old.")
    days_later(site, 400)
    assert tell(site) == 0
    with site.work(people["moderator"]) as uow:
        assert page.id not in [found.id for found in checkups.overdue(uow, 1, 10)[1]]


def test_the_list_takes_as_many_queries_for_many_pages(site: Site, people: People, page: Page) -> None:
    until_its_date(site, page)
    for number in range(3):
        published(site, people, "good-practice", practice(f"Practice {number}"))
    days_later(site, 800)
    with site.work(people["moderator"]) as uow, counted_queries(site.engine) as queries:
        assert len(checkups.overdue(uow, 1, 10)[1]) == 4
    assert len(queries) == 2
