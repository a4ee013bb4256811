"""Changes: starting, reading, saving, and what their authors do with them."""

from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for

from kmwiki.api.answers import answer, change_answer, list_answer
from kmwiki.api.body import all_members, ids_of, members, needed_text, refused, text_of, texts_by_name
from kmwiki.api.doors import change_for, require_head
from kmwiki.api.shapes import address, change_summary, change_title, moment
from kmwiki.domain.workflow import State, Verb
from kmwiki.errors import StaleRevision, Unauthenticated
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.permissions import require
from kmwiki.services.changes import cooperation, lifecycle
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.requests import successors
from kmwiki.services.changes.revisions import require_savable
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import Started, start_edit, start_page
from kmwiki.services.changes.together import submit_together
from kmwiki.services.pages.finding import find_change
from kmwiki.services.pages.plain_reading import heads_of
from kmwiki.services.pages.reading import changes_of
from kmwiki.services.review.small_edits import publish_if_small
from kmwiki.site import UnitOfWork

#: What the database keeps of an Idempotency-Key.
LONGEST_KEY = 200


def list_changes() -> Response:
    """Changes that the asker may see, the one that was touched last first."""
    paging = paging_of(request.args)
    state = _one_of("state", [state.value for state in State])
    is_returned, mine = _yes_or_no("returned"), _yes_or_no("mine")
    with work() as uow:
        if not uow.actor.is_signed_in:
            raise Unauthenticated(_("Send a token to see your changes."))
        total, changes = changes_of(
            uow, paging.page, paging.per_page, state=state, is_returned=is_returned, mine=bool(mine)
        )
        heads = heads_of(uow, changes)
        named = successors(uow, changes)
        items = [change_summary(uow.site, c, change_title(uow, c, heads.get(c.id)), named) for c in changes]
        return list_answer(paging, total, items)


def _one_of(name: str, known: list[str]) -> str | None:
    value = request.args.get(name, "")
    if value and value not in known:
        raise refused(name, _("“{name}” is one of: {known}.").format(name=name, known=", ".join(known)))
    return value or None


def _yes_or_no(name: str) -> bool | None:
    value = _one_of(name, ["true", "false", "1", "0"])
    return None if value is None else value in ("true", "1")


def start_change() -> Response:
    """A change of a page, or a new page with its first change; the same Idempotency-Key gives the same change."""
    with work() as uow:
        require(uow.actor, "change.start")
        started = _start(uow, all_members())
    location = url_for("api.read_change", id=started.change.id)
    return change_answer(started.change.id, 201 if started.is_new else 200, location)


def _start(uow: UnitOfWork, given: dict[str, object]) -> Started:
    key = _idempotency_key()
    if "page" in given and "type" in given:
        raise refused("type", _("Name a page to change it, or a type for a new one, not both."))
    if "page" in given:
        slug = needed_text(given, "page")
        return start_edit(uow, slug, Edit(_without(given, "page")), key)
    return start_page(uow, _page_type(uow, given), Edit(_without(given, "type")), key)


def _page_type(uow: UnitOfWork, given: dict[str, object]) -> str:
    name = needed_text(given, "type")
    if name not in uow.site.types.names():
        known = ", ".join(uow.site.types.names())
        raise refused("type", _("“{name}” is one of: {known}.").format(name="type", known=known))
    return name


def _without(given: dict[str, object], name: str) -> dict[str, object]:
    return {member: value for member, value in given.items() if member != name}


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        message = _("A key is one line of at most {number} characters.").format(number=LONGEST_KEY)
        raise refused("Idempotency-Key", message)
    return key or None


def read_change(id: UUID) -> Response:
    return change_answer(id)


def save_change(id: UUID) -> Response:
    """A new revision of the change, only of the version that was seen: whoever is late is told (412)."""
    with work() as uow:
        change = change_for(uow, id, "change.save")
        require_savable(change)
        require_head(change)
        seen = change.head_id
        saved = save(uow, id, Edit(all_members()), seen)
        if saved.conflict is not None or saved.combined:
            # Somebody saved between the question and the answer. Nothing is stored; the asker has the text still.
            raise StaleRevision(_("The change has been saved since. Read it again, then send your edit of that."))
    return change_answer(id)


# ---- the author's verbs


def submit_change(id: UUID) -> Response:
    """Send for review, alone or with others; a small edit of a trusted contributor is published at once."""
    with work() as uow:
        change_for(uow, id, "change.submit", Verb.SUBMIT)
        given = members("as", "acknowledged", "together")
        level, reasons = text_of(given, "as") or None, texts_by_name(given, "acknowledged")
        if others := ids_of(given, "together"):
            submit_together(uow, [id, *others], level, reasons)
        else:
            publish_if_small(uow, lifecycle.submit(uow, id, level, reasons))
    return change_answer(id)


def withdraw_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.withdraw", Verb.WITHDRAW)
        members()
        lifecycle.withdraw(uow, id)
    return change_answer(id)


def discard_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.discard", Verb.DISCARD)
        members()
        lifecycle.discard(uow, id)
    return change_answer(id)


def undiscard_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.undiscard", Verb.UNDISCARD)
        members()
        lifecycle.undiscard(uow, id)
    return change_answer(id)


def reopen_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.reopen", Verb.REOPEN)
        members()
        lifecycle.reopen(uow, id)
    return change_answer(id)


def invite_coauthor(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.coauthors", Verb.SAVE)
        username = needed_text(members("username"), "username")
        cooperation.invite_coauthor(uow, id, username)
    return change_answer(id)


def accept_invitation(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.accept-invitation", Verb.SAVE)
        members()
        cooperation.accept_invitation(uow, id)
    return change_answer(id)


def hand_over(id: UUID) -> Response:
    with work() as uow:
        cooperation.require_hand_over(uow, find_change(uow, id))
        change_for(uow, id, "change.handover", Verb.SAVE)
        username = needed_text(members("username"), "username")
        cooperation.hand_over(uow, id, username)
    return change_answer(id)


def share_change(id: UUID) -> Response:
    """A link for people without an account; it is told once."""
    with work() as uow:
        change_for(uow, id, "change.shares", Verb.SAVE)
        members()
        _change, token = cooperation.share(uow, id)
        ends = uow.now + timedelta(days=cooperation.SHARE_DAYS)
        url = address(uow.site, f"/shared/{token}")
    return answer({"url": url, "token": token, "expires_at": moment(ends)}, 201)
