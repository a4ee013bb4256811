"""What people call the parts of a page and what is said of a file, and what became of a row, a link or a file."""

from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import FILES, TOPICS
from kmwiki.domain.word_compare import Op
from kmwiki.i18n import gettext as _


def part_label(page_type: PageType, name: str) -> str:
    """What people call a part of a page."""
    known = {
        "language": _("Language"), "licence": _("Licence"), "translation_of": _("Translation of"),
        "replaces": _("Takes the place of"), TOPICS: _("Topics"), FILES: _("Pictures and files"),
    }  # fmt: skip
    field = page_type.fields.get(name)
    return str(field.label) if field else known.get(name, name.rpartition(".")[2])


def file_label(name: str) -> str:
    return {
        "name": _("Name"), "alt": _("Description"), "credit": _("By"), "licence": _("Licence"),
        "consent": _("People in the picture agreed"),
    }.get(name, name)  # fmt: skip


def row_mark(op: Op) -> str:
    return {Op.ADDED: _("new row"), Op.REMOVED: _("row removed"), Op.MOVED: _("moved")}.get(op, "")


def link_mark(op: Op) -> str:
    return {Op.ADDED: _("new link"), Op.REMOVED: _("link removed"), Op.MOVED: _("moved")}.get(op, "")


def file_mark(op: Op) -> str:
    return {Op.ADDED: _("new file"), Op.REMOVED: _("file removed"), Op.MOVED: _("moved")}.get(op, "")
