"""The questions that a page type asks whoever reviews a page in full: yes, not yet, cannot tell, and a line why."""

from collections.abc import Mapping, Sequence

from kmwiki.domain.page_type import PageType, ReviewerQuestion
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change
from kmwiki.services.pages.finding import content_of, find_revision
from kmwiki.site import UnitOfWork

ANSWERS = ("yes", "not-yet", "cannot-tell")
#: What is said beside an answer is a line or two.
LINE_LIMIT = 500

#: `{question: {"answer": code, "line"?: words}}`, as a step of the change keeps them.
Answers = Mapping[str, Mapping[str, str]]


def answer_words() -> Mapping[str, str]:
    """What people call the answers."""
    return {"yes": _("yes"), "not-yet": _("not yet"), "cannot-tell": _("cannot tell")}


def questions_for(page_type: PageType, change: Change) -> Sequence[ReviewerQuestion]:
    """What its reviewer is asked: of a text that is to be published in full."""
    return () if change.request or change.depth != Level.FULL else page_type.reviewer_questions


def answers_about(uow: UnitOfWork, change: Change, given: Answers) -> dict[str, dict[str, str]]:
    """The answers about this change as they are kept. Raises Refused."""
    if not given:
        return {}
    content = content_of(find_revision(uow, change.head_id))
    return checked_answers(questions_for(uow.site.page_type(content.type, content.edition), change), given)


def checked_answers(questions: Sequence[ReviewerQuestion], given: Answers) -> dict[str, dict[str, str]]:
    """The answers as they are kept; a question that was not answered is left out, a line beside a yes as well.

    Raises Refused with every problem, each at the field `review.<question>`.
    """
    problems: list[Problem] = []
    kept = {
        question.id: _checked(question, given[question.id], problems)
        for question in questions
        if given.get(question.id, {}).get("answer")
    }
    if problems:
        raise Refused(problems[0].message, problems)
    return kept


def _checked(question: ReviewerQuestion, given: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    answer, line = given["answer"], " ".join(given.get("line", "").split())
    if answer == "yes":
        return {"answer": answer}
    if answer not in ANSWERS:
        problems.append(_problem(question, _("Choose one of the answers: {question}")))
    elif not line:
        problems.append(_problem(question, _("Say in a line why it is not a yes: {question}")))
    elif len(line) > LINE_LIMIT or any(ord(sign) < 32 for sign in line):
        problems.append(_problem(question, _("A line or two are enough: {question}")))
    return {"answer": answer, "line": line}


def _problem(question: ReviewerQuestion, message: str) -> Problem:
    return Problem(f"review.{question.id}", Level.DRAFT, message.format(question=question.label))
