"""The numbers of the moderators' desk in words, and the picture of how long changes wait."""

from collections.abc import Sequence

from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.services.review.desk_numbers import SPANS, DeskNumbers
from kmwiki.site import UnitOfWork

#: The longest bar of the picture, and the height of a bar with its label, in units of the picture.
_WIDEST, _HEIGHT = 220, 40
_LATE_AFTER = 7


def number_lines(uow: UnitOfWork, numbers: DeskNumbers) -> list[dict[str, str]]:
    """Label and value of each number."""
    lines = [
        {"label": _("Decided in 30 days"), "value": str(numbers.decided)},
        {"label": _("Moderators"), "value": str(numbers.moderators)},
    ]
    if numbers.median_days is not None:
        days = max(1, round(numbers.median_days))
        time = ngettext("about a day", "about {number} days", days).format(number=days)
        lines.insert(0, {"label": _("From sending to publication"), "value": time})
    return lines


def picture(numbers: DeskNumbers) -> dict[str, object]:
    """Bars of the picture: how many changes wait for how long."""
    most = max(*numbers.ages, 1)
    bars = [
        {"label": label, "count": count, "width": round(_WIDEST * count / most), "y": _HEIGHT * place, "late": late}
        for place, (label, count, late) in enumerate(zip(_labels(), numbers.ages, _late(), strict=True))
    ]
    return {"bars": bars, "height": _HEIGHT * len(bars), "width": _WIDEST + 30}


def _labels() -> Sequence[str]:
    return [_("less than a day"), _("1 to 3 days"), _("3 to 7 days"), _("1 to 2 weeks"), _("over 2 weeks")]


def _late() -> Sequence[bool]:
    """Whether a span begins after what is too long."""
    return [begins is not None and begins >= _LATE_AFTER for begins in (0, *SPANS[:-1])]
