"""What templates/components/uploads.html draws: what is asked of each file, and what scripts need to send it."""

from uuid import UUID

from kmwiki.domain.content import Content
from kmwiki.http.current import on_shared_computer
from kmwiki.i18n import gettext as _
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES
from kmwiki.site import Site

Choices = list[dict[str, str]]


def upload_values(site: Site, content: Content, change_id: UUID | None) -> dict[str, object]:
    """What can be said of a file of this page, and where to send it: nowhere yet, without a change."""
    return {
        "url": f"/changes/{change_id}/uploads" if change_id else "",
        "limit_bytes": FILE_LIMIT_BYTES,
        "shared": on_shared_computer(),
        "licences": _licences(site, content),
        "consents": _consents(site),
    }


def _licences(site: Site, content: Content) -> Choices:
    vocabulary = site.vocabularies["licences"]
    of_page = _("That of the page ({licence})").format(licence=vocabulary.label_of(content.licence))
    entries = ({"code": entry.code, "label": str(entry.label)} for entry in vocabulary.entries.values())
    return [{"code": "", "label": of_page}, *entries]


def _consents(site: Site) -> Choices:
    entries = site.vocabularies["consent"].entries.values()
    return [{"code": "", "label": _("Please choose …")}] + [
        {"code": entry.code, "label": str(entry.label)} for entry in entries
    ]
