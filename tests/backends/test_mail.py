"""Mails on a real SMTP server: headers that nothing breaks, refusals, a server that is away."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.backends.mail import Letter, Sender, SmtpMailer, message
from kmwiki.config import load_config, mail_server
from kmwiki.errors import ConfigError, MailRefused, MailUnavailable
from smtp_sink import SmtpSink

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SENDER = Sender("wiki@example.org", "Lakeside learning wiki")
LETTER = Letter("mary@example.org", "“Wasserstellen” – sent back", "Bonjour,\n\nÉté.\n", "notification-1", "fr")

nasty = st.text(max_size=200) | st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "Bcc: x@evil.example", "\x00", "\u2028", "=?utf-8?q?x?=", "é", "<", ">", '"', ","]
    )
).map("".join)


def sent(sink: SmtpSink, letter: Letter) -> None:
    with SmtpMailer(mail_server(sink.url), timeout_seconds=5).connected() as connection:
        connection.send(message(letter, SENDER, NOW))


def test_a_mail_arrives_with_the_headers_of_a_program_that_writes(smtp_sink: SmtpSink) -> None:
    sent(smtp_sink, LETTER)

    (came,) = smtp_sink.letters
    assert came["Subject"] == "“Wasserstellen” – sent back"
    assert came["From"] == "Lakeside learning wiki <wiki@example.org>"
    assert (came["Auto-Submitted"], came["Content-Language"]) == ("auto-generated", "fr")
    assert came["Date"].datetime == NOW
    assert came["Message-ID"].endswith("@example.org>")
    assert came.get_content().replace("\r\n", "\n") == "Bonjour,\n\nÉté.\n"


def test_a_stop_link_stays_in_one_line_as_mail_programs_read_it(smtp_sink: SmtpSink) -> None:
    address = f"<https://wiki.example.org/account/mail/stop/{'x' * 150}>"

    raw = message(replace(LETTER, headers={"List-Unsubscribe": address}), SENDER, NOW).as_bytes()

    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in raw


def test_the_same_key_is_the_same_message_id() -> None:
    first, again = message(LETTER, SENDER, NOW), message(LETTER, SENDER, NOW.replace(hour=9))

    assert first["Message-ID"] == again["Message-ID"]


@given(subject=nasty, name=nasty, text=nasty, language=st.sampled_from(["en", "fr"]))
def test_names_and_titles_add_no_header_and_no_recipient(subject: str, name: str, text: str, language: str) -> None:
    letter = Letter("mary@example.org", subject, text, "k", language)

    raw = message(letter, Sender("wiki@example.org", name), NOW).as_bytes()

    read = message_from_bytes(raw, policy=policy.default)
    assert set(read.keys()) == {
        "To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert [address.addr_spec for address in read["To"].addresses] == ["mary@example.org"]
    assert [address.addr_spec for address in read["From"].addresses] == ["wiki@example.org"]


@pytest.mark.parametrize(
    "address",
    ["", "mary", "mary@", "@b.org", "a@b.org, c@d.org", "a\r\nBcc: c@d.org", "<a>@b.org", "a b@c.org", '"a"@b.org'],
)
def test_what_is_no_address_is_not_written_to(address: str) -> None:
    with pytest.raises(MailRefused):
        message(Letter(address, "x", "x", "k", "en"), SENDER, NOW)


def test_a_recipient_that_the_server_does_not_know_is_refused_for_good(smtp_sink: SmtpSink) -> None:
    smtp_sink.answers["mary@example.org"] = "550 nobody called mary@example.org"

    with pytest.raises(MailRefused) as refused:
        sent(smtp_sink, LETTER)

    assert "mary" not in str(refused.value)


@pytest.mark.parametrize("answer", ["450 later please", "421 too busy"])
def test_a_server_that_says_later_is_asked_again(smtp_sink: SmtpSink, answer: str) -> None:
    smtp_sink.answers["mary@example.org"] = answer

    with pytest.raises(MailUnavailable):
        sent(smtp_sink, LETTER)


def test_a_server_that_is_away_is_unavailable(smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()

    with pytest.raises(MailUnavailable):
        sent(smtp_sink, LETTER)


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "tls", "starttls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "", "", False, False),
        ("smtp://u%40x:p%2Fq@mail.example.org:587?starttls=1", "mail.example.org", 587, "u@x", "p/q", False, True),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "u", "p", True, False),
    ],
)
def test_the_address_of_a_mail_server_is_read(
    url: str, host: str, port: int, user: str, password: str, tls: bool, starttls: bool
) -> None:
    read = mail_server(url)

    assert (read.host, read.port, read.user, read.password) == (host, port, user, password)
    assert (read.is_tls, read.starts_tls) == (tls, starttls)


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://u:hunter2@x", "smtp://", "smtp://u:hunter2@x:99999", "smtp://u:hunter2@x?tls=1"]
)
def test_a_wrong_address_stops_the_start_and_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config({"KMWIKI_MAIL_URL": url, "KMWIKI_BASE_URL": "https://wiki.example.org"})

    assert "KMWIKI_MAIL_URL" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_mail_without_a_public_address_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="KMWIKI_BASE_URL"):
        load_config({"KMWIKI_MAIL_URL": "smtp://mail.example.org"})


def test_the_password_is_in_no_representation() -> None:
    assert "hunter2" not in repr(mail_server("smtp://u:hunter2@mail.example.org"))
