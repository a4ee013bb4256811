"""What a form asks of the page as a whole: the address that is wished for, pages that belong to it."""

import re

import pytest
from sqlalchemy import select

from browsing import form_as_sent, led_to, post
from kmwiki.models import Change, Page, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from pages import change_page, published, start, term

FORM = {"title": "Point d’eau", "definition": "Un puits.", "language": "fr", "licence": "CC-BY-4.0"}


def head_of(site: Site, change_id: object = None) -> dict:
    """What the newest version of the only draft, or of this change, says of the page as a whole."""
    with site.work(SYSTEM) as uow:
        drafts = select(Change).where(Change.state == "draft")
        change = uow.session.get(Change, change_id) if change_id else uow.session.scalars(drafts).one()
        assert change is not None
        content = uow.session.get(Revision, change.head_id).content
        slugs = {str(page.id): page.slug for page in uow.session.scalars(select(Page))}
        named = {name: slugs.get(content[name]) for name in ("translation_of", "replaces")}
        return {"slug": change.slug, "language": content["language"], **named}


def value_of(html: str, name: str) -> str:
    found = re.search(rf'<input [^>]*name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


@pytest.fixture
def original(site: Site, people: dict[str, Actor]) -> Page:
    return published(site, people, "term", term())


# ---- the address


def test_a_new_page_can_wish_for_an_address(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    assert "/pages/</span>" in ada.get("/new/term").text

    at = led_to(post(ada, "/new/term", FORM | {"slug": "point-d-eau"}))

    assert head_of(site)["slug"] == "point-d-eau"
    assert value_of(ada.get(at).text, "slug") == "point-d-eau"


def test_a_wish_is_taken_back_by_emptying_it(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term(), slug="water")
    ada = signed_in("contributor")
    form = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)
    ada.post(f"/changes/{change.id}/edit", data=form | {"slug": ""})

    assert head_of(site)["slug"] is None


@pytest.mark.parametrize(
    ("wish", "words"),
    [("Point d’eau", "Use small letters"), ("api", "kept for the site"), ("water-point", "“water-point-2” is free")],
)
def test_an_address_that_cannot_be_had_is_told_at_its_field(
    site: Site, original: Page, signed_in, wish: str, words: str
) -> None:
    answer = post(signed_in("contributor"), "/new/term", FORM | {"slug": wish})

    assert answer.status_code == 422
    assert words in answer.text.partition('id="f-slug-fault"')[2]
    assert value_of(answer.text, "slug") == wish
    assert '<details class="more" id="more-about" open>' in answer.text
    assert 'href="#f-slug"' in answer.text and "Point d’eau" in answer.text


def test_a_taken_address_is_told_in_a_later_save_too(site: Site, people, original: Page, signed_in) -> None:
    change = start(site, people["contributor"], "term", term("Tap"))
    ada = signed_in("contributor")
    form = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)
    answer = ada.post(f"/changes/{change.id}/edit", data=form | {"slug": "water-point"})

    assert answer.status_code == 422 and "water-point-2" in answer.text


def test_an_address_that_was_taken_after_it_was_wished_for_stops_no_save(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term("Tap"), slug="water-point")
    published(site, {**people, "contributor": people["contributor2"]}, "term", term())
    ada = signed_in("contributor")
    form = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)

    assert ada.post(f"/changes/{change.id}/edit", data=form | {"definition": "Newer."}).status_code == 303


def test_a_published_page_is_not_asked_for_an_address(original: Page, signed_in) -> None:
    assert 'name="slug"' not in signed_in("contributor2").get("/pages/water-point/edit").text


# ---- pages that belong to it


