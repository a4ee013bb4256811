"""How each route is asked: what its names are filled with, and with which queries.

A route that is not named here makes test_leaks.py fail: say below how to ask it. Most need one line,
`"blueprint.view": Ask()`: its names are filled by FILLED with everything that the world has under that name.
A route that only changes something stands in ONLY_CHANGE.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leaks.markers import mark
from leaks.rows import ENQUIRY_TOKEN
from leaks.world import PICTURE, World

UNKNOWN_ID = "0197c2a4-0000-7000-8000-0000000000aa"


@dataclass(frozen=True)
class Ask:
    """Queries to ask a route with, and values of names that FILLED does not know or that are others here.

    In a query, {change}, {slug}, {aside}, {page} and {comment} stand for everything of that kind, one after another.
    """

    queries: tuple[str, ...] = ("",)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _slugs(world: World) -> list[str]:
    """Those that tell askers apart first."""
    names = ("home", "binned", "hidden", "binned from", "archived", "again", "moved from", "second")
    return [*(world.pages[name] for name in names if name in world.pages), mark("draft", "wish"), "not-there"]


def _file_names(world: World) -> list[str]:
    return [PICTURE, f"{mark('draft', 'name')}.txt"]


#: The name of a part of an address → everything that it is filled with.
FILLED: Mapping[str, Callable[[World], Sequence[str]]] = {
    "slug": _slugs,
    "change_id": lambda world: list(map(str, world.changes.values())),
    "page_id": lambda world: [*map(str, world.page_ids.values())],
    "comment_id": lambda world: [*map(str, world.comments.values())][:2],
    "revision_id": lambda world: [*map(str, world.asides.values())],
    "upload_id": lambda world: [world.ids["upload"]],
    "enquiry_id": lambda world: [world.ids["enquiry"], world.ids["held"]],
    "report_id": lambda world: [world.ids["report"]],
    "number": lambda world: ["2", "1", "3"],
    "type_name": lambda world: ["good-practice", "term"],
    "username": lambda world: ["contributor", "newcomer", "not-there"],
    "kind": lambda world: ["pdf", "docx", "epub"],
    "name": _file_names,
}
#: Routes that whoever holds a link asks with it; nobody else has a token.
HELD: Mapping[str, Callable[[World], str]] = {
    "shared.shared": lambda world: world.share_token,
    "shared.file": lambda world: world.share_token,
    "ask_people.asked": lambda world: ENQUIRY_TOKEN,
}
#: So many values of a name tell askers apart.
_FIRST = {"slug": 3, "number": 1}
_LISTS = ("", "?page=2", "?type=good-practice")

ASKED: Mapping[str, Ask] = {
    # ---- reading
    "front.front": Ask(),
    "front.recent": Ask(_LISTS),
    "feeds.feed": Ask(("", "?type=good-practice", "?q=pump", "?page=2")),
    "feeds.page_feed": Ask(),
    "feeds.sitemap": Ask(("", "?page=1")),
    "robots.robots": Ask(),
    "logo.picture": Ask(),
    "front.short_address": Ask(),
    "front.choose_language": Ask(("?next=/recent",), {"code": ("fr", "xx")}),
    "search.results": Ask(("", "?q=pump", "?type=good-practice&sort=newest", "?organisation=x", "?country=MW")),
    "search.suggest": Ask(("?q=pu", "?q=zqx")),
    "pages.page": Ask(("", "?pictures=no")),
    "pages.as_document": Ask(),
    "pages.as_json": Ask(),
    "pages.as_markdown": Ask(),
    "history.history": Ask(),
    "history.revision": Ask(),
    "history.compare": Ask(("", "?from=1&to=2", "?from=2&to=3", "?from=1&to=3")),
    "comments.discussion": Ask(),
    "files.file": Ask(("", "?width=320")),
    "files.file_of_version": Ask(),
    "vocabularies.vocabulary": Ask(names={"name": ("topics", "countries")}),
    "about.about": Ask(names={"name": ("about", "privacy", "not-there")}),
    "health.healthy": Ask(),
    "health.ready": Ask(),
    "static": Ask(names={"filename": ("css/kmwiki.css",)}),
    # ---- writing
    "new.start": Ask(("?translation_of=the-page-in-the-bin", "?begun=abcdefgh12345678"), {"type_name": ("term",)}),
    "edit.page_form": Ask(),
    "edit.change_form": Ask(("", "?beside={aside}")),
    "changes.changes": Ask(),
    "changes.change": Ask(("", "?since={aside}", "?view=before", "?since={aside}&view=before", "?field=practice")),
    "conflict.combine": Ask(),
    "change_files.files": Ask(),
    "change_files.file": Ask(("", "?width=320")),
    "change_files.file_of_version": Ask(),
    "set_aside.text": Ask(),
    "uploads.list_uploads": Ask(),
    "uploads.look": Ask(),
    "word.change": Ask(),
    "offers.rows": Ask(("?change={change}&field=results", "?page={slug}&field=results", "?page={slug}&field=needs")),
    "offers.similar": Ask(("?title=zqx&type=good-practice", "?title=x&type=term&change={change}")),
    "shared.shared": Ask(("", "?field=practice")),
    "shared.file": Ask(),
    "asking.form": Ask(),
    "care.page": Ask(),
    "review.review": Ask(("", "?show=all", "?group=reading&author=contributor")),
    "working_copies.here": Ask(),
    # ---- accounts
    "signing_in.login": Ask(("", "?next=/changes")),
    "signing_in.code": Ask(),
    "registering.register": Ask(),
    "registering.invited": Ask(),
    "profile.profile": Ask(),
    "tokens.tokens": Ask(),
    "own_data.show": Ask(),
    "own_security.email": Ask(),
    "own_security.email_link": Ask(),
    "own_security.password": Ask(),
    "own_security.list_sessions": Ask(),
    "second_factor.show": Ask(),
    "second_factor.picture": Ask(),
    "password_links.forgotten": Ask(),
    "password_links.link": Ask(),
    "password_links.reset": Ask(),
    "password_links.setup": Ask(),
    "invitations.show": Ask(),
    "leaving.show": Ask(),
    # ---- being told, asking, reporting
    "notifications.page": Ask(),
    "watching.page": Ask(),
    "mail_stop.page": Ask(),
    "enquiries.questions": Ask(),
    "enquiries.enquiry": Ask(),
    "ask_people.form": Ask(),
    "ask_people.asked": Ask(),
    "reports.form": Ask(),
    "reports.shown": Ask(),
    # ---- the desk and the administrators' pages
    "left.left": Ask(),
    "overdue.overdue": Ask(),
    "review.settings": Ask(),
    "admin_start.start": Ask(),
    "admin_audit.audit": Ask(),
    "admin_audit.table": Ask(),
    "admin_health.page": Ask(),
    "admin_jobs.jobs": Ask(),
    "admin_reasons.reasons": Ask(),
    "admin_settings.settings": Ask(),
    "admin_topics.topics": Ask(),
    "admin_topics.topic": Ask(names={"code": ("proposed-topic", "not-there")}),
    "admin_users.users": Ask(("", "?q=contributor")),
    "admin_one_user.user": Ask(),
    "admin_webhooks.listed": Ask(),
    "admin_forms.forms": Ask(),
    "admin_forms.form": Ask(),
    "admin_site_pages.site_pages": Ask(),
    "admin_site_pages.site_page": Ask(names={"name": ("about", "not-there")}),
    "merging.preview": Ask(("", "?into=the-same-address", "?into=in-the-bin-with-another-name")),
    # ---- for programs
    "api.describe": Ask(),
    "api.list_pages": Ask(("", "?type=good-practice", "?page=2", "?sort=title")),
    "api.read_page": Ask(),
    "api.list_revisions": Ask(),
    "api.read_revision": Ask(),
    "api.compare_revisions": Ask(("?from=1&to=2", "?from=2&to=3", "?from=1&to=3")),
    "api.list_files": Ask(),
    "api.list_comments": Ask(),
    "api.list_changes": Ask(("", "?mine=true", "?returned=true", "?state=draft", "?state=discarded")),
    "api.read_change": Ask(),
    "api.read_file": Ask(("", "?width=320")),
    "api.search_pages": Ask(("?q=pump", "?q=", "?type=good-practice", "?organisation=x")),
    "api.list_types": Ask(),
    "api.read_type": Ask(names={"name": ("term",)}),
    "api.list_vocabularies": Ask(),
    "api.read_vocabulary": Ask(names={"name": ("topics", "countries")}),
    "api.list_organisations": Ask(("", "?q=network")),
    "api.list_tokens": Ask(),
}


def addresses(world: World, endpoint: str, rule: str, arguments: frozenset[str], is_thorough: bool) -> Iterator[str]:
    """Every address at which this route is asked; the first pages, versions and queries where it is not thorough."""
    ask, paths = ASKED[endpoint], [rule]
    for name in sorted(arguments):
        values = list(ask.names.get(name) or _values(world, endpoint, name))
        chosen = values if is_thorough else values[: _FIRST.get(name)]
        paths = [path.replace(f"<{name}>", value) for path in paths for value in chosen]
    for path in paths:
        for query in ask.queries if is_thorough else ask.queries[:2]:
            yield from (path + filled for filled in _queries(world, query))


def _values(world: World, endpoint: str, name: str) -> Sequence[str]:
    if endpoint.startswith("api.") and name == "id":
        name = "change_id"
    if name == "token":
        return [HELD[endpoint](world) if endpoint in HELD else "x" * 43]
    return FILLED[name](world)


def _queries(world: World, query: str) -> list[str]:
    kinds = {"change": "change_id", "slug": "slug", "aside": "revision_id", "page": "page_id", "comment": "comment_id"}
    for name, filled in kinds.items():
        if f"{{{name}}}" in query:
            return [query.replace(f"{{{name}}}", value) for value in FILLED[filled](world)]
    return [query]
