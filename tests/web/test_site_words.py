"""A site's own words and levels in the form, on the page and in the API."""

import pytest

from browsing import form_as_sent
from kmwiki.config import Config, load_config, with_settings
from kmwiki.models import Revision
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, open_site
from pages import published, start, term

OVERRIDES = """
fields:
  definition: {label: {en: What do you mean by it}}
  other_words: {level: hidden}
  used_by: {level: short}
"""


@pytest.fixture
def config(config: Config, tmp_path) -> Config:
    (tmp_path / "types/term").mkdir(parents=True)
    (tmp_path / "types/term/site.yaml").write_text(OVERRIDES)
    return with_settings(config, page_types=tmp_path / "types")


def test_the_form_asks_in_the_words_and_at_the_levels_of_the_site(site: Site, signed_in) -> None:
    form = signed_in("contributor").get("/new/term").text

    assert "What do you mean by it" in form
    assert "other_words" not in form


def test_a_hidden_field_is_shown_while_the_page_has_it_and_can_be_removed(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term(other_words="Tap, well"))
    ada = signed_in("contributor")
    form = ada.get(f"/changes/{change.id}/edit").text
    assert "no longer asked" in form and "Tap, well" in form
    assert "Tap, well" in ada.get(f"/changes/{change.id}").text

    ada.post(f"/changes/{change.id}/edit", data=form_as_sent(form) | {"other_words": ""})

    assert "other_words" not in ada.get(f"/changes/{change.id}/edit").text


def test_a_form_that_was_not_touched_keeps_what_a_hidden_field_has(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term(other_words="Tap, well"))
    ada = signed_in("contributor")
    ada.post(f"/changes/{change.id}/edit", data=form_as_sent(ada.get(f"/changes/{change.id}/edit").text))

    with site.work(SYSTEM) as uow:
        assert uow.session.get(Revision, change.head_id).content["fields"]["other_words"] == "Tap, well"


def test_a_published_page_shows_it_and_the_api_asks_for_what_the_site_needs(site: Site, people, browser) -> None:
    published(site, people, "term", term(used_by="District offices", other_words="Tap, well"))
    schema = browser.get("/api/v1/types/term?level=short").json

    assert "Tap, well" in browser.get("/pages/water-point").text
    assert "used_by" in schema["required"]
    assert "other_words" not in [id for section in schema["x-kmwiki"]["sections"] for id in section["fields"]]


def test_what_the_site_needs_is_said_to_be_missing(site: Site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    label = site.page_type("term").field("used_by").label

    assert f"“{label}” is missing." in signed_in("contributor").get(f"/changes/{change.id}").text


def test_a_bundle_carries_the_type_as_it_was_shipped(site: Site, tmp_path) -> None:
    shipped = open_site(load_config({"KMWIKI_DATA": str(tmp_path / "other")})).page_type("term")

    assert (site.page_type("term").digest, site.page_type("term").source) == (shipped.digest, shipped.source)
