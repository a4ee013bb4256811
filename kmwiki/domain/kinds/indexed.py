"""Numbered parts of forms, such as `needs.0.question`."""

from __future__ import annotations

import re

from kmwiki.domain.kinds.kind import Form

_INDEX = re.compile(r"\.([0-9]{1,6})\.")


def indexes_of(form: Form, name: str) -> list[str]:
    """The indexes that the form has under this name, in the order of their numbers."""
    after = len(name)
    found = (_INDEX.match(key, after) for key in form if key.startswith(f"{name}."))
    return sorted({match[1] for match in found if match}, key=int)