@pytest.mark.parametrize(
    "typed",
    ["water-point", "Water point", " water-point ", "/pages/water-point#part-full", "http://localhost/pages/water-point",
     "/p/{id}"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["translation_of", "replaces"])
def test_a_page_is_named_by_address_or_title_and_shown_with_its_title(
    site: Site, original: Page, signed_in, name: str, typed: str
) -> None:
    ada = signed_in("contributor")
    at = led_to(post(ada, "/new/term", FORM | {name: typed.format(id=original.id)}))

    assert head_of(site)[name] == "water-point"
    form = ada.get(at).text
    assert value_of(form, name) == "water-point"
    assert '<a href="/pages/water-point" dir="auto">Water point</a>' in form


def test_pages_are_proposed_with_their_titles(original: Page, signed_in) -> None:
    assert '<option value="water-point">Water point</option>' in signed_in("contributor").get("/new/term").text


def test_a_page_that_is_not_there_is_told_at_its_field_with_what_was_typed(site: Site, signed_in) -> None:
    answer = post(signed_in("contributor"), "/new/term", FORM | {"translation_of": "Wasserstelle"})

    assert answer.status_code == 422
    assert "There is no page “Wasserstelle” here." in answer.text.partition('id="f-translation_of-fault"')[2]
    assert value_of(answer.text, "translation_of") == "Wasserstelle"
    assert "Un puits." in answer.text


def test_a_title_of_several_pages_names_none(site: Site, people, original: Page, signed_in) -> None:
    published(site, people, "term", term(), slug="water-point-b")
    answer = post(signed_in("contributor"), "/new/term", FORM | {"replaces": "Water point"})

    assert answer.status_code == 422
    told = answer.text.partition('id="f-replaces-fault"')[2]
    assert "Several pages have this title" in told and "water-point-b" in told


def test_a_draft_of_somebody_else_cannot_be_named(site: Site, people, signed_in) -> None:
    start(site, people["contributor2"], "term", term("Secret"), slug="secret")
    ada = signed_in("contributor")
    answers = [post(ada, "/new/term", FORM | {"replaces": typed}) for typed in ("secret", "Secret")]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_a_page_is_taken_out_by_emptying_its_field(site: Site, original: Page, signed_in) -> None:
    ada = signed_in("contributor")
    at = led_to(post(ada, "/new/term", FORM | {"replaces": "water-point", "translation_of": "water-point"}))
    ada.post(at, data=form_as_sent(ada.get(at).text) | {"replaces": ""})

    assert (head_of(site)["replaces"], head_of(site)["translation_of"]) == (None, "water-point")


def test_a_form_that_was_not_touched_keeps_them(site: Site, original: Page, signed_in) -> None:
    ada = signed_in("contributor")
    at = led_to(post(ada, "/new/term", FORM | {"replaces": "water-point", "slug": "eau"}))
    before = head_of(site)
    ada.post(at, data=form_as_sent(ada.get(at).text))

    assert head_of(site) == before


def test_a_page_that_the_writer_may_not_see_stays(site: Site, people, original: Page, signed_in) -> None:
    change = start(site, people["contributor"], "term", term("Tap"), replaces="water-point")
    with site.work(SYSTEM) as uow:
        uow.session.get(Page, original.id).state = "binned"
    ada = signed_in("contributor")
    form = ada.get(f"/changes/{change.id}/edit").text
    assert "A page that you may not see" in form and 'name="replaces"' not in form
    ada.post(f"/changes/{change.id}/edit", data=form_as_sent(form) | {"definition": "Newer."})

    with site.work(SYSTEM) as uow:
        head = uow.session.get(Revision, uow.session.get(Change, change.id).head_id)
        assert (head.content["replaces"], head.content["fields"]["definition"]) == (str(original.id), "Newer.")


def test_a_form_with_all_of_it_sent_twice_is_stored_once(site: Site, original: Page, signed_in) -> None:
    ada = signed_in("contributor")
    form = FORM | {"slug": "eau", "translation_of": "Water point", "replaces": "", "token": "t-12345678"}
    first, second = (post(ada, "/new/term", form) for _time in range(2))

    assert led_to(first) == led_to(second)
    with site.work(SYSTEM) as uow:
        assert len(uow.session.scalars(select(Revision).where(Revision.author_name == "Contributor")).all()) == 2


def test_a_published_page_can_be_said_to_translate_another(site: Site, people, original: Page, signed_in) -> None:
    published(site, people, "term", term("Point d’eau"), slug="eau", language="fr")
    bo = signed_in("contributor2")
    form = form_as_sent(bo.get("/pages/eau/edit").text)
    bo.post("/pages/eau/edit", data=form | {"translation_of": "Water point"})

    assert head_of(site) == {"slug": None, "language": "fr", "translation_of": "water-point", "replaces": None}


def test_a_second_window_names_pages_by_title_too(site: Site, people, original: Page, signed_in) -> None:
    published(site, people, "term", term("Point d’eau"), slug="eau", language="fr")
    bo = signed_in("contributor2")
    form = form_as_sent(bo.get("/pages/eau/edit").text)
    mine = change_page(site, people["contributor2"], "eau", {"definition": "First window."})
    answer = bo.post("/pages/eau/edit", data=form | {"token": "", "translation_of": "Water point"})

    assert led_to(answer) == f"/changes/{mine.id}/edit"
    assert head_of(site, mine.id)["translation_of"] == "water-point"


# ---- translating what is read


def test_whoever_may_write_can_translate_a_page_into_their_own_language(site: Site, original: Page, signed_in) -> None:
    ada = signed_in("contributor")
    ada.get("/language/fr?next=/")
    url = "/new/term?translation_of=water-point"
    assert url in ada.get("/pages/water-point").text
    form = ada.get(url).text
    assert value_of(form, "translation_of") == "water-point" and "Water point" in form
    ada.post("/new/term", data=form_as_sent(form) | {"title": "Point d’eau"})

    assert head_of(site) == {"slug": None, "language": "fr", "translation_of": "water-point", "replaces": None}


def test_nobody_is_asked_to_translate_what_is_there_in_their_language(
    site: Site, people, original: Page, signed_in
) -> None:
    ada = signed_in("contributor")
    assert "translation_of=" not in ada.get("/pages/water-point").text
    published(site, people, "term", term("Point d’eau"), slug="eau", language="fr", translation_of="water-point")
    ada.get("/language/fr?next=/")

    assert "translation_of=" not in ada.get("/pages/water-point").text


def test_a_translation_of_a_translation_leads_to_the_original(site: Site, people, original: Page, signed_in) -> None:
    members = {"slug": "wasser", "language": "de", "translation_of": "water-point"}
    published(site, people, "term", term("Wasserstelle"), **members)
    ada = signed_in("contributor")
    ada.get("/language/fr?next=/")

    assert "/new/term?translation_of=water-point" in ada.get("/pages/wasser").text


def test_readers_are_not_asked_to_translate(original: Page, signed_in, browser) -> None:
    for client in (signed_in("reader"), browser):
        client.get("/language/fr?next=/")
        assert "translation_of=" not in client.get("/pages/water-point").text
