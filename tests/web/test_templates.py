"""Rules for every template of the tree."""

import re
from pathlib import Path

import pytest
from flask import Flask

from kmwiki.site import resource_folder

FOLDER = resource_folder("templates")
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
#: Pages whose h1 is drawn by a component.
DRAWN_ELSEWHERE = {"pages/page.html": "components/article.html"}

#: Icons of our own, rendered Markdown, extracts.
PUT_IN_HTML = {"components/icon.html", "components/display_kinds.html", "components/entries.html"}


def source(name: str) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", (Path(FOLDER) / name).read_text(encoding="utf-8"), flags=re.S)


def page_templates() -> list[str]:
    return [name for name in NAMES if '{% extends "layout/base.html" %}' in source(name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", page_templates())
def test_every_page_has_one_h1(name: str) -> None:
    drawn = source(name) + source(DRAWN_ELSEWHERE[name]) if name in DRAWN_ELSEWHERE else source(name)

    assert len(re.findall(r"<h1[ >]", drawn)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_template_holds_script_style_or_handlers(name: str) -> None:
    text = source(name)

    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize("name", NAMES)
def test_only_components_put_in_html_that_is_safe_already(name: str) -> None:
    unescaped = re.findall(r"\{\{[^}]*\|\s*safe[^}]*\}\}", source(name))

    assert not unescaped or name in PUT_IN_HTML, unescaped


def test_feeds_are_escaped_like_pages(app: Flask) -> None:
    assert all(app.jinja_env.autoescape(name) for name in NAMES)  # type: ignore[operator]
