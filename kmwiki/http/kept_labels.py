"""What the texts of a page's form are called: as its questions, where the form's address tells which they were."""

import re
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from kmwiki.domain.page_type import Field, PageType
from kmwiki.errors import KmwikiError
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.services.pages.finding import content_of, find_change, find_page, find_revision
from kmwiki.site import UnitOfWork

_FORM = re.compile(
    r"/new/(?P<type>[a-z0-9-]+)|/pages/(?P<slug>[a-z0-9-]+)/edit"
    r"|/changes/(?P<change>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/edit"
)


def labels_of(url: str) -> Callable[[str], str]:
    """From names of inputs to what people call them; a name that nothing is known of stands for itself."""
    page_type = _type_of(url.partition("?")[0])
    return lambda name: _label(page_type, name)


def _type_of(path: str) -> PageType | None:
    """The type whose form stands at this address, as far as the asker may know it."""
    form = _FORM.fullmatch(path)
    if form is None:
        return None
    try:
        with work() as uow:
            return _type_at(uow, form)
    except (KmwikiError, SQLAlchemyError):  # an error page must not fail for want of a label
        return None


def _type_at(uow: UnitOfWork, form: re.Match[str]) -> PageType:
    if form["type"]:
        return uow.site.page_type(form["type"])
    if form["slug"]:
        return uow.site.page_type(find_page(uow, form["slug"]).type)
    content = content_of(find_revision(uow, find_change(uow, UUID(form["change"])).head_id))
    return uow.site.page_type(content.type, content.edition)


def _label(page_type: PageType | None, name: str) -> str:
    id, *rest = name.split(".")
    field = page_type.fields.get(id) if page_type else None
    return _field_label(field, rest) if field else _others().get(name, name)


def _field_label(field: Field, rest: list[str]) -> str:
    """ "Questions, 2: Question" for the names questions, 1, question."""
    if rest == ["not_applicable"] and field.not_applicable:
        return f"{field.label}: {field.not_applicable.reason}"
    if not rest or not rest[0].isdecimal():
        return str(field.label)
    column = field.column(rest[-1])
    return f"{field.label}, {int(rest[0]) + 1}" + (f": {column.label}" if column else "")


def _others() -> dict[str, str]:
    return {
        "summary_of_change": _("What did you change?"),
        "note_to_reviewer": _("Note to the reviewer"),
        "new_topic": _("Propose a new word"),
    }
