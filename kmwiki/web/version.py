"""One version of a page as it is laid out: for the published page, earlier versions, previews and shared drafts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from kmwiki.domain import fields as field_rules
from kmwiki.domain.content import Content
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.domain.media_types import PICTURES
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level
from kmwiki.errors import UnknownPageType
from kmwiki.http.current import browser_actor
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.permissions import may
from kmwiki.render.dates import size_in_words
from kmwiki.render.resolve import markers, resolve
from kmwiki.render.values import (
    Around,
    FactWord,
    Named,
    Shown,
    ShownLink,
    fact_words,
    kept_values,
    search_address,
    shown_value,
)
from kmwiki.services.pages.labels import TopicWord
from kmwiki.services.pages.link_targets import Targets
from kmwiki.services.pages.reading import VersionView
from kmwiki.site import Site

#: Shown in the heading or at the end of a page, not among its fields.
_ELSEWHERE = ("title", "organisation", "contact", "contact_address")
_MISSING_NAMED = 4


@dataclass(frozen=True)
class Fact:
    label: str
    words: Sequence[FactWord]


@dataclass(frozen=True)
class FieldShown:
    field: Field
    shown: Shown


@dataclass(frozen=True)
class SectionShown:
    id: str
    label: str
    fields: Sequence[FieldShown]


@dataclass(frozen=True)
class ShownVersion:
    """What templates draw of a version; `missing` is the line that says what a page in short lacks."""

    type: PageType
    title: str
    language: str
    direction: str
    language_label: str | None
    summary: str | None
    organisation: Named | None
    contact: str | None
    facts: Sequence[Fact]
    sections: Sequence[SectionShown]
    contents: Sequence[Mapping[str, str]]
    files: Sequence[Mapping[str, str]]
    credits: Sequence[str]
    licence: Mapping[str, str | None]
    missing: str | None


def shown_version(
    site: Site,
    view: VersionView,
    *,
    title: str = "",
    pictures: bool = True,
    rows: Mapping[str, Sequence[ShownLink]] | None = None,
) -> ShownVersion:
    """Lay out a version; `rows` are links from elsewhere by the row that they lead to."""
    content, page_type = view.content, view.page_type
    around = around_version(site, view, pictures=pictures, rows=rows)
    sections = _sections(page_type, content, around)
    organisation = page_type.fields.get("organisation")
    return ShownVersion(
        type=page_type,
        title=title or field_rules.title_of(page_type, content.fields, site.clock().date()),
        language=content.language,
        direction=direction(content.language),
        language_label=language_mark(site, content.language),
        summary=_summary(page_type, content),
        organisation=_named(shown_value(organisation, content, page_type, around)) if organisation else None,
        contact=_text(content, "contact_address"),
        facts=_facts(site, view, around),
        sections=sections,
        contents=_contents(sections),
        files=_files(view),
        credits=_credits(site, content),
        licence=licence(site, content.licence),
        missing=missing_line(site, page_type, content),
    )


def around_version(
    site: Site,
    view: VersionView,
    *,
    pictures: bool = True,
    rows: Mapping[str, Sequence[ShownLink]] | None = None,
) -> Around:
    """What the values of this version need to be shown."""
    slugs = {name: page.slug for name, page in view.text_pages.items()}
    titles = {page.slug: page.title for page in view.text_pages.values() if page.slug}
    html = {
        name: resolve(source, slugs, titles, view.files, pictures=pictures) for name, source in view.html.items()
    }
    return Around(
        vocabularies=site.vocabularies,
        link=link_maker(site, view.targets),
        html={name: Markup(text) for name, text in html.items()},
        files=view.files,
        rows=rows or {},
    )


def link_maker(site: Site, targets: Targets) -> Callable[[Mapping[str, object]], ShownLink | None]:
    """From a stored link to what the asker may see of it: a page, a draft of hers, a wanted title, or nothing."""

    def make(link: Mapping[str, object]) -> ShownLink | None:
        if "page" not in link:
            return ShownLink(title=str(link.get("wanted", "")))
        target = UUID(str(link["page"]))
        if target in targets.pages:
            row = f"#{targets.row(target, str(link['row']))}" if link.get("row") else ""
            return page_link(site, targets.pages[target], row)
        if target in targets.changes:
            change = targets.changes[target]
            title = change.page.title or _("A draft of yours")
            return ShownLink(title=title, url=f"/changes/{change.id}")
        return None

    return make


def page_link(site: Site, page: Page, anchor: str = "") -> ShownLink:
    """A link to a published page."""
    sign, label = type_words(site, page.type)
    return ShownLink(
        title=page.title, url=f"/pages/{page.slug}{anchor}", sign=sign, type=label, language=page.language
    )


def type_words(site: Site, type_name: str) -> tuple[str, str]:
    """Sign and label of a page type; a type that is no longer installed is called by its name."""
    try:
        page_type = site.page_type(type_name)
    except UnknownPageType:
        return "plain", type_name
    return page_type.sign, str(page_type.label)


def row_ids(page_type: PageType, content: Content) -> frozenset[str]:
    """The ids of all rows of this content."""
    fields = page_type.fields_of_kind("rows")
    return frozenset(str(row.get("id")) for field in fields for row in rows_of(content.fields.get(field.id)))


def language_mark(site: Site, language: str) -> str | None:
    """ "in French" for a page in another language than the reader's."""
    if language.split("-")[0] == current_language():
        return None
    return _("in {language}").format(language=site.vocabularies["languages"].label_of(language))


