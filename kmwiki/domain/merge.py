"""Three-way merge of two edits of one page, and the decision of what they contradict each other in.

Knows nothing of changes, people or who may decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kmwiki.domain.conflict import Choice, Conflict, combined, decided
from kmwiki.domain.content import Content
from kmwiki.domain.line_merge import Origin, Passage, merge_lines
from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import (
    FILES,
    TOPICS,
    Shape,
    codes_in,
    content_of,
    names_in_order,
    parts_of,
    rows_in,
    shape_of,
)
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.row_merge import merge_rows
from kmwiki.errors import Refused, TypeMismatch
from kmwiki.i18n import gettext as _


@dataclass(frozen=True)
class Merged:
    """The outcome of a merge; names of parts are in the order of the form.

    In `content` a part in conflict holds mine. `both_changed`: changed on both sides and not to the same,
    conflicts included. `from_theirs`: changed by them alone.
    """

    content: Content
    conflicts: tuple[Conflict, ...]
    both_changed: tuple[str, ...]
    from_theirs: tuple[str, ...]


def merge(page_type: PageType, base: Content, mine: Content, theirs: Content) -> Merged:
    """Merge two edits of one page, part by part; base is the revision that both began from.

    Markdown merges by line, rows and links by row and then by cell, topics as a set, files by name, kept
    values of older editions key by key, everything else as a whole.
    Raises TypeMismatch unless all three are of this page type and of one edition.
    Source: Khanna, Kunal & Pierce, "A Formal Investigation of Diff3" (2007), sec. 2.
    """
    _require_one_type(page_type, base, mine, theirs)
    before, my_parts, their_parts = parts_of(base), parts_of(mine), parts_of(theirs)
    parts: dict[str, object] = dict(my_parts)
    conflicts, both_changed, from_theirs = [], [], []
    for name in names_in_order(page_type, [*before, *my_parts, *their_parts]):
        values = before.get(name), my_parts.get(name), their_parts.get(name)
        origin = _origin(*values)
        if origin is Origin.THEIRS:
            from_theirs.append(name)
            parts[name] = their_parts.get(name)
        elif origin is Origin.CONFLICT:
            both_changed.append(name)
            outcome = _both_merged(name, shape_of(page_type, name, *values), *values)
            if isinstance(outcome, Conflict):
                conflicts.append(outcome)
            else:
                parts[name] = outcome
    return Merged(content_of(mine, parts), tuple(conflicts), tuple(both_changed), tuple(from_theirs))


def resolve(merged: Merged, choices: Mapping[str, Choice | Sequence[Choice]]) -> Content:
    """The merged content with each conflict decided, by the name of its part; see conflict.decided().

    Raises Refused, with a problem for each, where a conflict has no choice or one that is not possible.
    """
    undecided = [conflict.field for conflict in merged.conflicts if conflict.field not in choices]
    if undecided:
        message = _("Choose what to keep where the two versions contradict each other.")
        raise Refused(message, [Problem(field, Level.DRAFT, message) for field in undecided])
    parts = parts_of(merged.content)
    parts |= {conflict.field: decided(conflict, choices[conflict.field]) for conflict in merged.conflicts}
    return content_of(merged.content, parts)


def _require_one_type(page_type: PageType, *contents: Content) -> None:
    kinds = {(content.type, content.edition) for content in contents}
    if len(kinds) > 1 or {content.type for content in contents} != {page_type.name}:
        found = ", ".join(sorted(f"{name} {edition}" for name, edition in kinds))
        message = _("Only versions of one page type and edition can be merged; these are of: {found}.")
        raise TypeMismatch(message.format(found=found))


def _origin(base: object, mine: object, theirs: object) -> Origin:
    """Who changed a value; CONFLICT: both, differently."""
    if mine == theirs:
        return Origin.SAME
    if theirs == base:
        return Origin.MINE
    return Origin.THEIRS if mine == base else Origin.CONFLICT


def _both_merged(name: str, shape: Shape, base: object, mine: object, theirs: object) -> object | Conflict:
    """The value that combines both changes, or what stands in the way."""
    if name == TOPICS:
        return _merge_sets(codes_in(base), codes_in(mine), codes_in(theirs))
    conflict = Conflict(name, shape, base, mine, theirs)
    if shape is Shape.LINES:
        conflict = replace(conflict, passages=tuple(_passages(base, mine, theirs)))
    elif shape is Shape.ROWS:
        # Of a file, name and picture and its description belong together.
        rows = merge_rows(rows_in(base), rows_in(mine), rows_in(theirs), by_cell=name != FILES)
        conflict = replace(conflict, rows=tuple(rows))
    if shape in (Shape.LINES, Shape.ROWS) and not conflict.places:
        return combined(conflict)
    return conflict


def _passages(base: object, mine: object, theirs: object) -> list[Passage]:
    if isinstance(base, str) and isinstance(mine, str) and isinstance(theirs, str):
        return merge_lines(base, mine, theirs)
    # Where a side has no text at all there are no lines to keep.
    sides = [f"{text}\n" if text else "" for text in (base, mine, theirs)]
    return [Passage(Origin.CONFLICT, *sides)]


def _merge_sets(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    kept = [code for code in mine if code in theirs or code not in base]
    return kept + [code for code in theirs if code not in base and code not in mine]
