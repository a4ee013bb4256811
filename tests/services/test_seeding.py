"""Generated pages are real pages."""

from sqlalchemy import func, select

from kmwiki.config import load_config
from kmwiki.models import Link, Page, Publication, Revision
from kmwiki.permissions import SYSTEM
from kmwiki.services.upkeep import installation
from kmwiki.services.upkeep.seeding import seed_pages
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import open_site
from kmwiki.worker import drain


def test_seeded_pages_are_published_linked_and_in_order(site):
    done = list(seed_pages(site, 45, seed=7))
    drain(site)

    with site.look(SYSTEM) as uow:
        counts = dict(uow.session.execute(select(Page.type, func.count()).group_by(Page.type)).all())
        assert done == list(range(1, 46))
        assert counts == {"needs-analysis": 15, "good-practice": 15, "case-study": 15}
        assert uow.session.scalar(select(func.count()).select_from(Publication)) == 45 + 12
        assert uow.session.scalar(select(func.count()).select_from(Link).where(Link.target_id.is_(None))) == 0
        assert list(differences(uow)) == []


def test_the_same_seed_gives_the_same_texts(site, tmp_path):
    other = open_site(load_config({"KMWIKI_DATA": str(tmp_path / "other")}))
    installation.install(other)

    for one in (site, other):
        list(seed_pages(one, 9, seed=7))

    assert _texts(site) == _texts(other)
    other.engine.dispose()


def _texts(site):
    with site.look(SYSTEM) as uow:
        return [
            [value for value in revision.content["fields"].values() if isinstance(value, str)]
            for revision in uow.session.scalars(select(Revision).order_by(Revision.id))
        ]
