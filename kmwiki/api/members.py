"""On a members' site the API answers members: their tokens, and those of accounts that wait for what these may do."""

from flask import g

from kmwiki.http.members import require_member


def members_only() -> None:
    """Before each request, when the asker is known. Raises Unauthenticated, Forbidden."""
    require_member(g.actor)
