"""Stored values as readers see them, in the shapes that templates/components/display_kinds.html draws.

Knows no pages and no database: whoever shows a version says in an `Around` where links lead, which files there
are, and what the HTML of the Markdown fields is.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from kmwiki.domain.content import Content
from kmwiki.domain.kept import KEPT
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.domain.kinds.target import is_address
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.rules import is_not_applicable
from kmwiki.domain.vocabulary import Vocabularies
from kmwiki.domain.words import Words
from kmwiki.i18n import gettext as _
from kmwiki.render.dates import date_in_words, number_in_words, period_in_words
from kmwiki.render.resolve import FileRef

#: Words, safe HTML (md), a list or a dataclass of this module, as the kind of the field has it.
Shown = object
_ROW_WORDS_SHOWN = 80


@dataclass(frozen=True)
class ShownLink:
    """A link as link_list draws it; without `url` it is wanted: not there yet."""

    title: str
    url: str | None = None
    sign: str | None = None
    type: str | None = None
    relation: str | None = None
    note: str | None = None
    row: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Named:
    """An organisation, a file or an address: a name, and where it leads."""

    name: str
    url: str | None = None


@dataclass(frozen=True)
class ShownRow:
    """One row: its cells in the columns' order, and what leads to it from elsewhere."""

    id: str
    cells: Sequence[tuple[Field, Shown]]
    links: Sequence[ShownLink] = ()


@dataclass(frozen=True)
class FactWord:
    """One word of the fact card; `keep`: a name that no browser is to translate."""

    label: str
    url: str | None = None
    keep: bool = False


@dataclass(frozen=True)
class Around:
    """What the values of one version need to be shown.

    link: a stored link → the link as the reader may see it, None where she may not. html: the finished HTML of
    each Markdown field by its name in markdown_fields(). rows: links from elsewhere by the row they lead to.
    """

    vocabularies: Vocabularies
    link: Callable[[Mapping[str, object]], ShownLink | None]
    html: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileRef] = field(default_factory=dict)
    rows: Mapping[str, Sequence[ShownLink]] = field(default_factory=dict)


def search_address(**filters: str) -> str:
    """The address of a search with these filters."""
    return "/search?" + urlencode(filters)


def shown_value(page_field: Field, content: Content, page_type: PageType, around: Around) -> Shown:
    """The value of a field of this content, None where it has none."""
    value = content.fields.get(page_field.id)
    if value is None:
        return None
    if is_not_applicable(value):
        assert isinstance(value, Mapping)
        return {"not_applicable": value["not_applicable"]}
    return _Shower(content, page_type, around).field(page_field, value)


def kept_values(content: Content) -> Iterator[tuple[Field, Shown]]:
    """What an earlier form asked and this one does not: as text, under the old name."""
    kept = content.fields.get(KEPT)
    for name, value in kept.items() if isinstance(kept, Mapping) else ():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield Field(id=str(name), kind="text", label=Words({"en": str(name)})), text


def fact_words(page_field: Field, content: Content, page_type: PageType, around: Around) -> list[FactWord]:
    """The value of a field as words of the fact card; each leads to a search where a facet is fed."""
    value = content.fields.get(page_field.id)
    if value is None:
        return []
    if is_not_applicable(value):
        return [FactWord(in_words(page_field, value, content, page_type, around))]
    shower = _Shower(content, page_type, around)
    match page_field.kind:
        case "choice" | "choices":
            codes = value if isinstance(value, list) else [value]
            return [
                FactWord(shower.label(page_field, str(code)), _facet(page_field, str(code))) for code in codes
            ]
        case "rows":
            return [shower.row_as_word(page_field, row) for row in rows_of(value)]
        case _:
            shown = shower.field(page_field, value)
            return [
                FactWord(shown.name, shown.url, keep=True)
                if isinstance(shown, Named)
                else FactWord(str(shown))
            ]


def in_words(page_field: Field, value: object, content: Content, page_type: PageType, around: Around) -> str:
    """Any stored value of a field or column as one line of plain words, for comparisons."""
    if value is None:
        return ""
    if is_not_applicable(value):
        assert isinstance(value, Mapping)
        return _("Does not apply: {reason}").format(reason=value["not_applicable"])
    if page_field.kind == "md":
        return str(value)
    return plain_words(_Shower(content, page_type, around).field(page_field, value))


def plain_words(shown: Shown) -> str:
    """A shown value without its links."""
    match shown:
        case ShownLink():
            return " – ".join(filter(None, (shown.title, shown.row, shown.relation, shown.note)))
        case Named():
            return shown.name
        case ShownRow():
            return " · ".join(f"{column.label}: {plain_words(words)}" for column, words in shown.cells)
        case list() | tuple():
            return ", ".join(plain_words(item) for item in shown)
        case _:
            return str(shown)


