"""One site with every piece that somebody may not see, each with words of its own (markers.py), and its twin.

The twin has what everybody may see and nothing else: lists, counts and feeds must not tell the two apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pages
from kmwiki import worker
from kmwiki.models import Change, ChangePerson, Part, Role, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.bundles import exports, imports
from kmwiki.services.changes import cooperation, lifecycle, working_copies
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.files.attachments import attach
from kmwiki.services.pages import page_care
from kmwiki.services.review import moderation
from kmwiki.site import Site
from leaks.markers import mark, page_fields
from photos import drawn

#: The name of the picture that drafts carry, too.
PICTURE = "pump.png"
#: People of the world besides those of tests/conftest.py; `contributor` is the author of everything.
MORE_PEOPLE = ("coauthor", "invited", "asked", "stranger")


@dataclass
class World:
    """The site, its people, and the names of what is in it: what routes are filled with."""

    site: Site
    people: dict[str, Actor] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)  # content → slug
    changes: dict[str, UUID] = field(default_factory=dict)  # content → change
    page_ids: dict[str, UUID] = field(default_factory=dict)
    comments: dict[str, UUID] = field(default_factory=dict)
    asides: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # of rows made in rows.py
    share_token: str = ""
    now: datetime = datetime(2026, 11, 2, 8, tzinfo=UTC)

    def tick(self) -> None:
        self.now += timedelta(minutes=10)

    @contextmanager
    def work(self, name: str) -> Iterator[Any]:
        self.tick()
        with self.site.work(SYSTEM if name == "system" else self.people[name]) as uow:
            yield uow


def build(site: Site, whole: bool) -> World:
    """The world on an empty site; without `whole`, its twin."""
    world = World(site)
    site.clock = lambda: world.now
    site.search.replace_all([])
    _people(world)
    _public_pages(world)
    if whole:
        _drafts(world)
        _sent_and_decided(world)
        _pages_that_went(world)
        _staged(world)
    _again_at_the_address(world, whole)
    worker.drain(site)
    world.now = datetime(2026, 11, 6, 8, tzinfo=UTC)
    return world


def _people(world: World) -> None:
    with world.site.work(SYSTEM) as uow:
        for name in MORE_PEOPLE:
            accounts.add_user(uow, name, None, Role.CONTRIBUTOR, name=name.capitalize())
        accounts.add_user(uow, "newcomer", None, Role.CONTRIBUTOR, state=UserState.WAITING)
        accounts.add_user(uow, "closed", None, Role.MODERATOR, state=UserState.DISABLED)
        for user in accounts.all_users(uow):
            user.email = f"{mark(user.username.replace('2', 'two'), 'mail')}@example.org"
            world.people[user.username] = accounts.actor_of(user)
    world.people["anonymous"] = Actor()


# ---- what everybody may see


def _public_pages(world: World) -> None:
    _published(world, "home", pages.need(title="How can pumps keep running?"))
    _published(world, "second", pages.practice(title="Keeping spare parts"))
    _published(world, "moved", pages.term(title="Water point"))
    with world.work("moderator") as uow:
        page_care.rename(uow, world.pages["moved"], "water-source")
    world.pages |= {"moved": "water-source", "moved from": "water-point"}
    _published(world, "archived", pages.term(title="Old water point"))
    _published(world, "hidden", pages.practice(title="Pump tests"), summary="First words")
    with world.work("moderator") as uow:
        page_care.archive(uow, world.pages["archived"], "Nobody says so any more.")
    pages.say(world.site, world.people["stranger"], world.pages["home"], "Which pumps are meant?")


def _published(world: World, content: str, fields: dict[str, Any], **members: Any) -> None:
    type_name = "needs-analysis" if "needs" in fields else "term" if "definition" in fields else "good-practice"
    world.tick()
    page = pages.published(world.site, world.people, type_name, fields, **members)
    world.pages[content], world.page_ids[content] = str(page.slug), page.id


def _again_at_the_address(world: World, whole: bool) -> None:
    """A page at the address of one that was purged, whose words nobody may find there."""
    if whole:
        _published(world, "purged", page_fields("purged"), slug="the-same-address")
        with world.work("moderator") as uow:
            page_care.purge(uow, world.pages.pop("purged"), "It named people.")
        worker.drain(world.site)
    world.now = datetime(2026, 11, 5, 8, tzinfo=UTC)
    _published(world, "again", pages.term(title="The same address"), slug="the-same-address")
    _hide_a_version(world, whole)


def _hide_a_version(world: World, whole: bool) -> None:
    """Three versions of a page; what the second says is hidden, in the twin it is another harmless text."""
    second = page_fields("hidden") if whole else pages.practice(title="Pump tests")
    for fields in (second, pages.practice(title="Pump tests", summary="Said again.")):
        change = pages.change_page(world.site, world.people["contributor"], world.pages["hidden"], fields)
        if fields is second and whole:
            world.changes["hidden"] = change.id
        pages.send(world.site, world.people["contributor"], change)
        world.tick()
        pages.publish_change(world.site, world.people["moderator"], change)
    with world.work("moderator") as uow:
        page_care.hide_version(uow, world.pages["hidden"], 2, "It named people.")


# ---- what some may see


def _drafts(world: World) -> None:
    draft = _new(world, "draft")
    _invite(world, draft)
    with world.work("contributor") as uow:
        world.share_token = cooperation.share(uow, draft.id)[1]
    _change_of(world, "kept", "second")
    _working_copies(world)
    _put_aside(world, "draft")
    discarded = _new(world, "discarded")
    with world.work("contributor") as uow:
        lifecycle.discard(uow, discarded.id)


def _sent_and_decided(world: World) -> None:
    sent = _new(world, "sent")
    _invite(world, sent)
    with world.work("system") as uow:
        asked = world.people["asked"].user_id
        uow.session.add(ChangePerson(change_id=sent.id, user_id=asked, part=Part.ASKED, at=uow.now))
    edit = _change_of(world, "edit", "home")
    for change in (sent, edit):
        pages.send(world.site, world.people["contributor"], change)
    for content, decide in (("returned", moderation.return_change), ("rejected", moderation.reject)):
        change = _new(world, content)
        pages.send(world.site, world.people["contributor"], change)
        with world.work("moderator") as uow:
            decide(uow, change.id, f"Please say more of {mark(content, 'reason')}.")


def _pages_that_went(world: World) -> None:
    """A page in the bin, with a draft of a change to it that went with it, and links that lead to it."""
    _published(world, "binned", page_fields("binned"), slug="the-page-in-the-bin")
    with world.work("moderator") as uow:
        page_care.rename(uow, "the-page-in-the-bin", "in-the-bin-with-another-name")
    world.pages |= {"binned": "in-the-bin-with-another-name", "binned from": "the-page-in-the-bin"}
    change = _change_of(world, "binneddraft", "binned")
    pages.say(world.site, world.people["stranger"], world.pages["binned"], f"Why {mark('binned', 'talk')}?")
    with world.work("moderator") as uow:
        page_care.bin_page(uow, world.pages["binned"], f"Because of {mark('binned', 'reason')}.")
    world.changes["binneddraft"] = change.id


def _staged(world: World) -> None:
    """An import that was killed half way: its rows stand there until the next start sweeps them."""
    folder = Path(world.site.config.data) / "other"
    bag = folder.with_suffix(".zip")
    _published(world, "staged", page_fields("staged"), slug="a-page-that-is-staged")
    exports.export_bag(world.site, exports.Choice(slugs=("a-page-that-is-staged",)), bag)
    with world.work("moderator") as uow:
        page_care.purge(uow, world.pages["staged"], "To be taken in again.")
    worker.drain(world.site)
    killed = patch.object(imports, "_show", side_effect=KeyboardInterrupt)
    with killed, patch.object(imports, "remove_staged"):
        try:
            imports.import_bundle(world.site, bag, imports.Options(as_name="admin", publish=True))
        except KeyboardInterrupt:
            return


def _new(world: World, content: str) -> Change:
    """A draft of a new page with words in everything that can be given."""
    world.tick()
    members = {"slug": f"{mark(content, 'wish')}", "summary": mark(content, "remark")}
    author = world.people["contributor"]
    note = f"Look at {mark(content, 'note')}."
    change = pages.start(world.site, author, "good-practice", page_fields(content), note_to_reviewer=note, **members)
    world.changes[content], world.page_ids[content] = change.id, change.page_id
    _with_files(world, content, change)
    world.comments[content] = pages.say(world.site, author, change.id, f"Is {mark(content, 'talk')} right?")
    return change


def _change_of(world: World, content: str, page: str) -> Change:
    """A change of a published page: what it says is the content's."""
    world.tick()
    fields = page_fields(content)
    if page == "home":
        fields = pages.need(
            title=mark(content, "title"),
            purpose=f"Nobody knows where {mark(content, 'body')} stands.",
            organisation=fields["organisation"],
        )
    change = pages.change_page(world.site, world.people["contributor"], world.pages[page], fields)
    world.changes[content] = change.id
    _with_files(world, content, change)
    return change


