"""The form: nothing typed is lost, nothing is made by looking, what is posted twice is stored once."""

import pytest
from sqlalchemy import func, select

from browsing import csrf_of, form_as_sent, hidden, led_to, post
from kmwiki.models import Change, Page, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.site import Site
from pages import change_page, need, practice, published, save_fields, send, start, term


def number_of(site: Site, table: type) -> int:
    with site.work(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(table)) or 0


def only_change(site: Site) -> Change:
    with site.work(SYSTEM) as uow:
        return uow.session.scalars(select(Change)).one()


def fields_of(site: Site, change_id: object) -> dict:
    with site.work(SYSTEM) as uow:
        change = uow.session.get(Change, change_id)
        return dict(uow.session.get(Revision, change.head_id).content["fields"])


def term_form(**more: str) -> dict[str, str]:
    return {"title": "Water point", "definition": "A well.", "language": "en", "licence": "CC-BY-4.0", **more}


@pytest.mark.parametrize("type_name", ["needs-analysis", "good-practice", "case-study", "term"])
def test_every_type_has_a_form_and_looking_at_it_makes_nothing(site: Site, signed_in, type_name: str) -> None:
    page = signed_in("contributor").get(f"/new/{type_name}?title=Boreholes")

    assert page.status_code == 200
    assert "Boreholes" in page.text
    assert number_of(site, Page) == 0


def test_an_unknown_type_is_not_there(signed_in) -> None:
    assert signed_in("contributor").get("/new/recipe").status_code == 404
    assert post(signed_in("contributor"), "/new/recipe", {"title": "x"}).status_code == 404


