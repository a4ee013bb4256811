"""What templates/components/comments.html draws: threads with what the asker may do, and the box for a new comment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from markupsafe import Markup

from kmwiki.domain.page_type import Field
from kmwiki.errors import KmwikiError, Refused
from kmwiki.http.current import browser_actor
from kmwiki.i18n import gettext as _
from kmwiki.models import Comment
from kmwiki.render.dates import moment_in_words
from kmwiki.render.resolve import plain_text
from kmwiki.services.talk import comments
from kmwiki.services.talk.comment_bounds import ANSWERS_LIMIT
from kmwiki.services.talk.comments import Thing
from kmwiki.services.talk.conversations import Thread, texts_of
from kmwiki.site import UnitOfWork

_EXCERPT_CHARACTERS = 80


@dataclass(frozen=True)
class Talk:
    """Where one talks: `action` takes comments, `field_at` is the address before a field's id; `page` of the list.

    `errors` and `typed` are of what was refused, by the place where it was typed: "comment" for the box below,
    "answer-<id>" and "edit-<id>" at a comment, "field" and "name" beside the text. `is_shared`: by a share link.
    """

    action: str
    field_at: str
    page: int = 1
    is_shared: bool = False
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


def talk_values(
    uow: UnitOfWork, thing: Thing, fields: Iterable[Field], threads: Sequence[Thread], talk: Talk
) -> dict[str, object]:
    """The value `talk` of components/comments.html; `fields` are what a comment can be about."""
    labels = {field.id: str(field.label) for field in fields}
    texts = texts_of(uow, threads)
    may_say = comments.may_comment(uow.actor, thing)
    return {
        "action": talk.action,
        "page": talk.page,
        "threads": [_thread(uow, thing, thread, talk, labels, texts, may_say) for thread in threads],
        "may_say": may_say,
        "sign_in": not browser_actor().is_signed_in and not talk.is_shared,
        "named": browser_actor().name,
        "fields": [{"code": "", "label": _("The whole page")}]
        + [{"code": id, "label": label} for id, label in labels.items()],
        "errors": talk.errors,
        "typed": talk.typed,
    }


def _thread(
    uow: UnitOfWork, thing: Thing, thread: Thread, talk: Talk, labels: Mapping[str, str],
    texts: Mapping[UUID, str], may_say: bool,
) -> dict[str, object]:  # fmt: skip
    first = thread.beginning
    about = {"label": labels[first.field], "url": talk.field_at + first.field} if first.field in labels else None
    can_settle = not talk.is_shared and comments.may_resolve(uow.actor, first, thing)
    settled = {"by": first.resolved_by, "when": _when(uow, first.resolved_at)} if thread.is_resolved else None
    return {
        "id": first.id,
        "about": about,
        "excerpt": _excerpt(texts[first.id]) or _gone(first),
        "comments": [_comment(uow, thing, comment, talk, texts[comment.id]) for comment in thread.comments],
        "settled": settled,
        "may_settle": can_settle,
        "may_answer": may_say and (_takes_answers(thread) or f"answer-{first.id}" in talk.typed),
    }


def _takes_answers(thread: Thread) -> bool:
    return not thread.is_resolved and len(thread.answers) < ANSWERS_LIMIT


def _comment(uow: UnitOfWork, thing: Thing, comment: Comment, talk: Talk, html: str) -> dict[str, object]:
    may_edit = not talk.is_shared and comments.may_edit(uow.actor, comment, thing)
    return {
        "id": comment.id,
        "by": comment.author_name,
        "when": _when(uow, comment.created_at),
        "iso": comment.created_at.isoformat(),
        "edited": _when(uow, comment.edited_at) if comment.edited_at and not comment.gone else None,
        "html": Markup(html),  # sanitised when it was rendered
        "text": comment.text,
        "gone": _gone(comment),
        "may_edit": may_edit,
        "may_remove": not talk.is_shared and comments.may_remove(uow.actor, comment, thing),
        "is_own": comments.is_own(uow.actor, comment),
    }


def _gone(comment: Comment) -> str:
    return {"deleted": _("Deleted by its author."), "removed": _("Removed by a moderator.")}.get(comment.gone, "")


def _when(uow: UnitOfWork, at: object) -> str:
    return moment_in_words(at, uow.site.config.timezone)  # type: ignore[arg-type]


def _excerpt(html: str) -> str:
    words = " ".join(plain_text(html).split())
    return words if len(words) <= _EXCERPT_CHARACTERS else words[:_EXCERPT_CHARACTERS].rpartition(" ")[0] + " …"


def refused_at(place: str, error: KmwikiError) -> dict[str, list[str]]:
    """What was refused, at the text that was typed, or at the field and the name beside it."""
    found: dict[str, list[str]] = {}
    for problem in error.problems if isinstance(error, Refused) else ():
        found.setdefault(problem.field if problem.field in ("name", "field") else place, []).append(problem.message)
    return found or {place: [str(error)]}


def is_gone(error: KmwikiError) -> bool:
    """Whether what was to be answered is not there any more; the text then belongs into the box for a new comment."""
    return isinstance(error, Refused) and any(problem.field == "answers" for problem in error.problems)
