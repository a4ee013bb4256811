"""Handing mails to a mail server by SMTP. What is written in them is the business of services/telling/mailing.py."""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Protocol

from kmwiki.config import MailServer
from kmwiki.errors import MailRefused, MailUnavailable

#: A server that says nothing for so long is taken as gone.
TIMEOUT_SECONDS = 15
#: Longer subjects are cut: no mail program shows more.
_SUBJECT_LIMIT = 200
_NAME_LIMIT = 80
#: Everything that ends a line somewhere, and what no header holds.
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PERMANENT = 500


@dataclass(frozen=True)
class Letter:
    """A mail to one person. `key` names what it is about: twice the same key is twice the same Message-ID."""

    to: str
    subject: str
    text: str
    key: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    """Whom mails are from: an address, and a name that people know."""

    address: str
    name: str


class _Policy(EmailPolicy):
    """Headers that hold addresses stay in one line: folded they would be encoded, and mail programs read them raw."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name.startswith("List-") else str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.startswith("List-"):
            return self.fold(name, value).encode("ascii", "replace")
        return bytes(super().fold_binary(name, value))


_POLICY = _Policy(linesep="\r\n", max_line_length=78)


def one_line(text: str, limit: int) -> str:
    """The text as one line that can stand in a header, whatever is in it."""
    line = " ".join(_NOT_IN_A_LINE.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def message(letter: Letter, sender: Sender, now: datetime) -> EmailMessage:
    """The mail as it is sent. Raises MailRefused for an address that cannot be written to."""
    built = EmailMessage(policy=_POLICY)
    try:
        built["To"] = _address("", letter.to)
        built["From"] = _address(_plain_name(sender.name), sender.address)
        built["Subject"] = one_line(letter.subject, _SUBJECT_LIMIT) or "–"
        built["Date"] = format_datetime(now)
        built["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{_host(sender.address)}>"
        built["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers.items():
            built[name] = one_line(value, 900)
    except (ValueError, MessageError, IndexError) as error:
        raise MailRefused(f"mail {letter.key} cannot be addressed: {type(error).__name__}") from None
    built.set_content(_NOT_IN_A_TEXT.sub("", letter.text.replace("\r\n", "\n").replace("\r", "\n")))
    built["Content-Language"] = letter.language  # after the content, which takes away what was said of another
    return built


def _plain_name(name: str) -> str:
    """Letters, digits and a few signs: what else stands in the name of a site, mail programs read as addresses."""
    return one_line("".join(sign if sign.isalnum() or sign in "-&'’" else " " for sign in name), _NAME_LIMIT)


def _address(name: str, address: str) -> Address:
    local, _at, domain = address.rpartition("@")
    if not local or not domain or one_line(address, 400) != address or re.search(r"[\s<>,;:\"\\()\[\]]", address):
        raise ValueError("no mail address")
    return Address(display_name=name, username=local, domain=domain.encode("idna").decode())


def _host(address: str) -> str:
    return address.rpartition("@")[2]


class Connection(Protocol):
    """A mail server that listens."""

    def send(self, letter: EmailMessage) -> None:
        """Hand in one mail. Raises MailRefused (never again) or MailUnavailable (later, perhaps)."""


class Mailer(Protocol):
    """Where mails are handed in."""

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """One connection for several mails. Raises MailUnavailable."""
        ...


class SmtpMailer:
    """A server that speaks SMTP. Errors name what went wrong, never an address or a password."""

    def __init__(self, server: MailServer, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        try:
            client = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(_what(error)) from None
        try:
            yield _Smtp(client)
        finally:
            _close(client)

    def _open(self) -> smtplib.SMTP:
        server, seconds = self._server, self._timeout_seconds
        client: smtplib.SMTP
        if server.is_tls:
            context = ssl.create_default_context()
            client = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=seconds)
        try:
            if server.starts_tls:
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
        except (OSError, smtplib.SMTPException):
            _close(client)
            raise
        return client


class _Smtp:
    def __init__(self, client: smtplib.SMTP) -> None:
        self._client = client

    def send(self, letter: EmailMessage) -> None:
        try:
            self._client.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _words in error.recipients.values()), 0)
            raise _refusal(code, "the recipient") from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, "the text") from None
        except smtplib.SMTPNotSupportedError:  # an address beyond ASCII, which this server cannot write to
            raise MailRefused("the server does not take such an address") from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(_what(error)) from None


def _refusal(code: int, what: str) -> MailRefused | MailUnavailable:
    words = f"the server refused {what} ({code})"
    return MailRefused(words) if code >= _PERMANENT else MailUnavailable(words)


def _what(error: Exception) -> str:
    """What went wrong, without what the server said: that may repeat addresses."""
    code = getattr(error, "smtp_code", "") or getattr(error, "errno", "") or ""
    return f"{type(error).__name__} {code}".strip()


def _close(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()