def licence(site: Site, code: str) -> Mapping[str, str | None]:
    """Label and address of a licence."""
    vocabulary = site.vocabularies["licences"]
    entry = vocabulary.entries.get(code)
    url = entry.extra.get("url") if entry else None
    return {"label": vocabulary.label_of(code), "url": str(url) if url else "/vocabularies/licences"}


def missing_line(site: Site, page_type: PageType, content: Content) -> str | None:
    """What a page in short does not say yet, in one plain line."""
    problems = field_rules.check(page_type, content.fields, Level.FULL, site.vocabularies)
    ids = dict.fromkeys(p.field for p in problems if p.level is not Level.WARNING and p.field in page_type.fields)
    labels = [_("“{label}”").format(label=page_type.field(id).label) for id in ids]
    if not labels:
        return None
    named, more = labels[:_MISSING_NAMED], len(labels) - _MISSING_NAMED
    text = _("Not in it yet: {fields}").format(fields=", ".join(named))
    return (text + " " + _("and {number} more").format(number=more) if more > 0 else text) + "."


def _summary(page_type: PageType, content: Content) -> str | None:
    return _text(content, page_type.summary) if page_type.summary else None


def _text(content: Content, id: str) -> str | None:
    value = content.fields.get(id)
    return value if isinstance(value, str) else None


def _named(shown: Shown) -> Named | None:
    return shown if isinstance(shown, Named) else None


def _sections(page_type: PageType, content: Content, around: Around) -> list[SectionShown]:
    left_out = {*_ELSEWHERE, page_type.summary}
    sections = []
    for section in page_type.sections:
        fields = [field for field in section.fields if field.id not in left_out and not field.card]
        values = [FieldShown(field, shown_value(field, content, page_type, around)) for field in fields]
        shown = [value for value in values if value.shown not in (None, [])]
        if shown:
            label = _("Further details") if section.id == "found" else str(section.label)
            sections.append(SectionShown(section.id, label, shown))
    if kept := [FieldShown(field, shown) for field, shown in kept_values(content)]:
        sections.append(SectionShown("kept", _("From an earlier form of this page"), kept))
    return sections


def _contents(sections: Sequence[SectionShown]) -> list[Mapping[str, str]]:
    return [
        {"label": str(item.field.label), "url": f"#field-{item.field.id}"}
        for section in sections
        for item in section.fields
    ]


def _facts(site: Site, view: VersionView, around: Around) -> list[Fact]:
    content, page_type = view.content, view.page_type
    fields = [field for field in page_type.fields.values() if field.card and field.id not in _ELSEWHERE]
    facts = [Fact(str(field.label), fact_words(field, content, page_type, around)) for field in fields]
    facts.append(Fact(_("Topics"), [_topic(view.topics.get(code), code) for code in content.topics]))
    return [fact for fact in facts if fact.words]


def _topic(topic: TopicWord | None, code: str) -> FactWord:
    """A topic that nobody has accepted leads to where moderators decide about it; an unknown one nowhere."""
    if topic is None:
        return FactWord(code)
    if topic.is_proposed:
        to_decide = f"/admin/topics/{topic.code}" if may(browser_actor(), "site.topics") else None
        return FactWord(_("{word} (proposed)").format(word=topic.label), to_decide)
    return FactWord(str(topic.label), search_address(topic=topic.code))


def _files(view: VersionView) -> list[Mapping[str, str]]:
    """Files to take along; pictures that stand in the text are not named again."""
    in_text = markers("".join(view.html.values())).files
    return [
        {
            "label": file.alt or file.name,
            "url": view.files[file.name].address,
            "size": size_in_words(view.files[file.name].size_bytes),
        }
        for file in view.content.files
        if file.name in view.files and not (file.media_type in PICTURES and file.name in in_text)
    ]


def _credits(site: Site, content: Content) -> list[str]:
    """Who made the pictures and files, and how they may be used."""
    licences = site.vocabularies["licences"]
    lines = []
    for file in content.files:
        said = [file.credit, licences.label_of(file.licence) if file.licence else ""]
        if any(said):
            lines.append(f"{file.alt or file.name}: {', '.join(filter(None, said))}")
    return lines
