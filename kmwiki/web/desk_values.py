"""What templates/review/desk.html draws: the groups of what waits, accounts, and the desk's numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kmwiki.http.languages import direction
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.models import User
from kmwiki.permissions import may
from kmwiki.render.dates import moment_in_words
from kmwiki.services.review.deciding_many import MOST_AT_ONCE
from kmwiki.services.review.desk import is_taken, taken
from kmwiki.services.review.desk_filters import LATE, Group, Kind
from kmwiki.services.review.desk_list import DeskView, OnDesk
from kmwiki.services.review.small_edits import SMALL_EDIT_CHARACTERS
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import companions
from kmwiki.web.desk_address import DESK, address
from kmwiki.web.desk_choices import chosen, clear_url, kind_words, selects, show_links
from kmwiki.web.desk_notes import notes
from kmwiki.web.desk_numbers_values import number_lines, picture
from kmwiki.web.desk_time import time_in_words
from kmwiki.web.request_words import asks
from kmwiki.web.version import language_mark, type_words

#: From so many characters on, what changed is told in words: six characters make one.
_TOLD_IN_WORDS = 300
_CHARACTERS_OF_A_WORD = 6

Obstacles = Mapping[str, Sequence[str]]


def desk_values(uow: UnitOfWork, view: DeskView, ticked: Sequence[str], obstacles: Obstacles) -> dict[str, object]:
    """The values of the desk; `ticked` are changes to be decided together, `obstacles` what is in the way of each."""
    look = [_item(uow, item, item.change.decided_at) for item in view.to_look_at]
    return {
        "lead": _lead(uow, view),
        "alone": _alone(uow, view),
        "shown": _shown(view),
        "links": show_links(view),
        "selects": selects(uow, view),
        "late": view.asked.is_late,
        "show": view.asked.show or "",
        "chosen": chosen(uow, view),
        "clear_url": clear_url(view),
        "can_tick": any(group.items for group in view.groups.values()),
        "most": MOST_AT_ONCE,
        "many_url": address(view.asked, f"{DESK}/many"),
        "groups": [
            *(_group(uow, view, group, ticked, obstacles) for group in view.groups),
            {"id": "look", "label": _("Published, please look"), "total": len(look), "more": None,
             "hint": _("Small edits by people whose small edits go live at once."), "items": look, "notes": []},
        ],
        "accounts": [_account(uow, user) for user in view.accounts],
        "numbers": number_lines(uow, view.numbers),
        "age": picture(view.numbers) if view.numbers.waiting else None,
    }  # fmt: skip


def _lead(uow: UnitOfWork, view: DeskView) -> str:
    numbers = view.numbers
    if not numbers.waiting or numbers.oldest is None:
        return _("No change waits.")
    text = ngettext("One change waits", "{number} changes wait", numbers.waiting).format(number=numbers.waiting)
    return _("{waiting}; the oldest for {time}.").format(waiting=text, time=time_in_words(uow.now - numbers.oldest))


def _alone(uow: UnitOfWork, view: DeskView) -> str | None:
    if view.numbers.moderators > 1 or not uow.actor.four_eyes:
        return None
    return _(
        "There is only one moderator. What you write yourself waits until there is a second one, or until an "
        "administrator switches four eyes off."
    )


def _shown(view: DeskView) -> dict[str, str] | None:
    """That something is left out, where it is not what somebody asked for with a filter."""
    if view.asked.show is not None or not view.takes or not view.others:
        return None
    others = ngettext("One other waits.", "{number} others wait.", view.others).format(number=view.others)
    return {"words": _("Shown: what you take."), "others": others, "url": f"{DESK}?show=all"}


def _group(
    uow: UnitOfWork, view: DeskView, group: Group, ticked: Sequence[str], obstacles: Obstacles
) -> dict[str, object]:
    found = view.groups[group]
    label, hint = {
        Group.QUICK: (_("Quick"), _("Edits of at most 300 characters, and what readers ask and report.")),
        Group.READING: (_("Needs reading"), _("New pages and larger edits.")),
        Group.ASKED: (_("Asked for"), _("To archive, rename or remove a page.")),
    }[group]
    items = [
        {
            **_item(uow, item, item.change.submitted_at),
            **_hands(uow, view, item),
            "id": str(item.change.id),
            "revision": str(item.change.head_id),
            "ticked": str(item.change.id) in ticked,
            "obstacles": obstacles.get(str(item.change.id), ()),
        }
        for item in found.items
    ]
    hidden = view.asked.group is None and found.total > len(items)
    more = {"label": _("All {number}").format(number=found.total), "url": address(view.asked, group=group)}
    of_readers = notes(uow, view.asked) if group is Group.QUICK else []
    return {"id": group, "label": label, "hint": hint, "items": items, "notes": of_readers,
            "total": found.total + len(of_readers), "more": more if hidden else None}  # fmt: skip


def _item(uow: UnitOfWork, item: OnDesk, since: datetime | None) -> dict[str, object]:
    change = item.change
    sign, label = type_words(uow.site, change.page.type)
    waited = uow.now - (since or change.updated_at)
    return {
        "url": f"/changes/{change.id}",
        "title": item.head.title,
        "language": item.head.language,
        "language_label": language_mark(uow.site, item.head.language),
        "direction": direction(item.head.language),
        "sign": sign,
        "type_label": label,
        "kind": asks(change) or kind_words()[_kind(item)],
        "merges": bool(change.merges),
        "together": companions(item.together),
        "author": change.author.name,
        "organisation": change.author.organisation or None,
        "waiting": time_in_words(waited),
        "since": (since or change.updated_at).isoformat(),
        "late": waited > LATE,
        "changed": _changed(item),
        "depth": _("in short") if change.depth == "short" else None,
        "first": item.is_first,
        "links": _links(item),
        "mine": change.author_id == uow.actor.user_id,
        "barred": change.author_id != uow.actor.user_id and not may(uow.actor, "change.publish", change),
        "note": (change.note_to_reviewer if change.request else change.summary) or None,
    }


def _kind(item: OnDesk) -> Kind:
    change = item.change
    if item.is_new_page:
        return Kind.NEW
    return Kind.SMALL if 0 < change.changed_characters <= SMALL_EDIT_CHARACTERS else Kind.EDIT


def _changed(item: OnDesk) -> list[str]:
    """How much of the page changes, or how much a new page says."""
    change, characters = item.change, item.change.changed_characters
    if change.request or not change.changed_fields:
        return []
    fields = change.changed_fields
    parts = [] if item.is_new_page else [ngettext("one part", "{number} parts", fields).format(number=fields)]
    if characters > _TOLD_IN_WORDS:
        return [*parts, _("about {number} words").format(number=int(round(characters / _CHARACTERS_OF_A_WORD, -1)))]
    return [*parts, ngettext("one character", "{number} characters", characters).format(number=characters)]


def _links(item: OnDesk) -> str | None:
    """Links to other sites in what somebody writes here first: a hint that it may be advertising."""
    number = item.change.outside_links
    if not number or not item.is_first:
        return None
    return ngettext("one link to another site", "{number} links to other sites", number).format(number=number)


def _hands(uow: UnitOfWork, view: DeskView, item: OnDesk) -> dict[str, object]:
    """Who looks at it now, and what the asker can do about that."""
    change = item.change
    is_mine = is_taken(change, uow.now) and change.taken_by_id == uow.actor.user_id
    verb = "release" if is_mine else "take"
    return {
        "is_mine": is_mine,
        "taken_by": None if is_mine else taken(change, uow.now),
        "hands_url": address(view.asked, f"{DESK}/{change.id}/{verb}"),
    }


def _account(uow: UnitOfWork, user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "username": user.username,
        "organisation": user.organisation or None,
        "when": moment_in_words(user.created_at, uow.site.config.timezone),
        "url": f"/admin/users/{user.username}",
        "approve_url": f"{DESK}/accounts/{user.username}/approve",
        "decline_url": f"{DESK}/accounts/{user.username}/decline",
    }
