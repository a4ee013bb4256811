"""Sending, publishing, combining: what is published was looked at, and nobody publishes what they wrote."""

import pytest
from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.models import Change, Link, OutboxJob, Page, Publication, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.changes import cooperation, lifecycle
from kmwiki.services.pages.reading import generation, read_page
from kmwiki.services.review import moderation
from kmwiki.services.review.publishing import publish
from kmwiki.services.talk.conversations import conversation
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, save_fields, send, start, term

pytestmark = pytest.mark.database


def text_of(site: Site, slug: str) -> dict[str, object]:
    with site.work(Actor()) as uow:
        return dict(read_page(uow, slug).version.content.fields)


def test_from_nothing_to_published(site: Site, people: dict[str, Actor]) -> None:
    page = published(site, people, "term", term())

    assert (page.slug, page.state, page.title, page.depth) == ("water-point", "published", "Water point", "full")
    assert text_of(site, "water-point")["definition"] == term()["definition"]


def test_sending_names_everything_that_is_missing(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "good-practice", {"title": "Only a title"})

    with pytest.raises(Refused) as refused:
        send(site, people["contributor"], change)

    missing = {problem.field for problem in refused.value.problems if problem.level == "short"}
    assert missing == {
        "summary", "practice", "conditions", "results", "countries", "sectors", "maturity", "organisation", "contact",
    }  # fmt: skip


def test_a_page_in_short_is_not_declared_mature(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "good-practice", practice(maturity="good"))

    with pytest.raises(Refused) as refused, site.work(people["contributor"]) as uow:
        lifecycle.submit(uow, change.id, "short")

    assert {problem.field for problem in refused.value.problems} == {"maturity"}


def test_the_highest_level_that_holds_knows_the_rules_of_each(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "good-practice", practice(maturity="good"))

    with pytest.raises(Refused) as refused:
        send(site, people["contributor"], change)

    assert "maturity" in {problem.field for problem in refused.value.problems}


def test_what_is_sent_in_full_must_hold_in_full(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "good-practice", practice())

    with pytest.raises(Refused), site.work(people["contributor"]) as uow:
        lifecycle.submit(uow, change.id, "full")

    assert send(site, people["contributor"], change).depth == "short"


def test_the_author_does_not_publish(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["moderator"], start(site, people["moderator"], "term", term()))

    with pytest.raises(Forbidden):
        publish_change(site, people["moderator"], change)

    assert publish_change(site, people["moderator2"], change).publication is not None


def test_where_four_eyes_is_off_a_moderator_publishes_alone(site: Site, people: dict[str, Actor]) -> None:
    object.__setattr__(site.config, "four_eyes", False)
    change = send(site, people["moderator"], start(site, people["moderator"], "term", term()))

    outcome = publish_change(site, people["moderator"], change)

    assert outcome.publication is not None
    assert outcome.publication.under_four_eyes is False


def test_a_coauthor_who_accepted_does_not_publish(site: Site, people: dict[str, Actor]) -> None:
    change = start(site, people["contributor"], "term", term())
    with site.work(people["contributor"]) as uow:
        cooperation.invite_coauthor(uow, change.id, "moderator")
    with site.work(people["moderator"]) as uow:
        cooperation.accept_invitation(uow, change.id)
    send(site, people["contributor"], change)

    with pytest.raises(Forbidden):
        publish_change(site, people["moderator"], change)


