"""What differs between two versions, told in lines of plain words: for mails, where nothing can be marked."""

from collections.abc import Iterable, Iterator, Sequence

from kmwiki.domain.compare import FieldComparison, View
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.parts import FILES, TOPICS
from kmwiki.domain.plain_words import plain_words
from kmwiki.domain.row_compare import RowComparison
from kmwiki.domain.word_compare import Op, Piece, folded
from kmwiki.i18n import gettext as _
from kmwiki.render.values import Around, in_words

#: Words of what is the same that stand beside a change.
_CONTEXT_WORDS = 6
_LONGEST_PASSAGE = 300


def lines_of(
    page_type: PageType, differences: Iterable[FieldComparison], new: Content, around: Around, limit: int
) -> list[str]:
    """One line for each thing that differs, so many characters in all; the last says where there is more."""
    lines: list[str] = []
    room = limit
    for line in _lines(page_type, differences, new, around):
        room -= len(line)
        if room < 0:
            return [*lines, _("And more.")]
        lines.append(line)
    return lines


def _lines(
    page_type: PageType, differences: Iterable[FieldComparison], new: Content, around: Around
) -> Iterator[str]:
    for difference in differences:
        field = page_type.fields.get(difference.field)
        if field is None:
            yield _changed(_label_of_part(difference.field))
        elif difference.shape is View.ROWS:
            for row in difference.rows:
                yield from _row_lines(field, row, new, page_type, around)
        else:
            yield _was_now(str(field.label), *_sides(field, difference, new, page_type, around))


def _label_of_part(name: str) -> str:
    return {
        "language": _("Language"), "licence": _("Licence"), "translation_of": _("Translation of"),
        "replaces": _("Takes the place of"), TOPICS: _("Topics"), FILES: _("Pictures and files"),
    }.get(name, name.rpartition(".")[2])  # fmt: skip


def _row_lines(
    field: Field, row: RowComparison[FieldComparison], new: Content, page_type: PageType, around: Around
) -> Iterator[str]:
    label = str(field.label)
    if row.op is Op.CHANGED and field.kind == "rows":
        for cell in row.cells:
            column = field.column(cell.field)
            if column is not None:
                yield _was_now(f"{label} – {column.label}", *_sides(column, cell, new, page_type, around))
    elif row.op in (Op.ADDED, Op.REMOVED, Op.CHANGED):
        old, now = (in_words(field, [side], new, page_type, around) if side else "" for side in (row.old, row.new))
        yield _was_now(label, _short(old), _short(now))


def _sides(
    field: Field, difference: FieldComparison, new: Content, page_type: PageType, around: Around
) -> tuple[str, str]:
    if difference.shape is View.WORDS:
        pieces = folded(difference.words, _CONTEXT_WORDS)
        return _passage(pieces, Op.ADDED), _passage(pieces, Op.REMOVED)
    old, now = (in_words(field, value, new, page_type, around) for value in (difference.old, difference.new))
    return _short(old), _short(now)


def _passage(pieces: Sequence[Piece], without: Op) -> str:
    """The old or the new text, with only a little of what is the same around what is not."""
    if not any(piece.op is not without and piece.op is not Op.FOLDED and piece.text.strip() for piece in pieces):
        return ""
    shown = (" … " if piece.op is Op.FOLDED else piece.text for piece in pieces if piece.op is not without)
    return _short("".join(shown))


def _short(text: str) -> str:
    line = " ".join(plain_words(text).split())
    return line if len(line) <= _LONGEST_PASSAGE else line[: _LONGEST_PASSAGE - 1].rpartition(" ")[0] + " …"


def _was_now(label: str, old: str, new: str) -> str:
    if old and new and old != new:
        return _("{label}: was “{old}”, now “{new}”").format(label=label, old=old, new=new)
    if new and not old:
        return _("{label}: added “{new}”").format(label=label, new=new)
    if old and not new:
        return _("{label}: taken out “{old}”").format(label=label, old=old)
    return _changed(label)


def _changed(label: str) -> str:
    return _("{label}: changed").format(label=label)
