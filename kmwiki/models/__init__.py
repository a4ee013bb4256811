"""The tables, one file a subject. Columns, keys and constraints only: no rule of the workflow, no query."""

from kmwiki.models.changes import (
    Change,
    ChangeFacet,
    ChangePerson,
    Opinion,
    Part,
    Review,
    Revision,
    ShareLink,
)
from kmwiki.models.comments import Comment
from kmwiki.models.files import Blob, PartialUpload, Rendering
from kmwiki.models.pages import OldSlug, Page, Publication
from kmwiki.models.readers_words import Enquiry, EnquiryMessage, EnquiryPerson, Report
from kmwiki.models.registers import Link, Organisation, Topic
from kmwiki.models.system import (
    AuditEntry,
    FormSettings,
    Generation,
    Import,
    OutboxJob,
    Setting,
    SitePageVersion,
    TypeEdition,
    WorkerBeat,
)
from kmwiki.models.telling import Notification, Watch, Webhook
from kmwiki.models.users import (
    ApiToken,
    Invitation,
    LoginAttempt,
    LoginSession,
    OneTimeLink,
    RecoveryCode,
    Role,
    SecondFactor,
    User,
    UserState,
)
from kmwiki.models.working_copies import WorkingCopy

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Blob",
    "Change",
    "ChangeFacet",
    "ChangePerson",
    "Comment",
    "Enquiry",
    "EnquiryMessage",
    "EnquiryPerson",
    "FormSettings",
    "Generation",
    "Import",
    "Invitation",
    "Link",
    "LoginAttempt",
    "LoginSession",
    "Notification",
    "OldSlug",
    "OneTimeLink",
    "Opinion",
    "Organisation",
    "OutboxJob",
    "Page",
    "Part",
    "PartialUpload",
    "Publication",
    "RecoveryCode",
    "Rendering",
    "Report",
    "Review",
    "Revision",
    "Role",
    "SecondFactor",
    "Setting",
    "ShareLink",
    "SitePageVersion",
    "Topic",
    "TypeEdition",
    "User",
    "UserState",
    "Watch",
    "Webhook",
    "WorkerBeat",
    "WorkingCopy",
]
