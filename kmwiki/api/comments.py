"""What is said about changes and pages: saying it, answering, editing and deleting one's own, settling."""

from uuid import UUID

from flask import Response, request

from kmwiki.api.answers import answer, list_answer
from kmwiki.api.body import Members, id_of, members, text_of
from kmwiki.api.doors import change_for, page_at, page_for
from kmwiki.api.shapes import comment_json, thread_json
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.services.talk import comments
from kmwiki.services.talk.comment_bounds import COMMENT_LIMIT
from kmwiki.services.talk.conversations import threads_of_page

_Said = tuple[str, str, UUID | None]


def list_comments(slug: str) -> Response:
    """Threads about a page, open ones first, each with all its answers."""
    paging = paging_of(request.args)
    with work() as uow:
        page = page_at(uow, slug)
        total, threads = threads_of_page(uow, page, paging.page, paging.per_page)
        return list_answer(paging, total, [thread_json(thread) for thread in threads])


def comment_on_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.comment")
        text, field, answers = _said()
        return answer(comment_json(comments.comment_on_page(uow, slug, text, field, answers)), 201)


def comment_on_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.comment")
        text, field, answers = _said()
        return answer(comment_json(comments.comment_on_change(uow, id, text, field, answers)), 201)


def _said() -> _Said:
    given = members("text", "field", "answers")
    return _text(given), text_of(given, "field"), id_of(given, "answers")


def _text(given: Members) -> str:
    return text_of(given, "text", COMMENT_LIMIT)


def edit_comment(id: UUID) -> Response:
    """One's own, and nobody else's."""
    with work() as uow:
        comments.find_editable(uow, id)
        return answer(comment_json(comments.edit(uow, id, _text(members("text")))))


def delete_comment(id: UUID) -> Response:
    """One's own; as a moderator, another's."""
    with work() as uow:
        comments.delete(uow, id, request.args.get("reason", ""))
    return Response(status=204)


def resolve_comment(id: UUID) -> Response:
    """Mark its thread as settled."""
    return _resolved(id, True)


def unresolve_comment(id: UUID) -> Response:
    return _resolved(id, False)


def _resolved(comment_id: UUID, is_resolved: bool) -> Response:
    with work() as uow:
        comments.find_resolvable(uow, comment_id)
        members()
        return answer(comment_json(comments.resolve(uow, comment_id, is_resolved)))
