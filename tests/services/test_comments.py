"""What people say about changes and pages: who may, threads, one's own, what moderators remove, limits."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, Forbidden, KmwikiError, NotFound, Refused, TooManyTries, Unauthenticated
from kmwiki.models import AuditEntry, Change, Comment
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import cooperation
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import find_change, find_page
from kmwiki.services.pages.reading import generation
from kmwiki.services.review import moderation
from kmwiki.services.talk import comment_bounds, comments
from kmwiki.services.talk.comments import comment_on_change, comment_on_page
from kmwiki.services.talk.conversations import conversation, texts_of, threads_of, threads_of_page
from kmwiki.site import Site
from pages import published, say, send, start, term

People = dict[str, Actor]
SLUG = "water-point"


@pytest.fixture
def page(site: Site, people: People) -> str:
    return str(published(site, people, "term", term()).slug)


@pytest.fixture
def change(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term())


def shared(site: Site, people: People, change: Change) -> tuple[Actor, str]:
    """The holder of a new share link, and its token."""
    with site.work(people["contributor"]) as uow:
        _change, token = cooperation.share(uow, change.id)
    return Actor(shared_change_id=change.id), token


def found(site: Site, comment_id: UUID) -> Comment | None:
    with site.work(SYSTEM) as uow:
        return uow.session.get(Comment, comment_id)


def outcome(site: Site, actor: Actor, deed: Callable[..., object], *given: object) -> type[KmwikiError] | None:
    """How somebody's deed is refused, None where it is done."""
    try:
        with site.work(actor) as uow:
            deed(uow, *given)
    except KmwikiError as error:
        return type(error)
    return None


def read(site: Site, slug: str = SLUG) -> list[tuple[str, list[str]]]:
    """What anonymous readers see said about a page: each beginning with its answers."""
    with site.work(Actor()) as uow:
        _total, threads = threads_of_page(uow, find_page(uow, slug), 1, 20)
        return [(thread.beginning.text, [answer.text for answer in thread.answers]) for thread in threads]


# ---- saying something


@pytest.mark.database
def test_everybody_reads_what_those_who_write_say_about_a_page(site: Site, people: People, page: str) -> None:
    first = say(site, people["contributor2"], page, "Is a tap one?", field="definition")
    say(site, people["moderator"], page, "It is.", answers=first)
    say(site, people["contributor"], page, "And a river?")

    assert read(site) == [("And a river?", []), ("Is a tap one?", ["It is."])]
    assert outcome(site, people["anonymous"], comment_on_page, page, "Me too.") is Unauthenticated
    assert outcome(site, people["reader"], comment_on_page, page, "Me too.") is Forbidden


def test_somebody_who_waits_for_approval_may_comment(site: Site, people: People, page: str, waiting: Actor) -> None:
    assert outcome(site, waiting, comment_on_page, page, "Hello.") is None


def test_nothing_is_told_of_what_was_said_about_a_draft(site: Site, people: People, change: Change) -> None:
    said = say(site, people["contributor"], change.id)
    for name in ("anonymous", "reader", "contributor2", "moderator", "admin"):
        for deed, *given in ((comments.edit, "Mine."), (comments.delete,), (comments.resolve,)):
            assert outcome(site, people[name], deed, said, *given) is NotFound
        assert outcome(site, people[name], comment_on_change, change.id, "Hello.") is NotFound


def test_a_thread_has_one_level_of_answers_at_the_field_of_its_beginning(site: Site, people: People, page: str) -> None:
    first = say(site, people["contributor"], page, "One", field="definition")
    second = say(site, people["contributor"], page, "Two", answers=first)
    third = say(site, people["contributor"], page, "Three", field="title", answers=second)

    assert read(site) == [("One", ["Two", "Three"])]
    assert [(found(site, id).thread_id, found(site, id).field) for id in (second, third)] == [(first, "definition")] * 2


