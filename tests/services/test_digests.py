"""The daily mail: one for each person and day, in the morning, of what is neither read nor mailed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kmwiki.config import with_settings
from kmwiki.models import Notification, OutboxJob
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.pages import page_care
from kmwiki.services.telling import digests, unread
from kmwiki.services.telling.watching import watch_page
from kmwiki.site import Site
from kmwiki.worker import drain
from pages import change_page, publish_change, published, say, send, start, term
from smtp_sink import SmtpSink

pytestmark = pytest.mark.database
MORNING = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def at(site: Site, moment: datetime) -> None:
    site.clock = lambda: moment


@pytest.fixture
def watched(site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink) -> Site:
    """On the evening before, two things happened to a page that the reader watches, and a change was sent."""
    site = site_with_mail
    at(site, MORNING - timedelta(hours=12))
    page = published(site, people, "term", term())
    drain(site)
    with site.work(people["reader"]) as uow:
        watch_page(uow, str(page.slug))
    author = people["contributor2"]
    change = change_page(site, author, str(page.slug), {"definition": "A place where all people fetch water.\n"})
    publish_change(site, people["moderator"], send(site, author, change))
    say(site, author, str(page.slug), "Is a tap one, too?")
    send(site, author, start(site, author, "term", term("Dry well")))
    drain(site)
    smtp_sink.letters.clear()
    return site


def morning(site: Site, moment: datetime = MORNING) -> None:
    at(site, moment)
    digests.begin_day(site)
    drain(site)


def test_one_mail_tells_everything_of_the_day_in_groups(watched: Site, smtp_sink: SmtpSink) -> None:
    morning(watched)

    (letter,) = smtp_sink.to("reader@example.org")
    text = letter.get_content()
    assert letter["Subject"] == "2 pieces of news from kmwiki"
    assert "WHAT I WATCH" in text
    assert "A new version of “Water point” is published." in text
    assert "now “A place where all people fetch water." in text
    assert "Is a tap one, too?" in text
    assert "https://wiki.example.org/pages/water-point/discussion" in text
    assert letter["List-Unsubscribe"].startswith("<https://wiki.example.org/account/mail/stop/")
    assert "Contributor2 sent “Dry well” for review" in smtp_sink.to("moderator@example.org")[0].get_content()


def test_it_goes_out_once_however_many_workers_look_at_the_clock(watched: Site, smtp_sink: SmtpSink) -> None:
    morning(watched)
    first = len(smtp_sink.letters)
    for hours in (0, 1, 5):
        morning(watched, MORNING + timedelta(hours=hours))

    assert len(smtp_sink.letters) == first
    assert not digests.begin_day(watched)


def test_it_waits_for_the_morning_where_the_site_is(watched: Site, smtp_sink: SmtpSink) -> None:
    watched.config = with_settings(watched.config, timezone=ZoneInfo("America/Lima"))

    morning(watched)  # two o'clock there
    early = len(smtp_sink.letters)
    morning(watched, MORNING + timedelta(hours=5))

    assert (early, len(smtp_sink.to("reader@example.org"))) == (0, 1)


def test_what_was_read_or_may_not_be_seen_any_more_is_left_out(
    watched: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    with watched.work(people["moderator"]) as uow:
        page_care.bin_page(uow, "water-point", "Not for us.")
    with watched.work(people["moderator"]) as uow:
        unread.mark_all_read(uow)

    morning(watched)

    assert smtp_sink.to("reader@example.org") == []
    assert smtp_sink.to("moderator@example.org") == []
    with watched.work(SYSTEM) as uow:
        reader = accounts.find_user(uow, "reader")
        waiting = select(Notification).where(Notification.user_id == reader.id, Notification.mailed_at.is_(None))
        assert uow.session.scalars(waiting).all() == []


def test_a_job_that_runs_twice_mails_once(watched: Site, smtp_sink: SmtpSink) -> None:
    at(watched, MORNING)
    digests.begin_day(watched)
    with watched.work(SYSTEM) as uow:
        (job,) = [job for job in uow.session.scalars(select(OutboxJob)) if job.name == "digests"]
        uow.enqueue("digests", **job.payload)
        payload = dict(job.payload)
    drain(watched)
    with watched.work(SYSTEM) as uow:
        uow.enqueue("digests", **payload)
    drain(watched)

    assert len(smtp_sink.to("reader@example.org")) == 1


def test_a_mail_server_that_is_away_gets_it_later(watched: Site, smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    morning(watched)
    smtp_sink.start()
    at(watched, MORNING + timedelta(minutes=5))

    drain(watched)

    assert len(smtp_sink.to("reader@example.org")) == 1


def test_without_mail_no_day_begins(site: Site) -> None:
    at(site, MORNING)

    assert not digests.begin_day(site)


def test_what_was_read_is_forgotten_after_ninety_days(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    drain(site)
    with site.work(people["contributor"]) as uow:
        unread.mark_all_read(uow)
    later = site.clock() + timedelta(days=91)
    at(site, later)

    with site.work(SYSTEM) as uow:
        assert unread.forget_old(uow)
        assert not unread.forget_old(uow)
