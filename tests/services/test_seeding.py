"""Generated pages are real pages."""

from sqlalchemy import func, select

from kmwiki.models import Link, Page, Publication, Revision
from kmwiki.permissions import SYSTEM
from kmwiki.services.seeding import seed_pages
from kmwiki.services.verifying import differences
from kmwiki.worker import drain


def test_seeded_pages_are_published_linked_and_in_order(site):
    done = list(seed_pages(site, 45, seed=7))
    drain(site)

    with site.look(SYSTEM) as uow:
        counts = dict(uow.session.execute(select(Page.type, func.count()).group_by(Page.type)).tuples().all())
        assert done == [20, 40, 45]
        assert counts == {"needs-analysis": 15, "good-practice": 15, "case-study": 15}
        assert uow.session.scalar(select(func.count()).select_from(Publication)) == 45 + 12
        assert uow.session.scalar(select(func.count()).select_from(Link).where(Link.target_id.is_(None))) == 0
        assert list(differences(uow)) == []


def test_the_same_seed_gives_the_same_texts(site, tmp_path):
    list(seed_pages(site, 6, seed=7))

    with site.look(SYSTEM) as uow:
        titles = list(uow.session.scalars(select(Page.title).order_by(Page.slug)))
        texts = uow.session.scalars(select(Revision.content).order_by(Revision.created_at)).all()

    assert len(set(titles)) == 6
    assert titles[0].endswith("7-0")
    assert all(text is not None for text in texts)
