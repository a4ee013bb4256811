"""Pages that belong together: sent all or none, shown to each other, published one by one in any order."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from kmwiki.errors import Conflict, Forbidden, Refused
from kmwiki.models import Change, Link
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import actor_of, set_trusted
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.cooperation import invite_coauthor
from kmwiki.services.changes.looking import look_at_change
from kmwiki.services.changes.requests import ask
from kmwiki.services.changes.together import submit_together
from kmwiki.services.pages.finding import find_change
from kmwiki.services.pages.link_targets import shown_fields
from kmwiki.services.pages.reading import read_page
from kmwiki.services.review import moderation, small_edits
from kmwiki.services.review.desk_filters import Group
from kmwiki.services.review.desk_list import look_at_desk
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, send, start, term

pytestmark = pytest.mark.database
People = dict[str, Actor]
Pair = tuple[Change, Change]
NEED, PRACTICE = "how-can-offices-plan-for-drought", "training-water-committees"


@pytest.fixture
def pair(site: Site, people: People) -> Pair:
    """A need and the practice that links to it, both drafts of contributor."""
    asked = start(site, people["contributor"], "needs-analysis", need())
    link = {"change": str(asked.id), "row": "n1", "relation": "fully"}
    return asked, start(site, people["contributor"], "good-practice", practice(addresses=[link]))


def send_together(site: Site, actor: Actor, *changes: Change) -> Sequence[Change]:
    with site.work(actor) as uow:
        return submit_together(uow, [change.id for change in changes])


def states(site: Site, *changes: Change) -> list[tuple[str, bool]]:
    with site.work(SYSTEM) as uow:
        found = [uow.session.get(Change, change.id) for change in changes]
        return [(change.state, change.together_id is not None) for change in found if change]


def test_both_are_sent_and_know_of_each_other(site: Site, people: People, pair: Pair) -> None:
    sent = send_together(site, people["contributor"], *pair)

    assert [change.state for change in sent] == ["submitted", "submitted"]
    assert sent[0].together_id == sent[1].together_id is not None
    with site.work(people["moderator"]) as uow:
        items = look_at_desk(uow).groups[Group.READING].items
        assert [[other.change.id for other in item.together] for item in items] == [[pair[1].id], [pair[0].id]]
        shown = look_at_change(uow, pair[0].id, "/").together
        assert [(other.change.id, other.title) for other in shown] == [(pair[1].id, "Training water committees")]


def test_all_are_sent_or_none_and_every_problem_is_told(site: Site, people: People, pair: Pair) -> None:
    empty = start(site, people["contributor"], "term", {"title": "Only a title"})
    other = start(site, people["contributor"], "good-practice", {"title": "Another title"})

    with pytest.raises(Refused) as refused:
        send_together(site, people["contributor"], pair[0], empty, other)

    rows = {problem.row for problem in refused.value.problems}
    assert rows == {str(empty.id), str(other.id)}
    assert all(problem.field == "together" for problem in refused.value.problems)
    assert any("“Only a title”" in problem.message for problem in refused.value.problems)
    assert states(site, pair[0], empty, other) == [("draft", False)] * 3


def test_what_the_first_lacks_is_told_with_what_the_others_lack(site: Site, people: People) -> None:
    first, second = (start(site, people["contributor"], "term", {"title": title}) for title in ("One", "Two"))

    with pytest.raises(Refused) as refused:
        send_together(site, people["contributor"], first, second)

    assert {problem.field for problem in refused.value.problems} >= {"definition", "together"}


def test_only_drafts_of_ones_own_go_along(site: Site, people: People, pair: Pair) -> None:
    published(site, people, "term", term())
    theirs = start(site, people["contributor2"], "term", term("Well"))
    sent = send(site, people["contributor"], start(site, people["contributor"], "term", term("Tap")))
    with site.work(people["contributor"]) as uow:
        asked = lifecycle.withdraw(uow, ask(uow, "water-point", "remove", "Twice.").id)

    for other in (theirs, sent, asked):
        with pytest.raises(Refused) as refused:
            send_together(site, people["contributor"], pair[0], other)
        assert [problem.row for problem in refused.value.problems] == [str(other.id)]
    with pytest.raises(Conflict):
        send_together(site, people["contributor"], sent, pair[0])
    assert states(site, *pair) == [("draft", False)] * 2


def test_each_goes_at_its_highest_level_unless_the_first_is_named(site: Site, people: People) -> None:
    first, second = (start(site, people["contributor"], "term", term(title)) for title in ("One", "Two"))
    with site.work(people["contributor"]) as uow:
        submit_together(uow, [first.id, second.id, second.id], "short", of_all={"agreed": "yes"})
        found = [find_change(uow, change.id) for change in (first, second)]

    assert [(change.depth, change.acknowledged) for change in found] == [
        ("short", {"agreed": "yes"}), ("full", {"agreed": "yes"})
    ]  # fmt: skip


def test_a_change_that_is_sent_alone_belongs_to_none(site: Site, people: People, pair: Pair) -> None:
    send_together(site, people["contributor"], pair[0])

    assert states(site, pair[0]) == [("submitted", False)]


def test_withdrawn_one_belongs_to_the_others_no_more(site: Site, people: People, pair: Pair) -> None:
    send_together(site, people["contributor"], *pair)
    with site.work(people["contributor"]) as uow:
        lifecycle.withdraw(uow, pair[0].id)

    assert states(site, *pair) == [("draft", False), ("submitted", True)]
    with site.work(people["moderator"]) as uow:
        assert look_at_change(uow, pair[1].id, "/").together == []


def test_sent_back_and_sent_again_it_still_belongs_to_them(
    site: Site, people: People, pair: Pair
) -> None:
    send_together(site, people["contributor"], *pair)
    with site.work(people["moderator"]) as uow:
        moderation.return_change(uow, pair[0].id, "Who asks?")
    send(site, people["contributor"], pair[0])

    with site.work(people["moderator"]) as uow:
        assert [other.change.id for other in look_at_change(uow, pair[1].id, "/").together] == [pair[0].id]


def test_the_drafts_that_a_change_is_linked_with_are_offered_first(
    site: Site, people: People, pair: Pair
) -> None:
    other = start(site, people["contributor"], "term", term())
    start(site, people["contributor2"], "term", term("Not hers"))
    for mine, linked in (pair, pair[::-1]):
        with site.work(people["contributor"]) as uow:
            offered = look_at_change(uow, mine.id, "/").drafts
        assert [(draft.change.id, draft.is_linked) for draft in offered] == [(linked.id, True), (other.id, False)]


def test_a_coauthor_sees_of_the_others_what_is_theirs_to_see(
    site: Site, people: People, pair: Pair
) -> None:
    with site.work(people["contributor"]) as uow:
        invite_coauthor(uow, pair[0].id, "contributor2")
    send_together(site, people["contributor"], *pair)

    with site.work(people["contributor2"]) as uow:
        assert look_at_change(uow, pair[0].id, "/").together == []


def test_a_small_edit_that_belongs_to_others_waits_with_them(site: Site, people: People) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        trusted = actor_of(set_trusted(uow, "contributor2", True))
    small = change_page(site, trusted, "water-point", {"definition": "A place with water."})
    new = start(site, trusted, "term", term("Well"))
    with site.work(trusted) as uow:
        sent = submit_together(uow, [small.id, new.id])
        assert small_edits.publish_if_small(uow, sent[0]) is None


def test_somebody_who_waits_for_approval_sends_one(site: Site, waiting: Actor) -> None:
    first, second = (start(site, waiting, "term", term(title)) for title in ("One", "Two"))

    with pytest.raises(Forbidden):
        send_together(site, waiting, first, second)
    assert states(site, first, second) == [("draft", False)] * 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the need first", "the practice first"])
def test_a_link_to_a_draft_leads_to_its_page_once_both_are_published(
    site: Site, people: People, pair: Pair, order: tuple[int, int]
) -> None:
    send_together(site, people["contributor"], *pair)
    publish_change(site, people["moderator"], pair[order[0]])
    if order[0] == 1:
        with site.work(Actor()) as uow:
            view = read_page(uow, PRACTICE)
            assert view.version.targets.pages == {} and view.version.targets.changes == {}
    publish_change(site, people["moderator"], pair[order[1]])

    with site.work(Actor()) as uow:
        view = read_page(uow, PRACTICE)
        fields = shown_fields(view.version.page_type, view.version.content, view.version.targets)
        assert fields["addresses"] == [{"page": NEED, "row": "n1", "relation": "fully"}]
        assert [(back.page.slug, back.row) for back in read_page(uow, NEED).backlinks] == [(PRACTICE, "n1")]
        assert [link.target_id for link in uow.session.scalars(select(Link))] == [pair[0].page_id]
