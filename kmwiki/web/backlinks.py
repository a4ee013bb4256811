"""Links that lead to a page from elsewhere, in groups with words that a reader understands, and by row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kmwiki.errors import UnknownPageType
from kmwiki.i18n import gettext as _
from kmwiki.render.values import ShownLink
from kmwiki.services.pages.reading import Backlink
from kmwiki.site import Site
from kmwiki.web.version import page_link

#: The field name of links inside Markdown.
_IN_TEXT = "text"


@dataclass(frozen=True)
class LinkGroup:
    label: str
    links: Sequence[ShownLink]


def link_groups(site: Site, backlinks: Sequence[Backlink], rows: Collection[str] = ()) -> list[LinkGroup]:
    """Links by field and type of the page they come from; a page stands once in a group.

    Links to one of these `rows` stand there. A page that leads here by one of its fields is not named again for
    a link in its text.
    """
    by_field = {link.page.id for link in backlinks if link.field != _IN_TEXT}
    groups: dict[tuple[str, str], dict[object, ShownLink]] = {}
    for link in backlinks:
        if link.row in rows or (link.field == _IN_TEXT and link.page.id in by_field):
            continue
        group = (link.field, link.page.type if link.field != _IN_TEXT else "")
        groups.setdefault(group, {}).setdefault((link.page.id, link.row), _shown(site, link))
    ordered = sorted(groups.items(), key=lambda group: group[0][0] == _IN_TEXT)
    return [LinkGroup(_label(site, *group), list(links.values())) for group, links in ordered]


def links_by_row(site: Site, backlinks: Sequence[Backlink]) -> Mapping[str, Sequence[ShownLink]]:
    """What leads to each row."""
    rows: dict[str, dict[object, ShownLink]] = {}
    for link in backlinks:
        if link.row:
            shown = replace(_shown(site, link), row=None)
            rows.setdefault(link.row, {}).setdefault(link.page.id, shown)
    return {row: list(links.values()) for row, links in rows.items()}


def _shown(site: Site, link: Backlink) -> ShownLink:
    target = page_link(site, link.page)
    return ShownLink(
        title=target.title, url=target.url, sign=target.sign, type=target.type, language=target.language,
        relation=_relation(site, link), note=link.note or None, row=link.row or None,
    )  # fmt: skip


def _relation(site: Site, link: Backlink) -> str | None:
    try:
        field = site.page_type(link.page.type).fields.get(link.field)
    except UnknownPageType:
        return None
    if field is None or not field.relation or not link.relation:
        return None
    return site.vocabularies[field.relation].label_of(link.relation)


def _label(site: Site, field: str, type_name: str) -> str:
    """What a group is called; types that kmwiki does not ship get their own words."""
    if field == _IN_TEXT:
        return _("Mentioned in")
    known = {
        ("applies", "case-study"): _("Cases that used it"),
        ("addresses", "good-practice"): _("Practices that answer it"),
        ("addresses", "case-study"): _("Cases that answer it"),
        ("already_there", "needs-analysis"): _("Needs that know of it"),
        ("related", "term"): _("Terms that go with it"),
    }
    return known.get((field, type_name)) or _label_of_other(site, field, type_name)


def _label_of_other(site: Site, field: str, type_name: str) -> str:
    try:
        page_type = site.page_type(type_name)
    except UnknownPageType:
        return type_name
    label = page_type.fields[field].label if field in page_type.fields else field
    return _("{types}: {field}").format(types=page_type.plural, field=label)