def test_an_answer_belongs_to_the_same_page_or_change(site: Site, people: People, page: str, change: Change) -> None:
    about_draft, about_page = say(site, people["contributor"], change.id), say(site, people["contributor"], page)

    for about, answers in ((page, about_draft), (change.id, about_page), (page, UUID(int=1))):
        with pytest.raises(Refused) as refused:
            say(site, people["contributor"], about, "Yes.", answers=answers)
        assert refused.value.problems[0].field == "answers"


def test_text_and_field_are_refused_with_every_fault(site: Site, people: People, page: str) -> None:
    for text in ("", " \n", "x" * 10_001, "a\x00b", "a\x85b", None):
        with pytest.raises(Refused):
            say(site, people["contributor"], page, text)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        say(site, people["contributor"], page, "Well.\n" + "> " * 30 + "deep", field="nothing")

    assert [(p.field, p.line) for p in refused.value.problems] == [("text", 2), ("field", None)]
    assert "Line 2:" in refused.value.problems[0].message


def test_markdown_is_rendered_by_the_one_renderer_and_leads_where_the_reader_may_go(
    site: Site, people: People, page: str, change: Change
) -> None:
    hostile = "<script>alert(1)</script>\r\n\r\n[x](javascript:a)"
    say(site, people["contributor"], page, f"**Yes**, see [[{SLUG}]] {hostile}")
    with site.work(Actor()) as uow:
        _total, threads = threads_of_page(uow, find_page(uow, page), 1, 20)
        (html,) = texts_of(uow, threads).values()

    assert "<strong>Yes</strong>" in html and f'<a href="/pages/{SLUG}">Water point</a>' in html
    assert "<script" not in html and "javascript:" not in html.replace("[x](javascript:a)", "")


# ---- one's own


def test_one_edits_ones_own_comment_and_readers_are_told(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page, "Is it rihgt?")
    assert outcome(site, people["contributor"], comments.edit, said, "Is it rihgt?") is None
    assert found(site, said).edited_at is None
    for name in ("contributor2", "moderator", "admin"):
        assert outcome(site, people[name], comments.edit, said, "No.") is Forbidden
    assert outcome(site, people["contributor"], comments.edit, said, "") is Refused
    with site.work(people["contributor"]) as uow:
        comments.edit(uow, said, "Is it *right*?")

    after = found(site, said)
    assert (after.text, after.edited_at is not None) == ("Is it *right*?", True)
    assert "<em>right</em>" in after.html


def test_a_deleted_comment_goes_and_one_with_answers_leaves_its_place(site: Site, people: People, page: str) -> None:
    alone, first = say(site, people["contributor"], page, "Alone"), say(site, people["contributor"], page, "First")
    answer = say(site, people["contributor2"], page, "Answer", answers=first)
    for said in (alone, first):
        with site.work(people["contributor"]) as uow:
            comments.delete(uow, said)

    assert read(site) == [("", ["Answer"])]
    emptied = found(site, first)
    assert (emptied.gone, emptied.text, emptied.html) == ("deleted", "", "")
    assert outcome(site, people["contributor"], comments.edit, first, "Back.") is NotFound
    another = say(site, people["moderator"], page, "Another", answers=first)
    assert read(site) == [("", ["Answer", "Another"])]
    for name, said in (("contributor2", answer), ("moderator", another)):
        with site.work(people[name]) as uow:
            comments.delete(uow, said)
    assert read(site) == []


def test_moderators_remove_what_others_said_and_it_is_noted(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page, "Buy my pumps!")
    say(site, people["contributor2"], page, "Please do not.", answers=said)
    assert outcome(site, people["contributor2"], comments.delete, said) is Forbidden
    with site.work(people["moderator"]) as uow:
        comments.delete(uow, said, "Advertising.")

    assert found(site, said).gone == "removed"
    with site.work(SYSTEM) as uow:
        noted = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.remove")).one()
    assert (noted.actor_id, noted.reason) == (people["moderator"].user_id, "Advertising.")
    assert noted.details == {"comment": str(said), "author": "Contributor"}
    assert "pumps" not in str(noted.details)


