"""Reports of readers: what is kept, what is joined, what comes first, and how they are settled."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import AuditEntry, OutboxJob, Report
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages import page_care
from kmwiki.services.talk import reports
from kmwiki.services.talk.readers_words import Origin
from kmwiki.site import Site
from pages import published, term

pytestmark = pytest.mark.database
People = dict[str, Actor]
SLUG = "water-point"


@pytest.fixture(autouse=True)
def page(site: Site, people: People) -> None:
    published(site, people, "term", term())


def report(
    site: Site, actor: Actor, kind: str = "wrong", text: str = "Wells are deeper.", address: str = "192.0.2.1",
    trap: str = "",
) -> Report:  # fmt: skip
    with site.work(actor) as uow:
        return reports.report(uow, SLUG, kind, text, Origin(address, trap))


def events(site: Site) -> list[str]:
    with site.work(SYSTEM) as uow:
        found = uow.session.scalars(select(OutboxJob).where(OutboxJob.name == "tell").order_by(OutboxJob.id))
        return [job.payload["event"] for job in found if "report" in job.payload["event"]]


def number(site: Site) -> int:
    with site.work(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(Report)) or 0


def test_what_could_harm_somebody_comes_first(site: Site, people: People) -> None:
    made = [report(site, Actor(), kind, address=f"192.0.2.{k}") for k, kind in enumerate(reports.Kind)]

    with site.work(people["moderator"]) as uow:
        found = reports.open_reports(uow)
        assert [item.report.kind for item in found] == ["harmful", "personal-data", "wrong", "copyright", "other"]
        assert [item.is_urgent for item in found] == [True, True, False, False, False]
        assert reports.open_count(uow) == len(made)
    assert events(site) == ["page-reported"] * 5


def test_a_second_report_of_one_person_joins_the_first(site: Site, people: People) -> None:
    first = report(site, Actor())
    joined = report(site, Actor(), "harmful", "It names a child.")
    assert joined.id == first.id
    assert (joined.kind, joined.text) == ("harmful", "Wells are deeper.\n\nIt names a child.")
    assert report(site, Actor(), "other", "It names a child.").text == joined.text  # said twice, kept once
    assert report(site, people["reader"]).id != first.id
    assert report(site, people["reader"], text="More.").sender_name == "Reader"
    assert (number(site), len(events(site))) == (2, 2)
    assert "192.0.2.1" not in first.sender_key

    with site.work(people["moderator"]) as uow:
        reports.settle(uow, first.id, "The name is gone.")
    assert report(site, Actor(), text="It is there again.").id != first.id


def test_a_settled_report_is_told_to_whoever_sent_it_with_an_account(site: Site, people: People) -> None:
    mine, nobodys = report(site, people["reader"]), report(site, Actor())
    for name, error in (("anonymous", NotFound), ("reader", NotFound), ("contributor", NotFound)):
        with pytest.raises(error), site.work(people[name]) as uow:
            reports.settle(uow, mine.id, "Nothing.")
        with pytest.raises((Forbidden, Unauthenticated)), site.work(people[name]) as uow:
            reports.open_reports(uow)
    with pytest.raises(Refused), site.work(people["moderator"]) as uow:
        reports.settle(uow, mine.id, " ")
    for one in (mine, nobodys):
        with site.work(people["moderator"]) as uow:
            reports.settle(uow, one.id, "The depth is corrected.")

    assert events(site) == ["page-reported", "page-reported", "report-settled"]
    with pytest.raises(Conflict), site.work(people["moderator2"]) as uow:
        reports.settle(uow, mine.id, "Again.")
    with site.work(people["moderator"]) as uow:
        assert reports.open_reports(uow) == []
        settled = reports.find_report(uow, mine.id).report
        audited = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.settle")).all()
    assert (settled.settled_by, settled.outcome, settled.sender_key) == ("Moderator", "The depth is corrected.", "")
    assert [entry.reason for entry in audited] == ["The depth is corrected."] * 2


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kind": "bad"}, "kind"), ({"text": ""}, "text"), ({"text": "x" * 2_001}, "text"), ({"trap": "x"}, "website")],
)
def test_what_is_wrong_with_a_report_is_told_at_its_place(site: Site, given: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        report(site, Actor(), **given)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert number(site) == 0


def test_one_address_reports_so_often(site: Site) -> None:
    for _number in range(10):
        report(site, Actor())
    with pytest.raises(TooManyTries):
        report(site, Actor())
    clock = site.clock
    site.clock = lambda: clock() + timedelta(hours=1, minutes=1)
    assert report(site, Actor()).kind == "wrong"


def test_an_archived_page_can_be_reported_and_one_in_the_bin_is_not_there(site: Site, people: People) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, SLUG, "Old.")
    made = report(site, Actor())
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, SLUG, "Older.")
    with pytest.raises(NotFound):
        report(site, Actor(), address="192.0.2.9")
    with site.work(people["moderator"]) as uow:
        assert reports.find_report(uow, made.id).page.state == "binned"
