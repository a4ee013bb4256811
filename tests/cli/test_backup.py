"""Backups: consistent while people write, the same site again elsewhere, nothing done with a damaged file."""

import os
import subprocess
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cli.processes import COMMAND, environment, kmwiki
from kmwiki.config import load_config, with_settings
from kmwiki.db import Base
from kmwiki.errors import BundleError, ConfigError, NotFound
from kmwiki.models import Change, Generation, LoginAttempt, Page, PartialUpload, Rendering, WorkerBeat
from kmwiki.permissions import SYSTEM
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.starting import start_edit
from kmwiki.services.files import attachments, file_care, uploads
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import find_page
from kmwiki.services.upkeep import backups, installation
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import open_site
from kmwiki.worker import Worker, drain, reindex
from pages import need, practice, published, term
from photos import photo

#: What a backup leaves out, and the number that goes up with the rebuilt index.
LEFT_OUT = {table.__tablename__ for table in (Rendering, LoginAttempt, WorkerBeat, PartialUpload, Generation)}


@pytest.fixture
def filled(site, people):
    published(site, people, "needs-analysis", need())
    published(site, people, "good-practice", practice())
    published(site, people, "term", term())
    with site.work(people["contributor"]) as uow:
        change = start_edit(uow, "water-point", Edit({"fields": {"used_by": "Offices"}})).change
        attachments.attach(uow, change.id, "list.txt", b"a list of pumps\n")
    drain(site)
    return site


def tables(site):
    """{table: rows} of everything that a backup holds."""
    with site.look(SYSTEM) as uow:
        return {
            table.name: [tuple(row) for row in uow.session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }


def empty_site(folder, **settings):
    config = load_config({"KMWIKI_DATA": str(folder), **settings})
    return open_site(config)


def restored(path, folder, **settings):
    site = empty_site(folder, **settings)
    backups.restore(site, path)
    site.config = installation.with_secret_key(site.config)
    installation.install(site)
    reindex(site)
    return site


def test_what_is_made_again_or_never_ended_is_in_no_backup(filled, people, tmp_path):
    with filled.work(people["contributor"]) as uow:
        change = uow.session.scalars(select(Change).where(Change.state == "draft")).one()
        attachments.attach(uow, change.id, "pump.jpg", photo(size=(1000, 750)))
        uploads.begin(uow, change.id, "more.jpg", 1_000)
    drain(filled)
    made = [path.name for path in filled.config.files_folder.rglob("*.webp")]
    backups.back_up(filled, tmp_path / "kept.zip")

    again = restored(tmp_path / "kept.zip", tmp_path / "again")
    kept = [path.name for path in again.config.files_folder.rglob("*") if path.is_file()]
    file_care.make_all_missing(again)

    assert len(made) == 2 and sorted(kept) == sorted(filled.files.digests())
    assert sorted(path.name for path in again.config.files_folder.rglob("*.webp")) == sorted(made)
    with again.look(SYSTEM) as uow:
        assert list(differences(uow)) == []
        assert not uow.session.scalars(select(PartialUpload)).all()


def test_a_restored_site_is_the_same_table_by_table(filled, tmp_path):
    backups.back_up(filled, tmp_path / "kept.zip")

    again = restored(tmp_path / "kept.zip", tmp_path / "again")

    assert tables(again) == tables(filled)
    assert again.config.secret_key == filled.config.secret_key
    assert [again.files.get(sha) for sha in again.files.digests()] == [b"a list of pumps\n"]
    with again.look(SYSTEM) as uow:
        assert list(differences(uow)) == []
    again.engine.dispose()


@pytest.mark.database
def test_a_backup_is_of_no_engine(filled, tmp_path, request):
    """From SQLite to PostgreSQL and from PostgreSQL to SQLite."""
    backups.back_up(filled, tmp_path / "kept.zip")
    other = {}
    if filled.config.is_sqlite:
        cluster = request.getfixturevalue("postgres")
        other["KMWIKI_DATABASE_URL"] = cluster.create_database(f"r{os.urandom(8).hex()}")

    again = restored(tmp_path / "kept.zip", tmp_path / "again", **other)

    assert tables(again) == tables(filled)
    with again.look(SYSTEM) as uow:
        assert list(differences(uow)) == []
    again.engine.dispose()
    if other:
        cluster.drop_database(other["KMWIKI_DATABASE_URL"])


def test_taken_while_two_processes_write_it_is_of_one_moment(tmp_path):
    folder = tmp_path / "data"
    kmwiki(folder, "init")
    writers = [
        subprocess.Popen([*COMMAND, "seed", "--pages", "60", "--seed", str(seed)], env=environment(folder),
                         stdout=subprocess.DEVNULL)
        for seed in (1, 2)
    ]  # fmt: skip
    try:
        site = empty_site(folder)
        site.config = installation.with_secret_key(site.config)
        _wait_for_pages(site, 10)
        backups.back_up(site, tmp_path / "kept.zip")
        assert any(writer.poll() is None for writer in writers), "the writers had ended before the backup did"
    finally:
        codes = [writer.wait(120) for writer in writers]
    assert codes == [0, 0]

    again = restored(tmp_path / "kept.zip", tmp_path / "again")

    with again.look(SYSTEM) as uow:
        assert list(differences(uow)) == []
        assert 10 <= uow.session.scalar(select(func.count()).select_from(Page)) < 121
    again.engine.dispose()


def _wait_for_pages(site, number):
    while True:
        with site.look(SYSTEM) as uow:
            if uow.session.scalar(select(func.count()).select_from(Page)) >= number:
                return


@pytest.mark.parametrize("fault", ["a changed byte", "a missing member", "cut short", "no backup at all"])
def test_a_damaged_file_is_refused_and_nothing_written(filled, tmp_path, fault):
    backups.back_up(filled, tmp_path / "kept.zip")
    _damage(tmp_path / "kept.zip", fault)
    site = empty_site(tmp_path / "again")

    with pytest.raises(BundleError):
        backups.restore(site, tmp_path / "kept.zip")

    assert not (tmp_path / "again").exists()


def _damage(path, fault):
    if fault == "cut short":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif fault == "no backup at all":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hello.txt", "hello")
    else:
        members = {}
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        if fault == "a missing member":
            del members["tables/page.jsonl"]
        else:
            members["tables/page.jsonl"] = members["tables/page.jsonl"].replace(b"water-point", b"water-paint")
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)


