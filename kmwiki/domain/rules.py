"""Checks across fields, as type files declare them: one small function for each kind of rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.kinds.rows import Rows, rows_of
from kmwiki.domain.page_type import Limit, Notice, PageType, Remedy, Rule
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.vocabulary import Entry
from kmwiki.i18n import gettext as _


def check_rules(page_type: PageType, level: Level, context: Context) -> list[Problem]:
    """What the rules of the type have against the page when it is sent at this level."""
    return [problem for rule in page_type.rules for problem in _check(rule, page_type, level, context)]


def codes_at(
    page_type: PageType, fields: Mapping[str, object], id: str, column: str | None
) -> tuple[str, ...]:
    """The codes of a field's value, or of one column of its rows; none where there is no answer."""
    field, value = page_type.field(id), fields.get(id)
    if value is None or is_not_applicable(value):
        return ()
    kind = KINDS[field.kind]
    if isinstance(kind, Rows) and column is not None and (found := field.column(column)):
        return kind.codes_in(value, found)
    return kind.codes(value)


def is_not_applicable(value: object) -> bool:
    """Whether the stored answer is that the field does not apply."""
    return isinstance(value, Mapping) and "not_applicable" in value


def _check(rule: Rule, page_type: PageType, level: Level, context: Context) -> Iterator[Problem]:
    match rule:
        case Limit():
            return _check_limit(rule, page_type, level, context)
        case Notice():
            return _check_notice(rule, page_type, context)
        case Remedy():
            return _check_remedy(rule, page_type, context)


def _check_limit(rule: Limit, page_type: PageType, level: Level, context: Context) -> Iterator[Problem]:
    codes = codes_at(page_type, context.fields, rule.field, None)
    if level is rule.level and not set(codes) <= set(rule.any_of):
        yield Problem(rule.field, level, str(rule.message), code=rule.id)


def _check_notice(rule: Notice, page_type: PageType, context: Context) -> Iterator[Problem]:
    """Silent while the field is empty: that is said elsewhere."""
    if context.fields.get(rule.field) is None or is_not_applicable(context.fields[rule.field]):
        return
    codes = codes_at(page_type, context.fields, rule.field, rule.column)
    if not set(codes) & set(rule.any_of):
        yield Problem(rule.field, Level.WARNING, str(rule.message), column=rule.column, code=rule.id)


def _check_remedy(rule: Remedy, page_type: PageType, context: Context) -> Iterator[Problem]:
    suits = _what_each_suits(rule, page_type, context)
    plans = rows_of(context.fields.get(rule.interventions))
    for need in rows_of(context.fields.get(rule.needs)):
        knowledge = str(need.get(rule.knowledge_column))
        # "Nothing yet" suits nothing, and is no wrong remedy either.
        planned = [
            suited
            for row in plans
            if "id" in need and row.get(rule.need_column) == need["id"]
            if (suited := suits.get(str(row.get(rule.what_column))))
        ]
        if knowledge in rule.knowledge and planned and not any(knowledge in suited for suited in planned):
            better = [code for code, suited in suits.items() if knowledge in suited]
            message = f"{rule.message} {_what_suits(better, rule, page_type, context)}"
            yield Problem(rule.needs, Level.WARNING, message, row=str(need["id"]), code=rule.id)


def _what_each_suits(rule: Remedy, page_type: PageType, context: Context) -> dict[str, list[object]]:
    """The kinds of knowledge that each intervention suits, by its code."""
    listed = {
        code: entry.extra.get("suits") for code, entry in _interventions(rule, page_type, context).items()
    }
    return {code: suits for code, suits in listed.items() if isinstance(suits, list)}


def _what_suits(codes: list[str], rule: Remedy, page_type: PageType, context: Context) -> str:
    entries = _interventions(rule, page_type, context)
    return _("What suits: {names}.").format(names=", ".join(str(entries[code].label) for code in codes))


def _interventions(rule: Remedy, page_type: PageType, context: Context) -> Mapping[str, Entry]:
    what = page_type.field(rule.interventions).column(rule.what_column)
    return context.vocabulary_of(what).entries if what else {}
