"""What is offered to somebody who writes: only what is theirs to see, and nothing is kept."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from browsing import post
from kmwiki import worker
from kmwiki.errors import SearchUnavailable
from kmwiki.models import Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.files.attachments import attach
from kmwiki.site import Site
from pages import need, practice, published, send, start, term

People = dict[str, Actor]


# ---- completion


def test_own_drafts_are_offered_to_their_author_alone(site: Site, people: People, signed_in, browser) -> None:
    change = start(site, people["contributor"], "needs-analysis", need("Who mends hand pumps?"))
    address = "/search/suggest?q=hand+pumps&drafts=1"
    items = signed_in("contributor").get(address).json["items"]

    assert [(item["title"], item["change"]) for item in items] == [("Who mends hand pumps?", str(change.id))]
    assert signed_in("contributor").get("/search/suggest?q=hand+pumps").json["items"] == []
    for asker in (browser, signed_in("contributor2"), signed_in("moderator"), signed_in("admin")):
        assert asker.get(address).json["items"] == []


def test_types_narrow_drafts_too(site: Site, people: People, signed_in) -> None:
    start(site, people["contributor"], "term", term("Hand pump"))
    found = signed_in("contributor").get("/search/suggest?q=hand&drafts=1&type=needs-analysis")

    assert found.json["items"] == []


# ---- rows


def test_questions_of_a_published_page_are_offered(site: Site, people: People, signed_in) -> None:
    page = published(site, people, "needs-analysis", need())
    found = signed_in("contributor2").get(f"/search/rows?page={page.slug}&field=needs")

    assert found.json["items"] == [{"id": "n1", "text": "Where will wells fall dry?"}]


def test_questions_of_a_draft_are_its_authors(site: Site, people: People, signed_in, browser) -> None:
    change = start(site, people["contributor"], "needs-analysis", need())
    address = f"/search/rows?change={change.id}&field=needs"

    assert signed_in("contributor").get(address).json["items"]
    assert signed_in("contributor2").get(address).status_code == 404
    assert signed_in("contributor2").get(f"/search/rows?change={uuid4()}&field=needs").status_code == 404
    assert browser.get(address).status_code in (302, 303, 401)


# ---- like titles


def similar(client, title: str, **more: str) -> str:
    query = {"type": "good-practice", "language": "en", "title": title, **more}
    return client.get("/search/similar", query_string=query).json["html"]


def test_published_pages_with_like_words_are_named(site: Site, people: People, signed_in) -> None:
    published(site, people, "good-practice", practice("Training water committees"))
    published(site, people, "good-practice", practice("Seed banks run by women"))
    worker.drain(site)
    html = similar(signed_in("contributor2"), "How committees for water are trained")

    assert "Training water committees" in html and 'href="/pages/training-water-committees/edit"' in html
    assert "Seed banks" not in html


def test_drafts_of_others_are_never_named(site: Site, people: People, signed_in) -> None:
    start(site, people["contributor"], "good-practice", practice("Training water committees"))
    worker.drain(site)

    assert "Training water committees" in similar(signed_in("contributor"), "Train committees for water")
    for name in ("contributor2", "moderator", "admin"):
        assert "Training water committees" not in similar(signed_in(name), "Train committees for water")


def test_titles_cannot_put_anything_into_the_answer(site: Site, people: People, signed_in) -> None:
    published(site, people, "good-practice", practice("Training <img src=x> committees"))
    worker.drain(site)

    assert "<img" not in similar(signed_in("contributor2"), "training committees")


def test_a_moderator_sees_them_beside_a_new_page_and_its_author_after_saving(
    site: Site, people: People, signed_in
) -> None:
    published(site, people, "good-practice", practice("Training water committees"))
    worker.drain(site)
    change = start(site, people["contributor2"], "good-practice", practice("Training committees for water"))
    saved = signed_in("contributor2").get(f"/changes/{change.id}/edit").text
    send(site, people["contributor2"], change)

    assert 'id="similar"' in saved and "/pages/training-water-committees/edit" in saved
    assert "/pages/training-water-committees/edit" in signed_in("moderator").get(f"/changes/{change.id}").text


def test_an_index_that_is_away_is_no_error(site: Site, signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(query: object) -> None:
        raise SearchUnavailable()

    monkeypatch.setattr(site.search, "search", away)

    assert "Is it one of these?" in similar(signed_in("contributor"), "Training committees")


# ---- preview


def test_a_preview_is_rendered_for_its_asker_and_never_stored(site: Site, people: People, signed_in) -> None:
    published(site, people, "term", term("Water point"))
    secret = start(site, people["contributor"], "term", term("Secret name"))
    data = {"field": "definition", "text": "**b** [[water-point]] <script>x</script> [[secret-name]]"}
    answer = post(signed_in("contributor2"), "/preview?type=term", data).json

    assert "<strong>b</strong>" in answer["html"] and ">Water point</a>" in answer["html"]
    assert "<script" not in answer["html"] and "Secret name" not in answer["html"]
    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(Revision)) == 2
    assert post(signed_in("contributor2"), f"/preview?type=term&change={secret.id}", data).status_code == 404


def test_what_saving_would_refuse_is_told_with_its_line(signed_in) -> None:
    heavy = post(signed_in("contributor"), "/preview?type=term", {"field": "definition", "text": "a\n" + "> " * 40})
    long = post(signed_in("contributor"), "/preview?type=term", {"field": "definition", "text": "x" * 100_001})

    assert heavy.json["problems"][0]["line"] == 2
    assert "100000" in long.json["html"] or "100,000" in long.json["html"]


def test_only_markdown_fields_are_shown_and_only_with_a_token(signed_in, browser) -> None:
    ada = signed_in("contributor")

    assert post(ada, "/preview?type=term", {"field": "title", "text": "x"}).status_code == 404
    assert post(ada, "/preview?type=recipe", {"field": "definition", "text": "x"}).status_code == 404
    assert ada.post("/preview?type=term", data={"field": "definition", "text": "x"}).status_code == 400
    assert post(browser, "/preview?type=term", {"field": "definition", "text": "x"}).status_code in (302, 303, 401)


def test_files_of_the_page_can_be_picked_as_materials(site: Site, people: People, signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "guide.pdf", b"%PDF-1.4\n%%EOF\n", alt="How to measure", consent="none")
    form = signed_in("contributor").get(f"/changes/{change.id}/edit").text

    assert '<option value="guide.pdf">How to measure</option>' in form
