"""A site from an empty folder, without any server having run."""

from pathlib import Path

from cli.processes import kmwiki


def test_a_new_site_is_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    made = kmwiki(folder, "init")

    assert made.returncode == 0 and "/account/setup/" in made.stdout
    verified = kmwiki(folder, "verify")
    assert (verified.returncode, verified.stdout) == (0, "no differences\n")


def test_a_folder_with_a_site_is_not_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    kmwiki(folder, "init")

    again = kmwiki(folder, "init")

    assert again.returncode == 1 and "has a database already" in again.stderr


def test_the_worker_heals_an_index_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    kmwiki(folder, "init")
    for file in sorted((folder / "index").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    assert kmwiki(folder, "verify").returncode == 1

    kmwiki(folder, "worker", "--once")

    assert kmwiki(folder, "verify").returncode == 0
