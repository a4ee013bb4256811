"""Pictures in the width of the screen: made by the worker, given to whoever may see the version and to nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kmwiki import worker
from kmwiki.models import Blob, Change, OutboxJob
from kmwiki.permissions import Actor
from kmwiki.services.changes.lifecycle import withdraw
from kmwiki.services.files import file_care
from kmwiki.services.files.attachments import attach, remove
from kmwiki.services.pages.page_care import archive, bin_page, hide_version, purge
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import Site
from pages import change_page, publish_change, send, start, term
from photos import opened, photo

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
ROLES = ("anonymous", "reader", "contributor", "contributor2", "moderator", "admin")
LARGE = photo(size=(1000, 750))


@pytest.fixture
def change(site: Site, people: People) -> Change:
    """A draft with a picture in its text."""
    text = "![A hand pump](pump.jpg)\n\n[![A hand pump](pump.jpg)](https://example.org/)\n"
    change = start(site, people["contributor"], "term", term(definition=text))
    with site.work(people["contributor"]) as uow:
        return attach(uow, change.id, "pump.jpg", LARGE, "A hand pump", "", "", "none")[0]


@pytest.fixture
def page(site: Site, people: People, change: Change) -> str:
    """The same, published, with its narrow pictures."""
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    worker.drain(site)
    return "/pages/water-point"


def clients(browser: FlaskClient, signed_in: SignIn) -> dict[str, FlaskClient]:
    return {name: browser if name == "anonymous" else signed_in(name) for name in ROLES}


def statuses(asking: dict[str, FlaskClient], path: str) -> dict[str, set[int]]:
    """What each is answered: the picture itself, and each of its widths."""
    asked = [f"{path}{query}" for query in ("", "?width=480", "?width=960", "?width=7", "?v=000000000000")]
    return {name: {client.get(one).status_code for one in asked} for name, client in asking.items()}


def everybody(status: int) -> dict[str, set[int]]:
    return {name: {status} for name in ROLES}


def width_of(client: FlaskClient, path: str) -> int:
    return opened(client.get(path).data).width


def test_the_original_is_shown_until_the_worker_has_made_others(
    site: Site, browser: FlaskClient, page: str, people: People
) -> None:
    path = f"{page}/files/pump.jpg?width=480"
    made = browser.get(path)
    for kept in (site.config.files_folder / "variants").rglob("*.webp"):
        kept.unlink()
    lost = browser.get(path)
    file_care.make_all_missing(site)
    again = browser.get(path)

    assert (opened(made.data).size, made.content_type) == ((480, 360), "image/webp")
    assert (opened(lost.data).size, lost.content_type) == ((1000, 750), "image/jpeg")
    assert again.data == made.data and again.headers["ETag"] == made.headers["ETag"] != lost.headers["ETag"]
    for answer in (made, lost):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("width", ["", "0", "-480", "481", "1600", "x", "4" * 40, "480.0"])
def test_any_other_width_is_the_original(browser: FlaskClient, page: str, width: str) -> None:
    assert width_of(browser, f"{page}/files/pump.jpg?width={width}") == 1000


def test_the_article_offers_every_width_with_size_words_and_the_original(browser: FlaskClient, page: str) -> None:
    html = browser.get(page).text
    first = re.search(r'<a href="/pages/water-point/files/pump.jpg">(<img [^>]+>)</a>', html)

    assert first is not None
    version = re.search(r"v=([0-9a-f]{12})", first[1])
    assert version is not None
    at = f"/pages/water-point/files/pump.jpg?width=%d&amp;v={version[1]}"
    whole = f"/pages/water-point/files/pump.jpg?v={version[1]}"
    assert f'src="{at % 960}"' in first[1]
    assert f'srcset="{at % 480} 480w, {at % 960} 960w, {whole} 1000w"' in first[1]
    assert 'width="1000" height="750" alt="A hand pump" loading="lazy"' in first[1] and "sizes=" in first[1]
    assert len(re.findall("<img ", html)) == 2 and "<a href=\"https://example.org/\"" in html


def test_what_the_address_names_is_asked_for_once(browser: FlaskClient, page: str) -> None:
    version = re.search(r"v=([0-9a-f]{12})", browser.get(page).text)
    assert version is not None

    def kept(query: str) -> str:
        return browser.get(f"{page}/files/pump.jpg{query}").headers["Cache-Control"]

    assert kept(f"?width=480&v={version[1]}") == kept(f"?v={version[1]}") == "private, max-age=31536000, immutable"
    assert {kept(""), kept("?width=480"), kept("?width=480&v=000000000000")} == {"no-cache"}


def test_what_is_not_made_yet_is_asked_for_again(
    site: Site, people: People, change: Change, browser: FlaskClient
) -> None:
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    version = re.search(r"v=([0-9a-f]{12})", browser.get("/pages/water-point").text)
    assert version is not None
    path = f"/pages/water-point/files/pump.jpg?width=480&v={version[1]}"

    early = browser.get(path)
    worker.drain(site)
    late = browser.get(path)

    assert early.headers["Cache-Control"] == "no-cache" and opened(early.data).width == 1000
    assert "immutable" in late.headers["Cache-Control"] and opened(late.data).width == 480


def test_pictures_of_a_draft_are_there_for_its_author_alone(
    site: Site, people: People, change: Change, browser: FlaskClient, signed_in: SignIn
) -> None:
    worker.drain(site)
    asking, path = clients(browser, signed_in), f"/changes/{change.id}/files/pump.jpg"

    assert statuses(asking, path) == {name: {200} if name == "contributor" else {404} for name in ROLES}
    send(site, people["contributor"], change)
    sent = {name: {200} if name in ("contributor", "moderator", "admin") else {404} for name in ROLES}
    assert statuses(asking, path) == sent
    with site.work(people["contributor"]) as uow:
        withdraw(uow, change.id)
    assert statuses(asking, path) == {name: {200} if name == "contributor" else {404} for name in ROLES}
    assert asking["contributor"].get(f"{path}?width=480").headers["Cache-Control"] == "no-cache"
    assert width_of(asking["contributor"], f"{path}?width=480") == 480
    assert statuses(asking, "/pages/water-point/files/pump.jpg") == everybody(404)


def test_pictures_of_archived_binned_and_hidden_versions_go_the_way_of_the_text(
    site: Site, people: People, page: str, browser: FlaskClient, signed_in: SignIn
) -> None:
    second = change_page(site, people["contributor"], "water-point", {"definition": "No picture.\n"})
    with site.work(people["contributor"]) as uow:
        remove(uow, second.id, second.head_id, "pump.jpg")
    send(site, people["contributor"], second)
    publish_change(site, people["moderator"], second)
    asking, old = clients(browser, signed_in), f"{page}/revisions/1/files/pump.jpg"

    assert statuses(asking, f"{page}/files/pump.jpg") == everybody(404)
    assert statuses(asking, old) == everybody(200)
    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "Out of date.")
    assert statuses(asking, old) == everybody(200)
    with site.work(people["admin"]) as uow:
        hide_version(uow, "water-point", 1, "Shows a child.")
    assert all(answered <= {404, 409} for answered in statuses(asking, old).values())
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "Names a person.")
    assert statuses(asking, f"{page}/revisions/2/files/pump.jpg") == everybody(404)


def test_a_replaced_picture_is_shown_at_once_and_the_old_version_keeps_the_old_one(
    site: Site, people: People, page: str, browser: FlaskClient
) -> None:
    paths = [f"{page}/files/pump.jpg{query}" for query in ("", "?width=480")]
    before = [browser.get(path).data for path in paths]
    article = browser.get(page).text
    change = change_page(site, people["contributor"], "water-point", {})
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "pump.jpg", photo(size=(1200, 1200)), consent="none")
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    worker.drain(site)

    now = [browser.get(path).data for path in paths]
    old = [browser.get(f"{page}/revisions/1/files/pump.jpg{query}").data for query in ("", "?width=480")]

    assert [opened(content).size for content in now] == [(1200, 1200), (480, 480)]
    assert old == before and browser.get(page).text != article


def test_what_was_made_of_a_purged_picture_goes_with_it(site: Site, people: People, page: str) -> None:
    folder = site.config.files_folder
    assert len(list(folder.rglob("*.webp"))) == 2
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "Shows a child.")
    with site.work(people["admin"]) as uow:
        purge(uow, "water-point", "Shows a child.")
    worker.drain(site)

    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_bytes_that_no_save_came_to_use_are_swept_and_no_others(
    site: Site, people: People, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = site.files.put(b"of a save that failed")
    file_care.sweep_unused(site)
    assert site.files.has(lost)
    monkeypatch.setattr(file_care, "UNUSED_SECONDS", -1)

    file_care.sweep_unused(site)

    with site.work(people["admin"]) as uow:
        known = list(uow.session.scalars(select(Blob.sha256)))
        assert list(differences(uow)) == []
        assert not uow.session.scalars(select(OutboxJob)).all()
    assert list(site.files.digests()) == known and len(known) == 1


def test_a_picture_that_an_import_brought_broken_is_shown_as_it_is(
    site: Site, people: People, browser: FlaskClient, page: str
) -> None:
    with site.work(people["admin"]) as uow:
        blob = uow.session.scalars(select(Blob)).one()
        whole = site.files.path(blob.sha256)
        for kept in (site.config.files_folder / "variants").rglob("*.webp"):
            kept.unlink()
        whole.write_bytes(LARGE[:5000])

    file_care.make_all_missing(site)

    assert browser.get(f"{page}/files/pump.jpg?width=480").data == LARGE[:5000]
    assert timedelta(seconds=site.files.age_seconds(blob.sha256)) < timedelta(minutes=5)
