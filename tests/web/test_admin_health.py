"""How the site is doing: each part says what it found, and what helps where something is wrong."""

import os
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest

from kmwiki.domain.ids import new_id
from kmwiki.errors import SearchUnavailable
from kmwiki.models import OutboxJob
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.upkeep.health import Health, health
from kmwiki.services.upkeep.jobs import beat
from kmwiki.site import Site


def look(site: Site, people: dict[str, Actor]) -> Health:
    with site.work(people["admin"]) as uow:
        return health(uow)


def at_work(site: Site) -> None:
    """A worker that was just seen, and a backup of this night."""
    with site.work(SYSTEM) as uow:
        beat(uow, "worker")
    folder = site.config.backup_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"kmwiki-{site.clock().date()}.zip").write_bytes(b"")


@pytest.mark.database
def test_a_site_at_work_is_in_order(site: Site, people: dict[str, Actor]) -> None:
    at_work(site)
    found = look(site, people)

    assert found.ready.is_ready
    assert all(part.is_fine for part in (found.mail, found.index, found.files, found.database, found.backup))
    assert found.database.size_bytes > 10_000 and found.database.schema.startswith("000")
    assert (found.jobs_waiting, found.jobs_resting) == (0, 0)


def test_the_page_says_so_in_plain_words(site: Site, signed_in) -> None:
    at_work(site)
    page = signed_in("admin").get("/admin/health").text

    assert "Everything is in order." in page and "please look" not in page
    assert "sqlite" in page and "kmwiki 0." in page


def test_a_worker_that_is_gone_and_an_old_backup_are_marked(site: Site, people: dict[str, Actor], signed_in) -> None:
    at_work(site)
    backup = next(site.config.backup_folder.glob("*.zip"))
    old = (site.clock() - timedelta(hours=49)).timestamp()
    os.utime(backup, (old, old))
    with site.work(SYSTEM) as uow:
        beat(uow, "worker")
    later = site.clock() + timedelta(minutes=5)
    site.clock = lambda: later

    found = look(site, people)
    page = signed_in("admin").get("/admin/health").text

    assert not found.ready.worker and not found.backup.is_fine
    assert "Something needs to be looked at" in page and page.count("please look") == 2


def test_an_index_that_cannot_be_asked_or_that_misses_pages_is_marked(
    site: Site, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(query: object) -> None:
        raise SearchUnavailable("broken")

    monkeypatch.setattr(site.search, "search", broken)

    assert look(site, people).index.documents is None
    assert not look(site, people).index.is_fine


def test_mails_that_fail_are_counted_without_their_addresses(site: Site, people: dict[str, Actor]) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.add(OutboxJob(
            id=new_id(), name="mail", payload={}, run_at=uow.now, attempts=2, rests=False, created_at=uow.now,
            last_error="refused: ada@example.org",
        ))  # fmt: skip
    mail = look(site, people).mail

    assert mail.failing == 1 and not mail.is_fine
    assert "ada" not in mail.error and mail.error.startswith("refused")


def test_a_full_disk_is_marked(site: Site, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 1_000))

    assert not look(site, people).files.is_fine
