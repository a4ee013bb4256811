"""Files of pages: sniffed, reviewed with the change, given out only with a version that one may see."""

from io import BytesIO

import pytest
from PIL import Image

from kmwiki.errors import Forbidden, NotFound, Refused, TooLarge
from kmwiki.models import Change
from kmwiki.permissions import Actor
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.files import file_intake
from kmwiki.services.files.attachments import attach, change_file, page_file
from kmwiki.site import Site
from pages import change_page, publish_change, published, send, start, term

pytestmark = pytest.mark.database


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    return out.getvalue()


def put(site: Site, actor: Actor, change: Change, name: str, content: bytes) -> Change:
    with site.work(actor) as uow:
        return attach(uow, change.id, name, content, alt="A pump", consent="none")[0]


def test_a_file_is_published_with_its_change(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = put(site, ada, start(site, ada, "term", term()), "pump.png", picture())
    send(site, ada, change)
    publish_change(site, people["moderator"], change)

    with site.work(Actor()) as uow:
        file = page_file(uow, "water-point", "pump.png")
    assert (file.media_type, file.content) == ("image/png", picture())


def test_a_file_of_a_draft_is_not_there_for_others(site: Site, people: dict[str, Actor]) -> None:
    change = put(site, people["contributor"], start(site, people["contributor"], "term", term()), "a.png", picture())

    for name in ("contributor2", "moderator", "anonymous"):
        with pytest.raises(NotFound), site.work(people[name]) as uow:
            change_file(uow, change.id, "a.png")
    with site.work(people["contributor"]) as uow:
        assert change_file(uow, change.id, "a.png").content == picture()


def test_an_old_version_keeps_its_own_file(site: Site, people: dict[str, Actor]) -> None:
    ada, slug = people["contributor"], "water-point"
    published(site, people, "term", term())
    for colour in ("red", "blue"):
        change = put(site, ada, change_page(site, ada, slug, {}), "pump.png", picture(colour))
        send(site, ada, change)
        publish_change(site, people["moderator"], change)

    with site.work(Actor()) as uow:
        assert page_file(uow, slug, "pump.png").content == picture("blue")
        assert page_file(uow, slug, "pump.png", 2).content == picture("red")
        with pytest.raises(NotFound):
            page_file(uow, slug, "pump.png", 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        ("picture.png", b"<script>alert(1)</script>"),
        ("picture.png", b"\x89PNG\r\n\x1a\n broken"),
        ("picture.jpg", picture()),
        ("program.exe", b"MZ\x00\x00"),
        ("archive.zip", b"PK\x03\x04 not a zip"),
        ("../../etc/passwd", b"text"),
        ("..", b"text"),
        (".htaccess", b"text"),
        ("no-ending", b"text"),
        ("picture.png", b""),
        ("many.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\1\0\0\0\0"),
    ],
)
def test_what_is_no_plain_attachment_is_refused(
    site: Site, people: dict[str, Actor], name: str, content: bytes
) -> None:
    change = start(site, people["contributor"], "term", term())

    with pytest.raises(Refused):
        put(site, people["contributor"], change, name, content)
    assert list(site.files.digests()) == []


def test_too_large_a_file_is_refused(site: Site, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_intake, "FILE_LIMIT_BYTES", 10)
    change = start(site, people["contributor"], "term", term())

    with pytest.raises(TooLarge):
        put(site, people["contributor"], change, "a.txt", b"eleven bytes")


def test_the_same_file_again_changes_nothing(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = put(site, ada, start(site, ada, "term", term()), "a.png", picture())

    assert put(site, ada, change, "a.png", picture()).head_id == change.head_id


def test_a_moderator_attaches_to_a_sent_change_and_nobody_else_does(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = send(site, ada, start(site, ada, "term", term()))

    put(site, people["moderator"], change, "a.txt", b"A note.")
    with pytest.raises(NotFound):
        put(site, people["contributor2"], change, "b.txt", b"A note.")


def test_a_read_only_token_attaches_nothing(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "term", term())
    token = Actor(user_id=people["contributor"].user_id, role=people["contributor"].role, is_read_only=True)

    with pytest.raises(Forbidden):
        put(site, token, change, "a.txt", b"A note.")


def test_people_who_were_not_asked_are_not_published(site: Site, people: dict[str, Actor]) -> None:
    ada = people["contributor"]
    change = put(site, ada, start(site, ada, "term", term()), "a.png", picture())
    with site.work(ada) as uow:
        save(uow, change.id, Edit({"files": [{"name": "a.png", "consent": "not-asked"}]}), change.head_id)
    with pytest.raises(Refused, match="missing"):
        send(site, ada, change)
