"""A PostgreSQL cluster that lives as long as a test run, started from the system's own programs as a non-root user."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

import psycopg


def find_postgres() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None where there is none."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).parent)
    whole = (folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists())
    return next(whole, None)


class Cluster:
    """Use as a context manager; databases are made and dropped by name."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.port = _free_port()
        self.user = "nobody" if os.getuid() == 0 else None

    def __enter__(self) -> "Cluster":
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = self.folder / "cluster"
        subprocess.run(
            [self.programs / "initdb", "-D", data, "-U", "kmwiki", "--auth=trust", "--encoding=UTF8", "--no-sync",
             "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, user=self.user, cwd=self.folder,
        )  # fmt: skip
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=off", "-c", "max_connections=60", "-k", self.folder],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("w"), user=self.user, cwd=self.folder,
        )  # fmt: skip
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(30)

    def create_database(self, name: str, template: str = "template0") -> str:
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://kmwiki@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=kmwiki dbname=postgres"

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self._address()).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
