"""A text as readers would see it, while it is being written: by the renderer that publishes, kept nowhere."""

from collections.abc import Mapping
from uuid import UUID

from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.page_type import Field, PageType
from kmwiki.errors import NotFound
from kmwiki.render.markdown import render
from kmwiki.render.resolve import FileRef, markers, resolve
from kmwiki.services.pages.finding import content_of, find_change, find_page, find_revision, pages_by_slug
from kmwiki.services.pages.reading import file_references
from kmwiki.site import UnitOfWork

Files = Mapping[str, FileRef]


def text_field(page_type: PageType, name: str) -> Field:
    """The Markdown field behind the name of an input: `practice`, or `steps.0.text` in rows. Raises NotFound."""
    field_id, _dot, rest = name.partition(".")
    field = page_type.fields.get(field_id)
    if field is not None and rest:
        column_id = rest.rpartition(".")[2]
        field = next((column for column in field.columns if column.id == column_id), None)
    if field is None or field.kind != "md":
        raise NotFound()
    return field


def preview(uow: UnitOfWork, field: Field, text: str, files: Files) -> str:
    """Safe HTML with the links that the asker may follow. Raises Faults for what saving would refuse, too."""
    cleaned = KINDS["md"].parse(text, field, Context(uow.site.vocabularies))
    html = render(str(cleaned), f"{field.id}-preview-")
    pages = pages_by_slug(uow, sorted(markers(html).pages))
    slugs = {name: page.slug for name, page in pages.items()}
    titles = {page.slug: page.title for page in pages.values() if page.slug}
    return resolve(html, slugs, titles, files)


def files_of_change(uow: UnitOfWork, change_id: UUID) -> Files:
    """The files that the newest version of a change can show. Raises NotFound."""
    change = find_change(uow, change_id)
    return file_references(uow, content_of(find_revision(uow, change.head_id)), f"/changes/{change.id}/files/")


def files_of_page(uow: UnitOfWork, slug: str) -> Files:
    """The files of a published page. Raises NotFound."""
    page = find_page(uow, slug)
    content = content_of(find_revision(uow, page.published_revision_id))
    return file_references(uow, content, f"/pages/{page.slug}/files/")
