"""/healthz and /readyz, for whoever runs the site."""

from dataclasses import asdict
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request

from kmwiki.errors import Unauthenticated
from kmwiki.http.current import client_address, current_site, work
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts.api_tokens import user_of_token
from kmwiki.services.upkeep.readiness import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthy() -> Response:
    """The process serves; nothing else is looked at."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """Database, index and worker are in order; which of them is not is for those who run the site."""
    found = readiness(current_site())
    words = {"ready": found.is_ready, **(asdict(found) if _may_know_more(found.database) else {})}
    response = jsonify(words)
    response.status_code = 200 if found.is_ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_know_more(database: bool) -> bool:
    return _is_loopback(client_address()) or (database and _has_token())


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return False
    try:
        with work(ANONYMOUS) as uow:
            user_of_token(uow, token.strip())
    except Unauthenticated:
        return False
    return True
