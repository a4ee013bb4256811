"""A page's published versions: the list, each of them, and what changed between two."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.domain.fields import in_edition
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.http.current import browser_actor, current_site, work
from kmwiki.http.languages import direction
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Publication
from kmwiki.permissions import may
from kmwiki.render.dates import moment_in_words
from kmwiki.services.pages import reading
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.reading import PublishedVersion, VersionNote
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.article import credits_of, draw
from kmwiki.web.comparing import ShownComparison, shown_comparison
from kmwiki.web.entries import pager
from kmwiki.web.frame import moved_to, pictures_wanted
from kmwiki.web.pages import page_response
from kmwiki.web.version import shown_version, type_words

blueprint = Blueprint("history", __name__)

#: A version's number is no larger than this: what is longer is no number of a version.
_MOST_DIGITS = 6


@blueprint.get("/pages/<slug>/history")
def history(slug: str) -> AnyResponse | str:
    site = current_site()
    paging = paging_of(request.args, per_page=50)
    with work() as uow:
        page, total, versions = reading.history(uow, slug, paging.page, paging.per_page)
        notes = reading.version_notes(uow, versions)
        parts = reading.became_part(uow, page)
    if page.slug != slug:
        return moved_to(str(page.slug))
    newest = versions[0].number if versions else 1
    return render_template(
        "pages/history.html",
        page=_page_words(site, page),
        parts=[_part(part) for part in parts],
        events=[_event(site, page, version, notes[version.revision_id]) for version in versions],
        versions=[_choice(site, version) for version in versions if not notes[version.revision_id].is_hidden],
        compare={"from": newest - 1, "to": newest},
        pager=pager(total, paging.page, paging.per_page),
        crumbs=_crumbs(page, _("Earlier versions")),
        feed={"label": page.title, "url": f"/pages/{page.slug}/feed.atom"},
    )


@blueprint.get("/pages/<slug>/revisions/<number>")
def revision(slug: str, number: str) -> AnyResponse:
    """One published version as it was."""
    site, pictures = current_site(), pictures_wanted()
    with work() as uow:
        found = reading.published_version(uow, slug, _number(number, "revision"))
        files_at = f"/pages/{found.page.slug}/revisions/{found.publication.number}/files/"
        view = reading.version_view(uow, content_of(found.revision), files_at)
    if found.page.slug != slug:
        return moved_to(str(found.page.slug))
    shown = shown_version(site, view, pictures=pictures)
    article = draw(
        site, found.page, found.publication, shown,
        older=_older(site, found), downloads=shown.files,
        has_pictures=any(file.width for file in view.files.values()),
    )  # fmt: skip
    return page_response(article, pictures=pictures, mine={"version": _deeds(site, found)})


@blueprint.get("/pages/<slug>/compare")
def compare(slug: str) -> AnyResponse | str:
    """What changed between two versions; the newest and the one before it where none are named."""
    site = current_site()
    with work() as uow:
        old, new = _two_versions(uow, slug)
        if new.page.slug != slug:
            return moved_to(str(new.page.slug))
        comparison = _compared(uow, old, new)
        notes = reading.version_notes(uow, [old.publication, new.publication])
    return render_template(
        "pages/compare.html",
        page=_page_words(site, new.page),
        old=_version_words(site, old),
        new=_version_words(site, new),
        note=notes[new.revision.id].summary or None,
        changes=comparison.changes,
        unchanged=comparison.unchanged,
        deeds=_deeds(site, old),
        crumbs=_crumbs(new.page, _("What changed")),
    )


def _two_versions(uow: UnitOfWork, slug: str) -> tuple[PublishedVersion, PublishedVersion]:
    _page, _total, newest = reading.history(uow, slug, 1, 1)
    last = newest[0].number if newest else 1
    to = _number(request.args.get("to") or str(last), "to")
    begin = _number(request.args.get("from") or str(max(1, to - 1)), "from")
    return reading.published_version(uow, slug, begin), reading.published_version(uow, slug, to)


def _compared(uow: UnitOfWork, old: PublishedVersion, new: PublishedVersion) -> ShownComparison:
    before, after = content_of(old.revision), content_of(new.revision)
    page_type = uow.site.page_type(after.type, max(before.edition, after.edition))
    return shown_comparison(uow, page_type, in_edition(page_type, before), in_edition(page_type, after))


def _number(text: str, name: str) -> int:
    """The number of a version. Raises Refused for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        message = _("A version is named by its number, such as 3.")
        raise Refused(message, [Problem(name, Level.DRAFT, message)])
    return int(text)


