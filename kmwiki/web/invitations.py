"""/account/invitations: inviting people, for moderators and administrators."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import base_url, work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import require
from kmwiki.render.dates import day_of
from kmwiki.services.accounts import invitations
from kmwiki.services.accounts.account_mails import can_send_links
from kmwiki.web.account import account_blueprint, role_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = account_blueprint("invitations")

_NAMES = ("role", "email", "note")


@blueprint.get("/account/invitations")
def show() -> str:
    return _page({}, {})


@blueprint.post("/account/invitations")
def invite() -> Answer:
    """A new invitation; its link is shown on this answer and never again."""
    typed = {name: first(posted(), name) for name in _NAMES}
    try:
        with work() as uow:
            _row, token, is_sent = invitations.invite(uow, typed["role"], typed["email"], typed["note"])
    except (Refused, Conflict) as error:
        return _page(typed, errors_by_field(error)), error.status
    new = {"link": f"{base_url()}/account/invited/{token}", "sent_to": typed["email"] if is_sent else ""}
    return _page({}, {}, new), 201


@blueprint.post("/account/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: UUID) -> Response:
    with work() as uow:
        invitations.withdraw(uow, invitation_id)
    flash(_("The invitation is withdrawn."), "done")
    return redirect("/account/invitations", 303)


def _page(
    typed: Mapping[str, str], errors: Mapping[str, Sequence[str]], new: Mapping[str, str] | None = None
) -> str:
    with work() as uow:
        require(uow.actor, "users.invite")
        timezone = uow.site.config.timezone
        roles = invitations.roles_to_invite(uow.actor)
        by_mail = can_send_links(uow)
        rows = [
            {
                "role": role_words(row.role),
                "email": row.email,
                "note": row.note,
                "by": name,
                "until": day_of(row.expires_at, timezone),
                "withdraw_url": f"/account/invitations/{row.id}/withdraw",
            }
            for row, name in invitations.open_invitations(uow)
        ]
    return render_template(
        "account/invitations.html", waiting=rows, typed=typed, errors=errors, new=new, by_mail=by_mail,
        roles=[{"code": role, "label": role_words(role)} for role in reversed(roles)],
    )  # fmt: skip
