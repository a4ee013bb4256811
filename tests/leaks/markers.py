"""Unmistakable words: each says by itself which field of which content it stands in, as `zqxdrafttitle` does."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from pages import practice

#: What a word can stand in; `talk` is a comment, `bytes` the inside of a file, `name` the name of a file.
FIELDS = (
    "title", "lead", "body", "row", "organisation", "remark", "note", "wish", "talk", "bytes", "name", "alt", "credit",
    "reason", "mail", "words", "question", "answer", "secret", "label",
)  # fmt: skip
_MARKER = re.compile(r"zqx([a-z]+?)(" + "|".join(FIELDS) + r")(?![a-z])")


def mark(content: str, field: str) -> str:
    """The word for this field of this content."""
    word = f"zqx{content}{field}"
    assert _MARKER.fullmatch(word) is not None and field in FIELDS
    return word


def page_fields(content: str) -> dict[str, Any]:
    """Fields of a good practice, a word in each kind of field."""
    return practice(
        mark(content, "title"),
        summary=f"Stores keep {mark(content, 'lead')} parts.",
        practice=f"The committee keeps {mark(content, 'body')} in a store.\n\nIt is counted every month.\n",
        results=[{"result": f"Pumps with {mark(content, 'row')} run again", "evidence": "own-monitoring"}],
        organisation={"name": f"Network {mark(content, 'organisation')}"},
    )


def found_in(body: bytes) -> set[tuple[str, str]]:
    """Which (content, field) words an answer holds, also inside of what it packs."""
    return {
        (match[1], match[2])
        for part in unpacked(body)
        for match in _MARKER.finditer(part.decode("utf-8", "ignore").lower())
    }


def unpacked(body: bytes) -> Iterator[bytes]:
    """The bytes, and the members of a zip or the streams of a PDF."""
    yield body
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from unpacked(archive.read(name))
    elif body.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                continue