def test_a_member_that_the_manifest_does_not_name_is_refused(filled, tmp_path):
    backups.back_up(filled, tmp_path / "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip", "a") as archive:
        archive.writestr("files/../../evil", "evil")

    with pytest.raises(BundleError):
        backups.restore(empty_site(tmp_path / "again"), tmp_path / "kept.zip")


def test_a_site_that_is_there_is_never_overwritten(filled, tmp_path):
    backups.back_up(filled, tmp_path / "kept.zip")
    before = tables(filled)

    with pytest.raises(ConfigError, match="already"):
        backups.restore(filled, tmp_path / "kept.zip")

    assert tables(filled) == before


def test_a_backup_can_be_read_by_its_owner_alone_and_is_whole_or_absent(filled, tmp_path, monkeypatch):
    backups.back_up(filled, tmp_path / "kept.zip")
    assert (tmp_path / "kept.zip").stat().st_mode & 0o777 == 0o600

    monkeypatch.setattr(filled.files, "get", lambda sha256: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError):
        backups.back_up(filled, tmp_path / "second.zip")
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["kept.zip"]


def test_every_night_leaves_one_and_seven_are_kept(filled):
    folder = filled.config.backup_folder
    folder.mkdir(parents=True)
    (folder / "my-own.zip").write_bytes(b"mine")
    first = date(2026, 3, 1)

    for day in range(10):
        backups.nightly_backup(filled, first + timedelta(days=day))
    backups.nightly_backup(filled, first + timedelta(days=9))

    names = sorted(path.name for path in folder.iterdir())
    assert names == [*(f"kmwiki-2026-03-{day:02}.zip" for day in range(4, 11)), "my-own.zip"]


def test_the_worker_makes_it_once_a_day_also_after_its_hour(filled):
    filled.config = with_settings(filled.config, backup_hour=2)
    start = filled.clock().replace(month=3, day=1, hour=0, minute=30)
    filled.clock = lambda: start
    worker = Worker(filled, lambda: True)
    made = []

    for hours in (0, 1, 2, 3, 20, 24 + 1, 24 + 9, 24 + 10):
        moment = start + timedelta(hours=hours)
        filled.clock = lambda moment=moment: moment
        worker._keep_house()
        if worker._backup is not None:
            worker._backup.join()
        made.append(len(list(filled.config.backup_folder.glob("*.zip"))))

    assert made == [0, 0, 1, 1, 1, 1, 2, 2]


def test_housekeeping_empties_the_bin(filled):
    with filled.work(SYSTEM) as uow:
        slug = uow.session.scalars(select(Page.slug).where(Page.state == "published").limit(1)).one()
        page_care.bin_page(uow, slug, "Published by mistake.")
    now = filled.clock() + timedelta(days=31)
    filled.config = with_settings(filled.config, backup_hour=-1)
    filled.clock = lambda: now

    Worker(filled, lambda: True)._keep_house()

    with filled.look(SYSTEM) as uow, pytest.raises(NotFound):
        find_page(uow, slug)


def test_no_backup_is_made_of_a_demo(filled):
    with filled.work(SYSTEM) as uow:
        installation.mark_as_demo(uow.session)
    filled.config = with_settings(filled.config, backup_hour=0)

    worker = Worker(filled, lambda: True)
    worker._keep_house()

    assert worker._backup is None
