"""/account/tokens: one's own tokens for programs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.render.dates import day_of
from kmwiki.services.accounts import api_tokens
from kmwiki.web.account import account_blueprint
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = account_blueprint("tokens")

_TOKEN_DAYS = (30, 90, 365)


@blueprint.get("/account/tokens")
def tokens() -> str:
    return _page(None, {})


@blueprint.post("/account/tokens")
def add_token() -> Answer:
    """A new token, shown once on the page that answers."""
    form = posted()
    days = first(form, "days")
    try:
        with work() as uow:
            _row, token = api_tokens.add_token(
                uow, first(form, "name"), is_read_only=bool(first(form, "read_only")),
                days=int(days) if days in map(str, _TOKEN_DAYS) else _TOKEN_DAYS[0],
            )  # fmt: skip
    except Refused as refused:
        return _page(None, errors_by_field(refused)), refused.status
    return _page(token, {}), 201


@blueprint.post("/account/tokens/<uuid:token_id>/remove")
def remove_token(token_id: UUID) -> Response:
    with work() as uow:
        api_tokens.remove_token(uow, token_id)
    flash(_("The token is gone."), "done")
    return redirect("/account/tokens", 303)


def _page(new: str | None, errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        timezone = uow.site.config.timezone
        rows = [
            {
                "name": row.name,
                "read_only": row.is_read_only,
                "made": day_of(row.created_at, timezone),
                "until": day_of(row.expires_at, timezone) if row.expires_at else None,
                "remove_url": f"/account/tokens/{row.id}/remove",
            }
            for row in api_tokens.own_tokens(uow)
        ]
    return render_template(
        "account/tokens.html", tokens=rows, new=new, errors=errors,
        periods=[{"code": str(days), "label": _("{days} days").format(days=days)} for days in _TOKEN_DAYS],
    )  # fmt: skip
