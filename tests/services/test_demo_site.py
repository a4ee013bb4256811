"""What `kmwiki demo` is filled with: through the front door, complete, and marked as a demo."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from kmwiki.config import load_config, with_settings
from kmwiki.domain.problems import Level
from kmwiki.errors import ConfigError
from kmwiki.models import Change, Link, Page, Publication, Review, Revision
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts import sign_in
from kmwiki.services.changes.checking import missing_at_any_level
from kmwiki.services.pages.finding import content_of
from kmwiki.services.upkeep import demo_site, installation
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import open_site
from kmwiki.worker import drain, reindex


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    config = load_config({"KMWIKI_DATA": str(tmp_path_factory.mktemp("demo"))})
    site = open_site(with_settings(config, secret_key="only for tests"))
    installation.install(site)
    demo_site.fill(site)
    reindex(site)
    drain(site)
    yield site
    site.engine.dispose()


def test_there_are_enough_pages_of_each_type_and_half_of_them_in_full(demo):
    with demo.look(SYSTEM) as uow:
        rows = uow.session.execute(select(Page.type, Page.depth).where(Page.state == "published")).all()

    number, in_full = Counter(row.type for row in rows), Counter(row.type for row in rows if row.depth == "full")
    for type_name, least in {"needs-analysis": 6, "good-practice": 12, "case-study": 12, "term": 10}.items():
        assert number[type_name] >= least
        assert in_full[type_name] * 2 >= number[type_name]


def test_a_page_in_full_lacks_nothing(demo):
    with demo.look(SYSTEM) as uow:
        heads = select(Page.published_revision_id).where(Page.state == "published", Page.depth == "full")
        contents = [content_of(uow.session.get(Revision, id)) for id in uow.session.scalars(heads)]
        lacking = [problem for content in contents for problem in missing_at_any_level(uow, content)]

    assert {problem.level for problem in lacking} <= {Level.WARNING}


def test_several_languages_are_written_in(demo):
    with demo.look(SYSTEM) as uow:
        languages = Counter(uow.session.scalars(select(Page.language).where(Page.state == "published")))

    assert sum(languages[code] for code in ("fr", "es", "pt", "ar")) >= 4


def test_pages_have_histories_and_links_that_all_lead_somewhere(demo):
    with demo.look(SYSTEM) as uow:
        with_history = uow.session.scalar(select(func.count()).select_from(Publication).where(Publication.number == 2))
        astray = uow.session.scalar(select(func.count()).select_from(Link).where(Link.target_id.is_(None)))
        links = uow.session.scalar(select(func.count()).select_from(Link))

    assert with_history >= 15
    assert links >= 100
    assert astray == 0


def test_two_edits_and_two_new_pages_wait_and_one_edit_went_back_with_a_reason(demo):
    with demo.look(SYSTEM) as uow:
        changes = uow.session.execute(select(Change.state, Change.base_id, Change.is_returned)).all()
        reasons = list(uow.session.scalars(select(Review.reason).where(Review.step == "returned")))

    waiting = [change for change in changes if change.state == "submitted"]
    assert sum(change.base_id is not None for change in waiting) == 2
    assert sum(change.base_id is None for change in waiting) == 2
    assert [change.state for change in changes if change.is_returned] == ["draft"]
    assert len(reasons) == 1 and "fewer children fall ill" in reasons[0]


def test_everything_is_in_order(demo):
    with demo.look(SYSTEM) as uow:
        assert list(differences(uow)) == []


def test_each_account_signs_in_with_its_name(demo):
    for name in demo_site.ACCOUNTS:
        with demo.work(SYSTEM) as uow:
            entry = sign_in.sign_in(uow, name, name)
        assert (entry.user.username, entry.wants_code) == (name, False)


def test_the_folder_is_refused_by_everything_but_the_demo(demo):
    assert installation.has_demo_mark(demo)
    with pytest.raises(ConfigError, match="kmwiki demo"):
        installation.refuse_demo(demo)
