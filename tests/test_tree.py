"""Guards over the whole tree: packaging, the one commit, floors, what belongs in no file of the repository."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "kmwiki").rglob("*.py"))


def _listed_packages():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    return set(settings["options"]["packages"].split())


def _name(folder):
    return ".".join(folder.relative_to(ROOT).parts)


def test_every_package_folder_is_listed_in_setup_cfg():
    folders = {_name(path.parent) for path in CODE if path.name == "__init__.py"}

    assert folders <= _listed_packages()


def test_every_listed_package_is_there():
    outside = {"kmwiki.templates": "templates", "kmwiki.static": "static", "kmwiki.migrations": "migrations"}
    outside["kmwiki.migrations.versions"] = "migrations/versions"

    for name in _listed_packages():
        assert (ROOT / outside.get(name, name.replace(".", "/"))).is_dir(), name


def test_every_folder_of_code_is_a_package():
    assert {path.parent for path in CODE if not (path.parent / "__init__.py").exists()} == set()


def test_nothing_commits_but_the_database_module():
    for path in CODE:
        if path.name not in ("db.py", "whoosh_search.py", "whoosh_merging.py"):
            assert ".commit(" not in path.read_text(), path


@pytest.mark.parametrize("face", ["web", "api", "http"])
def test_faces_ask_no_database(face):
    for path in (ROOT / "kmwiki" / face).rglob("*.py"):
        found = re.findall(r"\b(?:select|session\.(?:get|scalars?|execute|add))\(", path.read_text())
        assert found == [], path


def test_imports_keep_to_the_floors():
    program = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout[-4000:]
