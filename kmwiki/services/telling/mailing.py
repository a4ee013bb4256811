"""Mails go out after the commit, by the worker; without a mail server nothing is sent, and links are handed over.

The text of a mail is plain text, made in the language of whoever gets it. Addresses of the site in it are made of
KMWIKI_BASE_URL alone, never of what a request says of its host.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from kmwiki.backends.mail import Connection, Letter, Sender, SmtpMailer, message
from kmwiki.config import mail_server
from kmwiki.domain.ids import new_id
from kmwiki.errors import ConfigError, MailRefused, MailUnavailable
from kmwiki.i18n import INTERFACE_LANGUAGES, current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import User
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)


def is_on(uow: UnitOfWork) -> bool:
    """Whether this site sends mail."""
    return bool(uow.site.config.mail_url)


def send(uow: UnitOfWork, to: str, subject: str, text: str, key: str) -> None:
    """A mail to one address, sent after the commit and tried again where that fails. Does nothing without mail.

    `key` names what it is about: a mail that goes out twice by accident has the same Message-ID both times.
    """
    if is_on(uow):
        uow.enqueue("mail", to=to, subject=subject, text=text, key=key, language=current_language())


def absolute(uow: UnitOfWork, path: str) -> str:
    """The public address of a path of this site."""
    return f"{uow.site.config.base_url}{path}"


def language_of(user: User) -> str:
    """The language that somebody gets mails in: the first of theirs that the interface has."""
    return next((code for code in user.languages if code in INTERFACE_LANGUAGES), INTERFACE_LANGUAGES[0])


# ---- for the worker


def deliver(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> Mapping[int, str]:
    """Job `mail`: hand in these mails; those that could not be are to be tried again."""
    return deliver_each(uow.site, [partial(_letter, payload) for payload in payloads])


def _letter(payload: Mapping[str, Any]) -> Letter:
    language = payload.get("language", INTERFACE_LANGUAGES[0])
    return Letter(payload["to"], payload["subject"], payload["text"], payload["key"], language)


def deliver_each(
    site: Site,
    letters: Sequence[Callable[[], Letter | None]],
    delivered: Callable[[int], None] = lambda _position: None,
) -> Mapping[int, str]:
    """Hand in letters over one connection: the positions of those that did not go, with what went wrong.

    Each is written right before it goes; None: it is not to go now. `delivered` is told of each that went, and of
    each that never will: a refused recipient is logged and dropped, as trying again would not help.
    """
    if not site.config.mail_url:
        return {}  # switched off since
    try:
        with SmtpMailer(mail_server(site.config.mail_url)).connected() as connection:
            return _deliver(site, connection, letters, delivered)
    except MailUnavailable as error:
        log.warning("no mail server: %s", error)
        return dict.fromkeys(range(len(letters)), str(error))


def _deliver(
    site: Site,
    connection: Connection,
    letters: Sequence[Callable[[], Letter | None]],
    delivered: Callable[[int], None],
) -> Mapping[int, str]:
    failed: dict[int, str] = {}
    for position, write in enumerate(letters):
        letter = write()
        if letter is None:
            continue
        try:
            hand_in(site, connection, letter)
        except MailUnavailable as error:
            log.warning("mail waits key=%s reason=%s", letter.key, error)
            failed[position] = str(error)
            continue
        except MailRefused as error:
            log.warning("dropped mail key=%s reason=%s", letter.key, error)
        delivered(position)
    return failed


def hand_in(site: Site, connection: Connection, letter: Letter) -> None:
    """Hand in one letter. Raises MailRefused, MailUnavailable."""
    connection.send(message(letter, sender(site), site.clock()))
    log.info("sent mail key=%s", letter.key)


def sender(site: Site) -> Sender:
    """Whom the mails of this site are from."""
    host = urlsplit(site.config.base_url).hostname or "localhost"
    return Sender(site.config.mail_from or f"kmwiki@{host}", site.config.site_name)


# ---- for whoever sets mail up


def send_test(site: Site, address: str) -> str:
    """Send a mail at once; what happened, in words. Raises ConfigError (mail is off), MailUnavailable, MailRefused."""
    if not site.config.mail_url:
        raise ConfigError("mail is off: KMWIKI_MAIL_URL is not set (docs/operating.md, Mail)")
    server = mail_server(site.config.mail_url)
    text = _("This is a test. Whoever reads it gets mail from {site}, {address}.")
    letter = Letter(
        address, _("A test of {site}").format(site=site.config.site_name),
        text.format(site=site.config.site_name, address=site.config.base_url) + "\n",
        f"test-{new_id()}", current_language(),
    )  # fmt: skip
    with SmtpMailer(server).connected() as connection:
        hand_in(site, connection, letter)
    done = _("{server} took a mail from {sender} to {address}; it may take a minute, and may be under spam.")
    return done.format(server=f"{server.host}:{server.port}", sender=sender(site).address, address=address)
