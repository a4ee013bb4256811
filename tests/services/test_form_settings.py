"""How a site asks the fields of a type, set in the browser: checked as the file is, and the same in every process."""

import pytest

from kmwiki.config import Config
from kmwiki.domain.problems import Level
from kmwiki.errors import Conflict, Forbidden, Refused
from kmwiki.models import AuditEntry
from kmwiki.permissions import SYSTEM
from kmwiki.services.changes.checking import problems_at
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.upkeep.form_settings import (
    form_as_set,
    form_of_site,
    forms_of_site,
    save_form,
    shipped_form_again,
)
from kmwiki.site import Site, open_site
from pages import start, term
from query_counter import counted_queries


def set_form(site: Site, people, seen: int = 0, note=None, type_name: str = "term", **fields):
    with site.work(people["admin"]) as uow:
        return save_form(uow, type_name, fields, note or {}, seen)


def faults_of(site: Site, people, **fields) -> list[tuple[str, str | None, str]]:
    with pytest.raises(Refused) as refused:
        set_form(site, people, type_name="needs-analysis", **fields)
    return [(problem.field, problem.column, problem.message) for problem in refused.value.problems]


@pytest.mark.database
def test_what_is_set_holds_in_another_process_from_its_next_use_case_on(site: Site, people, config: Config) -> None:
    other = open_site(config)
    with other.look(SYSTEM):
        asked = other.page_type("term").field("other_words")
        assert not asked.hidden

    set_form(
        site, people, note={"en": "Other words are not asked any more."},
        other_words={"level": "hidden"}, definition={"label": {"en": "What is it?", "fr": "Qu’est-ce que c’est ?"}},
    )  # fmt: skip

    with other.look(SYSTEM):
        here = other.page_type("term")
        assert here.field("other_words").hidden
        assert here.field("definition").label.in_language("fr") == "Qu’est-ce que c’est ?"
        assert (other.forms["term"].number, str(other.forms["term"].release_note)) == (
            1, "Other words are not asked any more.",
        )  # fmt: skip
    other.engine.dispose()


def test_the_types_are_the_very_same_while_no_form_changes(site: Site, people) -> None:
    set_form(site, people, other_words={"level": "hidden"})
    with site.work(SYSTEM) as uow:
        uow.raise_generation()
        before = uow.site.types
    with site.work(SYSTEM) as uow:
        assert uow.site.types is before


def test_no_use_case_asks_for_forms_while_nothing_changes(site: Site, people) -> None:
    set_form(site, people, other_words={"level": "hidden"})
    with site.work(SYSTEM):
        pass
    with counted_queries(site.engine) as queries, site.work(SYSTEM):
        pass
    assert queries == []


def test_levels_change_what_sending_asks_for(site: Site, people) -> None:
    change = start(site, people["contributor"], "term", term())
    set_form(site, people, used_by={"level": "short"})

    with site.work(people["contributor"]) as uow:
        content = content_of(find_revision(uow, find_change(uow, change.id).head_id))
        assert "used_by" in [problem.field for problem in problems_at(uow, content, Level.SHORT)]


def test_what_other_sites_are_sent_stays_as_it_was_shipped(site: Site, people) -> None:
    shipped = site.page_type("term")
    set_form(site, people, other_words={"level": "hidden"})
    with site.work(SYSTEM):
        here = site.page_type("term")
    assert (here.digest, here.source, here.edition) == (shipped.digest, shipped.source, shipped.edition)


def test_the_shipped_form_comes_back_as_a_new_edition(site: Site, people) -> None:
    shipped = site.page_type("term")
    set_form(site, people, other_words={"level": "hidden"})
    with site.work(people["admin"]) as uow:
        form = shipped_form_again(uow, "term", seen=1)
    with site.work(SYSTEM) as uow:
        assert site.page_type("term").fields == shipped.fields
        actions = uow.session.query(AuditEntry).filter_by(action="form.set").all()
    assert ([edition.number for edition in form.editions], form.said) == ([2, 1], {})
    assert [entry.details for entry in actions] == [{"type": "term", "number": 1}, {"type": "term", "number": 2}]


def test_the_second_of_two_administrators_is_told_of_the_first(site: Site, people) -> None:
    set_form(site, people, other_words={"level": "hidden"})
    with pytest.raises(Conflict, match="Admin has changed this form meanwhile"):
        set_form(site, people, used_by={"level": "short"})
    assert set_form(site, people, seen=1, used_by={"level": "short"}).number == 2


def test_the_same_again_makes_no_edition(site: Site, people) -> None:
    set_form(site, people, other_words={"level": "hidden"})
    assert set_form(site, people, seen=1, other_words={"level": "hidden"}, title={"label": {"en": " "}}).number == 1


def test_a_look_beforehand_is_kept_nowhere(site: Site, people) -> None:
    with site.work(people["admin"]) as uow:
        seen = form_as_set(uow, "term", {"other_words": {"level": "hidden"}})
        assert seen.field("other_words").hidden
        assert form_of_site(uow, "term").number == 0


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"title": {"level": "hidden"}}, ("title", "level"), "always asked"),
        ({"purpose": {"level": "never"}}, ("purpose", "level"), "from the list"),
        ({"purpose": {"label": {"fr": "Pourquoi"}}}, ("purpose", "label"), "in English, too"),
        ({"purpose": {"label": {"en": "x" * 201}}}, ("purpose", "label"), "at most 200"),
        ({"purpose": {"label": {"en": "x", "tlh-x": "y"}}}, ("purpose", "label"), "“tlh-x” is not in the list"),
        ({"purpose": {"guidance": {"en": "a\x00b"}}}, ("purpose", "guidance"), "cannot be stored"),
        ({"needs": {"level": "hidden"}}, ("needs", "level"), "names rows of this field"),
    ],
)
def test_a_fault_is_told_at_its_field_in_plain_words(site: Site, people, fields, place, words) -> None:
    found = faults_of(site, people, **fields)

    assert [(field, column) for field, column, _message in found] == [place]
    assert words in found[0][2]


def test_all_faults_are_told_at_once(site: Site, people) -> None:
    found = faults_of(site, people, title={"level": "hidden"}, purpose={"label": {"fr": "Pourquoi"}})
    assert [field for field, _column, _message in found] == ["title", "purpose"]


def test_only_administrators_set_forms(site: Site, people) -> None:
    for name in ("moderator", "contributor"):
        with site.work(people[name]) as uow, pytest.raises(Forbidden):
            forms_of_site(uow)
        with pytest.raises(Forbidden), site.work(people[name]) as uow:
            save_form(uow, "term", {}, {}, 0)


def test_the_list_of_forms_says_which_was_set(site: Site, people) -> None:
    set_form(site, people, other_words={"level": "hidden"})
    with site.work(people["admin"]) as uow:
        numbers = {page_type.name: row.number if row else 0 for page_type, row in forms_of_site(uow)}
    assert numbers == {"needs-analysis": 0, "good-practice": 0, "case-study": 0, "term": 1}
