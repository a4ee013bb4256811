"""The stop link of a mail: a page with a button, and the POST that mail programs send by themselves (RFC 8058).

A signed token stands for whoever got the mail: nobody has to sign in, and no cookie is looked at. So these are the
only posts of a page that no form of ours vouches for; all that they can do is stop mails.
"""

from flask import render_template

from kmwiki.domain.events import Group
from kmwiki.http.current import work
from kmwiki.permissions import ANONYMOUS
from kmwiki.render.event_words import group_words
from kmwiki.services.telling import told
from kmwiki.services.telling.told import Stop
from kmwiki.web.account import account_blueprint

blueprint = account_blueprint("mail_stop")


@blueprint.get("/account/mail/stop/<token>")
def page(token: str) -> str:
    """Asks whether it is meant. Raises NotFound for a link that this site did not make."""
    with work(ANONYMOUS) as uow:
        return _page(told.find_stop(uow, token), is_done=False)


@blueprint.post("/account/mail/stop/<token>")
def stop(token: str) -> str:
    """No more of these mails; whoever does it twice is told the same."""
    with work(ANONYMOUS) as uow:
        return _page(told.stop(uow, token), is_done=True)


def _page(found: Stop, is_done: bool) -> str:
    group = group_words(Group(found.what)) if found.what in list(Group) else None
    return render_template("account/mail_stop.html", group=group, is_done=is_done)
