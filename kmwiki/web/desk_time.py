"""How long something waits, in words."""

from datetime import timedelta

from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext


def time_in_words(time: timedelta) -> str:
    """ "6 days", "3 hours"."""
    if time.days:
        return ngettext("one day", "{number} days", time.days).format(number=time.days)
    hours = time.seconds // 3600
    if hours:
        return ngettext("one hour", "{number} hours", hours).format(number=hours)
    return _("less than an hour")
