"""What every page is given: who reads, where to go, languages, licence (the values of templates/layout/base.html)."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote

from babel import Locale
from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kmwiki.domain.page_type import PageType
from kmwiki.http.current import account_key, browser_actor, current_site, work
from kmwiki.http.languages import direction
from kmwiki.i18n import INTERFACE_LANGUAGES, current_language
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS, Actor, may
from kmwiki.services.telling.unread import MOST_COUNTED, Numbers, numbers
from kmwiki.services.upkeep.installation import is_demo
from kmwiki.site import Site
from kmwiki.web.logo import shown_logo
from kmwiki.web.site_pages import site_page_links
from kmwiki.web.version import licence

_SIGNS = ("need", "practice", "case", "plain")


def page_frame() -> dict[str, object]:
    """The values of the frame. An error page after a crash asks the database for nothing."""
    site = current_site()
    asker = ANONYMOUS if g.get("has_crashed") else browser_actor()
    return {
        "language": current_language(),
        "direction": direction(current_language()),
        "site_name": site.config.site_name,
        "logo": shown_logo(),
        "demo": _is_demo(site),
        "navigation": _navigation(site),
        "invitations": _invitations(site, asker),
        "account": _account(asker),
        "login_url": _login_url(),
        "register_url": None if site.config.registration == "closed" else "/account/register",
        "review": _review(asker),
        "language_links": _language_links(),
        "licence": licence(site, site.config.licence),
        "about_links": site_page_links(current_language()),
        "feed": {"url": "/feed.atom", "label": site.config.site_name},
    }


def types_in_order(site: Site) -> Sequence[PageType]:
    """The newest edition of every page type: needs, practices, cases, then the rest."""
    types = (site.page_type(name) for name in site.types.names())
    return sorted(types, key=lambda page_type: (_SIGNS.index(page_type.sign), page_type.name))


def pictures_wanted() -> bool:
    """Whether pictures are shown: as the address says, else as the browser wishes."""
    chosen = request.args.get("pictures", "")
    return chosen == "yes" or (chosen != "no" and request.headers.get("Save-Data", "").lower() != "on")


def pictures_link(has_pictures: bool, shown: bool) -> dict[str, object] | None:
    """The way to the same page with or without pictures, where it has some."""
    return {"shown": shown, "url": f"{request.path}?pictures={'no' if shown else 'yes'}"} if has_pictures else None


def moved_to(slug: str) -> Response:
    """The same address at the page's new name, for ever."""
    values = {**(request.view_args or {}), "slug": slug}
    address = url_for(request.endpoint or "pages.page", **values)
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{address}?{query}" if query else address, 301)


def _is_demo(site: Site) -> bool:
    """Asked once a process: the mark is made before a site is served."""
    kept = current_app.extensions.get("kmwiki_is_demo")
    if kept is None and not g.get("has_crashed"):
        with work(ANONYMOUS) as uow:
            kept = current_app.extensions["kmwiki_is_demo"] = is_demo(uow.session)
    return bool(kept)


def _navigation(site: Site) -> list[Mapping[str, object]]:
    here = request.full_path.rstrip("?")
    links = [(_("Search"), "/search")]
    links += [(str(page_type.plural), f"/search?type={page_type.name}") for page_type in types_in_order(site)]
    return [{"label": label, "url": url, "current": here == url} for label, url in links]


def _invitations(site: Site, asker: Actor) -> list[Mapping[str, object]]:
    """What can be written; somebody who is signed in and may not write is not invited."""
    if asker.is_signed_in and not may(asker, "change.start"):
        return []
    return [
        {"label": str(page_type.invitation), "url": f"/new/{page_type.name}", "sign": page_type.sign}
        for page_type in types_in_order(site)
    ]


def _account(asker: Actor) -> Mapping[str, object] | None:
    if not asker.is_signed_in:
        return None
    unread = _numbers(asker).unread
    shown = _("over {number}").format(number=MOST_COUNTED - 1) if unread >= MOST_COUNTED else str(unread or "")
    links = [
        {"label": _("Notifications"), "url": "/account/notifications", "count": shown},
        {"label": _("What you are working on"), "url": "/account/profile#drafts"},
        {"label": _("What you are told of"), "url": "/account/told"},
    ]
    if may(asker, "users.read"):
        links.append({"label": _("Look after the site"), "url": "/admin"})
    return {"name": asker.name, "key": account_key(), "url": "/account/profile", "links": links, "unread": shown}


def _login_url() -> str:
    here = request.full_path.rstrip("?")
    if request.method not in ("GET", "HEAD") or here == "/" or here.startswith("/account"):
        return "/account/login"
    return f"/account/login?next={quote(here)}"


def _review(asker: Actor) -> Mapping[str, object] | None:
    if not may(asker, "desk.read"):
        return None
    return {"url": "/review", "waiting": _numbers(asker).waiting}


def _numbers(asker: Actor) -> Numbers:
    """Asked once a request, unless the page asked for them with something else (pages.py)."""
    if "numbers" not in g:
        with work(asker) as uow:
            g.numbers = numbers(uow)
    return cast(Numbers, g.numbers)


def _language_links() -> list[Mapping[str, object]]:
    here = quote(request.full_path.rstrip("?")) if request.method in ("GET", "HEAD") else "/"
    return [
        {
            "code": code,
            "label": (Locale(code).get_display_name(code) or code).capitalize(),
            "url": f"/language/{code}?next={here}",
            "current": code == current_language(),
        }
        for code in INTERFACE_LANGUAGES
    ]
