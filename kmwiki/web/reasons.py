"""Ready sentences for what needs a reason, and what authors confirm when they send a page for review.

Each is a beginning: whoever takes one can write on.
"""

from collections.abc import Mapping

from kmwiki.i18n import gettext as _

#: Under this name a change keeps who else has read it; the ticks stand under their own names.
READ_BY = "read-by"


def return_reasons() -> list[str]:
    return [
        _("Please say where this was seen, and how you know it."),
        _("Please say where it works and where it does not."),
        _("A stranger would not understand this yet. Please write out what you take for granted."),
        _("Please say what it cost: money, people, time."),
        _("Please take out what could endanger or expose somebody."),
    ]


def reject_reasons() -> list[str]:
    return [
        _("There is a page about this already. Please improve that one."),
        _("This advertises something; it does not say what was learned."),
        _("This belongs to one organisation alone; others cannot use it."),
        _("The text is taken from elsewhere without permission."),
        _("This could endanger people, and cannot be published in any form."),
    ]


def archive_reasons() -> list[str]:
    return [
        _("This is no longer true."),
        _("Another page says it better."),
        _("Nobody looks after this page any more."),
        _("The need has been met."),
        _("Its authors asked for it."),
    ]


def bin_reasons() -> list[str]:
    return [
        _("Its authors asked for it."),
        _("It names people who did not agree to be named."),
        _("It was published by mistake."),
        _("The text is taken from elsewhere without permission."),
        _("It could endanger somebody."),
    ]


def gone_reasons() -> list[str]:
    """Why a text is hidden or removed for good; the audit log keeps the reason, so none names anybody."""
    return [
        _("It holds personal data."),
        _("It could endanger somebody."),
        _("It names people who did not agree to be named."),
        _("The text is taken from elsewhere without permission."),
    ]


def ask_reasons() -> list[str]:
    """Why an author wants her page archived, renamed or removed."""
    return [
        _("This is no longer true."),
        _("Another page says it better."),
        _("Nobody looks after this page any more."),
        _("The need has been met."),
        _("It was published by mistake."),
        _("It names people who did not agree to be named."),
    ]


def confirmations() -> Mapping[str, str]:
    """What is confirmed when a page is sent for review, by the name it is kept under."""
    return {
        "agreed": _("The organisations named agree, or the facts are public."),
        "people": _("People who can be recognised in pictures and quotes agreed; for children, a parent did."),
        "safe": _("No private address, and no place that could endanger someone."),
        "licence": _("Texts and pictures may be published under the licence of this page."),
    }
