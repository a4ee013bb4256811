"""A second id in a request is checked like the first: it names what is of the same change or page, or nothing."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from browsing import csrf_of, post
from kmwiki.models import Change
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import cooperation
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.files.attachments import attach
from kmwiki.site import Site
from leaks.tables import changed, contents
from pages import change_page, published, say, send, start, term

SECRET = "What nobody else may read"


@dataclass
class Two:
    """What contributor writes, and what contributor2 does; each has a draft, a comment, a file, a link."""

    mine: Change
    theirs: Change
    their_comment: UUID
    their_link: UUID
    their_aside: UUID
    page: str


@pytest.fixture
def two(site: Site, people: dict[str, Actor]) -> Two:
    page = published(site, people, "term", term())
    mine = change_page(site, people["contributor"], str(page.slug), {"definition": "Mine."})
    theirs = start(site, people["contributor2"], "term", term(SECRET))
    with site.work(people["contributor2"]) as uow:
        attach(uow, theirs.id, "secret.txt", SECRET.encode())
        cooperation.share(uow, theirs.id)
    with site.work(people["contributor2"]) as uow:
        change = uow.session.get(Change, theirs.id)
        link, seen = cooperation.share_links(uow, change)[0].id, theirs.head_id
        for words in ("One.", "Two."):
            aside = save(uow, theirs.id, Edit({"fields": {"definition": words}}), seen).revision.id
    return Two(mine, theirs, say(site, people["contributor2"], theirs.id, SECRET), link, aside, str(page.slug))


@pytest.fixture
def ada(signed_in: Any) -> FlaskClient:
    return signed_in("contributor")


def test_nothing_of_another_change_is_read_under_ones_own(two: Two, ada: FlaskClient) -> None:
    at = f"/changes/{two.mine.id}"
    for address in (
        f"{at}/files/secret.txt", f"{at}/set-aside/{two.their_aside}", f"{at}/edit?beside={two.their_aside}",
        f"{at}?since={two.theirs.head_id}", f"{at}?revision={two.theirs.head_id}",
        f"{at}?from={two.theirs.head_id}&to={two.theirs.head_id}", f"{at}/combine?beside={two.their_aside}",
        f"{at}/revisions/{two.theirs.head_id}/files/secret.txt", f"/search/rows?change={two.theirs.id}&field=sources",
        f"/pages/{two.page}/revisions/{two.theirs.head_id}", f"/pages/{two.page}/files/secret.txt",
        f"/pages/{two.page}/discussion?answers={two.their_comment}", f"{at}?answers={two.their_comment}",
        f"/new/term?begun={two.theirs.id}", f"/search/similar?title=x&type=term&change={two.theirs.id}",
        f"/pages/{two.page}/compare?from={two.theirs.head_id}&to=1",
    ):  # fmt: skip
        answer = ada.get(address)
        assert SECRET not in answer.text and answer.status_code < 500, address


def test_nothing_of_another_change_is_changed_under_ones_own(site: Site, two: Two, ada: FlaskClient) -> None:
    at = f"/changes/{two.mine.id}"
    before = contents(site.engine)
    for address, data in (
        (f"{at}/shares/{two.their_link}/end", {}),
        (f"{at}/comments", {"comment": "Mine", "answers": str(two.their_comment)}),
        (f"/pages/{two.page}/discussion", {"comment": "Mine", "answers": str(two.their_comment)}),
        (f"/comments/{two.their_comment}/edit", {"comment": "Mine"}),
        (f"/comments/{two.their_comment}/delete", {}),
        (f"/comments/{two.their_comment}/resolve", {}),
        (f"{at}/files/secret.txt", {"alt": "Mine", "head": str(two.mine.head_id)}),
        (f"{at}/edit", {"title": "Mine", "head": str(two.theirs.head_id), "beside": str(two.their_aside)}),
        (f"{at}/submit", {"together": [str(two.theirs.id)], "as": "short"}),
        (f"{at}/publish", {"revision": str(two.theirs.head_id)}),
        (f"{at}/combine", {"seen": str(two.theirs.head_id), "beside": str(two.their_aside)}),
        (f"/changes/{two.theirs.id}/discard", {}),
    ):
        answer = post(ada, address, data)
        assert 400 <= answer.status_code < 500, f"{address}: {answer.status_code}"
        assert SECRET not in answer.text, address

    after = changed(before, contents(site.engine))
    assert set(after) <= {"login_attempt"}, after


def test_a_preview_shows_no_files_of_others(two: Two, ada: FlaskClient) -> None:
    data = {"field": "definition", "text": "![A pump](secret.txt)", "csrf_token": csrf_of(ada)}

    assert ada.post(f"/preview?type=term&change={two.theirs.id}", data=data).status_code == 404
    shown = ada.post(f"/preview?type=term&change={two.mine.id}", data=data)
    assert str(two.theirs.id) not in shown.text and "/files/secret.txt" not in shown.text


def test_a_share_link_opens_its_change_alone(site: Site, people: dict[str, Actor], two: Two, app: Any) -> None:
    with site.work(people["contributor"]) as uow:
        token = cooperation.share(uow, two.mine.id)[1]
    holder = app.test_client()

    assert holder.get(f"/shared/{token}").status_code == 200
    for address in (
        f"/shared/{token}/files/secret.txt", f"/shared/{token}?change={two.theirs.id}", f"/changes/{two.theirs.id}",
        f"/changes/{two.mine.id}", f"/api/v1/changes/{two.mine.id}", f"/shared/{token}?answers={two.their_comment}",
    ):  # fmt: skip
        answer = holder.get(address)
        assert SECRET not in answer.text, address
        assert answer.status_code in (404, 401, 303) or address.startswith(f"/shared/{token}?"), address
    data = {"comment": "Mine", "name": "Eve", "answers": str(two.their_comment)}
    assert 400 <= post(holder, f"/shared/{token}", data).status_code < 500


def test_an_upload_of_another_change_is_not_gone_on_with(two: Two, signed_in: Any, ada: FlaskClient) -> None:
    bo = signed_in("contributor2")
    begun = bo.post(
        f"/changes/{two.theirs.id}/uploads", json={"name": "a.txt", "size_bytes": 4},
        headers={"X-CSRFToken": csrf_of(bo)},
    )  # fmt: skip
    upload = begun.json["id"]
    token = {"X-CSRFToken": csrf_of(ada)}

    for change in (two.mine, two.theirs):
        at = f"/changes/{change.id}/uploads/{upload}"
        assert ada.get(at).status_code == 404
        assert ada.delete(at, headers=token).status_code == 404
        assert ada.post(f"{at}/finish", headers=token).status_code == 404
        assert ada.patch(at, data=BytesIO(b"evil"), headers={**token, "Upload-Offset": "0"}).status_code == 404


def test_sending_several_checks_every_id_and_fails_whole(
    site: Site, people: dict[str, Actor], two: Two, signed_in: Any
) -> None:
    """One that is not to be seen among those that are: nothing is decided of any."""
    waiting = send(site, people["contributor"], start(site, people["contributor"], "term", term("Tap")))
    mod, before = signed_in("moderator"), contents(site.engine)
    ids = [str(waiting.id), str(two.theirs.id), "0197c2a4-0000-7000-8000-0000000000aa"]
    heads = {f"revision.{change.id}": str(change.head_id) for change in (waiting, two.theirs)}

    for verb in ("publish", "return"):
        data = {"ids": ids, "verb": verb, "reason": "Why is that so?", **heads}
        answer = post(mod, "/review/many", data)
        assert SECRET not in answer.text and 400 <= answer.status_code < 500, verb

    with site.work(SYSTEM) as uow:
        assert uow.session.get(Change, waiting.id).state == "submitted"
        assert uow.session.get(Change, two.theirs.id).state == "draft"
    assert not {"revision", "publication", "page"} & set(changed(before, contents(site.engine)))
