"""What no answer may hold, whatever it was made of: script or style inside HTML, handlers, forms without a token."""

from html.parser import HTMLParser

_NEVER = frozenset({"base", "embed", "iframe", "object", "style", "applet", "frame"})
_DATA_SCRIPTS = frozenset({"application/json", "application/ld+json"})


def faults_of(html: str) -> list[str]:
    """Everything in this HTML that the house rules forbid."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.faults


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._posts: str | None = None
        self._has_token = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _NEVER:
            self.faults.append(f"<{tag}>")
        is_file = (given.get("src") or "").startswith("/static/")
        if tag == "script" and not is_file and given.get("type") not in _DATA_SCRIPTS:
            self.faults.append("<script> that is not a file of the site")
        self._look_at(tag, given)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self._posts, self._has_token = given.get("action") or "", False
        elif tag == "input" and given.get("name") == "csrf_token":
            self._has_token = True

    def _look_at(self, tag: str, given: dict[str, str | None]) -> None:
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"<{tag} {name}=…>")
            if name in ("href", "src", "action", "formaction"):
                address = (value or "").strip().lower()
                if address.startswith(("javascript:", "data:", "vbscript:")):
                    self.faults.append(f"<{tag} {name}={address[:30]}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._posts is not None:
            if not self._has_token:
                self.faults.append(f"<form action={self._posts}> without a token")
            self._posts = None
