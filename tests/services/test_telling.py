"""Telling people what happened: whom, once each, never of what they may not see, in words and by mail."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from kmwiki import db
from kmwiki.backends.search import SearchQuery
from kmwiki.domain.events import Event
from kmwiki.models import Notification, OutboxJob, Role, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.cooperation import accept_invitation, invite_coauthor
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.pages import page_care
from kmwiki.services.review.moderation import reject, return_change
from kmwiki.services.telling import unread
from kmwiki.services.telling.notifications import told
from kmwiki.services.telling.told import When, choose
from kmwiki.services.telling.watching import watch_for, watch_page, watch_search
from kmwiki.site import Site
from kmwiki.worker import drain
from pages import case, change_page, practice, publish_change, published, say, send, start, term
from smtp_sink import SmtpSink

pytestmark = pytest.mark.database
AT_ONCE = {"mine": "at-once", "review": "at-once", "questions": "at-once", "watched": "at-once"}


def events(site: Site, actor: Actor) -> list[str]:
    """What somebody was told of, oldest first."""
    drain(site)
    with site.work(SYSTEM) as uow:
        mine = select(Notification.event).where(Notification.user_id == actor.user_id).order_by(Notification.at)
        return list(uow.session.scalars(mine))


def sentences(site: Site, actor: Actor) -> list[str | None]:
    """The same in words, newest first."""
    drain(site)
    with site.work(actor) as uow:
        return [one.sentence for one in told(uow, 1, 50)[1]]


def wishes(site: Site, actor: Actor, **choices: str) -> None:
    with site.work(actor) as uow:
        choose(uow, {**AT_ONCE, **choices}, watch_own=True)


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content()).replace("\r\n", "\n")


# ---- the way of a change


def test_a_change_goes_its_way_and_its_author_is_mailed_at_each_step(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site, author, moderator = site_with_mail, people["contributor"], people["moderator"]
    first = published(site, people, "good-practice", practice())
    drain(site)
    smtp_sink.letters.clear()

    fields = {"summary": "A store, and a list of prices."}
    change = send(site, author, change_page(site, author, str(first.slug), fields))
    with site.work(moderator) as uow:
        return_change(uow, change.id, "Please say what the store costs.")
    drain(site)
    (returned,) = smtp_sink.to("contributor@example.org")
    send(site, author, change)
    with site.work(moderator) as uow:
        save(uow, change.id, Edit({"fields": {"summary": "A store and a price list."}}), change.head_id)
    publish_change(site, moderator, change)
    drain(site)

    assert returned["Subject"] == "Moderator sent “Training water committees” back to you"
    assert "Please say what the store costs." in text_of(returned)
    assert f"https://wiki.example.org/changes/{change.id}\n" in text_of(returned)
    subjects = [letter["Subject"] for letter in smtp_sink.to("contributor@example.org")]
    assert subjects == [
        "Moderator sent “Training water committees” back to you",
        "Moderator corrected something in “Training water committees”",
        "Moderator published what you wrote: “Training water committees”",
    ]
    corrected, last = smtp_sink.to("contributor@example.org")[1:]
    assert "was “A store, and a list of prices.”, now “A store and a price list.”" in text_of(corrected)
    assert "now “A store and a price list.”" in text_of(last)


def test_a_mail_can_be_stopped_by_the_mail_program(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    published(site_with_mail, people, "term", term())
    drain(site_with_mail)

    (letter,) = smtp_sink.to("contributor@example.org")
    assert letter["List-Unsubscribe"].startswith("<https://wiki.example.org/account/mail/stop/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip("<>") in text_of(letter)


def test_mails_are_in_the_language_of_whoever_gets_them(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    with site_with_mail.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").languages = ["ny", "fr"]
    published(site_with_mail, people, "term", term())
    drain(site_with_mail)

    (letter,) = smtp_sink.to("contributor@example.org")
    assert letter["Content-Language"] == "fr"
    assert "Moderator a publié" in letter["Subject"]


# ---- once, and never too late


def test_a_job_that_runs_twice_tells_once(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    published(site_with_mail, people, "term", term())
    with site_with_mail.work(SYSTEM) as uow:
        payloads = [job.payload for job in uow.session.scalars(select(OutboxJob)) if job.name == "tell"]
        for payload in payloads:
            uow.enqueue("tell", **payload)

    drain(site_with_mail)
    with site_with_mail.work(SYSTEM) as uow:
        for payload in payloads:
            uow.enqueue("tell", **payload)
    drain(site_with_mail)

    assert events(site_with_mail, people["contributor"]) == ["change-published"]
    assert len(smtp_sink.to("contributor@example.org")) == 1


def test_a_mail_server_that_is_away_stops_nobody_and_gets_it_later(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    smtp_sink.stop()
    published(site, people, "term", term())
    drain(site)
    waiting = [job for job in all_jobs(site) if job.name == "notify-mail"]
    smtp_sink.start()
    later = site.clock() + timedelta(minutes=5)
    site.clock = lambda: later

    drain(site)

    assert waiting
    assert all("example.org" not in job.last_error for job in waiting)
    assert len(smtp_sink.to("contributor@example.org")) == 1
    assert all_jobs(site) == []


def all_jobs(site: Site) -> list[OutboxJob]:
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(OutboxJob)))


def test_a_refused_recipient_is_dropped_and_the_others_get_theirs(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    for name in ("moderator", "moderator2"):
        wishes(site, people[name])
    smtp_sink.answers["moderator@example.org"] = "550 gone"
    send(site, people["contributor"], start(site, people["contributor"], "term", term()))

    drain(site)

    assert [letter["To"] for letter in smtp_sink.letters] == ["moderator2@example.org"]
    assert all_jobs(site) == []


def test_without_mail_people_are_told_in_the_site_and_no_job_is_left(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())

    assert events(site, people["contributor"]) == ["change-published"]
    assert all_jobs(site) == []
    with site.work(SYSTEM) as uow:
        unmailed = select(func.count()).select_from(Notification).where(Notification.mailed_at.is_(None))
        assert uow.session.scalar(unmailed) == 0  # nothing piles up for the day when mail is switched on


# ---- rights


def test_moderators_are_told_of_what_is_sent_and_nobody_else_is(site: Site, people: dict[str, Actor]) -> None:
    send(site, people["contributor"], start(site, people["contributor"], "term", term()))

    told_of = {name: events(site, people[name]) for name in ("moderator", "moderator2", "contributor2", "reader")}

    assert told_of == {
        "moderator": ["change-sent"], "moderator2": ["change-sent"], "contributor2": [], "reader": [],
    }  # fmt: skip
    assert events(site, people["contributor"]) == []  # who did it


def test_nobody_is_told_of_a_change_that_waits_no_more(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    with site.work(people["contributor"]) as uow:
        lifecycle.withdraw(uow, change.id)

    assert events(site, people["moderator"]) == []


def test_no_mail_about_a_draft_goes_to_somebody_who_lost_the_right_meanwhile(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    wishes(site, people["moderator"])
    smtp_sink.stop()
    send(site, people["contributor"], start(site, people["contributor"], "term", term("A secret for now")))
    drain(site)
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "moderator").role = "reader"
    smtp_sink.start()
    later = site.clock() + timedelta(minutes=5)
    site.clock = lambda: later

    drain(site)

    assert smtp_sink.to("moderator@example.org") == []
    with site.work(people["moderator"]) as uow:
        shown = told(uow, 1, 50)[1]
    former = accounts.actor_of(_user(site, "moderator"))
    with site.work(former) as uow:
        shown = told(uow, 1, 50)[1]
    assert [(one.sentence, one.path) for one in shown] == [(None, None)]


def _user(site: Site, name: str) -> User:
    with site.work(SYSTEM) as uow:
        return accounts.find_user(uow, name)


def test_what_was_read_in_the_site_is_not_mailed(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    smtp_sink.stop()
    published(site, people, "term", term())
    drain(site)
    with site.work(people["contributor"]) as uow:
        unread.mark_all_read(uow)
    smtp_sink.start()
    later = site.clock() + timedelta(minutes=5)
    site.clock = lambda: later

    drain(site)

    assert smtp_sink.letters == []


def test_a_closed_account_is_told_nothing(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").state = "disabled"
    with site.work(people["moderator"]) as uow:
        reject(uow, change.id, "Not here.")

    assert events(site, people["contributor"]) == []


def test_an_account_that_waits_is_told_of_its_own_change(site: Site, people: dict[str, Actor], waiting: Actor) -> None:
    change = send(site, waiting, start(site, waiting, "term", term()))
    with site.work(people["moderator"]) as uow:
        return_change(uow, change.id, "Please say more.")

    assert events(site, waiting) == ["change-returned"]


# ---- together


def test_coauthors_are_invited_and_told_of_what_becomes_of_it(site: Site, people: dict[str, Actor]) -> None:
    author, other = people["contributor"], people["contributor2"]
    change = start(site, author, "term", term())
    with site.work(author) as uow:
        invite_coauthor(uow, change.id, "contributor2")
    with site.work(other) as uow:
        accept_invitation(uow, change.id)
    send(site, author, change)
    publish_change(site, people["moderator"], change)

    assert events(site, other) == ["coauthor-invited", "change-published"]
    assert events(site, author) == ["coauthor-accepted", "change-published"]


def test_those_who_speak_of_a_change_hear_of_answers(site: Site, people: dict[str, Actor]) -> None:
    author, moderator = people["contributor"], people["moderator"]
    change = send(site, author, start(site, author, "term", term()))
    question = say(site, moderator, change.id, "Where is this?")
    say(site, author, change.id, "At the lake.", answers=question)

    assert events(site, author) == ["change-commented"]
    assert events(site, moderator) == ["change-sent", "change-commented"]
    assert events(site, people["moderator2"]) == ["change-sent"]


# ---- watching


def test_those_who_watch_a_page_hear_of_it_and_its_authors_watch_it(site: Site, people: dict[str, Actor]) -> None:
    page = published(site, people, "term", term())
    drain(site)
    with site.work(people["reader"]) as uow:
        watch_page(uow, str(page.slug))
    author = people["contributor2"]
    fields = {"definition": "Where people fetch water.\n"}
    change = send(site, author, change_page(site, author, str(page.slug), fields))
    publish_change(site, people["moderator"], change)
    drain(site)
    say(site, people["contributor2"], str(page.slug))
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, str(page.slug), "water-place")
        page_care.archive(uow, "water-place", "Out of date.")
        page_care.restore(uow, "water-place")

    expected = ["page-published", "page-commented", "page-renamed", "page-archived", "page-restored"]
    assert events(site, people["reader"]) == expected
    assert events(site, people["contributor"])[-5:] == expected
    assert "page-published" not in events(site, author)
    assert sentences(site, people["reader"])[-1] == "A new version of “Water point” is published"


def test_what_changed_is_in_the_mail_of_who_watches(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    page = published(site, people, "good-practice", practice())
    drain(site)
    wishes(site, people["reader"])
    with site.work(people["reader"]) as uow:
        watch_page(uow, str(page.slug))
    change = change_page(site, people["contributor"], str(page.slug), {"countries": ["MW", "ZM"]})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    drain(site)

    (letter,) = smtp_sink.to("reader@example.org")
    assert letter["Subject"] == "A new version of “Training water committees” is published"
    assert "was “Malawi”, now “Malawi, Zambia”" in text_of(letter)
    assert "https://wiki.example.org/pages/training-water-committees\n" in text_of(letter)


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(filters={"country": ("MW",)}),
        SearchQuery(filters={"type": ("good-practice",)}),
        SearchQuery(words="spare part"),
        SearchQuery(words="committee", filters={"sector": ("140",), "country": ("ZM", "MW")}),
    ],
    ids=["country", "type", "words", "words and filters"],
)
def test_new_pages_that_a_search_would_find_are_told(site: Site, people: dict[str, Actor], query: SearchQuery) -> None:
    with site.work(people["reader"]) as uow:
        watch_search(uow, query)
    with site.work(people["contributor2"]) as uow:
        watch_search(uow, SearchQuery(words="banana"))

    page = published(site, people, "good-practice", practice())

    assert sentences(site, people["reader"]) == ["New page: “Training water committees”"]
    assert events(site, people["contributor2"]) == []
    change = change_page(site, people["contributor"], str(page.slug), {"summary": "Other words."})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    assert events(site, people["reader"]) == ["page-published"]  # the second version is nothing new


def test_a_case_in_which_a_practice_failed_is_told_to_its_people(site: Site, people: dict[str, Actor]) -> None:
    failed = published(site, people, "good-practice", practice())
    drain(site)
    with site.work(people["reader"]) as uow:
        watch_page(uow, str(failed.slug))
    link = {"page": failed.slug, "relation": "did-not-work"}
    writer = people["contributor2"]
    change = start(site, writer, "case-study", case(applies=[link]))
    publish_change(site, people["moderator"], send(site, writer, change))

    assert events(site, people["contributor"])[-1] == "did-not-work"
    assert sentences(site, people["reader"]) == [
        "“Training water committees” did not work somewhere: “Committees in Monze” tells of it"
    ]
    again = change_page(site, writer, "committees-in-monze", {"title": "Committees at Monze"})
    publish_change(site, people["moderator"], send(site, writer, again))
    assert events(site, people["reader"]) == ["did-not-work"]  # it was told before


# ---- how one wants to be told


def test_who_wants_no_mail_gets_none_and_is_told_in_the_site(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    wishes(site_with_mail, people["contributor"], mine=When.NEVER)
    published(site_with_mail, people, "term", term())

    assert events(site_with_mail, people["contributor"]) == ["change-published"]
    assert smtp_sink.letters == []


# ---- many


def test_many_are_told_in_short_transactions(site: Site, people: dict[str, Actor]) -> None:

    page = published(site, people, "term", term())
    drain(site)
    with site.work(SYSTEM) as uow:
        users = [accounts.add_user(uow, f"watcher{each}", None, Role.READER) for each in range(220)]
        watch_for(uow, page.id, [user.id for user in users])
    db.longest_write_seconds = 0.0  # that was the fixture's
    with site.work(SYSTEM) as uow:
        uow.tell(Event.PAGE_RENAMED, page_id=page.id)

    drain(site)

    with site.work(SYSTEM) as uow:
        renamed = select(func.count()).select_from(Notification).where(Notification.event == Event.PAGE_RENAMED)
        assert uow.session.scalar(renamed) == 221


def test_many_mails_go_over_one_connection(
    site_with_mail: Site, people: dict[str, Actor], smtp_sink: SmtpSink
) -> None:
    names = ("moderator", "moderator2", "admin")
    for name in names:
        wishes(site_with_mail, people[name])
    send(site_with_mail, people["contributor"], start(site_with_mail, people["contributor"], "term", term()))

    drain(site_with_mail)

    assert sorted(letter["To"] for letter in smtp_sink.letters) == sorted(f"{name}@example.org" for name in names)
    assert smtp_sink.connections == 1
