"""Deciding about a change: two at one moment, answers to the questions for the reviewer, corrections, versions."""

import threading

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, KmwikiError, NotFound, Refused
from kmwiki.models import Change, OutboxJob, Publication, Review
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import change_versions
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review import moderation
from kmwiki.services.review.corrections import corrected_from
from kmwiki.services.review.publishing import publish
from kmwiki.services.review.reviewer_answers import checked_answers
from kmwiki.site import Site
from pages import change_page, practice, publish_change, published, save_fields, send, start, term

People = dict[str, Actor]


def sent(site: Site, people: People) -> Change:
    return send(site, people["contributor"], start(site, people["contributor"], "term", term()))


def steps(site: Site, change: Change) -> list[Review]:
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(Review).where(Review.change_id == change.id).order_by(Review.id)))


# ---- two at one moment


@pytest.mark.database
def test_of_two_moderators_at_one_moment_exactly_one_decides(site: Site, people: People) -> None:
    change = sent(site, people)
    begin, outcomes = threading.Barrier(2), {}

    def decide(name: str) -> None:
        with site.work(people[name]) as uow:
            uow.session.connection()
            begin.wait(10)
            if name == "moderator":
                publish(uow, change.id, change.head_id)
            else:
                moderation.return_change(uow, change.id, "Please say where.")

    def run(name: str) -> None:
        try:
            outcomes[name] = decide(name)
        except KmwikiError as error:
            outcomes[name] = error

    threads = [threading.Thread(target=run, args=(name,)) for name in ("moderator", "moderator2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    winner, loser = sorted(outcomes, key=lambda name: outcomes[name] is not None)
    assert outcomes[winner] is None
    assert isinstance(outcomes[loser], Conflict)
    assert winner.capitalize() in str(outcomes[loser]) and "Nothing of yours was done." in str(outcomes[loser])
    done = [step.step for step in steps(site, change) if step.step in ("published", "returned")]
    assert done == ["published" if winner == "moderator" else "returned"]


@pytest.mark.database
@pytest.mark.parametrize("late", ["publish", "return", "reject"])
def test_who_comes_too_late_is_told_who_decided_what(site: Site, people: People, late: str) -> None:
    change = sent(site, people)
    with site.work(people["moderator2"]) as uow:
        moderation.return_change(uow, change.id, "Please say where.")

    decide = {"return": moderation.return_change, "reject": moderation.reject, "publish": publish}[late]
    what = change.head_id if late == "publish" else "No."

    with (
        pytest.raises(Conflict, match="Moderator2 sent this back to its author meanwhile"),
        site.work(people["moderator"]) as uow,
    ):
        decide(uow, change.id, what)
    assert [step.actor_name for step in steps(site, change) if step.step == "returned"] == ["Moderator2"]


# ---- answers to the questions for the reviewer


def test_a_line_is_needed_only_where_the_answer_is_not_yes(site: Site) -> None:
    questions = site.page_type("good-practice").reviewer_questions
    first, second, third = (question.id for question in questions[:3])

    kept = checked_answers(
        questions,
        {
            first: {"answer": "yes", "line": "dropped"},
            second: {"answer": "not-yet", "line": " Who  counted? "},
            "invented": {"answer": "yes"},
        },
    )
    with pytest.raises(Refused) as refused:
        checked_answers(questions, {first: {"answer": "not-yet"}, third: {"answer": "perhaps", "line": "x"}})

    assert kept == {first: {"answer": "yes"}, second: {"answer": "not-yet", "line": "Who counted?"}}
    assert [problem.field for problem in refused.value.problems] == [f"review.{first}", f"review.{third}"]


@pytest.mark.parametrize(("depth", "kept"), [("full", {"understandable": {"answer": "yes"}}), ("short", {})])
def test_answers_are_kept_with_the_step_for_a_practice_in_full(
    site: Site, people: People, depth: str, kept: dict[str, object]
) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "good-practice", practice()))
    with site.work(SYSTEM) as uow:
        uow.session.get(Change, change.id).depth = depth
    answers = {"understandable": {"answer": "yes"}}
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, change.id, "Please say where.", answers)

    assert [(step.step, step.answers) for step in steps(site, change)][-1] == ("returned", kept)


# ---- corrections


@pytest.mark.database
def test_a_correction_is_a_step_and_both_are_credited(site: Site, people: People) -> None:
    change = sent(site, people)
    first = save_fields(site, people["moderator"], change, change.head_id, {"definition": "A well."}).revision
    second = save_fields(site, people["moderator"], change, first.id, {"definition": "A well or a tap."}).revision
    publish_change(site, people["moderator"], change)

    corrected = [step for step in steps(site, change) if step.step == "corrected"]
    with site.work(people["contributor"]) as uow:
        versions = change_versions.versions_of(uow, find_change(uow, change.id))
        publication = uow.session.get(Publication, second.id)
        told = [job.payload["event"] for job in uow.session.scalars(select(OutboxJob)) if job.name == "tell"]
    assert [step.revision_id for step in corrected] == [second.id]
    assert corrected_from(corrected[0], versions) == change.head_id
    assert publication.credits["authors"] == ["Contributor", "Moderator"]
    assert publication.under_four_eyes is True
    assert told.count("change-corrected") == 1


# ---- versions


@pytest.mark.database
def test_moderators_compare_with_what_was_in_their_hands_and_never_with_drafts(site: Site, people: People) -> None:
    ada, mo = people["contributor"], people["moderator"]
    draft = start(site, ada, "term", term(definition="A draft that says too much."))
    first = save_fields(site, ada, draft, draft.head_id, {"definition": "What was sent."}).revision
    send(site, ada, draft)
    with site.work(mo) as uow:
        moderation.return_change(uow, draft.id, "Please say where.")
    between = save_fields(site, ada, draft, first.id, {"definition": "Thinking aloud."}).revision
    last = save_fields(site, ada, draft, between.id, {"definition": "At the lake."}).revision
    send(site, ada, draft)

    def seen(actor: Actor) -> set[object]:
        with site.work(actor) as uow:
            return set(change_versions.versions_of(uow, find_change(uow, draft.id)))

    assert seen(mo) == {first.id, last.id}
    assert seen(ada) == {draft.head_id, first.id, between.id, last.id}
    with site.work(mo) as uow:
        sides = change_versions.sides_of(uow, find_change(uow, draft.id), first.id)
        assert (sides.old.fields["definition"], sides.new.fields["definition"]) == ("What was sent.", "At the lake.")
        with pytest.raises(NotFound):
            change_versions.sides_of(uow, find_change(uow, draft.id), between.id)


def test_versions_of_other_changes_and_texts_set_aside_are_not_there(site: Site, people: People) -> None:
    published(site, people, "term", term())
    change = change_page(site, people["contributor2"], "water-point", {"definition": "Mine."})
    other = sent_other(site, people)
    seen = change.head_id
    save_fields(site, people["contributor2"], change, seen, {"definition": "Mine again."})
    beside = save_fields(site, people["contributor2"], change, seen, {"definition": "Against it."}).revision

    with site.work(people["contributor2"]) as uow:
        found = find_change(uow, change.id)
        for revision_id in (other.head_id, beside.id, other.id):
            with pytest.raises(NotFound):
                change_versions.find_version(uow, found, revision_id)
        assert change_versions.find_version(uow, found, found.base_id).id == found.base_id


def sent_other(site: Site, people: People) -> Change:
    return send(site, people["contributor"], start(site, people["contributor"], "term", term("A pump")))
