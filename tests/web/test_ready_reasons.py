"""/admin/reasons: an administrator writes the sentences that stand ready; without any, the shipped ones do."""

import pytest
from sqlalchemy import select

from browsing import led_to, post
from kmwiki.errors import Forbidden
from kmwiki.models import AuditEntry
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.review.ready_reasons import SHIPPED, ready_reasons, write_reasons
from kmwiki.site import Site
from pages import send, start, term

People = dict[str, Actor]
SHIPPED_RETURN = "Please say where it works and where it does not."


@pytest.fixture
def at(site: Site, people: People) -> str:
    """The address of a change that waits."""
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    return f"/changes/{change.id}"


def test_every_thing_has_five_sentences_at_least() -> None:
    assert all(len(sentences()) >= 5 for sentences in SHIPPED.values())


def test_what_a_site_wrote_takes_the_place_of_what_was_shipped(site: Site, signed_in, at: str) -> None:
    admin, mo = signed_in("admin"), signed_in("moderator")
    before = site.generation()
    assert SHIPPED_RETURN in mo.get(at).text and SHIPPED_RETURN in admin.get("/admin/reasons").text

    saved = post(admin, "/admin/reasons/return", {"sentences.en": "Ask Zoe first.\r\n\r\n  Ask  Zoe first. \r\nWhere?"})

    assert led_to(saved) == "/admin/reasons"
    page = mo.get(at).text
    assert "<option>Ask Zoe first.</option>" in page and page.count("<option>Ask Zoe first.") == 1
    assert SHIPPED_RETURN not in page and site.generation() > before
    assert "Veuillez" not in page and "Ask Zoe" not in mo.get(at, headers={"Accept-Language": "fr"}).text
    with site.work(SYSTEM) as uow:
        noted = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "site.reasons")).all()
    assert [entry.details["verb"] for entry in noted] == ["return"]

    post(admin, "/admin/reasons/return", {"sentences.en": "  "})
    assert SHIPPED_RETURN in mo.get(at).text


@pytest.mark.parametrize("text", ["\n".join(f"Sentence {n}." for n in range(11)), "long " * 70])
def test_what_cannot_be_taken_stays_in_the_form(site: Site, signed_in, text: str) -> None:
    refused = post(signed_in("admin"), "/admin/reasons/bin", {"sentences.fr": text})

    assert refused.status_code == 422 and text.strip() in refused.text
    with site.work(SYSTEM) as uow:
        assert ready_reasons(uow, "bin") == {"bin": SHIPPED["bin"]()}


def test_nobody_but_administrators_writes_them(site: Site, people: People, signed_in) -> None:
    for name in ("contributor", "moderator"):
        assert signed_in(name).get("/admin/reasons").status_code == 403
        assert post(signed_in(name), "/admin/reasons/return", {"sentences.en": "Mine."}).status_code == 403
    assert post(signed_in("admin"), "/admin/reasons/invented", {"sentences.en": "Mine."}).status_code == 404
    with pytest.raises(Forbidden), site.work(people["moderator"]) as uow:
        write_reasons(uow, "return", {"en": ["Mine."]})


def test_saving_the_same_again_changes_nothing(site: Site, people: People) -> None:
    def write() -> bool:
        with site.work(people["admin"]) as uow:
            return write_reasons(uow, "ask", {"en": ["It is old."], "xx": ["No such language."]})

    assert (write(), write()) == (True, False)