def test_the_first_save_makes_a_draft_and_leads_to_its_form(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    answer = post(ada, "/new/term", term_form(token="t-12345678"))

    change = only_change(site)
    assert led_to(answer) == f"/changes/{change.id}/edit"
    form = ada.get(f"/changes/{change.id}/edit")
    assert "A well." in form.text
    assert hidden(form.text, "head") == str(change.head_id)


def test_saving_and_looking_leads_to_the_change(site: Site, signed_in) -> None:
    answer = post(signed_in("contributor"), "/new/term", term_form(do="next"))

    assert led_to(answer) == f"/changes/{only_change(site).id}"


def test_a_form_sent_twice_is_stored_once(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    first = post(ada, "/new/term", term_form(token="t-12345678"))
    second = post(ada, "/new/term", term_form(token="t-12345678"))

    assert led_to(first) == led_to(second)
    assert (number_of(site, Change), number_of(site, Revision)) == (1, 1)


def test_going_back_and_writing_on_is_not_lost(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    post(ada, "/new/term", term_form(token="t-12345678"))
    post(ada, "/new/term", term_form(token="t-12345678", definition="A well or a tap."))

    assert fields_of(site, only_change(site).id)["definition"] == "A well or a tap."


def test_an_empty_form_is_saved(site: Site, signed_in) -> None:
    assert post(signed_in("contributor"), "/new/term", {}).status_code == 303
    assert number_of(site, Change) == 1


def test_what_cannot_be_stored_comes_back_with_everything_typed(site: Site, signed_in) -> None:
    answer = post(signed_in("contributor"), "/new/term", term_form(definition="Bell \x07 rings", language="en"))

    assert answer.status_code == 422
    assert "Water point" in answer.text and "rings" in answer.text
    assert "#q-f-definition" in answer.text
    assert number_of(site, Page) == 0


def test_state_author_and_base_are_not_taken_from_a_form(site: Site, people: dict[str, Actor], signed_in) -> None:
    bad = {"state": "published", "author": "moderator", "author_id": str(people["moderator"].user_id), "base": "x",
           "depth": "full", "needs_look": "1", "role": "admin"}  # fmt: skip
    post(signed_in("contributor"), "/new/term", term_form(**bad))

    change = only_change(site)
    assert (change.state, change.author_id, change.depth) == ("draft", people["contributor"].user_id, "")


def test_a_reader_writes_nothing(site: Site, signed_in) -> None:
    assert signed_in("reader").get("/new/term").status_code == 403
    answer = post(signed_in("reader"), "/new/term", term_form(definition="A long text that was typed for nothing."))
    assert answer.status_code == 403
    assert "A long text that was typed for nothing." in answer.text


def test_rows_are_added_moved_copied_and_removed_without_saving(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    rows = {"needs.0.question": "First?", "needs.1.question": "Second?", "title": "Drought"}
    added = post(ada, "/new/needs-analysis", {**rows, "needs.add": "1"})
    moved = post(ada, "/new/needs-analysis", {**rows, "needs.0.down": "1"})
    copied = post(ada, "/new/needs-analysis", {**rows, "needs.0.duplicate": "1"})
    removed = post(ada, "/new/needs-analysis", {**rows, "needs.0.remove": "1"})

    assert {answer.status_code for answer in (added, moved, copied, removed)} == {200}
    assert 'name="needs.2.question"' in added.text and 'name="needs.3.question"' not in added.text
    assert moved.text.index("Second?") < moved.text.index("First?")
    assert copied.text.count("First?") == 2
    assert "First?" not in removed.text and "Second?" in removed.text
    assert "Drought" in removed.text
    assert number_of(site, Page) == 0


def test_a_copied_row_is_a_new_one(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "needs-analysis", {"needs": [{"question": "First?"}]})
    form = {"head": str(change.head_id), "needs.0.id": "n1", "needs.0.question": "First?", "needs.0.duplicate": "1"}
    copied = post(signed_in("contributor"), f"/changes/{change.id}/edit", form).text

    assert 'name="needs.0.id"' in copied and 'name="needs.1.id"' not in copied
    assert 'name="needs.1.question"' in copied


@pytest.mark.parametrize(
    ("type_name", "fields"),
    [
        ("good-practice", practice(addresses=[{"wanted": "A need", "note": "Not written yet"}])),
        ("needs-analysis", need()),
        ("term", term(definition="\nBegins with an empty line.\n\n  - indented\n")),
    ],
)
def test_a_form_that_was_not_touched_changes_nothing(
    site: Site, people: dict[str, Actor], signed_in, type_name: str, fields: dict
) -> None:
    change = start(site, people["contributor"], type_name, fields)
    before = fields_of(site, change.id)
    ada = signed_in("contributor")
    sent = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)
    answer = ada.post(f"/changes/{change.id}/edit", data=sent)

    assert answer.status_code == 303
    assert fields_of(site, change.id) == before
    assert number_of(site, Revision) == 1


def test_a_page_is_changed_from_what_was_seen(site: Site, people: dict[str, Actor], signed_in) -> None:
    page = published(site, people, "term", term())
    seen = page.published_revision_id
    ada = signed_in("contributor2")
    form = ada.get("/pages/water-point/edit")
    assert hidden(form.text, "head") == str(seen)
    newer = change_page(site, people["contributor"], "water-point", {"definition": "Newer."})
    from pages import publish_change

    send(site, people["contributor"], newer)
    publish_change(site, people["moderator"], newer)
    answer = post(ada, "/pages/water-point/edit", {"head": str(seen), **term_form(definition="Older.")})

    with site.work(SYSTEM) as uow:
        change = uow.session.scalars(select(Change).where(Change.author_id == people["contributor2"].user_id)).one()
    assert led_to(answer) == f"/changes/{change.id}/edit"
    assert change.base_id == seen


def test_a_form_says_what_is_true_about_saving(site: Site, people: dict[str, Actor], signed_in) -> None:
    published(site, people, "term", term())
    ada = signed_in("contributor2")
    assert ">Nothing changed yet</p>" in ada.get("/pages/water-point/edit").text
    assert ">Not saved yet</p>" in ada.get("/new/term").text
    added = post(ada, "/pages/water-point/edit", {"related.add": "1", "definition": "A tap."})
    assert ">Not saved yet</p>" in added.text

    change = change_page(site, people["contributor2"], "water-point", {"definition": "A tap."})
    assert ">Saved on " in ada.get(f"/changes/{change.id}/edit").text


def test_whoever_changes_a_page_already_goes_on_with_that_change(site: Site, people, signed_in) -> None:
    published(site, people, "term", term())
    mine = change_page(site, people["contributor2"], "water-point", {"definition": "A tap."})

    assert led_to(signed_in("contributor2").get("/pages/water-point/edit")) == f"/changes/{mine.id}/edit"


def test_a_second_window_is_put_into_the_open_change(site: Site, people: dict[str, Actor], signed_in) -> None:
    page = published(site, people, "good-practice", practice())
    mine = change_page(site, people["contributor2"], str(page.slug), {"summary": "From the first window."})
    from kmwiki.domain.fields import fields_to_form

    with site.work(SYSTEM) as uow:
        seen = dict(uow.session.get(Revision, page.published_revision_id).content["fields"])
    form = fields_to_form(site.page_type("good-practice"), {**seen, "conditions": "From the second window."})
    answer = post(
        signed_in("contributor2"), f"/pages/{page.slug}/edit", {"head": str(page.published_revision_id), **form}
    )

    assert led_to(answer) == f"/changes/{mine.id}/edit"
    fields = fields_of(site, mine.id)
    assert (fields["summary"], fields["conditions"]) == ("From the first window.", "From the second window.")


def test_changes_of_others_and_none_at_all_are_answered_alike(site: Site, people, signed_in, browser) -> None:
    secret = start(site, people["contributor"], "term", term("Secret"))
    nobodys = "01900000-0000-7000-8000-000000000000"
    for client in (signed_in("contributor2"), signed_in("moderator"), browser):
        for path in ("", "/edit", "/combine", "/files/a.png"):
            real, none = (client.get(f"/changes/{id}{path}") for id in (secret.id, nobodys))
            assert real.status_code == none.status_code == 404
            assert "Secret" not in real.text


def test_a_get_changes_nothing(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    ada = signed_in("contributor")
    for verb in ("submit", "withdraw", "discard", "publish", "return", "reject", "shares", "comments", "accept"):
        assert ada.get(f"/changes/{change.id}/{verb}").status_code in (404, 405)
    for verb in ("archive", "restore", "bin", "unbin", "rename", "protect", "revert", "hide", "purge"):
        assert ada.get(f"/pages/water-point/{verb}").status_code in (404, 405)

    assert only_change(site).state == "draft"


def test_no_post_is_taken_without_its_token(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())

    assert signed_in("contributor").post(f"/changes/{change.id}/submit").status_code == 400
    assert only_change(site).state == "draft"


# ---- two people at once


def clash(site: Site, people: dict[str, Actor]) -> Change:
    """A draft whose summary was saved by a co-author since the form was opened (at its first revision)."""
    change = start(site, people["contributor"], "good-practice", practice())
    save_fields(site, people["contributor"], change, change.head_id, {"summary": "Theirs."})
    return change


def whole_form(site: Site, change: Change, **more: str) -> dict:
    from kmwiki.domain.fields import fields_to_form

    with site.work(SYSTEM) as uow:
        seen = dict(uow.session.get(Revision, change.head_id).content["fields"])
    form = fields_to_form(site.page_type("good-practice"), {**seen, **more})
    return {"head": str(change.head_id), **form}


def test_saves_of_different_fields_are_combined_and_said(site: Site, people: dict[str, Actor], signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    answer = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, conditions="Mine."))

    assert led_to(answer) == f"/changes/{change.id}/edit"
    assert "Somebody else had saved meanwhile" in ada.get(f"/changes/{change.id}/edit").text
    fields = fields_of(site, change.id)
    assert (fields["summary"], fields["conditions"]) == ("Theirs.", "Mine.")


def test_a_real_clash_shows_both_texts_and_keeps_them(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = clash(site, people)
    answer = post(signed_in("contributor"), f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine."))

    assert answer.status_code == 409
    assert "Mine." in answer.text and "Theirs." in answer.text
    with site.work(SYSTEM) as uow:
        kept = uow.session.scalars(select(Revision).where(Revision.kind == "beside")).one()
    assert kept.content["fields"]["summary"] == "Mine."


@pytest.mark.parametrize(
    ("choice", "own", "result"),
    [("mine", "", "Mine."), ("theirs", "", "Theirs."), ("both", "", "Mine. / Theirs."), ("edit", "Ours.", "Ours.")],
)
def test_a_clash_is_settled_by_a_plain_choice(
    site: Site, people: dict[str, Actor], signed_in, choice: str, own: str, result: str
) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    form = {
        "do": "settle", "head": hidden(page, "head"), "resolves": hidden(page, "resolves"),
        "keep.summary.0": choice, "own.summary.0": own,
    }  # fmt: skip
    answer = post(ada, f"/changes/{change.id}/edit", form)

    assert led_to(answer) == f"/changes/{change.id}"
    assert fields_of(site, change.id)["summary"] == result


def test_without_a_choice_the_clash_is_shown_again(site: Site, people: dict[str, Actor], signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    form = {"do": "settle", "head": hidden(page, "head"), "resolves": hidden(page, "resolves")}
    answer = post(ada, f"/changes/{change.id}/edit", form)

    assert answer.status_code == 422
    assert "Theirs." in answer.text


def test_ones_own_text_in_a_clash_is_held_to_the_rules(site: Site, people: dict[str, Actor], signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    form = {
        "do": "settle", "head": hidden(page, "head"), "resolves": hidden(page, "resolves"),
        "keep.summary.0": "edit", "own.summary.0": "x" * 1_001,
    }  # fmt: skip
    assert post(ada, f"/changes/{change.id}/edit", form).status_code == 422
    assert fields_of(site, change.id)["summary"] == "Theirs."


def test_the_result_of_the_choices_is_looked_at_before_it_is_saved(site: Site, people, signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    form = {
        "do": "settle", "head": hidden(page, "head"), "resolves": hidden(page, "resolves"), "look": "1",
        "keep.summary.0": "edit", "own.summary.0": "Ours, together.",
    }  # fmt: skip
    answer = post(ada, f"/changes/{change.id}/edit", form)

    assert answer.status_code == 200
    assert "Ours, together." in answer.text.split('id="result"')[1].split("</section>")[0]
    assert fields_of(site, change.id)["summary"] == "Theirs."
    assert post(ada, f"/changes/{change.id}/edit", form | {"own.summary.0": "x" * 1_001}).status_code == 422


def test_a_text_that_was_not_taken_stays_reachable_for_who_writes_the_change(site: Site, people, signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    form = {
        "do": "settle", "head": hidden(page, "head"), "resolves": hidden(page, "resolves"), "keep.summary.0": "theirs",
    }  # fmt: skip
    post(ada, f"/changes/{change.id}/edit", form)
    post(ada, f"/changes/{change.id}/discard")

    path = f"/changes/{change.id}/set-aside/{hidden(page, 'resolves')}"
    assert path in ada.get(f"/changes/{change.id}").text
    assert "Mine." in ada.get(path).text
    for name in ("contributor2", "moderator"):
        assert signed_in(name).get(path).status_code == 404


def test_both_texts_are_brought_together_in_the_form(site: Site, people: dict[str, Actor], signed_in) -> None:
    change, ada = clash(site, people), signed_in("contributor")
    page = post(ada, f"/changes/{change.id}/edit", whole_form(site, change, summary="Mine.")).text
    beside = hidden(page, "resolves")
    form = ada.get(f"/changes/{change.id}/edit?beside={beside}").text
    assert hidden(form, "resolves") == beside
    head = hidden(form, "head")
    answer = post(
        ada, f"/changes/{change.id}/edit",
        whole_form(site, change, summary="Mine and theirs.") | {"head": head, "resolves": beside},
    )  # fmt: skip

    assert answer.status_code == 303
    assert fields_of(site, change.id)["summary"] == "Mine and theirs."


def test_a_kept_text_of_another_change_is_not_there(site: Site, people: dict[str, Actor], signed_in) -> None:
    mine = start(site, people["contributor2"], "term", term())
    theirs = clash(site, people)
    with site.work(people["contributor"]) as uow:
        beside = save(uow, theirs.id, Edit({"fields": {"summary": "Mine."}}), theirs.head_id).revision
    bo = signed_in("contributor2")
    assert beside.kind == "beside"
    assert bo.get(f"/changes/{mine.id}/edit?beside={beside.id}").status_code == 404
    form = {"head": str(mine.head_id), "resolves": str(beside.id), "title": "x"}
    assert post(bo, f"/changes/{mine.id}/edit", form).status_code == 404


def test_markup_in_a_title_is_text_everywhere(site: Site, people: dict[str, Actor], signed_in) -> None:
    nasty = '"><script>alert(1)</script>'
    change = start(site, people["contributor"], "term", term(nasty))
    ada = signed_in("contributor")
    for page in (f"/changes/{change.id}", f"/changes/{change.id}/edit", "/changes?mine=1", "/account/profile"):
        assert "<script>alert" not in ada.get(page).text
    assert "<script>alert" not in ada.get("/new/term", query_string={"title": nasty}).text


def test_the_token_of_a_browser_is_its_own(signed_in) -> None:
    assert csrf_of(signed_in("contributor")) != csrf_of(signed_in("contributor"))


@pytest.mark.parametrize("pasted", ["-13.51, 34.11", "https://www.openstreetmap.org/#map=9/-13.51/34.11"])
def test_a_pasted_position_is_latitude_and_longitude(site: Site, signed_in, pasted: str) -> None:
    ada = signed_in("contributor")
    row = {"places.0.country": "MW", "places.0.place_name": "Salima", "places.0.lat": pasted}
    post(ada, "/new/case-study", {"title": "Wells in Salima", "do": "save", **row})

    place = fields_of(site, only_change(site).id)["places"][0]
    assert (place["lat"], place["lon"]) == ("-13.51", "34.11")
