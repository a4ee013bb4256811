"""What people can be told of. Whom, and in which words, is said in services/telling.py and render/event_words.py."""

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
