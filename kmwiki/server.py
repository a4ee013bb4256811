"""The server of `kmwiki serve`: gunicorn's web processes and the background worker, forked from one parent.

Everything is imported before the first fork, so that the processes share that memory. The worker is watched by a
keeper, a process of a few lines that starts it again when it dies and ends with the server.
"""

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from kmwiki.app import create_app
from kmwiki.site import Site
from kmwiki.worker import Worker

log = logging.getLogger(__name__)

THREADS = 4
#: A worker that dies at once is not started more often than this.
RESTART_SECONDS = 1.0


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the settings that were measured (docs/decisions/0003-server.md)."""

    def __init__(
        self, site: Site, host: str, port: int, workers: int, with_worker: bool, on_ready: Callable[[], None]
    ) -> None:
        self.site = site
        self.with_worker = with_worker
        self.settings: dict[str, Any] = {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 15,
            "preload_app": True,
            "control_socket_disable": True,
            "graceful_timeout": 15,
            "timeout": 60,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,
            "when_ready": lambda _arbiter: on_ready(),
            "post_fork": self._after_fork,
        }
        self.application = create_app(site)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            if name in self.cfg.settings and value is not None:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.application

    def run(self) -> None:
        """Serve until a signal ends it; the worker ends with it."""
        self.site.engine.dispose()  # each process opens its own connections
        gc.freeze()
        keeper = start_keeper(self.site) if self.with_worker else None
        try:
            super().run()
        finally:
            if keeper is not None:
                _end(keeper)

    def _after_fork(self, _arbiter: object, _worker: object) -> None:
        self.site.engine.dispose(close=False)


def start_keeper(site: Site) -> int:
    """Fork the keeper of the background worker; its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _keep_worker(site, parent)
        finally:
            os._exit(0)
    return pid


def _keep_worker(site: Site, parent: int) -> None:
    """Keep one worker running until the parent is gone or says stop."""
    stopping = _on_stop_signals()
    while not stopping and os.getppid() == parent:
        worker = _fork_worker(site)
        while not _has_ended(worker):
            if stopping or os.getppid() != parent:
                _end(worker)
                return
            time.sleep(0.2)
        log.warning("the worker ended and is started again")
        time.sleep(RESTART_SECONDS)


def _fork_worker(site: Site) -> int:
    pid = os.fork()
    if pid == 0:
        keeper = os.getppid()
        stopping = _on_stop_signals()
        site.engine.dispose(close=False)
        try:
            Worker(site, lambda: bool(stopping) or os.getppid() != keeper).run()
        finally:
            os._exit(0)
    return pid


def _on_stop_signals() -> list[int]:
    """A list that is filled when this process is told to stop."""
    stopping: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, note)
    return stopping


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _end(pid: int) -> None:
    """Ask a process to stop, and wait for it; after 20 seconds it is ended."""
    try:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 20
        while not _has_ended(pid):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
    except ProcessLookupError:
        return
