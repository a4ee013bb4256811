"""What is said of each event, in one sentence: in the list of notifications, and in mails and their subjects."""

from kmwiki.domain.events import Event, Group
from kmwiki.i18n import gettext as _


def sentence(event: Event, title: str, who: str, other: str = "", is_first: bool = False) -> str:
    """The event in the reader's language, without a full stop.

    `title` is what it is about, `who` did it, `other` the title of another page that has to do with it;
    `is_first`: a page was published for the first time.
    """
    texts = {
        Event.CHANGE_SENT: _("{who} sent “{title}” for review"),
        Event.CHANGE_WAITS: _("“{title}” still waits for review"),
        Event.ACCOUNT_WAITS: _("Somebody asked for an account and waits for approval"),
        Event.PAGE_REPORTED: _("“{title}” was reported by a reader"),
        Event.ENQUIRY_HELD: _("A question about “{title}” waits: look at it before it is passed on"),
        Event.TOPIC_PROPOSED: _("{who} proposed a new topic"),
        Event.PUBLISHED_PLEASE_LOOK: _("{who} changed a little of “{title}”: it is published, please look at it"),
        Event.CHANGE_CORRECTED: _("{who} corrected something in “{title}”"),
        Event.CHANGE_RETURNED: _("{who} sent “{title}” back to you"),
        Event.CHANGE_REJECTED: _("{who} did not accept “{title}”"),
        Event.CHANGE_PUBLISHED: _("{who} published what you wrote: “{title}”"),
        Event.CHANGE_TAKEN_BACK: _("{who} took back your small edit of “{title}”"),
        Event.REQUEST_CARRIED_OUT: _("{who} did what you asked for with “{title}”"),
        Event.CHANGE_COMMENTED: _("{who} said something about “{title}”, which is not published yet"),
        Event.COAUTHOR_INVITED: _("{who} invites you to write “{title}” together"),
        Event.COAUTHOR_ACCEPTED: _("{who} writes “{title}” with you now"),
        Event.CHANGE_HANDED_OVER: _("{who} handed “{title}” over: it has another author now"),
        Event.OPINION_ASKED: _("{who} asks what you think of “{title}”"),
        Event.OPINION_GIVEN: _("{who} told you their opinion of “{title}”"),
        Event.CHECK_AGAIN: _("Is “{title}” still right? It is time to look at it again"),
        Event.ENQUIRY_SENT: _("Somebody asks you something about “{title}”"),
        Event.DID_NOT_WORK: _("“{title}” did not work somewhere: “{other}” tells of it"),
        Event.REPORT_SETTLED: _("What a reader reported of “{title}” is settled"),
        Event.ENQUIRY_ANSWERED: _("Your question about “{title}” was answered"),
        Event.PAGE_PUBLISHED: _("A new version of “{title}” is published"),
        Event.PAGE_COMMENTED: _("{who} said something about “{title}”"),
        Event.PAGE_ARCHIVED: _("“{title}” was archived"),
        Event.PAGE_RESTORED: _("“{title}” is back among the published pages"),
        Event.PAGE_RENAMED: _("“{title}” has another address now"),
        Event.ACCOUNT_APPROVED: _("Your account is approved: you can write as much as you like"),
        Event.ROLE_CHANGED: _("You may do other things here than before: your role was changed"),
    }
    text = _("New page: “{title}”") if event is Event.PAGE_PUBLISHED and is_first else texts[event]
    return text.format(title=title, who=who or _("Somebody"), other=other or _("a page"))


def group_words(group: Group) -> str:
    """What people call a group of events."""
    return {
        Group.MINE: _("What I write"),
        Group.REVIEW: _("What I review"),
        Group.QUESTIONS: _("Questions to me, and about pages of mine"),
        Group.WATCHED: _("What I watch"),
    }[group]


def reason_words(group: Group) -> str:
    """Why somebody gets a mail of this group."""
    return {
        Group.MINE: _("You get this mail because you write on this site."),
        Group.REVIEW: _("You get this mail because you review what others write."),
        Group.QUESTIONS: _("You get this mail because somebody asks you, or because of a page of yours."),
        Group.WATCHED: _("You get this mail because you watch this page, or pages like it."),
    }[group]
