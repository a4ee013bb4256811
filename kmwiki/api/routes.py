"""The one table of the API's calls: registered by __init__.py, described by openapi.py, walked by tests."""

from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Response

from kmwiki.api import changes, comments, decisions, files, pages, requests, search, tokens, types
from kmwiki.api.answers import answer
from kmwiki.api.openapi import description

#: Statuses that the calls of a kind can answer besides their good one.
_LOOK = (401, 404)
_LIST = (401, 422)
_LIST_OF = (401, 404, 422)
_OLD = (401, 404, 409)
_VERB = (400, 401, 403, 404, 409, 413, 415, 422)
_SAY = (*_VERB, 429)
_FILTERS = (
    "type", "country", "sector", "sdg", "level", "topic", "language", "maturity", "outcome", "depth", "organisation",
    "sort", "page", "per_page",
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One call: `takes` and `gives` are names of schemas.SCHEMAS, `parameters` of openapi.PARAMETERS.

    `gives` has the good answers; "" is an answer without body, "*" one that is not JSON.
    """

    method: str
    path: str
    view: Callable[..., Response]
    does: str
    gives: dict[int, str]
    refuses: tuple[int, ...]
    takes: str = ""
    parameters: tuple[str, ...] = ()
    is_open: bool = field(default=False, kw_only=True)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        path = self.path.replace("/changes/{id}", "/changes/<uuid:id>").replace("/comments/{id}", "/comments/<uuid:id>")
        return path.replace("{", "<").replace("}", ">")


def _read(
    path: str, view: Callable[..., Response], does: str, gives: str, refuses: tuple[int, ...], *parameters: str
) -> Route:
    """A call that reads what is published: no token needed. Pages that were renamed answer 301."""
    good = {200: gives, 301: ""} if "{slug}" in path else {200: gives}
    return Route("GET", path, view, does, good, refuses, parameters=parameters, is_open=True)


def _verb(path: str, view: Callable[..., Response], does: str, takes: str = "Nothing", gives: str = "Change") -> Route:
    """A call that does something to a change or page: 200."""
    return Route("POST", path, view, does, {200: gives}, _VERB, takes)


def describe() -> Response:
    """This table as a program reads it."""
    return answer(description(ROUTES))


ROUTES: tuple[Route, ...] = (
    Route("GET", "/openapi.json", describe, "This description", {200: "*"}, (401,), is_open=True),
    # ---- pages
    _read("/pages", pages.list_pages, "Published pages, the newest first", "PageList", (401, 422, 503), *_FILTERS),
    _read("/pages/{slug}", pages.read_page, "A page as it is published", "Page", _LOOK),
    _read("/pages/{slug}/revisions", pages.list_revisions, "Its published versions", "RevisionList", _LIST_OF,
          "page", "per_page"),
    _read("/pages/{slug}/revisions/{number}", pages.read_revision, "One published version", "Page", _OLD),
    _read("/pages/{slug}/compare", pages.compare_revisions, "Two versions, field by field", "Comparison",
          (*_OLD, 422), "from", "to"),
    _read("/pages/{slug}/files", pages.list_files, "Its pictures and files", "FileList", _LOOK),
    _verb("/pages/{slug}/archive", pages.archive_page, "Take it out of lists and search", "Archiving", "Page"),
    _verb("/pages/{slug}/restore", pages.restore_page, "Put it back", "Nothing", "Page"),
    _verb("/pages/{slug}/unbin", pages.unbin_page, "Take it out of the bin", "Nothing", "Page"),
    _verb("/pages/{slug}/rename", pages.rename_page, "Give it another address", "NewSlug", "Page"),
    _verb("/pages/{slug}/protect", pages.protect_page, "Let only moderators change it", "Protection", "Page"),
    Route("POST", "/pages/{slug}/requests", requests.ask_about_page, "Ask that it be archived, renamed or removed",
          {201: "Change"}, _VERB, "Asking"),
    Route("DELETE", "/pages/{slug}", pages.delete_page, "Put it into the bin", {204: ""},
          (401, 403, 404, 409, 422), parameters=("reason",)),
    # ---- changes
    Route("POST", "/changes", changes.start_change, "Start a change", {200: "Change", 201: "Change"}, _VERB,
          "StartChange", ("Idempotency-Key",)),
    Route("GET", "/changes", changes.list_changes, "Changes that you may see", {200: "ChangeList"}, (401, 422),
          parameters=("state", "returned", "mine", "page", "per_page")),
    Route("GET", "/changes/{id}", changes.read_change, "A change", {200: "Change"}, (401, 404, 409)),
    Route("PATCH", "/changes/{id}", changes.save_change, "Save a new revision of it", {200: "Change"},
          (*_VERB, 412, 428), "Edit", ("If-Match",)),
    _verb("/changes/{id}/submit", changes.submit_change, "Send it for review", "Submission"),
    _verb("/changes/{id}/withdraw", changes.withdraw_change, "Take it back from review"),
    _verb("/changes/{id}/discard", changes.discard_change, "Put the draft away"),
    _verb("/changes/{id}/undiscard", changes.undiscard_change, "Bring it back"),
    _verb("/changes/{id}/reopen", changes.reopen_change, "Go on with one that was not accepted"),
    _verb("/changes/{id}/coauthors", changes.invite_coauthor, "Invite somebody to write it with you", "Username"),
    _verb("/changes/{id}/accept", changes.accept_invitation, "Accept such an invitation"),
    _verb("/changes/{id}/handover", changes.hand_over, "Give it to another author", "Username"),
    Route("POST", "/changes/{id}/shares", changes.share_change, "A link for comments without an account",
          {201: "ShareLink"}, _VERB, "Nothing"),
    Route("POST", "/changes/{id}/comments", comments.comment_on_change, "Say something about it",
          {201: "Comment"}, _SAY, "NewComment"),
    Route("POST", "/changes/{id}/files", files.add_file, "Put a file on it", {201: "File"}, _VERB, "FileToAdd"),
    Route("GET", "/changes/{id}/files/{name}", files.read_file, "The bytes of one", {200: "*"}, (401, 404, 409)),
    _verb("/changes/{id}/publish", decisions.publish_change, "Publish the revision that you looked at", "Publishing"),
    _verb("/changes/{id}/settle", decisions.settle_change, "Settle what contradicts the page", "Settling"),
    _verb("/changes/{id}/return", decisions.return_change, "Send it back to its author", "Reason"),
    _verb("/changes/{id}/reject", decisions.reject_change, "Do not accept it", "Reason"),
    # ---- comments
    _read("/pages/{slug}/comments", comments.list_comments, "What is said about it", "ThreadList", _LIST_OF,
          "page", "per_page"),
    Route("POST", "/pages/{slug}/comments", comments.comment_on_page, "Say something about it",
          {201: "Comment"}, _SAY, "NewComment"),
    Route("PATCH", "/comments/{id}", comments.edit_comment, "Edit your own", {200: "Comment"}, _VERB, "CommentText"),
    Route("DELETE", "/comments/{id}", comments.delete_comment, "Delete your own; moderators, any", {204: ""},
          (401, 403, 404), parameters=("reason",)),
    _verb("/comments/{id}/resolve", comments.resolve_comment, "Mark its thread as settled", gives="Comment"),
    _verb("/comments/{id}/unresolve", comments.unresolve_comment, "Open it again", gives="Comment"),
    # ---- the rest
    _read("/search", search.search_pages, "Search published pages", "Found", (401, 422, 503), "q", *_FILTERS),
    _read("/types", types.list_types, "Page types", "TypeList", (401,)),
    _read("/types/{name}", types.read_type, "The fields of a type as JSON Schema", "JsonSchema", _LIST_OF,
          "level", "edition"),
    _read("/vocabularies", types.list_vocabularies, "Vocabularies", "VocabularyList", (401,)),
    _read("/vocabularies/{name}", types.read_vocabulary, "The codes of one", "Vocabulary", _LOOK),
    _read("/organisations", types.list_organisations, "Organisations that pages name", "OrganisationList", _LIST,
          "q", "page", "per_page"),
    Route("GET", "/tokens", tokens.list_tokens, "Refused: tokens are managed by hand", {}, (401, 403)),
    Route("POST", "/tokens", tokens.add_token, "Refused: tokens are managed by hand", {}, (401, 403)),
    Route("DELETE", "/tokens/{id}", tokens.remove_token, "Refused: tokens are managed by hand", {}, (401, 403)),
)  # fmt: skip
