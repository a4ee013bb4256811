"""What people can be told of. Whom, says services/telling/audiences.py; in which words, render/event_words.py."""

from collections.abc import Mapping
from enum import StrEnum


class Event(StrEnum):
    """Something that happened; the name is kept with each notification."""

    # to those who review
    CHANGE_SENT = "change-sent"
    CHANGE_WAITS = "change-waits"
    ACCOUNT_WAITS = "account-waits"
    PAGE_REPORTED = "page-reported"
    ENQUIRY_HELD = "enquiry-held"
    TOPIC_PROPOSED = "topic-proposed"
    PUBLISHED_PLEASE_LOOK = "published-please-look"
    # to those who write
    CHANGE_CORRECTED = "change-corrected"
    CHANGE_RETURNED = "change-returned"
    CHANGE_REJECTED = "change-rejected"
    CHANGE_PUBLISHED = "change-published"
    CHANGE_TAKEN_BACK = "change-taken-back"
    REQUEST_CARRIED_OUT = "request-carried-out"
    CHANGE_COMMENTED = "change-commented"
    COAUTHOR_INVITED = "coauthor-invited"
    COAUTHOR_ACCEPTED = "coauthor-accepted"
    CHANGE_HANDED_OVER = "change-handed-over"
    OPINION_ASKED = "opinion-asked"
    OPINION_GIVEN = "opinion-given"
    # to the people behind a page
    CHECK_AGAIN = "check-again"
    ENQUIRY_SENT = "enquiry-sent"
    DID_NOT_WORK = "did-not-work"
    REPORT_SETTLED = "report-settled"
    # to whoever asked
    ENQUIRY_ANSWERED = "enquiry-answered"
    # to those who watch
    PAGE_PUBLISHED = "page-published"
    PAGE_COMMENTED = "page-commented"
    PAGE_ARCHIVED = "page-archived"
    PAGE_RESTORED = "page-restored"
    PAGE_RENAMED = "page-renamed"
    # about an account
    ACCOUNT_APPROVED = "account-approved"
    ROLE_CHANGED = "role-changed"


class Group(StrEnum):
    """What people choose for: whether they get mails of it, and how soon."""

    MINE = "mine"
    REVIEW = "review"
    WATCHED = "watched"
    QUESTIONS = "questions"


class About(StrEnum):
    """What one must be allowed to see to be told of an event."""

    PAGE = "page"
    CHANGE = "change"
    #: a change, as long as it waits for review
    WAITING_CHANGE = "waiting-change"
    NOTHING = "nothing"


_OF_GROUPS: Mapping[Group, Mapping[About, tuple[Event, ...]]] = {
    Group.REVIEW: {
        About.WAITING_CHANGE: (Event.CHANGE_SENT, Event.CHANGE_WAITS),
        About.CHANGE: (Event.PUBLISHED_PLEASE_LOOK,),
        About.PAGE: (Event.PAGE_REPORTED, Event.ENQUIRY_HELD),
        About.NOTHING: (Event.ACCOUNT_WAITS, Event.TOPIC_PROPOSED),
    },
    Group.MINE: {
        About.CHANGE: (
            Event.CHANGE_CORRECTED, Event.CHANGE_RETURNED, Event.CHANGE_REJECTED, Event.CHANGE_PUBLISHED,
            Event.CHANGE_TAKEN_BACK, Event.REQUEST_CARRIED_OUT, Event.CHANGE_COMMENTED, Event.COAUTHOR_INVITED,
            Event.COAUTHOR_ACCEPTED, Event.CHANGE_HANDED_OVER, Event.OPINION_GIVEN,
        ),
        About.NOTHING: (Event.ACCOUNT_APPROVED, Event.ROLE_CHANGED),
    },
    Group.QUESTIONS: {
        About.WAITING_CHANGE: (Event.OPINION_ASKED,),
        About.PAGE: (
            Event.CHECK_AGAIN, Event.ENQUIRY_SENT, Event.ENQUIRY_ANSWERED, Event.DID_NOT_WORK, Event.REPORT_SETTLED,
        ),
    },
    Group.WATCHED: {
        About.PAGE: (
            Event.PAGE_PUBLISHED, Event.PAGE_COMMENTED, Event.PAGE_ARCHIVED, Event.PAGE_RESTORED, Event.PAGE_RENAMED,
        ),
    },
}  # fmt: skip

GROUP_OF: Mapping[Event, Group] = {
    event: group for group, abouts in _OF_GROUPS.items() for events in abouts.values() for event in events
}
ABOUT: Mapping[Event, About] = {
    event: about for abouts in _OF_GROUPS.values() for about, events in abouts.items() for event in events
}
