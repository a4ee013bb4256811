"""Pages out of one site and into another: the same bytes again, all or nothing, and nobody's save waits."""

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import bagit
import pytest
from PIL import Image
from sqlalchemy import func, select

from kmwiki import db
from kmwiki.backends.memory_search import MemorySearch
from kmwiki.config import load_config, with_settings
from kmwiki.errors import BundleError, Forbidden, NotFound, Refused
from kmwiki.models import Blob, Change, Import, Link, Organisation, Page, Publication, Revision, Role
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts import accounts
from kmwiki.services.bundles import exports, import_staging
from kmwiki.services.bundles.exports import Choice
from kmwiki.services.bundles.imports import Options, import_bundle, import_folder
from kmwiki.services.files import attachments
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import content_of, find_revision
from kmwiki.services.review.publishing import publish
from kmwiki.services.upkeep import installation
from kmwiki.services.upkeep.seeding import seed_pages
from kmwiki.services.upkeep.verifying import differences
from kmwiki.site import open_site
from kmwiki.worker import drain
from pages import change_page, need, practice, publish_change, published, send, start, term

PUBLISH = Options(publish=True)


@pytest.fixture
def other(tmp_path):
    """An empty site with its own identity, one administrator and one contributor."""
    site = open_site(with_settings(load_config({"KMWIKI_DATA": str(tmp_path / "other")}), secret_key="of the other"))
    site.search = MemorySearch()
    installation.install(site)
    with site.work(SYSTEM) as uow:
        accounts.add_user(uow, "boss", None, Role.ADMIN)
        accounts.add_user(uow, "helper", None, Role.CONTRIBUTOR)
    yield site
    site.engine.dispose()


@pytest.fixture
def filled(site, people):
    """A site with a need, a practice that answers it and has a history and a picture, and a term."""
    published(site, people, "needs-analysis", need())
    answered = {"page": "how-can-offices-plan-for-drought", "row": "n1", "relation": "fully"}
    text = "First, see [[water-point]].\n\n![a pump](pump.png)\n"
    change = start(site, people["contributor"], "good-practice", practice(practice=text, addresses=[answered]))
    with site.work(people["contributor"]) as uow:
        attachments.attach(uow, change.id, "pump.png", picture("red"), "A pump", consent="none")
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)
    published(site, people, "term", term())
    again(site, people, "training-water-committees", summary="Said anew.")
    again(site, people, "training-water-committees", summary="Said once more.")
    drain_all(site)
    return site


def picture(colour):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def again(site, people, slug, **fields):
    change = change_page(site, people["contributor"], slug, fields)
    send(site, people["contributor"], change)
    return publish_change(site, people["moderator"], change)


def drain_all(site):
    while drain(site):
        pass


def out(site, path, **choice):
    exports.export_bag(site, Choice(**choice), path)
    return path


def take_in(site, path, options=PUBLISH):
    report = import_bundle(site, path, options)
    drain_all(site)
    return report


def count(site, table, *where):
    with site.work(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(table).where(*where))


