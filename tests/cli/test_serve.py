"""The server with its real processes: two web workers, one background worker, and how they end."""

import os
import signal
import time

import pytest

from cli.processes import Running, kmwiki, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_a_new_folder_is_served_and_the_set_up_link_printed(folder):
    with Running(folder) as server:
        status, _body = server.get("/")

        assert status == 200
        assert f"http://127.0.0.1:{server.port}/account/setup/" in server.log.read_text()
        assert server.get("/healthz")[0] == 200


def test_a_killed_worker_is_started_again(folder):
    with Running(folder) as server:
        wait_until(lambda: server.worker() is not None, 20)
        first = server.worker()
        os.kill(first, signal.SIGKILL)

        wait_until(lambda: server.worker() != first, 20, server.log.read_text)
        assert server.is_ready()


def test_a_killed_web_worker_is_started_again(folder):
    with Running(folder) as server:
        wait_until(lambda: len(server.family()) == 5, 20)
        web = max(pid for pid in server.family() if pid not in (server.process.pid, server.worker()))
        os.kill(web, signal.SIGKILL)

        wait_until(lambda: len(server.family()) == 5 and web not in server.family(), 20)
        assert server.is_ready()


def test_being_told_to_stop_ends_everything_within_seconds(folder):
    with Running(folder) as server:
        wait_until(lambda: len(server.family()) == 5, 20)  # parent, keeper, worker, two web workers

        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(15)

        assert code == 0
        assert time.monotonic() - began < 10
        wait_until(lambda: server.family() == [], 2)


def test_nothing_is_left_when_the_parent_is_killed(folder):
    with Running(folder) as server:
        server.process.kill()
        server.process.wait(5)

        wait_until(lambda: server.family() == [], 20, lambda: str(server.family()))


def test_without_a_worker_the_site_answers_and_is_not_ready(folder):
    with Running(folder, "serve", "--no-worker", "--workers", "1", ready="/healthz") as server:
        assert len(server.family()) == 2
        assert server.get("/")[0] == 200
        assert server.get("/readyz")[0] == 503


def test_a_second_start_keeps_the_site(folder):
    with Running(folder):
        kmwiki(folder, "user", "add", "nuru", "--role", "contributor")
    with Running(folder) as server:
        assert server.is_ready()

    assert "nuru\tcontributor" in kmwiki(folder, "user", "list").stdout


def test_the_demo_shows_its_titles_and_every_other_command_works_on_it(folder):
    with Running(folder, "demo") as server:
        assert "Coaching each other in circles of teachers" in server.get("/")[1]
        verified = kmwiki(folder, "verify")
        assert (verified.returncode, verified.stdout) == (0, "no differences\n")
        assert kmwiki(folder, "export", "--output", str(folder.parent / "out.zip")).returncode == 0
        assert kmwiki(folder, "backup", str(folder.parent / "backup.zip")).returncode == 0

    refused = kmwiki(folder, "serve")
    assert refused.returncode == 1
    assert "holds a demo" in refused.stderr


def test_the_demo_refuses_a_folder_of_a_real_site(folder):
    kmwiki(folder, "init")

    refused = kmwiki(folder, "demo")

    assert refused.returncode == 1
    assert "no demo" in refused.stderr
