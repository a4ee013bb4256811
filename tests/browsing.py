"""A person's browser in tests: posts forms with their token, reads what a page's form holds."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_INPUT = re.compile(r'<input type="hidden" name="(?P<name>[^"]+)" value="(?P<value>[^"]*)"')


def csrf_of(client: FlaskClient) -> str:
    """The token of this browser's session, as every form holds it."""
    return hidden(client.get("/account/login").text, "csrf_token")


def hidden(html: str, name: str) -> str:
    """The value of the first hidden input of this name. Raises KeyError where there is none."""
    for match in _INPUT.finditer(html):
        if match["name"] == name:
            return unescape(match["value"])
    raise KeyError(name)


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **rest: Any) -> TestResponse:
    """Post a form as a browser does, with its token."""
    return client.post(url, data={"csrf_token": csrf_of(client), **(data or {})}, **rest)


def led_to(response: TestResponse) -> str:
    """The path that a redirection leads to."""
    assert response.status_code == 303, (response.status_code, response.text[:500])
    return urlsplit(response.headers["Location"]).path


class _FormReader(HTMLParser):
    """What a browser would send with the form #page-form, no button pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self._inside = False
        self._textarea: str | None = None
        self._select: str | None = None
        self._chosen: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form":
            self._inside = given.get("id") == "page-form"
        elif tag == "input" and name and self._inside:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self._textarea, self._text = name, ""
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea and self._inside:
            self.values.append((self._textarea, self._text.removeprefix("\n").replace("\n", "\r\n")))
            self._textarea = None
        elif tag == "select" and self._select and self._inside:
            self.values.append((self._select, self._chosen or ""))
            self._select = None
        elif tag == "form":
            self._inside = False


def form_as_sent(html: str) -> dict[str, list[str]]:
    """The form of a page as a browser sends it when nothing was touched."""
    reader = _FormReader()
    reader.feed(html)
    sent: dict[str, list[str]] = {}
    for name, value in reader.values:
        sent.setdefault(name, []).append(value)
    return sent
