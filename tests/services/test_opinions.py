"""Asking somebody who knows: who may, what they see, until when, and who reads the answer."""

import pytest

from kmwiki.errors import Conflict, Forbidden, KmwikiError, NotFound, Refused
from kmwiki.models import Change, OutboxJob, Publication
from kmwiki.permissions import ANONYMOUS, SYSTEM, Actor
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.cooperation import end_share, share, share_links, shared_change
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review import moderation, opinions
from kmwiki.services.review.publishing import publish
from kmwiki.site import Site
from pages import send, start, term

pytestmark = pytest.mark.database
People = dict[str, Actor]


@pytest.fixture
def change(site: Site, people: People) -> Change:
    """A change of contributor that waits."""
    return send(site, people["contributor"], start(site, people["contributor"], "term", term()))


def ask(site: Site, people: People, change: Change, whom: str = "contributor2", by: str = "moderator") -> None:
    with site.work(people[by]) as uow:
        opinions.ask(uow, change.id, whom, "Is this what people say?")


def give(site: Site, actor: Actor, change: Change, text: str = "Yes, at the lake.", link: str = "") -> None:
    with site.work(actor) as uow:
        opinions.answer(uow, change.id, text, link)


def read(site: Site, actor: Actor, change: Change) -> list[tuple[str, str]]:
    with site.work(actor) as uow:
        return [(opinion.name, opinion.answer) for opinion in opinions.opinions_of(uow, find_change(uow, change.id))]


def told(site: Site) -> list[str]:
    with site.work(SYSTEM) as uow:
        jobs = uow.session.query(OutboxJob).filter(OutboxJob.name == "tell").all()
        return [job.payload["event"] for job in jobs if job.payload["event"].startswith("opinion")]


def test_who_is_asked_sees_the_change_and_answers_beside_it(site: Site, people: People, change: Change) -> None:
    asked = people["contributor2"]
    with pytest.raises(NotFound):
        read(site, asked, change)

    ask(site, people, change)
    with site.work(asked) as uow:
        assert [found.id for _opinion, found in opinions.waiting_for(uow)] == [change.id]
    give(site, asked, change)
    give(site, asked, change, "Yes, everywhere.")

    assert read(site, people["moderator2"], change) == [("Contributor2", "Yes, everywhere.")]
    assert read(site, people["contributor"], change) == [("Contributor2", "Yes, everywhere.")]
    assert read(site, asked, change) == []
    assert told(site) == ["opinion-asked", "opinion-given"]
    with site.work(asked) as uow:
        assert opinions.waiting_for(uow) == []


def decide(site: Site, people: People, change: Change, how: str) -> None:
    author = how == "withdraw"
    with site.work(people["contributor" if author else "moderator"]) as uow:
        if how == "withdraw":
            lifecycle.withdraw(uow, change.id)
        elif how == "publish":
            publish(uow, change.id, change.head_id)
        else:
            {"return": moderation.return_change, "reject": moderation.reject}[how](uow, change.id, "Because.")


@pytest.mark.parametrize("how", ["publish", "return", "reject", "withdraw"])
def test_the_right_to_see_ends_with_the_decision_and_does_not_come_back(
    site: Site, people: People, change: Change, how: str
) -> None:
    asked = people["contributor2"]
    ask(site, people, change)
    with site.work(people["moderator"]) as uow:
        _opinion, token = opinions.ask_by_link(uow, change.id, "Zoe", "Is it so?")
    give(site, asked, change)
    decide(site, people, change, how)

    with pytest.raises(NotFound):
        give(site, asked, change, "And another thing.")
    with pytest.raises(NotFound), site.work(ANONYMOUS) as uow:
        shared_change(uow, token)
    if how in ("return", "withdraw"):
        send(site, people["contributor"], change)
        with pytest.raises(NotFound):
            give(site, asked, change)
    assert ("Contributor2", "Yes, at the lake.") in read(site, people["contributor"], change)


def test_somebody_without_an_account_answers_by_a_link(site: Site, people: People, change: Change) -> None:
    with site.work(people["moderator"]) as uow:
        _opinion, token = opinions.ask_by_link(uow, change.id, "Zoe Banda", "Is it so?")
    holder = Actor(shared_change_id=change.id)

    give(site, holder, change, "It is.", token)

    assert read(site, people["contributor"], change) == [("Zoe Banda", "It is.")]
    with pytest.raises(NotFound):
        give(site, holder, change, "It is.", "invented")
    with pytest.raises(Forbidden):
        give(site, holder, change, "It is.")


def test_a_share_link_of_the_author_is_no_question(site: Site, people: People, change: Change) -> None:
    with site.work(people["moderator"]) as uow:
        opinion, _token = opinions.ask_by_link(uow, change.id, "Zoe", "Is it so?")
    with site.work(people["contributor"]) as uow:
        _change, token = share(uow, change.id)
        assert len(share_links(uow, find_change(uow, change.id))) == 1
    with pytest.raises(Forbidden):
        give(site, Actor(shared_change_id=change.id), change, "It is.", token)
    with pytest.raises(NotFound), site.work(people["contributor"]) as uow:
        end_share(uow, change.id, opinion.share_link_id)


@pytest.mark.parametrize(
    ("by", "whom", "error"),
    [
        ("contributor2", "reader", NotFound),
        ("contributor", "contributor2", Forbidden),
        ("moderator", "contributor", Refused),
        ("moderator", "moderator", Refused),
        ("moderator", "nobody", Refused),
    ],
)
def test_moderators_ask_and_not_those_who_write(
    site: Site, people: People, change: Change, by: str, whom: str, error: type[KmwikiError]
) -> None:
    with pytest.raises(error):
        ask(site, people, change, whom, by)
    assert told(site) == []


def test_nobody_is_asked_twice_or_about_what_does_not_wait(site: Site, people: People, change: Change) -> None:
    ask(site, people, change)
    with pytest.raises(Refused, match="asked already"):
        ask(site, people, change)
    decide(site, people, change, "return")
    with pytest.raises(Conflict):
        ask(site, people, change)


def test_a_question_is_taken_back_and_an_answer_stays(site: Site, people: People, change: Change) -> None:
    ask(site, people, change)
    ask(site, people, change, "moderator2")
    give(site, people["moderator2"], change)
    with site.work(people["moderator"]) as uow:
        for opinion in opinions.opinions_of(uow, find_change(uow, change.id)):
            opinions.take_back(uow, change.id, opinion.id)

    assert read(site, people["moderator"], change) == [("Moderator2", "Yes, at the lake.")]
    with pytest.raises(NotFound):
        give(site, people["contributor2"], change)


def test_an_opinion_does_not_bar_from_publishing(site: Site, people: People, change: Change) -> None:
    ask(site, people, change, "moderator2")
    give(site, people["moderator2"], change)
    with site.work(people["moderator2"]) as uow:
        publish(uow, change.id, change.head_id)

    with site.work(SYSTEM) as uow:
        assert uow.session.get(Publication, change.head_id).under_four_eyes is True


@pytest.mark.parametrize("text", ["", "  ", "a" * 5_001, "bell\a"])
def test_an_answer_is_plain_text(site: Site, people: People, change: Change, text: str) -> None:
    ask(site, people, change)
    with pytest.raises(Refused):
        give(site, people["contributor2"], change, text)