def _facet(page_field: Field, code: str) -> str | None:
    return search_address(**{page_field.facet: code}) if page_field.facet else None


@dataclass(frozen=True)
class _Shower:
    """Shows values of one content."""

    content: Content
    page_type: PageType
    around: Around

    def field(self, page_field: Field, value: object, name: str = "") -> Shown:
        match page_field.kind:
            case "md":
                return self.around.html.get(name or page_field.id, "")
            case "choice":
                return self.label(page_field, str(value))
            case "choices":
                return (
                    [self.label(page_field, str(code)) for code in value] if isinstance(value, list) else []
                )
            case "rows":
                return [self._row(page_field, row) for row in rows_of(value)]
            case "links":
                return self._links(page_field, value)
            case "organisation":
                return self._organisation(value)
            case "target":
                return self._target(str(value))
            case "row":
                return self._named_row(page_field, str(value))
            case _:
                return _words(page_field, value, self)

    def label(self, page_field: Field, code: str) -> str:
        """The label of a code in the reader's language."""
        return self.around.vocabularies.union(page_field.vocabulary).label_of(code)

    def row_as_word(self, page_field: Field, row: Mapping[str, object]) -> FactWord:
        """A row in one line, names before codes: "Monze, Zambia"."""
        columns = [
            c for c in page_field.columns if c.id in row and c.kind in ("text", "choice", "organisation")
        ]
        names = sorted(columns, key=lambda column: column.kind != "text")
        words = ", ".join(plain_words(self.field(column, row[column.id])) for column in names)
        coded = next((column for column in columns if column.facet), None)
        return FactWord(words, _facet(coded, str(row[coded.id])) if coded else None)

    def _row(self, page_field: Field, row: Mapping[str, object]) -> ShownRow:
        id = str(row.get("id", ""))
        cells = [
            (column, self.field(column, row[column.id], f"{page_field.id}.{id}.{column.id}"))
            for column in page_field.columns
            if column.id in row
        ]
        return ShownRow(id, cells, self.around.rows.get(id, ()))

    def _links(self, page_field: Field, value: object) -> list[ShownLink]:
        shown = []
        for link in rows_of(value):
            target = self.around.link(link)
            if target is not None:
                shown.append(_described(target, self._relation(page_field, link), link))
        return shown

    def _relation(self, page_field: Field, link: Mapping[str, object]) -> str | None:
        code = link.get("relation")
        if not page_field.relation or not code:
            return None
        return self.around.vocabularies[page_field.relation].label_of(str(code))

    def _organisation(self, value: object) -> Named:
        members = value if isinstance(value, Mapping) else {"name": str(value)}
        name = str(members.get("name", ""))
        return Named(name, search_address(organisation=str(members.get("id") or name)))

    def _target(self, target: str) -> Named:
        if is_address(target):
            return Named(urlsplit(target).netloc or target.partition(":")[2], target)
        file = self.around.files.get(target)
        return Named(target, file.address if file else None)

    def _named_row(self, page_field: Field, id: str) -> Named:
        """A row of another field, by its first words."""
        for row in rows_of(self.content.fields.get(page_field.rows_of or "")):
            named = self.page_type.fields.get(page_field.rows_of or "")
            if row.get("id") == id and named is not None:
                words = next((str(row[c.id]) for c in named.columns if c.kind == "text" and c.id in row), "")
                return Named(f"{id}: {_shortened(words)}" if words else id, f"#{quote(id)}")
        return Named(id)


def _described(target: ShownLink, relation: str | None, link: Mapping[str, object]) -> ShownLink:
    note, row = link.get("note"), link.get("row")
    return ShownLink(
        title=target.title, url=target.url, sign=target.sign, type=target.type, language=target.language,
        relation=relation, note=str(note) if note else None, row=str(row) if row else None,
    )  # fmt: skip


def _words(page_field: Field, value: object, shower: _Shower) -> str:
    members: Mapping[str, object] = value if isinstance(value, Mapping) else {}
    match page_field.kind:
        case "date":
            return date_in_words(str(value))
        case "period":
            return period_in_words(str(members.get("from", "")), str(members.get("to", "")))
        case "number":
            return number_in_words(str(value))
        case "amount":
            return str(members.get("text", ""))
        case "yes_no":
            return _("Yes") if value is True else _("No")
        case "place":
            return _place(page_field, members, shower)
        case _:
            return str(value)


def _place(page_field: Field, members: Mapping[str, object], shower: _Shower) -> str:
    country = str(members.get("country", ""))
    named = shower.label(page_field, country) if country else ""
    return ", ".join(filter(None, (str(members.get("name", "")), named)))


def _shortened(words: str) -> str:
    if len(words) <= _ROW_WORDS_SHOWN:
        return words
    return words[:_ROW_WORDS_SHOWN].rpartition(" ")[0] + "…"
