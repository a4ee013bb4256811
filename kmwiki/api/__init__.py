"""The JSON API, /api/v1: views that read a request, call one service and answer; their table is in routes.py.

No queries, no rules, no words of HTML here. How it is used stands in docs/api.md.
"""

from flask import Blueprint, Flask

from kmwiki.api.answers import open_change_exists
from kmwiki.api.asker import meet_asker
from kmwiki.api.members import members_only
from kmwiki.api.routes import ROUTES
from kmwiki.services.changes.starting import OpenChangeExists


def register(app: Flask) -> Blueprint:
    """Hang the API on this app. The blueprint needs no protection against forged forms: it ignores cookies."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    blueprint.before_request(meet_asker)
    blueprint.before_request(members_only)
    blueprint.register_error_handler(OpenChangeExists, open_change_exists)
    for route in ROUTES:
        blueprint.add_url_rule(route.rule, route.view.__name__, route.view, methods=[route.method])
    app.register_blueprint(blueprint)
    return blueprint
