"""What templates/changes/change.html draws of a change: its state in plain words, what it changes, what can be done."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kmwiki.domain.fields import title_of
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import OPEN_STATES, TRANSITIONS, State, Verb, people_state
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language, ngettext
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Comment, Part
from kmwiki.permissions import may
from kmwiki.render.dates import day_of, size_in_words
from kmwiki.services.changes.change_versions import versions_of
from kmwiki.services.changes.cooperation import may_hand_over
from kmwiki.services.changes.looking import ChangeView
from kmwiki.services.changes.page_merging import merged_page
from kmwiki.services.changes.together import Companion
from kmwiki.services.review.ready_reasons import ready_reasons
from kmwiki.services.talk.conversations import threads_of
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.change_boxes import publish_values, question_values, send_values, taken_values, told_values
from kmwiki.web.change_compare import Look, compared, since_return
from kmwiki.web.change_steps import steps
from kmwiki.web.comment_values import Talk, talk_values
from kmwiki.web.form_values import problem_anchor
from kmwiki.web.opinion_values import asked_values, opinion_values
from kmwiki.web.request_words import request_words
from kmwiki.web.stopping import stop_values
from kmwiki.web.version import shown_version

#: A page type's depth marks, in the words of templates/components/marks.html.
_MARKS = {"submitted": "waiting"}


def change_values(
    uow: UnitOfWork, view: ChangeView, errors: Mapping[str, Sequence[str]], typed: Mapping[str, str], look: Look
) -> dict[str, object]:
    """The values of changes/change.html for whoever asks. Raises NotFound for versions that are not to be seen."""
    change, actions, at = view.change, _actions(uow, view.change), change_url(view.change.id)
    differing = compared(uow, view, look)
    comparison = differing.comparison
    versions = versions_of(uow, change)
    version = shown_version(uow.site, view.version)
    decides = bool(actions["return"])
    return {
        "change": change_words(uow, view),
        "problems": _problems(view) if actions["edit"] or actions["correct"] else [],
        "preview": {"summary": version.summary, "sections": version.sections, "facts": version.facts},
        "files": _files(view),
        "changes": comparison.changes if comparison else [],
        "unchanged": comparison.unchanged if comparison else None,
        "same": comparison is not None and not comparison.changes,
        "compared": {"what": differing.what, "view": differing.view, "views": differing.views, "side": differing.side},
        "since": since_return(uow, view, versions, look),
        "moved": _moved(view),
        "steps": steps(view, uow.site, versions),
        "talk": talk_of(uow, view, Talk(f"{at}/comments", "#field-", errors=errors, typed=typed)),
        "talk_at": {"url": at, "language": current_language()} if actions["comment"] else None,
        "actions": actions,
        "send": send_values(uow, view, typed) if actions["send"] else None,
        "together": companions(view.together),
        "publish": publish_values(view, typed),
        "reasons": ready_reasons(uow, "return", "reject") if decides else {},
        "review_questions": question_values(view, typed) if decides else [],
        "taken": taken_values(uow, change) if decides else None,
        "stop": stop_values(uow, change.author, only_new=True) if decides else None,
        "opinions": opinion_values(uow, view),
        "asked": asked_values(uow, view, typed),
        "told": told_values(uow, view, change_title(uow.site, view)),
        "share_links": [
            {"until": _("until {day}").format(day=day_of(link.expires_at, uow.site.config.timezone)),
             "withdraw_url": f"/changes/{change.id}/shares/{link.id}/end"}
            for link in view.share_links
        ],
        "errors": errors,
        "typed": typed,
    }  # fmt: skip


def print_mark(uow: UnitOfWork, change: Change) -> str | None:
    """What stands on paper and in Word above a text that nobody has checked."""
    if change.state not in OPEN_STATES:
        return None
    return _("Draft of {date}, not for circulation").format(date=day_of(uow.now, uow.site.config.timezone))


def change_words(uow: UnitOfWork, view: ChangeView) -> dict[str, object]:
    """What the heading of a change says of it."""
    change, content = view.change, view.content
    return {
        "id": change.id,
        "print_mark": print_mark(uow, change),
        "title": change_title(uow.site, view),
        "state": state_mark(change),
        "state_label": state_words(uow, change),
        "sign": view.page_type.sign,
        "type_label": str(view.page_type.label),
        "language": content.language,
        "direction": direction(content.language),
        "is_new": change.page.published_revision_id is None,
        "head": change.head_id,
        "page_url": f"/pages/{change.page.slug}" if change.page.slug else None,
        "author": change.author.name,
        "coauthors": [person.user.name for person in change.people if person.part == Part.COAUTHOR],
        "invited": [person.user.name for person in change.people if person.part == Part.INVITED],
        "organisation": change.author.organisation or None,
        "summary": change.summary or None,
        "note_to_reviewer": (change.note_to_reviewer or None) if view.is_insider and not change.request else None,
        "depth_line": _depth_line(view),
        "request": request_words(change, view.successor),
        "merges": _merges(uow, view),
        "publishable": view.level is not None,
        "shared": bool(view.share_links),
        "needs_look": change.needs_look,
    }


def _merges(uow: UnitOfWork, view: ChangeView) -> dict[str, str] | None:
    """The page that becomes part of this one by the change."""
    page = merged_page(uow, view.change)
    return {"title": page.title, "url": f"/pages/{page.slug}"} if page is not None else None


def change_title(site: Site, view: ChangeView) -> str:
    today = site.clock().astimezone(site.config.timezone).date()
    return title_of(view.page_type, view.content.fields, today)


def state_mark(change: Change) -> str:
    """The state as components/marks.html colours it."""
    if change.state == State.DRAFT and change.is_returned:
        return "returned"
    return _MARKS.get(change.state, change.state)


def state_words(uow: UnitOfWork, change: Change) -> str:
    """The state in plain words; what was sent back is so to its author alone."""
    if change.state == State.DRAFT and change.is_returned and change.author_id != uow.actor.user_id:
        return _("sent back")
    if change.state == State.PUBLISHED and change.request:
        return _("done")
    return people_state(State(change.state), change.is_returned)


def _depth_line(view: ChangeView) -> str | None:
    state = view.change.state
    if state not in (State.DRAFT, State.SUBMITTED) or view.change.request:
        return None
    if view.level is Level.FULL:
        return _("Everything is there: it can be published in full.")
    missing = len({p.field for p in view.problems(Level.FULL)})
    if view.level is Level.SHORT:
        return ngettext(
            "Can be published in short. For publication in full, one answer is missing.",
            "Can be published in short. For publication in full, {number} answers are missing.",
            missing,
        ).format(number=missing)
    short = len({p.field for p in view.problems(Level.SHORT)})
    return ngettext(
        "Before it can be published, one answer is missing.",
        "Before it can be published, {number} answers are missing.",
        short,
    ).format(number=short)


def _problems(view: ChangeView) -> list[dict[str, object]]:
    """What is missing for the next level, each with the question it leads to."""
    level = Level.SHORT if view.level is None else Level.FULL
    return [_problem(view, problem) for problem in view.problems(level)]


def _problem(view: ChangeView, problem: Problem) -> dict[str, object]:
    asked = view.page_type.fields.get(problem.field)
    where = f"{asked.label}, {problem.row}" if asked and problem.row else ""
    return {"message": problem.message, "url": _place_of(view, problem), "where": where, "level": problem.level.value}


def _place_of(view: ChangeView, problem: Problem) -> str:
    """Where what is missing can be given: in the form, or on the page of files."""
    base = change_url(view.change.id)
    if problem.field != "files":
        return f"{base}/edit#{problem_anchor(view.page_type, problem)}"
    names = [file.name for file in view.content.files]
    return f"{base}/files" + (f"#file-{names.index(problem.row) + 1}" if problem.row in names else "")


def _moved(view: ChangeView) -> dict[str, object] | None:
    if not view.has_moved or view.change.request:
        return None
    text = _(
        "The page was published anew since this change began. What follows compares with what it began from; "
        "what was published meanwhile is kept and combined with it."
    )
    return {"text": text, "url": None}


# ---- what can be done


def _actions(uow: UnitOfWork, change: Change) -> dict[str, object]:
    """Buttons by rights and state."""

    def can(verb: Verb, action: str = "") -> bool:
        return change.state in TRANSITIONS[verb].from_states and may(uow.actor, action or f"change.{verb}", change)

    is_open = change.state in (State.DRAFT, State.SUBMITTED)
    has_text = not change.request
    writer = may(uow.actor, "change.save", change) and _is_writer(uow, change)
    publishable, decides = can(Verb.PUBLISH), can(Verb.RETURN)
    return {
        "edit": has_text and can(Verb.SAVE) and writer,
        "correct": has_text and can(Verb.SAVE) and not writer,
        "send": can(Verb.SUBMIT),
        "withdraw": can(Verb.WITHDRAW),
        "discard": can(Verb.DISCARD),
        "undiscard": can(Verb.UNDISCARD),
        "reopen": can(Verb.REOPEN),
        "comment": may(uow.actor, "change.comment", change),
        "coauthors": is_open and has_text and may(uow.actor, "change.coauthors", change),
        "accept": is_open and may(uow.actor, "change.accept-invitation", change),
        "share": is_open and has_text and may(uow.actor, "change.shares", change),
        "hand_over": is_open and may_hand_over(uow, change),
        "attach": has_text and can(Verb.SAVE),
        "publish": publishable,
        "return": decides,
        "reject": can(Verb.REJECT),
        "ask": change.state == State.SUBMITTED and may(uow.actor, "change.ask-opinion", change),
        "look": change.needs_look and may(uow.actor, "change.return", change),
        "barred": _barred(change) if decides and not publishable else None,
    }


def _barred(change: Change) -> str:
    return _("You wrote part of this, so somebody else has to look at it and publish it (four eyes).")


def _is_writer(uow: UnitOfWork, change: Change) -> bool:
    return change.author_id == uow.actor.user_id or any(
        person.user_id == uow.actor.user_id and person.part == Part.COAUTHOR for person in change.people
    )


def companions(found: Sequence[Companion]) -> list[dict[str, object]]:
    """What a change was sent with, for a line of links."""
    return [{"title": companion.title, "url": change_url(companion.change.id)} for companion in found]


def _files(view: ChangeView) -> list[dict[str, str]]:
    return [
        {"label": file.name, "alt": file.alt, "url": found.address, "size": size_in_words(found.size_bytes)}
        for file in view.content.files
        if (found := view.version.files.get(file.name))
    ]


# ---- what was said


def talk_of(uow: UnitOfWork, view: ChangeView, talk: Talk) -> dict[str, object]:
    """What was said about a change, for components/comments.html."""
    said = [entry for entry in view.conversation if isinstance(entry, Comment)]
    asked = view.page_type.asked_of(view.content.fields)
    return talk_values(uow, view.change, [f for section in asked for f in section.fields], threads_of(said), talk)


def change_url(change_id: UUID) -> str:
    return f"/changes/{change_id}"
