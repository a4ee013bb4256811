"""/logo: the picture beside the site's name, and what the frame of every page says of it."""

from flask import Blueprint, Response, current_app, g, request

from kmwiki.http.current import current_site, work
from kmwiki.http.headers import FILE_POLICY
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.files.site_logo import Logo, logo, logo_bytes

blueprint = Blueprint("logo", __name__)

#: How high it stands beside the name, in pixels of a page, and how wide at most.
_HIGH, _WIDE = 32, 160
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/logo")
def picture() -> Response:
    """The picture; an address that names its bytes is kept for ever. Raises NotFound."""
    with work(ANONYMOUS) as uow:
        found, content = logo_bytes(uow)
    response = Response(content, content_type=found.media_type)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") == _version(found) else "no-cache"
    response.set_etag(found.sha256)
    return response.make_conditional(request)


def logo_values(found: Logo | None) -> dict[str, object] | None:
    """Address and size in which it is shown."""
    if found is None:
        return None
    scale = min(_HIGH / found.height, _WIDE / found.width)
    width, height = max(1, round(found.width * scale)), max(1, round(found.height * scale))
    return {"url": f"/logo?v={_version(found)}", "width": width, "height": height}


def shown_logo() -> dict[str, object] | None:
    """The picture for the frame: asked of the database once, until somebody chooses other settings."""
    if g.get("has_crashed"):
        return None
    settings = current_site().settings_number
    kept = current_app.extensions.get("kmwiki_logo")
    if kept is None or kept[0] != settings:
        with work(ANONYMOUS) as uow:
            kept = current_app.extensions["kmwiki_logo"] = (settings, logo_values(logo(uow)))
    return kept[1]  # type: ignore[no-any-return]


def _version(found: Logo) -> str:
    return found.sha256[:16]
