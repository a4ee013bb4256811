"""Dates, times, sizes and numbers in the reader's words."""

from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _

#: "14 March 2026": the day first, as most readers of English here write it.
_LOCALES = {"en": "en_GB"}


def reader_locale() -> str:
    """What babel calls the reader's language."""
    return _LOCALES.get(current_language(), current_language())


def date_in_words(stored: str) -> str:
    """A stored date, "2026", "2026-03" or "2026-03-14", with no more than is known: "March 2026"."""
    try:
        if len(stored) == 10:
            return day_in_words(date.fromisoformat(stored))
        if len(stored) == 7:
            return str(format_date(date.fromisoformat(f"{stored}-01"), "LLLL y", reader_locale()))
    except ValueError:
        pass
    return stored


def day_in_words(day: date) -> str:
    return str(format_date(day, "long", reader_locale()))


def day_of(moment: datetime, timezone: tzinfo) -> str:
    """The day of a moment where the site is: "14 March 2026"."""
    return day_in_words(moment.astimezone(timezone).date())


def month_of(moment: datetime, timezone: tzinfo) -> str:
    """The month of a moment where the site is: "March 2026"."""
    return str(format_date(moment.astimezone(timezone).date(), "LLLL y", reader_locale()))


def moment_in_words(moment: datetime, timezone: tzinfo) -> str:
    """Day and time with their zone: "14 March 2026, 09:20 CAT"."""
    there = moment.astimezone(timezone)
    return f"{format_datetime(there, 'd MMMM y, HH:mm', locale=reader_locale())} {there.tzname()}"


def period_in_words(begin: str, end: str) -> str:
    """From one stored date to another, either of them "" where it is open."""
    if begin and end:
        return f"{date_in_words(begin)} – {date_in_words(end)}" if begin != end else date_in_words(begin)
    if begin:
        return _("since {date}").format(date=date_in_words(begin))
    return _("until {date}").format(date=date_in_words(end)) if end else ""


def number_in_words(stored: str) -> str:
    """A stored decimal string as the reader writes numbers: "1,200.5" or "1 200,5"."""
    try:
        return str(format_decimal(Decimal(stored), locale=reader_locale(), decimal_quantization=False))
    except InvalidOperation:
        return stored


def size_in_words(size_bytes: int) -> str:
    """ "48 KB", "1.2 MB": what somebody pays who loads it."""
    kilobytes = max(1, round(size_bytes / 1000))
    if kilobytes < 1000:
        return _("{number} KB").format(number=number_in_words(str(kilobytes)))
    if kilobytes < 1_000_000:
        return _("{number} MB").format(number=number_in_words(f"{kilobytes / 1000:.1f}"))
    return _("{number} GB").format(number=number_in_words(f"{kilobytes / 1_000_000:.1f}"))
