"""Two versions of a page side by side, in the shapes of templates/components/compare.html."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kmwiki.domain.compare import FieldComparison, View, compare
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.parts import names_in_order, parts_of
from kmwiki.domain.row_compare import RowComparison
from kmwiki.domain.word_compare import Op, Piece, compare_words, folded
from kmwiki.http.languages import direction
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.render.resolve import FileRef
from kmwiki.render.values import Around, in_words
from kmwiki.services.pages.labels import TopicWord, accepted_only, topic_words
from kmwiki.services.pages.link_targets import Targets
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.compare_words import file_label, file_mark, link_mark, part_label, row_mark
from kmwiki.web.version import link_maker

#: The width in which pictures are compared.
_THUMB = 480


@dataclass(frozen=True)
class ShownPiece:
    op: str
    text: str


@dataclass(frozen=True)
class ShownCell:
    label: str
    words: Sequence[ShownPiece]


@dataclass(frozen=True)
class ShownPicture:
    """A picture of one of both sides, not drawn larger than a thumb's length needs."""

    side: str
    url: str
    full_url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class ShownRowChange:
    """A row, a link or a file; `mark` says in words what became of all of it, for one that is new, gone or moved."""

    label: str
    op: str
    mark: str
    note: str | None
    cells: Sequence[ShownCell]
    pictures: Sequence[ShownPicture] = ()


#: The files of both sides by name, as services/pages/reading.py finds them.
Files = Mapping[str, FileRef]


@dataclass(frozen=True)
class ShownChange:
    """A part of the page that differs."""

    field: str
    label: str
    anchor: str
    shape: str
    words: Sequence[ShownPiece]
    rows: Sequence[ShownRowChange]
    old: str | None
    new: str | None
    note: str | None
    language: str
    direction: str


@dataclass(frozen=True)
class ShownComparison:
    """Everything that differs, and the line that says how much does not."""

    changes: Sequence[ShownChange]
    unchanged: str | None


def shown_comparison(
    uow: UnitOfWork,
    page_type: PageType,
    old: Content | None,
    new: Content,
    notes: Mapping[str, str] | None = None,
    with_proposals: bool = False,
    files: tuple[Files, Files] = ({}, {}),
) -> ShownComparison:
    """Compare two versions for the asker; `notes` are words beside a part, by its name. At most four queries.

    `with_proposals`: topics that nobody has accepted yet are compared, too, for those who see a change. Pictures among
    the files of both sides are shown.
    """
    contents = [content for content in (old, new) if content is not None]
    targets = Targets.of_content(uow, page_type, *contents)
    topics = topic_words(uow, {code for content in contents for code in content.topics}, with_proposals)
    if not with_proposals:
        old, new = old and accepted_only(old, topics), accepted_only(new, topics)
        topics = {word.code: word for word in topics.values()}
    teller = _Teller(uow.site, page_type, old, new, targets, topics, notes or {}, files)
    differing = compare(page_type, old, new)
    return ShownComparison([teller.change(each) for each in differing], _unchanged(page_type, old, new, len(differing)))


def _unchanged(page_type: PageType, old: Content | None, new: Content, differing: int) -> str | None:
    names = set(parts_of(old) if old else ()) | set(parts_of(new))
    same = len(names_in_order(page_type, names)) - differing
    if old is None or same <= 0:
        return None
    return ngettext("{number} part is the same.", "{number} parts are the same.", same).format(number=same)


