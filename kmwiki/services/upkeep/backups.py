"""One consistent, checked file of a whole site, taken while people write, and back again.

A ZIP archive: `manifest.json` (format, version, schema, SHA-256 of every other member), `tables/<name>.jsonl` (a
row a line, as of one moment), `files/<sha256>`, `secret_key`. It does not depend on the database engine: a site
on SQLite can be restored on PostgreSQL. It holds accounts and drafts; keep it as safe as the site itself.
"""

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from sqlalchemy import Column, Date, Table, TableClause, Uuid, column, insert, select, update
from sqlalchemy import table as table_clause
from sqlalchemy.orm import Session

from kmwiki import __version__
from kmwiki.db import Base, UtcDateTime, snapshot, transaction
from kmwiki.errors import BundleError, ConfigError
from kmwiki.models import Blob, LoginAttempt, PartialUpload, Rendering, WorkerBeat
from kmwiki.services.upkeep.installation import alembic_config, is_installed, make_data_folder, schema_revision
from kmwiki.site import Site

log = logging.getLogger(__name__)

FORMAT = 1
KEPT_BACKUPS = 7
_BATCH = 500
#: What is made again by itself, or is of no use elsewhere.
_LEFT_OUT = {table.__tablename__ for table in (Rendering, LoginAttempt, WorkerBeat, PartialUpload)}


def back_up(site: Site, path: Path) -> None:
    """Write the backup beside its place and rename it: it is whole or absent. Raises BundleError where it exists."""
    if path.exists():
        raise BundleError(f"{path} exists already; choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, snapshot(site.sessions) as session:
            _write(site, session, archive)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.chmod(0o600)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    log.info("backed up to %s", path.name)


def nightly_path(site: Site, today: date) -> Path:
    """Where today's backup belongs."""
    return site.config.backup_folder / f"kmwiki-{today.isoformat()}.zip"


def newest_nightly(site: Site) -> Path | None:
    """The newest that is there whole."""
    return max(site.config.backup_folder.glob("kmwiki-????-??-??.zip"), default=None)


def nightly_backup(site: Site, today: date) -> Path:
    """Today's backup in the backup folder; the seven newest are kept."""
    folder, path = site.config.backup_folder, nightly_path(site, today)
    path.unlink(missing_ok=True)
    for cut_short in folder.glob("kmwiki-????-??-??.zip.part"):
        cut_short.unlink()
    back_up(site, path)
    for old in sorted(folder.glob("kmwiki-????-??-??.zip"))[:-KEPT_BACKUPS]:
        old.unlink()
    return path


def _write(site: Site, session: Session, archive: zipfile.ZipFile) -> None:
    digests: dict[str, str] = {}
    for table in _tables():
        _write_member(archive, f"tables/{table.name}.jsonl", _lines(session, table), digests)
    for sha256 in session.scalars(select(Blob.sha256).order_by(Blob.sha256)):
        _write_member(archive, f"files/{sha256}", iter([site.files.get(sha256)]), digests)
    _write_member(archive, "secret_key", iter([site.config.secret_key.encode()]), digests)
    manifest = {
        "format": FORMAT, "kmwiki": __version__, "schema": schema_revision(site), "made_at": site.clock().isoformat(),
        "members": digests,
    }  # fmt: skip
    archive.writestr("manifest.json", json.dumps(manifest, indent=1))


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def _write_member(archive: zipfile.ZipFile, name: str, parts: Iterator[bytes], digests: dict[str, str]) -> None:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            member.write(part)
    digests[name] = digest.hexdigest()


def _lines(session: Session, table: Table) -> Iterator[bytes]:
    ordered = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    for row in session.execute(ordered).mappings():
        yield (json.dumps(dict(row), default=_plain, ensure_ascii=False) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be backed up")


# ---- back again


def restore(site: Site, path: Path) -> None:
    """Make an empty data folder and database the site of this backup.

    Checks every member before anything is written. Raises BundleError for a file that is damaged or no backup,
    ConfigError where there is a database already.
    """
    if is_installed(site):
        raise ConfigError(f"{site.config.data} has a database already; restore into an empty folder")
    with _opened(path) as archive:
        manifest = _checked_manifest(archive)
        make_data_folder(site.config)
        for name in manifest["members"]:
            if name.startswith("files/"):
                site.files.put(archive.read(name))
        _restore_key(site, archive.read("secret_key").decode())
        command.upgrade(alembic_config(site), manifest["schema"])
        with transaction(site.sessions) as session:
            for table in _tables():
                if f"tables/{table.name}.jsonl" in manifest["members"]:  # an older backup may have fewer
                    _fill(session, table, archive)
    log.info("restored from %s", path.name)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BundleError(f"{path} cannot be read as a backup: {error}") from error


def _checked_manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    try:
        manifest = json.loads(archive.read("manifest.json"))
        members = manifest["members"]
    except (KeyError, ValueError, TypeError) as error:
        raise BundleError("this file is no backup of kmwiki: it has no readable manifest") from error
    if manifest.get("format") != FORMAT:
        raise BundleError(f"this backup has format {manifest.get('format')}; this kmwiki reads format {FORMAT}")
    faults = [f"{name}: {fault}" for name, digest in members.items() if (fault := _fault(archive, name, digest))]
    faults += [f"{name}: is not in the manifest" for name in set(archive.namelist()) - {"manifest.json", *members}]
    faults += [f"{name}: is missing" for name in ("tables/setting.jsonl", "secret_key") if name not in members]
    if faults:
        raise BundleError("the backup is damaged; nothing was restored", faults)
    return dict(manifest)


def _fault(archive: zipfile.ZipFile, name: str, expected: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as member:
            while part := member.read(1024 * 1024):
                digest.update(part)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError) as error:
        return f"cannot be read ({error})"
    return None if digest.hexdigest() == expected else "its SHA-256 is not the one in the manifest"


def _restore_key(site: Site, key: str) -> None:
    path = site.config.data / "secret_key"
    path.touch(mode=0o600)
    path.write_text(key)


def _fill(session: Session, table: Table, archive: zipfile.ZipFile) -> None:
    """Insert the rows of one table; columns that name rows of the same table are filled in afterwards."""
    later = [one for one in table.columns if any(key.column.table is table for key in one.foreign_keys)]
    postponed: list[dict[str, Any]] = []
    for batch in _batches(archive, table):
        for row in batch:
            if any(row[one.name] is not None for one in later):
                postponed.append(dict(row))
                row.update({one.name: None for one in later})
        session.execute(insert(_with_columns(table, batch[0])), batch)
    for row in postponed:
        own = [key == row[key.name] for key in table.primary_key.columns]
        session.execute(update(table).where(*own).values({one.name: row[one.name] for one in later}))


def _batches(archive: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    with archive.open(f"tables/{table.name}.jsonl") as member:
        while lines := list(islice(member, _BATCH)):
            yield [
                {name: _value(table.columns[name], value) for name, value in json.loads(line).items()} for line in lines
            ]


def _with_columns(table: Table, row: Mapping[str, Any]) -> TableClause:
    """The table with these columns alone: the schema of an older backup has no others, and no default may add one."""
    return table_clause(table.name, *(column(name, table.columns[name].type) for name in row))


def _value(of: Column[Any], value: Any) -> Any:
    """A value of a JSON line as the column takes it."""
    if not isinstance(value, str):
        return value
    if isinstance(of.type, Uuid):
        return UUID(value)
    if isinstance(of.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(of.type, Date) else value
