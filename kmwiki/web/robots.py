"""/robots.txt: what search engines are asked to leave alone; on a members' site all of it."""

from flask import Blueprint, Response

from kmwiki.http.current import work
from kmwiki.permissions import ANONYMOUS, may

blueprint = Blueprint("robots", __name__)

#: Nothing to be found there, or the same in endless combinations.
_NOT_WORTH_IT = ("/account/", "/admin", "/changes/", "/new/", "/review", "/shared/", "/language/", "/search?")


@blueprint.get("/robots.txt")
def robots() -> Response:
    with work(ANONYMOUS) as uow:
        left_alone = _NOT_WORTH_IT if may(uow.actor, "site.read") else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in left_alone)]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
