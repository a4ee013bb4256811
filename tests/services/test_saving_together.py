"""Whatever two people do to one text at the same time: both are in the result, or both are shown. Never neither."""

from dataclasses import dataclass
from itertools import count

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from kmwiki.permissions import Actor
from kmwiki.services.changes.clashes import clash_with_head, settle_with_head
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.set_aside import texts_set_aside
from kmwiki.services.changes.starting import start_page
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.site import Site
from pages import practice

PARAGRAPHS = ("One.", "Two.", "Three.", "Four.", "Five.")
RESULTS = ("Fewer stand still", "Repairs are quicker", "More is paid")
_numbers = count()


@dataclass(frozen=True)
class Deed:
    """Something that somebody does to the text: to a paragraph, to a row, to a short answer."""

    what: str
    place: int
    how: str


deeds = st.lists(
    st.builds(
        Deed,
        st.sampled_from(["paragraph", "paragraph", "row", "summary", "conditions"]),
        st.integers(0, 4),
        st.sampled_from(["change", "change", "add", "remove"]),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def after(fields: dict, done: list[Deed], who: str) -> tuple[dict, set[str]]:
    """The fields after these deeds, and the marks that they leave in them."""
    paragraphs = fields["practice"].removesuffix("\n").split("\n\n")
    rows = [dict(row) for row in fields["results"]]
    short = {"summary": fields["summary"], "conditions": fields["conditions"]}
    for deed in done:
        mark = f"{who}{next(_numbers)}"
        if deed.what == "paragraph":
            change(paragraphs, deed, f"Paragraph {mark}.", f"Paragraph {mark}.")
        elif deed.what == "row":
            old = rows[deed.place % len(rows)] if rows else {}
            new = {"result": f"Result {mark}", "evidence": "own-monitoring"}
            change(rows, deed, {**old, **new}, new)
        else:
            short[deed.what] = f"{deed.what} {mark}"
    result = {**fields, **short, "practice": "\n\n".join(paragraphs) + "\n", "results": rows}
    return result, {word for word in words_of(result) if word.startswith(who)}


def change(items: list, deed: Deed, changed: object, added: object) -> None:
    place = deed.place % (len(items) or 1)
    if deed.how == "add":
        items.insert(place, added)
    elif deed.how == "remove" and len(items) > 1:
        del items[place]
    elif items:
        items[place] = changed


def words_of(fields: dict) -> set[str]:
    texts = [fields["practice"], fields["summary"], fields["conditions"], *(row["result"] for row in fields["results"])]
    return {word.strip(".") for text in texts for word in text.split()}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=deeds, theirs=deeds, choice=st.sampled_from(["mine", "theirs"]))
def test_two_saves_of_one_version_lose_nothing(site: Site, people, mine: list[Deed], theirs: list[Deed], choice: str):
    ada: Actor = people["contributor"]
    rows = [{"result": text, "evidence": "own-monitoring"} for text in RESULTS]
    with site.work(ada) as uow:
        begun = Edit({"fields": practice(practice="\n\n".join(PARAGRAPHS) + "\n", results=rows), "language": "en"})
        change_ = start_page(uow, "good-practice", begun).change
        seen, fields = change_.head_id, dict(content_of(find_revision(uow, change_.head_id)).fields)
    my_fields, my_marks = after(fields, mine, "mine")
    their_fields, their_marks = after(fields, theirs, "theirs")
    with site.work(ada) as uow:
        save(uow, change_.id, Edit({"fields": their_fields}, whole=True), seen)
    with site.work(ada) as uow:
        saved = save(uow, change_.id, Edit({"fields": my_fields}, whole=True), seen)

    with site.work(ada) as uow:
        now = words_of(head_of(uow, change_.id))
        if saved.conflict is None:
            event("combined")
            assert my_marks | their_marks <= now
            return
        event("shown")
        aside = words_of(dict(content_of(texts_set_aside(uow, saved.change)[0]).fields))
        assert their_marks <= now and my_marks <= aside
        shown = {conflict.field for conflict in clash_with_head(uow, change_.id, saved.revision.id).merged.conflicts}
    with site.work(ada) as uow:
        settle_with_head(uow, change_.id, saved.revision.id, saved.change.head_id, dict.fromkeys(shown, choice))
    with site.work(ada) as uow:
        after_choice = words_of(head_of(uow, change_.id))
        assert (my_marks if choice == "mine" else their_marks) <= after_choice
        assert len(texts_set_aside(uow, saved.change)) == 1


def head_of(uow, change_id) -> dict:
    return dict(content_of(find_revision(uow, find_change(uow, change_id).head_id)).fields)
