"""What a change changes, for its page: field by field, and as readers saw it before and would see it after.

`?view=` is changes, before or after. `?since=` and `?until=` name versions of the change
(services/changes/change_versions.py): what was said since it was sent back, what a moderator corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from werkzeug.datastructures import MultiDict

from kmwiki.errors import NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Review, Revision
from kmwiki.render.dates import moment_in_words
from kmwiki.render.values import shown_value
from kmwiki.services.changes.change_versions import Sides, sides_of
from kmwiki.services.changes.looking import ChangeView
from kmwiki.services.pages.reading import VersionView, file_references, version_view
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.comparing import Files, ShownComparison, shown_comparison
from kmwiki.web.form_input import uuid_or_none
from kmwiki.web.version import Fact, FieldShown, SectionShown, around_version, shown_version

_VIEWS = ("changes", "before", "after")


@dataclass(frozen=True)
class Look:
    """How somebody looks at a change."""

    view: str = "changes"
    since: UUID | None = None
    until: UUID | None = None

    @classmethod
    def of(cls, arguments: MultiDict[str, str]) -> "Look":
        """What the address asks for. Raises NotFound for a version that is no id."""
        view = arguments.get("view", "")
        return cls(view if view in _VIEWS else "changes", _id(arguments, "since"), _id(arguments, "until"))

    def query(self, **changes: object) -> str:
        """The part of the address that asks for this look, with some of it changed."""
        values = {"since": self.since, "until": self.until, "view": self.view, **changes}
        asked = {name: str(value) for name, value in values.items() if value and value != "changes"}
        return "?" + urlencode(asked) if asked else ""


def _id(arguments: MultiDict[str, str], name: str) -> UUID | None:
    text = arguments.get(name)
    if text and uuid_or_none(text) is None:
        raise NotFound()
    return uuid_or_none(text) if text else None


@dataclass(frozen=True)
class Rendered:
    """One side as readers see it: what differs first, then everything that is the same."""

    title: str
    language: str
    direction: str
    differing: Sequence[FieldShown]
    same: Sequence[SectionShown]
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Compared:
    """What is drawn: the comparison (None for a new page), or one `side`; `views` are the links between them.

    `what` says which versions are compared where others than the change as a whole were asked for.
    """

    comparison: ShownComparison | None
    view: str
    views: Sequence[Mapping[str, object]]
    side: Rendered | None = None
    what: str | None = None


def compared(uow: UnitOfWork, view: ChangeView, look: Look) -> Compared:
    """Raises NotFound where a version is asked for that is none of this change, or not for the asker."""
    sides = sides_of(uow, view.change, look.since, look.until)
    if sides.old is None or view.change.request:
        return Compared(None, "changes", ())
    at = f"/changes/{view.change.id}"
    files = _files(uow, view, sides)
    comparison = shown_comparison(uow, sides.page_type, sides.old, sides.new, with_proposals=True, files=files)
    side = None if look.view == "changes" else _rendered(uow, view, sides, comparison, look.view)
    return Compared(comparison, look.view, _views(at, look), side, _what(uow, sides))


def _files(uow: UnitOfWork, view: ChangeView, sides: Sides) -> tuple[Files, Files]:
    """The files of both sides; nothing is asked of the database for a text without any."""
    assert sides.old is not None
    old = file_references(uow, sides.old, files_at(view.change, sides.old_id)) if sides.old.files else {}
    if sides.until is None:
        return old, view.version.files
    return old, file_references(uow, sides.new, files_at(view.change, sides.new_id))


def files_at(change: Change, revision_id: UUID | None) -> str:
    """The address in front of the names of a version's files."""
    return f"/changes/{change.id}/revisions/{revision_id}/files/"


def _views(at: str, look: Look) -> list[Mapping[str, object]]:
    earlier = look.since is not None
    labels = {
        "changes": _("What changed"),
        "before": _("As it was then") if earlier else _("As readers see it now"),
        "after": _("As it is now") if earlier else _("As readers would see it"),
    }
    return [
        {"label": label, "url": f"{at}{look.query(view=name)}#changes", "current": name == look.view}
        for name, label in labels.items()
    ]


def _what(uow: UnitOfWork, sides: Sides) -> str | None:
    if sides.since is None:
        return None
    begin = _version_words(uow, sides.since)
    if sides.until is None:
        return _("Compared with {version}.").format(version=begin)
    return _("{newer}, compared with {older}.").format(newer=_version_words(uow, sides.until), older=begin)


def _version_words(uow: UnitOfWork, revision: Revision) -> str:
    when = moment_in_words(revision.created_at, uow.site.config.timezone)
    return _("the text that {name} saved on {when}").format(name=revision.author_name, when=when)


# ---- one side as readers see it


def _rendered(
    uow: UnitOfWork, view: ChangeView, sides: Sides, comparison: ShownComparison, which: str
) -> Rendered:
    content, revision_id = (sides.old, sides.old_id) if which == "before" else (sides.new, sides.new_id)
    assert content is not None
    is_head = which == "after" and sides.until is None
    found = view.version if is_head else version_view(uow, content, files_at(view.change, revision_id), True)
    return _laid_out(uow.site, found, [change.field for change in comparison.changes])


def _laid_out(site: Site, found: VersionView, names: Sequence[str]) -> Rendered:
    """What differs stands first, wherever it stands on the page of readers."""
    shown, around = shown_version(site, found), around_version(site, found)
    fields = [found.page_type.fields[name] for name in names if name in found.page_type.fields]
    differing = [FieldShown(field, shown_value(field, found.content, found.page_type, around)) for field in fields]
    first = {field.id for field in fields}
    rest = [
        SectionShown(section.id, section.label, [item for item in section.fields if item.field.id not in first])
        for section in shown.sections
    ]
    same = [section for section in rest if section.fields]
    return Rendered(shown.title, shown.language, shown.direction, differing, same, shown.facts)


# ---- since it was sent back


def since_return(
    uow: UnitOfWork, view: ChangeView, versions: Mapping[UUID, Revision], look: Look
) -> Mapping[str, object] | None:
    """The offer to look at nothing but what is new since it was sent back; None where nothing is, or it never was."""
    returns = [entry for entry in view.conversation if isinstance(entry, Review) and entry.step == "returned"]
    last = returns[-1] if returns else None
    if last is None or last.revision_id not in versions or last.revision_id == view.change.head_id:
        return None
    when = moment_in_words(last.at, uow.site.config.timezone)
    words = _("You sent this back on {when}.") if last.actor_id == uow.actor.user_id else _(
        "{name} sent this back on {when}."
    )  # fmt: skip
    at = f"/changes/{view.change.id}"
    return {
        "text": words.format(name=last.actor_name, when=when),
        "url": f"{at}{Look(since=last.revision_id).query()}#changes",
        "all_url": f"{at}#changes",
        "current": look.since == last.revision_id and look.until is None,
    }
