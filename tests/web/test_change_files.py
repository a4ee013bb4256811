"""The page of a change's files: put there, described, replaced, taken off, by whoever may save the change."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from browsing import form_as_sent, hidden, led_to, post
from kmwiki.domain.content import FileEntry
from kmwiki.models import Change
from kmwiki.permissions import Actor
from kmwiki.render.markdown import render
from kmwiki.render.resolve import markers
from kmwiki.services.changes.lifecycle import withdraw
from kmwiki.services.files import file_edits
from kmwiki.services.files.attachments import attach, change_file
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.site import Site
from kmwiki.web.change_file_values import insertion
from pages import publish_change, send, start, term
from photos import SECRETS, is_red, opened, photo

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
SAID = {"alt": "A pump", "credit": "R. Diallo", "licence": "CC-BY-4.0", "consent": "none"}


@pytest.fixture
def change(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term(definition="![A pump](pump.jpg)\n"))


def at(change: Change) -> str:
    return f"/changes/{change.id}/files"


def files_now(site: Site, change: Change) -> dict[str, FileEntry]:
    with site.work(Actor(user_id=change.author_id)) as uow:
        head = find_revision(uow, find_change(uow, change.id).head_id)
        return {file.name: file for file in content_of(head).files}


def sent(*files: tuple[str, bytes], **said: str) -> dict[str, object]:
    return {"file": [(io.BytesIO(content), name) for name, content in files], **said}


def save(client: FlaskClient, change: Change, name: str, **said: object):
    head = hidden(client.get(at(change)).text, "head")
    return post(client, f"{at(change)}/{name}", {"head": head, **said}, content_type="multipart/form-data")


def put(client: FlaskClient, change: Change, *files: tuple[str, bytes], **said: str):
    return post(client, at(change), sent(*files, **said), content_type="multipart/form-data")


def test_several_files_come_at_once_with_what_is_said_of_them(site: Site, change: Change, signed_in: SignIn) -> None:
    files = (("Pump (1).JPG", photo()), ("../my notes.txt", b"Notes."), ("pump 1.jpg", photo(size=(80, 60))))

    assert led_to(put(signed_in("contributor"), change, *files, **SAID)) == at(change)

    now = files_now(site, change)
    assert list(now) == ["Pump-1.jpg", "my-notes.txt", "pump-1-2.jpg"]
    assert {(f.alt, f.credit, f.licence, f.consent) for f in now.values()} == {tuple(SAID.values())}
    assert len({f.sha256 for f in now.values()}) == 3


def test_a_photo_is_stored_upright_and_without_its_position(site: Site, change: Change, signed_in: SignIn) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo(orientation=6)), **SAID)

    given = ada.get(f"{at(change)}/pump.jpg").data

    assert opened(given).size == (300, 400) and is_red(opened(given), 0.75, 0.25)
    assert not dict(opened(given).getexif()) and not [secret for secret in SECRETS if secret in given]
    assert list(site.files.digests()) == [files_now(site, change)["pump.jpg"].sha256]


def test_one_bad_file_keeps_no_other_out_and_nothing_typed_is_lost(
    site: Site, change: Change, signed_in: SignIn
) -> None:
    files = (("pump.jpg", photo()), ("evil.svg", b"<svg onload='x()'/>"), ("cut.jpg", photo()[:3000]))

    answer = put(signed_in("contributor"), change, *files, **SAID)

    assert answer.status_code == 422
    assert list(files_now(site, change)) == ["pump.jpg"]
    assert "evil.svg: This kind of file" in answer.text and "cut.jpg: This picture is damaged" in answer.text
    assert "The file is here." in answer.text and 'value="R. Diallo"' in answer.text


def test_a_form_without_a_file_says_so(change: Change, signed_in: SignIn) -> None:
    answer = post(signed_in("contributor"), at(change), {"alt": "kept words"})

    assert answer.status_code == 422 and "Choose a file first." in answer.text and "kept words" in answer.text


def test_a_file_is_described_replaced_and_taken_off_each_as_a_revision(
    site: Site, people: People, change: Change, signed_in: SignIn
) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()))
    first = files_now(site, change)["pump.jpg"]

    assert led_to(save(ada, change, "pump.jpg", **SAID)) == at(change)
    described = files_now(site, change)["pump.jpg"]
    save(ada, change, "pump.jpg", **SAID | {"file": (io.BytesIO(photo(size=(90, 60))), "other.jpeg")})
    replaced = files_now(site, change)["pump.jpg"]
    wrong = save(ada, change, "pump.jpg", **SAID | {"file": (io.BytesIO(photo("PNG")), "other.png")})
    save(ada, change, "pump.jpg", do="remove")

    assert (described.alt, described.consent, described.sha256) == ("A pump", "none", first.sha256)
    assert (replaced.alt, replaced.name) == ("A pump", "pump.jpg") and replaced.sha256 != first.sha256
    assert wrong.status_code == 422 and "name does not fit" in wrong.text
    assert files_now(site, change) == {}


@pytest.mark.parametrize("wrong", [{"licence": "mine"}, {"consent": "sure"}, {"alt": "x" * 1_001}])
def test_what_cannot_be_said_is_told_and_the_rest_stays_typed(
    change: Change, signed_in: SignIn, wrong: dict[str, str]
) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()))

    answer = save(ada, change, "pump.jpg", **SAID | {"credit": "typed credit"} | wrong)

    assert answer.status_code == 422 and 'value="typed credit"' in answer.text and 'class="fault"' in answer.text


def test_two_who_describe_different_files_are_both_kept_and_one_file_is_a_clash(
    site: Site, change: Change, signed_in: SignIn
) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("a.jpg", photo()), ("b.jpg", photo(size=(80, 60))))
    head = hidden(ada.get(at(change)).text, "head")

    for name, alt in (("a.jpg", "First"), ("b.jpg", "Second")):
        assert led_to(post(ada, f"{at(change)}/{name}", {"head": head, "alt": alt})) == at(change)
    late = post(ada, f"{at(change)}/a.jpg", {"head": head, "alt": "Late words"})

    assert {name: file.alt for name, file in files_now(site, change).items()} == {"a.jpg": "First", "b.jpg": "Second"}
    assert late.status_code == 409 and "Late words" in late.text


def test_only_who_may_save_the_change_sees_and_sends_the_forms(
    site: Site, people: People, change: Change, signed_in: SignIn, browser: FlaskClient
) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()), **SAID)
    head = hidden(ada.get(at(change)).text, "head")
    others = {name: signed_in(name) for name in ("reader", "contributor2", "moderator", "admin")}

    for client in others.values():
        assert client.get(at(change)).status_code == 404
        assert put(client, change, ("a.txt", b"x")).status_code == 404
        assert post(client, f"{at(change)}/pump.jpg", {"head": head}).status_code == 404
    assert browser.get(at(change)).status_code == 404
    assert post(browser, at(change), {"alt": "x"}).status_code == 401

    send(site, people["contributor"], change)
    assert "data-uploads" in others["moderator"].get(at(change)).text
    assert led_to(save(others["moderator"], change, "pump.jpg", **SAID | {"alt": "A blue pump"})) == at(change)
    publish_change(site, people["moderator2"], change)
    assert "<form" not in re.sub(r"<header.*?</header>", "", ada.get(at(change)).text, flags=re.S)
    assert put(ada, change, ("a.txt", b"x")).status_code == 409


def test_a_picture_is_not_sent_before_it_is_described_and_people_agreed(
    site: Site, people: People, change: Change, signed_in: SignIn
) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()), ("notes.txt", b"Notes."))
    tick = {f"confirmed.{name}": "1" for name in ("facts-public", "people-agreed", "harmless", "licence")}

    def send_it() -> int:
        html = ada.get(f"/changes/{change.id}").text
        ticks = dict.fromkeys(re.findall(r'name="(confirmed\.[^"]+)"', html), "1")
        return post(ada, f"/changes/{change.id}/submit", {**tick, **ticks}).status_code

    page = ada.get(f"/changes/{change.id}").text
    assert f'href="/changes/{change.id}/files#file-2"' in page
    assert send_it() == 422
    save(ada, change, "pump.jpg", alt="A pump", consent="not-asked")
    assert send_it() == 422
    save(ada, change, "pump.jpg", alt="A pump", consent="adults-agreed")
    assert send_it() == 303


def test_a_change_that_waits_stays_complete(site: Site, people: People, change: Change, signed_in: SignIn) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()), **SAID)
    send(site, people["contributor"], change)

    assert put(ada, change, ("second.jpg", photo())).status_code == 422
    assert save(ada, change, "pump.jpg", alt="", consent="none").status_code == 422
    with site.work(people["contributor"]) as uow:
        withdraw(uow, change.id)
    assert put(ada, change, ("second.jpg", photo())).status_code == 303


def test_the_limits_of_a_page_are_told_before_and_kept(
    site: Site, change: Change, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = signed_in("contributor")
    monkeypatch.setattr(file_edits, "FILES_PER_PAGE", 2)
    monkeypatch.setattr(file_edits, "PAGE_LIMIT_BYTES", 5_000)

    assert "At most 20 MB at once, pictures of at most 50 million pixels." in ada.get(at(change)).text
    heavy = put(ada, change, ("a.txt", b"a" * 3_000), ("b.txt", b"b" * 3_000))
    many = put(ada, change, ("c.txt", b"c"), ("d.txt", b"d"))

    assert "b.txt: The files of a page have at most" in heavy.text
    assert "d.txt: A page has at most 2 files." in many.text
    assert list(files_now(site, change)) == ["a.txt", "c.txt"]
    assert len(list(site.files.digests())) == 2


def test_a_name_that_differs_in_capitals_alone_replaces_nothing(site: Site, people: People, change: Change) -> None:
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "Pump.txt", b"one")
    with pytest.raises(Exception, match="capitals"), site.work(people["contributor"]) as uow:
        attach(uow, change.id, "pump.txt", b"two")
    with site.work(people["contributor"]) as uow:
        assert change_file(uow, change.id, "Pump.txt").content == b"one"


@pytest.mark.parametrize(
    ("name", "alt"),
    [("pump.jpg", "A pump"), ("my pump (1).jpg", "A [blue] *pump*"), ("notes.pdf", ""), ("pompe-à-eau.png", r"a\b")],
)
def test_the_line_to_copy_shows_the_file(name: str, alt: str) -> None:
    kind = "application/pdf" if name.endswith("pdf") else "image/png"
    line = insertion(FileEntry(name=name, sha256="0" * 64, media_type=kind, alt=alt))

    html = render(line)
    assert markers(html).files == {name}
    assert ("<img" in html) == (kind != "application/pdf")


def test_the_page_says_where_a_file_stands(change: Change, signed_in: SignIn) -> None:
    ada = signed_in("contributor")
    put(ada, change, ("pump.jpg", photo()), **SAID)

    html = ada.get(at(change)).text

    assert re.search(r"Stands in: \w+", html) and "![A pump](pump.jpg)" in html


def test_from_the_form_one_saves_and_goes_on_to_the_files(
    site: Site, change: Change, signed_in: SignIn
) -> None:
    ada = signed_in("contributor")
    form = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)

    answer = post(ada, f"/changes/{change.id}/edit", {**form, "title": ["Hand pump"], "do": "files"})

    assert led_to(answer) == at(change)
    assert "Hand pump" in ada.get(at(change)).text
