"""The administration pages as a whole: each refuses whoever lacks the right, and shows what the asker may do."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from browsing import post
from kmwiki.web.admin.start import places

#: What moderators look after, too.
FOR_MODERATORS = ("/admin", "/admin/users", "/admin/topics")


def admin_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.split("/")[1] == "admin"]


def address_of(rule: Rule) -> str:
    """The rule with something made up in every gap."""
    return re.sub(r"<(?:uuid:|int:|string:)?(\w+)>", _made_up, rule.rule)


def _made_up(gap: re.Match[str]) -> str:
    if "uuid" in gap[0]:
        return "01890000-0000-7000-8000-000000000000"
    return "7" if "int" in gap[0] else "nobody"


def ask(client: FlaskClient, rule: Rule) -> int:
    if "GET" in (rule.methods or ()):
        return client.get(address_of(rule)).status_code
    return post(client, address_of(rule)).status_code


def test_nobody_comes_in_without_signing_in(app: Flask, browser: FlaskClient) -> None:
    answers = {(rule.rule, ask(browser, rule)) for rule in admin_rules(app)}

    assert {status for _rule, status in answers} <= {303, 401}, answers


@pytest.mark.parametrize("name", ["reader", "contributor"])
def test_readers_and_contributors_are_refused_everywhere(app: Flask, signed_in, name: str) -> None:
    client = signed_in(name)

    assert {rule.rule: ask(client, rule) for rule in admin_rules(app) if ask(client, rule) != 403} == {}


def test_moderators_are_refused_but_where_they_look_after_something(app: Flask, signed_in) -> None:
    client = signed_in("moderator")
    elsewhere = [
        rule for rule in admin_rules(app) if not rule.rule.startswith(FOR_MODERATORS[1:]) and rule.rule != "/admin"
    ]

    assert {rule.rule: status for rule in elsewhere if (status := ask(client, rule)) != 403} == {}


def test_the_start_page_shows_what_the_asker_may_do(app: Flask, signed_in) -> None:
    with app.test_request_context():
        everything = {place.url for place in places()}
    of_admin = set(re.findall(r'<h2><a href="(/[^"]+)"', signed_in("admin").get("/admin").text))
    of_moderator = set(re.findall(r'<h2><a href="(/[^"]+)"', signed_in("moderator").get("/admin").text))

    assert of_admin == everything
    assert of_moderator == everything & set(FOR_MODERATORS)
