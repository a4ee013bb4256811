"""Promise 1: no text that the server acknowledged is ever lost, whoever else saves and whatever dies meanwhile."""

import json
import multiprocessing
import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.processes import Running, kmwiki
from form_client import FormClient, fields_of, replaced
from kmwiki.config import load_config
from kmwiki.models import Revision
from kmwiki.permissions import SYSTEM
from kmwiki.serving import open_installed
from pages import practice

PASSWORD = "four writers at once"
PROCESSES, SAVES = 4, 100
#: A writer looks at the newest text only now and then, as people do who keep a form open in a second window.
LOOKS_EVERY = 3
FIELDS = ("practice", "practice", "conditions", "summary")


def write(base: str, path: str, number: int, journal: Path) -> None:
    """Save a hundred times over versions that are often stale; note what the server acknowledged."""
    client = FormClient(base)
    client.sign_in("writer", PASSWORD)
    form: list[tuple[str, str]] = []
    with journal.open("w") as file:
        for turn in range(SAVES):
            mark = f"writer{number}turn{turn:03}"
            try:
                if turn % LOOKS_EVERY == 0:
                    form = fields_of(client.get(path).text, "head")
                text = dict(form)[FIELDS[number]]
                changed = f"{text}\n\nParagraph {mark}." if number != 3 else f"Summary {mark}."
                answer = client.post(path, [*replaced(form, **{FIELDS[number]: changed}), ("do", "save")])
            except (OSError, ValueError) as error:
                file.write(json.dumps([mark, "lost line", str(error)]) + "\n")
                continue
            acknowledged = {200: "saved", 409: "conflict"}.get(answer.status, "refused")
            if acknowledged == "conflict" and mark not in answer.text:
                acknowledged = "conflict not shown"
            elif acknowledged == "saved" and turn % 2:
                form = fields_of(answer.text, "head")
            file.write(json.dumps([mark, acknowledged, answer.status]) + "\n")
            file.flush()


def web_worker_of(server: Running) -> int:
    """One of the server's web processes."""
    children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True).stdout.split()
    return max(int(pid) for pid in children)


@pytest.mark.slow
def test_slow_four_writers_lose_no_acknowledged_text_while_a_process_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert kmwiki(folder, "init").returncode == 0
    added = kmwiki(folder, "user", "add", "writer", "--role", "contributor", "--password-stdin", stdin=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    with Running(folder) as server:
        base = f"http://127.0.0.1:{server.port}"
        path = start_change(base)
        journals = [tmp_path / f"journal-{number}" for number in range(PROCESSES)]
        context = multiprocessing.get_context("spawn")
        writers = [
            context.Process(target=write, args=(base, path, number, journals[number])) for number in range(PROCESSES)
        ]
        for writer in writers:
            writer.start()
        wait_for_lines(journals, PROCESSES * SAVES // 3)
        os.kill(web_worker_of(server), signal.SIGKILL)
        for writer in writers:
            writer.join(300)
            assert writer.exitcode == 0
    told = [json.loads(line) for journal in journals for line in journal.read_text().splitlines()]
    stored = all_texts(folder)

    counts = Counter(kind for _mark, kind, _status in told)
    assert len(told) == PROCESSES * SAVES
    assert counts["saved"] > SAVES
    assert counts["conflict"] > 0
    assert not counts["refused"] and not counts["conflict not shown"]
    print(dict(counts))
    lost = [mark for mark, kind, _status in told if kind in ("saved", "conflict") and mark not in stored]
    assert lost == []
    assert kmwiki(folder, "worker", "--once").returncode == 0
    assert kmwiki(folder, "reindex").returncode == 0
    assert kmwiki(folder, "verify").returncode == 0


def start_change(base: str) -> str:
    """A draft practice; the address of its form."""
    client = FormClient(base)
    client.sign_in("writer", PASSWORD)
    form = fields_of(client.get("/new/good-practice").text, "token")
    texts = {name: value for name, value in practice().items() if isinstance(value, str)}
    answer = client.post("/new/good-practice", [*replaced(form, **texts), ("do", "save")])
    assert answer.status == 200, answer.text
    return answer.url.removeprefix(base)


def wait_for_lines(journals: list[Path], number: int) -> None:
    until = time.monotonic() + 120
    while sum(journal.read_text().count("\n") for journal in journals if journal.exists()) < number:
        assert time.monotonic() < until
        time.sleep(0.05)


def all_texts(folder: Path) -> str:
    """Every text of every revision."""
    site = open_installed(load_config({"KMWIKI_DATA": str(folder)}))
    with site.look(SYSTEM) as uow:
        contents = uow.session.scalars(select(Revision.content)).all()
    site.engine.dispose()
    return json.dumps(contents)
