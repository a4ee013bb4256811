"""What autosave sends: kept on the server, shown again to whoever typed it, thrown away.

The addresses stand below those of the forms: /new/<type>, /pages/<slug>/edit, /changes/<id>/edit.
"""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.errors import NotFound, Unauthenticated
from kmwiki.http.current import account_key, on_shared_computer, work
from kmwiki.http.own_paths import own_path
from kmwiki.i18n import gettext as _
from kmwiki.models import WorkingCopy
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.working_copies import (
    Place,
    WrittenElsewhere,
    begun,
    keep,
    place_of_change,
    place_of_new,
    place_of_page,
    somebody_else_writes,
    throw_away,
)
from kmwiki.services.changes.writing import Writing
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import Form, first, posted, token_of, uuid_or_none
from kmwiki.web.gates import require_signed_in_to_post

blueprint = Blueprint("working_copies", __name__)
blueprint.before_request(require_signed_in_to_post)

#: What goes along with a form and is no part of it.
_NOT_KEPT = frozenset({"csrf_token", "do", "account", "seen", "stamp"})


@blueprint.post("/new/<type_name>/working-copy")
def keep_new(type_name: str) -> Response:
    with work() as uow:
        return _keep(uow, _place_of_new(uow, type_name))


@blueprint.post("/pages/<slug>/edit/working-copy")
def keep_page(slug: str) -> Response:
    with work() as uow:
        return _keep(uow, place_of_page(uow, slug))


@blueprint.post("/changes/<uuid:change_id>/edit/working-copy")
def keep_change(change_id: UUID) -> Response:
    with work() as uow:
        return _keep(uow, place_of_change(uow, change_id))


@blueprint.post("/new/<type_name>/working-copy/throw-away")
def throw_away_new(type_name: str) -> AnyResponse:
    with work() as uow:
        throw_away(uow, [_place_of_new(uow, type_name).key])
    return _thrown_away(f"/new/{type_name}")


@blueprint.post("/pages/<slug>/edit/working-copy/throw-away")
def throw_away_page(slug: str) -> AnyResponse:
    with work() as uow:
        throw_away(uow, [place_of_page(uow, slug).key])
    return _thrown_away(f"/pages/{slug}/edit")


@blueprint.post("/changes/<uuid:change_id>/edit/working-copy/throw-away")
def throw_away_change(change_id: UUID) -> AnyResponse:
    with work() as uow:
        place = place_of_change(uow, change_id)
        throw_away(uow, [place.key, place.before])
    return _thrown_away(f"/changes/{change_id}/edit")


@blueprint.get("/account/session")
def here() -> Response:
    """Who is signed in, by the name that this browser knows, and the token that forms need now."""
    return jsonify(account=account_key(), csrf_token=generate_csrf())


@blueprint.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _place_of_new(uow: UnitOfWork, type_name: str) -> Place:
    token = token_of(request.form.to_dict(flat=False))
    if token is None:
        raise NotFound()
    return place_of_new(uow, type_name, token)


def _keep(uow: UnitOfWork, place: Place) -> Response:
    """Keep the form that was posted. Raises Unauthenticated where somebody else is signed in by now."""
    form = posted()
    if first(form, "account") != account_key():
        raise Unauthenticated(_("Somebody else is signed in by now."))
    typed = {name: values for name, values in form.items() if name not in _NOT_KEPT}
    try:
        kept = keep(uow, place, typed, uuid_or_none(first(form, "head")), first(form, "stamp"), first(form, "seen"))
    except WrittenElsewhere as error:
        answer = jsonify(elsewhere=True)
        answer.status_code = error.status
        return answer
    return jsonify(at=kept.at.isoformat(), head=str(kept.head or ""), others=kept.others)


def _thrown_away(form_url: str) -> AnyResponse:
    flash(_("Thrown away."), "done")
    return redirect(own_path(request.form.get("next", ""), form_url), 303)


# ---- what forms and lists show of it


def saving_values(
    uow: UnitOfWork, writing: Writing, action: str, typed: Form | None, kept: WorkingCopy | None
) -> Mapping[str, object]:
    """What components/saving.html draws: what was kept, who else is writing, what script needs to keep on."""
    change, page, type_name = writing.change, writing.page, writing.page_type.name
    newest = change.head_id if change else page.published_revision_id if page else None
    last = kept.touched_at if kept else writing.saved_at
    return {
        "url": f"{action}/working-copy",
        "place": f"change:{change.id}" if change else f"page:{page.id}" if page else f"new:{type_name}",
        "account": account_key(),
        "shared": on_shared_computer(),
        "stamp": kept.stamp if kept else first(typed, "stamp") if typed else "",
        "at": int(last.timestamp() * 1000) if last else 0,
        "is_typed": request.method == "POST",
        "others": somebody_else_writes(uow, page.id if page else None),
        "kept": _kept_words(uow, kept, newest) if kept else None,
        "begun": [] if change or page or typed else begun_entries(uow, type_name),
    }


def _kept_words(uow: UnitOfWork, kept: WorkingCopy, newest: UUID | None) -> Mapping[str, object]:
    when = moment_in_words(kept.touched_at, uow.site.config.timezone)
    return {"when": when, "has_moved": kept.head_id != newest, "token": kept.place.partition("new:")[2]}


def begun_entries(uow: UnitOfWork, type_name: str | None = None) -> list[Mapping[str, object]]:
    """What was begun and never saved: where to go on, and where to throw it away."""
    return [_entry(uow, copy) for copy in begun(uow, type_name)]


def _entry(uow: UnitOfWork, copy: WorkingCopy) -> Mapping[str, object]:
    page_type = uow.site.page_type(copy.type)
    token = copy.place.partition("new:")[2]
    form = f"/new/{copy.type}" if copy.page is None else f"/pages/{copy.page.slug}/edit"
    return {
        "title": copy.title or _("Without a title"),
        "when": moment_in_words(copy.touched_at, uow.site.config.timezone),
        "sign": page_type.sign,
        "type_label": str(page_type.label),
        "url": f"{form}?begun={token}" if token else form,
        "throw_away_url": f"{form}/working-copy/throw-away",
        "token": token,
    }
