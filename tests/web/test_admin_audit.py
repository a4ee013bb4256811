"""The log: narrowed, paged by key, taken away as a table that no spreadsheet takes for formulas."""

import csv
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import event

import kmwiki
from browsing import post
from kmwiki.domain.ids import new_id
from kmwiki.models import AuditEntry
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.upkeep import audit_log
from kmwiki.services.upkeep.audit_log import WantedEntries, read_log
from kmwiki.site import Site
from kmwiki.web.admin.audit_words import action_words
from pages import published, start, term

SOURCES = Path(kmwiki.__file__).parent


def note(site: Site, number: int = 1, action: str = "user.role", **values: object) -> None:
    """Entries of the same moment: only their ids tell their order."""
    with site.work(SYSTEM) as uow:
        for _k in range(number):
            row = {"actor_name": "kmwiki", "details": {}, "reason": "", "at": uow.now, **values}
            uow.session.add(AuditEntry(id=new_id(), action=action, **row))


def test_every_action_that_is_noted_has_plain_words() -> None:
    sources = "\n".join(path.read_text() for path in (SOURCES / "services").glob("*.py"))
    noted = set(re.findall(r'audit\(\s*"([a-z.-]+)"', sources))
    noted |= set(re.findall(r'audit\("[a-z.-]+" if [^,]+ else "([a-z.-]+)"', sources))
    noted |= {f"change.{step}" for step in re.findall(r'note_step\([^)"]*"([a-z-]+)"', sources)}

    assert sorted(noted - set(action_words())) == []


@pytest.mark.database
def test_pages_of_the_log_follow_each_other_without_gap_or_repetition(
    site: Site, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "PER_PAGE", 3)
    note(site, 8)
    seen, after, more = [], None, True
    while more:
        with site.work(people["admin"]) as uow:
            found = read_log(uow, WantedEntries(action="user.role", after=after))
        assert len(found.entries) <= 3
        seen += [entry.id for entry in found.entries]
        after, more = seen[-1], found.has_more

    assert len(seen) == 8 and seen == sorted(seen, reverse=True)


@pytest.mark.database
def test_the_log_is_narrowed_by_who_what_where_and_when(site: Site, people: dict[str, Actor]) -> None:
    page = published(site, people, "term", term())
    note(site, action="user.link", actor_id=people["admin"].user_id, actor_name="Admin")
    with site.work(SYSTEM) as uow:
        today = uow.now.date()
        old = uow.now - timedelta(days=40)
    note(site, action="user.approve", at=old)

    def actions(**wanted: object) -> set[str]:
        with site.work(people["admin"]) as uow:
            return {entry.action for entry in read_log(uow, WantedEntries(**wanted)).entries}  # type: ignore[arg-type]

    assert actions(who="ADMIN") == {"user.link"}
    assert actions(who="kmwiki") == {"user.approve"}
    assert actions(action="change.published") == {"change.published"}
    assert "change.published" in actions(page=str(page.slug)) == actions(page=str(page.id))
    assert actions(end=today - timedelta(days=30)) == {"user.approve"}
    assert "user.approve" not in actions(begin=today - timedelta(days=30))
    assert "change.published" in actions(begin=today - timedelta(days=1), end=today + timedelta(days=1))


def test_no_filter_makes_the_database_sort_the_whole_log(site: Site, people: dict[str, Actor]) -> None:
    note(site, 3, actor_id=people["admin"].user_id)
    asked: list[tuple[str, object]] = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _cu, sql, given, *_r: asked.append((sql, given)))
    with site.work(people["admin"]) as uow:
        last = read_log(uow, WantedEntries()).entries[1].id
        for wanted in ({}, {"who": "admin"}, {"action": "user.role"}, {"begin": uow.now.date(), "end": uow.now.date()}):
            read_log(uow, WantedEntries(after=last, **wanted))  # type: ignore[arg-type]
    of_log = [(sql, given) for sql, given in asked if "FROM audit_entry" in sql and "ORDER BY" in sql]

    with site.engine.connect() as connection:
        for sql, given in of_log:
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)]
            assert any("INDEX ix_audit_entry" in step for step in plan), (sql, plan)
            assert not any("TEMP B-TREE FOR ORDER BY" in step for step in plan), (sql, plan)


def test_the_page_says_in_plain_words_what_was_done_and_leads_there(
    site: Site, people: dict[str, Actor], signed_in
) -> None:
    page = published(site, people, "term", term("Water point"))
    draft = start(site, people["contributor"], "term", term("Secret draft"))
    shown = signed_in("admin").get("/admin/audit").text

    assert "change.published" in shown and f'href="/pages/{page.slug}"' in shown
    assert str(draft.id) not in shown and "Secret draft" not in shown


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-02-31", "page=nothing-here"])
def test_a_filter_that_cannot_be_read_is_named_at_its_field(signed_in, query: str) -> None:
    admin = signed_in("admin")
    answer = admin.get(f"/admin/audit?{query}")

    assert answer.status_code == 422 and 'class="fault"' in answer.text
    assert admin.get(f"/admin/audit.csv?{query}").status_code == 422


def test_the_table_holds_the_same_entries_and_no_formulas(site: Site, signed_in) -> None:
    note(site, 3, reason="an ordinary reason")
    for beginning in "=+-@\t\r":
        note(site, action="page.bin", actor_name=f"{beginning}cmd", reason=f"{beginning}HYPERLINK(1)")
    answer = signed_in("admin").get("/admin/audit.csv?action=page.bin")
    rows = list(csv.DictReader(StringIO(answer.text)))

    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(rows) == 6
    assert all(cell[0] not in "=+-@\t\r" for row in rows for cell in row.values() if cell)


def test_the_table_is_bounded_and_read_in_batches(site: Site, signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "MOST_ROWS", 7)
    monkeypatch.setattr(audit_log, "_BATCH", 3)
    note(site, 9)

    rows = list(csv.reader(StringIO(signed_in("admin").get("/admin/audit.csv").text)))

    assert len(rows) == 1 + 7


def test_nothing_changes_the_log(signed_in) -> None:
    assert post(signed_in("admin"), "/admin/audit").status_code == 405
