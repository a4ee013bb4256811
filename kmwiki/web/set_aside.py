"""/changes/<id>/set-aside/<text>: what was typed, met another text, and was kept beside the change."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, render_template

from kmwiki.domain.fields import title_of
from kmwiki.domain.workflow import TRANSITIONS, Verb
from kmwiki.http.current import work
from kmwiki.http.languages import direction
from kmwiki.models import Change
from kmwiki.permissions import may
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.set_aside import text_set_aside, texts_set_aside
from kmwiki.services.pages.finding import content_of, find_revision
from kmwiki.services.pages.reading import version_view
from kmwiki.site import UnitOfWork
from kmwiki.web.comparing import shown_comparison
from kmwiki.web.version import shown_version

blueprint = Blueprint("set_aside", __name__)


@blueprint.get("/changes/<uuid:change_id>/set-aside/<uuid:revision_id>")
def text(change_id: UUID, revision_id: UUID) -> str:
    """The whole text, and what it says otherwise than the change does now."""
    with work() as uow:
        change, revision = text_set_aside(uow, change_id, revision_id)
        content, now = content_of(revision), content_of(find_revision(uow, change.head_id))
        page_type = uow.site.page_type(content.type, content.edition)
        differing = shown_comparison(uow, page_type, now, content, with_proposals=True)
        view = version_view(uow, content, f"/changes/{change_id}/files/", with_proposals=True)
        version = shown_version(uow.site, view)
        can_save = change.state in TRANSITIONS[Verb.SAVE].from_states and may(uow.actor, "change.save", change)
        return render_template(
            "changes/set_aside.html",
            change={"url": f"/changes/{change_id}", "title": title_of(page_type, now.fields, uow.now.date())},
            who=revision.author_name,
            when=moment_in_words(revision.created_at, uow.site.config.timezone),
            language=content.language,
            direction=direction(content.language),
            changes=differing.changes,
            unchanged=differing.unchanged,
            summary=version.summary,
            sections=version.sections,
            in_form_url=f"/changes/{change_id}/edit?beside={revision_id}" if can_save else None,
        )


def set_aside_entries(uow: UnitOfWork, change: Change) -> list[Mapping[str, str]]:
    """The texts of a change, for its page."""
    return [
        {
            "who": revision.author_name,
            "when": moment_in_words(revision.created_at, uow.site.config.timezone),
            "url": f"/changes/{change.id}/set-aside/{revision.id}",
        }
        for revision in texts_set_aside(uow, change)
    ]
