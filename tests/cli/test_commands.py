"""Every command from the outside: exit code 0 done, 1 refused with a message on standard error, 2 wrong usage."""

import json
import re
import shutil
import sqlite3

import pytest

from cli.processes import environment
from cli.processes import kmwiki as kmwiki_process
from cli.processes import kmwiki_here as kmwiki

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder that `kmwiki init` made, with an administrator; copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "data"
    done = kmwiki(folder, "init")
    assert done.returncode == 0, done.stderr
    assert re.search(r"http://127.0.0.1:8000/account/setup/\S{20,}", done.stdout)
    assert done.stderr == ""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert kmwiki(folder, "user", "add", "boss", "--role", "admin").returncode == 0
    return folder


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def refused(done, words):
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_no_command_shows_what_there_is(tmp_path):
    done = kmwiki(tmp_path / "data", "--help")

    named = ("init", "serve", "demo", "user", "setup-link", "token", "export", "import", "seed", "worker", "reindex",
             "verify", "backup", "restore", "types", "purge")  # fmt: skip
    assert done.returncode == 0
    assert [name for name in named if not re.search(rf"^  {name} ", done.stdout, re.MULTILINE)] == []


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["export"], ["user", "add", "x", "--role", "king"], ["serve", "--port", "0"], ["import", "not-there"]],
    ids=" ".join,
)
def test_wrong_usage_is_2(tmp_path, arguments):
    assert kmwiki(tmp_path / "data", *arguments).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [["verify"], ["reindex"], ["user", "list"], ["worker", "--once"], ["backup", "x.zip"], ["setup-link"],
     ["export", "--output", "x.zip"]],
    ids=" ".join,
)  # fmt: skip
def test_a_folder_without_database_is_refused_and_nothing_made(tmp_path, arguments):
    refused(kmwiki(tmp_path / "data", *arguments), "no database")

    assert not (tmp_path / "data").exists()


def test_exit_codes_are_those_of_the_process(folder):
    assert kmwiki_process(folder, "user", "list").returncode == 0
    refused(kmwiki_process(folder, "init"), "has a database already")
    assert kmwiki_process(folder, "fly").returncode == 2


def test_init_refuses_a_folder_that_has_a_database(folder):
    refused(kmwiki(folder, "init"), "has a database already")


def test_an_unknown_setting_is_an_error(folder):
    refused(kmwiki(folder, "user", "list", KMWIKI_COLOUR="red"), "KMWIKI_COLOUR")


def test_settings_are_read_from_a_dotenv_file(folder, tmp_path):
    (tmp_path / ".env").write_text("KMWIKI_COLOUR=red\n")

    refused(kmwiki(folder, "user", "list", cwd=tmp_path), "KMWIKI_COLOUR")


def test_accounts_from_the_first_to_the_last_step(folder):
    assert kmwiki(folder, "user", "add", "nuru", "--role", "contributor").returncode == 0
    assert kmwiki(folder, "user", "role", "nuru", "moderator").returncode == 0
    assert kmwiki(folder, "user", "disable", "nuru").returncode == 0
    assert "nuru\tmoderator\tdisabled" in kmwiki(folder, "user", "list").stdout
    assert kmwiki(folder, "user", "enable", "nuru").returncode == 0
    made = kmwiki(folder, "user", "password", "nuru").stdout.strip()
    assert len(made) >= 12
    given = kmwiki(folder, "user", "password", "nuru", "--password-stdin", stdin="a long and plain sentence\n")
    assert given.returncode == 0
    assert "/account/link/" in kmwiki(folder, "user", "link", "nuru").stdout
    assert "password alone" in kmwiki(folder, "user", "second-factor-off", "nuru").stdout
    assert "nuru\tmoderator\tactive" in kmwiki(folder, "user", "list").stdout


def test_accounts_that_are_not_there_or_taken_are_refused(folder):
    refused(kmwiki(folder, "user", "role", "nobody", "reader"), "nobody")
    refused(kmwiki(folder, "user", "second-factor-off", "nobody"), "nobody")
    refused(kmwiki(folder, "user", "add", "boss", "--role", "reader"), "is taken")
    refused(kmwiki(folder, "user", "add", "nuru", "--role", "reader", "--password-stdin", stdin="short\n"), "10")


def test_the_set_up_link_is_closed_once_there_is_an_administrator(folder):
    refused(kmwiki(folder, "setup-link"), "administrator")


def test_a_token_stands_alone_on_a_line(folder):
    done = kmwiki(folder, "token", "add", "boss", "--expires", "30", "--read-only")

    assert re.fullmatch(r"\S{20,}\n", done.stdout)
    with sqlite3.connect(folder / "kmwiki.db") as database:
        stored = database.execute("SELECT * FROM api_token").fetchall()
    assert done.stdout.strip() not in str(stored)


def test_pages_are_seeded_found_exported_and_taken_in_elsewhere(folder, tmp_path):
    assert "9 pages added" in kmwiki(folder, "seed", "--pages", "9", "--seed", "3").stdout
    assert kmwiki(folder, "reindex").returncode == 0
    assert kmwiki(folder, "verify").stdout == "no differences\n"
    done = kmwiki(folder, "export", "--with-history", "--output", str(tmp_path / "out.zip"))
    assert done.stdout == f"9 pages in {tmp_path / 'out.zip'}\n"

    other = tmp_path / "other"
    kmwiki(other, "init")
    kmwiki(other, "user", "add", "chief", "--role", "admin")
    checked = kmwiki(other, "import", str(tmp_path / "out.zip"), "--publish", "--dry-run")
    assert "nothing was written" in checked.stdout
    assert "9 pages published" in kmwiki(other, "import", str(tmp_path / "out.zip"), "--publish").stdout
    assert "9 pages here already" in kmwiki(other, "import", str(tmp_path / "out.zip"), "--publish").stdout
    assert kmwiki(other, "worker", "--once").returncode == 0


