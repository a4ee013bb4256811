"""The tables, one file a subject. Columns, keys and constraints only: no rule of the workflow, no query."""

from kmwiki.models.changes import Change, ChangePerson, Part, Review, Revision, ShareLink
from kmwiki.models.comments import Comment
from kmwiki.models.files import Blob, PartialUpload, Rendering
from kmwiki.models.pages import OldSlug, Page, Publication
from kmwiki.models.registers import Link, Organisation, Topic
from kmwiki.models.system import (
    AuditEntry,
    Generation,
    Import,
    OutboxJob,
    Setting,
    TypeEdition,
    WorkerBeat,
)
from kmwiki.models.users import ApiToken, LoginAttempt, LoginSession, OneTimeLink, Role, User, UserState
from kmwiki.models.working_copies import WorkingCopy

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Blob",
    "Change",
    "ChangePerson",
    "Comment",
    "Generation",
    "Import",
    "Link",
    "LoginAttempt",
    "LoginSession",
    "OldSlug",
    "OneTimeLink",
    "Organisation",
    "OutboxJob",
    "Page",
    "Part",
    "PartialUpload",
    "Publication",
    "Rendering",
    "Review",
    "Revision",
    "Role",
    "Setting",
    "ShareLink",
    "Topic",
    "TypeEdition",
    "User",
    "UserState",
    "WorkerBeat",
    "WorkingCopy",
]