def unzipped(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / "kmwiki-bundle"


def is_clean(site):
    with site.look(SYSTEM) as uow:
        return list(differences(uow)) == []


class TestTheSameBytesAgain:
    @pytest.mark.parametrize("with_history", [False, True])
    @pytest.mark.parametrize(
        "choice",
        [
            {},
            {"slugs": ["training-water-committees"]},
            {"type": "term"},
            {"query": "drought"},
            {"query": "water", "type": "good-practice"},
        ],
        ids=str,
    )
    def test_out_in_and_out(self, filled, other, tmp_path, choice, with_history):
        first = out(filled, tmp_path / "first.zip", with_history=with_history, **choice)
        take_in(other, first)

        second = out(other, tmp_path / "second.zip", with_history=with_history)

        assert second.read_bytes() == first.read_bytes()
        assert is_clean(other)

    def test_through_a_third_site_and_from_the_folder(self, filled, other, tmp_path):
        first = out(filled, tmp_path / "first.zip", with_history=True)
        take_in(other, unzipped(first, tmp_path / "folder"))

        assert out(other, tmp_path / "second.zip", with_history=True).read_bytes() == first.read_bytes()

    @pytest.mark.database
    def test_on_both_databases(self, filled, other, tmp_path):
        first = out(filled, tmp_path / "first.zip", with_history=True)
        take_in(other, first)

        assert out(other, tmp_path / "second.zip", with_history=True).read_bytes() == first.read_bytes()

    def test_any_bagit_tool_accepts_it(self, filled, tmp_path):
        folder = unzipped(out(filled, tmp_path / "out.zip", with_history=True), tmp_path / "bag")

        bagit.Bag(str(folder)).validate()

    def test_a_hidden_version_stays_hidden(self, filled, other, people, tmp_path):
        with filled.work(people["moderator"]) as uow:
            page_care.hide_version(uow, "training-water-committees", 1, "Named a person")
        first = out(filled, tmp_path / "first.zip", with_history=True)
        take_in(other, first)

        assert out(other, tmp_path / "second.zip", with_history=True).read_bytes() == first.read_bytes()
        with other.work(SYSTEM) as uow:
            hidden = uow.session.scalars(select(Revision).where(Revision.is_hidden)).all()
        assert [revision.content for revision in hidden] == [None]

    def test_a_renamed_page_keeps_its_old_address(self, filled, other, people, tmp_path):
        with filled.work(people["moderator"]) as uow:
            page_care.rename(uow, "water-point", "water-points")
        first = out(filled, tmp_path / "first.zip")
        take_in(other, first)

        assert out(other, tmp_path / "second.zip").read_bytes() == first.read_bytes()

    def test_drafts_archived_and_unknown_pages_stay_at_home(self, filled, people, tmp_path):
        start(filled, people["contributor"], "term", term("A draft"))
        with filled.work(people["moderator"]) as uow:
            page_care.archive(uow, "water-point", "Out of date")
        path = out(filled, tmp_path / "out.zip")

        with zipfile.ZipFile(path) as archive:
            assert [name for name in archive.namelist() if "/term/" in name] == []
        with pytest.raises(NotFound):
            out(filled, tmp_path / "archived.zip", slugs=["water-point"])
        assert not (tmp_path / "archived.zip").exists()


class TestWhatComesIn:
    def test_links_credits_and_organisations_come_along(self, filled, other, tmp_path):
        take_in(other, out(filled, tmp_path / "out.zip"))

        with other.work(SYSTEM) as uow:
            links = {(link.field, link.target_row) for link in uow.session.scalars(select(Link))}
            credits = uow.session.scalars(select(Publication.credits)).all()
        assert links == {("addresses", "n1"), ("text", "")}
        assert count(other, Link, Link.target_id.is_(None)) == 0
        assert all(credit["origin"]["site_name"] == "kmwiki" for credit in credits)
        assert all(credit["authors"] == ["Contributor"] for credit in credits)
        assert count(other, Organisation) == 1
        assert other.search.all_ids() == filled.search.all_ids()

    def test_without_publish_complete_pages_wait_and_incomplete_ones_are_drafts(self, filled, other, tmp_path):
        report = take_in(other, out(filled, tmp_path / "out.zip"), Options(as_name="helper"))

        assert (report.submitted, report.drafts, report.published) == (3, 0, 0)
        assert count(other, Page, Page.state == "new") == 3
        assert count(other, Change, Change.state == "submitted") == 3
        assert is_clean(other)

    def test_what_waits_can_be_published_here(self, filled, other, tmp_path):
        with other.work(SYSTEM) as uow:
            boss = accounts.actor_of(accounts.find_user(uow, "boss"))
        take_in(other, out(filled, tmp_path / "out.zip"), Options(as_name="helper"))

        with other.work(SYSTEM) as uow:
            waiting = uow.session.scalars(select(Change)).all()
        for change in waiting:
            publish_change(other, boss, change)
        db.longest_write_seconds = 0.0  # the first publication of an engine compiles its statements

        drain_all(other)
        assert count(other, Page, Page.state == "published") == 3
        assert is_clean(other)

    def test_publishing_at_once_needs_an_administrator(self, filled, other, tmp_path):
        with pytest.raises(Forbidden):
            take_in(other, out(filled, tmp_path / "out.zip"), Options(as_name="helper", publish=True))

        assert count(other, Page) == 0

    def test_somebody_has_to_be_named_where_there_are_two_administrators(self, filled, other, tmp_path):
        with other.work(SYSTEM) as uow:
            accounts.add_user(uow, "second", None, Role.ADMIN)

        with pytest.raises(Refused, match="--as NAME"):
            take_in(other, out(filled, tmp_path / "out.zip"))

    def test_a_dry_run_writes_nothing(self, filled, other, tmp_path):
        report = take_in(other, out(filled, tmp_path / "out.zip"), Options(publish=True, dry_run=True))

        assert (report.published, count(other, Page), count(other, Import), count(other, Blob)) == (3, 0, 0, 0)

    def test_what_is_here_already_changes_nothing(self, filled, other, tmp_path):
        path = out(filled, tmp_path / "out.zip", with_history=True)
        take_in(other, path)
        before = [count(other, table) for table in (Page, Revision, Change, Publication, Import)]

        report = take_in(other, path)

        assert report.unchanged == 3
        assert [count(other, table) for table in (Page, Revision, Change, Publication, Import)] == before

    def test_what_waits_already_changes_nothing(self, filled, other, tmp_path):
        path = out(filled, tmp_path / "out.zip")
        take_in(other, path, Options(as_name="helper"))

        report = take_in(other, path, Options(as_name="helper"))

        assert (report.unchanged, count(other, Change)) == (3, 3)

    def test_coming_home_it_changes_nothing(self, filled, people, tmp_path):
        path = out(filled, tmp_path / "out.zip", with_history=True)
        again(filled, people, "water-point", definition="A tap.\n")

        assert take_in(filled, path).unchanged == 3

    def test_a_link_that_leads_nowhere_is_kept_and_noted(self, filled, other, tmp_path):
        report = take_in(other, out(filled, tmp_path / "out.zip", slugs=["training-water-committees"]))

        assert len(report.notes) == 1
        assert "not on this site" in report.notes[0]
        assert count(other, Link, Link.field == "addresses", Link.target_id.is_not(None)) == 1

    def test_a_text_link_is_joined_when_its_target_comes(self, filled, other, tmp_path):
        take_in(other, out(filled, tmp_path / "one.zip", slugs=["training-water-committees"]))
        assert count(other, Link, Link.wanted == "water-point") == 1

        take_in(other, out(filled, tmp_path / "two.zip", slugs=["water-point"]))

        assert count(other, Link, Link.wanted == "water-point") == 0
        assert count(other, Link, Link.field == "text", Link.target_id.is_not(None)) == 1


class TestWhatDiffers:
    @pytest.fixture
    def both(self, filled, other, people, tmp_path):
        """Both sites have the pages; each then changed the practice."""
        take_in(other, out(filled, tmp_path / "out.zip"))
        with other.work(SYSTEM) as uow:
            users = {user.username: accounts.actor_of(user) for user in accounts.all_users(uow)}
        self.here = {"contributor": users["helper"], "moderator": users["boss"]}
        again(filled, people, "training-water-committees", conditions="Works near towns only.")
        return out(filled, tmp_path / "newer.zip")

    def test_it_becomes_a_change_of_what_is_here(self, both, other):
        report = take_in(other, both)

        with other.work(SYSTEM) as uow:
            change = uow.session.scalars(select(Change)).one()
            head = content_of(find_revision(uow, change.head_id))
        assert (report.changes, report.unchanged) == (1, 2)
        assert change.state == "submitted"
        assert change.base_id == change.page.published_revision_id
        assert head.fields["conditions"] == "Works near towns only."

    def test_it_is_merged_from_the_newest_common_ancestor(self, both, other):
        again(other, self.here, "training-water-committees", summary="Said by us.")
        take_in(other, both)

        with other.work(SYSTEM) as uow:
            change = uow.session.scalars(select(Change).where(Change.import_id.is_not(None))).one()
        with other.work(replace(self.here["moderator"], four_eyes=False)) as uow:
            outcome = publish(uow, change.id, change.head_id)
            content = content_of(find_revision(uow, outcome.publication.revision_id))
        assert content.fields["summary"] == "Said by us."
        assert content.fields["conditions"] == "Works near towns only."

    def test_twice_is_once(self, both, other):
        take_in(other, both)

        assert take_in(other, both).unchanged == 3
        assert count(other, Change) == 1

    def test_a_page_in_the_bin_stays_there(self, both, other):
        with other.work(self.here["moderator"]) as uow:
            page_care.bin_page(uow, "training-water-committees", "Not ours")

        with pytest.raises(BundleError) as caught:
            take_in(other, both)

        assert "in the bin" in caught.value.faults[0]


class TestFaults:
    def test_an_address_that_another_page_has(self, filled, other, tmp_path):
        with other.work(SYSTEM) as uow:
            users = {user.username: accounts.actor_of(user) for user in accounts.all_users(uow)}
        published(other, {"contributor": users["helper"], "moderator": users["boss"]}, "term", term())
        path = out(filled, tmp_path / "out.zip")

        with pytest.raises(BundleError) as caught:
            take_in(other, path)
        assert len(caught.value.faults) == 1
        assert "water-point" in caught.value.faults[0]
        assert count(other, Page) == 1

        take_in(other, path, Options(publish=True, rename=True))
        with other.work(SYSTEM) as uow:
            slugs = set(uow.session.scalars(select(Page.slug).where(Page.type == "term")))
        assert slugs == {"water-point", "water-point-2"}
        assert is_clean(other)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("urgency: stops", "urgency: sometimes"),
            ("contact: through-site", "contact: through-site\n  colour: red"),
            ("language: en", "language: xx"),
            ("A place where people fetch water.", "A place where people\x07 fetch water."),
        ],
        ids=["a code that is not in its list", "a field that the type has not", "a language", "a bell"],
    )
    def test_nothing_comes_in_when_anything_is_wrong(self, filled, other, tmp_path, old, new):
        folder = unzipped(out(filled, tmp_path / "out.zip"), tmp_path / "bag")
        for path in folder.rglob("*.md"):
            path.write_text(path.read_text().replace(old, new))
        sealed(folder)

        with pytest.raises(BundleError) as caught:
            take_in(other, folder)

        assert caught.value.faults
        assert [count(other, table) for table in (Page, Revision, Change, Blob, Import)] == [0] * 5

    def test_a_changed_byte_is_found(self, filled, other, tmp_path):
        folder = unzipped(out(filled, tmp_path / "out.zip"), tmp_path / "bag")
        file = next(folder.rglob("pump.png"))
        file.write_bytes(file.read_bytes() + b"x")

        with pytest.raises(BundleError):
            take_in(other, folder)
        assert count(other, Page) == 0

    def test_a_version_that_says_something_else_here_is_never_overwritten(self, filled, other, tmp_path):
        path = out(filled, tmp_path / "out.zip")
        take_in(other, path)
        with other.work(SYSTEM) as uow:
            for revision in uow.session.scalars(select(Revision)):
                revision.digest = "0" * 64

        with pytest.raises(BundleError) as caught:
            take_in(other, path)

        assert all("says something else here" in fault for fault in caught.value.faults)
        assert len(caught.value.faults) == 3