def test_the_same_seed_twice_is_refused(folder):
    kmwiki(folder, "seed", "--pages", "1")

    refused(kmwiki(folder, "seed", "--pages", "1"), "seed-1-0")


def test_every_fault_of_a_bundle_is_listed(folder, tmp_path):
    (tmp_path / "no.zip").write_bytes(b"this is no zip")

    refused(kmwiki(folder, "import", str(tmp_path / "no.zip")), "kmwiki: ")


def test_a_folder_needs_its_type_and_its_map(folder, tmp_path):
    (tmp_path / "texts").mkdir()

    assert kmwiki(folder, "import", str(tmp_path / "texts"), "--type", "term").returncode == 2


def test_verify_names_what_differs_and_exits_1(folder):
    kmwiki(folder, "seed", "--pages", "3")
    kmwiki(folder, "reindex")
    with sqlite3.connect(folder / "kmwiki.db") as database:
        database.execute("UPDATE revision SET digest = ? WHERE rowid = 1", ("0" * 64,))
        database.execute("UPDATE page SET state = 'archived' WHERE slug = 'seed-1-2'")

    done = kmwiki(folder, "verify")

    assert done.returncode == 1
    assert "its digest is not that of its content" in done.stdout
    assert "should not be" in done.stdout
    assert "2 differences" in done.stdout


def test_the_worker_does_what_is_due_once(folder):
    kmwiki(folder, "seed", "--pages", "3")

    assert kmwiki(folder, "worker", "--once").stdout.endswith("jobs done\n")


def test_shipped_types_are_in_order(tmp_path):
    assert kmwiki(tmp_path / "data", "types", "check").stdout == "4 page types in order\n"


def test_a_broken_type_file_is_named_with_field_and_fault(tmp_path):
    file = tmp_path / "visit" / "1.yaml"
    file.parent.mkdir()
    file.write_text("type: visit\nedition: one\n")

    done = kmwiki(tmp_path / "data", "types", "check", str(file))

    assert done.returncode == 1
    assert "1.yaml: edition: " in done.stderr


def test_a_sites_own_words_for_a_type_are_checked_before_they_are_used(tmp_path):
    file = tmp_path / "term" / "site.yaml"
    file.parent.mkdir()
    file.write_text("fields: {title: {level: hidden}, defintion: {level: full}}\n")

    done = kmwiki(tmp_path / "data", "types", "check", str(file))

    assert done.returncode == 1
    assert "term/site.yaml: title: level: " in done.stderr
    assert "term/site.yaml: defintion: there is no such field" in done.stderr


def test_backup_and_restore(folder, tmp_path):
    kmwiki(folder, "seed", "--pages", "3")
    assert kmwiki(folder, "backup", str(tmp_path / "kept.zip")).returncode == 0
    refused(kmwiki(folder, "backup", str(tmp_path / "kept.zip")), "exists already")
    refused(kmwiki(folder, "restore", str(tmp_path / "kept.zip")), "has a database already")

    again = tmp_path / "again"
    assert kmwiki(again, "restore", str(tmp_path / "kept.zip")).returncode == 0
    assert kmwiki(again, "verify").stdout == "no differences\n"
    assert kmwiki(again, "user", "list").stdout == kmwiki(folder, "user", "list").stdout


def test_a_page_that_must_go_is_purged_with_a_reason(folder):
    kmwiki(folder, "seed", "--pages", "1")
    with sqlite3.connect(folder / "kmwiki.db") as database:
        (slug,) = database.execute("SELECT slug FROM page").fetchone()

    assert kmwiki(folder, "purge", slug).returncode == 2
    refused(kmwiki(folder, "purge", slug, "--reason", " "), "give a reason")
    refused(kmwiki(folder, "purge", "nowhere", "--reason", "It endangers people."), "nothing here")
    done = kmwiki(folder, "purge", slug, "--reason", "It endangers people.")
    assert (done.returncode, done.stderr) == (0, "") and slug in done.stdout
    kmwiki(folder, "worker", "--once")

    assert kmwiki(folder, "verify").stdout == "no differences\n"
    with sqlite3.connect(folder / "kmwiki.db") as database:
        assert database.execute("SELECT count(*) FROM page").fetchone() == (0,)
        logged = "SELECT actor_name, reason FROM audit_entry WHERE action = 'page.purge'"
        assert database.execute(logged).fetchall() == [("kmwiki", "It endangers people.")]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(folder):
    with sqlite3.connect(folder / "kmwiki.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    refused(kmwiki(folder, "serve"), "newer kmwiki (schema 9999)")
    refused(kmwiki(folder, "verify"), "another version")
    assert not (folder / "backups").exists()


def test_a_demo_cannot_be_served_by_another_server(tmp_path, folder):
    with sqlite3.connect(folder / "kmwiki.db") as database:
        database.execute("INSERT INTO setting (name, value) VALUES ('demo', ?)", (json.dumps(True),))

    refused(kmwiki(folder, "serve"), "holds a demo")
    assert "KMWIKI_DATA" in environment(folder)
