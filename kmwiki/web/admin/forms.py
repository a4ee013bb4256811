"""/admin/forms: how this site asks the fields of its page types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.site_words import ALWAYS_ASKED, HIDDEN, WORDS, FieldWords
from kmwiki.domain.words import Words
from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import work
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import FormSettings
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.writing import proposals
from kmwiki.services.pages.link_targets import Targets
from kmwiki.services.upkeep.form_settings import (
    MOST,
    MOST_OF_A_NOTE,
    FormOfSite,
    form_as_set,
    form_of_site,
    forms_of_site,
    save_form,
    shipped_form_again,
)
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.admin.in_languages import by_language, further_languages, languages_asked
from kmwiki.web.form_context import FormContext
from kmwiki.web.form_input import Form, first, posted
from kmwiki.web.saving import Answer

blueprint = admin_blueprint("forms", "site.forms")


@dataclass(frozen=True)
class _State:
    """What stands in the form beside what is kept: what was typed, what is wrong with it, how it would look."""

    given: Mapping[str, Mapping[str, Any]] | None = None
    note: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    problems: Sequence[Problem] = ()
    preview: PageType | None = None


@blueprint.get("/admin/forms")
def forms() -> str:
    with work() as uow:
        found = [
            {
                "label": str(page_type.label),
                "url": f"/admin/forms/{page_type.name}",
                "edition": _edition(uow, row) if row else None,
            }
            for page_type, row in forms_of_site(uow)
        ]
    return render_template("admin/forms.html", forms=found)


@blueprint.get("/admin/forms/<type_name>")
def form(type_name: str) -> str:
    return _page(type_name, _State())


@blueprint.post("/admin/forms/<type_name>")
def store(type_name: str) -> Answer:
    """Save what was chosen as the next edition of the form, or show how it would look."""
    sent = posted()
    with work() as uow:
        given = _given(form_of_site(uow, type_name).as_filed, sent)
    note = by_language(sent, "release_note")
    try:
        with work() as uow:
            if first(sent, "do") == "preview":
                preview = form_as_set(uow, type_name, given)
            else:
                preview = None
                save_form(uow, type_name, given, note, _number(first(sent, "seen")))
    except Refused as refused:
        return _page(type_name, _State(given, note, str(refused), refused.problems)), refused.status
    except Conflict as conflict:
        return _page(type_name, _State(given, note, str(conflict))), conflict.status
    if preview is not None:
        return _page(type_name, _State(given, note, preview=preview))
    flash(_("Saved. The form asks like this from now on."), "done")
    return _back(type_name)


@blueprint.post("/admin/forms/<type_name>/shipped")
def shipped(type_name: str) -> Answer:
    """The form as it came."""
    try:
        with work() as uow:
            shipped_form_again(uow, type_name, _number(first(posted(), "seen")))
    except Conflict as conflict:
        return _page(type_name, _State(message=str(conflict))), conflict.status
    flash(_("The form is as it came."), "done")
    return _back(type_name)


def _back(type_name: str) -> Response:
    return redirect(f"/admin/forms/{type_name}", 303)


def _number(text: str) -> int:
    """The edition that was seen; -1, which none is, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1


def _given(page_type: PageType, sent: Form) -> dict[str, dict[str, Any]]:
    return {
        id: {"level": first(sent, f"level.{id}"), **{name: by_language(sent, f"{name}.{id}") for name in WORDS}}
        for id in page_type.fields
    }


# ---- what is drawn


def _page(type_name: str, state: _State) -> str:
    with work() as uow:
        now = form_of_site(uow, type_name)
        given = state.given if state.given is not None else {id: _as_given(own) for id, own in now.said.items()}
        asked = languages_asked(uow.site, _languages_of(now))
        return render_template(
            "admin/form.html",
            type_label=str(now.as_filed.label),
            url=f"/admin/forms/{type_name}",
            seen=now.number,
            is_set=bool(now.said),
            sections=[
                {"label": str(section.label), "fields": [_field(asks, given, state, now) for asks in section.fields]}
                for section in now.as_filed.sections
            ],
            levels=_levels(),
            most={**MOST, "release_note": MOST_OF_A_NOTE},
            languages=asked,
            further=further_languages(uow.site, asked),
            note=state.note,
            note_errors=[problem.message for problem in state.problems if problem.field == "release_note"],
            message=state.message,
            problems=[_line(now.as_filed, problem) for problem in state.problems],
            editions=[_edition(uow, row) for row in now.editions],
            preview=_preview(uow, state.preview) if state.preview else None,
        )


def _as_given(own: FieldWords) -> dict[str, Any]:
    return {"level": own.level or "", **{name: words.to_json() for name, words in own.words.items()}}


def _languages_of(now: FormOfSite) -> list[str]:
    words = [words for own in now.said.values() for words in own.words.values()]
    return [code for each in words for code in each.to_json()]


def _field(asks: Field, given: Mapping[str, Mapping[str, Any]], state: _State, now: FormOfSite) -> dict[str, object]:
    own = given.get(asks.id, {})
    problems = [problem for problem in state.problems if problem.field == asks.id]
    came = {name: words.to_json() if (words := getattr(asks, name)) else {} for name in WORDS}
    typed = {name: own.get(name, {}) for name in WORDS}
    return {
        "id": asks.id,
        "label": str(Words(typed["label"])) or str(asks.label),
        "level": own.get("level", ""),
        "came_level": _level_words(asks),
        "is_fixed": asks.id == ALWAYS_ASKED,
        "typed": typed,
        "came": came,
        "has_words": any(text for texts in typed.values() for text in texts.values()),
        "errors": {name: [p.message for p in problems if p.column == name] for name in ("level", *WORDS)},
        "is_changed": asks.id in now.said,
    }


def _levels() -> list[dict[str, str]]:
    return [
        {"code": Level.SHORT, "label": _("needed in short")},
        {"code": Level.FULL, "label": _("needed in full")},
        {"code": Level.OPTIONAL, "label": _("if you like")},
        {"code": HIDDEN, "label": _("not asked")},
    ]


def _level_words(asks: Field) -> str:
    if asks.id == ALWAYS_ASKED:
        return _("always needed")
    code = HIDDEN if asks.hidden else asks.level
    return next((level["label"] for level in _levels() if level["code"] == code), _("if you like"))


def _line(page_type: PageType, problem: Problem) -> dict[str, str]:
    asks = page_type.fields.get(problem.field)
    where = str(asks.label) if asks else _("What authors are told")
    return {"message": problem.message, "where": where, "anchor": f"s-{problem.field}"}


def _edition(uow: UnitOfWork, row: FormSettings) -> dict[str, object]:
    return {
        "number": row.number,
        "who": row.author_name,
        "when": moment_in_words(row.created_at, uow.site.config.timezone),
        "note": str(Words(row.release_note)),
        "is_shipped": not row.fields,
    }


def _preview(uow: UnitOfWork, page_type: PageType) -> dict[str, object]:
    """The questions of a new page, to be looked at and not to be answered."""
    presets = {asks.id: asks.preset for asks in page_type.fields.values() if asks.preset is not None}
    targets = Targets.of(uow, [])
    context = FormContext(uow.site, presets, proposals(uow, page_type), targets, current_language())
    return {"sections": page_type.asked_of(()), "values": presets, "context": context}