def sealed(folder):
    """Make the manifests of a bag that was edited fit again."""
    shutil.rmtree(folder / "nothing", ignore_errors=True)
    bag = bagit.Bag(str(folder))
    bag.save(manifests=True)


class TestNobodyWaits:
    def test_an_import_that_fails_half_way_leaves_nothing(self, filled, other, tmp_path, monkeypatch):
        many(filled, 25)
        path = out(filled, tmp_path / "out.zip")
        stage, calls = import_staging.stage, []

        def fails_the_second_time(*arguments):
            calls.append(1)
            if len(calls) == 2:
                raise OSError("disk is full")
            stage(*arguments)

        monkeypatch.setattr(import_staging, "stage", fails_the_second_time)
        with pytest.raises(OSError):
            take_in(other, path)

        assert [count(other, table) for table in (Page, Revision, Change, Publication, Import)] == [0] * 5

    def test_a_killed_import_shows_nothing_and_is_swept_at_the_next_start(self, filled, other, tmp_path, monkeypatch):
        many(filled, 25)
        path = out(filled, tmp_path / "out.zip")
        monkeypatch.setattr("kmwiki.services.bundles.imports._show", lambda *arguments: killed())
        monkeypatch.setattr("kmwiki.services.bundles.imports.remove_staged", lambda *arguments: killed())
        with pytest.raises(KeyboardInterrupt):
            import_bundle(other, path, PUBLISH)
        drain_all(other)
        assert count(other, Page, Page.state == "published") == 0
        assert count(other, Page) > 0
        assert other.search.all_ids() == set()
        assert out(other, tmp_path / "nothing.zip").exists()

        installation.install(other)

        assert [count(other, table) for table in (Page, Revision, Change, Publication, Import, Link)] == [0] * 6

    def test_no_transaction_takes_long_however_many_pages_come(self, filled, other, tmp_path):
        many(filled, 200)
        path = out(filled, tmp_path / "out.zip")
        db.longest_write_seconds = 0.0

        take_in(other, path)

        assert count(other, Page, Page.state == "published") == 203
        print(f"longest write transaction: {db.longest_write_seconds * 1000:.1f} ms CPU")
        assert db.longest_write_seconds < 0.1