def test_a_correction_does_not_bar_and_is_credited(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    save_fields(site, people["moderator"], change, change.head_id, {"definition": "Corrected."})

    outcome = publish_change(site, people["moderator"], change)

    assert outcome.publication is not None
    assert outcome.publication.credits["authors"] == ["Contributor", "Moderator"]
    assert outcome.publication.under_four_eyes


def test_a_version_that_was_not_looked_at_is_not_published(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    seen = change.head_id
    save_fields(site, people["contributor"], change, seen, {"definition": "Changed behind her back."})

    with pytest.raises(Conflict), site.work(people["moderator"]) as uow:
        publish(uow, change.id, seen)


def test_edits_of_different_fields_are_combined_at_publication(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "good-practice", practice())
    slug = "training-water-committees"
    mine = change_page(site, people["contributor"], slug, {"summary": "New summary."})
    theirs = change_page(site, people["contributor2"], slug, {"conditions": "New conditions."})
    for change, author in ((mine, "contributor"), (theirs, "contributor2")):
        send(site, people[author], change)
        assert publish_change(site, people["moderator"], change).publication is not None

    fields = text_of(site, slug)
    assert (fields["summary"], fields["conditions"]) == ("New summary.", "New conditions.")


def test_a_field_changed_on_both_sides_is_shown_before_it_is_published(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "good-practice", practice())
    slug, text = "training-water-committees", str(practice()["practice"])
    mine = change_page(site, people["contributor"], slug, {"practice": text.replace("First", "My first")})
    theirs = change_page(site, people["contributor2"], slug, {"practice": text.replace("Third", "Their third")})
    send(site, people["contributor"], mine)
    publish_change(site, people["moderator"], mine)
    send(site, people["contributor2"], theirs)

    outcome = publish_change(site, people["moderator"], theirs)

    assert outcome.publication is None
    assert outcome.both_changed == ("practice",)
    assert outcome.look_at is not None and outcome.look_at.kind == "merge"
    with site.work(people["moderator"]) as uow:
        done = publish(uow, theirs.id, outcome.look_at.id)
    assert done.publication is not None
    assert text_of(site, slug)["practice"] == text.replace("First", "My first").replace("Third", "Their third")


def test_a_real_clash_is_settled_by_a_choice(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "good-practice", practice())
    slug = "training-water-committees"
    mine = change_page(site, people["contributor"], slug, {"summary": "Mine."})
    theirs = change_page(site, people["contributor2"], slug, {"summary": "Theirs."})
    send(site, people["contributor"], mine)
    publish_change(site, people["moderator"], mine)
    send(site, people["contributor2"], theirs)

    outcome = publish_change(site, people["moderator"], theirs)

    assert outcome.conflicts is not None and outcome.look_at is None
    with site.work(people["moderator"]) as uow:
        settled = moderation.settle_clash(uow, theirs.id, theirs.head_id, {"summary": "mine"})
    assert publish_change(site, people["moderator"], settled).publication is not None
    assert text_of(site, slug)["summary"] == "Theirs."


def test_two_moderators_at_once_publish_once(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    publish_change(site, people["moderator"], change)

    with pytest.raises(Conflict):
        publish_change(site, people["moderator2"], change)


def test_a_return_needs_a_reason_and_gives_the_text_back(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    with pytest.raises(Refused), site.work(people["moderator"]) as uow:
        moderation.return_change(uow, change.id, "  ")
    with site.work(people["moderator"]) as uow:
        returned = moderation.return_change(uow, change.id, "Where is this used?")

    assert (returned.state, returned.is_returned) == ("draft", True)
    with site.work(people["contributor"]) as uow:
        steps = [entry.reason for entry in conversation(uow, returned) if hasattr(entry, "step")]
    assert steps == ["", "Where is this used?"]


def test_a_rejected_change_can_be_reopened_by_its_author_alone(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    with site.work(people["moderator"]) as uow:
        moderation.reject(uow, change.id, "Not a term.")
    with pytest.raises(Forbidden), site.work(people["moderator"]) as uow:
        lifecycle.reopen(uow, change.id)
    with site.work(people["contributor"]) as uow:
        assert lifecycle.reopen(uow, change.id).state == "draft"


def test_a_discarded_draft_comes_back_within_thirty_days(site: Site, people: dict[str, Actor]) -> None:
    from datetime import timedelta

    change = start(site, people["contributor"], "term", term())
    with site.work(people["contributor"]) as uow:
        lifecycle.discard(uow, change.id)
    with site.work(people["contributor"]) as uow:
        assert lifecycle.undiscard(uow, change.id).state == "draft"
        lifecycle.discard(uow, change.id)
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=31)
    with pytest.raises(Conflict), site.work(people["contributor"]) as uow:
        lifecycle.undiscard(uow, change.id)


def test_a_waiting_account_sends_one_change(site: Site, people: dict[str, Actor], waiting: Actor) -> None:
    first = start(site, waiting, "term", term("First"))
    second = start(site, waiting, "term", term("Second"))
    send(site, waiting, first)

    with pytest.raises(Forbidden):
        send(site, waiting, second)


def test_a_publication_leaves_a_job_and_raises_the_generation(site: Site, people: dict[str, Actor]) -> None:
    with site.work(SYSTEM) as uow:
        before = generation(uow)
    page = published(site, people, "term", term())

    with site.work(SYSTEM) as uow:
        assert generation(uow) == before + 1
        jobs = [(job.name, job.payload) for job in uow.session.scalars(select(OutboxJob)) if job.name != "tell"]
        assert jobs == [("index", {"page_id": str(page.id)})]


def test_links_are_stored_by_id_and_seen_from_the_other_side(site: Site, people: dict[str, Actor]) -> None:
    asked = published(site, people, "needs-analysis", need())
    link = {"page": asked.slug, "row": "n1", "relation": "fully"}
    published(site, people, "good-practice", practice(addresses=[link]))

    with site.work(Actor()) as uow:
        link = uow.session.scalars(select(Link)).one()
        view = read_page(uow, str(asked.slug))
    assert (link.target_id, link.target_row, link.relation, link.field) == (asked.id, "n1", "fully", "addresses")
    assert [(back.page.title, back.row) for back in view.backlinks] == [("Training water committees", "n1")]


def test_a_link_to_a_draft_shows_nothing_of_it(site: Site, people: dict[str, Actor]) -> None:
    secret = start(site, people["contributor"], "needs-analysis", need("A secret question"))
    link = {"change": str(secret.id), "row": "n1", "relation": "fully"}
    published(site, people, "good-practice", practice(addresses=[link]))

    with site.work(Actor()) as uow:
        targets = read_page(uow, "training-water-committees").version.targets
    assert not targets.pages and not targets.changes


def test_nobody_links_to_a_draft_of_somebody_else(site: Site, people: dict[str, Actor]) -> None:
    secret = start(site, people["contributor2"], "needs-analysis", need("A secret question"))

    with pytest.raises(Refused):
        start(site, people["contributor"], "good-practice", practice(addresses=[{"change": str(secret.id)}]))


def test_whoever_cannot_see_a_link_does_not_remove_it(site: Site, people: dict[str, Actor]) -> None:
    secret = start(site, people["contributor"], "needs-analysis", need("A secret question"))
    published(site, people, "good-practice", practice(addresses=[{"change": str(secret.id), "relation": "fully"}]))
    change = change_page(
        site, people["contributor2"], "training-water-committees", {"addresses": [{"wanted": "Another question"}]}
    )

    with site.work(SYSTEM) as uow:
        head = uow.session.get(Revision, change.head_id)
        links = Content.from_json(head.content).fields["addresses"] if head else None
    assert links == [{"wanted": "Another question"}, {"page": str(secret.page_id), "relation": "fully"}]


def test_a_taken_address_is_refused_with_a_suggestion(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())

    with pytest.raises(Refused, match="water-point-2"):
        start(site, people["contributor"], "term", term(), slug="water-point")


def test_the_same_title_gets_the_next_address(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())

    assert published(site, people, "term", term()).slug == "water-point-2"


def test_an_address_wished_for_by_two_is_given_once(site: Site, people: dict[str, Actor]) -> None:
    first = send(site, people["contributor"], start(site, people["contributor"], "term", term(), slug="well"))
    second = send(site, people["contributor2"], start(site, people["contributor2"], "term", term(), slug="well"))
    publish_change(site, people["moderator"], first)

    with pytest.raises(Conflict):
        publish_change(site, people["moderator"], second)
    assert publish_change(site, people["moderator"], second, slug="well-2").change.page.slug == "well-2"


def test_a_change_of_others_is_not_there(site: Site, people: dict[str, Actor]) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))

    for name in ("contributor2", "reader", "anonymous"):
        with pytest.raises(NotFound):
            publish_change(site, people[name], change)


def test_history_counts_from_one_without_gaps(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    for text in ("Two.", "Three."):
        change = change_page(site, people["contributor"], "water-point", {"definition": text})
        send(site, people["contributor"], change)
        publish_change(site, people["moderator"], change)

    with site.work(SYSTEM) as uow:
        assert list(uow.session.scalars(select(Publication.number).order_by(Publication.number))) == [1, 2, 3]
        assert uow.session.scalars(select(Change.state)).all() == ["published"] * 3
        assert uow.session.scalars(select(Page)).one().title == "Water point"
