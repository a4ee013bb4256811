"""Pages of the site: as kmwiki brings them, or as an administrator wrote them in the languages of the readers."""

import pytest

from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.models import AuditEntry
from kmwiki.permissions import SYSTEM
from kmwiki.services.upkeep.site_pages import (
    all_site_pages,
    save_site_page,
    shipped_text,
    site_page_to_edit,
    site_text,
    site_titles,
    text_of_version,
    use_again,
    written_languages,
)
from kmwiki.site import Site

RULES = "# Our rules\n\nBe kind.\n"


def write(site: Site, people, text: str = RULES, language: str = "en", seen: int = 0, name: str = "house-rules") -> int:
    with site.work(people["admin"]) as uow:
        return save_site_page(uow, name, language, text, seen)


def read(site: Site, people, language: str, name: str = "house-rules") -> tuple[str, str]:
    with site.work(people["anonymous"]) as uow:
        found = site_text(uow, name, language)
    return found.language, found.title


@pytest.mark.database
def test_a_reader_gets_theirs_else_english_else_what_kmwiki_brings(site: Site, people) -> None:
    assert read(site, people, "fr") == ("fr", "Règles de la maison")
    assert read(site, people, "es") == ("en", "House rules")
    write(site, people)
    assert [read(site, people, language) for language in ("en", "fr", "es")] == [("en", "Our rules")] * 3
    write(site, people, "# Nos règles\n", "fr")
    write(site, people, "# Reglas\n", "es")
    assert [read(site, people, language)[1] for language in ("en", "fr", "es")] == [
        "Our rules", "Nos règles", "Reglas",
    ]  # fmt: skip
    with site.work(people["anonymous"]) as uow:
        assert written_languages(uow, "house-rules") == ["en", "es", "fr"]
        assert [text.title for text in site_titles(uow, "fr")][:2] == ["À propos de ce site", "Nos règles"]


def test_versions_are_kept_and_used_again(site: Site, people) -> None:
    write(site, people)
    assert write(site, people, "# Our rules\n\nBe kind and short.", seen=1) == 2
    with site.work(people["admin"]) as uow:
        assert use_again(uow, "house-rules", "en", 1, seen=2) == 3
        page = site_page_to_edit(uow, "house-rules", "en")
        assert [row.number for row in page.versions] == [3, 2, 1]
        assert (page.text, text_of_version(uow, page, 2)) == (RULES, "# Our rules\n\nBe kind and short.\n")
        entries = uow.session.query(AuditEntry).filter_by(action="site.page").all()
    assert [entry.details["number"] for entry in entries] == [1, 2, 3]


def test_what_kmwiki_brings_can_be_had_back(site: Site, people) -> None:
    write(site, people)
    with site.work(people["admin"]) as uow:
        assert [use_again(uow, "house-rules", "en", 0, seen=number) for number in (1, 2)] == [2, 2]
        page = site_page_to_edit(uow, "house-rules", "en")
        assert page.text == shipped_text("house-rules", "en") == text_of_version(uow, page, 2)
    assert read(site, people, "fr") == ("fr", "Règles de la maison")


def test_the_second_of_two_administrators_is_told_of_the_first(site: Site, people) -> None:
    write(site, people)
    with pytest.raises(Conflict, match="Admin has changed this page meanwhile"):
        write(site, people, "# Mine\n")
    with pytest.raises(Conflict), site.work(people["admin"]) as uow:
        use_again(uow, "house-rules", "en", 0, seen=0)
    assert write(site, people, RULES, seen=1) == 1, "the same text again is no new version"


def test_every_process_sees_it_at_once(site: Site, people) -> None:
    before = site.generation()
    write(site, people)
    assert site.generation() > before


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Be kind.", "Begin with the title"),
        ("#\n\nBe kind.", "Begin with the title"),
        ("", "Begin with the title"),
        ("# " + "x" * 101, "at most 100 characters in the title"),
        ("# Rules\n\nA\x00B", "“Text”"),
        ("# Rules\n" + ">" * 200 + " deep", "line 2"),
        ("# Rules\n" + "x" * 100_001, "100"),
    ],
)
def test_a_text_that_cannot_be_shown_is_refused_in_plain_words(site: Site, people, text, fault) -> None:
    with pytest.raises(Refused) as refused:
        write(site, people, text)
    assert any(fault in problem.message for problem in refused.value.problems)
    with site.work(people["admin"]) as uow:
        assert not any(all_site_pages(uow).values())


@pytest.mark.parametrize(("name", "language"), [("api", "en"), ("nowhere", "en"), ("about", "xx-no")])
def test_only_pages_and_languages_that_are_there_are_written(site: Site, people, name, language) -> None:
    with pytest.raises(NotFound):
        write(site, people, name=name, language=language)


def test_only_administrators_write_them(site: Site, people) -> None:
    for name in ("moderator", "contributor"):
        with pytest.raises(Forbidden), site.work(people[name]) as uow:
            save_site_page(uow, "about", "en", RULES, 0)
    with site.work(SYSTEM) as uow:
        assert not any(all_site_pages(uow).values())
