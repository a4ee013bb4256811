"""The parts of a running wiki, wired once; every use case enters through site.work(actor).

Knows no Flask, so that commands, worker and tests use the same door as the web.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, tuple_, update
from sqlalchemy.orm import Session, sessionmaker

from kmwiki import db
from kmwiki.backends.files import FileStore, FolderFiles
from kmwiki.backends.partial_files import PartialFiles
from kmwiki.backends.search import SearchBackend
from kmwiki.backends.whoosh_search import WhooshSearch
from kmwiki.config import CHOSEN_IN_BROWSER, Config, with_choices
from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import PageType
from kmwiki.domain.page_type_file import PageTypes, load_page_types
from kmwiki.domain.site_words import FieldWords
from kmwiki.domain.vocabulary import Vocabularies, load_vocabularies
from kmwiki.domain.words import Words
from kmwiki.errors import ConfigError
from kmwiki.models import AuditEntry, FormSettings, Generation, OutboxJob, Setting, TypeEdition
from kmwiki.permissions import Actor

log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parent


def resource_folder(name: str) -> Path:
    """templates, static or migrations: inside the package when installed, beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class FormEdition:
    """When the form of a type was last changed in the browser, how often so far, and what its authors are told."""

    number: int
    changed_at: datetime
    release_note: Words


@dataclass
class Site:
    """One wiki: settings, database, page types, search, files, clock."""

    config: Config
    engine: Engine
    sessions: sessionmaker[Session]
    vocabularies: Vocabularies
    types: PageTypes
    search: SearchBackend
    files: FileStore
    partial_files: PartialFiles
    clock: Callable[[], datetime] = now
    #: The numbers of the generation and of the settings, read with as little as possible around it.
    numbers: Callable[[], tuple[int, int]] = field(init=False)
    #: The number that the settings had when what was chosen in the browser was last taken in.
    settings_number: int = field(init=False, default=0)
    #: The page types as the files say them; `types` has what was chosen in the browser on top.
    types_as_filed: PageTypes = field(init=False)
    forms: Mapping[str, FormEdition] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = db.generation_reader(self.engine)
        self.types_as_filed = self.types

    def generation(self) -> int:
        """The number that moves whenever readers would see something else."""
        return self.numbers()[0]

    @contextmanager
    def work(self, actor: Actor) -> "Iterator[UnitOfWork]":
        """A unit of work in the name of somebody: commits once at the end, rolls back on an exception."""
        self.take_settings()
        with db.transaction(self.sessions) as session:
            yield UnitOfWork(self, session, self.with_rules(actor))

    @contextmanager
    def look(self, actor: Actor) -> "Iterator[UnitOfWork]":
        """A unit of work that only reads, and sees everything as of one moment."""
        self.take_settings()
        with db.snapshot(self.sessions) as session:
            yield UnitOfWork(self, session, self.with_rules(actor))

    def take_settings(self) -> None:
        """What an administrator chose in the browser holds in every process from the next use case on."""
        number = self.numbers()[1]
        if number == self.settings_number:
            return
        with db.transaction(self.sessions) as session:
            rows = session.scalars(select(Setting).where(Setting.name.in_(CHOSEN_IN_BROWSER)))
            self.config = with_choices(self.config, {row.name: row.value for row in rows})
            self._take_forms(session)
        self.settings_number = number

    def _take_forms(self, session: Session) -> None:
        """The forms as an administrator set them; the types stay the very same where none has changed."""
        newest = select(FormSettings.type, func.max(FormSettings.number)).group_by(FormSettings.type)
        numbers = [(name, number) for name, number in session.execute(newest)]
        if dict(numbers) == {name: edition.number for name, edition in self.forms.items()}:
            return
        rows = session.scalars(
            select(FormSettings).where(tuple_(FormSettings.type, FormSettings.number).in_(numbers))
        ).all()
        said = {row.type: {id: FieldWords.from_json(own) for id, own in row.fields.items()} for row in rows}
        self.types = self.types_as_filed.with_words(said)
        self.forms = {row.type: FormEdition(row.number, row.created_at, Words(row.release_note)) for row in rows}

    def with_rules(self, actor: Actor) -> Actor:
        """The asker under the rules of this site."""
        return replace(
            actor,
            four_eyes=actor.four_eyes and self.config.four_eyes,
            is_members_site=self.config.reading == "members",
        )

    def page_type(self, name: str, edition: int | None = None) -> PageType:
        """The page type; the newest edition where none is named. Raises UnknownPageType."""
        return self.types.get(name, edition)


