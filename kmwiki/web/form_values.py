"""What templates/changes/form.html draws: questions with their answers, what can be chosen, what is missing."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from kmwiki.domain.kept import KEPT
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.rules import is_not_applicable
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language, ngettext
from kmwiki.i18n import gettext as _
from kmwiki.models import WorkingCopy
from kmwiki.permissions import may
from kmwiki.render.dates import day_of, moment_in_words
from kmwiki.services.changes.writing import Writing, proposals
from kmwiki.services.pages.link_targets import shown_fields
from kmwiki.services.review.reviewer_answers import questions_for
from kmwiki.site import UnitOfWork
from kmwiki.web.form_context import FormContext
from kmwiki.web.form_head import head_label, more_values
from kmwiki.web.form_input import Form, first, typed_values, uuid_or_none
from kmwiki.web.form_topics import topic_values
from kmwiki.web.offers import similar_to_change
from kmwiki.web.upload_values import upload_values
from kmwiki.web.working_copies import saving_values


@dataclass(frozen=True)
class FormState:
    """What a form shows beside the version that it began from: typed text, problems, what is true about saving.

    `kept`: what is typed comes from the person's working copy.
    """

    typed: Form | None = None
    problems: Sequence[Problem] = ()
    message: str = ""
    added_to: str = ""
    kept: WorkingCopy | None = None

    @classmethod
    def of_copy(cls, copy: WorkingCopy | None) -> "FormState":
        """The form with what somebody typed into it and never saved."""
        return cls(typed=copy.form, kept=copy) if copy is not None else cls()


def form_values(uow: UnitOfWork, writing: Writing, action: str, state: FormState | None = None) -> dict[str, object]:
    """The values of changes/form.html for this version, or for what somebody typed over it."""
    state = state or FormState()
    page_type, content, typed = writing.page_type, writing.content, state.typed
    values = _values(writing, state)
    language = (first(typed, "language") if typed else "") or content.language
    context = FormContext(
        uow.site, values, proposals(uow, page_type), writing.targets, language, _talk_url(writing), content.files
    )  # fmt: skip
    return {
        "heading": _heading(uow, writing),
        "action": action,
        "preview_url": _preview_url(writing),
        "similar_url": _similar_url(writing),
        "similar": _similar(uow, writing),
        "head": str(_head(writing, typed) or ""),
        "resolves": str(writing.beside or ""),
        "token": (first(typed, "token") if typed else "") or ("" if writing.change else new_token()),
        "state": _state_of_saving(uow, writing, state),
        "uploads": upload_values(uow.site, content, writing.change.id if writing.change else None),
        "saving": saving_values(uow, writing, action, typed, state.kept),
        "writing": {"language": language, "direction": direction(language)},
        "languages": _choices(uow, "languages"),
        "licences": _choices(uow, "licences"),
        "licence_chosen": (first(typed, "licence") if typed else "") or content.licence,
        "topics": topic_values(uow, content, typed, state.problems),
        "sections": _sections(page_type, values, writing, state),
        "contents": _contents(page_type, values, writing.problems, state.problems),
        "context": context,
        "more": more_values(
            uow, writing, typed, state.problems, context.proposals.pages.get(page_type.name, ())
        ),
        "problems": [_problem_line(page_type, problem) for problem in state.problems],
        "problems_title": state.message or _("Not saved yet: please look at this. Everything that you typed is here."),
        "conflicts": _conflicts(writing),
        "depth": {"line": _depth_line(writing.problems)},
        "returned": _returned(uow, writing),
        "release_note": str(page_type.release_note) if writing.earlier_edition and page_type.release_note else None,
        "form_changed": _form_changed(uow, writing),
        "is_new": writing.is_new,
        "change_url": f"/changes/{writing.change.id}" if writing.change else None,
        "page_url": f"/pages/{writing.page.slug}" if writing.page and writing.page.slug else None,
        "summary": first(typed, "summary_of_change") if typed else _of_change(writing, "summary"),
        "note_to_reviewer": first(typed, "note_to_reviewer") if typed else _of_change(writing, "note_to_reviewer"),
        "corrects": _corrects(uow, writing),
        "publishes": _publishes(uow, writing),
    }  # fmt: skip


def new_token() -> str:
    """A token that makes a form count once, however often it is sent."""
    return secrets.token_urlsafe(18)


def problem_anchor(page_type: PageType, problem: Problem) -> str:
    """The place in the form that a problem is about."""
    if problem.field in page_type.fields:
        return f"q-f-{problem.field}"
    return {"summary": "f-summary_of_change", "files": "files"}.get(problem.field, f"f-{problem.field or 'title'}")


def _head(writing: Writing, typed: Form | None) -> UUID | None:
    """What was typed began from the version that it names, whatever was saved since."""
    return (uuid_or_none(first(typed, "head")) if typed else None) or writing.head


def _values(writing: Writing, state: FormState) -> dict[str, object]:
    if state.typed is None:
        shown = shown_fields(writing.page_type, writing.content, writing.targets)
        return {name: value for name, value in shown.items() if name != KEPT}
    values = typed_values(writing.page_type, state.typed)
    if state.added_to:
        rows = values.get(state.added_to)
        values[state.added_to] = [*(rows if isinstance(rows, list) else [{}]), {}]
    return values


def _form_changed(uow: UnitOfWork, writing: Writing) -> dict[str, str] | None:
    """What is new in the form since this text was saved: said until it is saved again."""
    edition = uow.site.forms.get(writing.page_type.name)
    published_at = writing.page.published_at if writing.page and writing.change is None else None
    written_at = writing.saved_at or published_at
    if edition is None or written_at is None or written_at >= edition.changed_at or not str(edition.release_note):
        return None
    day = day_of(edition.changed_at, uow.site.config.timezone)
    return {"title": _("This form changed on {day}").format(day=day), "text": str(edition.release_note)}


def _heading(uow: UnitOfWork, writing: Writing) -> str:
    if writing.is_new:
        return str(writing.page_type.invitation)
    assert writing.page is not None
    return _("Change: {title}").format(title=writing.page.title)


def _preview_url(writing: Writing) -> str:
    """Where a text is shown as readers would see it, with the files that it may name."""
    whose = {"change": writing.change.id} if writing.change else {"page": writing.page.slug} if writing.page else {}
    return "/preview?" + urlencode({"type": writing.page_type.name, **whose})


def _similar_url(writing: Writing) -> str:
    """Where pages like a new one are looked for while its title is typed."""
    if not writing.is_new:
        return ""
    whose = {"change": writing.change.id} if writing.change else {}
    language = writing.content.language
    return "/search/similar?" + urlencode({"type": writing.page_type.name, "language": language, **whose})


def _similar(uow: UnitOfWork, writing: Writing) -> list[dict[str, str]]:
    """The same once the new page was saved, for those without script."""
    if writing.change is None or not writing.is_new:
        return []
    content = writing.content
    return similar_to_change(uow, writing.change.id, str(content.fields.get("title", "")), content.language)


def _corrects(uow: UnitOfWork, writing: Writing) -> bool:
    change = writing.change
    return change is not None and change.state == "submitted" and change.author_id != uow.actor.user_id


def _publishes(uow: UnitOfWork, writing: Writing) -> bool:
    """Whether a moderator may publish with her correction at once: where nothing more is asked of her."""
    change = writing.change
    if change is None or not _corrects(uow, writing) or writing.beside:
        return False
    return may(uow.actor, "change.publish", change) and not questions_for(writing.page_type, change)


def _state_of_saving(uow: UnitOfWork, writing: Writing, state: FormState) -> str:
    if state.kept is not None:
        when = moment_in_words(state.kept.touched_at, uow.site.config.timezone)
        return _("Kept for you on {when}, not saved yet").format(when=when)
    if state.typed is None and writing.page is not None and writing.change is None:
        return _("Nothing changed yet")
    if state.typed is not None or writing.saved_at is None or writing.beside:
        return _("Not saved yet")
    return _("Saved on {when}").format(when=moment_in_words(writing.saved_at, uow.site.config.timezone))


def _of_change(writing: Writing, name: str) -> str:
    return str(getattr(writing.change, name)) if writing.change else ""


# ---- questions


def _sections(
    page_type: PageType, values: Mapping[str, object], writing: Writing, state: FormState
) -> list[dict[str, object]]:
    later = [p for p in writing.problems if state.typed is None and p.field in values]
    problems: dict[str, list[Problem]] = {}
    for problem in [*state.problems, *later]:
        problems.setdefault(problem.field, []).append(problem)
    return [
        {
            "id": section.id,
            "label": str(section.label),
            "open": section.id == "short" or any(f.id in values or f.id in problems for f in section.fields),
            "fields": [
                {"field": asked, "value": values.get(asked.id), "problems": _shown_problems(problems, asked, values)}
                for asked in section.fields
            ],
        }
        for section in page_type.asked_of(values)
        if section.fields
    ]


def _shown_problems(problems: Mapping[str, list[Problem]], asked: Field, values: Mapping[str, object]) -> list[Problem]:
    """Problems of a field; a place that no card of the form shows is told of at the question itself."""
    rows = rows_of(values.get(asked.id))
    known = {str(row.get("id") or number) for number, row in enumerate(rows)}
    return [
        problem if problem.row is None or problem.row in known else replace(problem, row=None)
        for problem in problems.get(asked.id, ())
    ]


def _contents(
    page_type: PageType, values: Mapping[str, object], missing: Sequence[Problem], faults: Sequence[Problem]
) -> list[dict[str, object]]:
    needed = {problem.field for problem in missing if problem.level is not Level.WARNING}
    faulty = {problem.field for problem in faults}

    def state_of(asked: Field) -> str:
        if asked.id in faulty:
            return "fault"
        if asked.id in needed:
            return "missing"
        if is_not_applicable(values.get(asked.id)):
            return "none"
        return "done" if asked.id in values else "open"

    return [
        {
            "label": str(section.label),
            "questions": [
                {"label": str(asked.label), "url": f"#q-f-{asked.id}", "state": state_of(asked)}
                for asked in section.fields
            ],
        }
        for section in page_type.asked_of(values)
        if section.fields
    ]


def _problem_line(page_type: PageType, problem: Problem) -> dict[str, str]:
    asked = page_type.fields.get(problem.field)
    where = str(asked.label) if asked else head_label(problem.field)
    if where and problem.row is not None:
        number = int(problem.row) + 1 if problem.row.isdigit() else problem.row
        where = f"{where}, {number}"
    return {"message": problem.message, "anchor": problem_anchor(page_type, problem), "where": where}


def _depth_line(problems: Sequence[Problem]) -> str:
    short = len({p.field for p in problems if p.level is Level.SHORT})
    full = len({p.field for p in problems if p.level is Level.FULL})
    if short:
        return ngettext(
            "One answer is missing to publish in short.", "{number} answers are missing to publish in short.", short
        ).format(number=short)
    if full:
        return ngettext(
            "Ready to be published in short; one answer is missing for all of it.",
            "Ready to be published in short; {number} answers are missing for all of it.",
            full,
        ).format(number=full)
    return _("Everything that is needed is there.")


def _returned(uow: UnitOfWork, writing: Writing) -> dict[str, str] | None:
    step = writing.returned
    if step is None:
        return None
    when = moment_in_words(step.at, uow.site.config.timezone)
    return {"by": step.actor_name, "when": when, "reason": step.reason}


def _conflicts(writing: Writing) -> list[dict[str, str]]:
    if writing.clash is None:
        return []
    fields = writing.page_type.fields
    return [
        {
            "label": str(fields[conflict.field].label) if conflict.field in fields else conflict.field,
            "anchor": f"q-f-{conflict.field}",
            "mine": _in_short(conflict.mine),
            "theirs": _in_short(conflict.theirs),
        }
        for conflict in writing.clash.conflicts
    ]


def _in_short(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_in_short(item) for item in value)
    if isinstance(value, Mapping):
        return " · ".join(str(part) for name, part in value.items() if name not in ("uid", "page"))
    return str(value or "")


# ---- what can be chosen


def _choices(uow: UnitOfWork, vocabulary: str) -> list[dict[str, str]]:
    known = uow.site.vocabularies[vocabulary]
    return [{"code": e.code, "label": known.label_of(e.code)} for e in known.in_order(current_language())]


def _talk_url(writing: Writing) -> str:
    return f"/changes/{writing.change.id}" if writing.change else ""


def edit_url(change_id: UUID) -> str:
    return f"/changes/{change_id}/edit"