def _event(site: Site, page: Page, version: Publication, note: VersionNote) -> Mapping[str, object]:
    title = _("Version {number}").format(number=version.number)
    at = f"/pages/{page.slug}"
    links = [{"label": _("What changed"), "url": f"{at}/compare?from={version.number - 1}&to={version.number}"}]
    people = credits_of(version)
    hide = []
    can_hide = version.revision_id != page.published_revision_id and not note.is_hidden
    if can_hide and may(browser_actor(), "page.hide", page):
        hide = [{"label": _("Hide its text"), "url": f"{at}/care?version={version.number}#hide"}]
    return {
        "title": f"{title} ({_('text hidden by a moderator')})" if note.is_hidden else title,
        "url": None if note.is_hidden else f"{at}/revisions/{version.number}",
        "when": moment_in_words(version.published_at, site.config.timezone),
        "iso": version.published_at.isoformat(),
        "who": _who(people),
        "text": note.summary or None,
        "now": version.revision_id == page.published_revision_id,
        "status": None,
        "links": (links if version.number > 1 and not note.is_hidden else []) + hide,
    }


def _part(page: Page) -> Mapping[str, str]:
    """A page that became part of another: its own versions stand at its own address."""
    return {"title": page.title, "url": f"/pages/{page.slug}/history", "language": page.language}


def _who(people: Mapping[str, object]) -> Sequence[str]:
    authors, approved = people["authors"], people["approved_by"]
    assert isinstance(authors, list) and isinstance(approved, list)
    by = [_("approved by {names}").format(names=", ".join(approved))] if approved else []
    return [", ".join(authors), *by]


def _choice(site: Site, version: Publication) -> Mapping[str, object]:
    when = moment_in_words(version.published_at, site.config.timezone)
    return {"number": version.number, "label": _("Version {number}").format(number=version.number) + f", {when}"}


def _older(site: Site, found: PublishedVersion) -> Mapping[str, object] | None:
    if found.publication.revision_id == found.page.published_revision_id:
        return None
    return {
        "number": found.publication.number,
        "when": moment_in_words(found.publication.published_at, site.config.timezone),
        "latest_url": f"/pages/{found.page.slug}",
    }


def _page_words(site: Site, page: Page) -> Mapping[str, str | None]:
    sign, label = type_words(site, page.type)
    return {
        "slug": page.slug, "title": page.title, "language": page.language, "direction": direction(page.language),
        "sign": sign, "type_label": label,
    }  # fmt: skip


def _version_words(site: Site, found: PublishedVersion) -> Mapping[str, object]:
    people = credits_of(found.publication)
    approved = people["approved_by"]
    assert isinstance(approved, list)
    return {
        "number": found.publication.number,
        "when": moment_in_words(found.publication.published_at, site.config.timezone),
        "url": f"/pages/{found.page.slug}/revisions/{found.publication.number}",
        "authors": people["authors"],
        "approved_by": ", ".join(approved) or None,
    }


def _deeds(site: Site, found: PublishedVersion) -> Mapping[str, object] | None:
    """What can be done with an earlier version: published again at once, proposed again, hidden. For who may."""
    page, asker = found.page, browser_actor()
    if page.state != "published" or _is_current(page, found.revision.id) or found.revision.is_hidden:
        return None
    at, number = f"/pages/{page.slug}", found.publication.number
    was_looked_at = found.publication.under_four_eyes or not site.config.four_eyes
    deeds = {
        "revert": f"{at}/revert" if was_looked_at and may(asker, "page.revert", page) else None,
        "again": f"{at}/start-from" if asker.is_signed_in and may(asker, "change.start") else None,
        "hide": f"{at}/care?version={number}#hide" if may(asker, "page.hide", page) else None,
    }
    return {"number": number, **deeds} if any(deeds.values()) else None


def _is_current(page: Page, revision_id: UUID) -> bool:
    return page.published_revision_id == revision_id


def _crumbs(page: Page, here: str) -> list[Mapping[str, str | None]]:
    return [{"label": page.title, "url": f"/pages/{page.slug}"}, {"label": here, "url": None}]
