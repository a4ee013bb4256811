"""Guards over the whole tree: rules of the house that no single test would notice being broken."""

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "kmwiki").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ROLE_NAMES = {"reader", "contributor", "moderator", "admin"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def strings_in_code(path: Path) -> Iterator[str]:
    """String constants that are compared or passed, docstrings left out."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_nothing_commits_but_the_one_transaction() -> None:
    committing = [name_of(path) for path in MODULES if ".commit(" in path.read_text()]

    assert committing == ["kmwiki/backends/whoosh_search.py", "kmwiki/db.py"]  # the first: of its index


@pytest.mark.parametrize("face", ["web", "api"])
def test_faces_ask_services_and_never_the_database(face: str) -> None:
    asking = [
        name_of(path)
        for path in (ROOT / "kmwiki" / face).rglob("*.py")
        if re.search(r"^(from|import) sqlalchemy|\.session\.", path.read_text(), re.MULTILINE)
    ]

    assert asking == []


def test_role_names_stand_in_few_places() -> None:
    allowed = ("kmwiki/models/users.py", "kmwiki/permissions.py", "kmwiki/services/upkeep/demo_site.py")
    naming = {
        name_of(path): found
        for path in MODULES
        if name_of(path) not in allowed and (found := ROLE_NAMES & set(strings_in_code(path)))
    }

    assert naming == {}


def test_nothing_below_http_knows_flask() -> None:
    above = ("kmwiki/app.py", "kmwiki/server.py", "kmwiki/serving.py", "kmwiki/http/", "kmwiki/web/", "kmwiki/api/")
    knowing = [
        name_of(path)
        for path in MODULES
        if re.search(r"^\s*(from|import) flask", path.read_text(), re.MULTILINE) and not name_of(path).startswith(above)
    ]

    assert knowing == []


def test_broad_excepts_stand_only_where_work_must_go_on() -> None:
    catching = [name_of(path) for path in MODULES if re.search(r"except (Base)?Exception\b", path.read_text())]

    assert set(catching) <= {
        "kmwiki/worker.py",
        "kmwiki/db.py",
        "kmwiki/services/upkeep/jobs.py",
        "kmwiki/services/bundles/imports.py",
        "kmwiki/backends/files.py",
        "kmwiki/backends/whoosh_search.py",
    }


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_every_package_folder_is_packaged() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES if path.name == "__init__.py"}

    assert folders <= listed
    assert {"kmwiki.templates", "kmwiki.static", "kmwiki.migrations", "kmwiki.migrations.versions"} <= listed


def test_templates_hold_no_script_style_or_handler() -> None:
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    holding = [
        name_of(path) for path in TEMPLATES if forbidden.search(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S))
    ]

    assert holding == []


def test_no_file_is_longer_than_anybody_wants_to_read() -> None:
    long = [name_of(path) for path in MODULES if path.read_text().count("\n") > 400]

    assert long == []
