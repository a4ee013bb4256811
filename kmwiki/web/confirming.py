"""What authors confirm when they send a page for review."""

from collections.abc import Mapping

from kmwiki.i18n import gettext as _

#: Under this name a change keeps who else has read it; the ticks stand under their own names.
READ_BY = "read-by"


def confirmations() -> Mapping[str, str]:
    """What is confirmed when a page is sent for review, by the name it is kept under."""
    return {
        "agreed": _("The organisations named agree, or the facts are public."),
        "people": _("People who can be recognised in pictures and quotes agreed; for children, a parent did."),
        "safe": _("No private address, and no place that could endanger someone."),
        "licence": _("Texts and pictures may be published under the licence of this page."),
    }