def killed():
    raise KeyboardInterrupt


def many(site, number):
    list(seed_pages(site, number, seed=1))
    drain_all(site)


class TestAForeignFolder:
    """Files that nobody wrote for kmwiki, by a map."""

    FOLDER = Path(__file__).parents[1] / "domain" / "bundle" / "foreign"
    FORMATS: ClassVar = {".png": "PNG", ".jpg": "JPEG"}
    MAP = """
type: good-practice
source: village-tips
language: en
licence: CC0-1.0
include: tips/*.md
title: Title
headings:
  Patlet: summary
  Summary: summary
  Solution: practice
  Solutions: practice
  Limits and dangers: conditions
  Problem: problem
rest: adapt
defaults:
  maturity: promising
  sectors: ["140"]
files:
  credit: The village
  licence: CC0-1.0
"""

    @pytest.fixture
    def tips(self, other, tmp_path):
        path = tmp_path / "tips.map.yaml"
        path.write_text(self.MAP)
        self.folder = tmp_path / "tips"
        shutil.copytree(self.FOLDER, self.folder)
        for number, file in enumerate(sorted(self.folder.rglob("*.*"))):
            if file.suffix in self.FORMATS:
                Image.new("RGB", (number + 1, 8)).save(file, self.FORMATS[file.suffix])

        def take_in_tips(as_name="helper", **options):
            report = import_folder(other, self.folder, "good-practice", path, Options(as_name=as_name, **options))
            drain_all(other)
            return report

        return take_in_tips

    def test_each_file_becomes_a_draft_with_its_pictures(self, tips, other):
        report = tips()

        files = count(other, Blob)
        assert (report.drafts, report.files) == (3, files)
        assert files >= 3
        assert count(other, Change, Change.state == "draft") == 3
        assert is_clean(other)

    def test_a_second_import_changes_nothing(self, tips, other):
        tips()
        before = [count(other, table) for table in (Page, Revision, Change, Blob)]

        assert tips().unchanged == 3
        assert [count(other, table) for table in (Page, Revision, Change, Blob)] == before

    def test_a_dry_run_writes_nothing(self, tips, other):
        assert tips(dry_run=True).drafts == 3
        assert count(other, Page) == 0

    def test_loose_texts_are_not_published_past_four_eyes(self, tips):
        with pytest.raises(Refused, match="four eyes"):
            tips(as_name="boss", publish=True)

    def test_a_picture_that_cannot_be_read_is_a_fault_with_its_page(self, tips, other):
        for file in self.folder.rglob("*.png"):
            file.write_bytes(b"\x89PNG\r\n\x1a\n and nothing else" + file.name.encode())

        with pytest.raises(BundleError) as caught:
            tips()

        assert all("This picture is damaged" in fault for fault in caught.value.faults)
        assert caught.value.faults[0].startswith("tips/box.md: ")
        assert [count(other, table) for table in (Page, Revision, Change, Blob, Import)] == [0] * 5
