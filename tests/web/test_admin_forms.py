"""How this site asks, set in the browser: words, levels, what is not asked; authors are told once."""

import re
from datetime import timedelta

import pytest

from browsing import form_as_sent, post
from form_client import fields_of
from kmwiki.config import Config
from kmwiki.errors import Refused
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, open_site
from pages import send, start, term

HERE = "/admin/forms/term"


def sent(client, **values: str) -> dict[str, str]:
    """The form of the settings as a browser sends it, with these values."""
    fields = {name: value for name, value in fields_of(client.get(HERE).text, "seen") if name != "csrf_token"}
    return {**fields, "do": "save", **{name.replace("__", "."): value for name, value in values.items()}}


def save(client, **values: str):
    return post(client, HERE, sent(client, **values))


def test_hidden_reworded_and_needed_fields_hold_in_the_form_and_when_sending(
    site: Site, people, signed_in, config: Config
) -> None:
    change = start(site, people["contributor"], "term", term())
    other = open_site(config)
    answer = save(
        signed_in("admin"), level__other_words="hidden", level__used_by="short",
        **{"label.definition.en": "Which thing is meant?", "label.definition.fr": "Qu’est-ce que c’est ?"},
    )  # fmt: skip
    assert answer.status_code == 303

    form = signed_in("contributor2").get("/new/term").text
    assert "Which thing is meant?" in form and 'name="other_words"' not in form
    french = signed_in("contributor2").get("/new/term", headers={"Accept-Language": "fr"}).text
    assert "Qu’est-ce que c’est" in french
    with pytest.raises(Refused):
        send(site, people["contributor"], change)
    assert "is missing" in signed_in("contributor").get(f"/changes/{change.id}").text
    with other.look(SYSTEM):
        assert other.page_type("term").field("other_words").hidden
    other.engine.dispose()


def test_what_a_text_has_in_a_field_that_is_not_asked_any_more_stays(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term(other_words="Tap, well"))
    save(signed_in("admin"), level__other_words="hidden")
    ada = signed_in("contributor")
    address = f"/changes/{change.id}/edit"
    html = ada.get(address).text
    assert "no longer asked" in html
    assert ada.post(address, data=form_as_sent(html)).status_code == 303
    assert "Tap, well" in ada.get(address).text


def test_authors_are_told_once_of_a_form_that_changed_since_they_began(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    address = f"/changes/{change.id}/edit"
    site.clock = lambda now=site.clock: now() + timedelta(minutes=1)
    save(signed_in("admin"), level__used_by="short", release_note__en="Say who uses it.")
    site.clock = lambda now=site.clock: now() + timedelta(minutes=1)

    ada = signed_in("contributor")
    html = ada.get(address).text
    assert "This form changed on" in html and "Say who uses it." in html
    ada.post(address, data={**form_as_sent(html), "used_by": ["Offices"]})
    assert "This form changed on" not in ada.get(address).text
    assert "This form changed on" not in ada.get("/new/term").text


def test_a_look_beforehand_draws_the_questions_and_keeps_nothing(signed_in) -> None:
    admin = signed_in("admin")
    html = post(admin, HERE, {**sent(admin, **{"label.definition.en": "Which thing is meant?"}), "do": "preview"}).text
    preview = html.partition('id="looks"')[2]
    assert "<fieldset" in preview and "Which thing is meant?" in preview and 'id="q-f-definition"' in preview
    assert 'value="Which thing is meant?"' in html
    assert "Which thing is meant?" not in admin.get("/new/term").text


def test_faults_stand_at_their_field_and_nothing_typed_is_lost(signed_in) -> None:
    admin = signed_in("admin")
    values = sent(admin, **{"label.definition.fr": "Quoi ?", "example.definition.en": "A tap."})
    answer = post(admin, HERE, {**values, "level.title": "hidden"})
    assert answer.status_code == 422
    assert "Every page has a title: it is always asked." in answer.text and "Write it in English, too" in answer.text
    assert 'value="Quoi ?"' in answer.text and "A tap." in answer.text
    assert 'href="#s-title"' in answer.text and 'id="s-title"' in answer.text


def test_the_second_of_two_administrators_gets_everything_back(signed_in) -> None:
    admin = signed_in("admin")
    late = sent(admin, **{"label.definition.en": "Mine"})
    save(admin, level__used_by="short")
    answer = post(admin, HERE, late)
    assert answer.status_code == 409
    assert "changed this form meanwhile" in answer.text and 'value="Mine"' in answer.text


def test_the_shipped_form_comes_back(signed_in) -> None:
    admin = signed_in("admin")
    save(admin, level__other_words="hidden")
    assert "Changed by Admin" in admin.get("/admin/forms").text
    post(admin, f"{HERE}/shipped", {"seen": "1"})
    assert 'name="other_words"' in admin.get("/new/term").text
    assert "Back to the form as it came" not in admin.get(HERE).text
    assert "back to how it came" in admin.get(HERE).text


def test_another_language_can_be_added(signed_in) -> None:
    html = signed_in("admin").get(f"{HERE}?language=es").text
    assert 'name="label.title.es"' in html and 'name="label.title.pt"' not in html
    assert re.search(r'<option value="pt"', html)


def test_others_are_refused_whatever_the_type(signed_in) -> None:
    for address in ("/admin/forms", HERE, "/admin/forms/nothing"):
        assert signed_in("moderator").get(address).status_code == 403
    assert signed_in("admin").get("/admin/forms/nothing").status_code == 404
    assert post(signed_in("moderator"), HERE, {"level.title": ""}).status_code == 403
