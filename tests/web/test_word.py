"""A draft as a Word file."""

import io
import re
import zipfile

import pytest
from PIL import Image

from kmwiki.backends import office
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.files.attachments import attach
from kmwiki.services.pages.finding import find_change
from kmwiki.site import Site
from pages import practice, start


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "PNG")
    return made.getvalue()


def with_picture(site: Site, people):
    change = start(site, people["contributor"], "good-practice", practice())
    with site.work(people["contributor"]) as uow:
        attach(uow, change.id, "well.png", picture(), "A well", "")
    text = "See ![the well](well.png) and ![another](https://example.org/x.png) and [[water-point]].\n"
    with site.work(people["contributor"]) as uow:
        head = find_change(uow, change.id).head_id
        save(uow, change.id, Edit({"fields": {"practice": text}}), head)
    return change


def test_a_draft_is_a_word_file_that_says_that_it_is_one(site: Site, people, signed_in) -> None:
    change = with_picture(site, people)

    answer = signed_in("contributor").get(f"/changes/{change.id}.docx")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        text = parts.read("word/document.xml").decode()
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert "Draft of " in text and "not for circulation" in text
    assert practice()["title"] in text
    assert len(pictures) == 1  # the one of this change; what lies elsewhere is never fetched
    assert f"http://localhost/changes/{change.id}" in links


def test_a_draft_on_paper_says_that_it_is_one(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "good-practice", practice())

    page = signed_in("contributor").get(f"/changes/{change.id}").text

    assert re.search(r'<p class="only-print"><strong>Draft of .*, not for circulation', page)
    assert f'href="/changes/{change.id}.docx"' in page


def test_nobody_else_gets_it(site: Site, people, signed_in, browser) -> None:
    change = start(site, people["contributor"], "good-practice", practice())

    for client in (browser, signed_in("contributor2"), signed_in("moderator")):
        assert client.get(f"/changes/{change.id}.docx").status_code == 404


def test_a_site_without_what_it_takes_says_so(site: Site, people, signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    change = start(site, people["contributor"], "good-practice", practice())
    monkeypatch.setattr(office, "pandoc_path", lambda: None)

    answer = signed_in("contributor").get(f"/changes/{change.id}.docx")

    assert answer.status_code == 503
    assert "kmwiki[office]" in answer.text
