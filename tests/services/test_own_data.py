"""What the site keeps about somebody, as they get it: everything of theirs, nothing of anybody else's."""

import io
import json
import zipfile
from typing import Any

import pytest

import pages
from kmwiki.errors import Forbidden, Refused, TooManyTries
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, own_data, registering, sign_in
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.changes.cooperation import accept_invitation, invite_coauthor
from kmwiki.site import Site

PASSWORD = "a long enough secret"
People = dict[str, Actor]


@pytest.fixture(autouse=True)
def password(site: Site) -> None:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        user.password_hash, user.email = hash_password(PASSWORD), "ada@example.org"


def downloaded(site: Site, actor: Actor) -> dict[str, str]:
    file = io.BytesIO()
    with site.work(actor) as uow:
        own_data.write_own_data(uow, file)
    with zipfile.ZipFile(file) as bag:
        assert bag.testzip() is None
        return {name: bag.read(name).decode() for name in bag.namelist()}


def listed(files: dict[str, str], name: str) -> Any:
    return json.loads(files[f"{name}.json"])


@pytest.mark.database
def test_everything_of_ones_own_is_in_it(site: Site, people: People) -> None:
    ada = people["contributor"]
    with site.work(Actor()) as uow:
        sign_in.sign_in(uow, "contributor", PASSWORD, "Mozilla/5.0 (X11; Linux) Firefox/130.0")
    page = pages.published(site, people, "term", pages.term())
    draft = pages.start(site, ada, "term", pages.term("Pump"))
    pages.say(site, ada, page.slug, "It works here.")
    with site.work(people["moderator"]) as uow:
        accounts.set_trusted(uow, "contributor", True)
    files = downloaded(site, ada)

    assert listed(files, "profile")["email"] == "ada@example.org"
    assert "Firefox" in listed(files, "devices")[0]["device"]
    assert str(draft.id) in {change["id"] for change in listed(files, "changes")}
    assert json.loads(files[f"texts/{draft.id}/{draft.head_id}.json"])["content"]["fields"]["title"] == "Pump"
    assert [comment["text"] for comment in listed(files, "comments")] == ["It works here."]
    assert "submitted" in {step["step"] for step in listed(files, "reviews")}
    assert [note["action"] for note in listed(files, "done-about-you")] == ["user.trust"]
    assert "texts/: every version" in files["README.txt"]


@pytest.mark.database
def test_nothing_of_others_is_in_it(site: Site, people: People) -> None:
    ada, bo = people["contributor"], people["contributor2"]
    secret = pages.start(site, bo, "term", pages.term("Only of Bo"))
    shared = pages.start(site, bo, "term", pages.term("Bo asked Ada"))
    with site.work(bo) as uow:
        invite_coauthor(uow, shared.id, "contributor")
    with site.work(ada) as uow:
        accept_invitation(uow, shared.id)
    pages.save_fields(site, ada, shared, shared.head_id, {"definition": "Ada helped."})
    own = pages.send(site, ada, pages.start(site, ada, "term", pages.term("Of Ada")))
    pages.save_fields(site, people["moderator"], own, own.head_id, {"definition": "As a moderator has it."})
    with site.work(Actor()) as uow:
        registering.register(uow, "dora", PASSWORD, email="dora@example.org")
    everything = "\n".join(f"{name}\n{text}" for name, text in downloaded(site, ada).items())

    assert "Of Ada" in everything
    for others in ("Only of Bo", str(secret.id), "Bo asked Ada", "Ada helped", "As a moderator has it", "dora"):
        assert others not in everything


def test_no_password_key_or_token_is_in_it(site: Site, people: People) -> None:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        sign_in.start_session(uow, user)
    everything = "\n".join(downloaded(site, people["contributor"]).values())

    for secret in ("argon2", "token_hash", "password_hash", "code_hash", '"secret"'):
        assert secret not in everything


def test_a_password_is_asked_and_it_comes_a_few_times_an_hour(site: Site, people: People) -> None:
    ada = people["contributor"]
    with pytest.raises(Refused), site.work(ada) as uow:
        own_data.allow_download(uow, "wrong")
    for _time in range(own_data.DOWNLOADS):
        with site.work(ada) as uow:
            own_data.allow_download(uow, PASSWORD)
    with pytest.raises(TooManyTries), site.work(ada) as uow:
        own_data.allow_download(uow, PASSWORD)
    with site.work(SYSTEM) as uow:
        by_token = accounts.actor_of(accounts.find_user(uow, "contributor"), is_token=True)
    with pytest.raises(Forbidden), site.work(by_token) as uow:
        own_data.write_own_data(uow, io.BytesIO())


def test_what_does_not_fit_is_left_out_and_said(site: Site, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.start(site, people["contributor"], "term", pages.term())
    monkeypatch.setattr(own_data, "MOST_BYTES", 1_500)
    files = downloaded(site, people["contributor"])

    assert "more than fits" in files["README.txt"]
    assert "profile.json" in files and not any(name.startswith("texts/") for name in files)