@dataclass(frozen=True)
class _Teller:
    """Tells comparisons in words."""

    site: Site
    page_type: PageType
    old: Content | None
    new: Content
    targets: Targets
    topics: Mapping[str, TopicWord]
    notes: Mapping[str, str]
    files: tuple[Files, Files]

    def change(self, comparison: FieldComparison) -> ShownChange:
        name = comparison.field
        return ShownChange(
            field=name, label=part_label(self.page_type, name),
            anchor=f"compare-{name.replace('.', '-')}", shape=comparison.shape,
            words=shown_pieces(folded(comparison.words)), rows=self._rows(name, comparison.rows),
            old=self._words(name, comparison.old, self.old), new=self._words(name, comparison.new, self.new),
            note=self.notes.get(name), language=self.new.language, direction=direction(self.new.language),
        )  # fmt: skip

    # ---- rows, links, files

    def _rows(
        self, name: str, rows: Sequence[RowComparison[FieldComparison]]
    ) -> list[ShownRowChange]:
        field = self.page_type.fields.get(name)
        return [self._row(field, row) for row in rows if row.op is not Op.SAME]

    def _row(self, field: Field | None, row: RowComparison[FieldComparison]) -> ShownRowChange:
        if field is not None and field.kind == "links":
            return self._link(field, row)
        label = str((row.new or row.old or {}).get("name", row.id)) if field is None else row.id
        cells = [self._cell(field, cell, row) for cell in row.cells if cell.field not in ("sha256", "media_type")]
        pictures = self._pictures(row) if field is None else []
        mark = row_mark(row.op) if field is not None else file_mark(row.op)
        return ShownRowChange(label, row.op, mark, self._row_note(field, row), cells, pictures)

    def _pictures(self, row: RowComparison[FieldComparison]) -> list[ShownPicture]:
        """The picture before and after, once where it is the same."""
        sides = [(_("Before"), row.old, self.files[0]), (_("After"), row.new, self.files[1])]
        if row.old and row.new and row.old.get("sha256") == row.new.get("sha256"):
            sides = [("", row.new, self.files[1])]
        shown = []
        for side, entry, files in sides:
            found = files.get(str(entry.get("name"))) if entry else None
            if found is not None and found.width and found.height:
                narrow = _THUMB if _THUMB in found.widths else None
                shown.append(
                    ShownPicture(side, found.picture(narrow), found.address, found.alt, found.width, found.height)
                )
        return shown

    def _row_note(self, field: Field | None, row: RowComparison[FieldComparison]) -> str | None:
        if row.moved and row.op is Op.CHANGED:
            return _("moved, too")
        if field is None and row.old and row.new and row.old.get("sha256") != row.new.get("sha256"):
            return _("another file under the same name")
        return None

    def _link(self, field: Field, row: RowComparison[FieldComparison]) -> ShownRowChange:
        """A link is told as a whole: where it leads, how it is meant, the note."""
        before = in_words(field, [row.old], self.new, self.page_type, self._around) if row.old else ""
        after = in_words(field, [row.new], self.new, self.page_type, self._around) if row.new else ""
        if not before and not after:
            return ShownRowChange(_("A page that you may not see"), row.op, link_mark(row.op), None, ())
        words = shown_pieces(compare_words(before, after))
        return ShownRowChange("", row.op, link_mark(row.op), None, (ShownCell(_("Link"), words),))

    def _cell(
        self, field: Field | None, cell: FieldComparison, row: RowComparison[FieldComparison]
    ) -> ShownCell:
        column = field.column(cell.field) if field else None
        label = str(column.label) if column else file_label(cell.field)
        if cell.shape is View.WORDS:
            return ShownCell(label, shown_pieces(folded(cell.words)))
        old, new = (self._cell_words(column, value, cell.field) for value in (cell.old, cell.new))
        pieces = [ShownPiece("removed", old)] if old else []
        return ShownCell(label, pieces + ([ShownPiece("added", new)] if new else []))

    def _cell_words(self, column: Field | None, value: object, name: str) -> str:
        if value is None:
            return ""
        if column is None:
            return self._file_words(name, str(value))
        return in_words(column, value, self.new, self.page_type, self._around)

    def _file_words(self, name: str, value: str) -> str:
        """What is said of a file, codes by their labels."""
        vocabulary = {"licence": "licences", "consent": "consent"}.get(name)
        return self.site.vocabularies[vocabulary].label_of(value) if vocabulary and value else value

    # ---- values

    def _words(self, name: str, value: object, content: Content | None) -> str | None:
        if value is None or content is None:
            return None
        field = self.page_type.fields.get(name)
        if field is not None:
            return in_words(field, value, content, self.page_type, self._around)
        match name:
            case "language":
                return self.site.vocabularies["languages"].label_of(str(value))
            case "licence":
                return self.site.vocabularies["licences"].label_of(str(value))
            case "translation_of" | "replaces":
                link = self._around.link({"page": value})
                return link.title if link else _("A page that you may not see")
            case "topics" if isinstance(value, list):
                return ", ".join(topic_in_words(self.topics.get(code), code) for code in value)
            case _:
                return str(value)

    @property
    def _around(self) -> Around:
        return Around(self.site.vocabularies, link_maker(self.site, self.targets))


def topic_in_words(topic: TopicWord | None, code: str) -> str:
    """What a topic is called in a change; one that this site does not know is called by its code."""
    if topic is None:
        return code
    return _("{word} (proposed)").format(word=topic.label) if topic.is_proposed else str(topic.label)


def shown_pieces(pieces: Sequence[Piece]) -> list[ShownPiece]:
    return [ShownPiece(piece.op, _count_of(piece.text) if piece.op is Op.FOLDED else piece.text) for piece in pieces]


def _count_of(text: str) -> str:
    number = len(text.split())
    return ngettext("{number} word", "{number} words", number).format(number=number)
