"""Mails go out after the commit, by the worker; without a mail server nothing is sent, and links are handed over.

The text of a mail is plain text, made in the language of whoever gets it. Addresses of the site in it are made of
KMWIKI_BASE_URL alone, never of what a request says of its host.
"""

from kmwiki.site import UnitOfWork


def is_on(uow: UnitOfWork) -> bool:
    """Whether this site sends mail."""
    return bool(uow.site.config.mail_url)


def send(uow: UnitOfWork, to: str, subject: str, text: str, key: str) -> None:
    """A mail to one address, sent after the commit and tried again where that fails. Does nothing without mail.

    `key` names what it is about: a mail that goes out twice by accident has the same Message-ID both times.
    """
    if is_on(uow):
        uow.enqueue("mail", to=to, subject=subject, text=text, key=key)


def absolute(uow: UnitOfWork, path: str) -> str:
    """The public address of a path of this site."""
    return f"{uow.site.config.base_url}{path}"
