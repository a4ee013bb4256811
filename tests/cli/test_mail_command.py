"""`kmwiki mail test`: what happened is printed; the password of the mail server never is."""

import pytest

from cli.processes import kmwiki_here as kmwiki
from smtp_sink import SmtpSink

pytestmark = pytest.mark.slow
BASE = {"KMWIKI_BASE_URL": "https://wiki.example.org"}


@pytest.fixture
def folder(tmp_path):
    assert kmwiki(tmp_path / "data", "init").returncode == 0
    return tmp_path / "data"


def test_a_test_mail_goes_out(folder, smtp_sink: SmtpSink) -> None:
    done = kmwiki(folder, "mail", "test", "mary@example.org", KMWIKI_MAIL_URL=smtp_sink.url, **BASE)

    assert done.returncode == 0, done.stderr
    assert f"127.0.0.1:{smtp_sink.port} took a mail from kmwiki@wiki.example.org to mary@example.org" in done.stdout
    assert [letter["To"] for letter in smtp_sink.letters] == ["mary@example.org"]


def test_without_mail_the_command_says_what_to_set(folder) -> None:
    done = kmwiki(folder, "mail", "test", "mary@example.org")

    assert done.returncode == 1
    assert "KMWIKI_MAIL_URL is not set" in done.stderr


def test_what_went_wrong_is_said_without_the_password(folder, smtp_sink: SmtpSink) -> None:
    smtp_sink.answers["mary@example.org"] = "550 no such user"
    refused = kmwiki(folder, "mail", "test", "mary@example.org", KMWIKI_MAIL_URL=smtp_sink.url, **BASE)
    smtp_sink.stop()
    url = f"smtp://wiki:hunter2@127.0.0.1:{smtp_sink.port}"
    away = kmwiki(folder, "mail", "test", "mary@example.org", KMWIKI_MAIL_URL=url, **BASE)

    assert (refused.returncode, away.returncode) == (1, 1)
    assert "the server refused the recipient (550)" in refused.stderr
    assert "ConnectionRefusedError" in away.stderr
    assert "hunter2" not in away.stdout + away.stderr
