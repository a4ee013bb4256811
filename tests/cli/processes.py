"""kmwiki commands as real processes."""

import contextlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

from kmwiki.cli import main

COMMAND = [sys.executable, "-m", "kmwiki"]


def environment(folder, **settings):
    """The environment of a command: this folder, and nothing of the developer's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KMWIKI_")}
    return {**kept, "KMWIKI_DATA": str(folder), "PYTHONPATH": str(Path(__file__).parents[2]), **settings}


def kmwiki(folder, *arguments, stdin="", cwd=None, **settings):
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(folder, **settings), input=stdin, capture_output=True, text=True,
        timeout=120, cwd=cwd or folder.parent,
    )  # fmt: skip


def kmwiki_here(folder, *arguments, stdin="", cwd=None, **settings):
    """The same within this process, which is much quicker; what it cannot show are signals and crashes."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(folder, **settings), clear=True),
        mock.patch.object(sys, "argv", ["kmwiki", *arguments]),
        mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        contextlib.chdir(cwd or folder.parent),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Running:
    """A server in a `with` block; ended at the latest with it, children included."""

    def __init__(self, folder, command="serve", *options, ready="/readyz", **settings):
        self.ready = ready
        self.port = free_port()
        self.log = folder.parent / f"{command}-{self.port}.log"
        self.arguments = [*COMMAND, command, "--port", str(self.port), *options]
        self.environment = environment(folder, **settings)
        self.cwd = folder.parent

    def __enter__(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.arguments, env=self.environment, stdout=log, stderr=subprocess.STDOUT, cwd=self.cwd,
                start_new_session=True,
            )  # fmt: skip
        wait_until(self.is_ready, 60, lambda: self.log.read_text())
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(25)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)

    def get(self, path):
        """(status, body) of a GET."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended:\n{self.log.read_text()}")
        try:
            return self.get(self.ready)[0] == 200
        except OSError:
            return False

    def worker(self):
        """The process id of the background worker that started last."""
        found = re.findall(r"started worker name=\S+-(\d+)", self.log.read_text())
        return int(found[-1]) if found else None

    def family(self):
        """The process ids of everything that this server started."""
        return [pid for pid in _all_processes() if _session(pid) == self.process.pid]


def api_caller(server, token):
    """A function that calls the API of a running server: call(method, path, body) gives the JSON of its answer."""

    def call(method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    return call


def _all_processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _session(pid):
    """The session of a process that lives; None for one that ended or waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])


def wait_until(holds, seconds, tell=lambda: ""):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"did not happen within {seconds} s\n{tell()}")
        time.sleep(0.05)
