"""Positions as people paste them: "13.51, 2.11", or the address of a map."""

import re
from collections.abc import Mapping

_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)"
#: "13.51, 2.11" and links of the usual maps: @13.5,2.1 · ?q=13.5,2.1 · mlat=13.5&mlon=2.1 · #map=9/13.5/2.1
_POSITIONS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*$",
        rf"[@=:]{_NUMBER},{_NUMBER}(?![0-9])",
        rf"mlat={_NUMBER}&mlon={_NUMBER}",
        rf"#map=[0-9]{{1,2}}/{_NUMBER}/{_NUMBER}",
    )
)


def position_in(text: str) -> Mapping[str, str] | None:
    """{"lat", "lon"} as decimal strings, None where none can be read; whether they are on Earth is not asked."""
    found = next((match for pattern in _POSITIONS if (match := pattern.search(text))), None)
    return {"lat": found[1], "lon": found[2]} if found else None