def test_deleting_ones_own_is_not_noted(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page)
    with site.work(people["contributor"]) as uow:
        comments.delete(uow, said)
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.remove")).all() == []


# ---- settled


def test_who_settles_a_conversation_about_a_change(site: Site, people: People, change: Change) -> None:
    with site.work(people["contributor"]) as uow:
        cooperation.invite_coauthor(uow, change.id, "contributor2")
    send(site, people["contributor"], change)
    said = say(site, people["moderator2"], change.id, "A source?")
    assert outcome(site, people["contributor2"], comments.resolve, said) is Forbidden  # invited, not accepted yet
    with site.work(people["contributor2"]) as uow:
        cooperation.accept_invitation(uow, change.id)

    for name in ("contributor", "contributor2", "moderator", "moderator2"):
        assert outcome(site, people[name], comments.resolve, said) is None
        assert (found(site, said).resolved_at is not None, found(site, said).resolved_by) == (True, people[name].name)
        assert outcome(site, people[name], comments.resolve, said, False) is None
        assert (found(site, said).resolved_at, found(site, said).resolved_by) == (None, "")


def test_who_settles_a_conversation_about_a_page(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page)
    answer = say(site, people["contributor2"], page, answers=said)

    assert outcome(site, people["contributor2"], comments.resolve, answer) is Forbidden
    assert outcome(site, people["contributor"], comments.resolve, answer) is None
    assert found(site, said).resolved_at is not None
    assert outcome(site, people["moderator"], comments.resolve, said, False) is None


def test_a_settled_conversation_is_opened_again_before_it_is_answered(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page, "Old")
    say(site, people["contributor"], page, "Older still")
    with site.work(people["contributor"]) as uow:
        comments.resolve(uow, said)
    with pytest.raises(Conflict):
        say(site, people["contributor"], page, answers=said)
    say(site, people["contributor"], page, "New")

    assert [text for text, _answers in read(site)] == ["New", "Older still", "Old"]


# ---- share links


def test_a_share_link_lets_its_holder_comment_and_answer_and_nothing_else(
    site: Site, people: People, change: Change
) -> None:
    holder, token = shared(site, people, change)
    asked = say(site, people["contributor"], change.id, "What do you think?")
    with pytest.raises(Refused):
        say(site, holder, change.id, "Good.", link=token)
    said = say(site, holder, change.id, "Good.", name="  Zoe\nK. ", link=token, answers=asked)

    assert (found(site, said).author_name, found(site, said).author_id) == ("Zoe K.", None)
    for comment_id in (asked, said):
        assert outcome(site, holder, comments.edit, comment_id, "Bad.") is Forbidden
        assert outcome(site, holder, comments.delete, comment_id) is Forbidden
        assert outcome(site, holder, comments.resolve, comment_id) is Forbidden


@pytest.mark.database
def test_a_share_link_is_bounded_by_the_hour(
    site: Site, people: People, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_bounds, "LINK_HOURLY", 2)
    holder, token = shared(site, people, change)
    for text in ("One.", "Two."):
        say(site, holder, change.id, text, name="Zoe", link=token)
    with pytest.raises(TooManyTries):
        say(site, holder, change.id, "Three.", name="Zoe", link=token)

    _other, another = shared(site, people, change)
    say(site, holder, change.id, "By another link.", name="Zoe", link=another)
    later = site.clock() + timedelta(hours=1, minutes=1)
    site.clock = lambda: later
    say(site, holder, change.id, "An hour later.", name="Zoe", link=token)


