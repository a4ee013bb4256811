"""What stands in other tables than pages and changes: opinions, enquiries, reports, jobs, keys, letters to come."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from kmwiki.domain.ids import new_id
from kmwiki.models import (
    ApiToken,
    AuditEntry,
    Enquiry,
    EnquiryMessage,
    Invitation,
    LoginSession,
    Notification,
    Opinion,
    OutboxJob,
    PartialUpload,
    Report,
    SecondFactor,
    Topic,
    Watch,
    Webhook,
)
from leaks.markers import mark
from leaks.world import World

#: Of the link by which somebody without an account reads what was answered.
ENQUIRY_TOKEN = "the-token-of-a-question-to-the-people-behind"


def add_rows(world: World) -> None:
    """One row of each, with its words; `world.ids` names them."""
    with world.work("system") as uow:
        for name, row in _rows(world).items():
            uow.session.add(row)
            uow.session.flush()
            if hasattr(row, "id"):
                world.ids[name] = str(row.id)
    world.site.partial_files.begin(UUID(world.ids["upload"]))


def _rows(world: World) -> dict[str, Any]:
    def who(name: str) -> UUID | None:
        return world.people[name].user_id

    now, home, enquiry, held = world.now, world.page_ids["home"], new_id(), new_id()
    later = now + timedelta(days=20)
    people: dict[str, Any] = {"sender_id": None, "sender_name": "Ada", "language": "en", "created_at": now}
    return {
        "opinion": Opinion(
            id=new_id(), change_id=world.changes["sent"], user_id=who("asked"), name="Asked",
            question=f"Is {mark('opinion', 'question')} so?", asked_by_id=who("moderator"), asked_by_name="Moderator",
            asked_at=now, answer=f"Yes, {mark('opinion', 'answer')}.", answered_at=now,
        ),
        "enquiry": Enquiry(
            id=enquiry, page_id=home, sender_email=f"{mark('enquiry', 'mail')}@example.org", state="open",
            token_hash=hashlib.sha256(ENQUIRY_TOKEN.encode()).hexdigest(), **people,
        ),
        "enquiry message": EnquiryMessage(
            id=new_id(), enquiry_id=enquiry, is_answer=False, author_id=None, author_name="Ada", at=now,
            text=f"May we see {mark('enquiry', 'words')}?",
        ),
        "held": Enquiry(
            id=held, page_id=home, sender_email=f"{mark('held', 'mail')}@example.org", state="held",
            token_hash="b" * 64, **people,
        ),
        "held message": EnquiryMessage(
            id=new_id(), enquiry_id=held, is_answer=False, author_id=None, author_name="Ada", at=now,
            text=f"Buy {mark('held', 'words')} now.",
        ),
        "report": Report(
            id=new_id(), page_id=home, kind="wrong", text=f"It is {mark('report', 'words')}.", sender_id=who("reader"),
            sender_name="Reader", created_at=now,
        ),
        "notification": Notification(
            id=new_id(), user_id=who("contributor"), event="change-returned", key=f"k {mark('told', 'secret')}",
            page_id=world.page_ids["returned"], change_id=world.changes["returned"], actor_name="Moderator", at=now,
            details={},
        ),
        "notification of what went": Notification(
            id=new_id(), user_id=who("stranger"), event="page-commented", key="another", actor_name="Moderator",
            page_id=world.page_ids["binned"], change_id=world.changes["binneddraft"], at=now, details={},
        ),
        "watch": Watch(
            id=new_id(), user_id=who("contributor"), kind="search", value=f"q={mark('watch', 'words')}", created_at=now
        ),
        "watch of what went": Watch(
            id=new_id(), user_id=who("stranger"), kind="page", value=str(world.page_ids["binned"]), created_at=now
        ),
        "job": OutboxJob(
            id=new_id(), name="index", payload={"page_id": str(home)}, run_at=later, attempts=8, rests=True,
            last_error=f"Could not read {mark('job', 'words')}", created_at=now,
        ),
        "webhook": Webhook(
            id=new_id(), url=f"https://example.org/{mark('webhook', 'words')}", secret=mark("webhook", "secret"),
            events=["page-published"], is_on=False, created_at=now,
        ),
        "second factor": SecondFactor(
            user_id=who("contributor"), secret=mark("factor", "secret"), created_at=now, confirmed_at=now
        ),
        "invitation": Invitation(
            id=new_id(), token_hash="c" * 64, role="contributor", email=f"{mark('invitation', 'mail')}@example.org",
            note=f"For {mark('invitation', 'words')}", created_by_id=who("moderator"), created_at=now, expires_at=later,
        ),
        "token": ApiToken(
            id=new_id(), user_id=who("contributor"), name=mark("token", "label"), token_hash="d" * 64, created_at=now
        ),
        "session": LoginSession(
            token_hash="e" * 64, user_id=who("contributor"), device=mark("session", "label"), created_at=now,
            seen_at=now,
        ),
        "audit": AuditEntry(
            id=new_id(), at=now, actor_id=who("moderator"), actor_name="Moderator", action="user.stop",
            reason=f"Because of {mark('audit', 'reason')}", details={"user": mark("audit", "words")},
        ),
        "topic": Topic(
            code="proposed-topic", label={"en": f"Wells {mark('topic', 'label')}"}, is_accepted=False,
            proposed_by_id=who("contributor"), proposed_at=now,
        ),
        "upload": PartialUpload(
            id=new_id(), change_id=world.changes["draft"], user_id=who("contributor"),
            name=f"{mark('upload', 'name')}.txt", size_bytes=10, created_at=now,
        ),
    }  # fmt: skip