def _with_files(world: World, content: str, change: Change) -> None:
    picture = BytesIO()
    drawn((640, 480)).save(picture, "PNG")
    said = {"alt": f"A pump, {mark(content, 'alt')}", "credit": mark(content, "credit"), "consent": "none"}
    with world.work("contributor") as uow:
        attach(uow, change.id, f"{mark(content, 'name')}.txt", f"Inside: {mark(content, 'bytes')}".encode(), **said)
        attach(uow, change.id, PICTURE, picture.getvalue(), **said)


def _invite(world: World, change: Change) -> None:
    with world.work("contributor") as uow:
        cooperation.invite_coauthor(uow, change.id, "coauthor")
        cooperation.invite_coauthor(uow, change.id, "invited")
    with world.work("coauthor") as uow:
        cooperation.accept_invitation(uow, change.id)


def _put_aside(world: World, content: str) -> None:
    """The author and the co-author write the same field: one text is put aside."""
    change_id = world.changes[content]
    with world.work("contributor") as uow:
        seen = uow.session.get(Change, change_id).head_id
        save(uow, change_id, Edit({"fields": {"conditions": "Works where a shop is near."}}), seen)
    with world.work("coauthor") as uow:
        saved = save(uow, change_id, Edit({"fields": {"conditions": f"Only with {mark('aside', 'body')}."}}), seen)
        assert saved.conflict is not None
        world.asides[content] = saved.revision.id


def _working_copies(world: World) -> None:
    """What the author has typed and not saved: of the draft, of a page, of a new page."""
    form = {"title": [mark("typed", "title")], "practice": [mark("typed", "body")]}
    with world.work("contributor") as uow:
        places = [
            working_copies.place_of_change(uow, world.changes["draft"]),
            working_copies.place_of_page(uow, world.pages["home"]),
            working_copies.place_of_new(uow, "term", "abcdefgh12345678"),
        ]
        for place in places:
            working_copies.keep(uow, place, form, place.head, "abcdefgh1234.1", "")
