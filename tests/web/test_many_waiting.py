"""The desk with many changes waiting: as many queries as with few, and what it costs."""

import time
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from kmwiki import db
from kmwiki.domain.ids import new_id
from kmwiki.models import Change, ChangeFacet, Page, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from pages import practice, send, start
from query_counter import counted_queries

COUNTRIES = ("MW", "ZM", "TZ", "KE", "NE", "BF", "BD", "NP", "PE", "BO")


def copies(site: Site, original: Change, number: int) -> None:
    """So many changes like this one, half of them small edits, written at once."""
    with site.work(SYSTEM) as uow:
        change = {c.key: getattr(original, c.key) for c in Change.__table__.columns}
        page = {c.key: getattr(original.page, c.key) for c in Page.__table__.columns}
        head = uow.session.get_one(Revision, original.head_id)
        revision = {c.key: getattr(head, c.key) for c in Revision.__table__.columns}
        ids = [(new_id(), new_id(), new_id()) for _number in range(number)]
        rows = list(enumerate(ids))
        uow.session.execute(insert(Page), [{**page, "id": page_id} for _n, (page_id, _c, _r) in rows])
        uow.session.execute(insert(Change), [
            {**change, "id": change_id, "page_id": page_id, "head_id": revision_id, "changed_fields": 2,
             "base_id": new_id() if n % 2 else None, "changed_characters": 100,
             "submitted_at": uow.now - timedelta(hours=n)}
            for n, (page_id, change_id, revision_id) in rows
        ])  # fmt: skip
        uow.session.execute(insert(Revision), [
            {**revision, "id": revision_id, "page_id": page_id, "change_id": change_id}
            for _n, (page_id, change_id, revision_id) in rows
        ])  # fmt: skip
        uow.session.execute(insert(ChangeFacet), [
            {"change_id": change_id, "facet": facet, "value": value}
            for n, (_p, change_id, _r) in rows
            for facet, value in (("language", "en"), ("country", COUNTRIES[n % 10]), ("sector", "140"))
        ])  # fmt: skip


def look(site: Site, browser: FlaskClient) -> tuple[int, float]:
    """How many queries the desk takes, and how many milliseconds of processor time."""
    with counted_queries(site.engine) as counted:
        began = time.process_time()
        assert browser.get("/review").status_code == 200
        spent = time.process_time() - began
    return len(counted), round(1000 * spent, 1)


def test_the_desk_asks_as_often_for_a_thousand_as_for_ten(site: Site, people: dict[str, Actor], signed_in) -> None:
    waiting = send(site, people["contributor"], start(site, people["contributor"], "good-practice", practice()))
    mo = signed_in("moderator")
    copies(site, waiting, 9)
    look(site, mo)
    few = look(site, mo)
    copies(site, waiting, 50)
    some = look(site, mo)
    copies(site, waiting, 940)
    many = min(look(site, mo) for _time in range(3))
    print(f"desk: queries and ms of processor time with 10, 60 and 1,000 waiting: {few}, {some}, {many}")

    db.longest_write_seconds = 0.0  # the rows of this test are nobody's save
    with site.work(SYSTEM) as uow:
        assert len(uow.session.scalars(select(Change.id).where(Change.state == "submitted")).all()) == 1_000
    assert few[0] == some[0] == many[0]
