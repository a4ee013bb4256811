"""The docs name everything that there is, and nothing that is not there."""

import re
from pathlib import Path

import click
import pytest

from kmwiki.app import create_app
from kmwiki.cli import kmwiki
from kmwiki.config import SETTINGS, TEST_RUN_NAMES, load_config
from kmwiki.site import open_site

DOCS = Path(__file__).parents[1] / "docs"
OPERATING = (DOCS / "operating.md").read_text()
EVERYTHING = "\n".join(path.read_text() for path in sorted(DOCS.rglob("*.md")))


def commands(group: click.Group, before: str = "kmwiki") -> list[str]:
    """All commands in words: `kmwiki user add` …"""
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, f"{before} {name}")
        else:
            found.append(f"{before} {name}")
    return found


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_line(setting) -> None:
    assert f"| `{setting.name}` |" in OPERATING


def test_no_setting_is_named_that_does_not_exist() -> None:
    named = set(re.findall(r"KMWIKI_[A-Z_]*[A-Z]", EVERYTHING))

    assert named - {setting.name for setting in SETTINGS} - TEST_RUN_NAMES == set()


@pytest.mark.parametrize("command", commands(kmwiki))
def test_every_command_has_a_line(command: str) -> None:
    assert re.search(rf"^\| `{command}[ `]", OPERATING, re.MULTILINE)


def test_every_option_of_a_command_is_named() -> None:
    options = {
        option
        for command in commands(kmwiki)
        for parameter in _command(command).params
        for option in parameter.opts
        if option.startswith("--")
    }

    assert {option for option in options if f"`{option}" not in OPERATING and f" {option}" not in OPERATING} <= {
        "--format",  # one format so far
    }


def _command(words: str) -> click.Command:
    found: click.Command = kmwiki
    for word in words.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return found


def test_every_page_type_is_named(tmp_path: Path) -> None:
    site = open_site(load_config({"KMWIKI_DATA": str(tmp_path)}))

    assert [name for name in site.types.names() if name not in EVERYTHING] == []


def test_every_family_of_addresses_is_named(site) -> None:
    families = {rule.rule.split("/")[1].split("<")[0] for rule in create_app(site).url_map.iter_rules()} - {""}

    assert sorted(family for family in families if f"/{family}" not in EVERYTHING) == []


def test_links_between_docs_lead_somewhere() -> None:
    astray = []
    for path in [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "", path.read_text())):
            if not (path.parent / target).exists():
                astray.append(f"{path.name}: {target}")

    assert astray == []
