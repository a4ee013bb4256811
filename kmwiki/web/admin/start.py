"""/admin: where everything that is looked after is found; each asker sees what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from kmwiki.http.current import browser_actor
from kmwiki.i18n import gettext as _
from kmwiki.permissions import may
from kmwiki.web.admin.gate import admin_blueprint

blueprint = admin_blueprint("start", "users.read")


@dataclass(frozen=True)
class Place:
    """One thing to look after: its address, the right that opens it, its name and what it is for."""

    url: str
    action: str
    label: str
    description: str


def places() -> Sequence[Place]:
    """Everything there is, in the reader's language. A new administration page gets one entry here."""
    return (
        Place("/admin/users", "users.read", _("Accounts"), _("Who is here: find, accept, trust, close.")),
        Place("/admin/forms", "site.forms", _("Forms"), _("What is asked, when it is needed, in which words.")),
        Place(
            "/admin/site-pages", "site.pages", _("Pages about the site"),
            _("About, house rules, privacy, imprint, accessibility."),
        ),
        Place("/admin/topics", "site.topics", _("Topics"), _("Words that people search by; accept what is proposed.")),
        Place("/admin/settings", "site.settings", _("Settings"), _("Name, picture, who reads, who may register.")),
        Place(
            "/admin/reasons", "site.reasons", _("Ready reasons"),
            _("Sentences that stand ready where a reason is needed."),
        ),
        Place("/admin/health", "site.health", _("How the site is doing"), _("Mail, search, files, database, backups.")),
        Place("/admin/jobs", "site.jobs", _("Work in the background"), _("What waits or failed, and trying it again.")),
        Place("/admin/audit", "audit.read", _("Log"), _("Who decided what, when and why.")),
        Place(
            "/admin/webhooks", "site.webhooks", _("Programs that are told"),
            _("Send a message to other programs when something changes for readers."),
        ),
    )  # fmt: skip


@blueprint.get("/admin")
def start() -> str:
    asker = browser_actor()
    return render_template("admin/start.html", places=[place for place in places() if may(asker, place.action)])