def test_share_links_cannot_fill_a_change_for_its_author(
    site: Site, people: People, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_bounds, "SHARED_LIMIT", 2)
    holder, token = shared(site, people, change)
    for text in ("One.", "Two."):
        say(site, holder, change.id, text, name="Zoe", link=token)
    with pytest.raises(TooManyTries):
        say(site, holder, change.id, "Three.", name="Zoe", link=token)

    assert say(site, people["contributor"], change.id, "Thank you.")


def test_people_changes_and_threads_are_bounded(
    site: Site, people: People, page: str, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = say(site, people["contributor"], page)
    monkeypatch.setattr(comment_bounds, "ANSWERS_LIMIT", 1)
    say(site, people["contributor"], page, answers=first)
    with pytest.raises(TooManyTries):
        say(site, people["contributor2"], page, answers=first)
    monkeypatch.setattr(comment_bounds, "CHANGE_LIMIT", 1)
    say(site, people["contributor"], change.id)
    with pytest.raises(TooManyTries):
        say(site, people["contributor"], change.id)
    monkeypatch.setattr(comment_bounds, "PERSON_HOURLY", 3)
    with pytest.raises(TooManyTries):
        say(site, people["contributor"], page)


# ---- the life of a page


def test_what_was_said_stays_with_its_page(site: Site, people: People, page: str) -> None:
    said = say(site, people["contributor"], page, "Still here?")
    mo = people["moderator"]
    with site.work(mo) as uow:
        page_care.rename(uow, page, "point-of-water")
    assert read(site) == read(site, "point-of-water") == [("Still here?", [])]
    with site.work(mo) as uow:
        page_care.archive(uow, "point-of-water", "Old.")
    say(site, people["contributor2"], "point-of-water", "Why archived?", answers=said)
    with site.work(mo) as uow:
        page_care.bin_page(uow, "point-of-water", "Wrong.")
    assert outcome(site, people["contributor"], comments.edit, said, "Gone?") is NotFound
    assert outcome(site, people["contributor"], comment_on_page, "point-of-water", "Gone?") is NotFound
    with site.work(mo) as uow:
        page_care.unbin(uow, "point-of-water")
    assert read(site, "point-of-water") == [("Still here?", ["Why archived?"])]


@pytest.mark.database
def test_what_was_said_is_purged_with_its_page(site: Site, people: People, page: str) -> None:
    first = say(site, people["contributor"], page)
    say(site, people["contributor2"], page, answers=first)
    with site.work(SYSTEM) as uow:
        change_id = uow.session.scalars(select(Change.id)).one()
    asked = say(site, people["contributor"], change_id)
    say(site, people["contributor"], change_id, answers=asked)
    with site.work(people["moderator"]) as uow:
        page_care.purge(uow, page, "Personal data.")

    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(Comment)).all() == []


def test_every_process_hears_of_what_is_said_about_a_page_and_of_nothing_said_about_a_change(
    site: Site, people: People, page: str, change: Change
) -> None:
    def number() -> int:
        with site.work(SYSTEM) as uow:
            return generation(uow)

    numbers = [number()]
    about_draft = say(site, people["contributor"], change.id)
    assert number() == numbers[0]
    said = say(site, people["contributor"], page)
    for deed, *given in ((comments.edit, "Else."), (comments.resolve,), (comments.delete,)):
        numbers.append(number())
        assert outcome(site, people["contributor"], deed, said, *given) is None
        assert outcome(site, people["contributor"], deed, about_draft, *given) is None
    numbers.append(number())

    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_a_conversation_has_steps_and_comments_in_their_order(site: Site, people: People, change: Change) -> None:
    send(site, people["contributor"], change)
    say(site, people["moderator"], change.id, "A source?")
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, change.id, "Please name one.")
    with site.work(people["contributor"]) as uow:
        said = conversation(uow, find_change(uow, change.id))

    assert [getattr(entry, "step", "comment") for entry in said] == ["submitted", "comment", "returned"]
    comments_alone = [entry for entry in said if isinstance(entry, Comment)]
    assert [thread.beginning.text for thread in threads_of(comments_alone)] == ["A source?"]
