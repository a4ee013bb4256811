"""The states of changes and pages, and the verbs that lead from one to another: tables, and nothing else.

Who may use a verb stands in the permissions, what else it needs (a level, a head) in the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _

#: How long its author can take back that a change was discarded.
DISCARD_UNDO = timedelta(days=30)


class State(StrEnum):
    """Where a change is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    DISCARDED = "discarded"


class Verb(StrEnum):
    """What can be done with a change."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REJECT = "reject"
    PUBLISH = "publish"
    DISCARD = "discard"
    UNDISCARD = "undiscard"
    REOPEN = "reopen"


class RequestVerb(StrEnum):
    """What a change can ask to be done with its page, instead of changing what it says."""

    ARCHIVE = "archive"
    RENAME = "rename"
    REMOVE = "remove"


class PageState(StrEnum):
    """Where a page is: `staged` by an import nobody sees yet, `new` while it has no published revision."""

    STAGED = "staged"
    NEW = "new"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    BINNED = "binned"


class PageVerb(StrEnum):
    """What can be done with a page; it is published by publishing a change of it."""

    ARCHIVE = "archive"
    RESTORE = "restore"
    BIN = "bin"
    UNBIN = "unbin"
    PURGE = "purge"


@dataclass(frozen=True)
class Transition:
    """From which states a verb leads to which; `to` None: the change stays where it is."""

    from_states: frozenset[State]
    to: State | None
    needs_reason: bool = False


@dataclass(frozen=True)
class PageTransition:
    """The same for pages; `to` None: the page is gone."""

    from_states: frozenset[PageState]
    to: PageState | None
    needs_reason: bool = False


_DRAFT = frozenset({State.DRAFT})
_SUBMITTED = frozenset({State.SUBMITTED})
_IN_BIN = frozenset({PageState.BINNED})

TRANSITIONS: Mapping[Verb, Transition] = MappingProxyType(
    {
        Verb.SAVE: Transition(_DRAFT | _SUBMITTED, None),
        Verb.SUBMIT: Transition(_DRAFT, State.SUBMITTED),
        Verb.WITHDRAW: Transition(_SUBMITTED, State.DRAFT),
        Verb.RETURN: Transition(_SUBMITTED, State.DRAFT, needs_reason=True),
        Verb.REJECT: Transition(_SUBMITTED, State.REJECTED, needs_reason=True),
        Verb.PUBLISH: Transition(_SUBMITTED, State.PUBLISHED),
        Verb.DISCARD: Transition(_DRAFT, State.DISCARDED),
        Verb.UNDISCARD: Transition(frozenset({State.DISCARDED}), State.DRAFT),
        Verb.REOPEN: Transition(frozenset({State.REJECTED}), State.DRAFT),
    }
)

PAGE_TRANSITIONS: Mapping[PageVerb, PageTransition] = MappingProxyType(
    {
        PageVerb.ARCHIVE: PageTransition(
            frozenset({PageState.PUBLISHED}), PageState.ARCHIVED, needs_reason=True
        ),
        PageVerb.RESTORE: PageTransition(frozenset({PageState.ARCHIVED}), PageState.PUBLISHED),
        PageVerb.BIN: PageTransition(
            frozenset({PageState.PUBLISHED, PageState.ARCHIVED}), PageState.BINNED, needs_reason=True
        ),
        PageVerb.UNBIN: PageTransition(_IN_BIN, PageState.PUBLISHED),
        PageVerb.PURGE: PageTransition(frozenset(PageState) - {PageState.STAGED}, None, needs_reason=True),
    }
)

#: The states that a change is open in: one of them for each page and author.
OPEN_STATES = _DRAFT | _SUBMITTED
#: The states of a page in which a change of it may be published.
PUBLISHABLE_STATES = frozenset({PageState.NEW, PageState.PUBLISHED})


def next_state(state: State, verb: Verb) -> State:
    """The state after the verb; raises errors.Conflict where the verb does not fit the state."""
    transition = TRANSITIONS[verb]
    if state not in transition.from_states:
        raise Conflict(_refusals()[verb].format(state=people_state(state)))
    return transition.to or state


def next_page_state(
    state: PageState, verb: PageVerb, was: PageState = PageState.PUBLISHED
) -> PageState | None:
    """The page's state after the verb, None after purging; raises errors.Conflict as next_state() does.

    `was`: published or archived, the state in which the page was put into the bin and comes out again.
    """
    transition = PAGE_TRANSITIONS[verb]
    if state not in transition.from_states:
        raise Conflict(_page_refusals()[verb].format(state=people_page_state(state)))
    return was if verb is PageVerb.UNBIN else transition.to


def people_state(state: State, returned: bool = False) -> str:
    """The state of a change as people see it; `returned`: it was sent back and not sent again."""
    if returned and state is State.DRAFT:
        return _("sent back to you")
    return {
        State.DRAFT: _("draft"),
        State.SUBMITTED: _("waiting for review"),
        State.PUBLISHED: _("published"),
        State.REJECTED: _("not accepted"),
        State.DISCARDED: _("discarded"),
    }[state]


def people_page_state(state: PageState) -> str:
    """The state of a page as people see it."""
    return {
        PageState.STAGED: _("being imported"),
        PageState.NEW: _("not published yet"),
        PageState.PUBLISHED: _("published"),
        PageState.ARCHIVED: _("archived"),
        PageState.BINNED: _("in the bin"),
    }[state]


def _refusals() -> Mapping[Verb, str]:
    return {
        Verb.SAVE: _("You cannot save this change any more: it is “{state}”."),
        Verb.SUBMIT: _("You can send only a draft for review; this change is “{state}”."),
        Verb.WITHDRAW: _("You can take back only what waits for review; this change is “{state}”."),
        Verb.RETURN: _("You can send back only what waits for review; this change is “{state}”."),
        Verb.REJECT: _("You can turn down only what waits for review; this change is “{state}”."),
        Verb.PUBLISH: _("You can publish only what waits for review; this change is “{state}”."),
        Verb.DISCARD: _("You can discard only a draft; this change is “{state}”."),
        Verb.UNDISCARD: _("There is nothing to take back: this change is “{state}”."),
        Verb.REOPEN: _("You can reopen only what was not accepted; this change is “{state}”."),
    }


def _page_refusals() -> Mapping[PageVerb, str]:
    return {
        PageVerb.ARCHIVE: _("You can archive only a published page; this page is “{state}”."),
        PageVerb.RESTORE: _("You can restore only an archived page; this page is “{state}”."),
        PageVerb.BIN: _("You can delete only a published or archived page; this page is “{state}”."),
        PageVerb.UNBIN: _("You can take only a deleted page out of the bin; this page is “{state}”."),
        PageVerb.PURGE: _("This page cannot be removed for good now: it is “{state}”."),
    }
