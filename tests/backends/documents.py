"""Documents to search for, made in one line each."""

from datetime import UTC, datetime, timedelta

from kmwiki.backends.search import SearchDocument

LAUNCH = datetime(2026, 1, 1, tzinfo=UTC)


def document(name, title="", *, summary="", questions="", body="", language="en", day=0, depth="short", **facets):
    """A document with id `name`; facets are given as lists or single values."""
    lists = {facet: (value,) if isinstance(value, str) else tuple(value) for facet, value in facets.items()}
    return SearchDocument(
        id=name,
        type=lists.pop("type", ("case",))[0],
        language=language,
        title=title or f"Page {name}",
        summary=summary,
        questions=questions,
        body=body,
        depth=depth,
        published_at=LAUNCH + timedelta(days=day),
        facets=lists,
    )
