"""Questions to the people behind a page: to whom they go, what is held, who reads them, how many there can be."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from kmwiki.config import with_settings
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries
from kmwiki.models import Enquiry, EnquiryMessage, LoginAttempt, OutboxJob, Page
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages import page_care
from kmwiki.services.talk import enquiries
from kmwiki.services.talk.enquiry_links import token_of
from kmwiki.services.talk.enquiry_lists import asked_by_me, asked_of_me
from kmwiki.services.talk.readers_words import Origin
from kmwiki.site import Site
from pages import published, term

pytestmark = pytest.mark.database
People = dict[str, Actor]
SLUG = "water-point"
HERE = Origin("192.0.2.1")


@pytest.fixture
def page(site: Site, people: People) -> Page:
    return published(site, people, "term", term())


def ask(site: Site, actor: Actor, text: str = "How deep are the wells?", **more: object) -> Enquiry:
    given = {"name": "Reader of Zinder", "origin": HERE, **more}
    with site.work(actor) as uow:
        return enquiries.ask(uow, SLUG, text, given.pop("origin"), **given)  # type: ignore[arg-type]


def token(site: Site, enquiry: Enquiry) -> str:
    with site.work(SYSTEM) as uow:
        return token_of(uow, enquiry.id)


def jobs(site: Site, name: str) -> list[dict[str, object]]:
    with site.work(SYSTEM) as uow:
        found = uow.session.scalars(select(OutboxJob).where(OutboxJob.name == name).order_by(OutboxJob.id))
        return [job.payload for job in found]


def events(site: Site) -> list[str]:
    return [str(job["event"]) for job in jobs(site, "tell") if str(job["event"]).startswith("enquiry")]


def state_of(site: Site, enquiry_id: UUID) -> str:
    with site.work(SYSTEM) as uow:
        found = uow.session.get(Enquiry, enquiry_id)
        assert found is not None
        return found.state


def test_a_question_without_an_account_goes_to_the_writers_and_comes_back_answered(
    site: Site, people: People, page: Page
) -> None:
    enquiry = ask(site, Actor())
    assert (enquiry.state, enquiry.sender_name) == ("open", "Reader of Zinder")
    with site.work(people["contributor"]) as uow:
        assert [item.enquiry.id for item in asked_of_me(uow, 1, 10)[1]] == [enquiry.id]
        enquiries.write(uow, enquiry.id, "Thirty metres.")
    with site.work(Actor()) as uow:
        enquiries.write_by_token(uow, token(site, enquiry), "Thank you!")

    with site.work(SYSTEM) as uow:
        said = uow.session.scalars(select(EnquiryMessage).order_by(EnquiryMessage.at, EnquiryMessage.id)).all()
    assert [(one.author_name, one.is_answer) for one in said] == [
        ("Reader of Zinder", False), ("Contributor", True), ("Reader of Zinder", False)
    ]  # fmt: skip
    assert events(site) == ["enquiry-sent", "enquiry-answered", "enquiry-sent"]


def test_nobody_else_finds_a_conversation(site: Site, people: People, page: Page) -> None:
    enquiry = ask(site, people["reader"])
    for name in ("anonymous", "contributor2"):
        with pytest.raises(NotFound), site.work(people[name]) as uow:
            enquiries.find_enquiry(uow, enquiry.id)
    for name in ("reader", "contributor", "moderator", "admin"):
        with site.work(people[name]) as uow:
            assert enquiries.find_enquiry(uow, enquiry.id)[0].id == enquiry.id
    with pytest.raises(NotFound), site.work(Actor()) as uow:  # asked with an account: no link opens it
        enquiries.find_by_token(uow, token(site, enquiry))
    with site.work(people["reader"]) as uow:
        assert asked_by_me(uow, 1, 10)[0] == 1


@pytest.mark.parametrize("text", ["See https://example.org", "Look at www.example.org", "Cheap: best-pumps.com"])
def test_links_without_an_account_wait_for_a_moderator(site: Site, people: People, page: Page, text: str) -> None:
    assert ask(site, people["reader"], text).state == "open"
    enquiry = ask(site, Actor(), text)
    assert enquiry.state == "held"
    with pytest.raises(NotFound), site.work(people["contributor"]) as uow:
        enquiries.find_enquiry(uow, enquiry.id)
    with pytest.raises(Conflict), site.work(Actor()) as uow:
        enquiries.write_by_token(uow, token(site, enquiry), "Hello?")

    with site.work(people["moderator"]) as uow:
        assert [item.enquiry.id for item in enquiries.held(uow)] == [enquiry.id]
        enquiries.accept(uow, enquiry.id)
    with site.work(people["contributor"]) as uow:
        assert enquiries.find_enquiry(uow, enquiry.id)[0].state == "open"
    assert events(site) == ["enquiry-sent", "enquiry-held", "enquiry-sent"]
    with pytest.raises(Conflict), site.work(people["moderator2"]) as uow:
        enquiries.decline(uow, enquiry.id)


def test_people_who_asked_not_to_be_written_to_hear_what_a_moderator_passes_on(site: Site, people: People) -> None:
    published(site, people, "term", term(contact="not"))
    enquiry = ask(site, people["reader"])
    assert enquiry.state == "held"
    for name in ("reader", "contributor2"):
        with pytest.raises((Forbidden, NotFound)), site.work(people[name]) as uow:
            enquiries.accept(uow, enquiry.id)

    with site.work(people["moderator"]) as uow:
        enquiries.decline(uow, enquiry.id)
    assert (state_of(site, enquiry.id), events(site)) == ("refused", ["enquiry-held"])


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": " "}, "text"), ({"text": "x" * 3_001}, "text"), ({"text": "a\0b"}, "text"), ({"name": " "}, "name"),
     ({"email": "nonsense"}, "email"), ({"origin": Origin("192.0.2.1", trap="https://spam")}, "website")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place_and_nothing_is_kept(
    site: Site, people: People, page: Page, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask(site, Actor(), **given)  # type: ignore[arg-type]
    assert [problem.field for problem in refused.value.problems] == [field]
    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(Enquiry)) == 0
        assert uow.session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_one_address_asks_so_often_and_is_not_kept(site: Site, people: People, page: Page) -> None:
    for _number in range(5):
        ask(site, Actor())
    with pytest.raises(TooManyTries):
        ask(site, Actor())
    assert ask(site, Actor(), origin=Origin("192.0.2.2")).state == "open"
    clock = site.clock
    site.clock = lambda: clock() + timedelta(hours=2)
    assert ask(site, Actor()).state == "open"
    with site.work(SYSTEM) as uow:
        assert all(len(key) == 64 for key in uow.session.scalars(select(LoginAttempt.key)))


def test_a_conversation_holds_twenty_messages_a_day(site: Site, people: People, page: Page) -> None:
    enquiry = ask(site, Actor())
    for number in range(19):
        with site.work(people["contributor"]) as uow:
            enquiries.write(uow, enquiry.id, f"Answer {number}.")
    with pytest.raises(TooManyTries), site.work(people["contributor"]) as uow:
        enquiries.write(uow, enquiry.id, "One more.")


def test_an_archived_page_takes_no_questions_and_one_in_the_bin_hides_those_that_there_are(
    site: Site, people: People, page: Page
) -> None:
    enquiry = ask(site, people["reader"])
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, SLUG, "Old.")
    with pytest.raises(Conflict):
        ask(site, Actor())
    with site.work(people["moderator"]) as uow:
        page_care.bin_page(uow, SLUG, "Older.")
    with pytest.raises(NotFound), site.work(people["reader"]) as uow:
        enquiries.find_enquiry(uow, enquiry.id)
    with site.work(people["reader"]) as uow:
        assert asked_by_me(uow, 1, 10) == (0, [])


def test_mails_hold_the_link_and_no_word_of_what_was_asked(site: Site, people: People, page: Page) -> None:
    site.config = with_settings(site.config, mail_url="smtp://localhost:1", base_url="https://wiki.example")
    for _number in range(4):
        enquiry = ask(site, Actor(), email="Reader@Example.org")
    with site.work(people["contributor"]) as uow:
        enquiries.write(uow, enquiry.id, "Thirty metres.")

    mails = jobs(site, "mail")
    assert len(mails) == 4  # three links at most in a day, and the answer
    assert {mail["to"] for mail in mails} == {"reader@example.org"}
    assert f"https://wiki.example/asked/{token(site, enquiry)}" in str(mails[-1]["text"])
    assert not any(word in str(mail) for mail in mails for word in ("deep", "Thirty", "Contributor"))


def test_addresses_are_forgotten_ninety_days_after_the_end(site: Site, people: People, page: Page) -> None:
    closed, silent = ask(site, Actor(), email="a@example.org"), ask(site, Actor(), email="b@example.org")
    with site.work(Actor()) as uow:
        enquiries.close_by_token(uow, token(site, closed))
    assert _addresses(site, 89) == ["a@example.org", "b@example.org"]
    assert _addresses(site, 91) == ["b@example.org"]
    assert state_of(site, silent.id) == "closed"
    assert _addresses(site, 182) == []


def _addresses(site: Site, days: int) -> list[str]:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=days)
    with site.work(SYSTEM) as uow:
        enquiries.forget_addresses(uow)
    site.clock = clock
    with site.work(SYSTEM) as uow:
        return sorted(uow.session.scalars(select(Enquiry.sender_email).where(Enquiry.sender_email.is_not(None))))
