"""A browser without JavaScript for tests of running servers: cookies, forms read as they are shown, nothing else."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """What came back: status, address after redirects, text of the page."""

    status: int
    url: str
    text: str


class FormClient:
    """Keeps cookies like a browser; follows redirects."""

    def __init__(self, base: str, timeout_seconds: float = 60) -> None:
        self.base = base
        self.timeout_seconds = timeout_seconds
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Shown:
        return self._open(urllib.request.Request(self.base + path))

    def post(self, path: str, fields: Fields) -> Shown:
        body = urllib.parse.urlencode(fields).encode()
        return self._open(urllib.request.Request(self.base + path, body))

    def sign_in(self, username: str, password: str) -> None:
        form = fields_of(self.get("/account/login").text, "password")
        self.post("/account/login", replaced(form, username=username, password=password))

    def _open(self, request: urllib.request.Request) -> Shown:
        try:
            with self._opener.open(request, timeout=self.timeout_seconds) as answer:
                return Shown(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Shown(error.code, error.url, error.read().decode())


def fields_of(html: str, having: str) -> Fields:
    """Name and value of everything that the form with a field of this name would send, buttons left out."""
    reader = _FormReader()
    reader.feed(html)
    return next(form for form in reader.forms if any(name == having for name, _value in form))


def replaced(fields: Fields, **values: str) -> Fields:
    """The same fields with these values; names that are not there are added."""
    kept = [(name, value) for name, value in fields if name not in values]
    return kept + list(values.items())


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._text: tuple[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append([])
        elif not self.forms:
            return
        elif tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.forms[-1].append((name, given.get("value") or ""))
        elif tag == "textarea" and name:
            self._text = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1].append((self._select, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            text = "".join(self._text[1])
            self.forms[-1].append((self._text[0], text.removeprefix("\n")))
            self._text = None
        elif tag == "select":
            self._select = ""
