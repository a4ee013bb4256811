"""Real parts for every test: a site on SQLite (and PostgreSQL where a test is marked `database`), real people."""

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import pages
from kmwiki import db
from kmwiki.backends.memory_search import MemorySearch
from kmwiki.config import Config, load_config, with_settings
from kmwiki.models import Role, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.upkeep import installation
from kmwiki.site import Site, open_site
from postgres_cluster import Cluster, find_postgres
from read_once import read_data_and_templates_once
from smtp_sink import SmtpSink

ROLES = {
    "reader": Role.READER,
    "contributor": Role.CONTRIBUTOR,
    "contributor2": Role.CONTRIBUTOR,
    "moderator": Role.MODERATOR,
    "moderator2": Role.MODERATOR,
    "admin": Role.ADMIN,
}


read_data_and_templates_once()


def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders in memory where there is room: every commit of every test waits for the disk otherwise."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3:
        os.environ.setdefault("TMPDIR", str(memory))
        tempfile.tempdir = None  # asked anew


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("database") is not None
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if both else ["sqlite"], scope="session")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A throw-away PostgreSQL cluster of this test run."""
    programs = find_postgres()
    if programs is None:
        if os.environ.get("KMWIKI_REQUIRE_POSTGRESQL") == "1":
            pytest.fail("PostgreSQL is required here and its programs (initdb, postgres) were not found")
        pytest.skip("PostgreSQL is not installed: these tests ran on SQLite alone")
    # Not in pytest's own folder: another run at the same time may tidy that away under a server that runs.
    with tempfile.TemporaryDirectory(prefix="kmwiki-postgres-") as folder, Cluster(programs, Path(folder)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty site's database, migrated once and copied for every test."""
    folder = tmp_path_factory.mktemp("template")
    _install(load_config({"KMWIKI_DATA": str(folder)}))
    return folder / "kmwiki.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = postgres.create_database("template_kmwiki")
    _install(load_config({"KMWIKI_DATA": str(tmp_path_factory.mktemp("pg")), "KMWIKI_DATABASE_URL": url}))
    return "template_kmwiki"


def _install(config: Config) -> None:
    opened = open_site(config)
    installation.install(opened)
    with opened.work(SYSTEM) as uow:
        for name, role in ROLES.items():
            accounts.add_user(uow, name, None, role, name=name.capitalize())
    if config.is_sqlite:
        with opened.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    opened.engine.dispose()


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if database_kind == "postgresql":
        template = request.getfixturevalue("postgres_template")
        cluster = request.getfixturevalue("postgres")
        url = cluster.create_database(f"t{os.urandom(8).hex()}", template)
        yield url
        cluster.drop_database(url)
        return
    (tmp_path / "data").mkdir(exist_ok=True)
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "data" / "kmwiki.db")
    yield f"sqlite:///{tmp_path / 'data' / 'kmwiki.db'}"


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    """Settings of a site in the test's own folder."""
    loaded = load_config({"KMWIKI_DATA": str(tmp_path / "data"), "KMWIKI_DATABASE_URL": database_url})
    return with_settings(loaded, secret_key="only for tests")


@pytest.fixture(scope="session")
def warmed_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The first publication of a process compiles statements and patterns; that is no transaction's fault."""
    config = load_config({"KMWIKI_DATA": str(tmp_path_factory.mktemp("warm"))})
    _install(config)
    opened = open_site(with_settings(config, secret_key="only for tests"))
    opened.search = MemorySearch()
    with opened.work(SYSTEM) as uow:
        everybody = {user.username: accounts.actor_of(user) for user in accounts.all_users(uow)}
    pages.published(opened, everybody, "good-practice", pages.practice())
    opened.engine.dispose()
    gc.collect()
    gc.freeze()  # what every site loads is out of the collector's sight, as `kmwiki serve` does it


@pytest.fixture
def site(config: Config, warmed_up: None) -> Iterator[Site]:
    """An empty site with one account for each role, without passwords; search in memory."""
    opened = open_site(config)
    opened.search = MemorySearch()
    yield opened
    opened.engine.dispose()


@pytest.fixture
def people(site: Site) -> dict[str, Actor]:
    """The actors of the accounts, by name, and anonymous."""
    with site.work(SYSTEM) as uow:
        users = {user.username: accounts.actor_of(user) for user in accounts.all_users(uow)}
    return {**users, "anonymous": Actor()}


@pytest.fixture
def waiting(site: Site) -> Actor:
    """Somebody who registered and waits for approval."""
    with site.work(SYSTEM) as uow:
        user = accounts.add_user(uow, "newcomer", None, Role.CONTRIBUTOR, state=UserState.WAITING)
        return accounts.actor_of(user)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server that keeps what it gets."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def site_with_mail(site: Site, smtp_sink: SmtpSink) -> Site:
    """The site, which sends its mails to the sink; everybody has an address: contributor@example.org …"""
    site.config = with_settings(site.config, mail_url=smtp_sink.url, base_url="https://wiki.example.org")
    with site.work(SYSTEM) as uow:
        for user in accounts.all_users(uow):
            user.email = f"{user.username}@example.org"
    return site


@pytest.fixture(autouse=True)
def no_surprising_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the developer's shell do not reach the tests."""
    for name in [name for name in os.environ if name.startswith("KMWIKI_") and "REQUIRE" not in name]:
        monkeypatch.delenv(name)


class _ProcessorTime:
    """The thread's processor time without that of the garbage collector, which a test run feeds far more."""

    def __init__(self) -> None:
        self.collecting = self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _facts: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.collecting += time.thread_time() - self._began

    def __call__(self) -> float:
        return time.thread_time() - self.collecting


db.cpu_seconds = _ProcessorTime()


@pytest.fixture(autouse=True)
def short_write_transactions() -> Iterator[None]:
    """No write transaction takes over 50 ms of processor time: nobody's save waits for another's rendering.

    The collector of garbage rests meanwhile: it would be counted, and is nobody's fault.
    """
    db.longest_write_seconds = 0.0
    gc.disable()
    yield
    gc.enable()
    assert db.longest_write_seconds < 0.05
