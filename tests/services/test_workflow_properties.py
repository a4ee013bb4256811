"""Whatever people do in whatever order, the workflow holds: a state machine against the real services."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from sqlalchemy import func, select

import pages
from kmwiki.backends.memory_search import MemorySearch
from kmwiki.config import load_config, with_settings
from kmwiki.domain.workflow import RequestVerb, State
from kmwiki.errors import KmwikiError
from kmwiki.models import Change, Page, Publication, Review, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.changes import cooperation, lifecycle, page_merging, requests
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import start_edit, start_page
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import kept_pages
from kmwiki.services.review import moderation, publishing
from kmwiki.services.upkeep import installation
from kmwiki.site import Site, open_site

PEOPLE = ("contributor", "contributor2", "moderator", "moderator2", "admin", "reader", "anonymous")
ALLOWED_NEXT = {
    None: {"draft", "submitted"},  # what open_site() sends, and requests
    "draft": {"draft", "submitted", "discarded"},
    "submitted": {"submitted", "draft", "published", "rejected"},
    "rejected": {"rejected", "draft"},
    "discarded": {"discarded", "draft"},
    "published": {"published"},
}
#: Those who get somewhere come up more often, or most runs would be nothing but refusals.
names = st.sampled_from(["author", "moderator", *PEOPLE, "author", "moderator"])
texts = st.sampled_from(["One.", "Two.", "Three.", "Four.", ""])


class Workflow(RuleBasedStateMachine):
    """Everybody tries everything; what is refused must change nothing, what is done must be allowed."""

    changes = Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kmwiki-workflow-"))
        self.states: dict[Any, str] = {}
        self.revisions: dict[Any, tuple[str, Any]] = {}

    @initialize(target=changes)
    def open_site(self) -> Any:
        """A site on which one change waits already, so that publishing is never far."""
        config = load_config({"KMWIKI_DATA": str(self.folder)})
        self.site: Site = open_site(with_settings(config, secret_key="only for tests"))
        self.site.search = MemorySearch()
        installation.install(self.site)
        self.people = {"anonymous": Actor()}
        with self.site.work(SYSTEM) as uow:
            for name in PEOPLE[:-1]:
                role = "".join(letter for letter in name if letter.isalpha())
                user = accounts.add_user(uow, name, None, accounts.Role(role), name=name)
                self.people[name] = accounts.actor_of(user)
        first = pages.send(self.site, self.people["contributor"], self.new_term())
        return first.id, first.page_id

    def new_term(self) -> Change:
        return pages.start(self.site, self.people["contributor"], "term", pages.term())

    def attempt(self, name: str, use_case: Any, change: Any = None) -> Any:
        """Do something in somebody's name; None where it was refused, as it may be, with a sentence."""
        try:
            with self.site.work(self.people[self.called(name, change)]) as uow:
                return use_case(uow)
        except KmwikiError as refused:
            assert str(refused)
            assert refused.status < 500
            return None

    def called(self, name: str, change: Any) -> str:
        """A name; "author" is whoever wrote the change."""
        if name != "author":
            return name
        with self.site.work(SYSTEM) as uow:
            row = uow.session.get(Change, change[0]) if change else None
            return row.author.username if row else "contributor"

    @rule(target=changes, name=names, text=texts)
    def start(self, name: str, text: str) -> Any:
        edit = Edit({"fields": {**pages.term(), "definition": text}, "language": "en"})
        started = self.attempt(name, lambda uow: start_page(uow, "term", edit).change)
        return (started.id, started.page_id) if started else multiple()

    @rule(target=changes, name=names, change=changes, text=texts)
    def edit_page(self, name: str, change: Any, text: str) -> Any:
        with self.site.work(SYSTEM) as uow:
            page = uow.session.get(Page, change[1])
            slug = page.slug if page else None
        if slug is None:
            return multiple()
        edit = Edit({"fields": {"definition": text}})
        started = self.attempt(name, lambda uow: start_edit(uow, slug, edit).change, change)
        return (started.id, started.page_id) if started else multiple()

    @rule(target=changes, name=names, change=changes, verb=st.sampled_from([*RequestVerb]), text=texts)
    def ask_for_something(self, name: str, change: Any, verb: str, text: str) -> Any:
        with self.site.work(SYSTEM) as uow:
            page = uow.session.get(Page, change[1])
            slug = page.slug if page else None
        if slug is None:
            return multiple()
        wish = {"new_slug": f"{slug}-too"[:60]} if verb == RequestVerb.RENAME else {}
        asked = self.attempt(name, lambda uow: requests.ask(uow, slug, verb, text, **wish), change)
        return (asked.id, asked.page_id) if asked else multiple()

    @rule(name=names, change=changes, text=texts, back=st.integers(0, 3))
    def save(self, name: str, change: Any, text: str, back: int) -> None:
        """Save on the newest version or on an older one."""
        with self.site.work(SYSTEM) as uow:
            mine = select(Revision.id).where(Revision.change_id == change[0]).order_by(Revision.created_at.desc())
            seen = uow.session.scalars(mine).all()
        self.attempt(
            name,
            lambda uow: save(uow, change[0], Edit({"fields": {"definition": text}}), seen[min(back, len(seen) - 1)]),
            change,
        )

    @rule(name=names, change=changes, verb=st.sampled_from(["submit", "withdraw", "discard", "undiscard", "reopen"]))
    def an_authors_verb(self, name: str, change: Any, verb: str) -> None:
        self.authors_verb(name, change, verb)

    def authors_verb(self, name: str, change: Any, verb: str) -> None:
        self.attempt(name, lambda uow: getattr(lifecycle, verb)(uow, change[0]), change)

    @rule(change=changes)
    def the_author_sends(self, change: Any) -> None:
        self.authors_verb(self.called("author", change), change, "submit")

    @rule(change=changes)
    def a_moderator_publishes(self, change: Any) -> None:
        self.publish("moderator", change)

    @rule(name=names, change=changes, verb=st.sampled_from(["return_change", "reject"]), reason=texts)
    def moderators_verb(self, name: str, change: Any, verb: str, reason: str) -> None:
        self.attempt(name, lambda uow: getattr(moderation, verb)(uow, change[0], reason), change)

    @rule(name=names, change=changes)
    def somebody_publishes(self, name: str, change: Any) -> None:
        self.publish(name, change)

    def publish(self, name: str, change: Any) -> None:
        with self.site.work(SYSTEM) as uow:
            row = uow.session.get(Change, change[0])
            head, author = (row.head_id, row.author.username) if row else (None, "")
            barred = {author} | {p.user.username for p in row.people if p.part != "invited"} if row else set()
        outcome = self.attempt(name, lambda uow: publishing.publish(uow, change[0], head), change)
        if outcome is not None:
            assert self.called(name, change) not in barred, "four eyes"
            assert name in ("moderator", "moderator2", "admin")
            event("carried out" if outcome.change.request else "published")

    @rule(name=names, change=changes, other=names)
    def invite(self, name: str, change: Any, other: str) -> None:
        self.attempt(name, lambda uow: cooperation.invite_coauthor(uow, change[0], other), change)
        self.attempt(other, lambda uow: cooperation.accept_invitation(uow, change[0]), change)

    @rule(name=names, change=changes, verb=st.sampled_from(["archive", "restore", "bin_page", "unbin"]))
    def care(self, name: str, change: Any, verb: str) -> None:
        with self.site.work(SYSTEM) as uow:
            page = uow.session.get(Page, change[1])
            slug = page.slug if page else None
        if slug:
            reason = ["because"] if verb in ("archive", "bin_page") else []
            self.attempt(name, lambda uow: getattr(page_care, verb)(uow, slug, *reason), change)

    @rule(target=changes, name=names, change=changes, other=changes)
    def merge(self, name: str, change: Any, other: Any) -> Any:
        """Begin to make one page part of another; the change is sent and published by the other rules."""
        with self.site.work(SYSTEM) as uow:
            pages_of_both = [uow.session.get(Page, one[1]) for one in (change, other)]
            slugs = [page.slug for page in pages_of_both if page is not None and page.slug]
        if len(slugs) < 2:
            return multiple()
        begun = self.attempt(name, lambda uow: page_merging.begin(uow, *slugs), other)
        return (begun.id, begun.page_id) if begun else multiple()

    @invariant()
    def what_became_part_of_another_page_leads_to_an_end(self) -> None:
        with self.site.work(SYSTEM) as uow:
            pages_there = uow.session.scalars(select(Page)).all()
            for page in pages_there:
                assert page.merged_into_id is None or page.state in ("archived", "binned")
            assert all(kept.merged_into_id is None for kept in kept_pages(uow, pages_there).values())

    @invariant()
    def states_move_as_they_may(self) -> None:
        with self.site.work(SYSTEM) as uow:
            for change in uow.session.scalars(select(Change)):
                assert change.state in ALLOWED_NEXT[self.states.get(change.id)]
                self.states[change.id] = change.state

    @invariant()
    def revisions_never_change(self) -> None:
        with self.site.work(SYSTEM) as uow:
            now = {row.id: (row.digest, row.content) for row in uow.session.scalars(select(Revision))}
        assert self.revisions.items() <= now.items()
        self.revisions = now

    @invariant()
    def one_open_change_for_each_page_and_author(self) -> None:
        with self.site.work(SYSTEM) as uow:
            several = (
                select(func.count())
                .select_from(Change)
                .where(Change.state.in_((State.DRAFT, State.SUBMITTED)))
                .group_by(Change.page_id, Change.author_id)
                .having(func.count() > 1)
            )
            assert uow.session.scalars(several).all() == []

    @invariant()
    def what_readers_see_was_published_and_reviewed(self) -> None:
        with self.site.work(SYSTEM) as uow:
            for page in uow.session.scalars(select(Page).where(Page.published_revision_id.is_not(None))):
                publication = uow.session.get(Publication, page.published_revision_id)
                assert publication is not None and publication.page_id == page.id
                numbers = uow.session.scalars(
                    select(Publication.number).where(Publication.page_id == page.id).order_by(Publication.number)
                ).all()
                assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def requests_say_what_the_page_said_and_publish_nothing(self) -> None:
        with self.site.work(SYSTEM) as uow:
            for change in uow.session.scalars(select(Change)):
                if change.request:
                    assert uow.session.get(Publication, change.head_id) is None
                    head, base = uow.session.get(Revision, change.head_id), uow.session.get(Revision, change.base_id)
                    assert head is not None and base is not None and head.digest == base.digest

    @invariant()
    def returns_and_rejections_have_reasons(self) -> None:
        with self.site.work(SYSTEM) as uow:
            decided = select(Review.reason).where(Review.step.in_(("returned", "rejected", "asked")))
            assert all(reason for reason in uow.session.scalars(decided))

    def teardown(self) -> None:
        if hasattr(self, "site"):
            self.site.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


TestWorkflow = Workflow.TestCase
TestWorkflow.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
