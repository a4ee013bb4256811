"""How this site asks the fields of a page type: set in the browser, in numbered editions; the type stays as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.site_words import ALWAYS_ASKED, LEVELS, WORDS, FieldWords, LooseEnd, loose_ends
from kmwiki.domain.words import Words
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import FormSettings
from kmwiki.permissions import require
from kmwiki.services.upkeep.given_words import given_words
from kmwiki.site import UnitOfWork

#: What was typed of the fields: by field and "label", "guidance" or "example" the words by language; "level" a code.
Given: TypeAlias = Mapping[str, Mapping[str, Any]]

#: What may be written, in characters.
MOST = {"label": 200, "guidance": 2_000, "example": 4_000}
MOST_OF_A_NOTE = 1_000
#: So many editions are listed; all are kept.
LISTED = 50


@dataclass(frozen=True)
class FormOfSite:
    """The form of a type as its files say it, and what was set in the browser on top; `number` 0: nothing yet."""

    as_filed: PageType
    said: Mapping[str, FieldWords]
    number: int
    editions: Sequence[FormSettings]


def forms_of_site(uow: UnitOfWork) -> Sequence[tuple[PageType, FormSettings | None]]:
    """Every type, with the newest edition of its form. Raises Forbidden."""
    require(uow.actor, "site.forms")
    newest = select(FormSettings.type, func.max(FormSettings.number).label("number")).group_by(FormSettings.type)
    latest = newest.subquery()
    rows = uow.session.scalars(
        select(FormSettings).join(
            latest, (latest.c.type == FormSettings.type) & (latest.c.number == FormSettings.number)
        )
    )
    by_type = {row.type: row for row in rows}
    return [(page_type, by_type.get(page_type.name)) for page_type in uow.site.types.newest()]


def form_of_site(uow: UnitOfWork, type_name: str) -> FormOfSite:
    """Raises Forbidden, UnknownPageType."""
    require(uow.actor, "site.forms")
    as_filed = uow.site.types_as_filed.get(type_name)
    editions = uow.session.scalars(
        select(FormSettings)
        .where(FormSettings.type == type_name)
        .order_by(FormSettings.number.desc())
        .limit(LISTED)
    ).all()
    fields = editions[0].fields if editions else {}
    said = {id: FieldWords.from_json(own) for id, own in fields.items() if id in as_filed.fields}
    return FormOfSite(as_filed, said, editions[0].number if editions else 0, editions)


def form_as_set(uow: UnitOfWork, type_name: str, given: Given) -> PageType:
    """The type as its form would be with this, kept nowhere. Raises Forbidden, UnknownPageType, Refused."""
    said, problems = _checked(uow, form_of_site(uow, type_name), given)
    _refuse(problems)
    return uow.site.types_as_filed.with_words({type_name: said}).get(type_name)


def save_form(
    uow: UnitOfWork, type_name: str, given: Given, release_note: Mapping[str, str], seen: int
) -> FormOfSite:
    """Make this the form of the type, as its next edition; nothing where nothing changed.

    Raises Forbidden, UnknownPageType, Refused with every problem, Conflict (somebody else was quicker).
    """
    form = form_of_site(uow, type_name)
    said, problems = _checked(uow, form, given)
    note = given_words(uow.site, release_note, MOST_OF_A_NOTE, needs_english=True)
    _refuse(problems + [Problem("release_note", Level.DRAFT, fault) for fault in note.faults])
    if form.number != seen:
        raise _meanwhile(form)
    if said == form.said:
        return form
    return _store(uow, form, {id: words.to_json() for id, words in said.items()}, note.texts)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Refused(_("The form cannot be like this yet. Nothing was lost; please look at what is marked."), problems)


def shipped_form_again(uow: UnitOfWork, type_name: str, seen: int) -> FormOfSite:
    """Take back what was set in the browser: a next edition that says nothing. Raises as save_form."""
    form = form_of_site(uow, type_name)
    if form.number != seen:
        raise _meanwhile(form)
    return _store(uow, form, {}, {}) if form.said else form


def _store(
    uow: UnitOfWork, form: FormOfSite, fields: dict[str, Any], release_note: Mapping[str, str]
) -> FormOfSite:
    name, number = form.as_filed.name, form.number + 1
    uow.session.add(
        FormSettings(
            id=new_id(), type=name, number=number, fields=fields, release_note=dict(release_note),
            author_name=uow.actor.name, created_at=uow.now,
        )
    )  # fmt: skip
    try:
        uow.session.flush()
    except IntegrityError as error:  # two at the same moment: the unique index lets one through
        uow.session.rollback()
        raise _meanwhile(form_of_site(uow, name)) from error
    uow.audit("form.set", type=name, number=number)
    uow.settings_changed()
    return form_of_site(uow, name)


def _meanwhile(form: FormOfSite) -> Conflict:
    who = form.editions[0].author_name if form.editions else ""
    message = _("{name} has changed this form meanwhile. What you typed is here; look at both, and save again.")
    return Conflict(message.format(name=who))


# ---- reading what was given


def _checked(uow: UnitOfWork, form: FormOfSite, given: Given) -> tuple[dict[str, FieldWords], list[Problem]]:
    """What is said of the fields, those of which nothing is said left out; and every problem with it."""
    fields, problems = form.as_filed.fields, list[Problem]()
    read = {id: _read_field(uow, fields[id], own, problems) for id, own in given.items() if id in fields}
    said = {id: words for id, words in read.items() if words != FieldWords()}
    page_type = uow.site.types_as_filed.with_words({form.as_filed.name: said}).get(form.as_filed.name)
    return said, [*problems, *(_told(page_type, loose) for loose in loose_ends(page_type))]


def _read_field(uow: UnitOfWork, field: Field, own: Mapping[str, Any], problems: list[Problem]) -> FieldWords:
    words = {}
    for name in WORDS:
        found = given_words(uow.site, own.get(name, {}), MOST[name], needs_english=True)
        problems += [Problem(field.id, Level.DRAFT, fault, column=name) for fault in found.faults]
        if found.texts:
            words[name] = Words(found.texts)
    level = own.get("level") or None
    problems += [Problem(field.id, Level.DRAFT, fault, column="level") for fault in _level_faults(field, level)]
    return FieldWords(level if level in LEVELS else None, words)


def _level_faults(field: Field, level: str | None) -> Iterator[str]:
    if level is not None and level not in LEVELS:
        yield _("Please choose one from the list.")
    elif level is not None and field.id == ALWAYS_ASKED:
        yield _("Every page has a title: it is always asked.")


def _told(page_type: PageType, loose: LooseEnd) -> Problem:
    label = page_type.field(loose.asked).label
    if loose.names_rows:
        message = _("“{label}” names rows of this field. Hide that one, too, or go on asking this one.")
    else:
        message = _("Whether “{label}” is needed hangs on this field. Hide that one, too, or go on asking this one.")
    return Problem(loose.hidden, Level.DRAFT, message.format(label=label), column="level")
