"""Pictures and files of pages: what is shown, what is saved, and what nothing in them may do."""

import hashlib
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from kmwiki.permissions import Actor
from kmwiki.services.files.attachments import attach
from kmwiki.services.pages.page_care import bin_page, rename
from kmwiki.site import Site
from pages import publish_change, send, start, term

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
CSV = b"part,price\nseal,1\n"


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (40, 30), (10, 120, 60)).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def with_files(site: Site, people: People) -> None:
    """A term with a picture in its text and a table beside it."""
    text = "![A hand pump](pump.png)\n\nSee [the prices](prices.csv)."
    change = start(site, people["contributor"], "term", term(definition=text))
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "pump.png", picture(), alt="A hand pump", credit="LWN", consent="none")
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "prices.csv", CSV, alt="Price list")
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)


@pytest.mark.usefixtures("with_files")
def test_pictures_are_seen_and_everything_else_is_saved(browser: FlaskClient) -> None:
    image, table = (browser.get(f"/pages/water-point/files/{name}") for name in ("pump.png", "prices.csv"))

    assert (image.data, image.content_type) == (picture(), "image/png")
    assert image.headers["Content-Disposition"].startswith("inline")
    assert table.data == CSV
    assert table.headers["Content-Disposition"].startswith("attachment")
    for answer in (image, table):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("with_files")
@pytest.mark.parametrize("who", ["anonymous", "contributor"])
def test_a_file_that_is_known_is_not_sent_again(browser: FlaskClient, signed_in: SignIn, who: str) -> None:
    client = browser if who == "anonymous" else signed_in(who)
    etag = client.get("/pages/water-point/files/pump.png").headers["ETag"]

    again = client.get("/pages/water-point/files/pump.png", headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.usefixtures("with_files")
def test_a_part_of_a_file_can_be_asked_for(signed_in: SignIn) -> None:
    answer = signed_in("reader").get("/pages/water-point/files/prices.csv", headers={"Range": "bytes=0-3"})

    assert (answer.status_code, answer.data) == (206, CSV[:4])


@pytest.mark.usefixtures("with_files")
@pytest.mark.parametrize(
    "name", ["nothing.png", "..%2f..%2fkmwiki.db", "pump.PNG", "%00", "pump.png%0d%0aSet-Cookie:x"]
)
def test_what_is_no_file_of_the_page_is_not_there(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/pages/water-point/files/{name}").status_code == 404


def test_files_go_the_way_of_their_page(
    site: Site, people: People, browser: FlaskClient, with_files: None
) -> None:
    with site.work(people["moderator"]) as uow:
        rename(uow, "water-point", "pumps")
    moved = browser.get("/pages/water-point/files/pump.png")
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "pumps", "Names a person.")

    assert (moved.status_code, moved.headers["Location"]) == (301, "/pages/pumps/files/pump.png")
    assert browser.get("/pages/pumps/files/pump.png").status_code == 404
    assert browser.get("/pages/pumps/revisions/1/files/pump.png").status_code == 404


def test_files_of_a_draft_are_not_there(site: Site, people: People, browser: FlaskClient) -> None:
    change = start(site, people["contributor"], "term", term(), slug="draft")
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "pump.png", picture())

    assert browser.get("/pages/draft/files/pump.png").status_code == 404


@pytest.mark.usefixtures("with_files")
def test_an_earlier_version_shows_its_own_files(browser: FlaskClient) -> None:
    html = browser.get("/pages/water-point/revisions/1").text

    assert 'src="/pages/water-point/revisions/1/files/pump.png?v=' in html
    assert browser.get("/pages/water-point/revisions/1/files/pump.png").data == picture()


@pytest.mark.usefixtures("with_files")
@pytest.mark.parametrize("how", [{"query_string": "pictures=no"}, {"headers": {"Save-Data": "on"}}])
def test_without_pictures_words_and_size_stand_in_their_place(
    browser: FlaskClient, signed_in: SignIn, how: dict[str, object]
) -> None:
    for client in (browser, signed_in("reader")):
        html = client.get("/pages/water-point", **how).text

        assert "<img" not in html and "A hand pump – show picture (1 KB)" in html
        assert '<a href="/pages/water-point?pictures=yes" rel="nofollow">' in html


@pytest.mark.usefixtures("with_files")
def test_with_pictures_they_are_sized_and_lazy(browser: FlaskClient) -> None:
    html = browser.get("/pages/water-point", query_string="pictures=yes", headers={"Save-Data": "on"}).text

    version = hashlib.sha256(picture()).hexdigest()[:12]
    assert f'<img src="/pages/water-point/files/pump.png?v={version}" width="40" height="30"' in html
    assert 'loading="lazy"' in html
    assert "A hand pump: LWN" in html
    assert "Price list" in html and "1 KB" in html