@dataclass
class UnitOfWork:
    """One use case at work: its session, who asks, and what is to happen with the commit."""

    site: Site
    session: Session
    actor: Actor

    @property
    def now(self) -> datetime:
        return self.site.clock()

    def enqueue(self, name: str, **payload: Any) -> None:
        """A job for the worker, stored in this transaction and run after it, perhaps twice."""
        self.session.add(OutboxJob(id=new_id(), name=name, payload=payload, run_at=self.now, created_at=self.now))

    def tell(
        self, event: Event, *, page_id: UUID | None = None, change_id: UUID | None = None, **details: Any
    ) -> None:
        """Something happened that people may want to know: told after the commit (services/telling/telling.py).

        `details` hold ids and codes, never the words of a text.
        """
        self.enqueue(
            "tell",
            event=event,
            page_id=str(page_id) if page_id else None,
            change_id=str(change_id) if change_id else None,
            actor_id=str(self.actor.user_id) if self.actor.user_id else None,
            actor_name=self.actor.name,
            happening=str(new_id()),
            at=self.now.isoformat(),
            **details,
        )

    def audit(
        self,
        action: str,
        *,
        page_id: UUID | None = None,
        change_id: UUID | None = None,
        revision_id: UUID | None = None,
        reason: str = "",
        **details: Any,
    ) -> None:
        """Note in the audit log who decided what."""
        self.session.add(
            AuditEntry(
                id=new_id(),
                at=self.now,
                actor_id=self.actor.user_id,
                actor_name=self.actor.name,
                action=action,
                page_id=page_id,
                change_id=change_id,
                revision_id=revision_id,
                reason=reason,
                details=details,
            )
        )

    def raise_generation(self) -> None:
        """Tell every process that readers would now see something else."""
        self.session.execute(update(Generation).values(number=Generation.number + 1))

    def settings_changed(self) -> None:
        """The same, of something that each process keeps for all its answers: settings, forms, the site's own pages."""
        self.session.execute(
            update(Generation).values(number=Generation.number + 1, settings=Generation.settings + 1)
        )


def open_site(config: Config) -> Site:
    """Wire a site from its settings; opens no connection yet. Raises PageTypeError for a broken type file."""
    vocabularies = load_vocabularies(_data_folders("vocabularies", config))
    engine = db.make_engine(config.database_url)
    return Site(
        config=config,
        engine=engine,
        sessions=db.make_sessions(engine),
        vocabularies=vocabularies,
        types=load_page_types(_data_folders("page_types", config), vocabularies),
        search=WhooshSearch(config.index_folder),
        files=FolderFiles(config.files_folder),
        partial_files=PartialFiles(config.files_folder / "partial"),
    )


def _data_folders(name: str, config: Config) -> list[Path]:
    """The shipped folder, then the site's own: KMWIKI_PAGE_TYPES, with vocabularies/ inside it."""
    if config.page_types is None:
        return [_PACKAGE / name]
    own = config.page_types if name == "page_types" else config.page_types / "vocabularies"
    return [_PACKAGE / name, own]


def site_identity(session: Session) -> str:
    """The UUID of this site, made with its database."""
    value = session.scalar(select(Setting.value).where(Setting.name == "site_id"))
    if value is None:
        raise ConfigError("the database has no site id; run kmwiki init")
    return str(value)


def fill_new_database(session: Session) -> None:
    """The rows that every site has: its identity and its generation. Does nothing where they are there."""
    if session.get(Setting, "site_id") is None:
        session.add(Setting(name="site_id", value=str(new_id())))
    if session.get(Generation, 1) is None:
        session.add(Generation(id=1, number=1))


def keep_type_editions(session: Session, types: PageTypes) -> None:
    """Note the digest of each edition at its first use here; a changed one stops the start.

    Raises ConfigError naming type and edition: pages written in that edition would no longer mean the same.
    """
    known = {(row.type, row.edition): row.digest for row in session.scalars(select(TypeEdition))}
    for name in types.names():
        for page_type in types.editions(name):
            kept = known.get((name, page_type.edition))
            if kept is None:
                session.add(TypeEdition(type=name, edition=page_type.edition, digest=page_type.digest))
            elif kept != page_type.digest:
                raise ConfigError(
                    f"page type {name}, edition {page_type.edition}, was edited since this site first used it; "
                    f"put the old file back and write a new edition ({page_type.edition + 1}.yaml) instead"
                )
