"""Mails about accounts: a link each, or a word that something changed. In the language of whoever caused them.

Links in them are made of KMWIKI_BASE_URL alone: a site without it sends none.
"""

from kmwiki.i18n import gettext as _
from kmwiki.models import Invitation, User
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.services.telling import mailing
from kmwiki.site import UnitOfWork


def can_send_links(uow: UnitOfWork) -> bool:
    """Whether links can go out by mail here; else they are handed over by people."""
    return mailing.is_on(uow) and bool(uow.site.config.base_url)


def send_reset(uow: UnitOfWork, user: User, token: str) -> None:
    """The link by which somebody who forgot their password sets another one."""
    text = _(
        "Somebody, probably you, asked for a new password for your account “{username}” at {site}.\n\n"
        "Set one here, within one hour:\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is."
    )
    _send(uow, user.email or "", _("A new password for {site}"), text, f"/account/reset/{token}", token, user.username)


def send_confirmation(uow: UnitOfWork, user: User, email: str, token: str) -> None:
    """The link that shows that a new mail address is its owner's."""
    text = _(
        "The account “{username}” at {site} is to have this mail address.\n\n"
        "If that is right, confirm it here, within one day:\n{link}\n\n"
        "If it is not, do nothing."
    )
    _send(uow, email, _("Is this your mail address?"), text, f"/account/email/{token}", token, user.username)


def tell_old_address(uow: UnitOfWork, user: User, before: str) -> None:
    """The owner hears of the change where they read mail so far: it may not have been them."""
    text = _(
        "The account “{username}” at {site} has another mail address now; no more mail goes to this one.\n\n"
        "If it was not you, tell an administrator of the site at once."
    )
    key = hashed(f"{user.id} {before} {uow.now.isoformat()}")
    _send(uow, before, _("Your mail address at {site} was changed"), text, "", key, user.username)


def send_invitation(uow: UnitOfWork, invitation: Invitation, token: str) -> None:
    """The link by which somebody who was invited makes their account."""
    text = _("{person} invites you to {site}.\n\n{note}Make your account here, within 14 days:\n{link}\n")
    _send(
        uow, invitation.email or "", _("An invitation to {site}"), text, f"/account/invited/{token}", token, "",
        person=uow.actor.name, note=f"{invitation.note}\n\n" if invitation.note else "",
    )  # fmt: skip


def _send(
    uow: UnitOfWork, to: str, subject: str, text: str, path: str, token: str, username: str, **words: str
) -> None:
    site = uow.site.config.site_name
    link = mailing.absolute(uow, path)
    filled = text.format(site=site, link=link, username=username, **words)
    mailing.send(uow, to, subject.format(site=site), filled, f"account-{hashed(token)[:24]}")
